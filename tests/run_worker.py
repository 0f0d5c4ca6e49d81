"""A worker that follows a run from its start to its end and says what was acknowledged to it; it can be killed anywhere and begun again.

    python run_worker.py HOME RECORD TOKEN ISSUE

Begun again it does the same as the first time: it starts the run of its issue, which gives it its own, and goes on with what is not settled; where the run
has ended, it finishes it once more, which does what a crash left undone.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from runlore.actions.caller import open_caller
from runlore.actions.finish import finish
from runlore.actions.leases import get_fence, keep_fence
from runlore.actions.prove import Offered, prove
from runlore.actions.report_step import report_step
from runlore.actions.runs_list import list_own_runs
from runlore.actions.start import start
from runlore.model.run import StepReport
from runlore.settings import Settings

STEPS = 6
RUNBOOK = (
    '---\nname: do-parts\ndescription: "Do the parts. Use when an issue asks for parts."\nowner: brand-owner\n---\n\n'
    "# Do the parts\n\n## Purpose\n\nThe parts are done.\n\n## When to start\n\n- Request: somebody asks for parts\n\n## Steps\n\n"
    + "".join(f"### {n}. Do part {n}\n\nBy hand.\n\n- Proof (P1): file, the part\n\n" for n in range(1, STEPS + 1))
    + "## Proof of completion\n\n- file (P1): a part\n\n## What good looks like\n\n- Every part is there\n\n## Failure modes\n\n"
    "| Sign | Cause | Recovery | Seen |\n| --- | --- | --- | --- |\n| `Broken` at step 1 | it fell | another one | 1 |\n\n"
    "## Escalation\n\n- A part is missing → `brand-owner`, within 1 hour\n"
)


def work(settings: Settings, issue: int, tell: Callable[[str], None]) -> None:
    """Follow the run of an issue; ``tell`` hears each acknowledgement after it came."""
    with open_caller(settings, lambda: time.time_ns() // 1000) as worker:
        runs, _ = list_own_runs(worker, every=True, issue=issue)
        if runs and runs[-1].state == "done":
            finish(worker, runs[-1].number, "done", fence=get_fence(worker, runs[-1].number))
            tell(f"finished {runs[-1].number}")
            return
        view = start(worker, str(issue), runbook="do-parts").view
        keep_fence(worker, view.run)
        number, fence = view.run.number, view.run.lease.fence
        tell(f"started {number}")
        for step in view.steps:
            if step.state == "done":
                continue
            part = Offered("file", f"part-{step.number}", f"{view.run.nonce} {step.number}".encode())
            item, _ = prove(worker, number, step.number, part, fence=fence)
            tell(f"proved {item.id}")
            report = StepReport(step.number, "done", result={"part": step.number})
            done = report_step(worker, number, report, fence=fence, key=f"{number}-{step.number}")
            if not done.accepted:
                raise RuntimeError([p.message for p in done.problems])
            tell(f"reported {step.number}")
        finish(worker, number, "done", fence=fence)
        tell(f"finished {number}")


def die_at(call: int) -> None:
    """Let this process kill itself at its n-th chance: before a transaction is kept, after it, or where a file takes another's place."""
    count = 0

    def chance() -> None:
        nonlocal count
        count += 1
        if count == call:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(real: Callable[..., Any]) -> Callable[..., Any]:
        def called(*args: Any, **names: Any) -> Any:
            chance()
            given = real(*args, **names)
            chance()
            return given

        return called

    from runlore.record import postgresql, sqlite

    for connection in (sqlite.SqliteConnection, postgresql.PostgresqlConnection):
        connection.commit = watch(connection.commit)  # type: ignore[method-assign]
    os.replace = watch(os.replace)


def main() -> None:
    home, record, token, issue = sys.argv[1:]
    settings = Settings(Path(home), Path(home).parent / "person", "a secret of tests", record=record, token=token)
    work(settings, int(issue), lambda said: print(said, flush=True))


if __name__ == "__main__":
    main()
