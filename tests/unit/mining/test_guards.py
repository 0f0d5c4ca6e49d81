"""Guards: learned from errors, refusals, choices and ends; nothing that chance or one piece of work alone explains."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest
from build import DAY, call, digests, said, transcript
from guards_example import case, learned, line_id, look, refused, suspend, texts, usual

from runlore.mining.guards.collect import learn_guards, list_rows
from runlore.model import Transcript

NOT_ACTIVE = "Error: only an active line can be suspended"


def inactive(count: int, first: int = 50) -> list[Transcript]:
    """Cases in which a closed line is not suspended because the tool refuses."""
    return [case(n, look(n, status="closed"), refused(n, NOT_ACTIVE)) for n in range(first, first + count)]


def test_what_the_tool_refuses_becomes_a_guard_over_data() -> None:
    (guard,) = learned([*usual(12), *inactive(2)])
    assert texts([guard]) == ['`get_line $.status` = "active"']
    assert (guard.kind, guard.basis, guard.message) == ("proceed", "errors", NOT_ACTIVE)
    assert (guard.support, guard.negatives, guard.counter) == ((12, 12), 2, None)
    assert {s.transcript for s in guard.sources} == {"sha256:phone-050", "sha256:phone-051"}
    assert 0 < guard.chance <= 0.05


def test_a_condition_on_both_sides_is_no_guard() -> None:
    cases = [
        *usual(12, country="SE"),
        *[
            case(n, look(n, status="active", country="SE"), refused(n, "Error: the network is busy with something"))
            for n in (50, 51)
        ],
    ]
    assert learned(cases) == ()


def test_what_is_only_true_beside_the_reason_is_no_second_guard() -> None:
    closed = [case(n, look(n, status="closed", closed_on="2026-01-02"), refused(n, NOT_ACTIVE)) for n in range(50, 54)]
    assert texts(learned([*usual(12, monthly=20), *closed])) == ['`get_line $.status` = "active"']


def test_many_agents_on_one_line_are_one_witness() -> None:
    same = [
        transcript(f"agent-{n}", said("Please suspend my line"), look(1, status="active"), suspend(1), reward=1.0)
        for n in range(12)
    ]
    assert learned([*same, *inactive(3)]) == ()


def test_a_single_refusal_of_many_fields_is_not_enough_and_one_that_names_the_value_is() -> None:
    fields = {f"field_{n}": f"value {'abcdefgh'[n]}" for n in range(8)}
    other = dict.fromkeys(fields, "other")
    unnamed = [
        *usual(10, **fields),
        case(50, look(50, status="closed", **other), refused(50, "Error: this cannot be done now")),
    ]
    assert learned(unnamed) == ()
    named = [
        *usual(25, **fields),
        case(50, look(50, status="closed", **other), refused(50, "Error: inactive line, must be active")),
    ]
    assert texts(learned(named)) == ['`get_line $.status` = "active"']


def test_an_error_that_the_same_call_did_not_meet_again_says_nothing() -> None:
    passing = [
        case(n, look(n, status="active", load="high"), refused(n, "Error: try again in a moment please"), suspend(n))
        for n in range(50, 54)
    ]
    assert learned([*usual(12, load="low"), *passing]) == ()


def test_of_what_was_looked_at_the_effect_was_only_done_where_it_holds() -> None:
    """Nobody refuses, no tool says no: in each case two lines are seen, and only the active one is ever suspended."""
    cases = [
        case(
            n, look(n, status="active", plan="ab"[n % 2]), look(200 + n, status="ported", plan="ba"[n % 2]), suspend(n)
        )
        for n in range(24)
    ]
    (guard,) = learned(cases)
    assert texts([guard]) == ['`get_line $.status` = "active"']
    assert (guard.basis, guard.precision) == ("choice", 1.0)


def test_a_choice_that_chance_explains_is_no_guard() -> None:
    cases = [
        case(
            n, look(n, status="active", plan="ab"[n % 2]), look(200 + n, status="active", plan="ba"[n % 2]), suspend(n)
        )
        for n in range(24)
    ]
    assert learned(cases) == ()


def test_what_was_asked_for_and_rightly_not_done_counts_as_refused() -> None:
    kept = [case(n, look(n, status="in dispute"), call("transfer_to_a_person", {}, "ok")) for n in range(50, 60)]
    (guard,) = learned([*usual(14), *kept])
    assert (texts([guard]), guard.basis) == (['`get_line $.status` = "active"'], "people")


def test_the_record_is_the_one_that_the_call_names_and_as_it_stands_now() -> None:
    """The line was active when it was looked up; another effect closed it since, and that effect's own result says so."""
    closing = [
        case(
            n,
            look(n, status="active"),
            call("close_line", {"line_id": line_id(n)}, {"line_id": line_id(n), "status": "closed"}),
            look(300 + n, status="active"),
            refused(n, NOT_ACTIVE),
        )
        for n in range(50, 53)
    ]
    guard = learned([*usual(12), *closing])[0]
    assert (texts([guard]), guard.negatives) == (['`get_line $.status` = "active"'], 3)


def test_an_effect_whose_own_result_breaks_its_guard_is_done_once_for_each_thing() -> None:
    once = [
        case(n, look(n, status="active"), suspend(n, {"line_id": line_id(n), "status": "suspended"})) for n in range(12)
    ]
    found = learned([*once, *inactive(2)])
    assert texts(found) == [
        '`get_line $.status` = "active"',
        "stop if argument `line_id` in [`suspend_line $.line_id`]",
    ]
    assert (found[1].basis, found[1].support) == ("result", (12, 12))


def test_a_value_has_to_stand_in_one_of_two_places() -> None:
    def pay(n: int, account: str, **more: object) -> Transcript:
        return case(
            n,
            call("get_line", {"line_id": line_id(n)}, {"line_id": line_id(n), "payments": [{"account": f"acc-{n}-own"}]}),
            call("get_customer", {"mail": f"p{n}@example.com"}, {"accounts": [{"id": f"acc-{n}-card", "kind": "card"}, {"id": f"acc-{n}-credit", "kind": "voucher"}]}),
            call("refund", {"line_id": line_id(n), "account": account}, **{"result": {"done": True}, **more}),
        )  # fmt: skip

    wrong = "Error: refund goes to the account of the payments or a voucher"
    cases = [pay(n, f"acc-{n}-own") for n in range(20)]
    cases += [pay(n, f"acc-{n}-credit") for n in range(20, 24)]
    cases += [pay(n, f"acc-{n}-card", result=wrong, outcome="error") for n in range(24, 28)]
    assert texts(learned(cases, "refund")) == [
        "argument `account` in [`get_line $.payments[*].account`, `get_customer $.accounts[?@.kind == 'voucher'].id`]"
    ]


def test_a_number_has_to_cover_another() -> None:
    def top_up(n: int, balance: int, amount: int, **more: object) -> Transcript:
        given = {"line_id": line_id(n), "amount": amount}
        return case(n, look(n, balance=balance), call("pay_out", given, **{"result": {"done": True}, **more}))

    cases = [top_up(n, 40 + 13 * n, 10 + 11 * n) for n in range(16)]
    cases += [top_up(n, 30 + n, 90 + n, result="Error: balance is too low", outcome="error") for n in range(20, 24)]
    assert texts(learned(cases, "pay_out")) == ["`get_line $.balance` >= argument `amount`"]


def test_one_of_several_sentences_has_to_hold() -> None:
    """A booking is cancelled where it is insured, or where it was made within the day."""

    def booking(n: int, insured: str, age: float, reason: str = "") -> Transcript:
        made = datetime.fromtimestamp(DAY + 86_400 * n - age, UTC).isoformat()
        end = refused(n, reason) if reason else suspend(n)
        return case(n, look(n, insured=insured, made=made, seats="two"), end)

    cases = [booking(n, "yes", 6e6 + n) for n in range(14)] + [booking(n, "no", 3000 + n) for n in range(14, 26)]
    cases += [booking(n, "no", 5e6 + n, "Error: this booking cannot be given back any more") for n in range(40, 52)]
    (guard,) = learned(cases)
    assert texts([guard]) == ['`get_line $.insured` = "yes" or age(`get_line $.made`) <= 1 day']


def test_the_time_since_is_a_guard_of_its_own() -> None:
    def booking(n: int, hours: float, reason: str = "") -> Transcript:
        made = datetime.fromtimestamp(DAY + 86_400 * n - hours * 3600, UTC).isoformat()
        return case(n, look(n, made=made), refused(n, reason) if reason else suspend(n))

    late = [booking(n, 60 + n, "Error: made too long ago") for n in range(40, 48)]
    (guard,) = learned([*[booking(n, 1 + n) for n in range(20)], *late])
    assert texts([guard]) == ["age(`get_line $.made`) <= 21 hours"]


def test_a_good_act_in_spite_of_a_guard_is_its_counter_example() -> None:
    odd = case(49, look(49, status="barred"), suspend(49))
    (guard,) = learned([*usual(60, first=100), odd, *inactive(6, first=300)])
    assert (guard.support, guard.counter is not None) == ((60, 61), True)
    assert guard.counter is not None
    assert guard.counter.transcript == "sha256:phone-049"


def test_without_outcomes_corrections_and_rejections_are_the_negatives() -> None:
    taken = [
        transcript(
            f"back-{n}", said("Please suspend my line"), look(400 + n, status="active", owner="company"), suspend(400 + n),
            said("No, that is not what I asked for, undo it"), start=DAY + 90 * n,
        )
        for n in range(8)
    ]  # fmt: skip
    (guard,) = learned([*usual(16, reward=None, owner="person"), *taken])
    assert (texts([guard]), guard.basis) == (['`get_line $.owner` = "person"'], "people")


def test_what_was_undone_was_taken_back() -> None:
    undone = [
        case(
            n, look(n, status="active", owner="company"), suspend(n),
            call("resume_line", {"line_id": line_id(n)}, {"done": True}), reward=None,
        )
        for n in range(50, 56)
    ]  # fmt: skip
    (guard,) = learned([*usual(16, reward=None, owner="person"), *undone])
    assert (texts([guard]), guard.basis) == (['`get_line $.owner` = "person"'], "people")


def test_what_a_person_refused_is_a_negative() -> None:
    no = [
        case(
            n,
            look(n, status="active", owner="company"),
            suspend(n, None, outcome="rejected", words="not theirs"),
            reward=None,
        )
        for n in range(50, 56)
    ]
    (guard,) = learned([*usual(16, reward=None, owner="person"), *no])
    assert (texts([guard]), guard.basis, guard.negatives) == (['`get_line $.owner` = "person"'], "people", 6)


def test_of_those_that_failed_more_did_not_keep_to_it() -> None:
    """Every act was accepted; a third of those in failed cases moved a barred line, and none of those that went well did."""
    failed = [case(n, look(n, status="active", barred=n % 3 == 0), suspend(n), reward=0.0) for n in range(60, 120)]
    (guard,) = learned([*usual(60, barred=False), *failed])
    assert (texts([guard]), guard.basis) == (["`get_line $.barred` = false"], "outcome")
    few = [case(n, look(n, status="active", barred=n % 3 == 0), suspend(n), reward=0.0) for n in range(60, 63)]
    assert learned([*usual(60, barred=False), *few]) == ()


def test_a_name_claims_what_its_siblings_are_known_to_need() -> None:
    def move(n: int) -> Transcript:
        given = {"line_id": line_id(n), "plan": f"plan-{n}00"}
        return case(n, look(n, status="active"), call("move_active_line", given, {"done": True}))

    def bar(n: int, status: str = "active", reason: str = "") -> Transcript:
        end = {"result": reason, "outcome": "error"} if reason else {"result": {"done": True}}
        return case(n, look(n, status=status), call("bar_active_line", {"line_id": line_id(n)}, **end))

    cases = [bar(n) for n in range(12)] + [bar(n, "closed", NOT_ACTIVE) for n in range(20, 23)]
    cases += [move(n) for n in range(30, 36)]
    assert texts(learned(cases, "bar_active_line")) == ['`get_line $.status` = "active"']
    assert texts(learned(cases, "move_active_line")) == ['`get_line $.status` = "active"']


@pytest.mark.parametrize("seed", [1, 2])
def test_the_same_cases_in_another_order_give_the_same_guards(seed: int) -> None:
    cases = [*usual(20, plan=lambda n: "abc"[n % 3]), *inactive(5)]
    rows = [(d.session, d.transcript, c) for d in digests(*cases) for c in d.cases]
    shuffled = list(rows)
    random.Random(seed).shuffle(shuffled)
    one, other = learn_guards(list_rows(rows)), learn_guards(list_rows(shuffled))
    assert {e: texts(g) for e, g in one.items()} == {e: texts(g) for e, g in other.items()}
    assert [(g.support, g.precision, g.negatives, g.chance) for g in one["suspend_line"]] == [
        (g.support, g.precision, g.negatives, g.chance) for g in other["suspend_line"]
    ]
