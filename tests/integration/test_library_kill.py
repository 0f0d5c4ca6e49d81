"""kill -9 in the middle of publishing, in short: benchmarks/kill.py has the long form."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

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
    if record_url.startswith("sqlite"):
        args = (sys.executable, str(KILL), "random", "--points", "2", "--record", record_url)
    else:
        args = (sys.executable, str(KILL), "random", "--points", "12", "--record", record_url)
    done = subprocess.run(args, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
