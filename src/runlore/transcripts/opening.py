"""Lines out of files that nobody vouches for: plain, gzip or zstd, whatever their size.

Nothing here raises on content. What is wrong with a file is appended to a list of problems, and the lines that could
be had before it are given all the same. A line over the limit is never held in memory; a note that is no JSON stands in its
place, so that line numbers stay true and every reader counts it as unreadable.
"""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO, Final

import zstandard

from runlore.model import Problem
from runlore.transcripts.base import Head, Line
from runlore.transcripts.decoding import compact, decode


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is taken from one file, in bytes but for ``head_lines``."""

    line: int = 64 << 20
    document: int = 64 << 20
    head_lines: int = 50
    head_line: int = 1 << 20


LIMITS: Final = Limits()
_BLOCK: Final = 1 << 18  # fits a cache; larger blocks were measured to be slower
_ZSTD_FEED: Final = 2048  # a frame of this many bytes can unfold to 64 MiB at most
_BOM: Final = b"\xef\xbb\xbf"
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")


def open_lines(
    path: Path, limits: Limits = LIMITS, problems: list[Problem] | None = None, file: str = ""
) -> Iterator[Line]:
    """Stream the numbered lines of a file, without line ends; what is wrong with it is appended to ``problems``.

    ``file`` is the name that problems carry (default: the path). Slugs: unreadable-file, truncated-file, binary-file,
    wrong-encoding, line-too-long.
    """
    found: list[Problem] = [] if problems is None else problems
    name = file or str(path)
    try:
        with io.BufferedReader(io.FileIO(path), _BLOCK) as plain:
            unpack = _find_unpacking(plain.peek(4)[:4])
            if unpack is None:
                yield from _split(name, plain, limits, found)
            else:
                yield from _split(name, _buffer(_until_damage(name, unpack(plain), found)), limits, found)
    except OSError as error:
        found.append(Problem(name, 0, "unreadable-file", f"The file cannot be read: {error.strerror or error}."))


def split_lines(
    file: str, blocks: Iterable[bytes], limits: Limits = LIMITS, problems: list[Problem] | None = None
) -> Iterator[Line]:
    """Cut blocks of bytes, however they fall, into numbered lines like those of a file."""
    return _split(file, _buffer(blocks), limits, [] if problems is None else problems)


class _Blocks(io.RawIOBase):
    """Blocks of bytes as a stream, so that the interpreter's own buffer finds the line ends."""

    def __init__(self, blocks: Iterable[bytes]) -> None:
        self._blocks = iter(blocks)
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._rest:
            block = next(self._blocks, None)
            if block is None:
                return 0
            self._rest = memoryview(block)
        size = min(len(buffer), len(self._rest))
        buffer[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size


def _buffer(blocks: Iterable[bytes]) -> io.BufferedReader[Any]:
    return io.BufferedReader(_Blocks(blocks), _BLOCK)


def _find_unpacking(magic: bytes) -> Callable[[BinaryIO], Iterator[bytes]] | None:
    """Find out from a file's first bytes, not from its name, how to unpack it; None where it is plain."""
    if magic[:2] == b"\x1f\x8b":
        return _gzip_blocks
    return _zstd_blocks if magic == b"\x28\xb5\x2f\xfd" else None


def _until_damage(file: str, blocks: Iterator[bytes], problems: list[Problem]) -> Iterator[bytes]:
    try:
        yield from blocks
    except (EOFError, gzip.BadGzipFile, zlib.error, zstandard.ZstdError):
        message = "The compressed file is cut off or damaged; it was read as far as it goes."
        problems.append(Problem(file, 0, "truncated-file", message))


def _gzip_blocks(stream: BinaryIO) -> Iterator[bytes]:
    with gzip.GzipFile(fileobj=stream) as unpacked:
        while block := unpacked.read1(_BLOCK):  # read1 gives what there is before it says that the rest is missing
            yield block


def _zstd_blocks(stream: BinaryIO) -> Iterator[bytes]:
    """Unpack frame after frame; zstandard's own stream reader takes a file that is cut off for one that ended."""
    rest = b""
    while True:
        unpack = zstandard.ZstdDecompressor().decompressobj()
        pieces: list[bytes] = []
        size = 0
        fed = rest or stream.read(_ZSTD_FEED)
        if not fed:
            return
        while fed and not unpack.eof:
            pieces.append(unpack.decompress(fed))
            size += len(pieces[-1])
            if size >= _BLOCK:
                yield b"".join(pieces)
                pieces, size = [], 0
            fed = b"" if unpack.eof else stream.read(_ZSTD_FEED)
        if size:
            yield b"".join(pieces)
        if not unpack.eof:
            raise EOFError
        rest = unpack.unused_data


def _split(file: str, stream: io.BufferedReader[Any], limits: Limits, problems: list[Problem]) -> Iterator[Line]:
    problem = _check_text(file, stream.peek(8192))
    if problem is not None:
        problems.append(problem)
        return
    readline, limit, number = stream.readline, limits.line, 0
    while line := readline(limit):
        number += 1
        if line[-1] == 10:
            line = line[:-1]
        elif len(line) == limit:
            line = _leave_out(file, number, line, stream, problems)
        if line and line[-1] == 13:
            line = line[:-1]
        yield number, line.removeprefix(_BOM) if number == 1 else line


def _leave_out(file: str, number: int, line: bytes, stream: io.BufferedReader[Any], problems: list[Problem]) -> bytes:
    """Run to the end of a line that is too long, and give a note to stand in its place."""
    size = len(line)
    while (more := stream.readline(_BLOCK)) and more[-1] != 10:
        size += len(more)
    size += max(len(more) - 1, 0)
    message = f"A line of {size:,} bytes was left out; no agent writes lines that long."
    problems.append(Problem(file, number, "line-too-long", message, "warning"))
    return b"<a line of %d bytes was left out>" % size


def _check_text(file: str, block: bytes) -> Problem | None:
    """Say what keeps the first block of a file from being UTF-8 text."""
    if block[:2] in _UTF16:
        return Problem(file, 1, "wrong-encoding", "The file is UTF-16; save it as UTF-8.")
    if b"\0" in block:
        return Problem(file, 1, "binary-file", "This is a binary file, not a transcript.")
    return None


def read_head(file: str, lines: Iterator[Line], limits: Limits = LIMITS) -> tuple[Head, Iterator[Line]]:
    """Look at the beginning of a file; gives the head and all of its lines, those already taken included.

    A file that is one JSON document, pretty-printed or not, comes back as one compact line.
    """
    taken: list[Line] = []
    shown: list[bytes] = []
    first = b""
    for line in lines:
        taken.append(line)
        if text := line[1].strip():
            first = first or text
            shown.append(text[: limits.head_line])
            if len(shown) == limits.head_lines:
                break
    if first[:1] not in (b"{", b"["):
        return Head(file, tuple(shown)), chain(taken, lines)
    if len(shown) == 1:
        return Head(file, tuple(shown), decode(first)), iter(taken)
    if decode(first) is not None:
        return Head(file, tuple(shown)), chain(taken, lines)
    return _read_document(file, taken, tuple(shown), lines, limits)


def _read_document(
    file: str, taken: list[Line], shown: tuple[bytes, ...], lines: Iterator[Line], limits: Limits
) -> tuple[Head, Iterator[Line]]:
    """Take the whole file for one JSON document if it is one within the limit, else line by line as it stands."""
    gathered = bytearray(
        b"\n".join(line for _, line in taken)
    )  # not a list: millions of short lines would weigh many times their text
    for _, line in lines:
        gathered += b"\n"
        gathered += line
        if len(gathered) > limits.document:
            return Head(file, shown), chain(_number(gathered), lines)
    document = compact(bytes(gathered))
    if document is None:
        return Head(file, shown), _number(gathered)
    return Head(file, (document[: limits.head_line],), decode(document)), iter([(1, document)])


def _number(text: bytearray) -> Iterator[Line]:
    return ((number, line.removesuffix(b"\n")) for number, line in enumerate(io.BytesIO(text), 1))
