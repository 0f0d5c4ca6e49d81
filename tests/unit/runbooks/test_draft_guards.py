"""Guards and warnings in a draft: the line, the sentence that says why, and what it rests on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from runlore.model import Contrast, Evidence, Guard, Source, Workflow
from runlore.model.workflow import GuardBasis
from runlore.runbooks.draft import draft
from runlore.runbooks.evidence import evidence_from_json, evidence_to_json
from runlore.runbooks.lint import lint
from runlore.runbooks.parse import parse

BROKE = Source("sha256:" + "a" * 64, 7)
COUNTER = Source("sha256:" + "b" * 64, 9)


def guard(condition: str, kind: str = "proceed", basis: GuardBasis = "errors", message: str = "") -> Guard:
    return Guard(kind, condition, (11, 12), 0.9, 3, COUNTER, Evidence((3, 3), (BROKE,)), basis, message)  # type: ignore[arg-type]


def with_guards(workflow: Workflow, *guards: Guard, **more: object) -> Workflow:
    """The workflow with guards at its last step alone."""
    steps = (*(replace(s, guards=()) for s in workflow.steps[:-1]), replace(workflow.steps[-1], guards=guards))
    return replace(workflow, steps=steps, **more)  # type: ignore[arg-type]


def test_guards_become_lines_with_what_they_rest_on(cancel_order: Workflow) -> None:
    drafted = draft(
        with_guards(
            cancel_order,
            guard('`step 3 $.status` = "pending"', message="Error: non-pending order"),
            guard("argument `order_id` in [`step 5 $.order_id`]", "stop", "result"),
        )
    )
    assert parse(drafted.text, "") == (drafted.runbook, ())
    step = drafted.runbook.steps[-1]
    assert [c.text for c in step.proceed_if] == ['`step 3 $.status` = "pending"']
    assert [c.text for c in step.stop_if] == ["argument `order_id` in [`step 5 $.order_id`]"]
    assert all(c.parsed for c in (*step.proceed_if, *step.stop_if))
    assert (
        "`status`: refused 3 times otherwise (`Error: non-pending order`), 11 of 12 good ones kept to it." in step.prose
    )
    known = drafted.evidence["step-5/proceed-1"]
    assert known == Evidence((11, 12), (BROKE,), 0.9, COUNTER)
    assert evidence_from_json(evidence_to_json(drafted.evidence)) == drafted.evidence
    assert [
        p.slug for p in lint(drafted.text, file="RUNBOOK.md") if p.level == "error" and p.slug != "open-question"
    ] == []


def test_a_guard_follows_its_steps_when_they_are_numbered_anew(cancel_order: Workflow) -> None:
    kept = with_guards(cancel_order, guard('`step 3 $.status` = "pending"'))
    moved = replace(kept, steps=kept.steps[1:])
    assert draft(moved).runbook.steps[-1].proceed_if[0].text == '`step 2 $.status` = "pending"'
    gone = replace(kept, steps=(*kept.steps[:2], *kept.steps[3:]))
    assert draft(gone).runbook.steps[-1].proceed_if == ()


@pytest.mark.parametrize(
    ("basis", "said"),
    [
        ("people", "rejected, taken back or not done 3 times otherwise"),
        ("outcome", "3 that failed did not keep to it"),
        ("choice", "3 others looked at were left alone"),
        ("result", "its own result rules out a second time"),
    ],
)
def test_a_draft_says_what_a_guard_rests_on(cancel_order: Workflow, basis: GuardBasis, said: str) -> None:
    assert said in draft(with_guards(cancel_order, guard('$.a = "b"', basis=basis))).runbook.steps[-1].prose


def test_where_no_outcome_is_on_record_the_draft_says_so(cancel_order: Workflow) -> None:
    unknown = "How the cases ended is not on record"
    kept = with_guards(cancel_order, guard('$.a = "b"'))
    assert unknown in draft(kept).text
    assert unknown not in draft(replace(kept, judged=True)).text
    assert unknown not in draft(with_guards(cancel_order)).text


def test_warnings_stand_with_their_numbers_and_their_doubt(cancel_order: Workflow) -> None:
    sure = Contrast(
        "again", "x", "“Look up the order” was done more than once", (6, 9), (2, 44), 0.012, Evidence((6, 9), (BROKE,))
    )
    drafted = draft(replace(cancel_order, contrasts=(sure, replace(sure, failed=(3, 9), good=(4, 44), chance=0.4))))
    lines = drafted.runbook.good[-2:]
    assert lines[0].endswith("in 6 of 9 that failed, 2 of 44 that went well (by chance alone: 1 %)")
    assert lines[1].endswith("(by chance alone: 40 %; too few to be sure)")
    assert drafted.evidence[f"good-{len(drafted.runbook.good)}"].support == (3, 9)
    assert parse(drafted.text, "") == (drafted.runbook, ())
