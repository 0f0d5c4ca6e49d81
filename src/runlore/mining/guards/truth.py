"""What deciding a condition rests on, whatever it reads: Kleene's three truth values, and when two values are equal. None is "not known"."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from runlore.model.condition import Comparison, Conjunction, Disjunction, Expression, Membership, Negation, Presence

Atom = Presence | Comparison | Membership


def decide_by(expression: Expression, decide_atom: Callable[[Atom], bool | None]) -> bool | None:
    """Decide an expression from what ``decide_atom`` says of each of its comparisons."""
    match expression:
        case Negation(item):
            return negate(decide_by(item, decide_atom))
        case Conjunction(items):
            return every(decide_by(item, decide_atom) for item in items)
        case Disjunction(items):
            return some(decide_by(item, decide_atom) for item in items)
        case _:
            return decide_atom(expression)


def negate(answer: bool | None) -> bool | None:
    """Three-valued not."""
    return None if answer is None else not answer


def every(answers: Iterable[bool | None]) -> bool | None:
    """Three-valued and: false beats not known."""
    seen = list(answers)
    return False if False in seen else None if None in seen else True


def some(answers: Iterable[bool | None]) -> bool | None:
    """Three-valued or: true beats not known."""
    seen = list(answers)
    return True if True in seen else None if None in seen else False


def is_equal(one: Any, other: Any) -> bool:
    """Compare two values as what they are: 1 equals 1.0, and neither is a flag or a text."""
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)
