"""Files of the library folder, reached from an open descriptor of it, one part of a path after the other: no link is ever followed.

Files are written beside and linked into their place. What stood there is first moved aside and looked at: what a person has written in the
meantime is put back, and never lost. Both places lie in ``.git/runlore``, where no one looks for documents.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Final

from runlore.errors import NoLibrary, StoreError
from runlore.library.intake import read_at_most

OWN: Final = ".git/runlore"
NEW: Final = f"{OWN}/new"
ASIDE: Final = f"{OWN}/aside"
KEPT: Final = f"{OWN}/kept"
LARGEST: Final = 8 << 20
_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
_DEEPEST: Final = 24
_NO_LINKS: Final = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK)

Judge = Callable[["Found | None"], bool]
"""Says whether what stands at a path may be replaced."""


@dataclass(frozen=True, slots=True)
class Found:
    """A file as it stands: the hash of its content and whether it is executable; the content itself where it was asked for.

    The hash of a file that is larger than 8 MiB is empty.
    """

    hash: str
    executable: bool
    content: bytes = b""


def mode_of(found: Found | None) -> tuple[str, bool] | None:
    """Give hash and mode of a file as the record has them, None where there is none."""
    return (found.hash, found.executable) if found else None


class BlockedPath(Exception):
    """A path leads through something that is no folder, or to something that is no file; ``why`` says what."""

    def __init__(self, path: str, why: str) -> None:
        self.path, self.why = path, why
        super().__init__(f"{path} {why}")


@contextlib.contextmanager
def hold(folder: Path, *, make: bool = False) -> Iterator[int]:
    """Hold the library folder alone, and give its descriptor; the system lets go of it however this process ends.

    ``make`` makes the folder where it is missing. Raises StoreError where there is none or it cannot be opened.
    """
    while True:
        root = _open_root(folder, make=make)
        try:
            fcntl.flock(root, fcntl.LOCK_EX)
            if _is_still(folder, root):
                yield root
                return
        finally:
            os.close(root)


def _open_root(folder: Path, *, make: bool) -> int:
    try:
        if make:
            folder.mkdir(mode=0o755, parents=True, exist_ok=True)
        return os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except FileExistsError:
        raise NoLibrary(str(folder), "it is a file") from None
    except OSError as error:
        raise StoreError(str(folder), f"the library folder cannot be opened: {error.strerror or error}") from error


def _is_still(folder: Path, root: int) -> bool:
    """Say whether the folder that was locked is the one that stands there now; it may have been replaced while we waited."""
    try:
        return os.path.samestat(os.stat(folder), os.fstat(root))
    except FileNotFoundError:
        return False


def read_file(root: int, path: str, *, keep: bool = False) -> Found | None:
    """Look at a file; None where there is none. ``keep`` also gives its content. Raises BlockedPath."""
    with _parent(root, path) as (folder, name):
        return _look(folder, name, path, keep=keep) if folder >= 0 else None


def _look(folder: int, name: str, path: str, *, keep: bool) -> Found | None:
    try:
        descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise BlockedPath(
            path, "is a link" if error.errno == errno.ELOOP else f"cannot be read: {error.strerror}"
        ) from None
    with open(descriptor, "rb", buffering=0) as stream:
        about = os.fstat(descriptor)
        if not stat.S_ISREG(about.st_mode):
            raise BlockedPath(path, "is no regular file")
        content = read_at_most(stream.read, LARGEST)
    executable = bool(about.st_mode & stat.S_IXUSR)
    if content is None:
        return Found("", executable)
    return Found("sha256:" + hashlib.sha256(content).hexdigest(), executable, content if keep else b"")


def put_file(root: int, path: str, content: bytes, executable: bool, may: Judge, *, durable: bool = True) -> bool:
    """Write a file as a whole or not at all; says whether it stands. It does not where ``may`` refuses what stands in its place.

    ``durable`` waits until its content is on the disk. Raises BlockedPath, and StoreError where the disk refuses.
    """
    try:
        with _parent(root, path, make=True) as place, _parent(root, f"{NEW}/x", make=True) as (beside, _):
            fresh = (beside, hashlib.sha256(path.encode()).hexdigest())
            _write(*fresh, content, executable, durable=durable)
            try:
                return _swap_in(root, place, fresh, path, may)
            finally:
                _unlink(*fresh)
    except OSError as error:
        raise StoreError(path, f"cannot be written into the library folder: {error.strerror or error}") from error


def drop_file(root: int, path: str, may: Judge) -> bool:
    """Take a file away; says whether it is gone. It is not where ``may`` refuses what stands there. Raises as put_file does."""
    try:
        with _parent(root, path) as place:
            if place[0] < 0 or not _is_there(*place, path):
                return True
            with _moved_aside(root, place, path) as aside:
                if _may(aside, path, may):
                    _unlink(*aside)
                    return True
                _put_back(aside, place)
                return False
    except OSError as error:
        raise StoreError(path, f"cannot be taken out of the library folder: {error.strerror or error}") from error


def recover(root: int, is_known: Callable[[str], bool]) -> None:
    """Finish what a process that was killed had begun: what stands aside goes back to its place, or away where the record knows its content.

    What can do neither is kept below ``.git/runlore/kept``; nothing that a person wrote is lost.
    """
    for path in list_aside(root):
        with _parent(root, f"{ASIDE}/{path}") as aside, _parent(root, path, make=True) as place:
            if _link(aside, place) or is_known(_hash(aside, path)):
                _unlink(*aside)
                continue
            with _parent(root, f"{KEPT}/{path}", make=True) as (folder, name):
                numbered = (f"{name}.{number}" if number else name for number in count())
                next(kept for kept in numbered if _link(aside, (folder, kept)))
            _unlink(*aside)


def list_aside(root: int) -> tuple[str, ...]:
    """List the paths of what stands aside: nothing, unless a process was killed."""
    with _parent(root, f"{ASIDE}/x") as (folder, _):
        return tuple(seen.path for seen in walk(folder) if seen.kind != "other") if folder >= 0 else ()


def _hash(place: tuple[int, str], path: str) -> str:
    try:
        found = _look(*place, path, keep=False)
    except BlockedPath:
        return ""
    return found.hash if found else ""


def _write(folder: int, name: str, content: bytes, executable: bool, *, durable: bool) -> None:
    _unlink(folder, name)  # of a process that ended before it was done
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    with open(os.open(name, flags, 0o777 if executable else 0o666, dir_fd=folder), "wb") as stream:
        stream.write(content)
        if durable:
            stream.flush()
            os.fsync(stream.fileno())


def _swap_in(root: int, place: tuple[int, str], fresh: tuple[int, str], path: str, may: Judge) -> bool:
    if not _is_there(*place, path):
        return may(None) and _link(fresh, place)
    with _moved_aside(root, place, path) as aside:
        if _may(aside, path, may) and _link(fresh, place):
            _unlink(*aside)
            return True
        _put_back(aside, place)
        return False


def _may(aside: tuple[int, str], path: str, may: Judge) -> bool:
    try:
        return may(_look(*aside, path, keep=False))
    except BlockedPath:
        return False


@contextlib.contextmanager
def _moved_aside(root: int, place: tuple[int, str], path: str) -> Iterator[tuple[int, str]]:
    """Move what stands at a place aside, whatever it is at that moment."""
    with _parent(root, f"{ASIDE}/{path}", make=True) as aside:
        os.rename(place[1], aside[1], src_dir_fd=place[0], dst_dir_fd=aside[0])
        yield aside


def _put_back(aside: tuple[int, str], place: tuple[int, str]) -> None:
    """Put back what was moved aside; where a person has written anew meanwhile, that stays, and ``recover`` keeps the older state."""
    if _link(aside, place):
        _unlink(*aside)


def _link(source: tuple[int, str], place: tuple[int, str]) -> bool:
    """Give a file a second name, or its only one where the file system knows no second names; says whether the name was free."""
    try:
        os.link(source[1], place[1], src_dir_fd=source[0], dst_dir_fd=place[0], follow_symlinks=False)
    except FileExistsError:
        return False
    except OSError as error:
        if error.errno not in _NO_LINKS or _stat(*place) is not None:
            raise
        os.rename(source[1], place[1], src_dir_fd=source[0], dst_dir_fd=place[0])
    return True


def _unlink(folder: int, name: str) -> None:
    with contextlib.suppress(FileNotFoundError):
        os.unlink(name, dir_fd=folder)


def _is_there(folder: int, name: str, path: str) -> bool:
    """Say whether a file stands at a place; raises BlockedPath where it is something else."""
    about = _stat(folder, name)
    if about is not None and not stat.S_ISREG(about.st_mode):
        raise BlockedPath(path, "is a link" if stat.S_ISLNK(about.st_mode) else "is no regular file")
    return about is not None


def _stat(folder: int, name: str) -> os.stat_result | None:
    try:
        return os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return None


def write_own(root: int, name: str, content: bytes, *, durable: bool = True) -> None:
    """Write a file of our own below ``.git/runlore``, as a whole or not at all; ``durable`` waits for the disk. Raises StoreError."""
    path = f"{OWN}/{name}"
    try:
        with _parent(root, path, make=True) as (folder, _):
            _write(folder, f"{name}.new", content, executable=False, durable=durable)
            os.rename(f"{name}.new", name, src_dir_fd=folder, dst_dir_fd=folder)
            if durable:
                os.fsync(folder)
    except OSError as error:
        raise StoreError(path, f"cannot be written into the library folder: {error.strerror or error}") from error


def now_of(root: int) -> int:
    """Give the time by the clock that stamps the folder's files, in nanoseconds."""
    write_own(root, "now", b"", durable=False)
    return os.stat(f"{OWN}/now", dir_fd=root, follow_symlinks=False).st_mtime_ns


def sync_folders(root: int, paths: Iterable[str]) -> None:
    """Wait until the names of some files are on the disk, with the folders that lead to them."""
    folders = {""}
    for path in paths:
        parts = path.split("/")[:-1]
        folders.update("/".join(parts[:depth]) for depth in range(1, len(parts) + 1))
    for folder in sorted(folders):
        with _parent(root, f"{folder}/x" if folder else "x") as (opened, _):
            if opened >= 0:
                os.fsync(opened)


@contextlib.contextmanager
def _parent(root: int, path: str, *, make: bool = False) -> Iterator[tuple[int, str]]:
    """Open the folder that a path lies in, and give its descriptor and the last part; -1 where there is no such folder."""
    *folders, name = path.split("/")
    opened = os.dup(root)
    try:
        for depth, part in enumerate(folders, 1):
            inner = _open_folder(opened, part, "/".join(folders[:depth]), make=make)
            os.close(opened)
            opened = inner
            if opened < 0:
                break
        yield opened, name
    finally:
        if opened >= 0:
            os.close(opened)


def _open_folder(parent: int, name: str, path: str, *, make: bool) -> int:
    for attempt in (0, 1):
        try:
            return os.open(name, _FOLDER, dir_fd=parent)
        except FileNotFoundError:
            if not make or attempt:
                return -1
            with contextlib.suppress(FileExistsError):
                os.mkdir(name, 0o755, dir_fd=parent)
        except NotADirectoryError:
            raise BlockedPath(path, "is a link or a file where a folder has to be") from None
        except OSError as error:
            if error.errno == errno.ELOOP:
                raise BlockedPath(path, "is a link where a folder has to be") from None
            raise
    return -1


def drop_empty_folders(root: int, path: str, keep: int) -> None:
    """Take away the folders that a path lay in, from the innermost outwards, as far as they are empty; the outermost ``keep`` stay."""
    parts = path.split("/")[:-1]
    while len(parts) > keep:
        with _parent(root, "/".join(parts)) as (folder, name):
            if folder < 0:
                return
            try:
                os.rmdir(name, dir_fd=folder)
            except OSError:  # not empty, or not ours to take away
                return
        parts.pop()


@dataclass(frozen=True, slots=True)
class Seen:
    """One thing in the library folder: its path, and what it is: ``file``, ``link`` or ``other``; for a file its times and size."""

    path: str
    kind: str
    stamp: tuple[int, int, int, int, int] = (0, 0, 0, 0, 0)


def walk(root: int, below: str = "", depth: int = 0) -> Iterator[Seen]:
    """Walk the library folder in the order of names, without what stands in ``.git`` at its root; links are named, not followed.

    A folder that cannot be opened or lies too deep is named as ``other``.
    """
    with os.scandir(root) as entries:
        names = sorted((entry.name, entry) for entry in entries)
    for name, entry in names:
        path = below + name
        if path == ".git" or path.startswith(".git-runlore"):
            continue
        if entry.is_symlink():
            yield Seen(path, "link")
        elif entry.is_dir(follow_symlinks=False):
            yield from _walk_into(root, name, path, depth)
        elif entry.is_file(follow_symlinks=False):
            about = os.stat(name, dir_fd=root, follow_symlinks=False)
            yield Seen(path, "file", (about.st_mtime_ns, about.st_ctime_ns, about.st_size, about.st_ino, about.st_mode))
        else:
            yield Seen(path, "other")


def _walk_into(root: int, name: str, path: str, depth: int) -> Iterator[Seen]:
    try:
        inner = os.open(name, _FOLDER, dir_fd=root) if depth < _DEEPEST else -1
    except OSError:
        inner = -1
    if inner < 0:
        yield Seen(path, "other")
        return
    try:
        yield from walk(inner, f"{path}/", depth + 1)
    finally:
        os.close(inner)
