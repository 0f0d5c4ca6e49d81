"""What stands in several places counts once: copies of a session, its earlier states, and records that a resumed session repeats."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Final

import msgspec

from runlore.corpus.archive import has_lines, read_lines
from runlore.corpus.index import TranscriptEntry
from runlore.model import Event, Transcript

_GLOBAL_IDS: Final = frozenset({"claude-code"})
"""Formats whose record and call ids are unique over all files, and repeated when a session is resumed or forked."""


def hash_opening(lines: Sequence[bytes]) -> str:
    """Give a short hash of a transcript's first line, equal in every later state of the same file."""
    return blake2b(lines[0] if lines else b"", digest_size=8).hexdigest()


def is_earlier_state(old: Sequence[bytes], new: Sequence[bytes]) -> bool:
    """Say whether lines are all there at the beginning of others; the last of the old ones may have been torn."""
    size = len(old)
    if size == 0 or size > len(new):
        return size == 0
    return tuple(old[:-1]) == tuple(new[: size - 1]) and new[size - 1].startswith(old[-1])


def is_grown(old: Sequence[Event], new: Sequence[Event]) -> bool:
    """Say whether events go on from others; the last of the old ones may have changed meanwhile (its result came)."""
    size = len(old)
    return size <= len(new) and tuple(old[: max(0, size - 1)]) == tuple(new[: max(0, size - 1)])


def mark_known(home: Path, entries: Iterable[TranscriptEntry]) -> tuple[TranscriptEntry, ...]:
    """Say of each entry which other one of them holds all of it (``known_as``), in the order given.

    Of equal transcripts the first counts; an earlier state of a session is known as the longest later one.
    """
    listed = tuple(entries)
    groups: dict[tuple[str, str, str], dict[str, TranscriptEntry]] = {}
    for entry in listed:
        groups.setdefault((entry.format, entry.session, entry.opening), {}).setdefault(entry.hash, entry)
    holders: dict[str, str] = {}
    for group in groups.values():
        if len(group) > 1:
            holders.update(_find_holders(home, sorted(group.values(), key=lambda entry: (-entry.lines, entry.hash))))
    marked: list[TranscriptEntry] = []
    seen: set[str] = set()
    for entry in listed:
        holder = holders.get(entry.hash) or (entry.hash if entry.hash in seen else "")
        seen.add(entry.hash)
        marked.append(entry if entry.known_as == holder else msgspec.structs.replace(entry, known_as=holder))
    return tuple(marked)


def _find_holders(home: Path, longest_first: list[TranscriptEntry]) -> Iterator[tuple[str, str]]:
    holders: list[tuple[str, tuple[bytes, ...]]] = []
    for entry in longest_first:
        if not has_lines(home, entry.hash):
            continue
        lines = read_lines(home, entry.hash)
        holder = next((hash for hash, other in holders if is_earlier_state(lines, other)), None)
        if holder is None:
            holders.append((entry.hash, lines))
        else:
            yield entry.hash, holder


def dedupe_key(transcript: Transcript, event: Event) -> str:
    """Give the key under which a record counts once over all transcripts, or ``""`` where its format has no such ids."""
    return event.id if transcript.format in _GLOBAL_IDS else ""


def drop_repeated(transcripts: Iterable[Transcript]) -> Iterator[Transcript]:
    """Give transcripts without the events that an earlier one of them owns.

    Give them in the order (started, session, hash), so that the owner is always the same; one is held at a time.
    """
    seen: set[bytes] = set()
    for transcript in transcripts:
        kept: list[Event] = []
        own: set[bytes] = set()
        for event in transcript.events:
            key = dedupe_key(transcript, event)
            mark = blake2b(key.encode("utf-8", "replace"), digest_size=12).digest() if key else b""
            if mark and mark in seen:
                continue
            own.add(mark)
            kept.append(event)
        seen |= own - {b""}
        same = len(kept) == len(transcript.events)
        yield transcript if same else msgspec.structs.replace(transcript, events=tuple(kept))
