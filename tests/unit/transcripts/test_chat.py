"""Chat transcripts: the three forms of calls, pairing, errors, identity, and what is no conversation."""

from __future__ import annotations

import json
from typing import Any

import pytest

from runlore.model import Event
from runlore.transcripts import chat
from runlore.transcripts.base import Head, Reading


def read(*conversations: Any, file: str = "runs.jsonl") -> list[Reading]:
    lines = [json.dumps(c).encode() if not isinstance(c, bytes) else c for c in conversations]
    return list(chat.read(file, enumerate(lines, 1)))


def events(*messages: dict[str, Any]) -> tuple[Event, ...]:
    (reading,) = read({"id": "s", "messages": list(messages)})
    return reading.transcript.events


def calls(*messages: dict[str, Any]) -> list[Event]:
    return [event for event in events(*messages) if event.kind == "call"]


def head(*lines: Any, file: str = "runs.jsonl") -> Head:
    return Head(file, tuple(json.dumps(line).encode() for line in lines))


USER = {"role": "user", "content": "Cancel order 7"}


def openai_call(key: str | None, name: str, arguments: Any) -> dict[str, Any]:
    return {
        "role": "assistant",
        "content": None,
        "tool_calls": [{"id": key, "function": {"name": name, "arguments": arguments}}],
    }


def test_who_worked_is_told_by_name_and_model() -> None:
    def agent(**about: str) -> str:
        line = json.dumps({"id": "t", "messages": [USER], **about}).encode()
        (reading,) = chat.read("runs.jsonl", [(1, line)])
        return reading.transcript.agent

    assert agent(agent="clerk", model="m-1") == "clerk/m-1"
    assert agent(model="m-1") == "m-1"
    assert agent() == ""


def test_openai_calls_are_paired_with_their_results() -> None:
    (call,) = calls(
        USER,
        openai_call("c1", "cancel", '{"order": 7}'),
        {"role": "tool", "tool_call_id": "c1", "content": '{"status": "cancelled"}'},
    )
    assert (call.tool, call.arguments, call.result, call.outcome) == (
        "cancel",
        {"order": 7},
        {"status": "cancelled"},
        "ok",
    )
    assert (call.line, call.index, call.result_line, call.result_index) == (1, 1, 1, 2)


def test_arguments_may_be_an_object_or_broken_text() -> None:
    assert calls(USER, openai_call("a", "t", {"x": 1}))[0].arguments == {"x": 1}
    assert calls(USER, openai_call("a", "t", '{"x": '))[0].arguments == {"input": '{"x": '}
    assert calls(USER, openai_call("a", "t", ""))[0].arguments == {}


def test_flat_calls_and_the_persons_own() -> None:
    flat = [
        {"id": "c1", "name": "restart", "arguments": {"device": "phone"}, "requestor": "user"},
        {"id": "c2", "name": "look_up", "arguments": {}, "requestor": "assistant"},
    ]
    first, second = calls(USER, {"role": "assistant", "content": None, "tool_calls": flat})
    assert (first.actor, first.tool, second.actor) == ("person", "restart", "agent")
    assert first.id != second.id
    assert (first.index, second.index) == (1, 1)
    (spoken,) = calls(
        {"role": "user", "content": None, "tool_calls": [{"id": "c1", "name": "restart", "arguments": {}}]}
    )
    assert spoken.actor == "person"


def test_anthropic_blocks_in_their_order_with_words_beside_a_result() -> None:
    found = events(
        USER,
        {
            "role": "assistant",
            "content": [
                {"type": "thinking", "thinking": "hm"},
                {"type": "text", "text": "I look."},
                {"type": "tool_use", "id": "t1", "name": "get", "input": {"order": 7}},
            ],
        },
        {
            "role": "user",
            "content": [
                {
                    "type": "tool_result",
                    "tool_use_id": "t1",
                    "is_error": True,
                    "content": [{"type": "text", "text": "no such order"}],
                },
                {"type": "text", "text": "It is 8, sorry"},
            ],
        },
    )
    assert [(e.kind, e.text or e.tool) for e in found] == [
        ("prompt", "Cancel order 7"),
        ("say", "I look."),
        ("call", "get"),
        ("steer", "It is 8, sorry"),
    ]
    assert (found[2].outcome, found[2].result, found[2].result_index) == ("error", "no such order", 2)
    assert len({e.id for e in found}) == 4


def test_ids_that_repeat_pair_by_order() -> None:
    first, second, third = calls(
        USER,
        openai_call("call_1", "get", {"n": 1}),
        {"role": "tool", "tool_call_id": "call_1", "content": "one"},
        openai_call("call_1", "get", {"n": 2}),
        openai_call("call_1", "get", {"n": 3}),
        {"role": "tool", "tool_call_id": "call_1", "content": "two"},
    )
    assert (first.result, second.result, third.result, third.outcome) == ("one", "two", None, "open")
    assert len({first.id, second.id, third.id}) == 3


def test_results_without_ids_pair_by_name_then_by_order() -> None:
    a, b, c = calls(
        USER,
        openai_call(None, "a", {}),
        openai_call(None, "b", {}),
        openai_call(None, "c", {}),
        {"role": "tool", "name": "b", "content": "of b"},
        {"role": "tool", "content": "of a"},
        {"role": "function", "name": "c", "content": "of c"},
    )
    assert (a.result, b.result, c.result) == ("of a", "of b", "of c")


def test_a_result_of_an_unknown_call_is_counted_and_pairs_with_none() -> None:
    (reading,) = read(
        {"messages": [USER, openai_call("c1", "a", {}), {"role": "tool", "tool_call_id": "c9", "content": "?"}]}
    )
    assert reading.transcript.counts.unknown == {"result without a call": 1}
    assert [e.outcome for e in reading.transcript.events if e.kind == "call"] == ["open"]


@pytest.mark.parametrize(
    ("message", "outcome"),
    [
        ({"content": "Error: user not found"}, "error"),
        ({"content": '"Error: quoted"'}, "error"),
        ({"content": "fine", "error": True}, "error"),
        ({"content": '{"error": "no such order"}'}, "error"),
        ({"content": '{"status": "error", "detail": 3}'}, "error"),
        ({"content": '{"error": null, "id": 3}'}, "ok"),
        ({"content": '{"errors": 0}'}, "ok"),
        ({"content": "There was no Error"}, "ok"),
        ({"content": "fine", "error": False}, "ok"),
    ],
)
def test_errors(message: dict[str, Any], outcome: str) -> None:
    (reading,) = read({"messages": [USER, openai_call("c", "t", {}), {"role": "tool", "tool_call_id": "c"} | message]})
    (call,) = [e for e in reading.transcript.events if e.kind == "call"]
    assert call.outcome == outcome
    assert reading.transcript.counts.tool_errors == (outcome == "error")


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("[1, 2]", [1, 2]),
        (' {"a": 1} ', {"a": 1}),
        ("7", "7"),
        ('"x"', '"x"'),
        ("true", "true"),
        ("{broken", "{broken"),
        ("", ""),
    ],
)
def test_results_are_parsed_where_the_whole_text_is_an_object_or_list(text: str, result: Any) -> None:
    (call,) = calls(USER, openai_call("c", "t", {}), {"role": "tool", "tool_call_id": "c", "content": text})
    assert call.result == result


def test_counts_session_reward_and_times() -> None:
    (reading,) = read(
        {
            "trajectory_id": "retail/3/1",
            "reward": 1,
            "messages": [
                {"role": "system", "content": "policy"},
                USER | {"timestamp": "2026-03-02T09:00:00Z"},
                openai_call("c", "t", {})
                | {"timestamp": "2026-03-02T09:00:05Z", "usage": {"prompt_tokens": 90, "completion_tokens": 10}},
                {"role": "tool", "tool_call_id": "c", "content": "Error", "timestamp": "2026-03-02T09:00:07Z"},
                {
                    "role": "assistant",
                    "content": "It failed.",
                    "usage": {"input_tokens": 5, "cache_read_input_tokens": 100, "output_tokens": 2},
                },
                {"role": "user", "content": "  "},
            ],
        }
    )
    transcript = reading.transcript
    counts = transcript.counts
    assert (counts.records, counts.prompts, counts.tool_calls, counts.tool_errors) == (6, 1, 1, 1)
    assert (transcript.session, transcript.format, transcript.reward) == ("retail/3/1", "chat", 1.0)
    prompt, call, say = transcript.events
    assert (prompt.actor, call.end - call.time, transcript.ended - transcript.started) == ("person", 2.0, 7.0)
    assert (call.tokens, call.output_tokens, say.tokens) == (100, 10, 107)


def test_sessions_without_an_id_are_named_by_file_and_line() -> None:
    first, second = read([USER], {"messages": [USER]}, file="logs/week.jsonl.gz")
    assert (first.transcript.session, second.transcript.session) == ("week:1", "week:2")


def test_the_same_conversation_elsewhere_has_the_same_ids_and_another_does_not() -> None:
    talk = {"id": "1", "messages": [USER, openai_call("c", "t", {})]}
    other = {"id": "1", "messages": [{"role": "user", "content": "Refund order 9"}, openai_call("c", "t", {"x": 1})]}
    ids = [tuple(e.id for e in reading.transcript.events) for reading in (*read(talk), *read({}, talk), *read(other))]
    assert ids[0] == ids[1]
    assert not set(ids[0]) & set(ids[2])


def test_without_an_id_the_place_in_the_file_does_not_matter() -> None:
    grown = [USER, openai_call("c", "t", {}), {"role": "tool", "tool_call_id": "c", "content": "x"}]
    first, second = read([{"role": "user", "content": "other"}], grown[:2])
    (alone,) = read(grown)
    ids = [[e.id for e in reading.transcript.events] for reading in (first, second, alone)]
    assert ids[1] == ids[2]
    assert not set(ids[0]) & set(ids[1])


def test_each_conversation_is_archived_as_its_own_line() -> None:
    one, two = {"id": "a", "messages": [USER]}, {"id": "b", "messages": [USER]}
    readings = read(one, two)
    assert [json.loads(r.lines[0]) for r in readings] == [one, two]
    assert {e.line for r in readings for e in r.transcript.events} == {1}
    listed = read([one, two])
    assert [(r.transcript.session, json.loads(r.lines[0])) for r in listed] == [("a", one), ("b", two)]


def test_what_is_no_conversation_is_counted_with_its_neighbour() -> None:
    odd = {"id": "b", "messages": [USER, USER, USER, {"role": "critic"}, 5]}
    first, second = read({"id": "a", "messages": [USER]}, b"{torn", {"note": 1}, odd)
    assert (first.transcript.counts.unreadable, first.transcript.counts.unknown) == (1, {"line without messages": 1})
    assert second.transcript.counts.unknown == {"role critic": 1, "message that is no object": 1}
    (alone,) = read(b"{torn")
    assert (alone.transcript.counts.unreadable, alone.transcript.events) == (1, ())


@pytest.mark.parametrize(
    "line",
    [
        {"role": "user", "message": {"content": [{"type": "text", "text": "List the files."}]}},
        {"role": "user", "content": "one message a line is no conversation a line"},
        {"messages": [{"type": "user", "content": "hi"}]},
        {"messages": [{"role": "owner", "content": "hi"}]},
        {"messages": []},
        {"messages": [{"role": "user"}]},
        {"messages": "none"},
        [{"id": 0, "source": "user", "action": "message"}],
        {"history": [{"role": "user", "content": "hi"}], "trajectory": []},
        7,
    ],
)
def test_detect_refuses_what_is_no_list_of_chat_messages(line: Any) -> None:
    assert not chat.detect(head(line))
    assert not chat.detect(Head("a.json", (), document=line))


def test_detect_takes_each_form() -> None:
    assert chat.detect(head({"messages": [USER]}))
    assert chat.detect(head([USER]))
    assert chat.detect(Head("a.json", (), document=[{"messages": [USER]}, {"messages": [USER]}]))
    assert not chat.detect(head([USER], file="issue.traj.json"))
    cut = b'{"id": "x", "messages": [{"role": "system", "content": "' + b"a" * 5000
    assert chat.detect(Head("long.jsonl", (cut,)))


def test_hostile_shapes_never_raise() -> None:
    odd: list[Any] = [None, 1, "x", [], {}, True, 1e400, [[]], {"type": None}, {"text": 3}]
    for value in odd:
        for key in ("content", "tool_calls", "usage", "timestamp", "tool_call_id", "function_call", "error"):
            for role in ("user", "assistant", "tool"):
                message = {"role": role, "content": "x"} | {key: value}
                text = json.dumps({"id": value, "reward": value, "messages": [USER, message, message]}).encode()
                for reading in chat.read("f", [(1, text)]):
                    assert reading.transcript.counts.records == 3
