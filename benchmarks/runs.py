"""Runs under load and under kill -9, on SQLite and on PostgreSQL, both with their full durability on.

    python benchmarks/runs.py [load|kill] [--seconds 60] [--workers 64] [--points 100] [--seed 1] [--on sqlite|postgresql]

``load``: workers that report on their runs at once, a process each; every fourth report is sent twice under one key, and processes that hold an older lease try to
write. Afterwards every acknowledged report is looked for, once, and the record verifies. ``kill``: a worker follows a run from start to finish with proof for each
step, is killed at a random moment (four of five times within its work, else in its start) and begun again until it has finished; then the next. PostgreSQL is the one that the tests start. Figures: benchmarks/runs.md.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "integration"))

from runs_company import make_company
from runs_kill import check, give_work, publish_parts, run_until

from postgres_server import find_programs, run_server
from run_load import check_load, run_load
from runlore.actions.verify import verify


@contextmanager
def places(engine: str) -> Iterator[tuple[str, Path]]:
    """The URL of a record that is still to be made, and a folder."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="runlore-runs-")))
        if engine == "sqlite":
            yield f"sqlite://{folder}/record.sqlite3", folder
            return
        programs = find_programs()
        if programs is None:
            sys.exit("no PostgreSQL was found: install the extra `dev`, or PostgreSQL 14 or newer")
        server = stack.enter_context(run_server(programs, ()))
        yield server.make_database(), folder


def measure_load(engine: str, workers: int, seconds: float) -> None:
    with places(engine) as (url, folder):
        accounts = run_load(url, folder / "home", workers, seconds)
        counts = check_load(url, accounts)
    told = ", ".join(f"{count:,} {what}" for what, count in counts.items())
    print(
        f"{engine}: {workers} workers, {seconds:.0f} s: {told}; nothing lost, nothing doubled, verify clean", flush=True
    )


def measure_kill(engine: str, points: int, seed: int) -> None:
    chance = random.Random(seed)
    with places(engine) as (url, folder):
        company = make_company(folder, url)
        publish_parts(company)
        kills = runs = 0
        while kills < points:
            issue, told = give_work(company), ""
            while "finished" not in told:
                begun = chance.random() < 0.8
                last = kills >= points
                said = run_until(
                    company, issue, 120.0 if last else chance.uniform(0.0, 1.0 if begun else 3.0), begun=begun
                )
                kills += "finished" not in said
                told += said
            check(company, issue, told)
            runs += 1
        with company.as_("Ada") as ada:
            problems = verify(ada)
    assert problems == (), problems
    print(
        f"{engine}: {kills} kills over {runs} runs: every run went to its end, nothing acknowledged lost or doubled",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="?", choices=("load", "kill"))
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--workers", type=int, default=64)
    parser.add_argument("--points", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--on", choices=("sqlite", "postgresql"))
    given = parser.parse_args()
    for engine in (given.on,) if given.on else ("sqlite", "postgresql"):
        if given.what in (None, "load"):
            measure_load(engine, given.workers, given.seconds)
        if given.what in (None, "kill"):
            measure_kill(engine, given.points, given.seed)


if __name__ == "__main__":
    main()
