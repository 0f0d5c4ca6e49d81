"""What mining over all runs so far knows better than a runbook says: sources of arguments that nobody could name, and guards that runs have taught since.

Small edits where the evidence is strong. What a person wrote is not replaced: a source is filled in where the runbook calls it unknown or says nothing of the
argument, one that mining itself wrote gives way to one that holds clearly more often, and a guard is added where none of its kind stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from runlore.model.condition_text import render_code, renumber
from runlore.model.debrief import Change
from runlore.model.runbook import Runbook, Step
from runlore.model.source import Evidence
from runlore.model.workflow import Argument, Guard, ValueSource, Workflow, WorkflowStep
from runlore.runbooks.bindings import render_source
from runlore.runbooks.conditions import parse_condition

LEAST_CASES = 5
LEAST_SHARE = 0.8
"""From how many cases on, and in which share of them, a source has to hold to be filled in."""
CLEARLY = 0.05
"""By how much of the cases more a source has to hold than the mined one that it replaces."""
MUCH_MORE = 3
"""How many times the cases behind it, for a source that holds as often: what mining reads now it reads from more."""
LEAST_PRECISION = 0.7
LEAST_NEGATIVES = 2
"""What a guard has to stop, and how rarely in vain, to be added."""


@dataclass(frozen=True, slots=True)
class Learned:
    """One change that mining asks for, with what it rests on, in words and as evidence."""

    change: Change
    why: str
    evidence: Evidence


def learn_changes(
    runbook: Runbook, workflow: Workflow, evidence: Mapping[str, Evidence] | None = None
) -> tuple[Learned, ...]:
    """Compare a runbook with the workflow that was mined for the same work, step by step; steps are matched by their tools.

    ``evidence`` is what lies beside the runbook: a source that has some was written by mining, any other by a person.
    """
    known = evidence or {}
    by_tool: dict[str, WorkflowStep] = {}
    for mined in workflow.steps:
        by_tool.setdefault(mined.tool or mined.activity, mined)
    pairs = [(step, by_tool[step.tool]) for step in runbook.steps if step.tool in by_tool]
    numbers = {mined.number: step.number for step, mined in pairs}
    found: list[Learned] = []
    for step, mined in pairs:
        found += [x for a in mined.arguments if (x := _source(step, a, numbers, known)) is not None]
        found += [x for g in mined.guards if (x := _guard(step, g, numbers)) is not None]
    return tuple(found)


def _source(
    step: Step, argument: Argument, numbers: Mapping[int, int], evidence: Mapping[str, Evidence]
) -> Learned | None:
    n, m = argument.evidence.support
    if argument.source.kind == "unknown" or n < LEAST_CASES or n < LEAST_SHARE * m:
        return None
    known = next((b.source for b in step.bindings if b.name == argument.name), None)
    source = _renumbered(argument.source, step.number, numbers)
    if source is None or source == known:
        return None
    replaces = known is not None and known.kind != "unknown"
    if source.kind == "input" and not replaces:
        return None  # that the request says it is what one asks for anyhow
    if replaces:
        before = evidence.get(f"step-{step.number}/with/{argument.name}")
        if before is None or not (n / m >= _share(before) + CLEARLY or m >= MUCH_MORE * before.support[1]):
            return None
    text = f"{render_code(argument.name)} {render_source(source)}"
    change = Change("binding", step.number, subject=argument.name, text=text, detail="replaces" if replaces else "")
    return Learned(
        change, f"`{argument.name}` of step {step.number} came from there in {n} of {m} cases", argument.evidence
    )


def _share(evidence: Evidence) -> float:
    n, m = evidence.support
    return n / m if m else 0.0


def _renumbered(source: ValueSource, own: int, numbers: Mapping[int, int]) -> ValueSource | None:
    if source.kind != "step":
        return source
    number = numbers.get(source.step)
    if number is None or number >= own:
        return None
    return ValueSource("step", step=number, path=source.path)


def _guard(step: Step, guard: Guard, numbers: Mapping[int, int]) -> Learned | None:
    if guard.precision < LEAST_PRECISION or guard.negatives < LEAST_NEGATIVES:
        return None
    told = renumber(parse_condition(guard.condition), numbers)
    if told is None or not told.text or told.parsed is None:
        return None
    known = step.proceed_if if guard.kind == "proceed" else step.stop_if
    if any(c.text == told.text for c in known):
        return None
    change = Change("guard", step.number, subject=guard.kind, text=told.text)
    why = f"step {step.number} was done against it, or refused, {guard.negatives} times, and {guard.support[0]} of {guard.support[1]} good acts keep to it"
    return Learned(change, why, guard.evidence)
