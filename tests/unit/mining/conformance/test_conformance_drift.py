"""Runbooks whose recent runs no longer match, and the change that would fix them."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))
from build import DAY, call, digests, said, transcript

from runlore.mining.conformance.drift import drift_of, rank
from runlore.mining.conformance.plan import Plan, PlanStep
from runlore.mining.steps import Member
from runlore.model import Event, ValueSource

PLAN = Plan(
    "send-invoice",
    "Send an invoice",
    (
        PlanStep(1, "Get the customer", "get_customer"),
        PlanStep(2, "Check the tax number", "check_tax_number", after=(1,)),
        PlanStep(
            3, "Send the invoice", "send_invoice", effect=True, after=(2,),
            sources=(("layout", ValueSource("constant", value="letter")),),
        ),
    ),
)  # fmt: skip


def case(number: int, *names: str, layout: str = "letter", **more: Any) -> Member:
    events: list[Event] = [said(f"Send invoice {number}")]
    for name in names:
        given = {"layout": layout} if name == "send_invoice" else {"customer": f"C{number}00"}
        events.append(call(name, given, **({"result": {"ok": True}} | (more if name == "send_invoice" else {}))))
    [digest] = digests(transcript(f"invoice-{number:02d}", *events, start=DAY + 86_400 * number))
    return Member(digest.session, digest.transcript, digest.cases[0], frozenset({"send_invoice"}))


def usual(first: int, number: int) -> list[Member]:
    return [case(n, "get_customer", "check_tax_number", "send_invoice") for n in range(first, first + number)]


def test_runs_that_are_as_before_have_not_drifted() -> None:
    drift = drift_of(PLAN, usual(0, 30))
    assert drift.enough
    assert (drift.score, drift.changes) == (0.0, ())


def test_a_step_that_fell_out_of_use_is_named_with_its_remedy() -> None:
    drift = drift_of(PLAN, [*usual(0, 20), *(case(n, "get_customer", "send_invoice") for n in range(20, 30))])
    [change] = drift.changes
    assert (
        change.text == "Step 2 (Check the tax number) is done in 0 of 10 recent cases, 20 of 20 before: leave it out."
    )
    assert (change.recent, change.before) == ((0, 10), (20, 20))
    assert drift.score == 1.0
    assert change.accident < 0.001


def test_what_came_into_use_is_added_where_it_is_done() -> None:
    later = [case(n, "get_customer", "check_tax_number", "check_limit", "send_invoice") for n in range(20, 30)]
    [change] = drift_of(PLAN, [*usual(0, 20), *later]).changes
    assert (
        change.text
        == "`check_limit` is done in 10 of 10 recent cases, 0 of 20 before, and is no step: add it before step 3."
    )
    assert len(change.sources) == 6


def test_a_constant_that_is_another_one_now_is_changed() -> None:
    later = [case(n, "get_customer", "check_tax_number", "send_invoice", layout="e-invoice") for n in range(20, 30)]
    [change] = drift_of(PLAN, [*usual(0, 20), *later]).changes
    assert change.kind == "value"
    assert "“e-invoice” in 10 of 10 recent cases, 0 of 20 before, and not “letter”" in change.text


def test_a_failure_that_is_new_is_told() -> None:
    later = [
        case(
            n,
            "get_customer",
            "check_tax_number",
            "send_invoice",
            outcome="error",
            result="Error: the mail server refuses",
        )
        for n in range(20, 30)
    ]
    kinds = {c.kind for c in drift_of(PLAN, [*usual(0, 20), *later]).changes}
    assert "failure" in kinds


def test_what_chance_may_make_is_no_drift() -> None:
    once = [*usual(0, 20), *usual(20, 8), *(case(n, "get_customer", "send_invoice") for n in (28, 29))]
    assert drift_of(PLAN, once).changes == ()


def test_few_cases_say_nothing_and_stand_last() -> None:
    few = drift_of(replace(PLAN, name="rare"), usual(0, 6))
    many = drift_of(PLAN, usual(0, 30))
    assert not few.enough
    assert [d.runbook for d in rank([few, many])] == ["send-invoice", "rare"]
