"""The six questions, answered from what is known; and what each answer would change."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from runlore.debriefing.answer import answer_all, finding_key, list_to_ask
from runlore.debriefing.seen import Asked, Departure, Failed, Lacked, Objection, Other, ProofTrouble, Seen
from runlore.model.debrief import QUESTIONS, Answer, Change

BOOK = "runbooks/post"


def answers(seen: Seen) -> dict[str, Answer]:
    given = answer_all(seen, "record")
    assert [a.question for a in given] == list(QUESTIONS)
    return {a.question: a for a in given}


def test_where_nothing_is_known_nothing_is_claimed_and_everything_is_asked() -> None:
    found = answers(Seen(BOOK))
    assert {a.text for a in found.values()} == {"Nothing shows it."}
    assert {a.source for a in found.values()} == {"nobody"}
    assert not any(a.findings for a in found.values())
    assert list_to_ask(Seen(BOOK)) == tuple(QUESTIONS)


def test_a_failure_is_a_row_and_what_helped_a_line_at_its_step() -> None:
    seen = Seen(
        BOOK, failed=(Failed(3, "rate limit", "waited", {"run": 7}), Failed(4, "gone"), Failed(0, "no net", "x"))
    )
    answer = answers(seen)["step-failed"]
    assert answer.text == "Yes: step 3 with “rate limit”; step 4 with “gone”; “no net”."
    assert [f.change for f in answer.findings] == [
        Change("failure", 3, "rate limit", "waited", count=1),
        Change("recovery", 3, "rate limit", "waited"),
        Change("failure", 4, "gone", "", count=1),
        Change("failure", 0, "no net", "x", count=1),
    ]
    assert answer.findings[0].evidence == {"run": 7}
    assert {f.document for f in answer.findings} == {BOOK}


def test_what_was_missing_becomes_a_prerequisite_or_an_input() -> None:
    lacked = (
        Lacked("credential", "crm", "rejected"),
        Lacked("permission", "crm:write"),
        Lacked("input", "caption"),
        Lacked("luck", "x"),
    )
    found = answers(Seen(BOOK, lacked=lacked))["credential-missing"].findings
    assert [(f.change.kind, f.change.subject) for f in found] == [
        ("prerequisite", "crm"),
        ("prerequisite", ""),
        ("input", "caption"),
    ]
    assert "crm:write" in found[1].change.text


def test_a_proof_is_unclear_once_it_was_refused_twice_and_then_satisfied() -> None:
    trouble = (ProofTrouble(2, 1, "low", "url"), ProofTrouble(3, 2, "low", "url, P2"), ProofTrouble(4, 5, "low", ""))
    answer = answers(Seen(BOOK, proof=trouble))["proof-unclear"]
    assert [(f.change.kind, f.change.step) for f in answer.findings] == [("prose", 3)]
    assert "step 4" in answer.text and "step 2" not in answer.text


def test_a_persons_no_stands_in_their_words() -> None:
    (finding,) = answers(Seen(BOOK, objections=(Objection(5, "too loud", "brand-owner", "2026-03-02"),)))[
        "pattern-rejected"
    ].findings
    assert finding.change == Change("good", 0, "Rejected 2026-03-02", "too loud", "brand-owner")


def test_a_departure_is_a_shortcut_only_where_the_work_went_well() -> None:
    departures = (
        Departure(1, "adapted", "by hand", True), Departure(2, "skipped", "no campaign", True), Departure(3, "adapted", "x", False),
    )  # fmt: skip
    answer = answers(Seen(BOOK, departures=departures))["shortcut-emerged"]
    assert [(f.change.kind, f.change.step) for f in answer.findings] == [("prose", 1), ("optional", 2)]
    assert "step 3" not in answer.text


def test_an_answer_from_above_goes_to_the_step_that_asked_and_an_unanswered_question_nowhere() -> None:
    asked = (Asked(6, "May we?", "Yes.", "founder"), Asked(0, "And now?", "No.", "founder"), Asked(1, "Who?", "", "x"))
    answer = answers(Seen(BOOK, asked=asked, others=(Other("it was out of order", 2),)))["else-changed"]
    assert [(f.document, f.change.kind) for f in answer.findings] == [
        (BOOK, "prose"),
        (BOOK, "good"),
        ("lessons/post", "note"),
    ]


def test_a_workers_words_are_a_note_labelled_as_theirs_and_are_not_asked_for_again() -> None:
    seen = Seen(BOOK, failed=(Failed(1, "x"),), told={"else-changed": " The folder\nmoved. ", "step-failed": "no"})
    found = answers(seen)
    assert (found["else-changed"].text, found["else-changed"].source) == ("The worker: The folder moved.", "worker")
    (note,) = found["else-changed"].findings
    assert (note.document, note.change.kind, note.why) == ("lessons/post", "note", "the worker says so")
    assert found["step-failed"].text == "step 1 with “x”. The worker: no"
    assert not any(f.change.kind == "note" for f in found["step-failed"].findings)
    assert set(list_to_ask(seen)) == set(QUESTIONS) - {"else-changed", "step-failed"}


def test_findings_about_one_line_meet_whatever_numbers_a_sign_carries() -> None:
    def key(kind: str, subject: str, text: str = "", step: int = 1) -> str:
        return finding_key(BOOK, Change(kind, step, subject, text))  # type: ignore[arg-type]

    assert key("failure", "Error 12 in batch 9") == key("failure", "error 7 in batch 11", "wait")
    assert key("failure", "404") != key("failure", "500")
    assert key("failure", "x") != key("failure", "x", step=2) != key("recovery", "x", step=2)
    assert key("good", "", "at most 3 hashtags") != key("good", "", "at most 5 hashtags")
    assert finding_key("runbooks/other", Change("failure", 1, "x")) != key("failure", "x")


@given(st.text(max_size=3000), st.text(max_size=3000))
def test_whatever_was_said_the_answers_stay_short(sign: str, words: str) -> None:
    seen = Seen(BOOK, failed=(Failed(1, sign),) * 50, told={"step-failed": words})
    assert all(len(a.text) < 1_000 for a in answer_all(seen, "record"))
