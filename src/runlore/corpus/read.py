"""One file into the corpus: read, redact, archive, derive; runs in whichever process is given it."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Final

import msgspec

from runlore.corpus.archive import has_lines, hash_lines, read_lines, write_lines
from runlore.corpus.events import (
    READING_VERSION,
    find_transcript,
    has_digest,
    has_transcript,
    write_digest,
    write_transcript,
)
from runlore.corpus.index import FileState, Holding, TranscriptEntry
from runlore.corpus.repeated import hash_opening, is_earlier_state, is_grown
from runlore.corpus.tombstones import hash_session
from runlore.errors import StoreError
from runlore.model import Problem, Transcript
from runlore.redaction import REDACTION_VERSION, Redactor, parse_rules
from runlore.transcripts import reading
from runlore.transcripts.base import Reading

Map = Callable[[Transcript], bytes]
"""What mining makes of one transcript; importable by name, so that other processes can run it."""

_NO_STATE: Final = (-1, -1, -1)


@dataclass(frozen=True, slots=True)
class Job:
    """How files are read: the same for all of one ingest. ``rules`` are the names and texts of rule files, ``forgotten`` the keyed
    hashes of sessions that must not come back."""

    home: Path
    secret: bytes
    email: bool = False
    hide_home: bool = False
    rules: tuple[tuple[str, str], ...] = ()
    forgotten: frozenset[str] = frozenset()
    map_transcript: Map | None = None
    map_version: int = 0

    @property
    def version(self) -> str:
        """What a file's reading depends on besides the file."""
        parts = repr((self.email, self.hide_home, self.rules)).encode() + self.secret
        return f"{READING_VERSION}.{REDACTION_VERSION}.{blake2b(parts, digest_size=6).hexdigest()}"


@dataclass(frozen=True, slots=True)
class FileResult:
    """What reading one file gave: the holding to write, and which earlier transcripts of the file it supersedes (old, new)."""

    holding: Holding
    superseded: tuple[tuple[str, str], ...] = ()


def name_file(path: Path) -> str:
    """Give the name under which a file is known; what is no text in it is spelled out."""
    return str(path).encode("utf-8", "backslashreplace").decode()


def find_state(path: Path, version: str) -> FileState:
    """Find how a file looks now; one that is not there has no size."""
    try:
        stat = os.stat(path)
    except OSError:
        return FileState(name_file(path), *_NO_STATE, version)
    return FileState(name_file(path), stat.st_size, stat.st_mtime_ns, stat.st_ino, version)


def read_into_corpus(job: Job, path: Path, before: Holding | None) -> FileResult:
    """Read one file, archive what it holds and derive its events and digests; ``before`` is what it gave the last time."""
    state = find_state(path, job.version)  # before reading: what is appended meanwhile is seen the next time
    return keep(job, state, reading.read_file(path, make_redactor(job).redact, state.path), before)


def keep(job: Job, state: FileState, readings: Iterable[Reading | Problem], before: Holding | None) -> FileResult:
    """Keep what was read of one file: archive, events, digest, one transcript at a time."""
    entries: list[TranscriptEntry] = []
    problems: list[Problem] = []
    superseded: dict[str, str] = {}
    earlier = {entry.hash: entry for entry in before.entries} if before is not None else {}
    for item in readings:
        if isinstance(item, Problem):
            problems.append(item)
        elif hash_session(job.secret, item.transcript.format, item.transcript.session) in job.forgotten:
            message = "The session was forgotten with `runlore forget` and is not read again."
            problems.append(Problem(state.path, 0, "forgotten", message, "warning"))
        else:
            entry = _keep_reading(job, item)
            entries.append(entry)
            other_version = before is not None and before.state.version != state.version
            superseded.update(
                (old.hash, entry.hash)
                for old in earlier.values()
                if old.hash != entry.hash and _supersedes(job.home, item, entry, old, other_version)
            )
    kept = {entry.hash for entry in entries}
    pairs = tuple(sorted((old, new) for old, new in superseded.items() if old not in kept))
    return FileResult(Holding(state, tuple(entries), tuple(problems)), pairs)


def derive(job: Job, entry: TranscriptEntry) -> None:
    """Derive the events and the digest of an archived transcript where they are missing."""
    transcript = find_transcript(job.home, entry.hash) or _read_archived(job.home, entry)
    if job.map_transcript is not None and not has_digest(job.home, entry.hash, job.map_version):
        write_digest(job.home, entry.hash, job.map_version, job.map_transcript(transcript))


def get_transcript(home: Path, entry: TranscriptEntry) -> Transcript:
    """Get a transcript of the corpus: its events, or its archived lines read again where they are missing; raises StoreError."""
    return find_transcript(home, entry.hash) or _read_archived(home, entry)


def _keep_reading(job: Job, item: Reading) -> TranscriptEntry:
    hash = write_lines(job.home, item.lines)
    transcript = msgspec.structs.replace(item.transcript, hash=hash)
    if not has_transcript(job.home, hash):
        write_transcript(job.home, transcript)
    if job.map_transcript is not None and not has_digest(job.home, hash, job.map_version):
        write_digest(job.home, hash, job.map_version, job.map_transcript(transcript))
    return TranscriptEntry(
        hash=hash,
        file=transcript.file,
        format=transcript.format,
        session=transcript.session,
        counts=transcript.counts,
        events=len(transcript.events),
        lines=len(item.lines),
        parent=transcript.parent,
        project=transcript.project,
        started=transcript.started,
        ended=transcript.ended,
        reward=transcript.reward,
        opening=hash_opening(item.lines),
    )


def _supersedes(home: Path, item: Reading, entry: TranscriptEntry, old: TranscriptEntry, other_version: bool) -> bool:
    """Say whether a reading holds all that an earlier one of the same file held."""
    if (old.format, old.session) != (entry.format, entry.session) or old.lines > entry.lines:
        return False
    if other_version:
        return old.events <= entry.events  # the same lines, redacted or read otherwise
    if not has_lines(home, old.hash):
        return True
    if old.opening == entry.opening and is_earlier_state(read_lines(home, old.hash), item.lines):
        return True
    if old.lines != 1 or entry.lines != 1:
        return False
    return is_grown(get_transcript(home, old).events, item.transcript.events)  # one document, written anew as it grows


def _read_archived(home: Path, entry: TranscriptEntry) -> Transcript:
    lines = read_lines(home, entry.hash)
    for item in _readings(reading.read_lines(entry.file, lines)):
        if item.transcript.format == entry.format and (item.lines == lines or hash_lines(item.lines) == entry.hash):
            # The session of a chat line without an id is named after its line in the file, which the archive does not know.
            # So are the counts of what stood around it there.
            transcript = msgspec.structs.replace(
                item.transcript, hash=entry.hash, session=entry.session, counts=entry.counts
            )
            write_transcript(home, transcript)
            return transcript
    raise StoreError(entry.file, f"the archived transcript {entry.hash} is not readable any more")


def _readings(items: Iterable[Reading | Problem]) -> Iterator[Reading]:
    return (item for item in items if isinstance(item, Reading))


@functools.lru_cache(maxsize=2)
def make_redactor(job: Job) -> Redactor:
    """Make the redactor of a job, once a process."""
    rules = tuple(rule for name, text in job.rules for rule in parse_rules(text, name)[0])
    return Redactor(job.secret, email=job.email, home=job.hide_home, rules=rules)
