"""A case watched while it happens: what deviates, where, and what it comes to."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from conformance_example import EXTEND, LIBRARY, RESERVE, account, call, extend, good_case, loan, said, told, watch

from runlore.mining.conformance.find import Library
from runlore.mining.conformance.watch import Watch
from runlore.mining.conformance.weigh import DEFAULT
from runlore.model.conformance import Checked


def kinds(checked: Checked) -> list[str]:
    return [d.kind for d in checked.deviations]


def test_a_case_that_does_what_the_runbook_says_deviates_in_nothing() -> None:
    checked = watch(good_case()).close()
    assert checked.runbook == "extend-loan"
    assert checked.deviations == ()
    assert checked.score > 0.7
    assert checked.acted
    assert checked.should_act is True, "its guards held"
    assert checked.request.startswith("Please extend my loan")


def test_a_warning_comes_before_the_effect() -> None:
    events = good_case()
    events[1] = loan("L1001", "reserved for another", 1)
    started = watch(events[:5])
    [warning] = started.foresee(events[5])
    assert warning.kind == "guard ignored"
    assert warning.step == 3
    assert warning.text == 'It does not hold that `step 1 $.state` = "out", which has to hold before `extend_loan`.'
    assert warning.sources[0].index == 5
    assert started.close() == watch(events[:5]).close(), "foreseeing remembers nothing"
    assert started.foresee(events[1]) == (), "a read is never warned of"


def test_a_guard_that_is_ignored_costs_most_and_says_that_nothing_should_have_been_done() -> None:
    events = good_case()
    good = watch(events).close()
    events[1] = loan("L1001", "reserved for another", 1)
    checked = watch(events).close()
    assert kinds(checked) == ["guard ignored"]
    assert checked.should_act is False
    assert checked.score < good.score - 0.3
    assert checked.deviations[0].weight > 1


def test_a_guard_that_the_tool_enforced_did_no_harm() -> None:
    events = good_case()
    events[1] = loan("L1001", "reserved for another", 1)
    ignored = watch(events).close()
    events[5] = extend("L1001", 5, result="Error: the loan is reserved", outcome="error")
    stopped = watch(events).close()
    assert "guard ignored" in kinds(stopped)
    assert "failed" in kinds(stopped)
    assert stopped.score > ignored.score


def test_the_guard_is_read_from_the_record_that_the_effect_is_about() -> None:
    events = good_case()
    events[1:2] = [loan("L1001", "out", 1), loan("L2002", "reserved for another", 1)]
    assert watch(events).close().deviations == ()


def test_doing_it_without_a_yes_is_told_with_the_persons_words() -> None:
    events = good_case()
    events[4] = said("What would it cost?", 4)
    [skipped] = [d for d in watch(events).close().deviations if d.kind == "approval skipped" and d.step == 3]
    assert [s.index for s in skipped.sources] == [5, 4]


def test_a_step_that_is_left_out_is_skipped_and_one_done_later_out_of_order() -> None:
    events = good_case()
    del events[2]
    [skipped] = watch(events).close().deviations
    assert (skipped.kind, skipped.step) == ("skipped", 2)
    assert skipped.text == "Step 2 (Check the reader's account) was not done before `extend_loan`."
    [late] = [d for d in watch([*events, account(9)]).close().deviations if d.step]
    assert (late.kind, late.step) == ("out of order", 2)


def test_extra_reads_cost_nothing_to_speak_of() -> None:
    events = good_case()
    more = [
        *events[:3],
        account(2),
        loan("L1001", "out", 2),
        call("get_opening_hours", {}, {"monday": "9-18"}, 2),
        *events[3:],
    ]
    assert abs(watch(more).close().score - watch(events).close().score) < 0.02


def test_doing_it_twice_on_the_same_thing_is_repeated_and_stopped_by_its_guard() -> None:
    events = [*good_case(), extend("L1001", 8)]
    checked = watch(events).close()
    assert [k for k in kinds(checked) if k in ("guard ignored", "repeated")] == ["guard ignored", "repeated"]
    assert checked.deviations[0].text.startswith("It holds that argument `loan_id` in")


def test_a_value_from_nowhere_is_told() -> None:
    events = good_case()
    events[5] = extend("L9999", 5)
    [wrong] = [d for d in watch(events).close().deviations if d.kind == "wrong source"]
    assert wrong.text == "The value of `loan_id` stands in no result and in no words before `extend_loan`."


def test_an_effect_that_no_runbook_has_is_added() -> None:
    events = [*good_case()[:5], call("delete_reader", {"reader": "R55"}, {"done": True}, 5)]
    checked = watch(events).close()
    assert "added" in kinds(checked)
    assert checked.runbook == "", "no runbook changes that"
    none = watch(events, Library(())).close()
    assert "added" not in kinds(none), "without a library everything would be foreign"


def test_a_proposal_that_is_never_carried_out_is_not_done() -> None:
    checked = watch(good_case()[:4]).close()
    assert not checked.acted
    [proposal] = [d for d in checked.deviations if "proposal that was never" in d.text]
    assert proposal.kind == "not done"
    assert proposal.sources[0].index == 3
    assert checked.should_act is True, "the loan is out, so it could have been extended"


def test_withholding_what_a_guard_forbids_is_no_fault() -> None:
    events = [
        said("Please extend my loan L1001", 0),
        loan("L1001", "reserved for another", 1),
        told("Another reader waits for it, so it stays as it is.", 2),
        said("Thank you anyway", 3),
    ]
    checked = watch(events, name="extend-loan").close()
    assert checked.should_act is False
    assert "Nothing was changed." not in [d.text for d in checked.deviations]


def test_a_named_runbook_is_the_one_that_counts() -> None:
    events = good_case()
    checked = watch(events, name="reserve-book").close()
    assert checked.runbook == "reserve-book"
    assert "added" in kinds(checked)


def test_what_a_refusal_comes_of_stands_first() -> None:
    lost = call("lose_copy", {"loan_id": "L1001"}, {"loan_id": "L1001"}, 5)
    failed = extend("L1001", 6, result="Error: the copy is lost", outcome="error")
    checked = watch([*good_case()[:5], lost, failed]).close()
    [told_of] = [d for d in checked.deviations if d.kind == "failed"]
    assert "after `lose_copy` had changed it" in told_of.text
    assert [s.index for s in told_of.sources] == [5, 6]


def test_an_objection_points_to_what_was_done() -> None:
    events = [*good_case()[:7], said("No, that is wrong, I only wanted one week instead", 7)]
    objected = next(d for d in watch(events).close().deviations if d.kind == "objected")
    assert [s.index for s in objected.sources] == [5, 7]


def test_the_same_events_give_the_same_answer_whenever_it_is_asked() -> None:
    events = good_case()
    asked_often = Watch(LIBRARY, DEFAULT, transcript="sha256:t", session="s")
    for event in events:
        asked_often.foresee(event)
        asked_often.take(event)
        asked_often.close()
    assert asked_often.close() == watch(events).close()


def test_the_runbook_is_found_by_effects_before_words() -> None:
    assert LIBRARY.find({"extend_loan": 1}, {"extend_loan": 1}, ["reserve", "book"]) == EXTEND
    assert LIBRARY.find({}, {}, ["reserve", "a", "book"]) == RESERVE
    assert LIBRARY.find({}, {}, ["weather"]) is None
    assert LIBRARY.find({"paint_wall": 1}, {"get_loan": 1}, ["extend", "loan"]) is None
