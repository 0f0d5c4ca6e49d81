"""Candidates over two things: results that are the same in every good act, and numbers of which one covers the other."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from itertools import combinations

from runlore.mining.guards.acts import Act
from runlore.mining.guards.past import Scalar
from runlore.mining.guards.propose import KEEPS, KNOWN, is_number
from runlore.mining.guards.records import is_telling
from runlore.model.condition import ArgumentValue, Comparison, Expression, Measure, ResultPath

Side = ResultPath | ArgumentValue | Measure


def relate(
    good: Sequence[Act], others: Sequence[Act], activities: Sequence[str], numbers: Collection[int]
) -> Iterator[Expression]:
    """Give the candidates over two results, or a result and an argument."""
    yield from _same(good, activities, numbers)
    yield from _covered(good, others, activities, numbers)


def _same(good: Sequence[Act], activities: Sequence[str], numbers: Collection[int]) -> Iterator[Expression]:
    """Plain fields of two steps that are the same in every good act, though not the same value each time."""
    same: set[tuple[ResultPath, ResultPath]] | None = None
    values: Counter[Scalar] = Counter()
    for act in good:
        by_value: dict[Scalar, list[ResultPath]] = defaultdict(list)
        for place, value in _plain(act, activities, numbers):
            if isinstance(value, str) and is_telling(value):
                by_value[value].append(place)
        pairs = {
            pair for places in by_value.values() for pair in combinations(places, 2) if pair[0].step != pair[1].step
        }
        values.update(by_value.keys())
        same = pairs if same is None else same & pairs
        if not same:
            return
    if len(values) > len(good) // 10 + 1:
        yield from (Comparison(left, "=", right) for left, right in sorted(same or (), key=repr))


def _plain(act: Act, activities: Sequence[str], numbers: Collection[int]) -> Iterator[tuple[ResultPath, Scalar]]:
    for number in numbers:
        for path, leaf in act.known.get(activities[number - 1], {}).items():
            if "[*]" not in path and leaf.count == 1 and leaf.values:
                yield ResultPath(path, number), leaf.values[0]


def _covered(
    good: Sequence[Act], others: Sequence[Act], activities: Sequence[str], numbers: Collection[int]
) -> Iterator[Expression]:
    """Numbers of which one was at least the other in every good act, and not in some other one."""
    ours = [_amounts(a, activities, numbers) for a in good]
    theirs = [row for a in others if a.arguments and len(row := _amounts(a, activities, numbers)) > 1]
    known = Counter(side for row in ours for side in row)
    sides = sorted((s for s, n in known.items() if n >= KNOWN * len(good)), key=repr)
    for left in sides:
        for right in sides:
            if isinstance(right, Measure) or (isinstance(left, ArgumentValue) and isinstance(right, ArgumentValue)):
                continue
            short = sum(left in row and right in row and row[left] < row[right] for row in theirs)
            if left == right or not short:
                continue
            broken = sum(left in row and right in row and row[left] < row[right] for row in ours)
            if broken * KEEPS <= len(ours):
                yield Comparison(left, ">=", right)


def _amounts(act: Act, activities: Sequence[str], numbers: Collection[int]) -> dict[Side, float]:
    """The numbers of an act: plain fields, sums over lists, arguments."""
    found: dict[Side, float] = {}
    for number in numbers:
        for path, leaf in act.known.get(activities[number - 1], {}).items():
            if not leaf.values or not all(is_number(v) for v in leaf.values):
                continue
            if "[*]" in path:
                found[Measure("sum", ResultPath(path, number))] = leaf.total
            else:
                found[ResultPath(path, number)] = leaf.total
    for name, values in act.arguments.items():
        if len(values) == 1 and is_number(values[0]):
            found[ArgumentValue(name)] = values[0]
    return found
