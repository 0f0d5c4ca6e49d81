"""By which words a tool's message or an effect's name would speak of a condition."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from runlore.mining.words import content_words
from runlore.model.condition import (
    ArgumentValue,
    Comparison,
    Conjunction,
    Constant,
    Disjunction,
    Expression,
    Measure,
    Membership,
    Negation,
    Presence,
    ResultPath,
)


def words_in(name: str) -> frozenset[str]:
    """Give the content words of a tool's name."""
    return frozenset(content_words(name.replace("_", " ").replace(".", " ").replace("-", " ").replace("/", " ")))


def words_of(expression: Expression, activities: Sequence[str]) -> frozenset[str]:
    """Give the content words by which a message would speak of a condition: its constants, else the fields and arguments that it reads."""
    said = {w for text in _constants(expression) for w in content_words(text)}
    if said:
        return frozenset(said)
    return frozenset(w for text in _names(expression, activities) for w in words_in(text))


def _constants(expression: Expression) -> Iterable[str]:
    match expression:
        case Comparison(_, _, Constant(str(value))):
            return (value,)
        case Membership(_, values):
            return tuple(v.value for v in values if isinstance(v, Constant) and isinstance(v.value, str))
        case Negation(item):
            return _constants(item)
        case Conjunction(items) | Disjunction(items):
            return tuple(text for item in items for text in _constants(item))
        case _:
            return ()


def _names(expression: Expression, activities: Sequence[str]) -> Iterable[str]:
    match expression:
        case Presence(side):
            sides: tuple[object, ...] = (side,)
        case Comparison(left, _, right):
            sides = (left.path if isinstance(left, Measure) else left, right)
        case Membership(side, values):
            sides = (side, *values)
        case Negation(item):
            return _names(item, activities)
        case Conjunction(items) | Disjunction(items):
            return tuple(text for item in items for text in _names(item, activities))
    return tuple(_name(side, activities) for side in sides)


def _name(side: object, activities: Sequence[str]) -> str:
    match side:
        case ResultPath(path, step):
            last = re.split(r"\.(?![^\[]*\])", path.replace("[*]", ""))[-1]
            told = re.findall(r"@\.?([^\]]*)", path)
            return f"{activities[step - 1] if path == '$' else ''} {last.lstrip('$')} {' '.join(told)}"
        case ArgumentValue(name):
            return name.replace("[*]", "")
        case _:
            return ""
