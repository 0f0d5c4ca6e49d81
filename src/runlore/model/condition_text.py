"""Conditions as text and what they read: value → text. Text → value stands in `runlore/runbooks/conditions.py`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeVar

from runlore.model.condition import (
    ArgumentValue,
    Comparison,
    Condition,
    Conjunction,
    Constant,
    Disjunction,
    Duration,
    Expression,
    InputValue,
    Measure,
    Membership,
    Negation,
    Operand,
    Presence,
    ResultPath,
)

_Side = TypeVar("_Side", bound=Operand | Measure)

_ACTIVE = re.compile(r"[<>*`\[\]&|~\\]|(?<!\w)_|_(?!\w)|::")


def render_code(text: str) -> str:
    """Give a Markdown code span that holds the text exactly; line ends become spaces. The text must not be empty."""
    text = " ".join(text.split("\n"))
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if text.startswith(("`", " ")) or text.endswith(("`", " ")) else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def render_constant(value: Any) -> str:
    """Give a JSON value as it stands in a runbook: bare, or in a code span where Markdown would read it as more than text."""
    text = json.dumps(value, ensure_ascii=False)
    return render_code(text) if _ACTIVE.search(text) else text


def render_condition(expression: Expression) -> str:
    """Give the canonical text of an expression."""
    match expression:
        case Presence(path, present):
            return f"{_path(path)} is {'present' if present else 'absent'}"
        case Comparison(left, operator, right):
            return f"{_left(left)} {operator} {_operand(right)}"
        case Membership(path, values):
            return f"{_path(path)} in [{', '.join(map(_operand, values))}]"
        case Negation(item):
            return f"not {_inner(item, (Conjunction, Disjunction))}"
        case Conjunction(items):
            return " and ".join(_inner(item, (Conjunction, Disjunction)) for item in items)
        case Disjunction(items):
            return " or ".join(_inner(item, (Disjunction,)) for item in items)


def list_paths(expression: Expression) -> tuple[ResultPath, ...]:
    """List every path that an expression reads, in the order of the text."""
    match expression:
        case Presence(path):
            return (path,) if isinstance(path, ResultPath) else ()
        case Comparison(left, _, right):
            first = left.path if isinstance(left, Measure) else left
            return tuple(side for side in (first, right) if isinstance(side, ResultPath))
        case Membership(path, values):
            return tuple(v for v in (path, *values) if isinstance(v, ResultPath))
        case Negation(item):
            return list_paths(item)
        case Conjunction(items) | Disjunction(items):
            return tuple(path for item in items for path in list_paths(item))


def list_inputs(expression: Expression) -> tuple[str, ...]:
    """List the names of the inputs that an expression reads."""
    match expression:
        case Presence():
            return ()
        case Comparison(_, _, right):
            return (right.name,) if isinstance(right, InputValue) else ()
        case Membership(_, values):
            return tuple(v.name for v in values if isinstance(v, InputValue))
        case Negation(item):
            return list_inputs(item)
        case Conjunction(items) | Disjunction(items):
            return tuple(name for item in items for name in list_inputs(item))


def list_arguments(expression: Expression) -> tuple[str, ...]:
    """List the names of the step's own arguments that an expression reads."""
    match expression:
        case Presence(path):
            sides: tuple[object, ...] = (path,)
        case Comparison(left, _, right):
            sides = (left, right)
        case Membership(path, values):
            sides = (path, *values)
        case Negation(item):
            return list_arguments(item)
        case Conjunction(items) | Disjunction(items):
            return tuple(name for item in items for name in list_arguments(item))
    return tuple(side.name for side in sides if isinstance(side, ArgumentValue))


def renumber(condition: Condition, numbers: Mapping[int, int]) -> Condition | None:
    """Give the condition with its steps numbered anew; None where it reads a step that has no new number. A judgement stays as it is."""
    if condition.parsed is None:
        return condition
    if any(path.step and path.step not in numbers for path in list_paths(condition.parsed)):
        return None
    moved = renumbered(condition.parsed, numbers)
    return Condition(render_condition(moved), moved)


def renumbered(item: Expression, numbers: Mapping[int, int]) -> Expression:
    """Give an expression with its steps numbered anew; every step that it reads must have a new number."""
    match item:
        case Presence(path, present):
            return Presence(_place(path, numbers), present)
        case Comparison(Measure(function, path), operator, right):
            return Comparison(Measure(function, _place(path, numbers)), operator, _place(right, numbers))
        case Comparison(left, operator, right):
            return Comparison(_place(left, numbers), operator, _place(right, numbers))
        case Membership(path, values):
            return Membership(_place(path, numbers), tuple(_place(v, numbers) for v in values))
        case Negation(inner):
            return Negation(renumbered(inner, numbers))
        case Conjunction(items):
            return Conjunction(tuple(renumbered(i, numbers) for i in items))
        case Disjunction(items):
            return Disjunction(tuple(renumbered(i, numbers) for i in items))


def _place(side: _Side, numbers: Mapping[int, int]) -> _Side:
    """The same side of a test, read from the step's new number."""
    if isinstance(side, ResultPath) and side.step:
        return replace(side, step=numbers[side.step])
    return side


def _inner(item: Expression, needs_parentheses: tuple[type, ...]) -> str:
    text = render_condition(item)
    return f"({text})" if isinstance(item, needs_parentheses) else text


def _path(path: ResultPath | ArgumentValue) -> str:
    if isinstance(path, ArgumentValue):
        return f"argument {render_code(path.name)}"
    return render_code(f"step {path.step} {path.path}" if path.step else path.path)


def _left(left: ResultPath | ArgumentValue | Measure) -> str:
    return f"{left.function}({_path(left.path)})" if isinstance(left, Measure) else _path(left)


def _operand(operand: Operand) -> str:
    match operand:
        case Constant(value):
            return render_constant(value)
        case InputValue(name):
            return f"input {render_code(name)}"
        case Duration(amount, unit):
            return f"{amount} {unit}{'' if amount == 1 else 's'}"
        case ResultPath() | ArgumentValue():
            return _path(operand)
