"""Candidates over what the effect is about to be given: where its values must stand and where not, one of a few, limits, never the same as another."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence

from runlore.mining.guards.acts import Act
from runlore.mining.guards.past import Rule, Scalar
from runlore.mining.guards.propose import KEEPS, KNOWN, is_number, usual_values
from runlore.model.condition import ArgumentValue, Comparison, Constant, Expression, Membership, Negation, ResultPath

UNITED = 0.6
"""Share of an argument's values that a path must hold to be joined with another one that holds the rest."""
_AT = re.compile(r"\[-?\d+\]")


def give(
    good: Sequence[Act], others: Sequence[Act], activities: Sequence[str], numbers: Collection[int]
) -> Iterator[Expression]:
    """Give the candidates over arguments. What the tool accepted in cases that ended badly says as much of where values must stand as a good act."""
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
    usual = usual_values(((act.witness, v) for act in givers for v in act.arguments[name]), len(givers))
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
