"""Start: a worker begins an issue with its runbook. Preflight first: what is missing is said before the work, and the run waits as blocked."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace

from runlore.actions.caller import Caller
from runlore.actions.context import get_context
from runlore.actions.redact import open_redactor, redact_words
from runlore.actions.run_view import RunView, get_runbook, inputs_for, view_run
from runlore.context.packing.form import render_pack_json
from runlore.errors import Conflict, StaleLease
from runlore.model import Problem
from runlore.model.library import HealthCheck
from runlore.model.pack import ContextPack
from runlore.model.run import Lease, Run
from runlore.model.runbook import Runbook
from runlore.record.blobs import put_blob
from runlore.record.database import Transaction
from runlore.record.documents import resolve_name
from runlore.record.events import append
from runlore.record.health import get_health
from runlore.record.issues import get_issue
from runlore.record.roles import list_grants
from runlore.record.runs import change_inputs, change_lease, change_state, create_run, list_runs
from runlore.running.lease import Refused, hand_over, take
from runlore.running.order import open_steps
from runlore.running.preflight import check_preflight

_LONGEST_INPUT = 20_000


@dataclass(frozen=True, slots=True)
class Started:
    """A run as it stands after it was started or resumed, its pack, and what preflight says: a run with errors among it is blocked."""

    view: RunView
    pack: ContextPack
    problems: tuple[Problem, ...]


def start(caller: Caller, reference: str, *, runbook: str = "", inputs: Mapping[str, str] | None = None) -> Started:
    """Start a run for an issue, or resume the caller's own of it.

    The runbook is the one named, else that of the issue's pinned pack, else the one that fits. Raises NotAllowed, NoSuchName, StaleLease where
    another worker holds a run of the issue, Conflict where it is closed, assigned to another, or no runbook fits.
    """
    caller.require("run", "start a run")
    context = get_context(caller, reference)
    if context.issue is None:
        raise Conflict("A run is for an issue: `runlore issue new` writes one.")
    if context.issue.state == "closed":
        raise Conflict(f"Issue {context.issue.number} is closed.")
    if context.assignment and context.assignment.worker != caller.principal.id:
        raise Conflict(
            f"Issue {context.issue.number} is assigned to {context.worker}. Its leader may assign it to you."
        )
    given, _ = _clean(caller, inputs or {})
    with caller.record.write(caller.company) as tx:
        open_runs = [r for r in list_runs(tx, caller.company, issue=context.issue.number) if not r.ended]
        if open_runs:
            return _resume(tx, caller, open_runs[-1], context.pack, given)
        run = _create(tx, caller, context.issue.number, runbook, context.pack, given)
        return _preflight(tx, caller, run, context.pack)


def resume(caller: Caller, number: int, inputs: Mapping[str, str] | None = None) -> Started:
    """Take a run up again: one's own, a free or an overdue one; a blocked one goes through preflight again.

    Raises NotAllowed, NoSuchName, StaleLease where another worker holds it, Conflict where it has ended.
    """
    caller.require("run", "resume a run")
    given, _ = _clean(caller, inputs or {})
    with caller.record.read() as tx:
        issue = view_run(tx, caller.company, number).run.issue
    pack = get_context(caller, str(issue)).pack
    with caller.record.write(caller.company) as tx:
        return _resume(tx, caller, view_run(tx, caller.company, number).run, pack, given)


def hand_over_run(caller: Caller, number: int, to: str, fence: int = 0) -> Run:
    """Give a run to another worker, with everything in it: by its holder (naming the fence) or a person who may assign.

    Raises NotAllowed, NoSuchName, StaleLease, Conflict.
    """
    from runlore.record.principals import get_principal

    with caller.record.write(caller.company) as tx:
        view = view_run(tx, caller.company, number)
        if view.run.ended:
            raise Conflict(f"Run {number} has ended: there is nothing to hand over.")
        who = get_principal(tx, caller.company, to)
        if not who.may("run"):
            raise Conflict(f"{who.name} may not run anything; hand it to somebody with the scope `run`.")
        if caller.principal.id == view.run.lease.holder:
            if fence != view.run.lease.fence:
                raise StaleLease(number, "it has gone on without you")
        else:
            caller.require("assign", "hand over another's run")
        lease = hand_over(view.run.lease, who.id, caller.now)
        return change_lease(tx, view.run, lease, caller.principal.id, caller.now, "run-handed-over")


def _clean(caller: Caller, inputs: Mapping[str, str]) -> tuple[dict[str, str], tuple[Problem, ...]]:
    """Redact the values that a worker gives; a secret does not become an input."""
    redactor = open_redactor(caller.settings)
    found: dict[str, str] = {}
    problems: list[Problem] = []
    for name, value in inputs.items():
        if len(value) > _LONGEST_INPUT:
            raise Conflict(
                f"The input {name!r} has more than {_LONGEST_INPUT:,} characters. Give a link to it instead."
            )
        found[name], more = redact_words(redactor, value, f"the input {name}")
        problems += more
    return found, tuple(problems)


def _create(
    tx: Transaction, caller: Caller, issue: int, runbook: str, pack: ContextPack, given: Mapping[str, str]
) -> Run:
    document, revision = _choose(tx, caller, runbook, pack)
    book = get_runbook(tx, caller.company, revision)
    run = Run(
        caller.company,
        0,
        issue,
        document,
        revision,
        put_blob(tx, caller.company, render_pack_json(pack).encode()),
        caller.principal.id,
        "blocked",
        take_free(caller),
        secrets.token_hex(16),
        inputs_for(book, get_issue(tx, caller.company, issue), given),
    )
    return create_run(tx, run, open_steps(book), caller.now)


def take_free(caller: Caller) -> Lease:
    """Give the lease of a run that nobody has held."""
    taken = take(Lease("", 0, 0), caller.principal.id, caller.now)
    if isinstance(taken, Refused):
        raise StaleLease(0, taken.why)
    return taken


def _choose(tx: Transaction, caller: Caller, runbook: str, pack: ContextPack) -> tuple[str, str]:
    """Choose the runbook of a run and its revision: named (approved), or the pack's, pinned."""
    if runbook:
        document = resolve_name(tx, caller.company, runbook, caller.principal.teams)
        if not document.head or document.retired:
            raise Conflict(f"{document.id} is not approved or out of use; a run follows an approved revision.")
        return document.id, document.head
    for item in pack.items:
        if item.document == pack.runbook and item.revision:
            return item.document, item.revision
    raise Conflict(
        "No runbook of the library fits this issue. Name one with --runbook, or work as the issue says and propose one."
    )


def _resume(tx: Transaction, caller: Caller, run: Run, pack: ContextPack, given: Mapping[str, str]) -> Started:
    if run.ended:
        raise Conflict(f"Run {run.number} has ended as {run.state}.")
    lease = take(run.lease, caller.principal.id, caller.now)
    if isinstance(lease, Refused):
        raise StaleLease(run.number, lease.why)
    run = change_lease(tx, run, lease, caller.principal.id, caller.now)
    if given:
        book = get_runbook(tx, caller.company, run.revision)
        merged = inputs_for(book, get_issue(tx, caller.company, run.issue), {**dict(run.inputs), **given})
        run = change_inputs(tx, run, merged, caller.principal.id, caller.now)
    return _preflight(tx, caller, run, pack)


def _preflight(tx: Transaction, caller: Caller, run: Run, pack: ContextPack) -> Started:
    """Check what the run needs; errors leave it blocked, and what was missing is kept in the log for the debrief."""
    book = get_runbook(tx, caller.company, run.revision)
    problems = check_preflight(
        book,
        granted=list_grants(tx, caller.company, caller.principal.id),
        health=_health(tx, caller.company, book),
        inputs=dict(run.inputs),
        now=caller.now,
        where=f"run {run.number}",
    )
    errors = [p for p in problems if p.level == "error"]
    if errors and run.state == "blocked":
        body = {"missing": [{"slug": p.slug, "message": p.message} for p in errors]}
        append(tx, caller.company, caller.principal.id, "run-blocked", f"run {run.number}", body, caller.now)
    elif run.state == "blocked":
        run = change_state(tx, run, "running", caller.principal.id, caller.now)
    return Started(replace(view_run(tx, caller.company, run.number), run=run), pack, problems)


def _health(tx: Transaction, company: str, book: Runbook) -> dict[str, HealthCheck]:
    return {name: get_health(tx, company, name) for name in book.integrations}
