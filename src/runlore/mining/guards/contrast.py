"""What failed cases did more often than those that went well.

Behaviours are few and named beforehand, so that there is something to be found in small numbers: a step left out, done again and again,
refused by its tool, done without the yes that it usually has, two effects one after the other, an effect done beside. Each is tested for
chance (Fisher 1935, over pieces of work) and corrected for all that were tried (Holm 1979). What chance may explain is told as such.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple, Protocol

from runlore.mining.digest import Call, Case
from runlore.mining.guards.approval import find_consent
from runlore.mining.guards.chance import fisher, holm
from runlore.model import Contrast, Evidence, Source, WorkflowStep

SURE = 0.05
"""How likely a difference may be by chance after correction to be told as one; uncorrected, to be told with that doubt."""
LEAST_FAILED = 3
"""Pieces of work that failed and show a behaviour for it to be told at all."""
KINDS = ("left out", "without a yes", "refused", "again", "beside", "after")
"""Behaviours, the plainest first: of two that the same cases show the plainer one is told."""
MOST = 4
MOST_SOURCES = 6


class Behaviour(NamedTuple):
    """A behaviour: its kind and the activities that it is about."""

    kind: str
    activity: str
    other: str = ""


class _Member(Protocol):
    @property
    def transcript(self) -> str: ...

    @property
    def case(self) -> Case: ...

    @property
    def good(self) -> bool: ...


def contrast(members: Sequence[_Member], pieces: Sequence[int], steps: Sequence[WorkflowStep]) -> tuple[Contrast, ...]:
    """Give what failed cases of a workflow did more often, the most certain first; ``pieces`` numbers the piece of work of each case."""
    rows = [(m, p, dict(_behaviours(m.case, steps))) for m, p in zip(members, pieces, strict=True)]
    failed, good = {p for m, p, _ in rows if not m.good}, {p for m, p, _ in rows if m.good}
    shown: dict[Behaviour, tuple[set[int], set[int]]] = defaultdict(lambda: (set(), set()))
    for member, piece, done in rows:
        for behaviour in done:
            shown[behaviour][member.good].add(piece)
    tried = sorted(shown)
    chances = [fisher(len(shown[b][0]), len(failed), len(shown[b][1]), len(good)) for b in tried]
    found = sorted(
        (chance, KINDS.index(b.kind), b, corrected)
        for b, chance, corrected in zip(tried, chances, holm(chances), strict=True)
        if chance <= SURE and len(shown[b][0]) >= LEAST_FAILED
    )
    told: dict[tuple[frozenset[int], frozenset[int]], tuple[Behaviour, float]] = {}
    for _, _, b, corrected in found:
        told.setdefault((frozenset(shown[b][0]), frozenset(shown[b][1])), (b, corrected))
    titles = {s.activity: s.title for s in steps}
    return tuple(
        Contrast(
            b.kind,
            b.activity,
            _said(b, titles),
            (len(shown[b][0]), len(failed)),
            (len(shown[b][1]), len(good)),
            round(corrected, 4),
            Evidence((len(shown[b][0]), len(failed)), _places(b, rows)),
        )
        for b, corrected in list(told.values())[:MOST]
    )


def _places(behaviour: Behaviour, rows: Sequence[tuple[_Member, int, dict[Behaviour, int]]]) -> tuple[Source, ...]:
    """Where failed cases show a behaviour, one place a case."""
    found = []
    for member, _, done in rows:
        if not member.good and behaviour in done:
            call = member.case.calls[done[behaviour]]
            found.append(Source(member.transcript, call.line, call.index))
    return tuple(found[:MOST_SOURCES])


def _behaviours(case: Case, steps: Sequence[WorkflowStep]) -> Iterator[tuple[Behaviour, int]]:
    """The behaviours of a case, each with the number of the call that shows it (of what was left out, the last)."""
    by_activity: dict[str, list[int]] = defaultdict(list)
    for number, call in enumerate(case.calls):
        if call.role != "plan" and call.actor != "person":
            by_activity[call.name].append(number)
    done = {a: [n for n in numbers if case.calls[n].outcome == "ok"] for a, numbers in by_activity.items()}
    for step in steps:
        if not done.get(step.activity) and not step.optional and case.calls:
            yield Behaviour("left out", step.activity), len(case.calls) - 1
        if len(done.get(step.activity, ())) > 1 and not step.repeat:
            yield Behaviour("again", step.activity), done[step.activity][1]
        if step.approval:
            unasked = [n for n in done.get(step.activity, ()) if find_consent(case, n) is None]
            if unasked:
                yield Behaviour("without a yes", step.activity), unasked[0]
    for activity, numbers in sorted(by_activity.items()):
        refused = [n for n in numbers if case.calls[n].outcome == "error" and case.calls[n].role != "edit"]
        if refused and not case.calls[refused[0]].command:
            yield Behaviour("refused", activity), refused[0]
    yield from _effects(case.calls, {s.activity for s in steps})


def _effects(calls: Sequence[Call], own: Collection[str]) -> Iterator[tuple[Behaviour, int]]:
    """Effects that stand beside the workflow's own, and which of two came first; what everybody does is none."""
    tried = [(c.name, n) for n, c in enumerate(calls) if c.role == "effect" and not c.common and c.actor != "person"]
    firsts = dict(reversed([*tried]))
    for name in sorted(firsts):
        if name not in own:
            yield Behaviour("beside", name), firsts[name]
    order = sorted(firsts, key=lambda name: firsts[name])
    for earlier, later in pairwise(order):
        if earlier in own or later in own:
            yield Behaviour("after", later, earlier), firsts[later]


def _said(behaviour: Behaviour, titles: dict[str, str]) -> str:
    """Say a behaviour in words."""
    name = f"“{titles[behaviour.activity]}”" if behaviour.activity in titles else f"`{behaviour.activity}`"
    other = f"“{titles[behaviour.other]}”" if behaviour.other in titles else f"`{behaviour.other}`"
    return {
        "left out": f"{name} was left out",
        "again": f"{name} was done more than once",
        "without a yes": f"{name} was done without a person's yes right before",
        "refused": f"{name} was tried and refused",
        "beside": f"{name} was done or tried beside it",
        "after": f"{name} came after {other}",
    }[behaviour.kind]
