"""Sixteen processes at once, for a few seconds; for a minute it is measured (benchmarks/record.py)."""

from __future__ import annotations

from record_load import check_load, run_load


def test_sixteen_processes_lose_and_double_nothing(record_url: str) -> None:
    accounts = run_load(record_url, processes=16, seconds=5)
    counts = check_load(record_url, accounts)
    assert counts["publications"] >= 5
    assert counts["repeated requests"] > 0
    assert counts["busy"] == 0
