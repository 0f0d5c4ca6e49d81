"""The file of the search index: how it is opened, and how a damaged one is set aside."""

from __future__ import annotations

import os
import secrets
from importlib.resources import files
from pathlib import Path
from typing import Final

import apsw

from runlore.errors import StoreError

VERSION: Final = 2
"""Raised whenever what is kept, or how it is computed, changes: a file of another version is begun anew."""
APPLICATION: Final = 0x524C5349
BUSY_MS: Final = 10_000
_COMPANIONS: Final = ("", "-wal", "-shm", "-journal")
DAMAGE: Final = (apsw.CorruptError, apsw.NotADBError, apsw.SchemaChangeError)


def open_database(file: Path) -> apsw.Connection:
    """Open the file, made where it is missing; one that is damaged or of another version is set aside or begun anew. Raises StoreError."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            return _open(file)
        except DAMAGE:
            set_aside(file)
            return _open(file)
    except OSError as error:
        raise StoreError(str(file), f"the search index cannot be made: {error.strerror or error}") from error
    except apsw.Error as error:
        raise StoreError(str(file), f"the search index cannot be opened: {error}") from error


def set_aside(file: Path) -> Path:
    """Move a damaged index beside its place, so that it can be looked at; only the latest one is kept."""
    aside = file.with_name(f"{file.name}.damaged")
    for end in _COMPANIONS:
        source = file.with_name(file.name + end)
        if source.exists():
            os.replace(source, file.with_name(f"{aside.name}{end}"))
    return aside


def _open(file: Path) -> apsw.Connection:
    connection = apsw.Connection(str(file))
    try:
        connection.set_busy_timeout(BUSY_MS)
        connection.pragma("journal_mode", "wal")
        connection.pragma(
            "synchronous", 1
        )  # what is derived may lose its last transactions in a power cut, never its order
        connection.pragma("cache_size", -64_000)
        connection.pragma("mmap_size", 1 << 30)
        _prepare(connection)
    except apsw.Error:
        connection.close()
        raise
    return connection


def _prepare(connection: apsw.Connection) -> None:
    """Make the tables where there are none; drop and make them again where they are of another version."""
    known = (connection.pragma("application_id"), connection.pragma("user_version"))
    if known == (APPLICATION, VERSION):
        connection.execute("SELECT key FROM meta LIMIT 1").fetchall()
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        if (connection.pragma("application_id"), connection.pragma("user_version")) != (APPLICATION, VERSION):
            for (name,) in connection.execute(
                "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            ).fetchall():
                connection.execute(f'DROP TABLE "{str(name).replace(chr(34), chr(34) * 2)}"')
            connection.execute((files("runlore.retrieval") / "schema.sql").read_text("utf-8"))
            connection.execute("INSERT INTO meta VALUES ('born', ?)", (secrets.token_hex(8),))
            connection.pragma("application_id", APPLICATION)
            connection.pragma("user_version", VERSION)
        connection.execute("COMMIT")
    except apsw.Error:
        connection.execute("ROLLBACK")
        raise
