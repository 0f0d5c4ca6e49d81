"""Guards of effects → guards of a workflow's steps: what they read becomes a step's number."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from runlore.mining.guards.collect import Found
from runlore.model import Evidence, Guard, WorkflowStep
from runlore.model.condition_text import render_condition, renumbered

GuardsByEffect = Mapping[str, Sequence[Found]]


def read_by(effects: Collection[str], guards: GuardsByEffect) -> Iterator[tuple[str, str]]:
    """Give every pair (activity, effect) of which the effect's guards read the activity's results."""
    for effect in sorted(effects):
        for guard in guards.get(effect, ()):
            for activity in guard.reads:
                if activity != effect:
                    yield activity, effect


def attach(steps: Sequence[WorkflowStep], guards: GuardsByEffect) -> tuple[WorkflowStep, ...]:
    """Give the steps with their guards; a guard over something that is no step, or only comes later, is left out."""
    numbers = {s.activity: s.number for s in steps}
    return tuple(
        replace(step, guards=_guards(guards[step.activity], step, numbers)) if step.activity in guards else step
        for step in steps
    )


def _guards(found: Sequence[Found], step: WorkflowStep, numbers: Mapping[str, int]) -> tuple[Guard, ...]:
    return tuple(
        _guard(f, numbers) for f in found if all(numbers.get(name, step.number + 1) <= step.number for name in f.reads)
    )


def _guard(found: Found, numbers: Mapping[str, int]) -> Guard:
    steps = {place: numbers[name] for place, name in enumerate(found.reads, 1)}
    return Guard(
        found.kind,
        render_condition(renumbered(found.expression, steps)),
        found.support,
        found.precision,
        found.negatives,
        found.counter,
        Evidence((found.negatives, found.negatives), found.sources),
        found.basis,
        found.message,
        round(found.chance, 6),
    )
