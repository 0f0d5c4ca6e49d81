"""Which files were read, what each gave, and which transcripts are known: one SQLite file, safe under two processes.

It is derived: without it every file is read again and finds its transcript in the archive.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Final

import msgspec

from runlore.corpus.files import make_home
from runlore.errors import StoreError
from runlore.model import Counts, Problem

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS files (
    path TEXT PRIMARY KEY, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, inode INTEGER NOT NULL, version TEXT NOT NULL, problems BLOB NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS transcripts (
    hash TEXT PRIMARY KEY, format TEXT NOT NULL, session TEXT NOT NULL, successor TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS transcripts_session ON transcripts (session);
CREATE TABLE IF NOT EXISTS holdings (
    path TEXT NOT NULL, position INTEGER NOT NULL, hash TEXT NOT NULL, entry BLOB NOT NULL, PRIMARY KEY (path, position)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS holdings_hash ON holdings (hash);
"""


class TranscriptEntry(msgspec.Struct, frozen=True):
    """What is known of a transcript without reading its events. ``events`` and ``lines`` count; ``file`` is where it was read;
    ``opening`` is a short hash of its first line.

    ``known_as`` is the hash of the transcript that already holds all of this one (a copy elsewhere, an earlier state of the same
    session), ``""`` where it counts by itself.
    """

    hash: str
    file: str
    format: str
    session: str
    counts: Counts
    events: int
    lines: int
    parent: str = ""
    project: str = ""
    started: float = 0.0
    ended: float = 0.0
    reward: float | None = None
    opening: str = ""
    known_as: str = ""


class FileState(msgspec.Struct, frozen=True):
    """How a file looked when it was read; ``version`` is that of reading and redaction."""

    path: str
    size: int
    mtime_ns: int
    inode: int
    version: str


class Holding(msgspec.Struct, frozen=True):
    """What one file gave."""

    state: FileState
    entries: tuple[TranscriptEntry, ...]
    problems: tuple[Problem, ...]


_ENTRY: Final = msgspec.msgpack.Decoder(TranscriptEntry)
_PROBLEMS: Final = msgspec.msgpack.Decoder(tuple[Problem, ...])


@contextlib.contextmanager
def open_index(home: Path) -> Iterator[sqlite3.Connection]:
    """Open the index, made when first needed; a damaged one is set aside and begun anew. Raises StoreError."""
    path = make_home(home) / "corpus" / "index.sqlite3"
    try:
        connection = _connect(path)
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            raise StoreError(str(path), str(error)) from error
        path.replace(path.with_suffix(".damaged"))
        connection = _connect(path)
    try:
        yield connection
    except sqlite3.Error as error:
        raise StoreError(str(path), str(error)) from error
    finally:
        connection.close()


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=30, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        # After a power cut the last files may count as unread and are read again; the archive itself waited for the disk.
        connection.execute("PRAGMA synchronous=NORMAL")
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'holdings_hash'").fetchone():
            connection.executescript(_SCHEMA)
        connection.execute("SELECT count(*) FROM files").fetchone()
    except BaseException:
        connection.close()
        raise
    path.chmod(0o600)
    return connection


def list_holdings(index: sqlite3.Connection) -> dict[str, Holding]:
    """List what every file gave that was ever read, by its path, as it stood at one moment."""
    index.execute(
        "BEGIN"
    )  # one snapshot: a file that another process writes meanwhile is here with all it gave or not at all
    try:
        entries: dict[str, list[TranscriptEntry]] = {}
        for path, entry in index.execute("SELECT path, entry FROM holdings ORDER BY path, position"):
            entries.setdefault(path, []).append(_ENTRY.decode(entry))
        return {
            path: Holding(
                FileState(path, size, mtime_ns, inode, version),
                tuple(entries.get(path, ())),
                _PROBLEMS.decode(problems),
            )
            for path, size, mtime_ns, inode, version, problems in index.execute(
                "SELECT path, size, mtime_ns, inode, version, problems FROM files ORDER BY path"
            )
        }
    finally:
        index.execute("ROLLBACK")


def write_holding(index: sqlite3.Connection, holding: Holding, superseded: Iterable[tuple[str, str]] = ()) -> int:
    """Write what one file gave, in one transaction, and which transcripts it supersedes; gives how many were new.

    What the file gave before and gives no longer stays known under a path of its own (``path#hash``): the archive loses nothing.
    """
    state = holding.state
    successors = dict(superseded)
    index.execute("BEGIN IMMEDIATE")
    try:
        kept = {entry.hash for entry in holding.entries} | set(successors)
        for hash, entry in index.execute("SELECT hash, entry FROM holdings WHERE path = ?", (state.path,)).fetchall():
            if hash not in kept:
                index.execute(
                    "INSERT OR REPLACE INTO holdings VALUES (?, 0, ?, ?)", (f"{state.path}#{hash}", hash, entry)
                )
        index.execute("DELETE FROM holdings WHERE path = ?", (state.path,))
        before = index.total_changes
        index.executemany(
            "INSERT OR IGNORE INTO transcripts (hash, format, session) VALUES (?, ?, ?)",
            [(entry.hash, entry.format, entry.session) for entry in holding.entries],
        )
        new = index.total_changes - before
        index.executemany(
            "UPDATE transcripts SET successor = '' WHERE hash = ? AND successor != ''",
            [(e.hash,) for e in holding.entries],
        )
        index.executemany(
            "UPDATE transcripts SET successor = ? WHERE hash = ?", [(new_, old) for old, new_ in successors.items()]
        )
        index.executemany(
            "INSERT INTO holdings VALUES (?, ?, ?, ?)",
            [(state.path, at, entry.hash, msgspec.msgpack.encode(entry)) for at, entry in enumerate(holding.entries)],
        )
        index.execute(
            "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?)",
            (
                state.path,
                state.size,
                state.mtime_ns,
                state.inode,
                state.version,
                msgspec.msgpack.encode(holding.problems),
            ),
        )
        index.execute("COMMIT")
    except BaseException:
        if index.in_transaction:
            index.execute("ROLLBACK")
        raise
    return new


def list_entries(index: sqlite3.Connection) -> tuple[TranscriptEntry, ...]:
    """List every transcript that is in the corpus, once, whether or not its file is still there; superseded ones are left out."""
    rows = index.execute(
        "SELECT min(h.path), h.entry FROM holdings h JOIN transcripts t ON t.hash = h.hash "
        "WHERE t.successor = '' GROUP BY h.hash"
    )
    return _in_order(_ENTRY.decode(entry) for _, entry in rows)


def list_entries_of(index: sqlite3.Connection, hashes: Collection[str]) -> tuple[TranscriptEntry, ...]:
    """List the transcripts with the given hashes, once each, superseded or not."""
    return tuple(entry for entry in list_all(index) if entry.hash in hashes)


def list_entries_of_session(index: sqlite3.Connection, session: str) -> tuple[TranscriptEntry, ...]:
    """List the transcripts of a session, once each, superseded or not."""
    rows = index.execute(
        "SELECT min(h.path), h.entry FROM holdings h JOIN transcripts t ON t.hash = h.hash WHERE t.session = ? GROUP BY h.hash",
        (session,),
    )
    return _in_order(_ENTRY.decode(entry) for _, entry in rows)


def list_all(index: sqlite3.Connection) -> tuple[TranscriptEntry, ...]:
    """List every transcript that is known, once each, superseded or not."""
    return _in_order(
        _ENTRY.decode(entry) for _, entry in index.execute("SELECT min(path), entry FROM holdings GROUP BY hash")
    )


def list_hashes(index: sqlite3.Connection, format: str, session: str) -> tuple[str, ...]:
    """List the content hashes of a session, those of earlier states included."""
    rows = index.execute(
        "SELECT hash FROM transcripts WHERE format = ? AND session = ? ORDER BY hash", (format, session)
    )
    return tuple(str(hash) for (hash,) in rows)


def has_transcripts(index: sqlite3.Connection) -> bool:
    """Say whether the index knows any transcript."""
    return index.execute("SELECT 1 FROM transcripts LIMIT 1").fetchone() is not None


def write_successors(index: sqlite3.Connection, successors: dict[str, str]) -> None:
    """Write which transcripts stand as a whole in others."""
    index.execute("BEGIN IMMEDIATE")
    try:
        index.executemany(
            "UPDATE transcripts SET successor = ? WHERE hash = ?",
            [(new, old) for old, new in sorted(successors.items())],
        )
        index.execute("COMMIT")
    except BaseException:
        if index.in_transaction:
            index.execute("ROLLBACK")
        raise


def _in_order(entries: Iterable[TranscriptEntry]) -> tuple[TranscriptEntry, ...]:
    return tuple(sorted(entries, key=lambda entry: (entry.started, entry.session, entry.hash)))


def find_successor(index: sqlite3.Connection, hash: str) -> str | None:
    """Find the transcript that took the place of a superseded one, or None; its lines begin with those of the superseded one."""
    seen = {hash}
    found: str | None = None
    while row := index.execute(
        "SELECT successor FROM transcripts WHERE hash = ? AND successor != ''", (found or hash,)
    ).fetchone():
        found = str(row[0])
        if found in seen:
            return None
        seen.add(found)
    return found


def list_superseded(index: sqlite3.Connection) -> tuple[str, ...]:
    """List the transcripts whose whole content stands in a later one."""
    rows = index.execute(
        "SELECT hash FROM transcripts WHERE successor != '' AND hash NOT IN (SELECT hash FROM holdings) ORDER BY hash"
    )
    return tuple(str(hash) for (hash,) in rows)


def drop_transcripts(index: sqlite3.Connection, hashes: Iterable[str]) -> None:
    """Drop transcripts from the index, with what files are known to have given them; the files are read again when met."""
    rows = [(hash,) for hash in hashes]
    index.execute("BEGIN IMMEDIATE")
    try:
        index.executemany("DELETE FROM files WHERE path IN (SELECT path FROM holdings WHERE hash = ?)", rows)
        index.executemany("DELETE FROM holdings WHERE hash = ?", rows)
        index.executemany("DELETE FROM transcripts WHERE hash = ?", rows)
        index.execute("COMMIT")
    except BaseException:
        if index.in_transaction:
            index.execute("ROLLBACK")
        raise
