"""Which conditions could be guards of an effect: all that the good acts keep to and that could have come out otherwise.

Families, each a short sentence over what is known before the act: fields of the record against constants (equal, one of a few,
at least, at most, no older than), presence and counts, two results against each other, arguments against results, constants and one another.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import TypeGuard

from runlore.mining.guards.acts import Act
from runlore.mining.guards.decide import instant
from runlore.mining.guards.past import Rule, Scalar
from runlore.mining.guards.records import is_telling
from runlore.mining.guards.shown import Leaf
from runlore.model.condition import (
    ArgumentValue,
    Comparison,
    Constant,
    Duration,
    Expression,
    Measure,
    Membership,
    Negation,
    Presence,
    ResultPath,
)

MOST_CHOICES = 4
"""Values that a field may have among the good acts to be one of a few."""
KNOWN = 0.5
"""Share of the good acts before which an activity ran, for its results to be read by a guard."""
MOST_ACTIVITIES = 10
UNITED = 0.6
"""Share of an argument's values that a path must hold to be joined with another one that holds the rest."""
_AT = re.compile(r"\[-?\d+\]")
LEAST_TIMES = 3
"""Pieces of work that must have a value for it to be one of a few: what was seen once or twice says that there are more."""
KEEPS = 50
"""At most one act in so many may be an exception."""
LONGEST_CHOICE = 40


def usable(good: Sequence[Act], activities: Sequence[str], effects: Collection[str]) -> tuple[int, ...]:
    """Give the numbers of the activities whose results a guard may read: those known before at least half of the good acts, and effects."""
    counts = Counter(name for act in good for name in act.known)
    usual = sorted((n for n, c in counts.items() if c >= KNOWN * len(good)), key=lambda n: (-counts[n], n))
    wanted = {*usual[:MOST_ACTIVITIES], *effects}
    return tuple(number for number, activity in enumerate(activities, 1) if activity in wanted)


def propose(
    good: Sequence[Act], others: Sequence[Act], activities: Sequence[str], numbers: Collection[int]
) -> list[Expression]:
    """List the candidates, each once, from what the good acts saw and, for limits, from what the others saw beyond it.

    ``others`` are all other acts, those that the tool accepted in cases that ended badly among them; ``numbers`` are those of the activities
    that may be read.
    """
    found: dict[Expression, None] = {}
    for number in numbers:
        activity = activities[number - 1]
        beyond = _by_path(others, activity)
        mine = _by_path(good, activity)
        for path, ours in sorted(mine.items()):
            found.update(dict.fromkeys(_field(ResultPath(path, number), ours, beyond.get(path, []), good, activity)))
        found.update(dict.fromkeys(_absent(mine, beyond, sum(activity in a.known for a in good), number)))
        found.update(dict.fromkeys(_ages(good, others, activity, number)))
        found[Presence(ResultPath("$", number))] = None
    found.update(dict.fromkeys(_pairs(good, activities, numbers)))
    found.update(dict.fromkeys(_arguments(good, others, activities, numbers)))
    return list(found)


def _by_path(acts: Sequence[Act], activity: str) -> dict[str, list[tuple[str, Leaf]]]:
    """The leaves of an activity's newest records by path, one an act, each with the act's piece of work."""
    found: dict[str, list[tuple[str, Leaf]]] = defaultdict(list)
    for act in acts:
        for path in dict.fromkeys(p for record in act.known.get(activity, ()) for p in record):
            found[path].append((act.witness, next(r[path] for r in act.known[activity] if path in r)))
    return found


def _field(
    path: ResultPath,
    mine: Sequence[tuple[str, Leaf]],
    others: Sequence[tuple[str, Leaf]],
    good: Sequence[Act],
    activity: str,
) -> Iterator[Expression]:
    """The candidates over one field."""
    ours, theirs = [leaf for _, leaf in mine], [leaf for _, leaf in others]
    ran = sum(activity in act.known for act in good)
    if len(ours) < KNOWN * len(good):
        return
    if len(ours) * KEEPS >= ran * (KEEPS - 1):
        yield Presence(path)
    yield from _choices(path, mine)
    yield from _limits(path, ours, theirs)
    if "[*]" in path.path:
        yield from _counts(path, ours)


def _choices(path: ResultPath, ours: Sequence[tuple[str, Leaf]]) -> Iterator[Expression]:
    if all(leaf.whole for _, leaf in ours):
        usual = _usual(((witness, v) for witness, leaf in ours for v in leaf.values), len(ours))
        if len(usual) == 1:
            yield Comparison(path, "=", Constant(usual[0]))
        elif usual:
            yield Membership(path, tuple(map(Constant, usual)))


def _usual(seen: Iterable[tuple[str, Scalar]], acts: int) -> list[Scalar]:
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


def _ages(good: Sequence[Act], others: Sequence[Act], activity: str, number: int) -> Iterator[Expression]:
    """How old a time in a result may be: whole days, or hours below two days, from the good acts; where others are older."""
    beyond = _ages_by_path(others, activity)
    for path, ours in sorted(_ages_by_path(good, activity).items()):
        if len(ours) < KNOWN * len(good) or min(ours) < 0 or max(beyond.get(path, (0,))) <= max(ours):
            continue
        unit, size = ("hour", 3600) if max(ours) < 2 * 86_400 else ("day", 86_400)
        amount = int(max(ours) // size) + 1
        yield Comparison(Measure("age", ResultPath(path, number)), "<=", Duration(amount, unit))


def _ages_by_path(acts: Sequence[Act], activity: str) -> dict[str, list[float]]:
    found: dict[str, list[float]] = defaultdict(list)
    for act in acts:
        for path in dict.fromkeys(p for record in act.known.get(activity, ()) for p in record):
            leaf = next(r[path] for r in act.known[activity] if path in r)
            times = [instant(v) for v in leaf.values]
            if act.time and times and None not in times:
                found[path].append(max(act.time - t for t in times if t is not None))
    return found


def _counts(path: ResultPath, ours: Sequence[Leaf]) -> Iterator[Expression]:
    counts = [leaf.count for leaf in ours]
    yield Comparison(Measure("count", path), "<=", Constant(max(counts)))
    if min(counts) > 1:
        yield Comparison(Measure("count", path), ">=", Constant(min(counts)))


def _absent(mine: Mapping[str, Sequence[object]], beyond: Iterable[str], ran: int, number: int) -> Iterator[Expression]:
    """Fields that no good act saw and others did."""
    for path in sorted(beyond):
        if len(mine.get(path, ())) * KEEPS <= ran and ran:
            yield Presence(ResultPath(path, number), present=False)


def _pairs(good: Sequence[Act], activities: Sequence[str], numbers: Collection[int]) -> Iterator[Expression]:
    """Two plain fields of results that are the same in every good act, though not the same value each time; and numbers of which one covers the other."""
    same: set[tuple[ResultPath, ResultPath]] | None = None
    values: Counter[Scalar] = Counter()
    for act in good:
        rows = _plain(act, activities, numbers)
        by_value: dict[Scalar, list[ResultPath]] = defaultdict(list)
        for place, value in rows:
            if isinstance(value, str) and is_telling(value):
                by_value[value].append(place)
        pairs = {
            pair for places in by_value.values() for pair in combinations(places, 2) if pair[0].step != pair[1].step
        }
        values.update(by_value.keys())
        same = pairs if same is None else same & pairs
        if not same:
            return
    for left, right in sorted(same or (), key=repr):
        if len(values) > len(good) // 10 + 1:
            yield Comparison(left, "=", right)


def _plain(act: Act, activities: Sequence[str], numbers: Collection[int]) -> list[tuple[ResultPath, Scalar]]:
    rows = []
    for number in numbers:
        for path, leaf in (act.known.get(activities[number - 1]) or ({},))[0].items():
            if "[*]" not in path and leaf.count == 1 and leaf.values:
                rows.append((ResultPath(path, number), leaf.values[0]))
    return rows


def _arguments(
    good: Sequence[Act], others: Sequence[Act], activities: Sequence[str], numbers: Collection[int]
) -> Iterator[Expression]:
    read = {activities[n - 1]: n for n in numbers}
    accepted = [*good, *(act for act in others if act.verdict in ("failed", "taken back"))]
    tried = [act for act in others if act.arguments and act.verdict not in ("failed", "taken back")]
    names = sorted({name for act in good for name in act.arguments})
    for name in names:
        givers = [act for act in good if act.arguments.get(name)]
        if len(givers) < KNOWN * len(good):
            continue
        yield from _held(name, [act for act in accepted if act.arguments.get(name)], tried, read)
        yield from _bounds(name, givers, tried)
        for other in names:
            if other != name:
                yield from _unlike(name, other, givers)


def _held(name: str, givers: Sequence[Act], tried: Sequence[Act], numbers: Mapping[str, int]) -> Iterator[Expression]:
    """Where an argument's values must stand, alone or in one of two places, and where they must not."""
    argument = ArgumentValue(name)
    held = [frozenset(r for r in frozenset.intersection(*a.places[name]) if _is_rule(r, numbers)) for a in givers]
    hits = Counter(rule for rules in held for rule in rules)
    ranked = sorted(hits, key=lambda r: (-hits[r], len(r[1]), r))
    places = {rule: ResultPath(rule[1], numbers[rule[0]]) for rule in ranked}
    yield from (Membership(argument, (places[r],)) for r in ranked if hits[r] * KEEPS >= len(givers) * (KEEPS - 1))
    for one in [r for r in ranked if len(givers) > hits[r] >= UNITED * len(givers)]:
        rest = Counter(rule for rules in held if one not in rules for rule in rules)
        missing = len(givers) - hits[one]
        other = [r for r in ranked if rest[r] * 5 >= 4 * missing]
        yield from (Membership(argument, (places[one], places[r])) for r in other)
    against = {r for act in tried for rules in act.places.get(name, ()) for r in rules if _is_rule(r, numbers)}
    for activity, path in sorted(against):
        if hits[activity, path] * KEEPS <= len(givers) and "?" not in path:
            yield Negation(Membership(argument, (ResultPath(path, numbers[activity]),)))


def _is_rule(rule: Rule, numbers: Collection[str]) -> bool:
    """Say whether a place can be named in a guard: any item, or those that a flag or a kind tells apart; not the first or the last of a list."""
    return rule[0] in numbers and not _AT.search(rule[1])


def _bounds(name: str, givers: Sequence[Act], tried: Sequence[Act]) -> Iterator[Expression]:
    """One of a few values, and limits of numbers, for an argument."""
    argument = ArgumentValue(name)
    usual = _usual(((act.witness, v) for act in givers for v in act.arguments[name]), len(givers))
    if usual:
        yield Membership(argument, tuple(map(Constant, usual)))
    ours = [v for act in givers for v in act.arguments[name] if is_number(v)]
    theirs = [v for act in tried for v in act.arguments.get(name, ()) if is_number(v)]
    if len(ours) >= len(givers) and theirs:
        if min(theirs) < min(ours):
            yield Comparison(argument, ">=", Constant(min(ours)))
        if max(theirs) > max(ours):
            yield Comparison(argument, "<=", Constant(max(ours)))


def _unlike(name: str, other: str, givers: Sequence[Act]) -> Iterator[Expression]:
    """Two arguments that hold values of the same look and never the same one."""
    both = [(set(a.arguments[name]), set(a.arguments[other])) for a in givers if a.arguments.get(other)]
    if name < other and len(both) * 2 >= len(givers) and _look(both, 0) & _look(both, 1):
        yield Comparison(ArgumentValue(name), "!=", ArgumentValue(other))


def _look(pairs: Sequence[tuple[set[Scalar], set[Scalar]]], side: int) -> set[tuple[type, int]]:
    return {(type(v), len(str(v))) for pair in pairs for v in pair[side] if not isinstance(v, bool)}
