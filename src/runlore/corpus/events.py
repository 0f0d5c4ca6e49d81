"""What is derived from a transcript: one compact file of its events, and one of each digest that mining made of it.

Both can be derived again from the archive, so they are written without waiting for the disk; a damaged one counts as missing.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import msgspec
import zstandard

from runlore.corpus.archive import place, unpack
from runlore.corpus.files import erase_file, read_file, write_file
from runlore.errors import StoreError
from runlore.model import Transcript

READING_VERSION: Final = "2"
"""Rises when readers give other events for the same lines; files of another version are not read."""

_LEVEL: Final = 1
_INTEGERS: Final = (-(1 << 63), 1 << 64)
_DECODER: Final = msgspec.msgpack.Decoder(Transcript)


def events_path(home: Path, hash: str, version: str = READING_VERSION) -> Path:
    """Give where the events of a transcript stand."""
    return place(home / "corpus" / "events" / version, hash)


def digest_path(home: Path, hash: str, version: int) -> Path:
    """Give where a digest of a transcript stands; ``version`` names what made it."""
    return place(home / "corpus" / "digests" / f"{READING_VERSION}-{version}", hash)


def write_transcript(home: Path, transcript: Transcript) -> None:
    """Write the events of a transcript, with its header and counts; its ``hash`` must be set."""
    _write(events_path(home, transcript.hash), _encode(transcript))


def find_transcript(home: Path, hash: str) -> Transcript | None:
    """Find the transcript of a content hash among the events files, or None where it must be read again."""
    content = _find(events_path(home, hash))
    if content is None:
        return None
    try:
        return _DECODER.decode(content)
    except msgspec.DecodeError:
        return None


def has_transcript(home: Path, hash: str) -> bool:
    """Say whether the events of a transcript are there in this version."""
    return events_path(home, hash).exists()


def write_digest(home: Path, hash: str, version: int, digest: bytes) -> None:
    """Write a digest of a transcript."""
    _write(digest_path(home, hash, version), digest)


def find_digest(home: Path, hash: str, version: int) -> bytes | None:
    """Find a digest of a transcript, or None where it must be made."""
    return _find(digest_path(home, hash, version))


def has_digest(home: Path, hash: str, version: int) -> bool:
    """Say whether a digest of a transcript is there."""
    return digest_path(home, hash, version).exists()


def erase_derived(home: Path, hash: str) -> int:
    """Erase everything that was derived from a transcript, of every version; gives how many files that were."""
    folders = [
        folder
        for kind in ("events", "digests")
        for folder in sorted((home / "corpus" / kind).glob("*"))
        if folder.is_dir()
    ]
    return sum(erase_file(place(folder, hash)) for folder in folders)


def _write(path: Path, content: bytes) -> None:
    packed = zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True).compress(content)
    write_file(path, packed, durable=False)


def _find(path: Path) -> bytes | None:
    data = read_file(path)
    if data is None:
        return None
    try:
        return unpack(data)
    except zstandard.ZstdError:
        erase_file(path)  # so that it counts as missing everywhere, and is derived again
        return None


def _encode(transcript: Transcript) -> bytes:
    try:
        return msgspec.msgpack.encode(transcript)
    except (OverflowError, UnicodeEncodeError, TypeError):
        plain = _make_plain(msgspec.to_builtins(transcript))
    try:
        return msgspec.msgpack.encode(plain)
    except (OverflowError, ValueError) as error:
        raise StoreError(transcript.file, f"its events cannot be written: {error}") from error


def _make_plain(value: Any) -> Any:
    """Replace what the file's format cannot hold: integers beyond 64 bits become numbers with a point, half characters become question marks."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, int):
        return value if _INTEGERS[0] <= value < _INTEGERS[1] else float(value) if abs(value) < 10**300 else str(value)
    if isinstance(value, dict):
        return {_make_plain(key): _make_plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_make_plain(item) for item in value]
    return value
