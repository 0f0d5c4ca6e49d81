"""Decide a condition over what an act knew before. In the expressions here a path's ``step`` counts the activities of a list, from 1.

The rules are those of docs/reference/runbook-format.md (*How a condition is decided*), over leaves instead of whole results.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any

from runlore.mining.guards.acts import Act
from runlore.mining.guards.past import Scalar
from runlore.mining.guards.shown import Leaf
from runlore.mining.guards.truth import Atom, decide_by, is_equal
from runlore.model.condition import (
    ArgumentValue,
    Comparison,
    Constant,
    Duration,
    Expression,
    InputValue,
    Measure,
    Membership,
    Operand,
    Presence,
    ResultPath,
)
from runlore.model.moments import parse_moment

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def decide(expression: Expression, act: Act, activities: Sequence[str]) -> bool | None:
    """Decide an expression for one act; None where what it reads is not known."""
    return decide_by(expression, lambda atom: _decide_atom(atom, act, activities))


def _decide_atom(atom: Atom, act: Act, activities: Sequence[str]) -> bool | None:
    match atom:
        case Presence(side, present):
            values = _values(side, act, activities)
            return None if values is None else bool(values) == present
        case Comparison(left, sign, right):
            return _compare(left, sign, right, act, activities)
        case Membership(side, values):
            return _is_in(side, values, act, activities)


def find_leaf(path: ResultPath, act: Act, activities: Sequence[str]) -> Leaf | bool | None:
    """Give what stands at a path: a leaf; None where the step has not run; False where its record has no such path."""
    record = act.known.get(activities[path.step - 1])
    return None if record is None else record.get(path.path, False)


def _values(side: ResultPath | ArgumentValue, act: Act, activities: Sequence[str]) -> tuple[Scalar, ...] | None:
    """The values of a side; None where they are not known or too many to have been kept."""
    if isinstance(side, ArgumentValue):
        return act.arguments.get(side.name, ()) if act.arguments else None
    if side.path == "$" and activities[side.step - 1] in act.ran:
        return (True,)  # a result at all
    leaf = find_leaf(side, act, activities)
    if isinstance(leaf, Leaf):
        return leaf.values if leaf.whole else None
    return None if leaf is None else ()


def _compare(
    left: ResultPath | ArgumentValue | Measure, sign: str, right: Operand, act: Act, activities: Sequence[str]
) -> bool | None:
    if isinstance(left, Measure):
        return _measure(left, sign, right, act, activities)
    ours = _values(left, act, activities)
    theirs = _operand(right, act, activities)
    if not ours or not theirs:
        return None
    if sign == "!=":
        return not any(is_equal(a, b) for a in ours for b in theirs)
    return all(any(_holds(a, sign, b) for b in theirs) for a in ours)


def _measure(measure: Measure, sign: str, right: Operand, act: Act, activities: Sequence[str]) -> bool | None:
    leaf = find_leaf(measure.path, act, activities)
    if leaf is None:
        return None
    if measure.function == "age":
        return _is_aged(leaf, sign, right, act.time)
    ours: float = 0
    if isinstance(leaf, Leaf):
        ours = leaf.count if measure.function == "count" else leaf.total
    theirs = _operand(right, act, activities)
    return any(_holds(ours, sign, b) for b in theirs) if theirs else None


def _is_aged(leaf: Leaf | bool, sign: str, right: Operand, now: float) -> bool | None:
    if not isinstance(leaf, Leaf) or not isinstance(right, Duration) or not now:
        return None
    times = [instant(v) for v in leaf.values]
    if not times or None in times:
        return None
    span = right.seconds
    return all(_COMPARE[sign](now - t, span) for t in times if t is not None)


def instant(value: Scalar) -> float | None:
    """Give the time that a text names, in seconds since the epoch (without a zone: UTC); None where it names none."""
    if not isinstance(value, str) or not 10 <= len(value) <= 35 or value[4:5] != "-":
        return None
    return parse_moment(value)


def _operand(operand: Operand, act: Act, activities: Sequence[str]) -> tuple[Scalar, ...] | None:
    match operand:
        case Constant(value):
            return (value,)
        case ResultPath() | ArgumentValue():
            return _values(operand, act, activities)
        case InputValue() | Duration():
            return None


def _is_in(
    side: ResultPath | ArgumentValue, values: Sequence[Operand], act: Act, activities: Sequence[str]
) -> bool | None:
    if isinstance(side, ArgumentValue) and any(isinstance(v, ResultPath) for v in values):
        return _is_held(side, values, act, activities)
    ours = _values(side, act, activities)
    if not ours:
        return None
    listed = [_operand(v, act, activities) for v in values]
    known = [v for some in listed if some for v in some]
    if all(any(is_equal(a, b) for b in known) for a in ours):
        return True
    return None if None in listed else False


def _is_held(side: ArgumentValue, values: Sequence[Operand], act: Act, activities: Sequence[str]) -> bool | None:
    """Say whether earlier results held each of an argument's values at one of the paths."""
    given, places = act.arguments.get(side.name, ()), act.places.get(side.name, ())
    if not given:
        return None
    rules = {(activities[v.step - 1], v.path) for v in values if isinstance(v, ResultPath)}
    constants = [v.value for v in values if isinstance(v, Constant)]
    if all(bool(held & rules) or any(is_equal(a, c) for c in constants) for a, held in zip(given, places, strict=True)):
        return True
    return False if all(activity in act.ran or activity == act.effect for activity, _ in rules) else None


def _holds(one: Scalar, sign: str, other: Scalar) -> bool:
    if sign == "=":
        return is_equal(one, other)
    if isinstance(one, bool) or isinstance(other, bool) or one is None or other is None:
        return False
    if isinstance(one, str) != isinstance(other, str):
        return False
    return _COMPARE[sign](one, other)
