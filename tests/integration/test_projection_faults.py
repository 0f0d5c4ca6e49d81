"""Whatever stands in the way of the library folder: planted things, links, locks, damage, other people's folders, a full disk; named, never run, nothing lost."""

from __future__ import annotations

import errno
import os
import shutil
import stat
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from libraries import make_record, put, put_bundle, read_files, run_git, show

from runlore.errors import LibraryDamaged, NoLibrary, StoreError
from runlore.library.check import verify_folder
from runlore.library.pickup import find_edits
from runlore.model.document import Bundle, FileContent
from runlore.record.database import Record


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Record]:
    with make_record(f"sqlite://{tmp_path}/record.sqlite3") as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "library"


def test_links_are_never_written_through(record: Record, folder: Path, tmp_path: Path) -> None:
    put(record, "notes/a", "one\n")
    put(record, "brand/voice", "one\n")
    show(record, folder)
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "voice.md").write_text("one\n")
    (folder / "notes/a.md").unlink()
    (folder / "notes/a.md").symlink_to(outside / "a.md")
    shutil.rmtree(folder / "brand")
    (folder / "brand").symlink_to(outside, target_is_directory=True)
    put(record, "notes/a", "two\n")
    put(record, "brand/voice", "two\n")
    put(record, "brand/look", "two\n")
    show(record, folder)
    assert read_files(outside) == {"voice.md": b"one\n"}
    assert (folder / "brand").is_symlink()
    (folder / "brand").unlink()
    (folder / "notes/a.md").unlink()
    show(record, folder)
    assert read_files(folder)["brand/look.md"] == b"two\n"


def test_nothing_planted_in_the_repository_runs(record: Record, folder: Path, tmp_path: Path) -> None:
    put(record, "notes/a", "one\n")
    show(record, folder)
    sprung, script = tmp_path / "sprung", tmp_path / "trap.sh"
    script.write_text(f"#!/bin/sh\ntouch '{sprung}'\ncat\n")
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    hooks = folder / ".git" / "hooks"
    hooks.mkdir()
    for name in (
        "reference-transaction",
        "post-index-change",
        "post-checkout",
        "pre-commit",
        "post-update",
        "pre-auto-gc",
    ):
        shutil.copy(script, hooks / name)
    with (folder / ".git/config").open("a") as config:
        config.write(
            f"[core]\n\tfsmonitor = {script}\n\thooksPath = {hooks}\n\tpager = {script}\n\tsshCommand = {script}\n"
        )
        config.write(
            f'[filter "x"]\n\tclean = {script}\n\tsmudge = {script}\n[diff "x"]\n\ttextconv = {script}\n[gpg]\n\tprogram = {script}\n'
        )
        config.write("[log]\n\tshowSignature = true\n[commit]\n\tgpgSign = true\n")
    (folder / ".git/info/attributes").write_text("* filter=x diff=x\n")
    put(record, "notes/a", "two\n")
    show(record, folder)
    assert read_files(folder)["notes/a.md"] == b"two\n"
    assert not sprung.exists()


@pytest.mark.parametrize(
    "name", ["index.lock", "refs/heads/main.lock", "HEAD.lock", "packed-refs.lock", "refs/runlore/projecting.lock"]
)
def test_locks_that_were_left_behind(record: Record, folder: Path, name: str) -> None:
    put(record, "notes/a", "one\n")
    show(record, folder)
    (folder / ".git" / name).parent.mkdir(exist_ok=True)
    (folder / ".git" / name).touch()
    put(record, "notes/a", "two\n")
    start = time.monotonic()
    show(record, folder)
    assert time.monotonic() - start < 5
    assert read_files(folder)["notes/a.md"] == b"two\n"


@pytest.mark.parametrize(
    "part", ["", "objects", "refs/heads", "refs/heads/main", "logs/refs/heads/main", "HEAD", "index", "runlore"]
)
def test_links_in_the_repository_are_refused(record: Record, folder: Path, tmp_path: Path, part: str) -> None:
    put(record, "notes/a", "one\n")
    show(record, folder)
    place = folder / ".git" / part
    moved = tmp_path / "moved"
    shutil.move(place, moved)
    place.symlink_to(moved)
    before = {p: p.stat().st_mtime_ns for p in moved.rglob("*")} or moved.read_bytes()
    put(record, "notes/a", "two\n")
    with pytest.raises(StoreError, match="verify --rebuild"):
        show(record, folder)
    assert before == ({p: p.stat().st_mtime_ns for p in moved.rglob("*")} or moved.read_bytes())


def test_a_repository_that_cannot_be_read(record: Record, folder: Path) -> None:
    put(record, "notes/a", "one\n")
    show(record, folder)
    put(record, "notes/a", "two\n")
    (folder / ".git/HEAD").write_text("nonsense")
    with pytest.raises(LibraryDamaged, match="verify --rebuild"):
        show(record, folder)
    (folder / ".git/HEAD").write_text("ref: refs/heads/main\n")
    shutil.rmtree(folder / ".git/objects")
    (folder / ".git/objects").mkdir()
    with pytest.raises(LibraryDamaged):
        show(record, folder)


def test_other_folders_are_not_taken(record: Record, tmp_path: Path) -> None:
    strange = tmp_path / "strange"
    (strange / "src").mkdir(parents=True)
    (strange / "src/main.py").write_text("x")
    with pytest.raises(NoLibrary, match=r"src/main.py"):
        show(record, strange)
    assert not (strange / ".git").exists()
    other = tmp_path / "other"
    other.mkdir()
    run_git(other, "init", "-q", "-b", "main")
    run_git(other, "commit", "-q", "--allow-empty", "-m", "theirs")
    with pytest.raises(NoLibrary, match="not written by Runlore"):
        show(record, other)
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(StoreError):
        show(record, file)


@pytest.mark.parametrize("lasting", [False, True])
def test_a_full_disk_at_every_call(
    record: Record, folder: Path, monkeypatch: pytest.MonkeyPatch, lasting: bool
) -> None:
    put(record, "notes/a", "one\n")
    put(record, "skills/post", "one\n", "skill", more__txt=b"one\n")
    show(record, folder)
    (folder / "notes/mine.md").write_text("mine\n")
    call, ended, said = 0, False, set()
    while not ended:
        call += 1
        put(record, "notes/a", f"{call}\n")
        put(record, f"brand/b{call % 3}", f"{call}\n")
        with monkeypatch.context() as patched:
            count = fail_at(patched, call, lasting=lasting)
            try:
                show(record, folder)
                ended = count() < call
            except StoreError as error:
                said.add(str(error).partition(": ")[2][-24:])
        show(record, folder)
        assert read_files(folder)["notes/a.md"] == f"{call}\n".encode()
        assert read_files(folder)["notes/mine.md"] == b"mine\n"
    assert call > 15
    assert said == {" No space left on device"}
    (folder / "notes/mine.md").unlink()
    assert verify_folder(record, "acme", folder) == ()
    assert not (folder / ".git/runlore/kept").exists()


def fail_at(patched: pytest.MonkeyPatch, call: int, *, lasting: bool) -> Callable[[], int]:
    """Let the n-th call that needs the disk find it full, or that and every one after it; gives how many calls there were."""
    count = 0

    def watch(real: Callable[..., object], needs: Callable[..., bool]) -> Callable[..., object]:
        def called(*args: object, **names: object) -> object:
            nonlocal count
            if needs(*args):
                count += 1
                if count == call or (lasting and count > call):
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return real(*args, **names)

        return called

    for name in ("link", "rename", "mkdir", "fsync"):
        patched.setattr(os, name, watch(getattr(os, name), lambda *args: True))
    patched.setattr(os, "open", watch(os.open, lambda path, flags, *rest: bool(flags & os.O_CREAT)))
    return lambda: count


def test_names_that_git_or_a_file_system_reads_are_written_out(record: Record, folder: Path) -> None:
    names = (
        ".git/config",
        ".gitmodules",
        "sub/.GIT/hooks/post-checkout",
        "line\nbreak.txt",
        "x" * 300,
        "a/" * 30 + "deep.txt",
        "git~1",
    )
    files = (FileContent("SKILL.md", b"x\n"), *(FileContent(name, name.encode(), executable=True) for name in names))
    with record.write("acme") as tx:
        put_bundle(tx, "skills/odd", Bundle("skill", "SKILL.md", files))
    show(record, folder)
    there = read_files(folder / "skills/odd")
    assert len(there) == len(files)
    assert there["%2Egit/config"] == b".git/config"
    assert there["sub/%2EGIT/hooks/post-checkout"] == b"sub/.GIT/hooks/post-checkout"
    assert not any(part.lower().startswith(".git") for path in there for part in path.split("/"))
    assert verify_folder(record, "acme", folder) == ()
    assert find_edits(record, "acme", folder).edits == ()
