"""What a case is checked against: a runbook reduced to what a machine can compare, whether it was mined or published."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from runlore.mining.activities import describe
from runlore.mining.steps import base_name
from runlore.model import Event, ValueSource, Workflow, WorkflowStep
from runlore.model.condition import Condition, Expression
from runlore.model.runbook import Runbook, Step

_CODE: Final = re.compile(r"(?ms)^ {0,3}```(?:bash|sh|shell|zsh|console)\n(.*?)^ {0,3}```")
_MOST_PROSE: Final = 20_000


@dataclass(frozen=True, slots=True)
class PlanGuard:
    """A condition that must hold (``stops`` False) or must not hold (True) when its step is done; ``expression`` is None for plain words."""

    text: str
    expression: Expression | None
    stops: bool = False


@dataclass(frozen=True, slots=True)
class PlanStep:
    """A step: the activity by which it is known in a transcript, what it waits for, where its values come from, its guards.

    ``activity`` is empty where the step is a person's or prose. ``either`` holds the numbers of its alternatives. ``shown`` are the activities of
    the commands that the text of a step without a tool shows, each with whether it changes something: nobody has to have done them.
    """

    number: int
    title: str
    activity: str
    effect: bool = False
    optional: bool = False
    repeat: bool = False
    after: tuple[int, ...] = ()
    either: tuple[int, ...] = ()
    sources: tuple[tuple[str, ValueSource], ...] = ()
    guards: tuple[PlanGuard, ...] = ()
    approval: bool = False
    shown: tuple[tuple[str, bool], ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """A runbook to check against. ``words`` are those of its title, ``weight`` the number of cases that it rests on (1 where a person wrote it),
    ``usual`` how many calls a case of it takes when it goes well (0: not known)."""

    name: str
    title: str
    steps: tuple[PlanStep, ...]
    words: tuple[str, ...] = ()
    weight: int = 1
    usual: float = 0.0

    def step(self, activity: str) -> PlanStep | None:
        """Find the step that an activity does: the one that is that activity, else the first whose text shows it."""
        own = next((s for s in self.steps if s.activity == activity), None)
        return own or next((s for s in self.steps if any(name == activity for name, _ in s.shown)), None)


def plan_of_workflow(workflow: Workflow, parse: Callable[[str], Condition], words: Sequence[str]) -> Plan:
    """Make the plan of a mined workflow; ``parse`` reads the condition language, ``words`` are those of the title."""
    lengths = sorted(c.calls for c in workflow.cases if c.good and c.calls)
    steps = tuple(_mined_step(s, parse) for s in workflow.steps)
    usual = lengths[len(lengths) // 2] if lengths else 0
    return Plan(workflow.name, workflow.title, steps, tuple(words), len(workflow.cases), usual)


def _mined_step(step: WorkflowStep, parse: Callable[[str], Condition]) -> PlanStep:
    return PlanStep(
        step.number,
        step.title,
        step.activity,
        step.effect,
        step.optional,
        step.repeat,
        step.after,
        tuple(n for n in step.either if n != step.number),
        tuple((a.name, a.source) for a in step.arguments if a.evidence.support[0] * 2 >= a.evidence.support[1]),
        tuple(PlanGuard(g.condition, parse(g.condition).parsed, g.kind == "stop") for g in step.guards),
        step.approval is not None,
    )


def plan_of_runbook(runbook: Runbook, words: Sequence[str]) -> Plan:
    """Make the plan of a runbook as it is written."""
    return Plan(runbook.name, runbook.title, tuple(_written_step(s) for s in runbook.steps), tuple(words))


def _written_step(step: Step) -> PlanStep:
    command = next((str(b.source.value) for b in step.bindings if _is_command(b.name, b.source)), "")
    arguments = {"command": command} if command else {}
    done = describe(Event(id="", kind="call", line=0, tool=step.tool, arguments=arguments)) if step.tool else ()
    after = step.after if step.after is not None else ((step.number - 1,) if step.number > 1 else ())
    return PlanStep(
        step.number,
        step.title,
        done[-1].name if done else "",
        bool(done) and done[-1].role == "effect",
        step.optional_when is not None,
        bool(step.for_each),
        after,
        tuple(n for n in step.either if n != step.number),
        tuple((b.name, b.source) for b in step.bindings if not command),
        (
            *(PlanGuard(c.text, c.parsed) for c in step.proceed_if),
            *(PlanGuard(c.text, c.parsed, True) for c in step.stop_if),
        ),
        bool(step.approvals),
        () if done else _shown(step.prose),
    )


def _shown(prose: str) -> tuple[tuple[str, bool], ...]:
    """The activities of the shell code in a step's text, in their order, each once."""
    found: dict[str, bool] = {}
    for code in _CODE.findall(prose[:_MOST_PROSE]):
        for activity in describe(Event(id="", kind="call", line=0, tool="Bash", arguments={"command": code})):
            if activity.command and not activity.common:
                found.setdefault(base_name(activity.name), activity.role == "effect")
    return tuple(found.items())


def _is_command(name: str, source: ValueSource) -> bool:
    return name in ("command", "cmd") and source.kind == "constant"
