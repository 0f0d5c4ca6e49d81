"""Opening, reading and writing a record: what is where, what is refused, what is left as it was."""

from __future__ import annotations

import os
import stat
import sys
import threading
import time
from pathlib import Path

import apsw
import psycopg
import pytest

from postgres_server import PostgresServer
from record_example import NOW, make_company, put
from runlore.errors import (
    Conflict,
    DamagedRecord,
    MissingExtra,
    NoRecord,
    OutcomeUnknown,
    RecordBusy,
    StoreError,
    UnfitText,
    UsageError,
)
from runlore.record import sqlite
from runlore.record.companies import create_company, find_only_company, get_company, list_companies
from runlore.record.database import Record, make_engine, open_record
from runlore.record.documents import find_document
from runlore.record.postgresql import translate
from runlore.record.sqlite import find_remote, needs_guard


def test_a_record_is_made_once_and_found_again(record_url: str) -> None:
    with pytest.raises(NoRecord, match="runlore init"):
        open_record(record_url)
    with open_record(record_url, create=True) as record, record.write() as tx:
        create_company(tx, "acme", "Acme", NOW)
    with open_record(record_url, create=True) as record, record.read() as tx:
        assert get_company(tx, "acme").name == "Acme"
    with open_record(record_url) as record, record.read() as tx:
        assert find_only_company(tx) == get_company(tx, "acme")


def test_a_write_is_kept_as_a_whole_or_not_at_all(record: Record) -> None:
    with pytest.raises(Conflict):
        make_two_companies(record)
    with record.read() as tx:
        assert [c.id for c in list_companies(tx)] == ["acme"]


def make_two_companies(record: Record) -> None:
    with record.write() as tx:
        create_company(tx, "globex", "Globex", NOW)
        create_company(tx, "acme", "Acme", NOW)


def test_a_reader_sees_one_moment(record: Record) -> None:
    with record.read() as tx:
        assert find_document(tx, "acme", "notes/a") is None
        with record.write("acme") as writing:
            put(writing, "notes/a", "one")
        assert find_document(tx, "acme", "notes/a") is None, "the snapshot stays as it was"
    with record.read() as tx:
        assert find_document(tx, "acme", "notes/a") is not None


def test_a_refused_statement_ends_the_transaction(record: Record) -> None:
    with pytest.raises(StoreError, match="had failed"):
        go_on_after_a_refusal(record)
    with record.read() as tx:
        assert find_document(tx, "acme", "notes/a") is None


def go_on_after_a_refusal(record: Record) -> None:
    with record.write("acme") as tx:
        put(tx, "notes/a", "one")
        with pytest.raises(Conflict):
            tx.run("DELETE FROM events WHERE company = :company", company="acme")
        with pytest.raises(StoreError, match="had failed"):
            find_document(tx, "acme", "notes/a")


def test_a_reader_cannot_write(record: Record) -> None:
    with record.read() as tx, pytest.raises(StoreError):
        tx.run("UPDATE companies SET name = 'x' WHERE id = 'acme'")
    with record.write("acme") as tx:
        tx.run("UPDATE companies SET name = 'y' WHERE id = :company", company="acme")


def test_a_transaction_ends(record: Record) -> None:
    with record.read() as tx:
        pass
    with pytest.raises(RuntimeError, match="has ended"):
        list_companies(tx)


def test_a_write_within_a_write_is_refused_at_once(record: Record) -> None:
    with record.write("acme"), pytest.raises(RuntimeError, match="wait for itself"), record.write("acme"):
        pass
    with record.write("acme") as tx:
        put(tx, "notes/a", "one")


def test_a_write_takes_no_parameter_of_another_company(record: Record) -> None:
    make_company(record, "globex")
    with record.write("acme") as tx, pytest.raises(RuntimeError, match="of another"):
        find_document(tx, "globex", "notes/a")


@pytest.mark.parametrize(("text", "what"), [("a\0b", "NUL"), ("a\ud83d", "surrogate")])
def test_text_that_no_record_can_keep_is_refused_with_its_field(record: Record, text: str, what: str) -> None:
    with record.write() as tx, pytest.raises(UnfitText, match=f"'name' holds .*{what}"):
        create_company(tx, "globex", text, NOW)


def test_statements_keep_their_quotes_and_per_cent_signs(record: Record) -> None:
    with record.read() as tx:
        row = tx.one(
            "SELECT ':x', '%', 'it''s :y', :x FROM companies WHERE name LIKE 'A%' AND id = :company",
            x=1,
            company="acme",
        )
        assert row is not None
        assert (row[0], row[1], row[2], int(row[3])) == (":x", "%", "it's :y", 1)
    assert translate("a::text = :b AND c % 2") == "a::text = %(b)s AND c %% 2"


def test_threads_share_a_record(record: Record) -> None:
    failed: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for at in range(5):
                with record.write("acme") as tx:
                    put(tx, f"notes/n{number}-{at}", "one")
                with record.read() as tx:
                    assert find_document(tx, "acme", f"notes/n{number}-{at}") is not None
        except BaseException as error:  # noqa: BLE001 - a thread's failure is the test's
            failed.append(error)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    with record.read() as tx:
        assert tx.one("SELECT count(*) FROM documents") == (30,)


def test_a_record_is_not_carried_into_a_forked_process(record: Record) -> None:
    child = os.fork()
    if child == 0:  # what the child finds is its exit code; nothing of the test's may go on in it
        try:
            with record.read():
                os._exit(1)
        except StoreError as error:
            os._exit(0 if "forked" in str(error) else 2)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("sqlite://relative.db", "names no file"),
        ("sqlite:relative.db", "names no file"),
        ("sqlite:///", "names no file"),
        ("mysql://host/db", "has to begin with"),
        ("", "has to begin with"),
        ("postgresql://[broken", "no PostgreSQL URL"),
    ],
)
def test_urls_that_name_no_record(url: str, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        make_engine(url)


def test_postgresql_needs_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "runlore.record.postgresql")
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(MissingExtra, match=r"runlore\[postgres\]"):
        make_engine("postgresql://host/db")


def test_a_password_in_a_url_is_never_said() -> None:
    url = "postgresql://me:hunter2@127.0.0.1:1/db"
    assert make_engine(url).label == "postgresql://127.0.0.1:1/db"
    with pytest.raises(StoreError) as caught:
        open_record(url)
    assert "hunter2" not in str(caught.value)


class TestSqlite:
    """What holds for the file."""

    def test_it_is_readable_by_its_owner_alone(self, tmp_path: Path) -> None:
        with open_record(f"sqlite://{tmp_path}/deep/er/record.sqlite3", create=True) as record:
            make_company(record)
            for file in (tmp_path / "deep" / "er").iterdir():
                assert stat.S_IMODE(file.stat().st_mode) == 0o600, file.name

    def test_its_settings_are_those_that_durability_asks_for(self, tmp_path: Path) -> None:
        with open_record(f"sqlite://{tmp_path}/r.sqlite3", create=True) as record, record.read() as tx:
            settings = {
                name: tx.one(f"PRAGMA {name}")
                for name in ("journal_mode", "synchronous", "foreign_keys", "trusted_schema")
            }
        assert settings == {
            "journal_mode": ("wal",), "synchronous": (2,), "foreign_keys": (1,), "trusted_schema": (0,),
        }  # fmt: skip

    @pytest.mark.parametrize("create", [True, False])
    def test_a_file_that_is_no_database_is_left_alone(self, tmp_path: Path, *, create: bool) -> None:
        file = tmp_path / "r.sqlite3"
        file.write_bytes(b"not a database, but somebody's only copy of something" * 100)
        before = file.read_bytes()
        with pytest.raises(DamagedRecord, match="left as it is"):
            open_record(f"sqlite://{file}", create=create)
        assert file.read_bytes() == before

    @pytest.mark.parametrize("create", [True, False])
    def test_a_database_of_another_program_is_left_alone(self, tmp_path: Path, *, create: bool) -> None:
        file = tmp_path / "r.sqlite3"
        other = apsw.Connection(str(file))
        other.execute("CREATE TABLE theirs (x)")
        other.close()
        before = file.read_bytes()
        with pytest.raises(StoreError, match="of another program"):
            open_record(f"sqlite://{file}", create=create)
        assert file.read_bytes() == before

    def test_a_damaged_record_is_reported_and_left_alone(self, tmp_path: Path) -> None:
        file = tmp_path / "r.sqlite3"
        with open_record(f"sqlite://{file}", create=True) as record:
            make_company(record)
        data = bytearray(file.read_bytes())
        for at in range(4096, len(data), 4096):
            data[at : at + 200] = b"\xff" * 200
        file.write_bytes(data)
        with pytest.raises(DamagedRecord, match="runlore restore"):
            open_record(f"sqlite://{file}", create=True)
        assert file.read_bytes() == bytes(data)

    def test_an_empty_file_is_an_empty_place(self, tmp_path: Path) -> None:
        (tmp_path / "r.sqlite3").touch()
        with pytest.raises(NoRecord):
            open_record(f"sqlite://{tmp_path}/r.sqlite3")
        open_record(f"sqlite://{tmp_path}/r.sqlite3", create=True).close()

    def test_a_place_that_cannot_be_written_says_so(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        with pytest.raises(StoreError, match="cannot be"):
            open_record(f"sqlite://{tmp_path}/file/r.sqlite3", create=True)

    def test_a_writer_that_is_held_up_gives_up(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sqlite, "WAIT_SECONDS", 0)
        url = f"sqlite://{tmp_path}/r.sqlite3"
        with (
            open_record(url, create=True) as one,
            open_record(url) as two,
            one.write(),
            pytest.raises(RecordBusy, match="Nothing was changed"),
            two.write(),
        ):
            pass

    @pytest.mark.parametrize(
        ("version", "needed"),
        [
            ("3.40.1", True), ("3.44.5", True), ("3.44.6", False), ("3.45.0", True), ("3.50.6", True), ("3.50.7", False),
            ("3.51.2", True), ("3.51.3", False), ("3.53.0", False), ("3.54.1", False), ("3.7.0", True),
        ],
    )  # fmt: skip
    def test_which_sqlite_needs_the_guard(self, version: str, *, needed: bool) -> None:
        assert needs_guard(version) is needed

    def test_the_guard_lets_one_writer_in_at_a_time(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sqlite, "needs_guard", lambda _: True)
        url = f"sqlite://{tmp_path}/r.sqlite3"
        order: list[str] = []
        with open_record(url, create=True) as record:
            make_company(record)

            def second() -> None:
                with record.write("acme") as tx:
                    order.append("second")
                    put(tx, "notes/b", "two")

            thread = threading.Thread(target=second)
            with record.write("acme") as tx:
                thread.start()
                put(tx, "notes/a", "one")
                thread.join(0.2)
                order.append("first")
            thread.join()
        assert order == ["first", "second"]
        with (
            open_record(url) as record,
            record.write("acme"),
            record.read() as tx,
        ):  # another connection, opened meanwhile
            assert find_document(tx, "acme", "notes/b") is not None
        monkeypatch.setattr(sqlite, "WAIT_SECONDS", 0)
        with (
            open_record(url) as one,
            open_record(url) as two,
            one.write("acme"),
            pytest.raises(RecordBusy, match="Nothing was changed"),
            two.write("acme"),
        ):
            pass
        assert (tmp_path / "r.sqlite3-guard").exists()

    def test_network_file_systems_are_told_by_the_table_of_mounts(self, tmp_path: Path) -> None:
        place = os.path.realpath(tmp_path)
        mounts = (
            f"/dev/root / ext4 rw 0 0\nserver:/home {place} nfs4 rw 0 0\ntmpfs {place}/local tmpfs rw 0 0\nbroken\n"
        )
        assert find_remote(tmp_path / "r.sqlite3", mounts) == "nfs4"
        assert find_remote(tmp_path / "deep" / "r.sqlite3", mounts) == "nfs4"
        assert find_remote(tmp_path / "local" / "r.sqlite3", mounts) == ""
        assert find_remote(Path("/other/r.sqlite3"), mounts) == ""

    def test_a_record_is_not_made_on_one(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sqlite, "_read_mounts", lambda: "server:/ / nfs rw 0 0\n")
        with pytest.raises(StoreError, match="network file system"):
            open_record(f"sqlite://{tmp_path}/r.sqlite3", create=True)
        assert not (tmp_path / "r.sqlite3").exists()


class TestPostgresql:
    """What holds for the server."""

    @pytest.fixture
    def url(self, postgres: PostgresServer) -> str:
        return postgres.make_database()

    def test_its_settings_are_those_that_durability_asks_for(self, url: str) -> None:
        wanted = {
            "synchronous_commit": "on", "statement_timeout": "1min", "lock_timeout": "30s",
            "idle_in_transaction_session_timeout": "2min", "search_path": "runlore", "default_transaction_isolation": "read committed",
        }  # fmt: skip
        with open_record(url, create=True) as record:
            with record.write() as tx:
                assert {name: tx.one(f"SHOW {name}")[0] for name in wanted} == wanted  # type: ignore[index]
                assert tx.one("SHOW transaction_isolation") == ("read committed",)
            with record.read() as tx:
                assert tx.one("SHOW transaction_isolation") == ("repeatable read",)
            assert make_engine("postgresql://host/x").parameters["tcp_user_timeout"] == "20000"  # type: ignore[attr-defined]

    def test_a_server_that_is_not_there_is_said_so(self) -> None:
        with pytest.raises(StoreError, match="cannot be reached"):
            open_record("postgresql:///x?host=/nowhere")

    def test_a_link_that_was_cut_while_idle_is_replaced(self, url: str, postgres: PostgresServer) -> None:
        with open_record(url, create=True) as record:
            make_company(record)
            cut_links(url, postgres)
            with record.write("acme") as tx:
                put(tx, "notes/a", "one")
            cut_links(url, postgres)
            with record.read() as tx:
                assert find_document(tx, "acme", "notes/a") is not None

    def test_a_link_that_is_cut_within_a_write_drops_it(self, url: str, postgres: PostgresServer) -> None:
        with open_record(url, create=True) as record:
            make_company(record)
            with pytest.raises(StoreError):
                write_and_cut(record, url, postgres)
            with record.write("acme") as tx:
                assert find_document(tx, "acme", "notes/a") is None

    def test_a_link_that_is_cut_at_the_end_leaves_the_outcome_unknown(self, url: str, postgres: PostgresServer) -> None:
        with open_record(url, create=True) as record:
            make_company(record)
            with pytest.raises(OutcomeUnknown, match="idempotency key"):
                write_and_cut_at_the_end(record, url, postgres)
            with record.read() as tx:
                assert find_document(tx, "acme", "notes/a") is None

    def test_a_writer_that_is_held_up_gives_up(self, url: str) -> None:
        with open_record(url, create=True) as one, open_record(f"{url}&options=-c%20lock_timeout%3D1") as two:
            two.engine.parameters["options"] += " -c lock_timeout=50"  # type: ignore[attr-defined]
            two.close()
            with one.write("acme"), pytest.raises(RecordBusy, match="Nothing was changed"), two.write("acme"):
                pass
            with one.write("acme"), two.write("globex"):
                pass  # another company's writer need not wait

    def test_the_work_of_a_publication_does_not_grow_with_the_company(self, url: str) -> None:
        """In one long import there are no statistics yet, and plans that were made for empty tables are used on."""
        count = 300
        with open_record(url, create=True) as record:
            make_company(record)
            with record.write("acme") as tx:
                for number in range(count):
                    put(tx, f"notes/n{number}", str(number))
        with psycopg.connect(url, autocommit=True) as link:
            for _ in range(100):
                rows = link.execute(
                    "SELECT relname, seq_tup_read, idx_tup_fetch, n_tup_ins FROM pg_stat_user_tables"
                ).fetchall()
                if ("publications", count) in {(name, made) for name, _, _, made in rows}:
                    break
                time.sleep(0.05)
        assert ("publications", count) in {(name, made) for name, _, _, made in rows}
        assert {name: read for name, read, _, _ in rows if read > 100} == {}
        assert {name: found for name, _, found, _ in rows if (found or 0) > 20 * count} == {}

    def test_a_database_with_tables_of_others_is_shared(self, url: str) -> None:
        with psycopg.connect(url, autocommit=True) as link:
            link.execute("CREATE TABLE companies (theirs INT)")
        with open_record(url, create=True) as record:
            make_company(record)
        with psycopg.connect(url) as link:
            assert link.execute("SELECT count(*) FROM companies").fetchone() == (0,)


def cut_links(url: str, server: PostgresServer) -> None:
    with psycopg.connect(url, autocommit=True) as link:
        link.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def write_and_cut(record: Record, url: str, server: PostgresServer) -> None:
    with record.write("acme") as tx:
        put(tx, "notes/a", "one")
        cut_links(url, server)
        put(tx, "notes/b", "two")


def write_and_cut_at_the_end(record: Record, url: str, server: PostgresServer) -> None:
    with record.write("acme") as tx:
        put(tx, "notes/a", "one")
        cut_links(url, server)
