"""Many workers that report on their runs at once, each a process of its own, and the account afterwards: no acknowledged report lost, none doubled.

Every worker keeps a list of what was acknowledged to it. Every fourth report is sent twice under one key, as a worker does whose answer was lost; now and then
a worker's run is taken anew, and a process that still holds the older lease tries to write.
"""

from __future__ import annotations

import multiprocessing
import random
import secrets
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from record_example import NOW, person
from runlore.actions.caller import Caller
from runlore.actions.report_step import report_step
from runlore.errors import Conflict, RecordBusy, StaleLease
from runlore.model.document import Bundle, FileContent, Recognised
from runlore.model.issue import Issue
from runlore.model.library import Principal
from runlore.model.run import Lease, Run, RunStep, StepReport
from runlore.record.companies import create_company
from runlore.record.database import Record, open_record
from runlore.record.issues import create_issue
from runlore.record.principals import create_principal
from runlore.record.proposals import create_proposal
from runlore.record.publications import publish
from runlore.record.runs import change_lease, create_run, get_run, list_reports, list_runs, list_steps
from runlore.record.verify import verify_record
from runlore.running.lease import take
from runlore.settings import Settings

COMPANY = "acme"
STEPS = 20
YEAR = 365 * 24 * 3600 * 1_000_000


@dataclass
class Account:
    """What one worker did: acknowledged reports as (run, step, kind, why); how many were sent twice; refusals that have to be; the longest wait."""

    acknowledged: list[tuple[int, int, str, str]] = field(default_factory=list)
    repeated: int = 0
    stale: int = 0
    written_by_stale: int = 0
    refused: int = 0
    busy: int = 0
    longest: float = 0.0


def render_runbook() -> str:
    """A runbook of twenty steps that wait for nothing and ask for nothing but a report."""
    steps = "\n".join(f"### {n}. Do part {n}\n\nBy hand.\n\n- After: nothing\n" for n in range(1, STEPS + 1))
    return f'---\nname: parts\ndescription: "Do the parts. Use when parts are to be done."\nowner: ann\n---\n\n# Do the parts\n\n## Steps\n\n{steps}'


def make_load(url: str, workers: int) -> None:
    """Make a company with its workers and the runbook."""
    with open_record(url, create=True) as record:
        with record.write() as tx:
            create_company(tx, COMPANY, "Acme", NOW)
        with record.write(COMPANY) as tx:
            owner = create_principal(tx, person(COMPANY, "owner", "own"))
            for number in range(workers):
                agent = person(COMPANY, f"agent{number}", "read", "propose", "run", kind="agent", operator="owner-id")
                create_principal(tx, agent)
            bundle = Bundle("runbook", "RUNBOOK.md", (FileContent("RUNBOOK.md", render_runbook().encode()),))
            made = create_proposal(
                tx, COMPANY, "runbooks/parts", "", bundle, ("owner-id",), "why", "person", NOW, NOW + YEAR
            )
            publish(tx, COMPANY, made, owner, Recognised("Parts"), (), NOW, self_published=True)
            create_issue(tx, Issue(COMPANY, 0, "Do the parts", ""), "owner-id", NOW)


def as_worker(record: Record, home: Path, number: int) -> Caller:
    """The worker of a number, at its door."""
    principal = Principal(
        COMPANY, f"agent{number}-id", f"agent{number}", "agent", ("read", "propose", "run"), "owner-id"
    )
    return Caller(Settings(home, home, "secret"), record, principal, time.time_ns() // 1000)


def begin(caller: Caller) -> Run:
    """Begin a run: what `start` keeps, without its preflight."""
    with caller.record.write(COMPANY) as tx:
        revision = tx.one(
            "SELECT head FROM documents WHERE company = :company AND id = 'runbooks/parts'", company=COMPANY
        )
        lease = Lease(caller.principal.id, 1, caller.now + YEAR)
        nonce = secrets.token_hex(16)
        run = Run(COMPANY, 0, 1, "runbooks/parts", str(revision[0]), "", caller.principal.id, "running", lease, nonce)  # type: ignore[index]
        return create_run(tx, run, [RunStep(n) for n in range(1, STEPS + 1)], caller.now)


def work(url: str, home: Path, number: int, seconds: float, start: Any, send: Any) -> None:
    chance = random.Random(number)
    account = Account()
    with open_record(url) as record:
        start.wait()
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            caller = as_worker(record, home, number)
            run = _try(account, lambda caller=caller: begin(caller))
            if run is not None:
                _work_on(account, record, home, number, run, chance, until)
    send.send(account)
    send.close()


def _work_on(
    account: Account, record: Record, home: Path, number: int, run: Run, chance: random.Random, until: float
) -> None:
    todo = [(step, kind) for step in range(1, STEPS + 1) for kind in ("failed", "done")]
    for at, (step, kind) in enumerate(todo):
        if time.monotonic() >= until:
            return
        caller = as_worker(record, home, number)
        report = StepReport(step, kind, why=f"{number} {run.number} {at} {chance.random()}")  # type: ignore[arg-type]
        key = f"{run.number}-{at}"
        old = run.lease.fence
        if chance.random() < 0.1:
            run = _take_anew(caller, run)
        for again in range(1 + (at % 4 == 0)):
            done = _try(
                account,
                lambda c=caller, r=report, n=run, k=key: report_step(c, n.number, r, fence=n.lease.fence, key=k),
            )
            if done is not None and done.accepted and not again:
                account.acknowledged.append((run.number, step, kind, report.why))
            account.repeated += bool(again and done is not None and done.again)
        if old != run.lease.fence:
            _write_under(account, caller, run, old)


def _take_anew(caller: Caller, run: Run) -> Run:
    with caller.record.write(COMPANY) as tx:
        there = get_run(tx, COMPANY, run.number)
        lease = take(there.lease, caller.principal.id, caller.now)
        return change_lease(tx, there, lease, caller.principal.id, caller.now)  # type: ignore[arg-type]


def _write_under(account: Account, caller: Caller, run: Run, fence: int) -> None:
    """Report under an older lease, as a process does that slept."""
    try:
        report_step(caller, run.number, StepReport(STEPS, "failed", why="from the past"), fence=fence)
        account.written_by_stale += 1
    except StaleLease:
        account.stale += 1


def _try(account: Account, act: Callable[[], Any]) -> Any:
    begun = time.monotonic()
    try:
        return act()
    except RecordBusy:
        account.busy += 1
    except Conflict:
        account.refused += 1
    finally:
        account.longest = max(account.longest, time.monotonic() - begun)
    return None


def run_load(url: str, home: Path, workers: int, seconds: float) -> list[Account]:
    """Let so many workers report for so long, and give their accounts."""
    make_load(url, workers)
    context = multiprocessing.get_context("fork")
    start = context.Barrier(workers)
    parts = []
    for number in range(workers):
        receive, send = context.Pipe(duplex=False)
        process = context.Process(target=work, args=(url, home, number, seconds, start, send))
        process.start()
        send.close()
        parts.append((process, receive))
    accounts = []
    for process, receive in parts:
        accounts.append(receive.recv())
        process.join()
    return accounts


def check_load(url: str, accounts: list[Account]) -> dict[str, int]:
    """Compare what was acknowledged with what is there; gives the counts, and fails the test where a report is lost, doubled or out of its lease."""
    acknowledged = Counter(entry for account in accounts for entry in account.acknowledged)
    assert max(acknowledged.values(), default=1) == 1
    there: Counter[tuple[int, int, str, str]] = Counter()
    with open_record(url) as record, record.read() as tx:
        runs = list_runs(tx, COMPANY)
        for run in runs:
            reports = [r for r, _, _ in list_reports(tx, COMPANY, run.number)]
            there.update((run.number, r.step, r.kind, r.why) for r in reports)
            done = {s.number for s in list_steps(tx, COMPANY, run.number) if s.state == "done"}
            assert done == {r.step for r in reports if r.kind == "done"}
        assert verify_record(tx, COMPANY) == ()
    assert acknowledged - there == Counter(), "an acknowledged report is lost"
    assert max(there.values(), default=1) == 1, "a report is doubled"
    unknown = there - acknowledged
    assert sum(unknown.values()) == 0, "a report is there that nobody was told of"
    assert sum(a.written_by_stale for a in accounts) == 0
    return {
        "runs": len(runs),
        "reports acknowledged": sum(acknowledged.values()),
        "sent twice": sum(a.repeated for a in accounts),
        "stale refused": sum(a.stale for a in accounts),
        "refused": sum(a.refused for a in accounts),
        "busy": sum(a.busy for a in accounts),
        "longest wait in ms": round(1000 * max(a.longest for a in accounts)),
    }
