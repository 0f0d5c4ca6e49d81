"""How the record does on SQLite and on PostgreSQL, both with their full durability on.

    python benchmarks/record.py [import|concurrency|backup] [--seconds 60] [--processes 16] [--documents 1000] [--on sqlite|postgresql]

Without a word all three are run. ``import``: proposals, reviews and revisions in transactions of 1,000 documents, five times, so that growth shows.
``concurrency``: processes that propose, review and publish at once, and the account afterwards. ``backup``: of what was imported, and its restoration.
PostgreSQL is the one that the tests start. Figures: benchmarks/record.md.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from postgres_server import find_programs, run_server
from record_example import make_company, put
from record_load import check_load, run_load
from runlore.record.backup import backup, restore
from runlore.record.database import Record, open_record
from runlore.record.documents import list_documents
from runlore.record.revisions import get_head
from runlore.record.verify import verify_record

BATCHES = 5
TEXT = "# How we do it\n\n1. Look at the order.\n2. Cancel it.\n" * 40
"""About as long as a runbook of the public collections."""


@contextmanager
def places(engine: str) -> Iterator[tuple[str, str]]:
    """Two URLs of an engine, where no records are yet."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        if engine == "sqlite":
            yield f"sqlite://{folder}/record.sqlite3", f"sqlite://{folder}/restored.sqlite3"
            return
        programs = find_programs()
        if programs is None:
            sys.exit("no PostgreSQL was found: install the extra `dev`, or PostgreSQL 14 or newer")
        server = stack.enter_context(run_server(programs, ()))
        yield server.make_database(), server.make_database()


def fill(record: Record, documents: int) -> list[float]:
    """Publish the documents in batches, each batch one transaction; gives the seconds of each."""
    make_company(record)
    took = []
    for batch in range(BATCHES):
        begun = time.perf_counter()
        with record.write("acme") as tx:
            for number in range(documents):
                put(tx, f"notes/n{batch}-{number}", f"{batch} {number}\n{TEXT}")
        took.append(time.perf_counter() - begun)
    return took


def measure_import(engine: str, documents: int) -> None:
    with places(engine) as (url, _), open_record(url, create=True) as record:
        took = fill(record, documents)
        print(f"{engine}: {documents} documents a transaction, seconds: {' '.join(f'{t:.2f}' for t in took)}")
        with record.read() as tx:
            begun = time.perf_counter()
            held = list_documents(tx, "acme")
            listed = time.perf_counter()
            reads = []
            for document in held[::25]:
                at = time.perf_counter()
                get_head(tx, "acme", document.id)
                reads.append(time.perf_counter() - at)
        print(
            f"{engine}: list of {len(held)} documents {listed - begun:.2f} s; one head, checked: median {statistics.median(reads) * 1e3:.2f} ms"
        )
        small = []
        for number in range(50):
            begun = time.perf_counter()
            with record.write("acme") as tx:
                put(tx, f"notes/single-{number}", TEXT)
            small.append(time.perf_counter() - begun)
        print(
            f"{engine}: one publication alone, durable: median {statistics.median(small) * 1e3:.1f} ms, most {max(small) * 1e3:.1f} ms"
        )


def measure_backup(engine: str, documents: int) -> None:
    with (
        places(engine) as (url, other),
        open_record(url, create=True) as record,
        tempfile.TemporaryDirectory() as folder,
    ):
        fill(record, documents)
        file = Path(folder) / "backup"
        begun = time.perf_counter()
        backup(record, file)
        written = time.perf_counter()
        restore(file, other)
        restored = time.perf_counter()
        with record.read() as tx:
            problems = verify_record(tx, "acme")
        verified = time.perf_counter()
        assert problems == ()
        print(
            f"{engine}: {BATCHES * documents} documents: backup {written - begun:.1f} s ({file.stat().st_size / 1e6:.1f} MB),"
            f" restore with its check {restored - written:.1f} s, verify {verified - restored:.1f} s"
        )


def measure_concurrency(engine: str, processes: int, seconds: float) -> None:
    with places(engine) as (url, _):
        accounts = run_load(url, processes, seconds)
        counts = check_load(url, accounts)
    print(
        f"{engine}: {processes} processes, {seconds:.0f} s: {', '.join(f'{count} {what}' for what, count in counts.items())}"
    )
    print(
        f"{engine}: longest wait of one call {max(a.longest for a in accounts):.2f} s; nothing lost, nothing doubled, one line, verify clean"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="?", choices=("import", "concurrency", "backup"))
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--processes", type=int, default=16)
    parser.add_argument("--documents", type=int, default=1000)
    parser.add_argument("--on", choices=("sqlite", "postgresql"))
    given = parser.parse_args()
    for engine in (given.on,) if given.on else ("sqlite", "postgresql"):
        if given.what in (None, "import"):
            measure_import(engine, given.documents)
        if given.what in (None, "backup"):
            measure_backup(engine, given.documents)
        if given.what in (None, "concurrency"):
            measure_concurrency(engine, given.processes, given.seconds)


if __name__ == "__main__":
    main()
