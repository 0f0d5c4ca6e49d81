"""Ctrl-C in the middle of mining: no traceback, nothing lost, and the next run ends where an undisturbed one ends."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from story import make_runlore

from runlore.demo import write_demo


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_an_interrupted_mine_is_gone_on_with(jobs: str, tmp_path: Path) -> None:
    write_demo(tmp_path / "transcripts")
    runlore = make_runlore(tmp_path / "cut")
    process = subprocess.Popen(
        [sys.executable, "-m", "runlore", "mine", str(tmp_path / "transcripts"), "--jobs", jobs],
        env=runlore.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    give_up = time.monotonic() + 30
    archive = runlore.home / "corpus" / "archive"
    while not any(archive.glob("*/*.zst")) and process.poll() is None and time.monotonic() < give_up:
        time.sleep(0.002)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode in (130, 0)  # it may have been faster than the signal
    assert "Traceback" not in said
    if process.returncode == 130:
        assert "What was read so far is kept" in said

    again = runlore("mine", tmp_path / "transcripts", "--json")
    whole = make_runlore(tmp_path / "whole")("mine", tmp_path / "transcripts", "--json")
    assert again.out == whole.out
    assert runlore("doctor").out
