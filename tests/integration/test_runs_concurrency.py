"""Sixty-four workers reporting at once, for a few seconds; for a minute it is measured (benchmarks/runs.py)."""

from __future__ import annotations

from pathlib import Path

from run_load import check_load, run_load


def test_sixty_four_workers_lose_and_double_no_report(record_url: str, tmp_path: Path) -> None:
    accounts = run_load(record_url, tmp_path / "home", workers=64, seconds=5)
    counts = check_load(record_url, accounts)
    assert counts["reports acknowledged"] >= 64
    assert counts["sent twice"] > 0
    assert counts["stale refused"] > 0
    assert counts["refused"] == 0
