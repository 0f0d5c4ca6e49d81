"""Which steps of a run may come next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from runlore.model.run import RunStep
from runlore.model.runbook import Runbook, Step

PASSED = frozenset({"done", "adapted"})
SETTLED = frozenset({"done", "adapted", "skipped"})


def open_steps(runbook: Runbook) -> tuple[RunStep, ...]:
    """Give the steps of a run that begins."""
    return tuple(RunStep(step.number) for step in runbook.steps)


def before(runbook: Runbook, step: Step) -> tuple[int, ...]:
    """Give the numbers of the steps that must be settled first: those named after *After*, else the one before it."""
    if step.after is not None:
        return step.after
    numbers = [s.number for s in runbook.steps]
    at = numbers.index(step.number)
    return (numbers[at - 1],) if at else ()


def alternatives(runbook: Runbook) -> Mapping[int, frozenset[int]]:
    """Map each step that has alternatives to all of its group, itself included."""
    groups: dict[int, set[int]] = {}
    for step in runbook.steps:
        if step.either:
            group = {step.number, *step.either}
            for number in tuple(group):
                group |= groups.get(number, set())
            for number in group:
                groups[number] = group
    return {number: frozenset(group) for number, group in groups.items()}


def is_settled(number: int, states: Mapping[int, str], groups: Mapping[int, frozenset[int]]) -> bool:
    """Say whether a step, or one of its alternatives, is settled."""
    return any(states.get(n) in SETTLED for n in groups.get(number, frozenset({number})))


def blocking(runbook: Runbook, steps: Sequence[RunStep], number: int) -> tuple[int, ...]:
    """Name the earlier steps that a step still waits for, in their order; none where it is ready."""
    step = next(s for s in runbook.steps if s.number == number)
    states = {s.number: s.state for s in steps}
    groups = alternatives(runbook)
    return tuple(n for n in sorted(before(runbook, step)) if not is_settled(n, states, groups))


def ready(runbook: Runbook, steps: Sequence[RunStep]) -> tuple[int, ...]:
    """Name the steps that may be worked on now, in their order: not settled, no alternative settled, nothing before them open."""
    states = {s.number: s.state for s in steps}
    groups = alternatives(runbook)
    return tuple(
        s.number
        for s in runbook.steps
        if not is_settled(s.number, states, groups) and not blocking(runbook, steps, s.number)
    )


def unsettled(runbook: Runbook, steps: Sequence[RunStep]) -> tuple[int, ...]:
    """Name the steps that nothing has settled yet: neither they nor an alternative was done, adapted or skipped."""
    states = {s.number: s.state for s in steps}
    groups = alternatives(runbook)
    return tuple(s.number for s in runbook.steps if not is_settled(s.number, states, groups))
