"""Where a value comes from, in text and in JSON: one row each of the table in docs/reference/runbook-format.md."""

from __future__ import annotations

import re
from typing import Any

from runlore.model.condition_text import render_code, render_constant
from runlore.model.runbook import Binding
from runlore.model.workflow import ValueSource
from runlore.runbooks.inline import code_or_none, parse_code, parse_constant, split_outside
from runlore.runbooks.paths import is_path

_FROM_STEP = re.compile(r"from step (\d{1,4}) at (`.+)")
_FROM_NAME = re.compile(r"from (input|issue|document) (`.+)")


def parse_bindings(text: str) -> tuple[Binding, ...] | None:
    """Read what follows ``With:``; None where a part of it is no binding."""
    found = [parse_binding(part) for part in split_outside(text, "; ")]
    known = tuple(binding for binding in found if binding is not None)
    return known if len(known) == len(found) else None


def parse_binding(text: str) -> Binding | None:
    """Read one binding: a name in a code span and its source."""
    name = parse_code(text)
    if name is None:
        return None
    source = parse_source(text[name[1] :].strip())
    return Binding(name[0], source) if source is not None else None


def parse_source(text: str) -> ValueSource | None:
    """Read a source as it stands behind the name; None where it is none of the six forms."""
    if text == "unknown":
        return ValueSource("unknown")
    if text.startswith("="):
        begin = len(text) - len(text[1:].lstrip())
        constant = parse_constant(text, begin)
        return ValueSource("constant", value=constant[0]) if constant and constant[1] == len(text) else None
    if step := _FROM_STEP.fullmatch(text):
        path = code_or_none(step[2])
        return ValueSource("step", step=int(step[1]), path=path) if path and is_path(path) else None
    if named := _FROM_NAME.fullmatch(text):
        name = code_or_none(named[2])
        return _named(named[1], name) if name else None
    return None


def render_bindings(bindings: tuple[Binding, ...]) -> str:
    """Give the bindings as they stand behind ``With:``."""
    return "; ".join(f"{render_code(b.name)} {render_source(b.source)}" for b in bindings)


def render_source(source: ValueSource) -> str:
    """Give a source as it stands behind the name."""
    match source.kind:
        case "constant":
            return f"= {render_constant(source.value)}"
        case "step":
            return f"from step {source.step} at {render_code(source.path)}"
        case "unknown":
            return "unknown"
        case kind:
            return f"from {kind} {render_code(source.name)}"


def source_to_json(source: ValueSource) -> dict[str, Any]:
    """Give the JSON form of a source."""
    match source.kind:
        case "constant":
            return {"kind": "constant", "value": source.value}
        case "step":
            return {"kind": "step", "step": source.step, "path": source.path}
        case "unknown":
            return {"kind": "unknown"}
        case "issue":
            return {"kind": "issue", "field": source.name}
        case kind:
            return {"kind": kind, kind: source.name}


def source_from_json(value: dict[str, Any]) -> ValueSource:
    """Read the JSON form of a source; a shape that is none raises ValueError."""
    match value:
        case {"kind": "constant", "value": constant}:
            return ValueSource("constant", value=constant)
        case {"kind": "step", "step": int(step), "path": str(path)}:
            return ValueSource("step", step=step, path=path)
        case {"kind": "unknown"}:
            return ValueSource("unknown")
        case {"kind": "issue", "field": str(name)}:
            return ValueSource("issue", name=name)
        case {"kind": "input", "input": str(name)}:
            return ValueSource("input", name=name)
        case {"kind": "document", "document": str(name)}:
            return ValueSource("document", name=name)
    raise ValueError(f"no value source: {value!r}")


def _named(kind: str, name: str) -> ValueSource:
    if kind == "input":
        return ValueSource("input", name=name)
    return ValueSource("issue", name=name) if kind == "issue" else ValueSource("document", name=name)
