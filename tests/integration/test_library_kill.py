"""kill -9 in the middle of publishing, in short: benchmarks/kill.py has the long form."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from libraries import make_record, show

from runlore.library.check import verify_folder
from runlore.record.database import open_record
from runlore.record.heads import count_publications

KILL = Path(__file__).parents[2] / "benchmarks" / "kill.py"


@pytest.mark.parametrize("args", [("random", "--points", "10", "--seed", "7"), ("calls", "--every", "61")])
def test_nothing_acknowledged_is_lost_and_nobody_has_to_help(args: tuple[str, ...]) -> None:
    done = subprocess.run([sys.executable, str(KILL), *args], capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    kills, acknowledged, _ = (int(word) for word in done.stdout.split() if word.isdecimal())
    assert kills >= 4, done.stdout
    assert acknowledged >= kills
    assert float(done.stdout.split("slowest recovery ")[1].split()[0]) < 5


def test_the_record_on_a_server(record_url: str) -> None:
    points = "2" if record_url.startswith("sqlite") else "8"
    args = (sys.executable, str(KILL), "random", "--points", points, "--record", record_url)
    done = subprocess.run(args, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_several_processes_publish_into_one_folder(record_url: str, tmp_path: Path) -> None:
    folder = tmp_path / "library"
    make_record(record_url).close()
    args = (sys.executable, str(KILL), "work", record_url, str(folder))
    workers = [
        subprocess.Popen([*args, str(first), "--steps", "5"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for first in (0, 100, 200, 300)
    ]
    for worker in workers:
        _, said = worker.communicate(timeout=300)
        assert worker.returncode == 0, said
    with open_record(record_url) as record:
        assert show(record, folder) == ()
        assert verify_folder(record, "acme", folder) == ()
        with record.read() as tx:
            assert count_publications(tx, "acme") == 4 * (1 + 1 + 10 + 1 + 1)
