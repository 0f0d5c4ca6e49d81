"""A record that was made at once, and one that was brought up from its first migration, are the same; an upgrade that was cut goes on."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from record_example import NOW, make_company, put
from runlore.errors import StoreError
from runlore.record import migrations
from runlore.record.database import make_engine, open_record
from runlore.record.engine import Engine, Row
from runlore.record.migrations import Migration, adapt, list_applied, list_migrations, make_schema, read_schema
from runlore.record.tables import list_tables
from runlore.record.verify import verify_record

SHAPE = {
    "sqlite": (
        "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY type, name",
    ),
    "postgresql": (
        """SELECT table_name, ordinal_position, column_name, data_type, is_nullable, column_default, collation_name
        FROM information_schema.columns WHERE table_schema = 'runlore' ORDER BY 1, 2""",
        """SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = 'runlore'::regnamespace AND contype <> 't' ORDER BY 1, 2""",
        "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'runlore' ORDER BY 1, 2",
        """SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid)
        FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2""",
        "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'runlore'::regnamespace ORDER BY 1",
    ),
}


def read_shape(engine: Engine) -> list[list[Row]]:
    connection = engine.connect()
    try:
        return [connection.rows(query, {}) for query in SHAPE[engine.kind]]
    finally:
        connection.close()


def migrate(engine: Engine, until: str) -> None:
    engine.make()
    connection = engine.connect()
    try:
        make_schema(engine, connection, until)
    finally:
        connection.close()


def other_url(url: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return (
        f"sqlite://{tmp_path}/other.sqlite3"
        if url.startswith("sqlite")
        else request.getfixturevalue("postgres").make_database()
    )


def test_fresh_is_migrated(record_url: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    fresh, migrated = make_engine(record_url), make_engine(other_url(record_url, request, tmp_path))
    open_record(record_url, create=True).close()
    for migration in list_migrations():
        migrate(migrated, until=migration.name)
    shape = read_shape(fresh)
    assert shape == read_shape(migrated)
    assert all(rows for rows in shape)


def test_both_engines_have_the_tables_of_the_schema(record_url: str) -> None:
    with open_record(record_url, create=True) as record, record.read() as tx:
        for table in list_tables():
            query = (
                "SELECT name FROM pragma_table_info(:table) ORDER BY cid"
                if record.kind == "sqlite"
                else "SELECT column_name FROM information_schema.columns WHERE table_schema = 'runlore' AND table_name = :table ORDER BY ordinal_position"
            )
            assert [str(row[0]) for row in tx.all(query, table=table.name)] == [c.strip('"') for c in table.columns]
            assert table.order[0] in ("company", "id"), "rows are ordered by company first"
        names = (
            "sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            if record.kind == "sqlite"
            else "pg_tables WHERE schemaname = 'runlore'"
        )
        column = "name" if record.kind == "sqlite" else "tablename"
        there = {str(row[0]) for row in tx.all(f"SELECT {column} FROM {names}")}
        assert there == {table.name for table in list_tables()} | {"migrations"}


def test_a_record_of_each_earlier_state_is_brought_up_to_date(record_url: str) -> None:
    first = list_migrations()[0].name
    migrate(make_engine(record_url), until=first)
    with open_record(record_url) as record:
        make_company(record)
        with record.write("acme") as tx:
            put(tx, "notes/a", "one")
            assert verify_record(tx, "acme") == ()


def add_migrations(monkeypatch: pytest.MonkeyPatch, *added: Migration) -> None:
    known = list_migrations()
    monkeypatch.setattr(migrations, "list_migrations", lambda: (*known, *added))


NOTES = Migration("9001_marks", "CREATE TABLE marks (company TEXT NOT NULL PRIMARY KEY, at INTEGER NOT NULL) STRICT;")
FILLED = "INSERT INTO marks (company, at) SELECT id, created FROM companies;"


def test_an_upgrade_that_was_cut_goes_on_at_the_next_start(record_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_record(record_url, create=True) as record:
        make_company(record)
    broken = Migration("9002_filled", FILLED + "\nINSERT INTO nowhere VALUES (1);")
    add_migrations(monkeypatch, NOTES, broken)
    with pytest.raises(StoreError):
        open_record(record_url)
    engine = make_engine(record_url)
    connection = engine.connect()
    assert [name for name, _ in list_applied(engine, connection)][-1] == "9001_marks"
    assert connection.rows("SELECT * FROM marks", {}) == [], "nothing of the one that failed"
    connection.close()
    add_migrations(monkeypatch, NOTES, Migration("9002_filled", FILLED))
    with open_record(record_url) as record, record.read() as tx:
        assert tx.all("SELECT company, at FROM marks") == [("acme", NOW)]


def test_a_record_of_a_newer_runlore_is_refused(record_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    open_record(record_url, create=True).close()
    with monkeypatch.context() as newer:
        add_migrations(newer, NOTES)
        open_record(record_url).close()
    with pytest.raises(StoreError, match=r"newer Runlore .*9001_marks"):
        open_record(record_url)


def test_a_migration_that_changed_since_is_refused(record_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    open_record(record_url, create=True).close()
    with monkeypatch.context() as other:
        add_migrations(other, NOTES)
        open_record(record_url).close()
    add_migrations(monkeypatch, Migration("9001_marks", NOTES.sql + " "))
    with pytest.raises(StoreError, match="9001_marks of this record is not the one"):
        open_record(record_url)


def test_many_may_start_at_once(record_url: str) -> None:
    failed: list[BaseException] = []

    def start() -> None:
        try:
            open_record(record_url, create=True).close()
        except BaseException as error:  # noqa: BLE001 - a thread's failure is the test's
            failed.append(error)

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    with open_record(record_url) as record:
        make_company(record)


def test_sections_hold_for_their_engine_alone() -> None:
    sqlite, postgresql = make_engine("sqlite:///x"), make_engine("postgresql://host/x")
    sql = "CREATE TABLE a (b TEXT, c INTEGER, d BLOB) STRICT, WITHOUT ROWID;\n-- only: sqlite\n1\n-- end\n-- only: postgresql\n2\n-- end\n"
    assert adapt(sqlite, sql) == "CREATE TABLE a (b TEXT, c INTEGER, d BLOB) STRICT, WITHOUT ROWID;\n1\n"
    assert adapt(postgresql, sql) == 'CREATE TABLE a (b TEXT COLLATE "C", c BIGINT, d BYTEA);\n2\n'
    assert "only:" not in adapt(postgresql, read_schema())
