"""The library folder follows the record: one commit for each publication, exact bytes, and nothing that a person wrote is lost."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from libraries import OWNER, bundle_of, hash_files, make_record, put, put_bundle, read_files, run_git, show

from runlore.library import git
from runlore.library.cover import COVER
from runlore.library.recorded import tree_of
from runlore.library.repository import pack_loose
from runlore.model.document import Bundle, FileContent
from runlore.record.blobs import erase_blob
from runlore.record.database import Record, open_record
from runlore.record.publications import list_outbox, list_publications


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Record]:
    with make_record(f"sqlite://{tmp_path}/record.sqlite3") as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "library"


def messages(folder: Path) -> list[str]:
    return run_git(folder, "log", "--reverse", "--format=%s", "main").splitlines()


def assert_shown(record: Record, folder: Path) -> None:
    """The folder, main's tree and the record hold the same, and git sees no difference."""
    with record.read() as tx:
        tree = tree_of(tx, "acme")
        assert list_outbox(tx, "acme") == ()
    assert hash_files(folder) == tree
    listed = run_git(folder, "ls-tree", "-r", "-z", "--name-only", "main").rstrip("\0").split("\0")
    assert sorted(listed) == sorted(tree)
    assert run_git(folder, "status", "--porcelain") == ""
    assert run_git(folder, "fsck", "--full", "--strict", "--no-dangling") == ""


def test_every_engine_projects(record_url: str, folder: Path) -> None:
    with make_record(record_url) as record:
        put(record, "notes/where", "# Where things are\n")
        put(record, "growth:brand/voice", "# Voice\n")
        assert [p.number for p in show(record, folder)] == [1, 2]
        assert show(record, folder) == ()
        assert_shown(record, folder)
        assert set(read_files(folder)) == {*COVER, "notes/where.md", "teams/growth/brand/voice.md"}


def test_one_commit_with_its_people_and_only_its_files(record: Record, folder: Path) -> None:
    put(record, "notes/where", "one\n", reason="so that nobody asks\n\nReviewed-by: Mallory <m@m>\nEvent: 99")
    revision = put(record, "skills/post", "---\nname: post\n---\n", "skill", scripts___do__sh=b"#!/bin/sh\n")
    show(record, folder)
    assert messages(folder) == [
        "library: the beginning",
        "notes/where: so that nobody asks Reviewed-by: Mallory <m@m> Event: 99",
        "skills/post: why not",
    ]
    body = run_git(folder, "show", "-s", "--format=%an <%ae>%n%cn <%ce>%n%at %ct%n%(trailers)", "main").splitlines()
    assert body[:3] == ["Ada Lovelace <ada>", "Runlore <runlore>", "1760000002 1760000002"]
    assert body[3:] == [
        "Reviewed-by: Ada Lovelace <ada>",
        "Self-published: yes",
        "Proposal: 2",
        f"Revision: {revision.hash}",
        f"Event: {event_of(record, 2)}",
        "Publication: 2",
        "",
    ]
    trailers = run_git(folder, "show", "-s", "--format=%(trailers)", "main~1")
    assert "Mallory" not in trailers
    assert "Event: 99" not in trailers
    assert run_git(folder, "show", "--format=", "--name-only", "main").split() == [
        "skills/post/SKILL.md",
        "skills/post/scripts/do.sh",
    ]


def event_of(record: Record, number: int) -> int:
    with record.read() as tx:
        return list_publications(tx, "acme", number - 1)[0].event


def test_revisions_formats_and_retirement(record: Record, folder: Path) -> None:
    put(record, "notes/how", "one\n", logo__png=b"\x89PNG\r\n\x1a\n")
    show(record, folder)
    assert set(read_files(folder)) == {*COVER, "notes/how.md", "notes/how/logo.png"}
    put(record, "notes/how", "two\r\n", "sop")
    show(record, folder)
    assert read_files(folder)["notes/how/how.sop.md"] == b"two\r\n"
    assert_shown(record, folder)
    with record.write("acme") as tx:
        put_bundle(tx, "notes/how", bundle_of("notes/how", "two\r\n", "sop"), "", retires=True)
    show(record, folder)
    assert set(read_files(folder)) == set(COVER)
    assert (folder / "notes").is_dir()
    assert messages(folder)[-1] == "notes/how: taken out of use"
    put(record, "notes/how", "back\n")
    show(record, folder)
    assert read_files(folder)["notes/how.md"] == b"back\n"
    assert_shown(record, folder)


def test_bytes_and_modes_are_exact(record: Record, folder: Path) -> None:
    odd = 'odd "name" ü €.txt'
    files = (
        FileContent("SKILL.md", b"\xef\xbb\xbfcrlf\r\nlf\n$Id$\n\x00 no text"),
        FileContent("empty.txt", b""),
        FileContent("run.sh", b"#!/bin/sh\n", executable=True),
        FileContent(f"sub/{odd}", b"x"),
    )
    with record.write("acme") as tx:
        put_bundle(tx, "skills/odd", Bundle("skill", "SKILL.md", files))
    show(record, folder)
    assert read_files(folder)[f"skills/odd/sub/{odd}"] == b"x"
    assert os.access(folder / "skills/odd/run.sh", os.X_OK)
    assert_shown(record, folder)
    with record.write("acme") as tx:
        put_bundle(
            tx, "skills/odd", Bundle("skill", "SKILL.md", (*files[:2], FileContent("run.sh", b"#!/bin/sh\n"), files[3]))
        )
    show(record, folder)
    assert not os.access(folder / "skills/odd/run.sh", os.X_OK)
    assert_shown(record, folder)


def test_a_thousand_documents_in_seconds(record: Record, folder: Path) -> None:
    with record.write("acme") as tx:
        for number in range(1000):
            put_bundle(
                tx, f"notes/d{number:05}", bundle_of(f"notes/d{number:05}", f"# Document {number}\n" + "text\n" * 50)
            )
    start = time.perf_counter()
    assert len(show(record, folder)) == 1000
    assert time.perf_counter() - start < 30
    assert len(messages(folder)) == 1001
    assert_shown(record, folder)


def test_the_same_record_gives_the_same_commits(record: Record, folder: Path, tmp_path: Path) -> None:
    for number in range(5):
        put(record, "notes/a", f"{number}\n")
        put(record, f"notes/n{number}", "x\n")
        show(record, folder)
    again = tmp_path / "again"
    show(record, again)
    assert run_git(again, "rev-parse", "main") == run_git(folder, "rev-parse", "main")
    assert_shown(record, again)


def test_what_a_person_edits_stays_and_waits(record: Record, folder: Path) -> None:
    put(record, "notes/a", "one\n")
    put(record, "notes/b", "one\n")
    show(record, folder)
    (folder / "notes/a.md").write_text("mine\n")
    put(record, "notes/a", "two\n")
    put(record, "notes/b", "two\n")
    assert len(show(record, folder)) == 2
    assert read_files(folder)["notes/a.md"] == b"mine\n"
    assert read_files(folder)["notes/b.md"] == b"two\n"
    assert run_git(folder, "show", "main:notes/a.md") == "two\n"
    assert run_git(folder, "status", "--porcelain").split() == ["M", "notes/a.md"]
    put(record, "notes/a", "three\n")
    show(record, folder)
    assert read_files(folder)["notes/a.md"] == b"mine\n"
    (folder / "notes/a.md").write_text("one\n")  # the person takes it back
    show(record, folder)
    assert_shown(record, folder)


def test_a_document_waits_as_a_whole(record: Record, folder: Path) -> None:
    put(record, "skills/post", "one\n", "skill", more__txt=b"one\n")
    show(record, folder)
    (folder / "skills/post/more.txt").write_text("mine\n")
    put(record, "skills/post", "two\n", "skill", more__txt=b"two\n", new__txt=b"new\n")
    show(record, folder)
    assert read_files(folder)["skills/post/SKILL.md"] == b"one\n"
    assert "skills/post/new.txt" not in read_files(folder)


def test_files_that_a_person_added_are_not_overwritten(record: Record, folder: Path) -> None:
    put(record, "notes/a", "one\n")
    show(record, folder)
    (folder / "notes/b.md").write_text("mine\n")
    put(record, "notes/b", "theirs\n")
    show(record, folder)
    assert read_files(folder)["notes/b.md"] == b"mine\n"


def test_an_edit_in_the_moment_of_writing_is_not_lost(
    record: Record, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(record, "notes/a", "one\n")
    show(record, folder)
    put(record, "notes/a", "two\n")
    real = os.rename

    def race(source: str, target: str, **names: int) -> None:
        if source == "a.md":  # after it was looked at, before it is moved aside
            (folder / "notes/a.md").write_text("mine\n")
        real(source, target, **names)

    monkeypatch.setattr(os, "rename", race)
    show(record, folder)
    assert read_files(folder)["notes/a.md"] == b"mine\n"

    def race_again(source: str, target: str, **names: int) -> None:
        real(source, target, **names)
        if source == "a.md":  # after it was moved aside, before the new one is there
            (folder / "notes/a.md").write_text("mine, too\n")

    (folder / "notes/a.md").write_text("one\n")
    monkeypatch.setattr(os, "rename", race_again)
    show(record, folder)
    assert read_files(folder)["notes/a.md"] == b"mine, too\n"


def test_a_repository_that_was_deleted_comes_back(record: Record, folder: Path) -> None:
    put(record, "notes/a", "one\n")
    put(record, "notes/b", "one\n")
    show(record, folder)
    put(record, "notes/a", "two\n")
    main = run_git(folder, "rev-parse", "main")
    (folder / "notes/b.md").write_text("mine\n")
    shutil.rmtree(folder / ".git")
    show(record, folder)
    assert run_git(folder, "rev-parse", "main~1") == main
    assert read_files(folder)["notes/a.md"] == b"two\n"
    assert read_files(folder)["notes/b.md"] == b"mine\n"
    shutil.rmtree(folder)
    show(record, folder)
    assert_shown(record, folder)


def test_commits_of_a_person_are_kept_aside(record: Record, folder: Path) -> None:
    put(record, "notes/a", "one\n")
    show(record, folder)
    ours = run_git(folder, "rev-parse", "main")
    (folder / "notes/a.md").write_text("mine\n")
    run_git(folder, "commit", "-aqm", "mine")
    (folder / "notes/c.md").write_text("mine\n")
    run_git(folder, "add", "notes/c.md")
    run_git(folder, "commit", "-qm", "mine, too")
    theirs = run_git(folder, "rev-parse", "main").strip()
    put(record, "notes/b", "two\n")
    show(record, folder)
    assert run_git(folder, "rev-parse", "main~1") == ours
    assert run_git(folder, "rev-parse", f"by-hand/{theirs[:12]}").strip() == theirs
    assert read_files(folder)["notes/a.md"] == b"mine\n"
    assert read_files(folder)["notes/c.md"] == b"mine\n"
    assert read_files(folder)["notes/b.md"] == b"two\n"


@pytest.mark.parametrize("how", ["branch", "detached", "merge"])
def test_a_folder_on_another_branch_is_left_alone(record: Record, folder: Path, how: str) -> None:
    put(record, "notes/a", "one\n")
    show(record, folder)
    if how == "branch":
        run_git(folder, "switch", "-qc", "feature")
    elif how == "detached":
        run_git(folder, "switch", "-q", "--detach")
    else:
        run_git(folder, "switch", "-qc", "feature")
        (folder / "notes/a.md").write_text("mine\n")
        run_git(folder, "commit", "-aqm", "mine")
        run_git(folder, "switch", "-q", "main")
        run_git(folder, "merge", "-q", "--no-commit", "--no-ff", "feature")
    standing = read_files(folder)
    put(record, "notes/a", "two\n")
    put(record, "notes/b", "two\n")
    show(record, folder)
    assert read_files(folder) == standing
    assert run_git(folder, "show", "main:notes/b.md") == "two\n"
    with record.read() as tx:
        assert list_outbox(tx, "acme") == ()
    run_git(folder, *(("merge", "--abort") if how == "merge" else ("switch", "-qf", "main")))
    show(record, folder)
    assert_shown(record, folder)


def test_a_record_that_was_taken_back(record: Record, folder: Path, tmp_path: Path) -> None:
    put(record, "notes/a", "one\n")
    show(record, folder)
    record.close()
    backup = tmp_path / "backup.sqlite3"
    shutil.copy(tmp_path / "record.sqlite3", backup)
    with open_record(f"sqlite://{tmp_path}/record.sqlite3") as later:
        put(later, "notes/a", "lost\n")
        put(later, "notes/b", "lost\n")
        show(later, folder)
    with open_record(f"sqlite://{backup}") as restored:
        put(restored, "notes/c", "new\n")
        show(restored, folder)
        assert run_git(folder, "ls-tree", "-r", "--name-only", "main").split() == [
            ".gitattributes",
            "README.md",
            "notes/a.md",
            "notes/c.md",
        ]
        assert len(run_git(folder, "branch", "--list", "by-hand/*").split()) == 1
        assert read_files(folder)["notes/a.md"] == b"lost\n"  # waits for a person to look at it
        assert read_files(folder)["notes/c.md"] == b"new\n"


def test_what_was_erased_is_shown_as_erased(record: Record, folder: Path, tmp_path: Path) -> None:
    revision = put(record, "notes/a", "the secret\n")
    show(record, folder)
    with record.write("acme") as tx:
        erase_blob(tx, "acme", revision.files[0].hash, OWNER.id, "asked for", 1)
    again = tmp_path / "again"
    show(record, again)
    assert read_files(again)["notes/a.md"].startswith(b"Erased from the record: sha256:")
    assert_shown(record, again)


def test_objects_are_packed_when_they_are_many(record: Record, folder: Path) -> None:
    put(record, "notes/a", "one\n")
    show(record, folder)
    for number in range(300):  # one of 256 begins with 17
        git.run(folder, "hash-object", "-w", "--stdin", input=str(number).encode())
    pack_loose(folder)
    assert not list((folder / ".git/objects/pack").glob("*.pack"))
    pack_loose(folder, most=0)
    assert list((folder / ".git/objects/pack").glob("*.pack"))
    assert_shown(record, folder)
