"""How a run goes on: order, reports, leases, preflight."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from runlore.model.condition import Condition
from runlore.model.library import HealthCheck
from runlore.model.run import Lease, RunStep, StepReport
from runlore.model.runbook import Input, Runbook, Step
from runlore.running.lease import LENGTH, Refused, hand_over, renew, take
from runlore.running.order import blocking, open_steps, ready, unsettled
from runlore.running.preflight import FRESH, check_preflight
from runlore.running.report import (
    ApprovalFact,
    GuardFact,
    ProofFact,
    StepFacts,
    apply_report,
    check_finish,
    check_report,
    is_complete,
)

BOOK = Runbook(
    "post",
    "Post.",
    "Post",
    steps=(
        Step(1, "Look"),
        Step(2, "Draft by hand", after=(1,), either=(3,)),
        Step(3, "Draft by tool", after=(1,), either=(2,)),
        Step(4, "Convert", after=(2, 3), optional_when=Condition("it is a picture already")),
        Step(5, "Publish"),
    ),
)


def done(*numbers, state="done"):
    return tuple(replace(s, state=state) if s.number in numbers else s for s in open_steps(BOOK))


def slugs(problems):
    return [p.slug for p in problems]


def test_steps_become_ready_as_what_is_before_them_is_settled():
    assert ready(BOOK, open_steps(BOOK)) == (1,)
    assert ready(BOOK, done(1)) == (2, 3)
    assert ready(BOOK, done(1, 3)) == (4,)
    assert ready(BOOK, done(1, 3, 4)) == (5,)
    assert ready(BOOK, done(1, 3, 4, 5)) == ()
    assert blocking(BOOK, done(1), 5) == (4,)


def test_a_report_out_of_order_is_refused_and_a_settled_step_stays_as_it_is():
    assert slugs(check_report(BOOK, done(1), StepReport(5, "done"), StepFacts(), "run 1")) == ["step-early"]
    assert slugs(check_report(BOOK, done(1), StepReport(1, "done"), StepFacts(), "run 1")) == ["step-settled"]
    assert slugs(check_report(BOOK, done(1), StepReport(9, "done"), StepFacts(), "run 1")) == ["step-unknown"]


def test_a_skip_a_failure_and_a_departure_need_a_reason():
    for kind in ("skipped", "failed", "adapted"):
        assert slugs(check_report(BOOK, done(), StepReport(1, kind), StepFacts(), "run 1")) == ["why-missing"]
        assert not check_report(BOOK, done(), StepReport(1, kind, why="because"), StepFacts(), "run 1")


def test_all_that_stands_against_a_step_is_said_at_once():
    facts = StepFacts(
        guards=(
            GuardFact("proceed", "`$.a` = 1", False),
            GuardFact("stop", "`$.b` = 1", True),
            GuardFact("proceed", "`$.c` = 1", None),
            GuardFact("stop", "somebody objects", None, judgement=True),
        ),
        approvals=(
            ApprovalFact("owner"),
            ApprovalFact("owner", "approved", current=False),
            ApprovalFact("x", "rejected"),
        ),
        proof=(
            ProofFact("P2", "url", "answers"),
            ProofFact("P2", "url", "answers", "P1", True),
            ProofFact("P1", "url", "answers", "P2", False),
        ),
    )
    for kind in ("done", "adapted"):
        found = slugs(check_report(BOOK, done(), StepReport(1, kind, why="x"), facts, "run 1"))
        assert found == [
            "guard-failed", "guard-failed", "guard-unknown", "judgement-missing",
            "approval-missing", "approval-stale", "approval-rejected", "proof-missing", "proof-low", "proof-fails",
        ]  # fmt: skip
    assert not check_report(BOOK, done(), StepReport(1, "skipped", why="x"), facts, "run 1")


def test_a_step_counts_when_everything_holds():
    facts = StepFacts(
        guards=(
            GuardFact("proceed", "a", True),
            GuardFact("stop", "b", False),
            GuardFact("stop", "c", None, judgement=True),
        ),
        approvals=(ApprovalFact("owner", "approved"),),
        proof=(ProofFact("P2", "url", "answers", "P3", True), ProofFact("P1", "file", "is there", "P1", None)),
    )
    assert not check_report(BOOK, done(), StepReport(1, "done", judged=("c",)), facts, "run 1")


def test_a_failed_step_may_be_tried_again_and_keeps_count():
    step = apply_report(RunStep(1), StepReport(1, "failed", why="timeout"), 10)
    step = apply_report(step, StepReport(1, "done", result={"id": 1}), 20)
    assert (step.state, step.attempts, step.started, step.ended, step.result) == ("done", 2, 10, 20, {"id": 1})


def test_a_run_is_finished_when_every_step_is_settled_and_complete_only_without_a_skip_that_was_not_free():
    assert slugs(check_finish(BOOK, done(1, 3, 4), "run 1")) == ["step-open"]
    assert unsettled(BOOK, done(1, 3, 4, 5)) == ()
    assert is_complete(BOOK, done(1, 3, 4, 5))
    optional = tuple(replace(s, state="skipped") if s.number == 4 else s for s in done(1, 3, 5))
    assert is_complete(BOOK, optional)
    required = tuple(replace(s, state="skipped") if s.number == 1 else s for s in done(3, 4, 5))
    assert not check_finish(BOOK, required, "run 1")
    assert not is_complete(BOOK, required)
    failed = tuple(replace(s, state="failed") if s.number == 5 else s for s in done(1, 3, 4))
    assert "failed" in check_finish(BOOK, failed, "run 1")[0].message


def test_a_held_lease_is_refused_an_overdue_one_is_taken_and_its_old_holder_is_refused_for_ever():
    first = take(Lease("", 0, 0), "ada", 100)
    assert first == Lease("ada", 1, 100 + LENGTH)
    assert isinstance(take(first, "bob", 200), Refused)
    second = take(first, "bob", 100 + LENGTH)
    assert second == Lease("bob", 2, 100 + 2 * LENGTH)
    assert isinstance(renew(second, "ada", 1, 200), Refused)
    assert isinstance(renew(second, "bob", 1, 200), Refused)
    assert renew(second, "bob", 2, 500) == Lease("bob", 2, 500 + LENGTH)


def test_a_holder_that_slept_goes_on_where_nobody_took_its_run():
    first = take(Lease("", 0, 0), "ada", 0)
    assert isinstance(renew(first, "ada", first.fence, 10 * LENGTH), Lease)
    assert isinstance(renew(hand_over(first, "bob", 5), "ada", first.fence, 6), Refused)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 3 * LENGTH)), max_size=30))
def test_the_fence_only_grows_and_only_the_last_taker_may_report(moves):
    lease, now, fences = Lease("", 0, 0), 0, {}
    for who, later in moves:
        now += later
        taken = take(lease, who, now)
        if isinstance(taken, Lease):
            assert taken.fence > lease.fence
            lease = taken
            fences[who] = taken.fence
        for other, fence in fences.items():
            is_holder = other == lease.holder and fence == lease.fence
            assert isinstance(renew(lease, other, fence, now), Lease) == is_holder


def test_preflight_names_everything_that_is_missing_before_the_work_starts():
    book = replace(
        BOOK, permissions=("crm:write",), integrations=("crm", "mail", "drive", "shop"), inputs=(Input("caption"), Input("when", required=False)),
    )  # fmt: skip
    now = 100 * FRESH
    health = {
        "crm": HealthCheck("c", "crm", "rejected", "401", now),
        "mail": HealthCheck("c", "mail", "ready", "", now - 2 * FRESH),
        "shop": HealthCheck("c", "shop", "ready", "", now - 1),
    }
    found = check_preflight(book, granted=(), health=health, inputs={"caption": " "}, now=now, where="run 1")
    assert slugs(found) == [
        "permission-missing", "integration-rejected", "integration-stale", "integration-unchecked", "input-missing",
    ]  # fmt: skip
    assert [p.level for p in found] == ["error", "error", "warning", "warning", "error"]
    assert "401" in found[1].message
    ready_now = {name: HealthCheck("c", name, "ready", "", now) for name in book.integrations}
    assert not check_preflight(
        book, granted=("crm:write",), health=ready_now, inputs={"caption": "x"}, now=now, where="r"
    )
    assert not check_preflight(replace(book, inputs=()), granted=None, health=ready_now, inputs={}, now=now, where="r")
