"""Archived transcripts: redacted, line by line, compressed, named by the hash of their content."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import zstandard

from runlore.corpus.files import erase_file, read_file, write_file
from runlore.errors import StoreError

_LEVEL: Final = 3
_PREFIX: Final = "sha256:"


def hash_lines(lines: Sequence[bytes]) -> str:
    """Give the content hash of a transcript: SHA-256 over its lines, joined by LF, tagged."""
    return _PREFIX + hashlib.sha256(b"\n".join(lines)).hexdigest()


def place(folder: Path, hash: str) -> Path:
    """Give the path of a content hash under a folder; raises StoreError for what is no content hash."""
    digest = hash.removeprefix(_PREFIX)
    if not hash.startswith(_PREFIX) or len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
        raise StoreError(str(folder), f"{hash!r} is no content hash")
    return folder / digest[:2] / f"{digest[2:]}.zst"


def archive_path(home: Path, hash: str) -> Path:
    """Give where the archived lines of a transcript stand."""
    return place(home / "corpus" / "archive", hash)


def write_lines(home: Path, lines: Sequence[bytes]) -> str:
    """Archive the lines of a transcript and give its content hash; what is there already is not written again."""
    content = b"\n".join(lines)
    hash = _PREFIX + hashlib.sha256(content).hexdigest()
    path = archive_path(home, hash)
    if not path.exists():
        write_file(path, zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True).compress(content))
    return hash


def has_lines(home: Path, hash: str) -> bool:
    """Say whether a transcript is in the archive."""
    return archive_path(home, hash).exists()


def read_lines(home: Path, hash: str) -> tuple[bytes, ...]:
    """Read the archived lines of a transcript; the line that evidence calls ``n`` is at ``n - 1``.

    Raises StoreError where it is not in the archive, or its content is no longer what its hash says.
    """
    path = archive_path(home, hash)
    data = read_file(path)
    if data is None:
        raise StoreError(str(path), f"transcript {hash} is not in the archive")
    try:
        content = unpack(data)
    except zstandard.ZstdError as error:
        raise StoreError(str(path), f"the archived transcript is damaged: {error}") from error
    if _PREFIX + hashlib.sha256(content).hexdigest() != hash:
        raise StoreError(str(path), "the archived transcript is not what its hash says")
    return tuple(content.split(b"\n"))


def unpack(data: bytes) -> bytes:
    """Unpack one zstd frame."""
    return zstandard.ZstdDecompressor().decompress(data)


def erase_lines(home: Path, hash: str) -> bool:
    """Erase a transcript from the archive; says whether it was there."""
    return erase_file(archive_path(home, hash))
