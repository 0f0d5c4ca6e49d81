"""What the tests and the benchmark of kill -9 share: the parts to be done, a worker that is killed, and the account afterwards."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time

from runs_company import Company

import run_worker
from runlore.actions.import_documents import ImportRequest, import_documents
from runlore.actions.issues import NewIssue, new_issue
from runlore.actions.proposals import choose_proposals
from runlore.actions.publish import plan_publications, publish
from runlore.actions.run_view import view_run
from runlore.record.proposals import list_proposals
from runlore.record.runs import list_reports, list_runs


def publish_parts(company: Company) -> None:
    """Publish the runbook that the worker follows: Bea offers it, Ada accepts it."""
    place = company.folder / "docs" / "do-parts" / "RUNBOOK.md"
    place.parent.mkdir()
    place.write_text(run_worker.RUNBOOK, "utf-8")
    with company.as_("Bea") as bea:
        import_documents(bea, ImportRequest((place.parent,)), lambda *_: None)
    with company.as_("Ada") as ada:
        publish(ada, plan_publications(ada, choose_proposals(ada, ("runbooks/do-parts",))))


def give_work(company: Company) -> int:
    with company.as_("Ada") as ada:
        return new_issue(ada, NewIssue("Do the parts")).issue.number


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


def run_until(company: Company, issue: int, seconds: float, *, begun: bool = False) -> str:
    """Run the worker as a process and kill it after a while, unless it has ended; gives the whole lines that it said.

    ``begun`` counts the while from its first word on, so that the moment falls into its work and not into its start.
    """
    settings = company.settings
    record = settings.record or f"sqlite://{settings.home}/record.sqlite3"
    words = [sys.executable, run_worker.__file__, str(settings.home), record, company.tokens["agent"], str(issue)]
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(words, stdout=said, stderr=subprocess.PIPE, text=True)
        while begun and process.poll() is None and not os.fstat(said.fileno()).st_size:
            time.sleep(0.002)
        until = time.monotonic() + seconds
        while process.poll() is None and time.monotonic() < until:
            time.sleep(0.002)
        process.kill()
        _, wrong = process.communicate()
        assert process.returncode in (0, -signal.SIGKILL), wrong
        said.seek(0)
        return "".join(line for line in said if line.endswith("\n"))
