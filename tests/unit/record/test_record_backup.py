"""A backup holds everything, goes from either engine to either, and is refused where it is not whole."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
import zstandard
from test_record_verify_runs import fill as fill_runs

from postgres_server import PostgresServer
from record_example import NOW, accept, make_company, propose, put
from record_runs import debrief_of
from runlore.errors import Conflict, NoRecord, StoreError
from runlore.model.debrief import Incident
from runlore.model.document import Link
from runlore.model.issue import Issue
from runlore.model.library import HealthCheck
from runlore.record import debriefs, policies, roles, runs
from runlore.record.assignments import create_assignment
from runlore.record.backup import backup, restore
from runlore.record.blobs import erase_blob
from runlore.record.database import Record, open_record
from runlore.record.documents import get_document
from runlore.record.health import put_health
from runlore.record.idempotency import keep_answer
from runlore.record.issues import create_issue
from runlore.record.migrations import list_migrations
from runlore.record.requests import add_request
from runlore.record.revisions import get_head
from runlore.record.tables import list_tables
from runlore.record.verify import verify_record

MAGIC = b"runlore-backup/1\n"


@pytest.fixture
def empty(record_url: str, tmp_path: Path, postgres: PostgresServer) -> Callable[[str], str]:
    """Gives the URL of a place of an engine where no record is."""

    def make(kind: str) -> str:
        return postgres.make_database() if kind == "postgresql" else f"sqlite://{tmp_path}/restored/record.sqlite3"

    return make


def fill(record: Record) -> None:
    make_company(record, "globex")
    with record.write("acme") as tx:
        first = put(tx, "notes/a", "one")
        for text in ("two", "three", "four"):
            first = put(tx, "notes/a", text, first.hash)
        put(tx, "growth:notes/b", "it's 100 % \n ä \\ :x", links=(Link("document", "notes/a", "body"),))
        accept(tx, propose(tx, "notes/c", "open"))
        issue = create_issue(tx, Issue("acme", 0, "Do it", fields=(("a", "b"),)), "ann-id", NOW)
        create_assignment(tx, "acme", issue.number, "bot-id", "ann-id", 4000, "{}", (first.hash,), NOW)
        add_request(tx, "acme", "notes/a", "how?", "issue 1", NOW)
        put_health(tx, HealthCheck("acme", "integrations/x", "ready", "", NOW))
        keep_answer(tx, "acme", "bot-id", "k", "d", [1], NOW)
        gone = put(tx, "notes/d", "an address").files[0].hash
        erase_blob(tx, "acme", gone, "ann-id", "asked for", NOW)
    fill_runs(record)
    with record.write("acme") as tx:
        debriefs.create_debrief(tx, debrief_of(runs.get_run(tx, "acme", 1)))
        debriefs.create_incident(tx, Incident("acme", 0, "It rained", "", "", 1, "bot-id", NOW))
        roles.grant(tx, "acme", "bot", "drive:read", "ann-id", NOW)
        policies.allow_class(tx, "acme", "counters", "ann-id", NOW)


def dump(record: Record) -> dict[str, list[tuple[object, ...]]]:
    with record.read() as tx:
        return {
            table.name: tx.all(f"SELECT {', '.join(table.columns)} FROM {table.name} ORDER BY {', '.join(table.order)}")
            for table in list_tables()
        }


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_backup_is_restored_on_either_engine(
    record: Record, tmp_path: Path, empty: Callable[[str], str], kind: str
) -> None:
    fill(record)
    counts = backup(record, tmp_path / "b")
    assert all(counts[table.name] for table in list_tables()), "an empty table would show nothing"
    url = empty(kind)
    assert restore(tmp_path / "b", url) == counts
    with open_record(url) as restored:
        assert dump(restored) == dump(record)
        with restored.read() as tx:
            assert verify_record(tx, "acme") == verify_record(tx, "globex") == ()
        with restored.write("acme") as tx:
            put(tx, "notes/a", "five", get_head(tx, "acme", "notes/a").hash)
            assert get_document(tx, "acme", "notes/a").revisions == 5
    assert (tmp_path / "b").stat().st_mode & 0o777 == 0o600
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".b")] == []


def test_a_backup_under_load_is_of_one_moment(record: Record, tmp_path: Path) -> None:
    stop = threading.Event()

    def write() -> None:
        base, at = "", 0
        while not stop.is_set():
            with record.write("acme") as tx:
                base = put(tx, "notes/a", str(at), base).hash
                put(tx, f"notes/n{at}", "one")
            at += 1

    thread = threading.Thread(target=write)
    thread.start()
    try:
        for number in range(3):
            counts = backup(record, tmp_path / f"b{number}")
            restore(tmp_path / f"b{number}", f"sqlite://{tmp_path}/r{number}.sqlite3")  # which verifies it
            assert counts["revisions"] == counts["publications"]
            assert counts["documents"] == counts["revisions"] // 2 + (counts["revisions"] > 0)
    finally:
        stop.set()
        thread.join()


def test_a_record_that_holds_something_is_not_restored_over(record: Record, tmp_path: Path) -> None:
    fill(record)
    backup(record, tmp_path / "b")
    before = dump(record)
    url = f"sqlite://{tmp_path}/other.sqlite3"
    with open_record(url, create=True) as other:
        make_company(other)
    with pytest.raises(Conflict, match="new place"):
        restore(tmp_path / "b", url)
    assert dump(record) == before


def reseal(packed: bytes) -> bytes:
    return MAGIC + packed + hashlib.sha256(MAGIC + packed).digest()


def repack(whole: bytes, change: Callable[[list[object]], object]) -> bytes:
    """Change the frames of a backup, and give it a checksum that fits."""
    data = zstandard.ZstdDecompressor().decompressobj().decompress(whole[len(MAGIC) : -32])
    frames: list[object] = []
    while data:
        size = int.from_bytes(data[:4], "big")
        frames.append(msgspec.msgpack.decode(data[4 : 4 + size]))
        data = data[4 + size :]
    change(frames)
    parts = [msgspec.msgpack.encode(f) for f in frames]
    return reseal(zstandard.compress(b"".join(len(p).to_bytes(4, "big") + p for p in parts)))


def change_title(frames: list) -> None:  # type: ignore[type-arg]
    columns = dict(map(tuple, frames[0]["tables"]))["revisions"]
    next(f for f in frames[1:-1] if f[0] == "revisions")[1][0][columns.index("main")] = "other.md"


def name_foreign_column(frames: list) -> None:  # type: ignore[type-arg]
    frames[0]["tables"][0][1][0] = "id) SELECT 1; DROP TABLE companies; --"


def be_of_the_future(frames: list) -> None:  # type: ignore[type-arg]
    frames[0]["migrations"].append(["9999_future", "sha256:x"])


def lose_rows(frames: list) -> None:  # type: ignore[type-arg]
    next(f for f in frames[1:-1] if f[0] == "health")[1].clear()


DAMAGED: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "empty": (lambda _: b"", "no backup"),
    "another file": (lambda _: b"PK\3\4" * 100, "no backup"),
    "cut off": (lambda whole: whole[:-100], "checksum does not fit"),
    "a bit flipped": (lambda whole: whole[:500] + bytes([whole[500] ^ 1]) + whole[501:], "checksum does not fit"),
    "something added": (lambda whole: whole + b"x", "checksum does not fit"),
    "no frames": (lambda _: reseal(b"rubbish"), "cannot be read"),
    "no head": (lambda _: reseal(zstandard.compress(b"")), "tables of a record"),
    "a frame without end": (lambda _: reseal(zstandard.compress(b"\xff\xff\xff\xff")), "cut off"),
    "a foreign column": (lambda whole: repack(whole, name_foreign_column), "tables of a record"),
    "of a newer Runlore": (lambda whole: repack(whole, be_of_the_future), "9999_future"),
    "rows lost": (lambda whole: repack(whole, lose_rows), "lacks rows"),
    "no counts": (lambda whole: repack(whole, lambda frames: frames.pop()), "cut off"),
    "a revision changed": (lambda whole: repack(whole, change_title), "not what its hash says"),
}


@pytest.mark.parametrize("what", DAMAGED)
def test_a_damaged_backup_is_refused_and_nothing_is_made(tmp_path: Path, what: str) -> None:
    with open_record(f"sqlite://{tmp_path}/r.sqlite3", create=True) as record:
        make_company(record)
        fill(record)
        backup(record, tmp_path / "b")
    damage, why = DAMAGED[what]
    (tmp_path / "b").write_bytes(damage((tmp_path / "b").read_bytes()))
    url = f"sqlite://{tmp_path}/new.sqlite3"
    with pytest.raises(StoreError, match=why):
        restore(tmp_path / "b", url)
    try:
        with open_record(url) as there, there.read() as tx:
            assert tx.all("SELECT id FROM companies") == []
    except NoRecord:
        assert not (tmp_path / "new.sqlite3").exists() or not (tmp_path / "new.sqlite3").stat().st_size


def test_files_that_cannot_be_read_or_written_say_so(record: Record, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be written"):
        backup(record, tmp_path / "nowhere" / "b")
    with pytest.raises(StoreError, match="cannot be read"):
        restore(tmp_path / "nowhere", f"sqlite://{tmp_path}/new.sqlite3")


def test_a_backup_of_an_older_record_is_brought_up_to_date(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the first migration alone had is put into a record of the first migration, which then goes on to the newest."""
    with open_record(f"sqlite://{tmp_path}/r.sqlite3", create=True) as record:
        make_company(record)
        with record.write("acme") as tx:
            put(tx, "notes/a", "one")
        backup(record, tmp_path / "b")
    first = list_migrations()[0]

    def age(frames: list) -> None:  # type: ignore[type-arg]
        frames[0] = {
            "migrations": [[first.name, first.checksum]],
            "tables": [t for t in frames[0]["tables"] if f"CREATE TABLE {t[0]} " in first.sql],
        }
        kept = {t[0] for t in frames[0]["tables"]}
        frames[-1] = {name: count for name, count in frames[-1].items() if name in kept}

    (tmp_path / "b").write_bytes(repack((tmp_path / "b").read_bytes(), age))
    restore(tmp_path / "b", f"sqlite://{tmp_path}/new.sqlite3")
    with open_record(f"sqlite://{tmp_path}/new.sqlite3") as restored, restored.write("acme") as tx:
        create_issue(tx, Issue("acme", 0, "Do it"), "ann-id", NOW)
        assert verify_record(tx, "acme") == ()
