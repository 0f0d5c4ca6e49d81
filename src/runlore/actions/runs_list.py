"""List runs."""

from __future__ import annotations

from runlore.actions.caller import Caller
from runlore.model.run import Run
from runlore.record.principals import list_principals
from runlore.record.runs import list_runs


def list_own_runs(caller: Caller, *, every: bool = False, issue: int = 0) -> tuple[tuple[Run, ...], dict[str, str]]:
    """List the runs of the company that have not ended, or all, and the names of principals by their ids. Raises NotAllowed."""
    caller.require("read", "list runs")
    with caller.record.read() as tx:
        runs = list_runs(tx, caller.company, issue=issue)
        names = {p.id: p.name for p in list_principals(tx, caller.company)}
    return tuple(r for r in runs if every or not r.ended), names
