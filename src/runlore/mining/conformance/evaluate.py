"""Decide a condition over what is known: true, false, or undecided (Kleene's three values). How stands in docs/reference/runbook-format.md."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import jsonpath

from runlore.mining.guards.records import telling, top_fields
from runlore.mining.guards.truth import Atom, decide_by, every, is_equal, some
from runlore.mining.leaves import argument_leaves, scalar_text
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

_ENVIRONMENT = jsonpath.JSONPathEnvironment(strict=True)
_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One result that a step gave, with the values that its call was given (as text), by which a later call tells that it is about the same thing.

    ``order`` counts the results of the case.
    """

    result: Any
    given: frozenset[str] = frozenset()
    order: int = 0


@dataclass(frozen=True, slots=True)
class Known:
    """What is known when a condition is decided: the results of each step so far, the arguments that the step is about to give, the inputs.

    ``own`` is the number of the step that holds the condition, ``result`` its own result where it has run (for proofs).
    ``now`` is in seconds since the epoch; 0 where no clock is known, and every age is undecided then. ``every`` are all results of the case so
    far, of whatever step, in their order: a later one may say how a record stands now.
    """

    results: Mapping[int, Sequence[Shown]] = field(default_factory=dict)
    arguments: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    inputs: Mapping[str, Any] = field(default_factory=dict)
    own: int = 0
    result: Any = None
    now: float = 0.0
    every: Sequence[Shown] = ()


def arguments_of(arguments: Any) -> dict[str, tuple[Any, ...]]:
    """Give a call's arguments by their dotted names, the items of a list under one name with ``[*]``."""
    found: dict[str, list[Any]] = {}
    for name, value in argument_leaves(arguments if isinstance(arguments, dict) else {}):
        found.setdefault(name, []).append(value)
    return {name: tuple(values) for name, values in found.items()}


def values_given(arguments: Mapping[str, tuple[Any, ...]]) -> frozenset[str]:
    """Give the distinct values among arguments that tell one thing from another, as text."""
    every = (v for values in arguments.values() for v in values if v not in (None, "") and not isinstance(v, bool))
    return telling(map(scalar_text, every))


def decide(expression: Expression, known: Known) -> bool | None:
    """Say whether a condition holds; None where what is known does not tell."""
    return decide_by(expression, lambda atom: _decide_atom(atom, known))


def _decide_atom(atom: Atom, known: Known) -> bool | None:
    match atom:
        case Presence(side, present):
            return bool(_values(side, known)) == present
        case Comparison(left, sign, right):
            return _compare(left, sign, right, known)
        case Membership(side, values):
            return _is_among(side, values, known)


@lru_cache(maxsize=4096)
def _compiled(path: str) -> Any:
    return _ENVIRONMENT.compile(path)


def _selected(path: str, result: Any) -> list[Any]:
    """What a path selects in a result; a result that is plain text holds itself alone, at ``$``."""
    if not isinstance(result, dict | list):
        return [result] if path == "$" and result is not None else []
    return list(_compiled(path).findall(result))


def _results(path: ResultPath, known: Known) -> Sequence[Shown]:
    if path.step == 0 and known.result is not None:
        return (Shown(known.result),)
    return known.results.get(path.step or known.own, ())


def _alike(shown: Sequence[Shown], known: Known) -> list[Shown]:
    """Of several results those whose calls share most argument values with the call that is judged."""
    given = values_given(known.arguments)
    most = max((len(s.given & given) for s in shown), default=0)
    return [s for s in shown if len(s.given & given) == most]


def _later(record: Shown, known: Known) -> list[Shown]:
    """Later results about the same thing: in the same field they hold a value that both calls were given (mining/guards/records.py)."""
    shared = record.given & values_given(known.arguments)
    names = {(p, v) for p, v in top_fields(record.result).items() if v in shared}
    if not names:
        return []
    return [s for s in known.every if s.order > record.order and not names.isdisjoint(top_fields(s.result).items())]


def _about(side: ResultPath, known: Known) -> list[Any]:
    """What a path selects in the record that the call is about, as it stands now; the older state where the newer lacks the path."""
    alike = _alike(_results(side, known), known)
    records = [*reversed(_later(alike[-1], known)), alike[-1]] if alike else []
    return next((found for r in records if (found := _selected(side.path, r.result))), [])


def _values(side: ResultPath | ArgumentValue, known: Known) -> list[Any]:
    if isinstance(side, ArgumentValue):
        given = (*known.arguments.get(side.name, ()), *known.arguments.get(f"{side.name}[*]", ()))
        return [v for v in given if v is not None]
    return _about(side, known)


def _compare(left: ResultPath | ArgumentValue | Measure, sign: str, right: Operand, known: Known) -> bool | None:
    if isinstance(left, Measure):
        return _measure(left, sign, right, known)
    values = _values(left, known)
    others = _operand(right, known)
    if not values or not others:
        return None
    if sign == "!=":
        return not any(is_equal(value, other) for value in values for other in others)
    return every(some(_holds(value, sign, other) for other in others) for value in values)


def _measure(left: Measure, sign: str, right: Operand, known: Known) -> bool | None:
    values = _about(left.path, known)
    if left.function == "age":
        moments = [_moment(value) for value in values]
        if not moments or None in moments or not known.now or not isinstance(right, Duration):
            return None
        limit = right.seconds
        return every(_holds(known.now - moment, sign, limit) for moment in moments if moment is not None)
    numbers = [v for v in values if isinstance(v, int | float) and not isinstance(v, bool)]
    measured: float = len(values) if left.function == "count" else sum(numbers)
    others = _operand(right, known)
    return some(_holds(measured, sign, other) for other in others) if others else None


def _moment(value: Any) -> float | None:
    """A point in time in seconds since the epoch, from a number or an ISO text; None where it is none."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value / 1000 if value > 1e11 else float(value)
    return parse_moment(value) if isinstance(value, str) else None


def _operand(operand: Operand, known: Known) -> list[Any]:
    match operand:
        case Constant(value):
            return [value]
        case InputValue(name):
            return [known.inputs[name]] if name in known.inputs else []
        case Duration():
            return [operand.seconds]
        case ResultPath() | ArgumentValue():
            return _values(operand, known)


def _is_among(side: ResultPath | ArgumentValue, operands: Sequence[Operand], known: Known) -> bool | None:
    values = _values(side, known)
    if not values:
        return None
    members: list[Any] = []
    complete = True
    for operand in operands:
        if isinstance(operand, ResultPath):
            alike = _alike(_results(operand, known), known)
            complete = complete and bool(alike or operand.step in (0, known.own))
            every = [*alike, *(later for shown in alike for later in _later(shown, known))]
            members.extend(v for shown in every for v in _selected(operand.path, shown.result))
        else:
            found = _operand(operand, known)
            complete = complete and bool(found)
            members.extend(found)
    if all(any(is_equal(value, member) for member in members) for value in values):
        return True
    return False if complete else None


def _holds(value: Any, sign: str, other: Any) -> bool | None:
    if sign == "=":
        return is_equal(value, other)
    plain = not isinstance(value, bool) and not isinstance(other, bool)
    numbers = plain and isinstance(value, int | float) and isinstance(other, int | float)
    if numbers or (isinstance(value, str) and isinstance(other, str)):
        return _ORDER[sign](value, other)
    return None
