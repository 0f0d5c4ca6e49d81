"""kill -9 anywhere: the worker begins again, and the run goes on from what was acknowledged. Random points by the hundred are for benchmarks/runs.py."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from runs_company import Company, make_company

import run_worker
from runlore.actions.import_documents import ImportRequest, import_documents
from runlore.actions.issues import NewIssue, new_issue
from runlore.actions.leases import get_fence
from runlore.actions.proposals import choose_proposals
from runlore.actions.publish import plan_publications, publish
from runlore.actions.run_view import view_run
from runlore.actions.verify import verify
from runlore.record.proposals import list_proposals
from runlore.record.runs import list_reports, list_runs


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def company(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    folder = tmp_path_factory.mktemp("kill")
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgres").make_database()
    company = make_company(folder, url)
    place = folder / "docs" / "do-parts" / "RUNBOOK.md"
    place.parent.mkdir()
    place.write_text(run_worker.RUNBOOK, "utf-8")
    with company.as_("Bea") as bea:
        import_documents(bea, ImportRequest((place.parent,)), lambda *_: None)
    with company.as_("Ada") as ada:
        publish(ada, plan_publications(ada, choose_proposals(ada, ("runbooks/do-parts",))))
    yield company
    if url:
        request.getfixturevalue("postgres").drop_database(url)


def give_work(company: Company) -> int:
    with company.as_("Ada") as ada:
        return new_issue(ada, NewIssue("Do the parts")).issue.number


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


def check(company: Company, issue: int, told: str) -> None:
    """Everything that was acknowledged is there, once, and the run went to its end."""
    with company.as_("Ada") as ada, ada.record.read() as tx:
        (run,) = list_runs(tx, ada.company, issue=issue)
        view = view_run(tx, ada.company, run.number)
        reports = [r.step for r, _, _ in list_reports(tx, ada.company, run.number)]
        summaries = [p for p in list_proposals(tx, ada.company) if p.document.endswith(f"-run-{run.number}")]
    assert (run.state, run.outcome) == ("done", "complete")
    assert sorted(reports) == list(range(1, run_worker.STEPS + 1)), "a report is lost or doubled"
    assert len(view.proofs) == run_worker.STEPS
    assert len(summaries) == 1
    lines = told.splitlines()
    assert {line.split()[1] for line in lines if line.startswith("proved")} <= {p.id for p in view.proofs}
    assert {int(line.split()[1]) for line in lines if line.startswith("reported")} <= set(reports)


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


def run_until(company: Company, issue: int, seconds: float) -> str:
    """Run the worker as a process and kill it after a while, unless it has ended; gives the whole lines that it said."""
    settings = company.settings
    record = settings.record or f"sqlite://{settings.home}/record.sqlite3"
    words = [sys.executable, run_worker.__file__, str(settings.home), record, company.tokens["agent"], str(issue)]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    until = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < until:
        time.sleep(0.01)
    process.kill()
    said, wrong = process.communicate()
    assert process.returncode in (0, -signal.SIGKILL), wrong
    return "".join(line for line in said.splitlines(keepends=True) if line.endswith("\n"))
