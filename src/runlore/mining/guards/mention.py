"""By which words a tool's message or an effect's name would speak of a condition."""

from __future__ import annotations

import re
from collections.abc import Sequence

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
    said = {w for text in constants_in(expression) for w in content_words(text)}
    return frozenset(said) or frozenset(w for text in fields_in(expression, activities) for w in words_in(text))


def constants_in(expression: Expression) -> tuple[str, ...]:
    """Give the texts that a condition compares with."""
    match expression:
        case Comparison(_, _, Constant(str(value))):
            return (value,)
        case Membership(_, values):
            return tuple(v.value for v in values if isinstance(v, Constant) and isinstance(v.value, str))
        case Negation(item):
            return constants_in(item)
        case Conjunction(items) | Disjunction(items):
            return tuple(text for item in items for text in constants_in(item))
        case _:
            return ()


def fields_in(expression: Expression, activities: Sequence[str] = ()) -> tuple[str, ...]:
    """Give what a condition reads in words: the last field of each path with its filter, the names of arguments, the activity where a result is read whole."""
    match expression:
        case Presence(side):
            sides: tuple[object, ...] = (side,)
        case Comparison(left, _, right):
            sides = (left.path if isinstance(left, Measure) else left, right)
        case Membership(side, values):
            sides = (side, *values)
        case Negation(item):
            return fields_in(item, activities)
        case Conjunction(items) | Disjunction(items):
            return tuple(text for item in items for text in fields_in(item, activities))
    return tuple(_name(side, activities) for side in sides)


def _name(side: object, activities: Sequence[str]) -> str:
    match side:
        case ResultPath("$", step):
            return activities[step - 1] if activities else ""
        case ResultPath(path):
            last = re.split(r"\.(?![^\[]*\])", path.replace("[*]", ""))[-1]
            return f"{last.lstrip('$')} {' '.join(re.findall(r'@[.]?([^]]*)', path))}"
        case ArgumentValue(name):
            return name.replace("[*]", "")
        case _:
            return ""
