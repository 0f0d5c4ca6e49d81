"""Which cases are the same kind of work: by their effects, their goal, or the written procedure that they run."""

from __future__ import annotations

from build import activities, call, digests, mined, names, only, said, shell, transcript

from runlore.mining.grouping import plain_name, same_work
from runlore.model import Event, Transcript


def effect(tool: str, number: int, **arguments: str) -> Event:
    """An effect with a value of its own in its result."""
    return call(tool, arguments or {"ref": f"r{number}"}, {"id": f"{tool}_{number}4711", "status": "done"})


def session(number: int, *events: Event, ask: str = "please do the usual work") -> Transcript:
    return transcript(f"s{number}", said(ask), *events)


def test_three_distinct_sessions_make_a_pattern_and_two_do_not() -> None:
    assert mined(*(session(n, effect("cancel_order", n)) for n in range(2))).workflows == ()
    assert len(mined(*(session(n, effect("cancel_order", n)) for n in range(3))).workflows) == 1


def test_one_session_with_many_cases_is_no_pattern() -> None:
    events = [e for n in range(8) for e in (said(f"please cancel order W{n}0055"), effect("cancel_order", n))]
    assert mined(transcript("s", *events)).workflows == ()


def test_different_effects_are_different_workflows() -> None:
    rows = [session(n, effect("cancel_order" if n % 2 else "return_item", n)) for n in range(8)]
    assert names(mined(*rows).workflows) == {"cancel-order", "return-item"}


def test_a_case_with_two_kinds_of_work_belongs_to_both() -> None:
    rows = [session(n, effect("cancel_order" if n % 2 else "return_item", n)) for n in range(8)]
    both = session(9, effect("cancel_order", 9), effect("return_item", 9))
    found = mined(*rows, both).workflows
    assert [sum(c.session == "s9" for c in w.cases) for w in found] == [1, 1]
    assert all(len(w.effects) == 1 for w in found)


def test_effects_that_feed_each_other_are_one_workflow() -> None:
    def row(number: int) -> Transcript:
        made = effect("create_draft", number)
        return session(number, made, effect("send_draft", number, draft=f"create_draft_{number}4711"))

    found = only(mined(*(row(n) for n in range(4))))
    assert found.effects == ("create_draft", "send_draft")
    assert activities(found) == ["create_draft", "send_draft"]


def test_effects_that_stand_together_are_one_workflow() -> None:
    rows = [session(n, effect("create_ticket", n), effect("send_note", n)) for n in range(5)]
    assert only(mined(*rows)).effects == ("create_ticket", "send_note")


def test_an_effect_that_is_rare_and_fed_is_an_optional_step_of_the_other() -> None:
    def row(number: int) -> Transcript:
        follow = [effect("add_note", number, about=f"publish_post_{number}4711")] if number < 4 else []
        return session(number, effect("publish_post", number), *follow)

    found = only(mined(*(row(n) for n in range(12))))
    assert found.effects == ("add_note", "publish_post")
    assert {s.activity: s.optional for s in found.steps}.get("add_note", True)


def test_a_failed_or_refused_effect_is_none() -> None:
    failed = call("cancel_order", {"id": "1"}, "Error: order is closed", outcome="error")
    refused = call("cancel_order", {"id": "1"}, None, outcome="rejected", words="no, keep it")
    for event in (failed, refused):
        assert mined(*(session(n, event) for n in range(5))).workflows == ()


def test_what_a_person_does_with_tools_of_their_own_is_work_but_no_effect_of_the_agent() -> None:
    mine = call("cancel_order", {"id": "1"}, {"ok": True}, actor="person")
    (workflow,) = mined(*(session(n, mine) for n in range(5))).workflows
    assert workflow.effects == ()
    assert [step.title for step in workflow.steps] == ["Have the person cancel an order"]


def test_a_case_that_ends_by_handing_over_is_work_too() -> None:
    look = call("get_order", {"id": "1"}, {"status": "lost"})
    hand = call("transfer_to_human_agents", {"summary": "lost"}, "done")
    (workflow,) = mined(*(session(n, look, hand) for n in range(3))).workflows
    assert workflow.effects == ()
    assert [step.activity for step in workflow.steps] == ["get_order", "transfer_to_human_agents"]


def test_reading_alone_is_no_workflow() -> None:
    assert mined(*(session(n, call("get_order", {"id": f"{n}"}, {"x": 1})) for n in range(5))).workflows == ()


def test_a_written_procedure_is_known_by_its_name_however_it_is_called() -> None:
    assert plain_name("skill tools:review") == plain_name("/review") == plain_name("skill review") == "review"
    rows = [
        transcript(
            f"s{n}",
            said(f"please look after ticket {n}"),
            call("Skill", {"skill": "tools:triage"}, "loaded"),
            shell(f"gh issue view {n}", "text"),
            form="claude-code",
        )
        for n in range(4)
    ]
    found = [w for w in mined(*rows).workflows if w.procedure]
    assert [w.procedure for w in found] == ["triage"]
    assert len(found[0].cases) == 4


def test_the_same_work_done_again_is_told_by_its_identifiers() -> None:
    rows = [session(n, effect("cancel_order", n, order=f"W{12345 + n // 2}")) for n in range(4)]
    cases = [c for d in digests(*rows) for c in d.cases]
    assert same_work(cases) == [0, 0, 2, 2]
    assert same_work([]) == []


def test_many_kinds_of_work_are_told_apart_in_reasonable_time() -> None:
    rows = [
        transcript(f"s{kind}-{n}", said(f"please do it for {kind}"), effect(f"create_{chr(97 + kind % 26)}{kind}x", n))
        for kind in range(150)
        for n in range(3)
    ]
    found = mined(*rows).workflows
    assert len(found) == 150
    assert len(names(found)) == 150
