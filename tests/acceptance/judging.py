"""Which of the things that a good miner must find in the demo (expected.py) are missing from what was mined."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from expected import FACTS, WORKFLOWS, Expected


def find_workflow(workflows: list[dict[str, Any]], expected: Expected) -> dict[str, Any] | None:
    """Find the mined workflow that shares most effects with the expected one, the one with more cases where two share as many."""

    def shared(workflow: dict[str, Any]) -> tuple[int, int]:
        return len(expected.effects & set(workflow["effects"])), workflow["support"]["cases"]

    best = max(workflows, key=shared, default=None)
    return best if best is not None and shared(best)[0] else None


def list_missing(workflows: list[dict[str, Any]], facts: list[dict[str, Any]]) -> Iterator[str]:
    """Name everything that is expected and not there, as `workflow: aspect: what`."""
    for name, expected in WORKFLOWS.items():
        workflow = find_workflow(workflows, expected)
        if workflow is None:
            yield f"{name}: workflow"
            continue
        for miss in _list_missing_of(workflow, expected):
            yield f"{name}: {miss}"
    for fact in FACTS:
        if not any(
            f["kind"] == fact.kind
            and f["support"]["sessions"] >= fact.sessions
            and all(piece in f["text"] + f["remedy"] for piece in fact.pieces)
            for f in facts
        ):
            yield f"{fact.kind}: {', '.join(fact.pieces)}"


def _list_missing_of(workflow: dict[str, Any], expected: Expected) -> Iterator[str]:
    if workflow["support"]["sessions"] < expected.sessions:
        yield f"sessions: {workflow['support']['sessions']} of {expected.sessions}"
    for effect in sorted(expected.effects - set(workflow["effects"])):
        yield f"effect: {effect}"
    for failure in expected.failures:
        modes = [m for m in workflow["failure_modes"] if _is_about(m["template"], failure.piece)]
        if not modes:
            yield f"failure: {failure.piece}"
        elif failure.recovery and not any(failure.recovery.lower() in m["recovery"].lower() for m in modes):
            yield f"recovery: {failure.piece}"
    said = " ".join(q["words"] for q in (*workflow["corrections"], *workflow["quality"])).lower()
    for words in expected.corrections:
        if words.lower() not in said:
            yield f"correction: {words}"
    for activity, argument, value in expected.constants:
        if {"kind": "constant", "value": value} not in _sources(workflow, activity, argument):
            yield f"constant: {activity} {argument}"
    for activity, argument in expected.inputs:
        if not any(source["kind"] == "input" for source in _sources(workflow, activity, argument)):
            yield f"input: {activity} {argument}"
    for activity, argument, giver, path in expected.derived:
        numbers = {step["number"] for step in workflow["steps"] if step["activity"] == giver}
        rules = [s for s in _sources(workflow, activity, argument) if s["kind"] == "step"]
        if not any(s["step"] in numbers and s["path"] == path for s in rules):
            yield f"derived: {activity} {argument}"


def _sources(workflow: dict[str, Any], activity: str, argument: str) -> list[dict[str, Any]]:
    steps = [step for step in workflow["steps"] if step["activity"] == activity]
    return [a["source"] for step in steps for a in step["arguments"] if a["name"] == argument]


def _is_about(template: str, piece: str) -> bool:
    """Say whether a template holds a piece of a message; a template may leave the first letter open."""
    return piece[1:].lower() in template.lower()


def main() -> None:
    """Judge the object that `runlore mine --json` printed, from standard input."""
    import sys

    form = json.load(sys.stdin)
    missing = list(list_missing(form["workflows"], form["facts"]))
    print("\n".join(missing))
    print(len(missing), "missing")


if __name__ == "__main__":
    main()
