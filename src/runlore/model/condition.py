"""The values of the condition language: what a guard or a proof says about results, parsed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Operator = Literal["=", "!=", "<", "<=", ">", ">="]
Function = Literal["count", "age", "sum"]


@dataclass(frozen=True, slots=True)
class ResultPath:
    """An RFC 9535 path into a result: of the step that holds the condition where ``step`` is 0, else of that step."""

    path: str
    step: int = 0


@dataclass(frozen=True, slots=True)
class InputValue:
    """The value of an input of the runbook."""

    name: str


@dataclass(frozen=True, slots=True)
class ArgumentValue:
    """What the step that holds the condition is about to give its tool under this name: each of them, where the name holds ``[*]``."""

    name: str


@dataclass(frozen=True, slots=True)
class Constant:
    """A JSON value."""

    value: Any


_SECONDS = {"second": 1.0, "minute": 60.0, "hour": 3600.0, "day": 86400.0, "week": 604800.0}


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time: ``amount`` of ``unit``, the unit in the singular (``minute``, ``hour``, ``day``, ``week``)."""

    amount: int
    unit: str

    @property
    def seconds(self) -> float:
        """The length in seconds."""
        return self.amount * _SECONDS[self.unit]


Operand = Constant | ResultPath | InputValue | ArgumentValue | Duration


@dataclass(frozen=True, slots=True)
class Measure:
    """``count``, ``age`` or ``sum`` over what a path selects."""

    function: Function
    path: ResultPath


@dataclass(frozen=True, slots=True)
class Presence:
    """A path selects something, or nothing; an argument is given, or not."""

    path: ResultPath | ArgumentValue
    present: bool = True


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a path selects, an argument, or a measure of a path, against a value; ``age`` is compared with a Duration, ``count`` with a whole number."""

    left: ResultPath | ArgumentValue | Measure
    operator: Operator
    right: Operand


@dataclass(frozen=True, slots=True)
class Membership:
    """What a path selects, or an argument, is one of the values; a path among the values stands for everything that it selects."""

    path: ResultPath | ArgumentValue
    values: tuple[Operand, ...]


@dataclass(frozen=True, slots=True)
class Negation:
    """The expression must not hold."""

    item: Expression


@dataclass(frozen=True, slots=True)
class Conjunction:
    """At least two expressions that must all hold."""

    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Disjunction:
    """At least two expressions of which one must hold."""

    items: tuple[Expression, ...]


Expression = Presence | Comparison | Membership | Negation | Conjunction | Disjunction


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition as it stands in the text. ``parsed`` is None where it is in plain words: a judgement."""

    text: str
    parsed: Expression | None = None
