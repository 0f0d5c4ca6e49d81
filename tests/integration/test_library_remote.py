"""Remotes, with real repositories: history goes out and is never forced, what comes back is an edit and never served, and nothing foreign runs."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from libraries import make_record, put, read_files, run_git, show

from runlore.errors import GitError, NothingToRead, RemoteMoved, UsageError
from runlore.library.check import verify_folder
from runlore.library.pickup import settle
from runlore.library.remote import find_address, pull, push
from runlore.record.database import Record


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Record]:
    with make_record(f"sqlite://{tmp_path}/record.sqlite3") as opened:
        put(opened, "notes/a", "one\n")
        put(opened, "skills/post", "one\n", "skill", more__txt=b"more\n")
        yield opened


@pytest.fixture
def folder(record: Record, tmp_path: Path) -> Path:
    show(record, tmp_path / "library")
    return tmp_path / "library"


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    run_git(tmp_path, "init", "-q", "--bare", "-b", "main", "remote.git")
    return tmp_path / "remote.git"


def clone(remote: Path) -> Path:
    run_git(remote.parent, "clone", "-q", str(remote), "theirs")
    return remote.parent / "theirs"


def commit_and_push(theirs: Path) -> None:
    run_git(theirs, "add", "-A")
    run_git(theirs, "commit", "-qm", "theirs")
    run_git(theirs, "push", "-q", "origin", "HEAD:main")


def test_history_goes_out_and_on(record: Record, folder: Path, remote: Path) -> None:
    assert push(folder, str(remote)) == run_git(folder, "rev-parse", "main").strip()
    put(record, "notes/a", "two\n")
    show(record, folder)
    push(folder, f"file://{remote}")
    assert run_git(remote, "rev-parse", "main") == run_git(folder, "rev-parse", "main")
    assert pull(record, "acme", folder, str(remote)).edits == ()
    run_git(folder, "remote", "add", "origin", str(remote))
    push(folder, "origin", "mirror/main")
    assert run_git(remote, "rev-parse", "mirror/main") == run_git(folder, "rev-parse", "main")


def test_what_others_committed_comes_back_as_edits(record: Record, folder: Path, remote: Path) -> None:
    push(folder, str(remote))
    theirs = clone(remote)
    (theirs / "notes/a.md").write_text("theirs\n")
    (theirs / "brand").mkdir()
    (theirs / "brand/look.md").write_text("# Look\n")
    (theirs / "skills/post/more.txt").unlink()
    (theirs / "README.md").write_text("theirs\n")
    commit_and_push(theirs)
    later = put(record, "notes/a", "two\n")
    standing = read_files(folder)
    main = run_git(folder, "rev-parse", "main")
    found = pull(record, "acme", folder, str(remote))
    assert found.problems == ()
    assert [(e.document, e.kind, e.bundle.files[0].content if e.bundle else b"") for e in found.edits] == [
        ("brand/look", "added", b"# Look\n"),
        ("notes/a", "changed", b"theirs\n"),
        ("skills/post", "changed", b"one\n"),
    ]
    assert found.edits[1].base == later.parent, "the base is what they had before them"
    assert run_git(folder, "rev-parse", "main~1") == main, "ours goes on from ours"
    assert read_files(folder) == standing | {"notes/a.md": b"two\n"}
    assert settle(record, "acme", folder, found.edits) == ()
    assert verify_folder(record, "acme", folder) == ()
    with pytest.raises(RemoteMoved, match="nothing there is overwritten"):
        push(folder, str(remote))
    assert run_git(remote, "log", "-1", "--format=%s", "main") == "theirs\n"


def test_a_removal_and_what_we_have_already(record: Record, folder: Path, remote: Path) -> None:
    push(folder, str(remote))
    theirs = clone(remote)
    (theirs / "notes/a.md").write_text("two\n")
    run_git(theirs, "rm", "-rq", "skills")
    commit_and_push(theirs)
    put(record, "notes/a", "two\n")
    found = pull(record, "acme", folder, str(remote))
    assert [(e.document, e.kind) for e in found.edits] == [("skills/post", "removed")]


def test_hostile_trees(record: Record, folder: Path, remote: Path, tmp_path: Path) -> None:
    push(folder, str(remote))
    theirs = clone(remote)
    (theirs / "notes/link.md").symlink_to("/etc/passwd")
    (theirs / "notes/large.md").write_bytes(b"x" * (9 << 20))
    (theirs / "notes/line\nbreak.md").write_text("x")
    (theirs / "notes/binary.md").write_bytes(b"\0")
    (theirs / ".gitattributes").write_text("* filter=x\n")
    commit_and_push(theirs)
    found = pull(record, "acme", folder, str(remote))
    assert found.edits == ()
    assert {problem.slug for problem in found.problems} == {
        "library-no-file",
        "import-too-large",
        "import-path",
        "import-not-text",
    }
    assert verify_folder(record, "acme", folder) == ()


def test_an_unrelated_history(record: Record, folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    run_git(other, "init", "-q", "-b", "main")
    (other / "notes").mkdir()
    (other / "notes/a.md").write_text("one\n")
    (other / "notes/c.md").write_text("# New\n")
    run_git(other, "add", "-A")
    run_git(other, "commit", "-qm", "x")
    found = pull(record, "acme", folder, str(other))
    assert [(e.document, e.kind) for e in found.edits] == [("notes/c", "added"), ("skills/post", "removed")]


def test_nothing_of_either_side_runs(record: Record, folder: Path, remote: Path, tmp_path: Path) -> None:
    sprung, script = tmp_path / "sprung", tmp_path / "trap.sh"
    script.write_text(f"#!/bin/sh\ntouch '{sprung}'\n")
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    for hooks in (remote / "hooks", folder / ".git/hooks"):
        hooks.mkdir(exist_ok=True)
        for name in (
            "pre-receive",
            "update",
            "post-receive",
            "post-update",
            "pre-push",
            "reference-transaction",
            "post-merge",
        ):
            (hooks / name).write_bytes(script.read_bytes())
            (hooks / name).chmod(0o755)
    for place in (folder / ".git/config", remote / "config"):
        with place.open("a") as config:
            config.write(f"[core]\n\tsshCommand = {script}\n\tfsmonitor = {script}\n\tgitProxy = {script}\n")
            config.write(f'[url "ext::{script} "]\n\tinsteadOf = file:\n\tinsteadOf = /\n\tpushInsteadOf = /\n')
            config.write(f"[credential]\n\thelper = !{script}\n[uploadpack]\n\tpackObjectsHook = {script}\n")
            config.write(f'[remote "{remote}"]\n\treceivepack = {script}\n\tuploadpack = {script}\n\tvcs = ext\n')
    push(folder, str(remote))
    assert pull(record, "acme", folder, str(remote)).edits == ()
    assert not sprung.exists()


@pytest.mark.parametrize(
    "address",
    [
        "ext::sh -c touch% x",
        "-oProxyCommand=x",
        "--upload-pack=x",
        "http://example.org/x",
        "git://x/y",
        "ftp://x",
        "",
        "a\nb",
        "ssh::x",
        "/nowhere/at/all",
    ],
)
def test_addresses_that_are_refused(folder: Path, address: str) -> None:
    with pytest.raises(UsageError):
        push(folder, address)


def test_addresses_that_are_taken(folder: Path, remote: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert find_address(folder, "git@example.org:acme/library.git") == "git@example.org:acme/library.git"
    assert find_address(folder, "https://example.org/acme.git") == "https://example.org/acme.git"
    monkeypatch.chdir(remote.parent)
    assert find_address(folder, "remote.git") == str(remote)
    run_git(folder, "remote", "add", "evil", "ext::sh")
    with pytest.raises(UsageError, match="no remote for a library"):
        find_address(folder, "evil")


def test_what_is_not_there(record: Record, folder: Path, remote: Path, tmp_path: Path) -> None:
    with pytest.raises(NothingToRead, match="no branch `main`"):
        pull(record, "acme", folder, str(remote))
    with pytest.raises(UsageError, match="no name of a branch"):
        push(folder, str(remote), "../up")
    with pytest.raises(GitError) as raised:
        push(folder, f"file://ada:secret@localhost{tmp_path}/none.git")
    assert "secret" not in str(raised.value)
