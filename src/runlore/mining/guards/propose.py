"""Which conditions could be guards of an effect: all that the good acts keep to and that could have come out otherwise.

Over one field of a record: it is there or not; it equals a word, or is one of a few; at least, at most; how many, how old. Conditions over two things
stand in `relate`, over arguments in `give`, those of which one of several has to hold in `join`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TypeGuard

from runlore.mining.guards.acts import Act
from runlore.mining.guards.decide import instant
from runlore.mining.guards.past import Scalar
from runlore.mining.guards.shown import Leaf
from runlore.model.condition import (
    Comparison,
    Constant,
    Duration,
    Expression,
    Measure,
    Membership,
    Presence,
    ResultPath,
)

MOST_CHOICES = 4
"""Values that a field may have among the good acts to be one of a few."""
KNOWN = 0.5
"""Share of the good acts before which an activity ran, for its results to be read by a guard."""
MOST_ACTIVITIES = 10
LEAST_TIMES = 3
"""Pieces of work that must have a value for it to be one of a few: what was seen once or twice says that there are more."""
KEEPS = 50
"""At most one act in so many may be an exception."""
LONGEST_CHOICE = 40

Standing = Mapping[str, Sequence[tuple[Act, Leaf]]]
"""The leaves of an activity's records by path, each with its act."""


def usable(good: Sequence[Act], activities: Sequence[str], effects: Collection[str]) -> tuple[int, ...]:
    """Give the numbers of the activities whose results a guard may read: those known before at least half of the good acts, and effects."""
    counts = Counter(name for act in good for name in act.known)
    usual = sorted((n for n, c in counts.items() if c >= KNOWN * len(good)), key=lambda n: (-counts[n], n))
    wanted = {*usual[:MOST_ACTIVITIES], *effects}
    return tuple(number for number, activity in enumerate(activities, 1) if activity in wanted)


def propose(good: Sequence[Act], others: Sequence[Act], activity: str, number: int) -> Iterator[Expression]:
    """Give the candidates over single fields of one activity's records; ``number`` is its step."""
    mine, beyond = standing(good, activity), standing(others, activity)
    ran = sum(activity in act.known for act in good)
    yield Presence(ResultPath("$", number))
    for path, ours in sorted(mine.items()):
        if len(ours) >= KNOWN * len(good):
            yield from _field(ResultPath(path, number), ours, beyond.get(path, ()), ran)
    for path in sorted(beyond):
        if len(mine.get(path, ())) * KEEPS <= ran and ran:
            yield Presence(ResultPath(path, number), present=False)


def standing(acts: Sequence[Act], activity: str) -> Standing:
    """Give the leaves of an activity's records by path, one an act."""
    found: dict[str, list[tuple[Act, Leaf]]] = defaultdict(list)
    for act in acts:
        for path, leaf in act.known.get(activity, {}).items():
            found[path].append((act, leaf))
    return found


def _field(
    path: ResultPath, ours: Sequence[tuple[Act, Leaf]], theirs: Sequence[tuple[Act, Leaf]], ran: int
) -> Iterator[Expression]:
    if len(ours) * KEEPS >= ran * (KEEPS - 1):
        yield Presence(path)
    if all(leaf.whole for _, leaf in ours):
        yield from choices(path, usual_values(((a.witness, v) for a, leaf in ours for v in leaf.values), len(ours)))
    yield from _limits(path, [leaf for _, leaf in ours], [leaf for _, leaf in theirs])
    if "[*]" in path.path:
        counts = [leaf.count for _, leaf in ours]
        yield Comparison(Measure("count", path), "<=", Constant(max(counts)))
        if min(counts) > 1:
            yield Comparison(Measure("count", path), ">=", Constant(min(counts)))
    if ours[0][1].values and instant(ours[0][1].values[0]) is not None:
        yield from _ages(path, ours, theirs)


def choices(side: ResultPath, usual: Sequence[Scalar]) -> Iterator[Expression]:
    """Give the sentence that a field equals a word, or is one of a few."""
    if len(usual) == 1:
        yield Comparison(side, "=", Constant(usual[0]))
    elif usual:
        yield Membership(side, tuple(map(Constant, usual)))


def usual_values(seen: Iterable[tuple[str, Scalar]], acts: int) -> list[Scalar]:
    """The few values that nearly all acts have, each witnessed by several pieces of work; none where there are too many or too rare ones."""
    counts: Counter[tuple[type, Scalar]] = Counter()
    witnesses: dict[tuple[type, Scalar], set[str]] = defaultdict(set)
    for witness, value in seen:
        counts[type(value), value] += 1
        witnesses[type(value), value].add(witness)
    usual = [key for key, n in counts.items() if n * KEEPS >= acts]
    if not 0 < len(usual) <= MOST_CHOICES or min(len(witnesses[key]) for key in usual) < LEAST_TIMES:
        return []
    return sorted((v for _, v in usual), key=repr) if all(is_choice(v) for _, v in usual) else []


def is_choice(value: Scalar) -> bool:
    """Say whether a value can be one of a few that a rule names: a flag, a small number, a short text that is no identifier."""
    if isinstance(value, bool) or value is None:
        return True
    if isinstance(value, str):
        return 0 < len(value) <= LONGEST_CHOICE and sum(c.isdigit() for c in value) < 3 and "@" not in value
    return abs(value) < 100 and value == int(value)


def _limits(path: ResultPath, ours: Sequence[Leaf], theirs: Sequence[Leaf]) -> Iterator[Expression]:
    """At least and at most: the extreme of the good acts, where others lie beyond it; for times how old they may be is not decided here."""
    mine = [v for leaf in ours for v in leaf.values if is_number(v)]
    other = [v for leaf in theirs for v in leaf.values if is_number(v)]
    if len(mine) < len(ours) or not other:
        return
    low, high = min(mine), max(mine)
    if min(other) < low:
        yield Comparison(path, ">=", Constant(low))
    if max(other) > high:
        yield Comparison(path, "<=", Constant(high))


def is_number(value: Scalar) -> TypeGuard[int | float]:
    """Say whether a value is a number, and no flag."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def _ages(
    path: ResultPath, ours: Sequence[tuple[Act, Leaf]], theirs: Sequence[tuple[Act, Leaf]]
) -> Iterator[Expression]:
    """How old a time in a result may be: whole days, or hours below two days, from the good acts; where others are older."""
    mine, beyond = list(_aged(ours)), list(_aged(theirs))
    if len(mine) < len(ours) or not beyond or min(mine) < 0 or max(beyond) <= max(mine):
        return
    unit, size = ("hour", 3600) if max(mine) < 2 * 86_400 else ("day", 86_400)
    yield Comparison(Measure("age", path), "<=", Duration(int(max(mine) // size) + 1, unit))


def _aged(seen: Iterable[tuple[Act, Leaf]]) -> Iterator[float]:
    """The ages of the oldest time of each leaf at its act, in seconds; none where a value is no time or no clock is known."""
    for act, leaf in seen:
        times = [instant(v) for v in leaf.values]
        known = [t for t in times if t is not None]
        if act.time and known and len(known) == len(times):
            yield act.time - min(known)
