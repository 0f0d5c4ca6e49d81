"""Finish: a run ends with its proof of completion and, where its transcript is given, with how far it went by its runbook."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from runlore.actions.caller import Caller
from runlore.actions.checked_run import Measured, measure_run
from runlore.actions.issues import request_text
from runlore.actions.propose import ProposeRequest
from runlore.actions.propose_text import propose_text
from runlore.actions.redact import open_redactor, redact_words
from runlore.actions.report_step import check_running
from runlore.actions.run_view import RunView, view_run
from runlore.errors import StaleLease, UsageError
from runlore.model import Problem
from runlore.model.conformance import Checked
from runlore.model.library import Proposal
from runlore.model.run import LEVELS
from runlore.model.runbook import CompletionProof
from runlore.record.blobs import put_blob
from runlore.record.canonical import render_json
from runlore.record.database import Transaction
from runlore.record.events import append
from runlore.record.proposals import list_proposals
from runlore.record.requests import add_request
from runlore.record.runs import change_state
from runlore.runbooks.hidden import escape_words
from runlore.running.lease import Refused, renew
from runlore.running.report import check_finish, is_complete

Outcome = Literal["done", "failed", "dropped"]
_LONGEST_TITLE = 80


@dataclass(frozen=True, slots=True)
class Finished:
    """How a run ended. ``problems`` with errors mean that it did not: nothing was changed then. ``checked`` is how far it went by its runbook,
    None where no transcript was given or it holds no case of the run. ``proof`` is the proposal of its summary for the proof shelf."""

    view: RunView
    problems: tuple[Problem, ...]
    checked: Checked | None = None
    proof: Proposal | None = None

    @property
    def ended(self) -> bool:
        """Whether the run has ended."""
        return bool(self.view.run.ended)


def finish(
    caller: Caller, number: int, outcome: Outcome, *, fence: int, why: str = "", transcript: Path | None = None
) -> Finished:
    """End a run under the fence of its lease.

    As done only when every step is settled and the proof of completion is there; what is missing is said, all at once. As failed or dropped with a
    reason, at any time. A run that has ended so already, under the same lease, is given as it ended, and what a crash left undone is done.
    Raises NotAllowed, NoSuchName, StaleLease, Conflict, UsageError.
    """
    caller.require("run", "finish a run")
    words, _ = redact_words(open_redactor(caller.settings), " ".join(why.split()), "the reason")
    if outcome != "done" and not words:
        raise UsageError(f"Say why the run is {outcome}: --why “…”.")
    with caller.record.read() as tx:
        view = view_run(tx, caller.company, number)
    measured = measure_run(caller, view, transcript) if transcript else None
    checked = measured.checked if measured else None
    with caller.record.write(caller.company) as tx:
        view = view_run(tx, caller.company, number)
        again = view.run.state == outcome and view.run.lease.fence == fence
        if not again and not (outcome == "dropped" and view.run.state == "blocked"):
            check_running(view)
        lease = renew(view.run.lease, caller.principal.id, fence, caller.now)
        if isinstance(lease, Refused):
            raise StaleLease(number, lease.why)
        problems = () if again or outcome != "done" else check_done(view)
        if problems:
            return Finished(view, problems, checked)
        if not again:
            view = _end(tx, caller, view, outcome, words, measured)
    proof = _summarise(caller, view, checked) if outcome == "done" else None
    return Finished(view, (), checked, proof)


def check_done(view: RunView) -> tuple[Problem, ...]:
    """Say what keeps a run from being done: steps that nothing settled, and the proof of completion that is missing."""
    return (*check_finish(view.runbook, view.steps, view.where), *check_completion(view))


def _end(
    tx: Transaction, caller: Caller, view: RunView, outcome: Outcome, words: str, measured: Measured | None
) -> RunView:
    told = ("complete" if is_complete(view.runbook, view.steps) else "incomplete") if outcome == "done" else words
    transcript = measured.transcript if measured else ""
    run = change_state(tx, view.run, outcome, caller.principal.id, caller.now, outcome=told, transcript=transcript)
    if measured is not None:
        _keep_measured(tx, caller, run.number, measured)
    if outcome == "done":
        add_request(tx, caller.company, run.document, request_text(view.issue), f"run {run.number}", caller.now)
    return replace(view_run(tx, caller.company, run.number), run=run)


def check_completion(view: RunView) -> tuple[Problem, ...]:
    """Say which lines of *Proof of completion* nothing of the run satisfies: a proof of that kind and level, of the whole run or of the step it names."""
    found = []
    for line in view.runbook.completion:
        if line.kind and not _is_proved(view, line):
            asked = f"*{line.kind} ({line.level or 'P0'}): {line.text}*"
            message = f"The proof of completion {asked} is missing: attach it to the run (step 0), or to the step that it names."
            found.append(Problem(view.where, 0, "completion-missing", message))
    return tuple(found)


def _is_proved(view: RunView, line: CompletionProof) -> bool:
    least = LEVELS.index(line.level) if line.level in LEVELS else 0
    named = {s.number for s in view.runbook.steps if f"step {s.number}" in line.text.lower()}
    return any(
        p.kind == line.kind and LEVELS.index(p.level) >= least and (p.step == 0 or not named or p.step in named)
        for p in view.proofs
    )


def _keep_measured(tx: Transaction, caller: Caller, number: int, measured: Measured) -> None:
    """Keep what the transcript showed: the check in full, and the figures that are compared."""
    checked = measured.checked
    found = {
        "score": round(checked.score, 4) if checked else None,
        "deviations": [{"kind": d.kind, "step": d.step, "text": d.text} for d in checked.deviations] if checked else [],
    }
    body = {
        "score": found["score"],
        "deviations": len(checked.deviations) if checked else None,
        "tokens": measured.tokens,
        "corrections": measured.corrections,
        "check": put_blob(tx, caller.company, render_json(found).encode()),
    }
    append(tx, caller.company, caller.principal.id, "run-checked", f"run {number}", body, caller.now)


def _summarise(caller: Caller, view: RunView, checked: Checked | None) -> Proposal | None:
    """Propose a summary of finished work for the proof shelf, once; a person reviews it like anything else."""
    if not caller.principal.may("propose"):
        return None
    day = datetime.fromtimestamp(view.run.ended / 1e6, UTC).date().isoformat()
    document = f"proof/{day}-run-{view.run.number}"
    with caller.record.read() as tx:
        there = list_proposals(tx, caller.company, document=document)
    if there:
        return there[-1]
    reason = f"Proof of run {view.run.number}, issue {view.issue.number}"
    done = propose_text(caller, document, render_summary(view, checked, day), ProposeRequest(reason, group="proof"))
    return done.proposals[0] if done.proposals else None


def render_summary(view: RunView, checked: Checked | None, day: str) -> str:
    """Give what finished work left behind, as a document of the proof shelf."""
    title = escape_words(view.issue.title, _LONGEST_TITLE)
    lines = [f"# {title}", "", f"- Issue {view.issue.number}" + (f": {view.issue.url}" if view.issue.url else "")]
    lines.append(f"- Runbook `{view.run.document}`, run {view.run.number}, finished {day}, {view.run.outcome}")
    minutes = max(0, view.run.ended - view.run.started) / 60_000_000
    lines.append(
        f"- {minutes:.0f} minutes from start to end; {sum(s.attempts > 1 for s in view.steps)} steps needed more than one try"
    )
    if checked is not None:
        lines.append(f"- Conformance {checked.score:.2f}, {len(checked.deviations)} deviations")
    lines += ["", "## Proof", ""]
    for p in view.proofs:
        place = f"step {p.step}" if p.step else "the whole run"
        value = "" if p.kind == "tool result" else f" {escape_words(p.value, 200)}"
        lines.append(
            f"- {place}: {p.kind} ({p.level}){value}: {p.detail}" + (f", `{p.artefact[:19]}`" if p.artefact else "")
        )
    answered = [a for a in view.approvals if a.state == "approved"]
    if answered:
        lines += ["", "## Approvals", ""]
        lines += [f"- step {a.step}: `{a.role}` said yes ({a.assurance}) over `{a.digest[:19]}`" for a in answered]
    left = [s for s in view.steps if s.state in ("skipped", "adapted")]
    if left:
        lines += ["", "## Departures", ""]
        lines += [f"- step {s.number} {s.state}: {escape_words(s.why, 300)}" for s in left]
    return "\n".join(lines) + "\n"
