"""The record in one SQLite file: WAL, every commit synced, one writer at a time, on a local disk."""

from __future__ import annotations

import contextlib
import os
import random
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NoReturn

import apsw

from runlore.errors import Conflict, DamagedRecord, RecordBusy, StoreError
from runlore.record.engine import WAIT_SECONDS, Connection, Kind, Parameters, Row

APPLICATION: Final = 0x52554E4C
"""SQLite's application id of a record: the letters RUNL."""
_FIXED: Final = ((3, 44, 6, 45), (3, 50, 7, 51), (3, 51, 3, 1000))
"""From which patch of which minor version on the WAL-reset bug is mended: (3, minor, patch, first minor that this says nothing of)."""
_REMOTE: Final = ("nfs", "cifs", "smb", "sshfs", "fuse.sshfs", "afs", "ceph", "glusterfs", "lustre", "davfs", "9p2000")
_PAUSE: Final = (0.0005, 0.004)
"""Seconds between two tries for the write lock, at random, so that waiting writers do not march in step."""
_HELD_UP: Final = f"another writer held it for more than {WAIT_SECONDS} s"
_PRAGMAS: Final = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA foreign_keys = ON;
PRAGMA trusted_schema = OFF;
PRAGMA cell_size_check = ON;
PRAGMA cache_size = -32000;
"""

_STATISTICS: Final = """
ANALYZE sqlite_schema;
DELETE FROM sqlite_stat1;
INSERT INTO sqlite_stat1 (tbl, idx, stat)
SELECT tbl, idx, '100000 ' || group_concat(rows, ' ') FROM (
    SELECT t.name AS tbl, CASE WHEN i.origin = 'pk' AND t.wr = 1 THEN t.name ELSE i.name END AS idx, CASE
        WHEN i."unique" = 1 AND c.seqno = (SELECT max(seqno) FROM pragma_index_info(i.name)) THEN 1
        WHEN c.seqno = 0 AND c.name = 'company' THEN 100000
        ELSE 10
    END AS rows
    FROM pragma_table_list t JOIN pragma_index_list(t.name) i JOIN pragma_index_info(i.name) c
    WHERE t.schema = 'main' AND t.type = 'table' AND t.name NOT LIKE 'sqlite%'
    ORDER BY i.name, c.seqno
) GROUP BY tbl, idx;
ANALYZE sqlite_schema;
"""
"""Statistics as of a company with 100,000 rows in each table, ten of which agree in whatever else an index has before its last column."""


class SqliteEngine:
    """A file at ``path``. ``guarded`` says that the linked SQLite needs a guard of ours around each write and checkpoint."""

    kind: Kind = "sqlite"

    def __init__(self, path: Path) -> None:
        self.path = path
        self.label = str(path)
        self.guarded = needs_guard(apsw.sqlite_lib_version())
        self._holder = 0  # the thread that has the guard: it opens and closes other connections meanwhile

    def exists(self) -> bool:
        """Say whether there is a file with anything in it."""
        try:
            return self.path.stat().st_size > 0
        except FileNotFoundError:
            return False
        except OSError as error:
            raise StoreError(self.label, f"cannot be read: {error.strerror or error}") from error

    def make(self) -> None:
        """Make an empty file that its owner alone can read, on a local disk."""
        kind = find_remote(self.path, _read_mounts())
        if kind:
            raise StoreError(
                self.label,
                f"lies on a network file system ({kind}), where SQLite loses writes. Name a local place, or a PostgreSQL by its URL.",
            )
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
        except OSError as error:
            raise StoreError(self.label, f"cannot be made: {error.strerror or error}") from error

    def connect(self) -> SqliteConnection:
        """Open the file and set it as the record needs it; a file that is no record is refused and not touched."""
        with self.guard():
            return SqliteConnection(self)

    def adapt(self, sql: str) -> str:
        """Give the schema as it is: it is written in SQLite's words."""
        return sql

    def plan(self, connection: Connection) -> None:
        """Say that one company has nearly all rows of a table. Left to itself SQLite takes the company alone for a good key, and walks through all it has."""
        connection.script(_STATISTICS)

    def check(self) -> tuple[str, ...]:
        """Give what ``PRAGMA integrity_check`` finds."""
        connection = self.connect()
        try:
            found = [str(row[0]) for row in connection.rows("PRAGMA integrity_check", {})]
        except DamagedRecord as error:
            return (str(error),)
        finally:
            connection.close()
        return () if found == ["ok"] else tuple(found)

    @contextlib.contextmanager
    def guard(self) -> Iterator[None]:
        """Hold the writer's guard where the linked SQLite needs one."""
        descriptor = self.take_guard()
        try:
            yield
        finally:
            self.give_guard_back(descriptor)

    def give_guard_back(self, descriptor: int | None) -> None:
        """Give the guard's lock back, if it is held by this descriptor."""
        if descriptor is not None:
            self._holder = 0
            os.close(descriptor)

    def take_guard(self) -> int | None:
        """Take the guard's lock, or None where none is needed or this thread has it already. Raises RecordBusy, StoreError."""
        if not self.guarded or sys.platform == "win32" or self._holder == threading.get_ident():
            return None
        import fcntl

        try:
            descriptor = os.open(f"{self.path}-guard", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise StoreError(self.label, f"cannot be locked: {error.strerror or error}") from error
        until = time.monotonic() + WAIT_SECONDS
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                if time.monotonic() >= until:
                    os.close(descriptor)
                    raise RecordBusy(self.label, _HELD_UP) from error
                time.sleep(random.uniform(*_PAUSE))
            except OSError as error:
                os.close(descriptor)
                raise StoreError(self.label, f"cannot be locked: {error.strerror or error}") from error
            else:
                self._holder = threading.get_ident()
                return descriptor


class SqliteConnection:
    """One connection to the file, with its statements kept."""

    def __init__(self, engine: SqliteEngine) -> None:
        self._engine = engine
        self._guard: int | None = None
        self._until = 0.0
        try:
            self._link = apsw.Connection(str(engine.path), flags=apsw.SQLITE_OPEN_READWRITE, statementcachesize=512)
        except apsw.Error as error:
            self._fail(error)
        try:
            self._link.set_busy_handler(self._wait)
            self._claim()
            self._link.execute(_PRAGMAS).fetchall()  # a cursor runs no further than to the next row that is asked for
        except apsw.Error as error:
            self._link.close()
            self._fail(error)
        except BaseException:
            self._link.close()
            raise

    def _wait(self, tried: int) -> bool:
        """Wait a moment for the writer before this one, and say whether to try again.

        SQLite's own handler sleeps the longer the longer it has waited, so that among many writers the one that came first is served last.
        """
        now = time.monotonic()
        if tried == 0:
            self._until = now + WAIT_SECONDS
        if now >= self._until:
            return False
        time.sleep(random.uniform(*_PAUSE))
        return True

    def _claim(self) -> None:
        """Refuse a database of another program; mark an empty one as a record."""
        owner = self._link.pragma("application_id")
        if owner == APPLICATION:
            return
        if owner or self._link.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchall():
            raise StoreError(
                self._engine.label, "is a database of another program. It was left as it is; name another place."
            )
        self._link.pragma("application_id", APPLICATION)

    @property
    def usable(self) -> bool:
        """Say that the connection stands, which it does until it is closed."""
        return True

    def begin(self, *, write: bool) -> None:
        """Begin with the write lock in hand, or with reading alone."""
        if write:
            self._guard = self._engine.take_guard()
        try:
            self._link.execute("PRAGMA query_only = OFF" if write else "PRAGMA query_only = ON")
            self._link.execute("BEGIN IMMEDIATE" if write else "BEGIN")
        except apsw.Error as error:
            self._give_back()
            self._fail(error)

    def lock(self, name: str) -> None:
        """Need nothing more: ``BEGIN IMMEDIATE`` holds every other writer."""

    def rows(self, sql: str, parameters: Parameters) -> list[Row]:
        """Run one statement and give its rows."""
        try:
            found: list[Row] = self._link.execute(sql, parameters).fetchall()
        except apsw.Error as error:
            self._fail(error)
        return found

    def change(self, sql: str, parameters: Parameters) -> int:
        """Run one statement and say how many rows it changed."""
        try:
            self._link.execute(sql, parameters).fetchall()
            return self._link.changes()
        except apsw.Error as error:
            self._fail(error)

    def script(self, sql: str) -> None:
        """Run several statements."""
        try:
            self._link.execute(sql).fetchall()
        except apsw.Error as error:
            self._fail(error)

    def commit(self) -> None:
        """Keep the transaction; it is on the disk when this comes back."""
        try:
            self._link.execute("COMMIT")
        except apsw.Error as error:
            self._fail(error)
        self._give_back()

    def rollback(self) -> None:
        """Drop the transaction, if SQLite has not done so itself."""
        try:
            if self._link.in_transaction:
                self._link.execute("ROLLBACK")
        except apsw.Error as error:
            self._fail(error)
        finally:
            self._give_back()

    def close(self) -> None:
        """Close the connection; the last one of all brings the WAL into the file."""
        with self._engine.guard():
            self._link.close()

    def _give_back(self) -> None:
        self._engine.give_guard_back(self._guard)
        self._guard = None

    def _fail(self, error: apsw.Error) -> NoReturn:
        raise_for(error, self._engine.label)


def raise_for(error: apsw.Error, label: str) -> NoReturn:
    """Say in our words what SQLite could not do."""
    said = str(error)
    if isinstance(error, apsw.BusyError | apsw.LockedError):
        raise RecordBusy(label, _HELD_UP) from error
    if isinstance(error, apsw.CorruptError | apsw.NotADBError):
        raise DamagedRecord(label, said) from error
    if isinstance(error, apsw.ConstraintError):
        raise Conflict(f"The record refuses the change: {said}.") from error
    raise StoreError(label, f"the record cannot be read or written: {said}") from error


def needs_guard(version: str) -> bool:
    """Say whether a version of SQLite can lose commits where a checkpoint meets a writer in WAL mode (mended in 3.51.3, 3.50.7, 3.44.6)."""
    numbers = [int(part) for part in version.split(".")]
    _, minor, patch = (*numbers, 0, 0)[:3]
    return not any(minor > at or patch >= first for _, at, first, until in _FIXED if at <= minor < until)


def find_remote(path: Path, mounts: str) -> str:
    """Find which network file system a path lies on, by a table of mounts as ``/proc/self/mounts`` has it; empty for none."""
    place = os.path.realpath(path.parent)
    best, kind = "", ""
    for line in mounts.splitlines():
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        folder = fields[1].replace("\\040", " ")
        if (place == folder or place.startswith(folder.rstrip("/") + "/")) and len(folder) >= len(best):
            best, kind = folder, fields[2]
    return kind if kind.startswith(_REMOTE) else ""


def _read_mounts() -> str:
    try:
        return Path("/proc/self/mounts").read_text("utf-8", "replace")
    except OSError:  # other systems keep no such table; there the person's choice of a place has to do
        return ""
