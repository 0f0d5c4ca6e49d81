"""Which content a file of the library folder had when it was last read, by its times, size and inode: so that a folder of many is looked at quickly.

Nothing depends on it but speed: a file that was changed shortly before it was read is read again the next time, as its times may not tell a
later change apart.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import msgspec

from runlore.library.folder import OWN, BlockedPath, Seen, now_of, read_file, write_own
from runlore.library.recorded import Mode

_FILE: Final = "stamps"
_SETTLED: Final = 2_000_000_000
"""Nanoseconds after which a change leaves another time on every file system."""

Stamp = tuple[int, int, int, int, int]
_Kept = dict[str, tuple[Stamp, str]]


@dataclass(slots=True)
class Stamps:
    """What is known from before, what has been read now, and the folder's own time when the reading began (nanoseconds)."""

    root: int
    known: _Kept
    now: int = 0
    seen: _Kept = field(default_factory=dict)
    fresh: bool = False


@contextlib.contextmanager
def use_stamps(root: int) -> Iterator[Stamps]:
    """Read files by way of what is known of them, and keep what was learned; for a caller that holds the folder."""
    stamps = Stamps(root, _read(root))
    yield stamps
    if stamps.fresh or len(stamps.seen) != len(stamps.known):
        write_own(root, _FILE, msgspec.msgpack.encode(stamps.seen), durable=False)


def _read(root: int) -> _Kept:
    try:
        found = read_file(root, f"{OWN}/{_FILE}", keep=True)
        return msgspec.msgpack.decode(found.content, type=_Kept) if found else {}
    except (BlockedPath, msgspec.MsgspecError):
        return {}


def stamped_mode(stamps: Stamps, seen: Seen) -> Mode:
    """Give the content and mode of a file that a walk has seen; the hash is empty where it is too large or went away meanwhile."""
    stamp, executable = seen.stamp, bool(seen.stamp[4] & 0o100)
    known = stamps.known.get(seen.path)
    if known is not None and known[0] == stamp:
        stamps.seen[seen.path] = known
        return known[1], executable
    stamps.now = stamps.now or now_of(stamps.root)
    try:
        found = read_file(stamps.root, seen.path)
    except BlockedPath:
        found = None
    if found is None:
        return "", executable
    if stamp[1] < stamps.now - _SETTLED:
        stamps.seen[seen.path] = (stamp, found.hash)
        stamps.fresh = True
    return found.hash, found.executable
