"""kill -9 anywhere: the worker begins again, and the run goes on from what was acknowledged. Random points by the hundred are for benchmarks/runs.py."""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from runs_company import Company, make_company
from runs_kill import check, give_work, publish_parts, run_until

import run_worker
from runlore.actions.leases import get_fence
from runlore.actions.verify import verify
from runlore.record.runs import list_runs


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def company(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    folder = tmp_path_factory.mktemp("kill")
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgres").make_database()
    company = make_company(folder, url)
    publish_parts(company)
    yield company
    if url:
        request.getfixturevalue("postgres").drop_database(url)


def fork(company: Company, issue: int, call: int, told: Path) -> int:
    """Let a process of its own work on an issue, which dies at its n-th chance (0: never); gives the signal that ended it, 0 for a good end."""
    process = os.fork()
    if process == 0:
        code = 1
        try:
            if call:
                run_worker.die_at(call)
            with told.open("a") as stream:
                settings = replace(company.settings, token=company.tokens["agent"])
                run_worker.work(settings, issue, lambda said: print(said, file=stream, flush=True))
            code = 0
        finally:
            os._exit(code)
    _, status = os.waitpid(process, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "the worker could not go on"
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0


def test_a_worker_that_is_killed_at_every_write_in_turn_goes_on(company: Company, tmp_path: Path) -> None:
    call = 1
    while True:
        issue, told = give_work(company), tmp_path / f"told-{call}"
        ended = fork(company, issue, call, told)
        if ended == 0:
            break
        assert ended == signal.SIGKILL
        assert fork(company, issue, 0, told) == 0
        check(company, issue, told.read_text())
        call += 3 if call > 6 else 1  # the middle steps are all alike
    assert call > 12, "the worker had fewer chances to die than it writes"
    check(company, issue, told.read_text())
    with company.as_("Ada") as ada:
        assert verify(ada) == ()


@pytest.mark.parametrize("seed", range(3))
def test_a_worker_that_is_killed_at_any_moment_goes_on(company: Company, seed: int) -> None:
    chance = random.Random(seed)
    issue = give_work(company)
    told = ""
    for _ in range(3):
        told += run_until(company, issue, chance.uniform(0.2, 2.5))
    told += run_until(company, issue, 60.0)
    assert "finished" in told
    check(company, issue, told)
    with company.as_("agent") as agent, agent.record.read() as tx:
        (run,) = list_runs(tx, agent.company, issue=issue)
        assert get_fence(agent, run.number) == run.lease.fence
