"""A made-up library desk: a loan is looked up, then extended; and what a session of it looks like."""

from __future__ import annotations

from typing import Any

from runlore.mining.conformance.find import Library
from runlore.mining.conformance.plan import Plan, PlanGuard, PlanStep
from runlore.mining.conformance.watch import Watch
from runlore.mining.conformance.weigh import DEFAULT
from runlore.model import Event, ValueSource
from runlore.runbooks.conditions import parse_condition


def guard(text: str, *, stops: bool = False) -> PlanGuard:
    return PlanGuard(text, parse_condition(text).parsed, stops)


EXTEND = Plan(
    "extend-loan",
    "Extend a loan",
    (
        PlanStep(1, "Get the loan", "get_loan"),
        PlanStep(2, "Check the reader's account", "check_account", after=(1,)),
        PlanStep(
            3,
            "Extend the loan",
            "extend_loan",
            effect=True,
            after=(2,),
            sources=(("loan_id", ValueSource("step", step=1, path="$.loan_id")),),
            guards=(guard('`step 1 $.state` = "out"'), guard("argument `loan_id` in [`step 3 $.loan_id`]", stops=True)),
            approval=True,
        ),
    ),
    ("extend", "loan"),
    12,
    4,
)
RESERVE = Plan(
    "reserve-book",
    "Reserve a book",
    (PlanStep(1, "Reserve the book", "reserve_book", effect=True),),
    ("reserve", "book"),
    5,
)
LIBRARY = Library((EXTEND, RESERVE))


def said(text: str, index: int) -> Event:
    return Event(id=f"e{index}", kind="prompt", line=1, index=index, actor="person", text=text)


def told(text: str, index: int) -> Event:
    return Event(id=f"e{index}", kind="say", line=1, index=index, text=text)


def call(tool: str, arguments: Any, result: Any, index: int, **more: Any) -> Event:
    return Event(
        id=f"e{index}", kind="call", line=1, index=index, tool=tool, arguments=arguments, result=result, **more
    )


def loan(number: str, state: str, index: int) -> Event:
    return call("get_loan", {"loan_id": number}, {"loan_id": number, "state": state, "title": "Walden"}, index)


def account(index: int) -> Event:
    return call("check_account", {"reader": "R55"}, {"reader": "R55", "fees": 0}, index)


def extend(number: str, index: int, **more: Any) -> Event:
    more.setdefault("result", {"loan_id": number, "due": "2026-04-01"})
    result = more.pop("result")
    return call("extend_loan", {"loan_id": number}, result, index, **more)


def good_case() -> list[Event]:
    return [
        said("Please extend my loan L1001, I am reader R55", 0),
        loan("L1001", "out", 1),
        account(2),
        told("I would extend the loan of Walden to 1 April. Shall I?", 3),
        said("Yes, please do", 4),
        extend("L1001", 5),
        told("It is extended to 1 April.", 6),
        said("Great, thank you!", 7),
    ]


def watch(events: list[Event], library: Library = LIBRARY, name: str = "") -> Watch:
    started = Watch(library, DEFAULT, transcript="sha256:t", session="s", name=name)
    for event in events:
        started.take(event)
    return started
