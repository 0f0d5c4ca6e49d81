"""Files that a person brings in: folders walked and archives opened by us, as plain bytes, within bounds.

Only regular files are taken. Links are not followed, pipes and devices are not opened, nothing is unpacked to a disk, and git is never
run inside what is read. What is left out has a problem that says why; the files around it are taken.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from runlore.errors import NothingToRead
from runlore.library.archives import is_archive, read_archive
from runlore.library.intake import LIMITS, REPOSITORIES, FileTree, Intake, Limits, read_at_most, readable

_NAMED_BY_FOLDER = ("skill.md", "runbook.md")
_LEFT_ALONE = frozenset({".DS_Store", "Thumbs.db", "desktop.ini", "__MACOSX", "__pycache__", "node_modules"})


def read_tree(paths: Iterable[Path], limits: Limits = LIMITS) -> tuple[FileTree, ...]:
    """Read what stands under the given paths, one tree for each: a folder, one file, or an archive (zip, tar, also compressed).

    A path that a person names may be a link; links below it are not followed. Raises NothingToRead where there is nothing at a path.
    """
    return tuple(_read(path, limits) for path in paths)


def _read(path: Path, limits: Limits) -> FileTree:
    intake = Intake(str(path), limits)
    try:
        about = path.stat()
        if stat.S_ISDIR(about.st_mode):
            root = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
            _walk(root, f"{path.resolve().name}/".lstrip("/"), intake, 0)
        elif is_archive(path.name) and stat.S_ISREG(about.st_mode):
            with open(path, "rb", opener=_open_plainly) as stream:
                read_archive(stream, path.name, intake)
        else:
            _read_one(path, intake)
    except OSError as error:
        raise NothingToRead(readable(str(path)), f"cannot be read: {error.strerror or error}") from error
    except ValueError as error:  # a NUL in the path
        raise NothingToRead(readable(str(path)), "is no path") from error
    return intake.tree()


def _open_plainly(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK)


def _read_one(path: Path, intake: Intake) -> None:
    folder = path.resolve().parent.name
    name = f"{folder}/{path.name}" if path.name.lower() in _NAMED_BY_FOLDER and folder else path.name
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    _read_file(descriptor, name, intake)


def _walk(folder: int, below: str, intake: Intake, depth: int) -> None:
    """Read a folder by its descriptor, which is closed at the end; names are taken in their order."""
    try:
        for name, kind in _list(folder, below, intake):
            if intake.is_full():
                return
            if kind != "folder":
                _open_file(folder, name, below + name, intake)
            elif depth >= intake.limits.depth:
                message = f"`{readable(below + name)}` lies more than {intake.limits.depth} folders deep: import it by itself."
                intake.refuse(below + name, "import-limit", message)
            elif (inner := _open(folder, name, os.O_DIRECTORY, below + name, intake)) is not None:
                _walk(inner, f"{below}{name}/", intake, depth + 1)
    finally:
        os.close(folder)


def _list(folder: int, below: str, intake: Intake) -> Iterator[tuple[str, str]]:
    """Give the files and folders of a folder; everything else gets its problem here."""
    with os.scandir(folder) as entries:
        found = sorted((entry.name, _kind(entry)) for entry in entries)
    for name, kind in found:
        if name in REPOSITORIES:
            message = f"`{readable(below + name)}` belongs to a version control system and is left out; nothing of it was read or run."
            intake.refuse(below + name, "import-repository", message, "warning")
        elif kind not in ("file", "folder"):
            intake.refuse(
                below + name, "import-no-file", f"`{readable(below + name)}` is a {kind}: only regular files are taken."
            )
        elif name not in _LEFT_ALONE:
            yield name, kind


def _kind(entry: os.DirEntry[str]) -> str:
    if entry.is_symlink():
        return "link"
    if entry.is_dir(follow_symlinks=False):
        return "folder"
    return "file" if entry.is_file(follow_symlinks=False) else "pipe, socket or device"


def _open(folder: int, name: str, flags: int, path: str, intake: Intake) -> int | None:
    try:
        return os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | flags, dir_fd=folder)
    except OSError as error:
        intake.refuse(path, "unreadable-file", f"`{readable(path)}` cannot be read: {error.strerror or error}.")
        return None


def _open_file(folder: int, name: str, path: str, intake: Intake) -> None:
    descriptor = _open(folder, name, 0, path, intake)
    if descriptor is not None:
        try:
            _read_file(descriptor, path, intake)
        except OSError as error:
            intake.refuse(path, "unreadable-file", f"`{readable(path)}` cannot be read: {error.strerror or error}.")


def _read_file(descriptor: int, path: str, intake: Intake) -> None:
    """Take in an opened file, if it still is one, and close it."""
    with open(descriptor, "rb", buffering=0) as stream:
        about = os.fstat(descriptor)
        if not stat.S_ISREG(about.st_mode):
            intake.refuse(path, "import-no-file", f"`{readable(path)}` is no regular file: only those are taken.")
            return
        content = read_at_most(stream.read, intake.limits.file)
    if content is None:
        intake.too_large(path)
    else:
        intake.take(path, content, executable=bool(about.st_mode & stat.S_IXUSR))
