"""Written policy: split into sentences, linked to the guard that it supports, and what contradicts it reported."""

from __future__ import annotations

import pytest

from runlore.mining.guards.policy import PolicyLink, Stated, link_policy, split_policy
from runlore.model.workflow import GuardBasis
from runlore.runbooks.conditions import parse_condition

POLICY = """# Lines and plans

Lines have a status. The status of a line can be: 'active', 'suspended' or 'closed'.

## Suspend a line

A line can only be suspended if its status is 'active'. Be polite.

- The customer must confirm first.
- A suspension can only be asked for once a month.

## Pay out

The payout must go to the account of an earlier payment, or to a voucher.

## Close a line

You must not close a line while its status is 'active'.
"""


def stated(effect: str, condition: str, basis: GuardBasis = "errors") -> Stated:
    """A guard as its runbook says it."""
    parsed = parse_condition(condition).parsed
    assert parsed is not None
    return Stated(effect, "stop" if basis == "result" else "proceed", parsed, basis)


def links(effect: str, condition: str, basis: GuardBasis = "errors") -> list[tuple[str, int]]:
    """Which sentences are linked: the relation and the line."""
    found: tuple[PolicyLink, ...] = link_policy([stated(effect, condition, basis)], split_policy(POLICY))
    return [(link.relation, link.sentence.line) for link in found]


def test_sentences_keep_their_heading_and_line() -> None:
    sentences = split_policy(POLICY)
    assert [s.text for s in sentences][:3] == [
        "Lines have a status.",
        "The status of a line can be: 'active', 'suspended' or 'closed'.",
        "A line can only be suspended if its status is 'active'.",
    ]
    assert [(s.heading, s.line) for s in sentences][3:6] == [
        ("Suspend a line", 7), ("Suspend a line", 9), ("Suspend a line", 10),
    ]  # fmt: skip
    assert split_policy("") == ()


@pytest.mark.parametrize(
    ("effect", "condition", "basis", "line"),
    [
        ("suspend_line", '`step 1 $.status` = "active"', "errors", 7),
        ("suspend_line", "argument `line_id` in [`step 2 $.line_id`]", "result", 10),
        ("pay_out", "argument `account` in [`step 1 $.payments[*].account`, `step 2 $.accounts[?@.kind == 'voucher'].id`]", "errors", 14),
    ],
)  # fmt: skip
def test_a_guard_is_linked_to_the_sentence_that_it_rests_on(
    effect: str, condition: str, basis: GuardBasis, line: int
) -> None:
    assert links(effect, condition, basis) == [("supports", line)]


def test_a_guard_that_a_sentence_contradicts_is_reported() -> None:
    assert links("suspend_line", '`step 1 $.status` = "closed"') == [("contradicts", 7)]
    assert links("close_line", '`step 1 $.status` = "active"') == [("contradicts", 18)]


def test_what_no_sentence_speaks_of_is_linked_to_none() -> None:
    assert links("move_line", '`step 1 $.status` = "active"') == []
    assert links("suspend_line", "`step 1 $.balance` >= 0") == []
