"""What remains of a forgotten session: a signed note that it must not come back, without its name or content."""

from __future__ import annotations

import hashlib
import hmac
from pathlib import Path
from typing import Final

import msgspec

from runlore.corpus.files import read_file, write_file
from runlore.model import Problem

_PURPOSE: Final = b"runlore tombstone\x00"


class Tombstone(msgspec.Struct, frozen=True):
    """A forgotten session: ``session`` is a keyed hash of its format and id; ``transcripts`` are the content hashes that were erased."""

    session: str
    transcripts: tuple[str, ...]
    signature: str = ""


def hash_session(secret: bytes, format: str, session: str) -> str:
    """Give the keyed hash by which a forgotten session is recognised."""
    return hmac.new(
        secret, _PURPOSE + f"session\x00{format}\x00{session}".encode("utf-8", "replace"), hashlib.sha256
    ).hexdigest()


def sign(secret: bytes, tombstone: Tombstone) -> Tombstone:
    """Sign a tombstone with the local secret."""
    return msgspec.structs.replace(tombstone, signature=_sign(secret, tombstone))


def write_tombstone(home: Path, secret: bytes, tombstone: Tombstone) -> None:
    """Sign a tombstone and write it; one that is there already is extended by the transcripts of this one."""
    path = _folder(home) / f"{tombstone.session}.json"
    earlier = _parse(read_file(path) or b"")
    if earlier is not None and hmac.compare_digest(earlier.signature, _sign(secret, earlier)):
        transcripts = tuple(sorted({*earlier.transcripts, *tombstone.transcripts}))
        tombstone = msgspec.structs.replace(tombstone, transcripts=transcripts)
    write_file(path, msgspec.json.encode(sign(secret, tombstone)) + b"\n")


def list_tombstones(home: Path, secret: bytes) -> tuple[tuple[Tombstone, ...], tuple[Problem, ...]]:
    """List the valid tombstones, and a problem for each whose signature is not ours (slug ``tombstone``)."""
    valid: list[Tombstone] = []
    problems: list[Problem] = []
    for path in sorted(_folder(home).glob("*.json")):
        tombstone = _parse(read_file(path) or b"")
        if tombstone is None or not hmac.compare_digest(tombstone.signature, _sign(secret, tombstone)):
            message = "The tombstone is not signed with this home's secret and is not honoured."
            problems.append(Problem(str(path), 0, "tombstone", message, "warning"))
        else:
            valid.append(tombstone)
    return tuple(valid), tuple(problems)


def _folder(home: Path) -> Path:
    return home / "corpus" / "tombstones"


def _parse(data: bytes) -> Tombstone | None:
    try:
        return msgspec.json.decode(data, type=Tombstone)
    except msgspec.DecodeError:
        return None


def _sign(secret: bytes, tombstone: Tombstone) -> str:
    content = msgspec.json.encode((tombstone.session, tombstone.transcripts))
    return hmac.new(secret, _PURPOSE + content, hashlib.sha256).hexdigest()
