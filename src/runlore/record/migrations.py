"""The schema: made whole where there is none, and brought up to date migration by migration where there is an older one.

``sql/schema.sql`` is the schema as it is now, for reading and for new records. ``sql/migrations`` leads there from the first one on; a test
proves on both engines that both ways end at the same. Each migration is one transaction together with its row in the table ``migrations``: an upgrade
that was cut off goes on where it stopped.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

from runlore.errors import StoreError
from runlore.record.engine import Connection, Engine

_SECTION: Final = re.compile(r"^-- only: (\w+)\n(.*?)^-- end\n", re.MULTILINE | re.DOTALL)
_LOCK: Final = "migrations"
_TABLE: Final = "CREATE TABLE IF NOT EXISTS migrations (name TEXT NOT NULL PRIMARY KEY, checksum TEXT NOT NULL) STRICT;"


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of the schema: the ``name`` of its file without the ending, in order, and its SQL in the common words."""

    name: str
    sql: str

    @property
    def checksum(self) -> str:
        """The hash of its text: a migration that was applied never changes."""
        return "sha256:" + hashlib.sha256(self.sql.encode()).hexdigest()


@cache
def list_migrations() -> tuple[Migration, ...]:
    """List the migrations in the order in which they apply."""
    folder = resources.files("runlore.record") / "sql" / "migrations"
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".sql")), key=lambda f: f.name)
    return tuple(Migration(f.name.removesuffix(".sql"), f.read_text("utf-8")) for f in files)


@cache
def read_schema() -> str:
    """Read the schema as it is now, in the common words."""
    return (resources.files("runlore.record") / "sql" / "schema.sql").read_text("utf-8")


def adapt(engine: Engine, sql: str) -> str:
    """Give the schema's SQL in an engine's words, with the sections that hold for it."""
    return engine.adapt(_SECTION.sub(lambda found: found[2] if found[1] == engine.kind else "", sql))


def make_schema(engine: Engine, connection: Connection, until: str = "") -> None:
    """Bring a database to the schema as it is now, or to the migration ``until``; one that is there already is left alone.

    Raises StoreError where the record was made by a newer Runlore, or by migrations that have changed since.
    """
    wanted = [m for m in list_migrations() if not until or m.name <= until]
    if list_applied(engine, connection) == [(m.name, m.checksum) for m in wanted]:
        return
    _in_transaction(connection, adapt(engine, _TABLE))
    if not until and not list_applied(engine, connection) and _make_whole(engine, connection, wanted):
        return
    for migration in wanted:
        _apply(engine, connection, migration)
    _check_applied(engine, list_applied(engine, connection), wanted)


def list_applied(engine: Engine, connection: Connection) -> list[tuple[str, str]]:
    """List the migrations that a database has, with their checksums; none where it has no schema of ours."""
    if not connection.rows(_KNOWN[engine.kind], {}):
        return []
    return [(str(n), str(c)) for n, c in connection.rows("SELECT name, checksum FROM migrations ORDER BY name", {})]


_KNOWN: Final = {
    "sqlite": "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'migrations'",
    "postgresql": "SELECT 1 FROM pg_tables WHERE schemaname = current_schema() AND tablename = 'migrations'",
}


def _make_whole(engine: Engine, connection: Connection, wanted: list[Migration]) -> bool:
    """Make the whole schema at once; says False where another process has begun meanwhile."""
    connection.begin(write=True)
    try:
        connection.lock(_LOCK)
        if list_applied(engine, connection):
            connection.rollback()
            return False
        connection.script(adapt(engine, read_schema()))
        for migration in wanted:
            _note(connection, migration)
        engine.plan(connection)
        connection.commit()
    except BaseException:
        connection.rollback()
        raise
    return True


def _apply(engine: Engine, connection: Connection, migration: Migration) -> None:
    connection.begin(write=True)
    try:
        connection.lock(_LOCK)
        if migration.name not in dict(list_applied(engine, connection)):  # another process may have come first
            connection.script(adapt(engine, migration.sql))
            _note(connection, migration)
            engine.plan(connection)
        connection.commit()
    except BaseException:
        connection.rollback()
        raise


def _note(connection: Connection, migration: Migration) -> None:
    connection.change(
        "INSERT INTO migrations (name, checksum) VALUES (:name, :checksum)",
        {"name": migration.name, "checksum": migration.checksum},
    )


def _in_transaction(connection: Connection, sql: str) -> None:
    connection.begin(write=True)
    try:
        connection.lock(_LOCK)
        connection.script(sql)
        connection.commit()
    except BaseException:
        connection.rollback()
        raise


def _check_applied(engine: Engine, applied: list[tuple[str, str]], wanted: list[Migration]) -> None:
    known = {m.name: m.checksum for m in list_migrations()}
    for name, checksum in applied:
        if name not in known:
            raise StoreError(
                engine.label, f"the record was made by a newer Runlore (it has the migration {name}). Upgrade Runlore."
            )
        if known[name] != checksum:
            raise StoreError(
                engine.label,
                f"the migration {name} of this record is not the one of this Runlore. Use the Runlore that made it.",
            )
    missing = [m.name for m in wanted if m.name not in dict(applied)]
    if missing:
        raise StoreError(
            engine.label, f"the record lacks the migrations {', '.join(missing)} and could not be upgraded."
        )
