"""Open the record, read one snapshot of it, write one transaction into it.

    with open_record("sqlite:///…/record.sqlite3") as record, record.write("acme") as tx:
        tx.run("UPDATE … WHERE company = :company", company="acme")

A write is kept when its block ends, and dropped as a whole where an exception leaves it. On SQLite a writer holds the file's write lock from its first moment; on
PostgreSQL it holds its company's advisory lock, so that each statement sees what the writers before it have kept.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Hashable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self, TypeVar, cast
from urllib.parse import unquote, urlsplit

from runlore.errors import MissingExtra, NoRecord, RunloreError, StoreError, UnfitText, UsageError
from runlore.record.engine import Connection, Engine, Kind, Row
from runlore.record.migrations import list_applied, make_schema
from runlore.record.sqlite import SqliteEngine

T = TypeVar("T")
_KEPT: Final = 8
"""How many connections without work are kept open."""


class Transaction:
    """What a function of the record gets: one snapshot to read, or one transaction to write.

    Statements are SQL of the common subset with named parameters ``:x``; ``True`` and ``False`` become 1 and 0. ``company`` is set in a write: parameters of
    another company are refused there. ``memory`` keeps what a writer has worked out already; it ends with the transaction. A statement that the
    database refused ends the transaction: whoever catches the error cannot go on, and nothing is kept.
    """

    __slots__ = ("_connection", "_failed", "company", "kind", "label", "memory", "writes")

    def __init__(self, connection: Connection, engine: Engine, *, company: str, writes: bool) -> None:
        self._connection: Connection | None = connection
        self._failed = False
        self.kind: Kind = engine.kind
        self.label = engine.label
        self.company = company
        self.writes = writes
        self.memory: dict[str, Any] = {}

    def all(self, sql: str, **parameters: Any) -> list[Row]:
        """Run a statement and give all its rows."""
        connection = self._open()
        fit = self._fit(parameters)
        try:
            return connection.rows(sql, fit)
        except RunloreError:
            self._failed = True
            raise

    def one(self, sql: str, **parameters: Any) -> Row | None:
        """Run a statement and give its first row, or None."""
        found = self.all(sql, **parameters)
        return found[0] if found else None

    def run(self, sql: str, **parameters: Any) -> int:
        """Run a statement and say how many rows it changed."""
        connection = self._open()
        fit = self._fit(parameters)
        try:
            return connection.change(sql, fit)
        except RunloreError:
            self._failed = True
            raise

    def once(self, group: str, key: Hashable, work: Callable[[], T]) -> T:
        """Do some reading once in a write, where nobody else changes the company meanwhile; each time in a read of one's own."""
        if not self.writes:
            return work()
        known = self.memory.setdefault(group, {})
        if key not in known:
            known[key] = work()
        return cast("T", known[key])

    def forget(self, group: str) -> None:
        """Forget what ``once`` has read, because this transaction has changed it."""
        self.memory.pop(group, None)

    def next(self, table: str, work: Callable[[], Row | None]) -> int:
        """Give the next number of a table's rows in a company; ``work`` gives the last one. A write reads it once and counts on from there."""
        last = self.memory.get(f"last of {table}")
        if last is None:
            row = work()
            last = (row[0] if row else None) or 0
        self.memory[f"last of {table}"] = last + 1
        return int(last) + 1

    def end(self) -> None:
        """Refuse every further statement."""
        self._connection = None

    def check(self) -> None:
        """Raise StoreError where a statement had failed and the error was caught on the way."""
        if self._failed:
            raise self._refused()

    def _open(self) -> Connection:
        if self._connection is None:
            raise RuntimeError("the transaction has ended")
        if self._failed:
            raise self._refused()
        return self._connection

    def _refused(self) -> StoreError:
        return StoreError(self.label, "a statement of the transaction had failed, and nothing of it is kept.")

    def _fit(self, parameters: dict[str, Any]) -> dict[str, Any]:
        if self.company and parameters.get("company", self.company) != self.company:
            raise RuntimeError("a transaction of one company was given a parameter of another")
        for name, value in parameters.items():
            if isinstance(value, str):
                _check_text(name, value)
            elif isinstance(value, bool):
                parameters[name] = int(value)
        return parameters


def _check_text(name: str, value: str) -> None:
    if "\0" in value:
        raise UnfitText(f"The field {name!r}", "a NUL character")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise UnfitText(f"The field {name!r}", "half of a surrogate pair") from error


class Record:
    """An open record. ``kind`` is the engine's, ``label`` its place without any password. Safe to share between threads, not between processes."""

    def __init__(self, engine: Engine, *connections: Connection) -> None:
        self.engine = engine
        self.kind: Kind = engine.kind
        self.label = engine.label
        self._process = os.getpid()
        self._free: list[Connection] = list(connections)
        self._lock = threading.Lock()
        self._writing = threading.local()

    @contextlib.contextmanager
    def read(self) -> Iterator[Transaction]:
        """Read one consistent snapshot; a statement that writes is refused."""
        connection = self._begin(write=False)
        tx = Transaction(connection, self.engine, company="", writes=False)
        try:
            yield tx
        finally:
            tx.end()
            self._drop(connection)

    @contextlib.contextmanager
    def write(self, company: str = "") -> Iterator[Transaction]:
        """Write one transaction of a company (of none: a company is being made). Kept at the end of the block, dropped where an exception leaves it.

        Raises RecordBusy where others write for too long, OutcomeUnknown where the link was cut while the end was being kept.
        """
        if getattr(self._writing, "on", False):
            raise RuntimeError("a write within a write of the same thread would wait for itself")
        connection = self._begin(write=True)
        self._writing.on = True
        tx = Transaction(connection, self.engine, company=company, writes=True)
        try:
            connection.lock(company)
            yield tx
            tx.end()
            tx.check()
            connection.commit()
        except BaseException:
            tx.end()
            self._drop(connection)
            raise
        finally:
            self._writing.on = False
        self._give_back(connection)

    def close(self) -> None:
        """Close every connection that has no work."""
        with self._lock:
            free, self._free = self._free, []
        if os.getpid() == self._process:
            for connection in free:
                connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _begin(self, *, write: bool) -> Connection:
        """Take a connection that begins. One that has lost its link while it had no work is replaced: nothing was sent through it yet."""
        if os.getpid() != self._process:
            raise StoreError(
                self.label, "the record was opened before this process was forked. Open it anew in each process."
            )
        while True:
            with self._lock:
                connection = self._free.pop() if self._free else None
            if connection is None:
                break
            try:
                connection.begin(write=write)
            except StoreError:
                if connection.usable:
                    self._drop(connection)
                    raise
                connection.close()
            except BaseException:
                self._drop(connection)
                raise
            else:
                return connection
        connection = self.engine.connect()
        try:
            connection.begin(write=write)
        except BaseException:
            connection.close()
            raise
        return connection

    def _drop(self, connection: Connection) -> None:
        """End a transaction without keeping it; a connection that cannot even do that is closed, which drops it too."""
        try:
            connection.rollback()
        except StoreError:
            connection.close()
        else:
            self._give_back(connection)

    def _give_back(self, connection: Connection) -> None:
        with self._lock:
            if connection.usable and len(self._free) < _KEPT:
                self._free.append(connection)
                return
        connection.close()


def open_record(url: str, *, create: bool = False) -> Record:
    """Open the record at a URL: ``sqlite:///absolute/path`` or ``postgresql://…``; one of an older Runlore is brought up to date.

    ``create`` makes one where there is none. Raises NoRecord, StoreError, DamagedRecord, MissingExtra; UsageError for a URL of another kind.
    """
    engine = make_engine(url)
    if not engine.exists():
        if not create:
            raise NoRecord(engine.label)
        engine.make()
    connection = engine.connect()
    try:
        _bring_up(engine, connection, create)
    except BaseException:
        connection.close()
        raise
    return Record(engine, connection)


def _bring_up(engine: Engine, connection: Connection, create: bool) -> None:
    if not create and not list_applied(engine, connection):
        raise NoRecord(engine.label)
    make_schema(engine, connection)


def make_engine(url: str) -> Engine:
    """Give the engine that a URL names, without opening anything."""
    scheme = url.partition(":")[0].lower()
    if scheme == "sqlite":
        parts = urlsplit(url)
        path = Path(unquote(parts.path))
        if parts.netloc or not path.is_absolute() or path == Path("/") or "\0" in str(path):
            raise UsageError(f"The record's URL {url!r} names no file: write sqlite:///absolute/path.")
        return SqliteEngine(path)
    if scheme in ("postgresql", "postgres"):
        try:
            from runlore.record.postgresql import PostgresqlEngine
        except ImportError as error:
            raise MissingExtra("A record in PostgreSQL", "postgres") from error
        return PostgresqlEngine(url)
    raise UsageError("The record's URL has to begin with sqlite:/// or postgresql://.")
