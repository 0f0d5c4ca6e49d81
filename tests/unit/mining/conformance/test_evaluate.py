"""Conditions over what is known: true, false, or undecided."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runlore.mining.conformance.evaluate import Known, Shown, arguments_of, decide, values_given
from runlore.model.condition import Comparison, Conjunction, Constant, Disjunction, Negation, Presence, ResultPath
from runlore.runbooks.conditions import parse_condition

NOW = 1_770_000_000.0
ORDER = {
    "order_id": "W1001",
    "status": "pending",
    "total": 12.5,
    "paid": True,
    "placed": "2026-02-01T00:00:00+00:00",
    "items": [{"id": "i1", "price": 5}, {"id": "i2", "price": 7.5}],
}


def shown(result: Any, **arguments: Any) -> Shown:
    return Shown(result, values_given(arguments_of(arguments)))


def known(**more: Any) -> Known:
    more.setdefault("results", {1: [shown(ORDER, order_id="W1001")]})
    more.setdefault("inputs", {"limit": 20, "state": "pending"})
    more.setdefault("now", NOW)
    return Known(**more)


def holds(text: str, about: Known | None = None) -> bool | None:
    condition = parse_condition(text)
    assert condition.parsed is not None, text
    return decide(condition.parsed, about or known())


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ('`step 1 $.status` = "pending"', True),
        ('`step 1 $.status` != "pending"', False),
        ('`step 1 $.status` in ["held", "pending"]', True),
        ("`step 1 $.status` = input `state`", True),
        ("`step 1 $.total` <= input `limit`", True),
        ("`step 1 $.total` > 12.5", False),
        ("`step 1 $.paid` = true", True),
        ("`step 1 $.paid` = 1", False),  # a flag is no number
        ('`step 1 $.total` = "12.5"', False),  # and a number no text
        ("`step 1 $.gone` is absent", True),
        ("`step 1 $.status` is present", True),
        ("`step 9 $.status` is absent", True),  # a step that has not run has given nothing
        ("count(`step 1 $.items[*]`) = 2", True),
        ("count(`step 9 $.items[*]`) = 0", True),
        ("sum(`step 1 $.items[*].price`) <= 12.5", True),
        ("age(`step 1 $.placed`) < 30 days", True),
        ("age(`step 1 $.placed`) < 1 day", False),
        ("`step 1 $.items[*].price` >= 5", True),  # every one of them
        ("`step 1 $.items[*].price` >= 6", False),
        ('`step 1 $.status` = "pending" and `step 1 $.total` > 100', False),
        ('`step 1 $.status` = "sent" or `step 1 $.total` < 100', True),
        ('not `step 1 $.status` = "sent"', True),
    ],
)
def test_what_is_known_decides(text: str, answer: bool) -> None:
    assert holds(text) is answer


@pytest.mark.parametrize(
    "text",
    [
        '`step 9 $.status` = "pending"',  # not run
        '`step 1 $.gone` != "pending"',  # selects nothing
        "`step 1 $.total` <= input `unknown`",
        "`step 1 $.status` < 3",  # a text and a number have no order
        "age(`step 1 $.status`) < 3 days",  # no moment
        'argument `order_id` = "W1001"',  # nothing is about to be given
    ],
)
def test_what_is_not_known_leaves_it_undecided(text: str) -> None:
    assert holds(text) is None


def test_a_false_part_decides_in_spite_of_an_unknown_one() -> None:
    assert holds('`step 9 $.a` = 1 and `step 1 $.status` = "sent"') is False
    assert holds('`step 9 $.a` = 1 or `step 1 $.status` = "pending"') is True
    assert holds('`step 9 $.a` = 1 and `step 1 $.status` = "pending"') is None


def test_the_result_is_read_that_is_about_the_same_thing() -> None:
    other = {"order_id": "W2002", "status": "sent"}
    about = known(
        results={1: [shown(ORDER, order_id="W1001"), shown(other, order_id="W2002")]},
        arguments=arguments_of({"order_id": "W1001"}),
    )
    assert holds('`step 1 $.status` = "pending"', about) is True
    latest = known(results=about.results, arguments=arguments_of({"note": "none of them"}))
    assert holds('`step 1 $.status` = "sent"', latest) is True, "of equals the latest"


def test_a_list_holds_what_every_result_so_far_selected() -> None:
    about = known(
        results={4: [shown({"order_id": "W1"}, order_id="W1"), shown({"order_id": "W2"}, order_id="W2")]},
        arguments=arguments_of({"order_id": "W1", "item_ids": ["a", "b"]}),
        own=4,
    )
    assert holds("argument `order_id` in [`step 4 $.order_id`]", about) is True
    assert holds("argument `order_id` in [`$.order_id`]", about) is True, "its own number: what it gave before"
    assert holds('argument `item_ids` in ["a", "b", "c"]', about) is True
    assert holds('argument `item_ids[*]` in ["a"]', about) is False


def test_a_proof_reads_the_steps_own_result() -> None:
    assert holds('`$.status` = "cancelled"', known(result={"status": "cancelled"})) is True


def test_without_a_clock_no_age_is_known() -> None:
    assert holds("age(`step 1 $.placed`) < 30 days", known(now=0.0)) is None


ANSWERS = st.sampled_from([True, False, None])


def stands_for(answer: bool | None) -> Any:
    """An expression that is decided like this."""
    if answer is None:
        return Comparison(ResultPath("$.gone", 1), "=", Constant(1))
    return Presence(ResultPath("$.status", 1), present=answer)


@given(ANSWERS, ANSWERS)
def test_and_or_and_not_obey_de_morgan(one: bool | None, other: bool | None) -> None:
    both = (stands_for(one), stands_for(other))
    left = decide(Negation(Conjunction(both)), known())
    right = decide(Disjunction((Negation(both[0]), Negation(both[1]))), known())
    assert left == right
