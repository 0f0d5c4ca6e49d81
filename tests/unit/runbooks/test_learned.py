"""What mining knows better than a runbook becomes a small edit; what a person wrote stays."""

from __future__ import annotations

import pytest

from runlore.model import Argument, Evidence, Guard, ValueSource, Workflow, WorkflowStep
from runlore.runbooks.amend import amend
from runlore.runbooks.learned import learn_changes
from runlore.runbooks.parse import parse

BOOK = """---
name: cancel-order
description: "Cancel an order. Use when a customer wants one cancelled."
owner: support
---

# Cancel an order

## Steps

### 1. Look at the order

- Tool: `get_order`
- With: `order_id` unknown

### 2. Cancel it

- Tool: `cancel_order`
- With: `order_id` from input `order_id`; `reason` from step 1 at `$.reason`
- Proceed only if: `step 1 $.open` = true
"""


def workflow(*arguments: Argument, guards: tuple[Guard, ...] = ()) -> Workflow:
    steps = (
        WorkflowStep(3, "Look", "get_order", tool="get_order", arguments=arguments[:1]),
        WorkflowStep(
            7, "Cancel", "cancel_order", tool="cancel_order", arguments=arguments[1:], guards=guards, effect=True
        ),
    )
    return Workflow("w", "cancel-order", "Cancel", "", ("cancel_order",), (), steps)


def known(name: str, source: ValueSource, n: int = 20, m: int = 20) -> Argument:
    return Argument(name, source, Evidence((n, m)))


CONSTANT = ValueSource("constant", value="x")
FROM_LOOK = ValueSource("step", step=3, path="$.why")


def test_a_source_that_nobody_could_name_is_filled_in_and_one_of_a_persons_stays():
    mined = workflow(known("order_id", CONSTANT), known("reason", FROM_LOOK), known("note", FROM_LOOK))
    found = learn_changes(parse(BOOK, "")[0], mined)
    assert [(f.change.step, f.change.subject) for f in found] == [(1, "order_id"), (2, "note")]
    amended = amend(BOOK, [f.change for f in found])
    assert len(amended.applied) == 2
    assert '`order_id` = "x"' in amended.text
    assert "`note` from step 1 at `$.why`" in amended.text
    assert "`reason` from step 1 at `$.reason`" in amended.text


@pytest.mark.parametrize(
    ("before", "after", "gives_way"),
    [((6, 10), (20, 20), True), ((10, 10), (20, 20), False), ((5, 5), (20, 20), True), ((10, 10), (12, 20), False)],
)
def test_a_mined_source_gives_way_to_one_that_holds_clearly_more_often_or_over_many_more_cases(
    before, after, gives_way
):
    mined = workflow(known("order_id", ValueSource("unknown")), known("reason", FROM_LOOK, *after))
    found = learn_changes(parse(BOOK, "")[0], mined, {"step-2/with/reason": Evidence(before)})
    assert [f.change.detail for f in found] == (["replaces"] if gives_way else [])
    if gives_way:
        assert "`reason` from step 1 at `$.why`" in amend(BOOK, [f.change for f in found]).text


def test_a_source_that_turns_out_to_be_the_request_brings_its_input_along():
    said = ValueSource("input", name="reason")
    mined = workflow(known("order_id", ValueSource("unknown")), known("reason", said, 30, 30))
    (found,) = learn_changes(parse(BOOK, "")[0], mined, {"step-2/with/reason": Evidence((5, 8))})
    runbook = parse(amend(BOOK, [found.change]).text, "")[0]
    assert [i.name for i in runbook.inputs] == ["reason"]
    assert {b.name: b.source.kind for b in runbook.steps[1].bindings} == {"order_id": "input", "reason": "input"}


def test_few_cases_are_not_enough_and_a_source_of_a_step_that_is_not_there_is_none():
    few = workflow(known("order_id", CONSTANT, 3, 3), known("note", FROM_LOOK, 10, 20))
    gone = workflow(known("order_id", CONSTANT, 3, 3), known("note", ValueSource("step", step=9, path="$.x")))
    assert learn_changes(parse(BOOK, "")[0], few) == ()
    assert learn_changes(parse(BOOK, "")[0], gone) == ()


def guard(condition: str, **changes) -> Guard:
    values = {"support": (30, 30), "precision": 0.9, "negatives": 4}
    return Guard(
        "proceed", condition, counter=None, evidence=Evidence((30, 30)), basis="errors", **{**values, **changes}
    )


def test_a_guard_that_runs_have_taught_is_added_with_the_runbooks_own_numbers_once():
    sure = workflow(guards=(guard('step 3 $.status = "pending"'), guard("step 3 $.open = true")))
    found = learn_changes(parse(BOOK, "")[0], sure)
    amended = amend(BOOK, [f.change for f in found])
    assert [c.text for c in parse(amended.text, "")[0].steps[1].proceed_if] == [
        "`step 1 $.open` = true",
        '`step 1 $.status` = "pending"',
    ]
    again = learn_changes(parse(amended.text, "")[0], sure)
    assert amend(amended.text, [f.change for f in again]).applied == ()


@pytest.mark.parametrize("changes", [{"precision": 0.4}, {"negatives": 1}])
def test_a_guard_that_stops_in_vain_or_rests_on_one_act_is_not_added(changes):
    assert learn_changes(parse(BOOK, "")[0], workflow(guards=(guard("step 3 $.x = 1", **changes),))) == ()
