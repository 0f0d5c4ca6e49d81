"""The record in a schema ``runlore`` of a PostgreSQL database: every commit durable, nothing waits for ever."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Final, NoReturn, cast

import psycopg
from psycopg import errors
from psycopg.conninfo import conninfo_to_dict
from psycopg.pq import TransactionStatus

from runlore.errors import Conflict, DamagedRecord, OutcomeUnknown, RecordBusy, StoreError, UsageError
from runlore.record.engine import WAIT_SECONDS, Connection, Kind, Parameters, Row

OLDEST: Final = 140000
"""The oldest server that the tests are run against has this number or a greater one."""
_OPTIONS: Final = " ".join(
    f"-c {setting}"
    for setting in (
        "search_path=runlore",
        "synchronous_commit=on",
        "statement_timeout=60000",
        f"lock_timeout={WAIT_SECONDS * 1000}",
        "idle_in_transaction_session_timeout=120000",
        "standard_conforming_strings=on",
        "timezone=UTC",
    )
)
_LINK: Final = {
    "connect_timeout": "10",
    "tcp_user_timeout": "20000",
    "keepalives": "1",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "application_name": "runlore",
    "client_encoding": "UTF8",
}
_WORDS: Final = re.compile(r"'(?:[^']|'')*'|--[^\n]*|\b(?:TEXT|INTEGER|BLOB)\b|\) STRICT(?:, WITHOUT ROWID)?")
_TYPES: Final = {
    "TEXT": 'TEXT COLLATE "C"',
    "INTEGER": "BIGINT",
    "BLOB": "BYTEA",
    ") STRICT": ")",
    ") STRICT, WITHOUT ROWID": ")",
}
_PARAMETER: Final = re.compile(r"'(?:[^']|'')*'|%|(?<![:\w]):([a-z_]+)")


class PostgresqlEngine:
    """A database by its URL; its words win over ours where both set the same of the link."""

    kind: Kind = "postgresql"

    def __init__(self, url: str) -> None:
        try:
            given = {name: str(value) for name, value in conninfo_to_dict(url).items() if value is not None}
        except psycopg.ProgrammingError as error:
            raise UsageError("The record's URL is no PostgreSQL URL: postgresql://user@host:port/database.") from error
        options = f"{given.pop('options', '')} {_OPTIONS}".strip()
        self.parameters: dict[str, str] = {**_LINK, **given, "options": options}
        self.label = f"postgresql://{given.get('host', '')}{_port(given)}/{given.get('dbname', '')}"

    def exists(self) -> bool:
        """Say whether the database has a schema ``runlore`` with tables in it."""
        connection = self.connect()
        try:
            return bool(connection.rows("SELECT 1 FROM pg_tables WHERE schemaname = 'runlore' LIMIT 1", {}))
        finally:
            connection.close()

    def make(self) -> None:
        """Make the schema ``runlore``."""
        connection = self.connect()
        try:
            connection.begin(write=True)
            connection.lock("migrations")
            connection.script("CREATE SCHEMA IF NOT EXISTS runlore")
            connection.commit()
        finally:
            connection.close()

    def connect(self) -> PostgresqlConnection:
        """Open a link with every setting in place from its first statement on."""
        return PostgresqlConnection(self)

    def adapt(self, sql: str) -> str:
        """Put the schema into PostgreSQL's words: ``INTEGER`` is ``BIGINT``, ``BLOB`` is ``BYTEA``, texts sort by their bytes, tables are strict anyway."""
        return _WORDS.sub(lambda found: _TYPES.get(found[0], found[0]), sql)

    def plan(self, connection: Connection) -> None:
        """Say nothing: PostgreSQL looks at its tables by itself."""

    def check(self) -> tuple[str, ...]:
        """Find nothing: PostgreSQL checks its pages itself when they are read."""
        return ()


class PostgresqlConnection:
    """One link to the server."""

    def __init__(self, engine: PostgresqlEngine) -> None:
        self._label = engine.label
        try:
            self._link = psycopg.connect(**cast("dict[str, Any]", engine.parameters), autocommit=True)
        except psycopg.Error as error:
            raise StoreError(self._label, f"the record cannot be reached: {_said(error)}") from error
        if self._link.info.server_version < OLDEST:
            version = self._link.info.server_version // 10000
            self._link.close()
            raise StoreError(self._label, f"is a PostgreSQL {version}; Runlore needs {OLDEST // 10000} or newer.")

    @property
    def usable(self) -> bool:
        """Say whether the link stands, as far as is known."""
        return not self._link.closed and not self._link.broken

    def begin(self, *, write: bool) -> None:
        """Begin: writers see what is committed when each statement starts, readers one snapshot."""
        how = "ISOLATION LEVEL READ COMMITTED READ WRITE" if write else "ISOLATION LEVEL REPEATABLE READ READ ONLY"
        self._execute("BEGIN " + how)

    def lock(self, name: str) -> None:
        """Take the advisory lock of a name to the end of the transaction."""
        self.rows("SELECT pg_advisory_xact_lock(hashtextextended(:name, 7263))", {"name": f"runlore:{name}"})

    def rows(self, sql: str, parameters: Parameters) -> list[Row]:
        """Run one statement and give its rows."""
        cursor = self._execute(translate(sql), parameters)
        return cast("list[Row]", cursor.fetchall()) if cursor.description else []

    def change(self, sql: str, parameters: Parameters) -> int:
        """Run one statement and say how many rows it changed."""
        return max(self._execute(translate(sql), parameters).rowcount, 0)

    def script(self, sql: str) -> None:
        """Run several statements."""
        self._execute(sql)

    def commit(self) -> None:
        """Keep the transaction. A link that is cut before the answer leaves the outcome unknown, and says so."""
        try:
            done = self._link.execute("COMMIT")
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            if self.usable:
                self._fail(error)
            raise OutcomeUnknown(self._label, _said(error)) from error
        except psycopg.Error as error:
            self._fail(error)
        if done.statusmessage != "COMMIT":  # the server rolls back a transaction in which something had failed
            raise StoreError(self._label, "the transaction had failed, and nothing of it was kept.")

    def rollback(self) -> None:
        """Drop the transaction, if there is one."""
        if self.usable and self._link.info.transaction_status != TransactionStatus.IDLE:
            self._execute("ROLLBACK")

    def close(self) -> None:
        """Close the link."""
        self._link.close()

    def _execute(self, sql: str, parameters: Parameters | None = None) -> psycopg.Cursor[Any]:
        try:
            return self._link.execute(sql, parameters)
        except psycopg.Error as error:
            self._fail(error)

    def _fail(self, error: psycopg.Error) -> NoReturn:
        raise_for(error, self._label)


def raise_for(error: psycopg.Error, label: str) -> NoReturn:
    """Say in our words what PostgreSQL could not do. Parameters and texts of statements are not repeated."""
    said = _said(error)
    if isinstance(
        error, errors.LockNotAvailable | errors.QueryCanceled | errors.DeadlockDetected | errors.SerializationFailure
    ):
        raise RecordBusy(label, said) from error
    if isinstance(error, errors.DataCorrupted | errors.IndexCorrupted):
        raise DamagedRecord(label, said) from error
    if isinstance(error, psycopg.IntegrityError | errors.RaiseException):
        raise Conflict(f"The record refuses the change: {said}.") from error
    raise StoreError(label, f"the record cannot be read or written: {said}") from error


@lru_cache(maxsize=1024)
def translate(sql: str) -> str:
    """Put a statement's named parameters ``:x`` into psycopg's form; what stands in quotes stays, apart from its per cent signs."""
    return _PARAMETER.sub(_replace, sql)


def _replace(found: re.Match[str]) -> str:
    if found[1]:
        return f"%({found[1]})s"
    return found[0].replace("%", "%%")


def _said(error: psycopg.Error) -> str:
    """Give the first line of what the server said: the lines after it may repeat values."""
    text = error.diag.message_primary or str(error).strip() or type(error).__name__
    return text.splitlines()[0].rstrip(".")


def _port(given: dict[str, str]) -> str:
    return f":{given['port']}" if "port" in given else ""
