"""Archives, read entry by entry into memory: zip and tar, plain or compressed; bounded in count, size and ratio.

Names, kinds and sizes that an archive claims are not believed: what is read is counted while it is read.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import re
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from typing import IO, cast

import zstandard

from runlore.library.intake import REPOSITORIES, Intake, check_name, read_at_most, readable

_ENDING = re.compile(r"(?i)\.(?:zip|tar|tgz|tbz2?|txz|tzst|tar\.(?:gz|bz2|xz|zst))$")
_CENTRAL = b"PK\x01\x02"
_ENCRYPTED = 1
_WINDOWS = 0
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # the others decompress without a bound
_WINDOW = 64 << 20  # bytes that a decompressor may look back
_DAMAGE = (
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    zstandard.ZstdError,
    EOFError,
    OSError,
    ValueError,
    OverflowError,
    NotImplementedError,
    RuntimeError,
    RecursionError,
    KeyError,
    IndexError,
)  # what the standard library raises on archives made to break it


class _OverLimit(Exception):
    """More comes out of an archive than may."""


def is_archive(name: str) -> bool:
    """Say whether a file's name ends like an archive's that can be read."""
    return bool(_ENDING.search(name))


def read_archive(stream: IO[bytes], name: str, intake: Intake) -> None:
    """Take in the regular files of an archive; the archive's name without its ending stands at the head of their paths.

    Links, devices, encrypted entries and paths that lead elsewhere are problems. A damaged archive, or one that holds more than its
    limits allow, gives one problem and no file at all: what came out of it cannot be trusted to be the whole.
    """
    try:
        content = _read_packed(stream, intake.limits.archive)
        head = f"{_ENDING.sub('', name)}/"
        if name.lower().endswith(".zip"):
            _read_zip(content, head, intake)
        else:
            _read_tar(content, name.lower(), head, intake)
    except _OverLimit as error:
        _give_up(
            intake, f"The archive {error}: it is left out. Unpack it yourself if you trust it, and import the folder."
        )
    except _DAMAGE as error:
        why = readable(str(error) or type(error).__name__)
        _give_up(intake, f"The archive is damaged or of an unknown kind ({why}): it is left out.")


def _read_packed(stream: IO[bytes], most: int) -> bytes:
    content = read_at_most(stream.read, most)
    if content is None:
        raise _OverLimit(f"has more than {most >> 20} MiB")
    return content


def _give_up(intake: Intake, message: str) -> None:
    intake.files.clear()
    intake.problems.clear()
    intake.size = 0
    intake.refuse(intake.source, "import-archive", message)


class _Counted:
    """Bytes that come out of an archive, counted over all of its entries."""

    def __init__(self, packed: int, intake: Intake) -> None:
        limits = intake.limits
        self._left = min(limits.unpacked, max(limits.free, packed * limits.ratio))
        self._why = (
            f"holds more than {limits.unpacked >> 20} MiB"
            if self._left == limits.unpacked
            else f"holds more than {limits.ratio} times its own size"
        )

    def count(self, piece: bytes) -> bytes:
        self._left -= len(piece)
        if self._left < 0:
            raise _OverLimit(self._why)
        return piece

    def reading(self, read: Callable[[int], bytes]) -> Callable[[int], bytes]:
        return lambda size: self.count(read(size))


def _read_zip(content: bytes, head: str, intake: Intake) -> None:
    most = intake.limits.entries
    if content.count(_CENTRAL) > most:
        raise _OverLimit(f"has more than {most:,} entries")
    counted = _Counted(len(content), intake)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for entry in archive.infolist():
            name = entry.orig_filename  # ``filename`` ends at a NUL
            if entry.create_system == _WINDOWS:
                name = name.replace("\\", "/")
            path = "" if name.endswith("/") else _path(head, name, intake)
            if not path:
                continue
            mode = entry.external_attr >> 16
            if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
                _refuse_kind(path, "link" if stat.S_ISLNK(mode) else "special file", intake)
            elif entry.flag_bits & _ENCRYPTED or entry.compress_type not in _METHODS:
                how = "encrypted" if entry.flag_bits & _ENCRYPTED else "packed in a way that is not read"
                message = f"`{readable(path)}` is {how}: unpack the archive and import the folder."
                intake.refuse(path, "import-archive", message)
            else:
                with archive.open(entry) as stream:
                    _take(path, counted.reading(stream.read), intake, executable=bool(mode & stat.S_IXUSR))


class _Source:
    """What the tar reader reads from: decompressed bytes, counted."""

    def __init__(self, read: Callable[[int], bytes]) -> None:
        self.read = read


def _read_tar(content: bytes, name: str, head: str, intake: Intake) -> None:
    counted = _Counted(len(content), intake)
    source = _Source(counted.reading(_decompressed(content).read))
    entries = 0
    with tarfile.open(fileobj=cast("IO[bytes]", source), mode="r|", errorlevel=2) as archive:
        for entry in archive:
            entries += 1
            if entries > intake.limits.entries:
                raise _OverLimit(f"has more than {intake.limits.entries:,} entries")
            path = "" if entry.isdir() else _path(head, entry.name.removeprefix("./"), intake)
            if not path:
                continue
            stream = archive.extractfile(entry) if entry.isreg() and not entry.issparse() else None
            if stream is None:
                _refuse_kind(path, "link" if entry.issym() or entry.islnk() else "special file", intake)
            else:
                _take(path, stream.read, intake, executable=bool(entry.mode & stat.S_IXUSR))


def _decompressed(content: bytes) -> IO[bytes]:
    """Give the bytes of a tar, whatever it is compressed with: that is seen at its head, not at its name."""
    stream = io.BytesIO(content)
    if content.startswith(b"\x28\xb5\x2f\xfd"):
        return cast("IO[bytes]", zstandard.ZstdDecompressor(max_window_size=_WINDOW).stream_reader(stream))
    if content.startswith(b"\x1f\x8b"):
        return cast("IO[bytes]", gzip.GzipFile(fileobj=stream))
    if content.startswith(b"BZh"):
        return cast("IO[bytes]", bz2.BZ2File(stream))
    return cast("IO[bytes]", _Xz(content)) if content.startswith(b"\xfd7zXZ\0") else stream


class _Xz:
    """The bytes of an xz file; one that asks for more memory than a window of 64 MiB needs is refused."""

    def __init__(self, content: bytes) -> None:
        self._decompressor = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=2 * _WINDOW)
        self._packed = content

    def read(self, size: int) -> bytes:
        if self._decompressor.eof:
            return b""
        piece = self._decompressor.decompress(self._packed, size)
        self._packed = b""
        if not piece and not self._decompressor.eof:
            raise EOFError("it ends in the middle")
        return piece


def _take(path: str, read: Callable[[int], bytes], intake: Intake, *, executable: bool) -> None:
    content = read_at_most(read, intake.limits.file)
    if content is None:
        intake.too_large(path)
    else:
        intake.take(path, content, executable=executable)


def _path(head: str, name: str, intake: Intake) -> str:
    """Give the path of an entry; empty where it is refused, or of no concern: what macOS puts beside files, a repository's insides."""
    parts = name.split("/")
    kept = next((part for part in parts if part in REPOSITORIES), "")
    if kept:
        folder = head + "/".join(parts[: parts.index(kept) + 1])
        if all(problem.file != readable(folder) for problem in intake.problems):
            message = f"`{readable(folder)}` belongs to a version control system and is left out; nothing of it was read or run."
            intake.refuse(folder, "import-repository", message, "warning")
        return ""
    if "__MACOSX" in parts or parts[-1] == ".DS_Store":
        return ""
    if found := check_name(name):
        intake.refuse(name, found.slug, found.message)
        return ""
    return head + name


def _refuse_kind(path: str, kind: str, intake: Intake) -> None:
    intake.refuse(path, "import-no-file", f"`{readable(path)}` is a {kind}: only regular files are taken.")
