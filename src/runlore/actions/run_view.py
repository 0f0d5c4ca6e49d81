"""A run with all that is known of it: its runbook at the pinned revision, its steps, proof, approvals, escalations; and what its next steps are given."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from runlore.actions.caller import Caller
from runlore.actions.issues import request_of
from runlore.actions.offer import recognise_document
from runlore.context.packing.given import given_by
from runlore.errors import Conflict
from runlore.mining.conformance.evaluate import Known, Shown, arguments_of, decide, values_given
from runlore.model.condition import Condition
from runlore.model.condition_text import list_paths
from runlore.model.issue import Issue
from runlore.model.run import LEVELS, ApprovalRequest, EscalationCase, ProofItem, Run, RunStep
from runlore.model.runbook import ApprovalRequirement, ProofRequirement, Runbook, Step
from runlore.record.approvals import list_approvals, shown_digest
from runlore.record.blobs import get_bundle
from runlore.record.canonical import render_json
from runlore.record.database import Transaction
from runlore.record.escalations import list_escalations
from runlore.record.issues import get_issue
from runlore.record.proofs import list_proofs
from runlore.record.revisions import get_revision
from runlore.record.runs import get_run, list_steps
from runlore.runbooks.fill import field_key, find_given
from runlore.runbooks.paths import select_values
from runlore.running.order import before
from runlore.running.report import ApprovalFact, GuardFact, ProofFact, StepFacts


@dataclass(frozen=True, slots=True)
class RunView:
    """A run as it stands, in one snapshot of the record."""

    run: Run
    steps: tuple[RunStep, ...]
    runbook: Runbook
    issue: Issue
    proofs: tuple[ProofItem, ...]
    approvals: tuple[ApprovalRequest, ...]
    escalations: tuple[EscalationCase, ...]

    @property
    def where(self) -> str:
        """How problems name the run."""
        return f"run {self.run.number}"

    def step(self, number: int) -> Step:
        """The step of the runbook with a number; raises Conflict where there is none."""
        found = next((s for s in self.runbook.steps if s.number == number), None)
        if found is None:
            raise Conflict(f"Run {self.run.number} has no step {number}: its runbook has {len(self.runbook.steps)}.")
        return found


def view_run(tx: Transaction, company: str, number: int) -> RunView:
    """Give a run with all that belongs to it; raises NoSuchName."""
    run = get_run(tx, company, number)
    return RunView(
        run,
        list_steps(tx, company, number),
        get_runbook(tx, company, run.revision),
        get_issue(tx, company, run.issue),
        list_proofs(tx, company, number),
        list_approvals(tx, company, run=number),
        list_escalations(tx, company, run=number),
    )


def get_runbook(tx: Transaction, company: str, revision: str) -> Runbook:
    """Give the runbook of a revision; raises Conflict where the document has no steps that a run could follow."""
    found = get_revision(tx, company, revision)
    recognised = recognise_document(found.document, get_bundle(tx, company, found))
    if recognised.runbook is None or not recognised.runbook.steps:
        raise Conflict(f"{found.document} has no steps that a run could follow.")
    return recognised.runbook


def show_run(caller: Caller, number: int) -> RunView:
    """Show a run. Raises NotAllowed, NoSuchName."""
    caller.require("read", "look at runs")
    with caller.record.read() as tx:
        return view_run(tx, caller.company, number)


def bound_arguments(view: RunView, step: Step) -> dict[str, Any]:
    """Give the arguments of a step's tool as far as constants, inputs, the issue and earlier results give them; what is not known is left out.

    Of a path that selects several values a list is given.
    """
    found: dict[str, Any] = {}
    inputs, given = dict(view.run.inputs), given_by(request_of(view.issue), field_key)
    results = {s.number: s.result for s in view.steps if s.result is not None}
    for binding in step.bindings:
        source = binding.source
        values: list[Any] = []
        match source.kind:
            case "constant":
                values = [source.value]
            case "input":
                values = [inputs[source.name]] if source.name in inputs else []
            case "issue":
                field = find_given(source.name, given, of_issue=True)
                values = [field.value] if field else []
            case "step":
                values = select_values(source.path, results[source.step]) if source.step in results else []
            case _:
                values = []
        if values:
            found[binding.name] = values[0] if len(values) == 1 else values
    return found


def shown_for(view: RunView, step: Step, approval: ApprovalRequirement) -> dict[str, Any]:
    """Give what an approval shows: the values it is over, by name, from inputs or from what the steps are given; and what will be done after it.

    A value that is not known yet is shown as null: a yes over nothing is visible as that.
    """
    inputs = dict(view.run.inputs)
    later: dict[str, Any] = {}
    for other in view.runbook.steps:
        if other.number >= step.number:
            for name, value in bound_arguments(view, other).items():
                later.setdefault(name, value)
    over = {name: inputs.get(name, later.get(name)) for name in sorted(approval.over)}
    does = [other.title for other in view.runbook.steps if other.number > step.number and other.tool]
    return {"issue": view.issue.title, "step": step.title, "over": over, "then": does}


def facts_of(view: RunView, number: int, result: Any, now: int) -> StepFacts:
    """Give all that is known of a step when a report on it comes in; ``result`` is the one that the report brings, None for none."""
    step = view.step(number)
    known = _known(view, step, result, now)
    return StepFacts(tuple(_guards(step, known)), tuple(_approvals(view, step)), tuple(_proof(view, step, known)))


def _known(view: RunView, step: Step, result: Any, now: int) -> Known:
    results: dict[int, tuple[Shown, ...]] = {}
    every: list[Shown] = []
    for at, done in enumerate(s for s in view.steps if s.result is not None):
        given = values_given(arguments_of(bound_arguments(view, view.step(done.number))))
        shown = Shown(done.result, given, at)
        results[done.number] = (shown,)
        every.append(shown)
    own = next((s.result for s in view.steps if s.number == step.number), None)
    return Known(
        results,
        arguments_of(bound_arguments(view, step)),
        dict(view.run.inputs),
        step.number,
        result if result is not None else own,
        now / 1e6,
        tuple(every),
    )


def _guards(step: Step, known: Known) -> Iterator[GuardFact]:
    for condition in step.proceed_if:
        yield GuardFact("proceed", condition.text, _decide(condition, known), condition.parsed is None)
    for condition in step.stop_if:
        yield GuardFact("stop", condition.text, _decide(condition, known), condition.parsed is None)


def _decide(condition: Condition, known: Known) -> bool | None:
    return decide(condition.parsed, known) if condition.parsed is not None else None


def _approvals(view: RunView, step: Step) -> Iterator[ApprovalFact]:
    """The approvals of a step, and those of every step before it: a yes that was taken back, or given over something else, stops what comes after."""
    for approval in step.approvals:
        yield _approval(view, step, approval)
    states = {s.number: s.state for s in view.steps}
    for number in _ancestors(view.runbook, step):
        earlier = view.step(number)
        for approval in earlier.approvals:
            fact = _approval(view, earlier, approval)
            if states.get(number) in ("done", "adapted") and not (fact.state == "approved" and fact.current):
                yield fact


def _approval(view: RunView, step: Step, approval: ApprovalRequirement) -> ApprovalFact:
    role = approval.role or approval.words
    asked = [a for a in view.approvals if a.step == step.number and a.role == role]
    if not asked:
        return ApprovalFact(role)
    now = shown_digest(request_for(view, step, approval))
    last = next((a for a in reversed(asked) if a.digest == now), asked[-1])
    return ApprovalFact(role, last.state, last.digest == now)


def request_for(view: RunView, step: Step, approval: ApprovalRequirement) -> ApprovalRequest:
    """Give the question that an approval of a step asks as things stand, without number, time or asker."""
    shown = shown_for(view, step, approval)
    role = approval.role or approval.words
    return ApprovalRequest(view.run.company, 0, view.run.number, step.number, role, shown, "", "open", "", 0, 0)


def _ancestors(runbook: Runbook, step: Step) -> tuple[int, ...]:
    found: set[int] = set()
    waiting = list(before(runbook, step))
    steps = {s.number: s for s in runbook.steps}
    while waiting:
        number = waiting.pop()
        if number not in found and number in steps:
            found.add(number)
            waiting.extend(before(runbook, steps[number]))
    return tuple(sorted(found))


def _proof(view: RunView, step: Step, known: Known) -> Iterator[ProofFact]:
    for requirement in step.proof:
        items = [p for p in view.proofs if p.step == step.number and p.kind == requirement.kind]
        shown = [p for p in items if _shows(p, step, requirement, known.result)]
        earned = max((p.level for p in shown), key=LEVELS.index, default="")
        if _by_person(view, step, requirement):
            earned = "P3"
        condition = requirement.condition
        yield ProofFact(
            requirement.level,
            requirement.kind,
            condition.text,
            earned,
            _decide(condition, known),
            judgement=condition.parsed is None,
            of_another=bool(items) and not shown,
        )


def _shows(proof: ProofItem, step: Step, requirement: ProofRequirement, result: Any) -> bool:
    """Say whether a piece of proof is about the result that is reported: a tool's result is that result itself, and a link stands in it where the
    condition says. Otherwise one thing could be proved and another one reported."""
    if proof.kind == "tool result":
        return result is not None and render_json(parse_value(proof.value)) == render_json(result)
    if proof.kind == "url" and requirement.condition.parsed is not None and result is not None:
        paths = [p.path for p in list_paths(requirement.condition.parsed) if p.step in (0, step.number)]
        return not paths or any(proof.value in select_values(path, result) for path in paths)
    return True


def proved_result(view: RunView, step: int) -> Any:
    """Give the result that stands as proof of a step, the one of the highest level and of several the last; None where there is none."""
    items = [p for p in view.proofs if p.step == step and p.kind == "tool result"]
    best = max(items, key=lambda p: (LEVELS.index(p.level), p.at), default=None)
    return parse_value(best.value) if best else None


def parse_value(text: str) -> Any:
    """Read a value that somebody gave as text: JSON where it is JSON, else the text itself."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _by_person(view: RunView, step: Step, requirement: ProofRequirement) -> bool:
    """A person's confirmation stands where the step's own approvals were given."""
    if requirement.kind != "person" or not step.approvals:
        return False
    return all(fact.state == "approved" and fact.current for fact in (_approval(view, step, a) for a in step.approvals))


def render_value(value: Any) -> str:
    """Render a value for people: text as it stands, anything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def inputs_for(runbook: Runbook, issue: Issue, given: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Give the values of a runbook's inputs: those given by name first, then what the issue says, then defaults; what nobody gave is left out.

    Raises Conflict for a name that the runbook does not know.
    """
    names = {item.name for item in runbook.inputs}
    unknown = sorted(set(given) - names)
    if unknown:
        raise Conflict(f"The runbook has no input {unknown[0]!r}. It has {', '.join(sorted(names)) or 'none'}.")
    known = given_by(request_of(issue), field_key)
    found: list[tuple[str, str]] = []
    for item in runbook.inputs:
        field = find_given(item.name, known, of_issue=False)
        value = given.get(item.name) or (field.value if field else "") or item.default
        if value:
            found.append((item.name, value))
    return tuple(found)
