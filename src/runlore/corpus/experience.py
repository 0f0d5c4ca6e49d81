"""What was learned about cases from the corpus, kept until something new is mined. It can be dropped and learned again."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import msgspec
import zstandard

from runlore.corpus.archive import unpack
from runlore.corpus.files import read_file, write_file
from runlore.mining.conformance.check import Experience
from runlore.mining.conformance.weigh import VERSION

FILE: Final = "experience.msgpack.zst"


class _Kept(msgspec.Struct, frozen=True):
    """The experience and the findings that it was learned with."""

    key: str
    experience: Experience


def find_experience(home: Path, key: str) -> Experience | None:
    """Read the experience that was learned with the findings of that key; None where it has to be learned."""
    data = read_file(home / FILE)
    if data is None:
        return None
    try:
        kept = msgspec.msgpack.decode(unpack(data), type=_Kept)
    except (msgspec.DecodeError, zstandard.ZstdError):
        return None
    return kept.experience if kept.key == key and kept.experience.version == VERSION else None


def write_experience(home: Path, key: str, experience: Experience) -> None:
    """Keep what was learned; raises StoreError where it cannot be written."""
    packed = zstandard.compress(msgspec.msgpack.encode(_Kept(key, experience)), 3)
    write_file(home / FILE, packed, durable=False)
