"""Approvals: where people are asked before an effect as a rule, and not by the way."""

from __future__ import annotations

from build import call, mined, said, step, transcript

from runlore.model import Transcript, Workflow


def talk(tool: str, number: int, answer: str, looks: int = 2) -> Transcript:
    """Looks, then the effect on the person's answer to what was put to them."""
    events = [call("get_line", {"line_id": f"L{number}00{n}"}, {"id": f"L{number}00{n}"}) for n in range(looks)]
    put = said("That is line one. Shall I go on?", kind="say")
    done = call(tool, {"line_id": f"L{number}000"}, {"state": "done"})
    return transcript(
        f"{tool}-{number}", said("something about my line"), *events, put, said(answer), done, start=9e8 + 100 * number
    )


def found(tool: str, *cases: Transcript) -> Workflow:
    return next(w for w in mined(*cases).workflows if tool in w.effects)


YES = "Yes, please go ahead with it, and tell me afterwards what it will cost me from next month on."
NO_YES = "It is the one that my daughter had all of last year, in the other town, if that is of any use."


def test_a_yes_as_a_rule_is_an_approval() -> None:
    cases = [talk("close_line", n, YES if n < 9 else NO_YES) for n in range(12)]
    approval = step(found("close_line", *cases), "close_line").approval
    assert approval is not None
    assert (approval.evidence.support, approval.over) == ((9, 12), ("line_id",))


def test_a_yes_now_and_then_is_none() -> None:
    cases = [talk("close_line", n, YES if n < 4 else NO_YES) for n in range(12)]
    assert step(found("close_line", *cases), "close_line").approval is None


def test_people_who_say_yes_to_everything_give_no_approval() -> None:
    def chatty(number: int) -> Transcript:
        put = said("Shall I look at it?", kind="say")
        look = call("get_line", {"line_id": f"L{number}000"}, {"id": f"L{number}000"})
        done = call("close_line", {"line_id": f"L{number}000"}, {"state": "done"})
        again = said("It is there. Shall I go on?", kind="say")
        rows = (said("my line"), put, said(YES), look, again, said(YES if number % 3 else NO_YES), done)
        return transcript(f"chatty-{number}", *rows, start=9e8 + 100 * number)

    assert step(found("close_line", *[chatty(n) for n in range(12)]), "close_line").approval is None


def test_what_is_practice_for_all_effects_counts_for_one_with_few_cases() -> None:
    def eager(number: int) -> Transcript:
        put = said("Shall I look it up?", kind="say")
        look = call("get_plan", {"plan": f"P{number}000"}, {"id": f"P{number}000"})
        done = call("change_plan", {"plan": f"P{number}000"}, {"state": "done"})
        return transcript(
            f"eager-{number}", said("my plan"), put, said(YES), look, put, said(YES), done, start=9.1e8 + number
        )

    few = [eager(n) for n in range(4)]
    assert step(found("change_plan", *few), "change_plan").approval is None
    many = [talk("close_line", n, YES) for n in range(20)]
    assert step(found("change_plan", *few, *many), "change_plan").approval is not None
