"""The digest of one transcript, and what is dropped because it stands in several."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from build import call, digests, mined, only, said, shell, transcript

from runlore.mining.digest import LINK, Case, Digest, digest, distinct, part, pick
from runlore.model import Event


def one(*events: Event, form: str = "chat") -> Case:
    """The one case of a session."""
    (row,) = digests(transcript("s", *events, form=form))
    (case,) = row.cases
    return case


def flow(number: int = 0) -> tuple[Event, ...]:
    return (
        said("please cancel order W1055"),
        call("get_order", {"id": "W1055"}, {"card": f"card_{number}99"}),
        said("yes"),
        call("cancel_order", {"id": "W1055", "card": f"card_{number}99"}, {"status": "cancelled"}),
    )


def test_an_edge_goes_to_the_call_that_first_held_the_value() -> None:
    case = one(*flow())
    assert [c.name for c in case.calls] == ["get_order", "cancel_order"]
    assert case.calls[1].edges == (0,)
    assert case.calls[1].scalars == (("$.status", "cancelled"),)


def test_words_know_after_how_many_calls_they_were_said() -> None:
    assert [(s.kind, s.after) for s in one(*flow()).said] == [("request", 0), ("confirmation", 1)]


def test_a_refused_call_keeps_the_persons_words() -> None:
    case = one(
        said("cancel it"), call("cancel_order", {"id": "1"}, None, outcome="rejected", words="no, refund it first")
    )
    assert [(s.kind, s.text, s.after) for s in case.said][1:] == [("refusal", "no, refund it first", 1)]
    assert case.calls[0].outcome == "rejected"


def test_an_answer_to_a_question_of_the_agent_is_heard() -> None:
    asked = call("AskUserQuestion", {"questions": []}, {"answers": {"Publish now?": "Yes, publish it"}})
    case = one(said("please publish the post"), asked, call("publish_post", {}, {"status": "published"}))
    assert [s.kind for s in case.said][1:] == ["confirmation"]


def test_the_link_that_a_command_prints_last_is_kept() -> None:
    case = one(
        said("open a pull request"), shell("gh pr create -t x", "ok\nhttps://example.org/pr/7\n"), form="claude-code"
    )
    assert (LINK, "https://example.org/pr/7") in case.calls[-1].scalars


@pytest.mark.parametrize(
    ("result", "outcome"),
    [
        ({"success": False}, "error"),
        ({"ok": False}, "error"),
        ({"status": 404, "message": "no"}, "error"),
        ({"code": "TOKEN_EXPIRED"}, "error"),
        ({"status": 200}, "ok"),
        ({"status": "failed"}, "ok"),
        ({"success": True, "code": "A1"}, "ok"),
        ({"status": True}, "ok"),
        ([], "ok"),
        ("error", "ok"),
    ],
)
def test_an_error_may_arrive_politely(result: Any, outcome: str) -> None:
    assert one(said("do it"), call("cancel_order", {}, result)).calls[0].outcome == outcome


def test_a_transcript_is_digested_the_same_each_time_and_can_be_stored() -> None:
    row = transcript("s", *flow())
    stored = msgspec.msgpack.encode(digest(row))
    assert stored == msgspec.msgpack.encode(digest(row))
    assert msgspec.msgpack.decode(stored, type=Digest) == digest(row)


def test_what_is_kept_is_bounded() -> None:
    huge = call("create_note", {"text": "many words " * 100_000, "key": "k" * 100_000}, {"echo": "e" * 500_000})
    row = transcript("s", said("please " + "say it again " * 50_000), huge)
    assert len(msgspec.msgpack.encode(digest(row))) < 12_000


@pytest.mark.parametrize(
    "events",
    [
        (),
        (said("hello"),),
        (said(""), said("   "), said("\u202e\x00")),
        (call("", None, None),),
        (call("create_x", None, None, outcome="open"),),
        (call("create_x", {"a": [[[]]], "b": {}}, [1, [2, [None]]]),),
        (Event("", "interrupt", 0), Event("", "compaction", 0), Event("", "rollback", 0, arguments={"count": 9})),
        (Event("", "procedure", 0, tool="/release", text="do"), Event("", "procedure", 0, tool="")),
        (call("Bash", {"command": None}, None), call("Bash", "git push", None), call("Bash", {"command": ["a", 1]}, 5)),
        tuple(
            call("create_x", {}, r, outcome="error") for r in (None, "", {"error": None}, {"error": {"x": 1}}, ["e"], 5)
        ),
    ],
)
def test_odd_transcripts_are_digested_and_mined(events: tuple[Event, ...]) -> None:
    for form in ("chat", "claude-code"):
        found = mined(*(transcript(f"s{n}", *events, form=form) for n in range(4)))
        assert found.events == 4 * len(events)


def test_a_session_copied_into_another_counts_once() -> None:
    events = flow()
    first = transcript("s", *events, form="claude-code")
    copied = msgspec.structs.replace(first, session="copy", started=first.started + 99)
    rows = distinct(digests(copied, first))
    assert [(r.session, len(r.cases)) for r in rows] == [("s", 1), ("copy", 0)]


def test_a_resumed_session_keeps_what_is_new_and_the_earlier_one_keeps_the_rest() -> None:
    first = transcript("a", *flow(), form="claude-code")
    more = [call("cancel_order", {"id": f"W{n}", "card": "card_099"}, {"status": "cancelled"}) for n in range(4)]
    resumed = transcript("b", *first.events, *more, start=first.started, form="claude-code")
    resumed = msgspec.structs.replace(resumed, started=first.started + 50)
    (early, late) = distinct(digests(resumed, first))
    assert [len(c.calls) for c in early.cases] == [2]
    assert [len(c.calls) for c in late.cases] == [4]
    assert all(0 <= e < 4 for c in late.cases for call_ in c.calls for e in call_.edges)


def test_a_resumed_session_with_one_new_call_keeps_it_with_its_own_tokens() -> None:
    first = transcript("a", *flow(), form="claude-code")
    more = call("refund_card", {"id": "W9", "card": "card_099"}, {"status": "refunded"}, tokens=7)
    resumed = transcript("b", *first.events, more, start=first.started, form="claude-code")
    resumed = msgspec.structs.replace(resumed, started=first.started + 50)
    (early, late) = distinct(digests(resumed, first))
    assert [len(c.calls) for c in early.cases] == [2]
    (case,) = late.cases
    assert [c.name for c in case.calls] == ["refund_card"]
    assert case.tokens == case.calls[0].tokens < early.cases[0].tokens
    assert case.started > early.cases[0].started


def test_chat_sessions_with_equal_call_ids_do_not_hide_each_other() -> None:
    rows = [
        transcript(f"s{n}", said("please cancel it"), call("cancel_order", {"id": f"{n}"}, {"ok": True}))
        for n in range(3)
    ]
    rows = [
        msgspec.structs.replace(t, events=tuple(msgspec.structs.replace(e, id="c1") for e in t.events)) for t in rows
    ]
    assert len(only(mined(*rows)).cases) == 3


def test_pick_counts_calls_anew() -> None:
    case = one(*flow())
    piece = pick(case, [1], case.said)
    assert [c.name for c in piece.calls] == ["cancel_order"]
    assert piece.calls[0].edges == ()
    assert {b.name: b.places for b in piece.calls[0].bindings}["card"] == ()
    assert [s.after for s in piece.said] == [0, 0]


def test_part_has_the_time_and_the_tokens_of_its_calls() -> None:
    case = one(*flow())
    piece = part(case, 1, 2, case.said[1:])
    assert piece.tokens == 100
    assert piece.seconds == 15
    assert case.tokens == 200


def test_a_case_is_interrupted_where_a_person_stopped_it() -> None:
    assert one(*flow(), Event("", "interrupt", 0)).interrupted
    assert not one(*flow()).interrupted
