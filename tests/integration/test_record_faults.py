"""A publication is there as a whole or not at all, whatever fails on the way and whenever; and the next one needs nobody's help."""

from __future__ import annotations

import os
import random
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from postgres_server import PostgresServer, find_programs, run_server
from record_example import NOW, make_company, propose, put
from runlore.errors import OutcomeUnknown, RunloreError, StoreError
from runlore.record.database import Record, open_record
from runlore.record.idempotency import find_answer, keep_answer
from runlore.record.postgresql import PostgresqlConnection
from runlore.record.proposals import list_proposals
from runlore.record.revisions import find_head, list_revisions
from runlore.record.sqlite import SqliteConnection
from runlore.record.verify import verify_record

WRITER = """
import sys
sys.path[:0] = sys.argv[2:]
from record_example import put
from runlore.record.database import open_record
from runlore.record.revisions import find_head
with open_record(sys.argv[1]) as record:
    while True:
        with record.write("acme") as tx:
            head = find_head(tx, "acme", "notes/a")
            revision = put(tx, "notes/a", f"text {head.number if head else 0}", head.hash if head else "")
        print(revision.number, revision.hash, flush=True)
"""


def publish_once(record: Record) -> int:
    """Publish the next revision of a document; gives its number."""
    with record.write("acme") as tx:
        head = find_head(tx, "acme", "notes/a")
        return put(tx, "notes/a", f"text {head.number if head else 0}", head.hash if head else "").number


def count(record: Record) -> int:
    """Verify the record and count the revisions of the document."""
    with record.read() as tx:
        assert verify_record(tx, "acme") == ()
        return len(list_revisions(tx, "acme", "notes/a"))


@pytest.fixture
def record(record_url: str) -> Iterator[Record]:
    with open_record(record_url, create=True) as opened:
        make_company(opened)
        yield opened


class Fault:
    """Fails the n-th call to the database, once or from then on; before it is done, or after it without an answer."""

    def __init__(self, at: int, *, for_ever: bool, after: bool) -> None:
        self.calls = 0
        self._at = at
        self._for_ever = for_ever
        self._after = after

    def wrap(self, method: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            self.calls += 1
            fails = self.calls == self._at or (self._for_ever and self.calls > self._at)
            if fails and not self._after:
                raise StoreError("the disk", "a planned fault")
            done = method(*arguments, **named)
            if fails:
                raise StoreError("the disk", "a planned fault")
            return done

        return call


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("for_ever", [False, True], ids=["once", "for ever"])
def test_a_fault_at_the_nth_call(
    record: Record, monkeypatch: pytest.MonkeyPatch, *, for_ever: bool, after: bool
) -> None:
    """Once and then for ever, n = 1, 2, 3 … until it runs clean."""
    connection = SqliteConnection if record.kind == "sqlite" else PostgresqlConnection
    held = 0
    for n in range(1, 200):
        fault = Fault(n, for_ever=for_ever, after=after)
        with monkeypatch.context() as faulty:
            for name in ("begin", "lock", "rows", "change", "commit"):
                faulty.setattr(connection, name, fault.wrap(getattr(connection, name)))
            try:
                publish_once(record)
                acknowledged = True
            except RunloreError:
                acknowledged = False
        there = count(record)
        assert there in (held, held + 1), f"half a publication after a fault at call {n}"
        assert there == held + 1 or not acknowledged, f"an acknowledged publication was lost after a fault at call {n}"
        held = publish_once(record)
        if fault.calls < n:
            break
    assert 15 < n < 199, "the loop ran through every call"
    assert count(record) == held


@pytest.mark.parametrize("kept", [True, False], ids=["it was kept", "it was not"])
def test_an_unknown_outcome_is_resolved_by_the_key(
    record: Record, monkeypatch: pytest.MonkeyPatch, *, kept: bool
) -> None:
    """The client sends its request again under the same key: there is one proposal, whichever way the first one ended."""
    connection = SqliteConnection if record.kind == "sqlite" else PostgresqlConnection
    commit = connection.commit

    def lose_the_answer(self: Any) -> None:
        if kept:
            commit(self)
        raise OutcomeUnknown("the record", "the link was cut")

    with monkeypatch.context() as cut:
        cut.setattr(connection, "commit", lose_the_answer)
        with pytest.raises(OutcomeUnknown, match="same idempotency key"):
            propose_under_key(record)
    number = propose_under_key(record)
    assert propose_under_key(record) == number
    with record.read() as tx:
        assert [p.number for p in list_proposals(tx, "acme")] == [number]


def propose_under_key(record: Record) -> int:
    with record.write("acme") as tx:
        answer = find_answer(tx, "acme", "bot-id", "key 1", "digest")
        if answer is None:
            answer = propose(tx, "notes/a", "one").number
            keep_answer(tx, "acme", "bot-id", "key 1", "digest", answer, NOW)
        return int(answer)


def test_a_full_disk(tmp_path: Path) -> None:
    """The file system takes no more after so many bytes, a page more each time, until a publication fits."""
    url = f"sqlite://{tmp_path}/record.sqlite3"
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    failed = 0
    with open_record(url, create=True) as record:
        make_company(record)
    for pages in range(0, 400, 3):
        with open_record(url) as record:
            held = count(record)
            size = (tmp_path / "record.sqlite3").stat().st_size // 4096
            resource.setrlimit(resource.RLIMIT_FSIZE, (pages * 4096 + 32, most))
            try:
                publish_once(record)
                acknowledged = True
            except StoreError:
                acknowledged = False
            finally:
                resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
            assert count(record) == held + acknowledged
            publish_once(record)
        failed += not acknowledged
        if acknowledged and pages > size:
            break
    assert failed > 5
    assert acknowledged


def run_writer(url: str) -> subprocess.Popen[str]:
    paths = [str(Path(__file__).parents[1])]
    return subprocess.Popen([sys.executable, "-c", WRITER, url, *paths], stdout=subprocess.PIPE, text=True)


def read_acknowledged(writer: subprocess.Popen[str]) -> list[tuple[int, str]]:
    assert writer.stdout is not None
    lines = [line.split() for line in writer.stdout.read().splitlines() if line.count(" ") == 1]
    return [(int(number), hash) for number, hash in lines if len(hash) == 71]


def check_acknowledged(url: str, acknowledged: list[tuple[int, str]]) -> int:
    """Every acknowledged revision is there; at most one more is, which was kept and whose answer was cut off."""
    with open_record(url) as record, record.read() as tx:
        assert verify_record(tx, "acme") == ()
        there = [(r.number, r.hash) for r in list_revisions(tx, "acme", "notes/a")]
    assert there[: acknowledged[-1][0]][-len(acknowledged) :] == acknowledged
    assert len(there) <= acknowledged[-1][0] + 1
    return len(there)


def test_kill_9_in_the_middle_of_publishing(record_url: str) -> None:
    chance = random.Random(9)
    with open_record(record_url, create=True) as record:
        make_company(record)
    for _ in range(10):
        writer = run_writer(record_url)
        assert writer.stdout is not None
        first = writer.stdout.readline().split()
        time.sleep(chance.random() * 0.1)
        writer.send_signal(signal.SIGKILL)
        acknowledged = [(int(first[0]), first[1]), *read_acknowledged(writer)]
        writer.wait()
        held = check_acknowledged(record_url, acknowledged)
        with open_record(record_url) as record:
            assert publish_once(record) == held + 1


def test_a_server_that_crashes_and_comes_back() -> None:
    """With PostgreSQL's own durability on: what was acknowledged is there after its recovery, and an open record goes on by itself."""
    programs = find_programs()
    if programs is None:
        pytest.skip("no PostgreSQL was found: install the extra `dev`, or PostgreSQL 14 or newer")
    with run_server(programs, ()) as server:
        url = server.make_database()
        with open_record(url, create=True) as record:
            make_company(record)
            for _ in range(2):
                crash(server, url)
                begun = time.monotonic()
                assert publish_once(record) > 1
                assert time.monotonic() - begun < 5


def crash(server: PostgresServer, url: str) -> None:
    writer = run_writer(url)
    assert writer.stdout is not None
    first = writer.stdout.readline().split()
    time.sleep(0.3)
    server.stop(signal.SIGQUIT)
    assert writer.wait(30) != 0, "the writer ends with what has happened"
    acknowledged = [(int(first[0]), first[1]), *read_acknowledged(writer)]
    server.start()
    check_acknowledged(url, acknowledged)


def test_a_writer_that_is_stopped_holds_nobody_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stopped (not killed) in the middle of a write, it keeps the lock; others are told that the record is busy, and go on when it does."""
    monkeypatch.setattr("runlore.record.sqlite.WAIT_SECONDS", 1)
    url = f"sqlite://{tmp_path}/record.sqlite3"
    with open_record(url, create=True) as record:
        make_company(record)
        child = os.fork()
        if child == 0:
            with open_record(url) as own, own.write("acme") as tx:
                put(tx, "notes/b", "one")
                os.kill(os.getpid(), signal.SIGSTOP)
            os._exit(0)
        os.waitpid(child, os.WUNTRACED)
        with pytest.raises(StoreError, match="busy"):
            publish_once(record)
        os.kill(child, signal.SIGCONT)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert publish_once(record) == 1
