"""The git repository in the library folder: made, found to be ours, its main branch read and moved. Nothing in it is ever run."""

from __future__ import annotations

import os
import re
import shutil
import stat
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

from runlore.errors import GitError, LibraryDamaged
from runlore.library import git
from runlore.library.cover import ATTRIBUTES
from runlore.library.stream import COMMITTER

Answer = TypeVar("Answer")

MAIN: Final = "refs/heads/main"
BY_HAND: Final = "refs/heads/by-hand/"
_MAKING: Final = ".git-runlore"
_CONFIG: Final = b"""[core]
\trepositoryformatversion = 0
\tfilemode = true
\tbare = false
\tlogallrefupdates = true
\tautocrlf = false
"""
_FOLDERS: Final = (
    "", "refs/runlore", "objects", "objects/info", "objects/pack", "refs", "refs/heads", "logs", "logs/refs", "logs/refs/heads", "info", "runlore",
)  # fmt: skip
_FILES: Final = (
    "HEAD",
    "config",
    "index",
    "packed-refs",
    "refs/heads/main",
    "logs/HEAD",
    "logs/refs/heads/main",
    "info/attributes",
)
_FOREIGN: Final = ("commondir", "gitdir", "objects/info/alternates", "objects/info/http-alternates")
_UNFINISHED: Final = {
    "MERGE_HEAD": ("a merge", "git merge --abort"),
    "CHERRY_PICK_HEAD": ("a cherry-pick", "git cherry-pick --abort"),
    "REVERT_HEAD": ("a revert", "git revert --abort"),
    "rebase-merge": ("a rebase", "git rebase --abort"),
    "rebase-apply": ("a rebase", "git rebase --abort"),
    "BISECT_LOG": ("a bisection", "git bisect reset"),
}
_LOCK: Final = re.compile(r"Unable to create '([^'\n]+\.lock)'")
_OBJECT: Final = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_MOST_LOCKS: Final = 3
_STALE: Final = 1.0
"""Seconds after which the lock of a git that has ended is taken away; git holds one for moments."""


@dataclass(frozen=True, slots=True)
class CommitNote:
    """What a commit of ours says of itself: the number and the revision of its publication (of a cover: the company), who wrote it, and how."""

    commit: str
    publication: int
    revision: str
    company: str = ""
    author: str = ""
    message: str = ""


def has_repository(root: int) -> bool:
    """Say whether there is anything called ``.git`` in the folder."""
    return _kind(root, ".git") is not None


def make_repository(root: int, folder: Path) -> None:
    """Make the repository beside its place, and put it there when it is whole."""
    beside = folder / _MAKING
    if _kind(root, _MAKING) is not None:  # of a process that ended before it was done
        shutil.rmtree(beside)
    git.run(folder, "init", "--quiet", "--bare", "--template=", "--initial-branch=main", _MAKING)
    (beside / "config").write_bytes(_CONFIG)
    for name in ("info", "runlore", "logs"):
        (beside / name).mkdir(exist_ok=True)
    (beside / "info" / "attributes").write_text(ATTRIBUTES, "utf-8")
    os.rename(_MAKING, ".git", src_dir_fd=root, dst_dir_fd=root)


def check_repository(root: int, folder: Path) -> None:
    """Raise LibraryDamaged where the repository is none, or a part of it is a link or leads elsewhere."""
    for name in _FOLDERS:
        kind = _kind(root, f".git/{name}".rstrip("/"))
        if kind not in (stat.S_IFDIR, None):
            raise LibraryDamaged(str(folder), f"`{f'.git/{name}'.rstrip('/')}` is no folder, but a link or a file")
    for name in _FILES:
        if _kind(root, f".git/{name}") not in (stat.S_IFREG, None):
            raise LibraryDamaged(str(folder), f"`.git/{name}` is no file, but a link or a folder")
    for name in _FOREIGN:
        if _kind(root, f".git/{name}") is not None:
            raise LibraryDamaged(str(folder), f"`.git/{name}` leads to another repository")
    if _kind(root, ".git/HEAD") is None or _kind(root, ".git/objects") is None:
        raise LibraryDamaged(str(folder), "its git repository is incomplete")


def _kind(root: int, path: str) -> int | None:
    try:
        return stat.S_IFMT(os.stat(path, dir_fd=root, follow_symlinks=False).st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return None


def peek_main(folder: Path) -> str:
    """Read where main points without running git; empty where that cannot be told so."""
    try:
        text = (folder / ".git" / MAIN).read_text("ascii").strip()
    except FileNotFoundError:
        text = _peek_packed(folder)
    except (OSError, UnicodeDecodeError):
        text = ""
    return text if _OBJECT.fullmatch(text) else ""


def _peek_packed(folder: Path) -> str:
    try:
        lines = (folder / ".git" / "packed-refs").read_text("utf-8", "replace").splitlines()
    except OSError:
        return ""
    return next((line.split(" ")[0] for line in lines if line.endswith(f" {MAIN}")), "")


def read_main(folder: Path) -> str:
    """Give the commit of main, empty where there is none; raises LibraryDamaged where git cannot read the repository."""
    try:
        _, output = git.call(
            folder, "rev-parse", "--quiet", "--verify", "--end-of-options", f"{MAIN}^{{commit}}", most=1
        )
    except GitError as error:
        raise LibraryDamaged(str(folder), f"git cannot read its repository ({_one_line(error)})") from error
    lines = [line for line in output.decode("ascii", "replace").splitlines() if _OBJECT.fullmatch(line)]
    if not lines and peek_main(folder):
        raise LibraryDamaged(str(folder), "the branch `main` points to a commit that is not there")
    return lines[-1] if lines else ""


def list_notes(folder: Path, tip: str, most: int = 0) -> Iterator[tuple[str, CommitNote | None]]:
    """Read the commits from a tip backwards, first parents alone, at most so many (0: all), each with what it says of itself; None for others' commits."""
    limit = (f"--max-count={most}",) if most else ()
    args = ("rev-list", "--first-parent", *limit, "--end-of-options", tip)
    commits = git.run(folder, *args, timeout=git.IMPORT_TIMEOUT).decode("ascii").split()
    for commit, content in zip(commits, git.read_objects(folder, commits), strict=True):
        yield commit, parse_note(commit, content or b"")


def parse_note(commit: str, content: bytes) -> CommitNote | None:
    """Parse a commit object; None where it is none of ours."""
    head, _, message = content.decode("utf-8", "replace").partition("\n\n")
    fields = [line.partition(" ") for line in head.splitlines()]
    parents = [value for key, _, value in fields if key == "parent"]
    committer = next((value for key, _, value in fields if key == "committer"), "")
    trailers = dict(
        line.split(": ", 1) for line in message.rstrip("\n").rpartition("\n\n")[2].splitlines() if ": " in line
    )
    number = trailers.get("Publication", "")
    if not committer.startswith(f"{COMMITTER} ") or not number.isdecimal() or len(parents) > 1:
        return None
    author = next((value for key, _, value in fields if key == "author"), "")
    return CommitNote(commit, int(number), trailers.get("Revision", ""), trailers.get("Company", ""), author, message)


def move_main(folder: Path, new: str, old: str, *also: str) -> None:
    """Move main from ``old`` (empty: there is none) to ``new``, together with further lines of ``update-ref --stdin``.

    Raises GitError where main is not at ``old``.
    """
    before = old or "0" * len(new)
    unlocked(folder, partial(git.update_refs, folder, [f"update {MAIN} {new} {before}", *also]))


def unlocked(folder: Path, act: Callable[[], Answer]) -> Answer:
    """Do something with git; where a lock is in the way that a killed git left behind, take it away and do it again. Raises GitError."""
    for _ in range(_MOST_LOCKS):
        try:
            return act()
        except GitError as error:
            if not _wait_for_lock(folder, str(error)):
                raise
    return act()


def _wait_for_lock(folder: Path, said: str) -> bool:
    """Wait for the git that holds a lock, if that is what git said; take the lock away when it has grown old. Says whether to try again."""
    found = _LOCK.search(said)
    if not found:
        return False
    lock = Path(found[1])
    if not lock.resolve().is_relative_to((folder / ".git").resolve()):
        return False
    until = time.monotonic() + _STALE
    while time.monotonic() < until:
        try:
            age = time.time() - lock.stat().st_mtime
        except FileNotFoundError:
            return True
        if age > _STALE:
            break
        time.sleep(0.02)
    lock.unlink(missing_ok=True)
    return True


def find_obstacle(folder: Path) -> str:
    """Say why the files of the folder are not ours to bring up to date: another branch, something unfinished; empty where they are."""
    for name, (what, end) in _UNFINISHED.items():
        if (folder / ".git" / name).exists():
            return f"{what} is unfinished in it: finish it, or give it up with `{end}`"
    try:
        head = (folder / ".git" / "HEAD").read_text("utf-8", "replace").strip()
    except OSError:
        return "it cannot be told which branch it stands on: run `git switch main` in it"
    if head == f"ref: {MAIN}":
        return ""
    where = f"the branch `{head.removeprefix('ref: refs/heads/')}`" if head.startswith("ref: ") else "no branch"
    return f"it stands on {where}: run `git switch main` in it"


def write_index(root: int, folder: Path, commit: str) -> None:
    """Give git's index the files of a commit, so that `git status` shows a person's own changes and nothing else."""
    beside = folder / ".git" / "runlore" / "index"
    for left in (beside, beside.with_suffix(".lock")):  # of a process that ended before it was done
        left.unlink(missing_ok=True)
    git.call(folder, "read-tree", "--end-of-options", commit, index=beside)
    os.rename(".git/runlore/index", ".git/index", src_dir_fd=root, dst_dir_fd=root)


def pack_loose(folder: Path, most: int = 27) -> None:
    """Pack loose objects where there are many: git does so itself at 6,700, which is 27 in each of its 256 folders."""
    try:
        loose = sum(1 for _ in (folder / ".git" / "objects" / "17").iterdir())
    except OSError:
        return
    if loose > most:
        git.run(folder, *git.DURABLE, "repack", "-d", "-l", "-q", timeout=git.IMPORT_TIMEOUT)


def _one_line(error: GitError) -> str:
    return " ".join(str(error).split())[:300]
