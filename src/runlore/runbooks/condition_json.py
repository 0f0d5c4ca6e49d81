"""The JSON form of a condition; its schema is part of ``runlore/schemas/runbook.schema.json``."""

from __future__ import annotations

from typing import Any

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


def condition_to_json(condition: Condition) -> dict[str, Any]:
    """Give the JSON form: a condition with its parsed expression, or a judgement."""
    if condition.parsed is None:
        return {"kind": "judgement", "text": condition.text}
    return {"kind": "condition", "text": condition.text, "parsed": expression_to_json(condition.parsed)}


def expression_to_json(expression: Expression | Operand | Measure) -> dict[str, Any]:
    """Give the JSON form of an expression; every node names its ``op``."""
    match expression:
        case Presence(path, present):
            return {"op": "present" if present else "absent", "path": expression_to_json(path)}
        case Comparison(left, operator, right):
            return {"op": operator, "left": expression_to_json(left), "right": expression_to_json(right)}
        case Membership(path, values):
            return {"op": "in", "path": expression_to_json(path), "values": [expression_to_json(v) for v in values]}
        case Negation(item):
            return {"op": "not", "item": expression_to_json(item)}
        case Conjunction(items):
            return {"op": "and", "items": [expression_to_json(item) for item in items]}
        case Disjunction(items):
            return {"op": "or", "items": [expression_to_json(item) for item in items]}
        case ResultPath(path, step):
            return {"op": "path", "path": path, "step": step or None}
        case InputValue(name):
            return {"op": "input", "input": name}
        case ArgumentValue(name):
            return {"op": "argument", "argument": name}
        case Constant(value):
            return {"op": "constant", "value": value}
        case Duration(amount, unit):
            return {"op": "duration", "amount": amount, "unit": unit}
        case Measure(function, path):
            return {"op": function, "path": expression_to_json(path)}
