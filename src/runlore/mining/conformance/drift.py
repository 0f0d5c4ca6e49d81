"""Runbooks whose recent runs no longer match, and the change that would fix each: steps that fell out of use or came into it, values and failures that are new.

Recent cases are compared with the earlier ones of the same runbook. A difference counts where chance makes it in less than one of twenty libraries of this
size (Fisher's exact test, corrected after Holm for all that was compared), so that few cases say nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from runlore.mining.conformance.plan import Plan, PlanStep
from runlore.mining.digest import Case
from runlore.mining.failures import is_telling, template
from runlore.mining.guards.chance import fisher, holm
from runlore.mining.steps import Member, step_name
from runlore.model import Source
from runlore.model.conformance import Change, Drift

RECENT: Final = 1 / 3
"""Share of the cases of a runbook that are its recent ones."""
LEAST: Final = 4
"""Recent and earlier cases that a runbook needs to be judged."""
ACCIDENT: Final = 0.05
MOST_CHANGES: Final = 5


@dataclass(frozen=True, slots=True)
class _Difference:
    """What holds in ``recent`` of the recent cases and ``before`` of the earlier ones, and how the runbook would say it now."""

    kind: str
    step: int
    recent: int
    before: int
    tell: Callable[[str], str]
    sources: tuple[Source, ...]
    rises: bool


def drift_of(plan: Plan, members: Sequence[Member]) -> Drift:
    """Compare the recent cases of a runbook with its earlier ones, as the runbook has it."""
    ordered = sorted(members, key=lambda m: (m.case.started, m.session, m.transcript))
    number = round(len(ordered) * RECENT)
    earlier, recent = ordered[: len(ordered) - number], ordered[len(ordered) - number :]
    if len(recent) < LEAST or len(earlier) < LEAST:
        return Drift(plan.name, plan.title, 0.0, len(recent), len(earlier), (), enough=False)
    differences = [
        *_steps(plan, recent, earlier),
        *_additions(plan, recent, earlier),
        *_values(plan, recent, earlier),
        *_failures(plan, recent, earlier),
    ]
    chances = holm([_accident(d, len(recent), len(earlier)) for d in differences])
    found = [
        _change(difference, len(recent), len(earlier), chance)
        for difference, chance in zip(differences, chances, strict=True)
        if chance <= ACCIDENT
    ]
    found.sort(key=lambda c: (-_size(c), c.step, c.text))
    score = _size(found[0]) if found else 0.0
    return Drift(
        plan.name, plan.title, round(score, 4), len(recent), len(earlier), tuple(found[:MOST_CHANGES]), enough=True
    )


def rank(drifts: Sequence[Drift]) -> tuple[Drift, ...]:
    """Those that drifted most first; those without enough cases last."""
    return tuple(sorted(drifts, key=lambda d: (not d.enough, -d.score, -len(d.changes), d.runbook)))


def _size(change: Change) -> float:
    return abs(change.recent[0] / change.recent[1] - change.before[0] / change.before[1])


def _accident(difference: _Difference, recent: int, earlier: int) -> float:
    """How likely chance alone makes so great a difference in that direction."""
    if difference.rises:
        return fisher(difference.recent, recent, difference.before, earlier)
    return fisher(recent - difference.recent, recent, earlier - difference.before, earlier)


def _change(difference: _Difference, recent: int, earlier: int, chance: float) -> Change:
    counted = f"in {difference.recent} of {recent} recent cases, {difference.before} of {earlier} before"
    return Change(
        difference.kind, difference.step, difference.tell(counted), (difference.recent, recent),
        (difference.before, earlier), round(min(1.0, chance), 6), difference.sources,
    )  # fmt: skip


def _names(case: Case) -> set[str]:
    return {name for call in case.calls if call.outcome == "ok" and (name := step_name(call)) is not None}


def _first(members: Sequence[Member], name: str) -> tuple[Source, ...]:
    """Where an activity stands in the cases that have it, one place a case."""
    found = []
    for member in members:
        call = next((c for c in member.case.calls if step_name(c) == name), None)
        if call is not None:
            found.append(Source(member.transcript, call.line, call.index))
    return tuple(found[-6:])


def _steps(plan: Plan, recent: Sequence[Member], earlier: Sequence[Member]) -> list[_Difference]:
    """Steps that fell out of use."""
    found = []
    for step in plan.steps:
        if not step.activity:
            continue
        now = sum(step.activity in _names(m.case) for m in recent)
        then = sum(step.activity in _names(m.case) for m in earlier)
        if then * 2 >= len(earlier):
            remedy = "leave it out" if not now else "make it optional"
            tell = _teller(f"Step {step.number} ({step.title}) is done {{}}: {remedy}.")
            found.append(_Difference("step", step.number, now, then, tell, _first(earlier, step.activity), rises=False))
    return found


def _additions(plan: Plan, recent: Sequence[Member], earlier: Sequence[Member]) -> list[_Difference]:
    """What came into use and is no step."""
    known = {s.activity for s in plan.steps}
    counts = Counter(name for m in recent for name in _names(m.case) - known)
    found = []
    for name, now in sorted(counts.items()):
        then = sum(name in _names(m.case) for m in earlier)
        if now * 2 >= len(recent):
            place = _place(name, plan, recent)
            tell = _teller(f"`{name}` is done {{}}, and is no step: add it{place}.")
            found.append(_Difference("addition", 0, now, then, tell, _first(recent, name), rises=True))
    return found


def _place(name: str, plan: Plan, recent: Sequence[Member]) -> str:
    """Before which step of the plan an activity is mostly done."""
    following: Counter[int] = Counter()
    numbers = {s.activity: s.number for s in plan.steps}
    for member in recent:
        names = [step_name(c) for c in member.case.calls if c.outcome == "ok"]
        if name in names:
            rest = [numbers[n] for n in names[names.index(name) + 1 :] if n in numbers]
            following.update(rest[:1])
    return f" before step {following.most_common(1)[0][0]}" if following else " at the end"


def _values(plan: Plan, recent: Sequence[Member], earlier: Sequence[Member]) -> list[_Difference]:
    """Constants that are another value now."""
    found = []
    for step in plan.steps:
        for name, source in step.sources:
            if source.kind != "constant":
                continue
            given = [values for m in recent if (values := _given(m, step, name))]
            other = Counter(v for values in given for v in values if v != str(source.value))
            if not other:
                continue
            value = min(other, key=lambda v: (-other[v], v))
            now = sum(value in values for values in given)
            then = sum(value in _given(m, step, name) for m in earlier)
            tell = _teller(
                f"`{name}` of step {step.number} is “{value[:60]}” {{}}, and not “{str(source.value)[:60]}”: change it."
            )
            found.append(_Difference("value", step.number, now, then, tell, _first(recent, step.activity), rises=True))
    return found


def _given(member: Member, step: PlanStep, name: str) -> set[str]:
    return {
        b.value
        for c in member.case.calls
        if step_name(c) == step.activity and c.outcome == "ok"
        for b in c.bindings
        if b.name == name
    }


def _failures(plan: Plan, recent: Sequence[Member], earlier: Sequence[Member]) -> list[_Difference]:
    """Failures of the runbook's steps that are new."""
    numbers = {s.activity: s.number for s in plan.steps}

    def of(member: Member) -> dict[tuple[str, str], Source]:
        failed: dict[tuple[str, str], Source] = {}
        for call in member.case.calls:
            name = step_name(call)
            text = template(call.error) if call.outcome == "error" and call.error else ""
            if name in numbers and text and is_telling(text):
                failed.setdefault(
                    (name, text), Source(member.transcript, call.result_line or call.line, call.result_index)
                )
        return failed

    now, then = [of(m) for m in recent], [of(m) for m in earlier]
    found = []
    for name, text in sorted({key for one in now for key in one}):
        places = tuple(one[name, text] for one in now if (name, text) in one)
        tell = _teller(f"Step {numbers[name]} (`{name}`) fails with “{text[:80]}” {{}}: say what helps.")
        count = sum((name, text) in one for one in then)
        found.append(_Difference("failure", numbers[name], len(places), count, tell, places[-6:], rises=True))
    return found


def _teller(text: str) -> Callable[[str], str]:
    before, _, after = text.partition("{}")
    return lambda counted: before + counted + after
