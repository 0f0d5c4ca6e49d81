"""The stream that git reads: exact bytes, quoted names, and nothing of it taken where it is cut off."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runlore.errors import GitError
from runlore.library import git
from runlore.library.recorded import Commit, render_person
from runlore.library.repository import parse_note
from runlore.library.stream import render_stream

CONTENTS = {"one": b"1\r\n", "nothing": b"", "script": b"#!/bin/sh\n"}
FIRST = Commit(
    1,
    "Ada <ada>",
    1_760_000_000,
    "a: one\n\nPublication: 1\n",
    (),
    (("notes/a.md", ("one", False)), ("s/run.sh", ("script", True))),
)
SECOND = Commit(
    2,
    "Bob <bob>",
    1_760_000_001,
    "ü: two\n\nRevision: r\nPublication: 2\n",
    ("notes/a.md",),
    (('b "odd" ü.md', ("nothing", False)),),
)

FIRST_ID, SECOND_ID = "448604be226b960ca9004d3b6abc0dcc4cff3e54", "6a47c2a216fc80f1c7c61e82863231f8bb5a240a"


def make(path: Path) -> Path:
    path.mkdir()
    git.run(path, "init", "-q", "--bare")
    return path


def test_the_bytes_of_a_stream() -> None:
    assert b"".join(render_stream([FIRST, SECOND], "", CONTENTS.__getitem__)).decode() == (
        "feature done\nreset refs/runlore/projecting\n"
        "commit refs/runlore/projecting\nmark :1\nauthor Ada <ada> 1760000000 +0000\ncommitter Runlore <runlore> 1760000000 +0000\n"
        "data 23\na: one\n\nPublication: 1\n\n"
        'M 100644 inline "notes/a.md"\ndata 3\n1\r\n\nM 100755 inline "s/run.sh"\ndata 10\n#!/bin/sh\n\n\n'
        "commit refs/runlore/projecting\nmark :2\nauthor Bob <bob> 1760000001 +0000\ncommitter Runlore <runlore> 1760000001 +0000\n"
        "data 36\nü: two\n\nRevision: r\nPublication: 2\n\nfrom :1\n"
        'D "notes/a.md"\nM 100644 inline "b \\"odd\\" ü.md"\ndata 0\n\n\ndone\n'
    )


def test_git_takes_it_and_gives_the_same_commits_everywhere(tmp_path: Path) -> None:
    marks = []
    for name in ("here", "there"):
        repo = make(tmp_path / name)
        marks.append(git.fast_import(repo, render_stream([FIRST, SECOND], "", CONTENTS.__getitem__)))
        assert [entry.path for entry in git.list_tree(repo, marks[-1][2])] == ['b "odd" ü.md', "s/run.sh"]
    assert marks[0] == marks[1] == {1: FIRST_ID, 2: SECOND_ID}
    (raw,) = git.read_objects(tmp_path / "here", [marks[0][2]])
    assert raw is not None
    note = parse_note(marks[0][2], raw)
    assert note is not None
    assert (note.publication, note.revision, note.author) == (2, "r", "Bob <bob> 1760000001 +0000")


def test_a_stream_that_is_cut_off_leaves_nothing(tmp_path: Path) -> None:
    repo = make(tmp_path / "repo")
    whole = list(render_stream([FIRST, SECOND], "", CONTENTS.__getitem__))
    for cut in range(1, len(whole)):
        with pytest.raises(GitError, match="fast-import"):
            git.fast_import(repo, whole[:cut])

    def breaks() -> Iterable[bytes]:
        yield from whole[:-1]
        raise KeyError("the record cannot be read")

    with pytest.raises(KeyError):
        git.fast_import(repo, breaks())
    assert git.list_references(repo) == ()


@settings(max_examples=60, deadline=None)
@given(st.text(), st.text(st.characters(codec="utf-8"), max_size=30))
def test_people_never_break_a_commit(name: str, id: str) -> None:
    person = render_person(name, id)
    assert "\n" not in person
    assert person.count("<") == person.count(">") == 1
    assert person.endswith(">")


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_a_note_or_none(content: bytes) -> None:
    note = parse_note("0" * 40, content)
    assert note is None or note.publication >= 0


def test_hashes_are_those_of_git(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x\0y")
    told = subprocess.run(["git", "hash-object", str(path)], capture_output=True, check=True).stdout.decode().strip()
    assert git.hash_blob(b"x\0y") == told
