"""Forget: erase sessions from the corpus for good, and leave a signed note so that they do not come back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rapidfuzz import process

from runlore.corpus import archive, events, index, tombstones
from runlore.corpus.files import lock, make_home, read_secret
from runlore.corpus.index import TranscriptEntry
from runlore.errors import NoSuchName, UsageError
from runlore.settings import Settings


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was erased: the sessions, and the content hashes by which evidence may still name their transcripts."""

    sessions: tuple[str, ...]
    transcripts: tuple[str, ...]


def forget(settings: Settings, *, session: str = "", before: float = 0.0) -> Forgotten:
    """Erase a session (with its subagents), or every session that ended before a time in seconds since the epoch.

    Archive, events and digests go; drafts and findings that rest on them are named by the hashes given back and are made anew by the
    next `mine`. Files of the hosts are not touched. Raises NoSuchName where there is no such session, UsageError without any choice.
    """
    if not session and before <= 0:
        raise UsageError("Say what to forget: a session, or everything before a date.")
    home = make_home(settings.home)
    secret = read_secret(settings)
    with lock(home), index.open_index(home) as connection:
        known = index.list_all(connection)
        chosen = [entry for entry in known if _make_choice(session, before)(entry)]
        if session and not chosen:
            names = sorted({entry.session for entry in known})
            raise NoSuchName(
                "session",
                session,
                tuple(name for name, *_ in process.extract(session, names, limit=3, score_cutoff=70)),
            )
        gone: dict[tuple[str, str], set[str]] = {}
        for entry in chosen:
            gone.setdefault((entry.format, entry.session), set()).add(entry.hash)
        for (format, name), hashes in gone.items():
            hashes.update(index.list_hashes(connection, format, name))
            key = tombstones.hash_session(secret, format, name)
            # First the note, then the erasure: cut short, the session is not read again and a second `forget` goes on.
            tombstones.write_tombstone(home, secret, tombstones.Tombstone(key, tuple(sorted(hashes))))
        erased = sorted({hash for hashes in gone.values() for hash in hashes})
        for hash in erased:
            archive.erase_lines(home, hash)
            events.erase_derived(home, hash)
        index.drop_transcripts(connection, erased)
    return Forgotten(tuple(sorted({name for _, name in gone})), tuple(erased))


def _make_choice(session: str, before: float) -> Callable[[TranscriptEntry], bool]:
    if session:
        return lambda entry: session in (entry.session, entry.parent)
    return lambda entry: 0 < (entry.ended or entry.started) < before
