"""Copilot CLI sessions: calls told twice, permissions, aborts, exit codes, what is not known."""

from __future__ import annotations

import json
from typing import Any

from runlore.model import Event
from runlore.transcripts import copilot_cli
from runlore.transcripts.base import Head, Reading


def record(kind: str, second: int = 0, **data: Any) -> dict[str, Any]:
    return {"type": kind, "data": data, "id": f"{kind}-{second}", "timestamp": f"2026-03-02T09:00:{second:02}.000Z"}


START = record("session.start", sessionId="s-1", context={"cwd": "/repo", "branch": "main"})


def read(*records: Any) -> Reading:
    lines = [r if isinstance(r, bytes) else json.dumps(r).encode() for r in records]
    (reading,) = copilot_cli.read("events.jsonl", enumerate(lines, 1))
    return reading


def events(*records: Any) -> tuple[Event, ...]:
    return read(*records).transcript.events


def asks(key: str, command: str, second: int = 1) -> dict[str, Any]:
    request = {"toolCallId": key, "name": "bash", "arguments": {"command": command}}
    return record("assistant.message", second, content="I look.", toolRequests=[request], outputTokens=30)


def starts(key: str, command: str, second: int = 2) -> dict[str, Any]:
    return record("tool.execution_start", second, toolCallId=key, toolName="bash", arguments={"command": command})


def ends(key: str, text: str, second: int = 3, success: bool = True) -> dict[str, Any]:
    return record("tool.execution_complete", second, toolCallId=key, success=success, result={"content": text})


def test_a_call_is_told_twice_and_is_one_event() -> None:
    reading = read(
        START, record("user.message", content="List"), asks("c1", "ls"), starts("c1", "ls"), ends("c1", "a\nb", 5)
    )
    prompt, say, call = reading.transcript.events
    assert (prompt.kind, prompt.text, say.tokens) == ("prompt", "List", 30)
    assert (call.tool, call.arguments, call.result, call.outcome) == ("bash", {"command": "ls"}, "a\nb", "ok")
    assert (call.line, call.result_line, call.end - call.time, call.cwd, call.branch) == (3, 5, 3.0, "/repo", "main")
    transcript = reading.transcript
    assert (transcript.session, transcript.counts.tool_calls, transcript.counts.prompts) == ("s-1", 1, 1)


def test_the_exit_code_stands_behind_the_output() -> None:
    reading = read(START, starts("c1", "ls"), ends("c1", "no such file\n<shellId: 3 completed with exit code 2>"))
    (call,) = reading.transcript.events
    assert (call.result, call.exit_code, call.outcome) == ("no such file", 2, "error")
    assert reading.transcript.counts.tool_errors == 0  # the host says success


def test_errors_carry_their_message() -> None:
    failed = record(
        "tool.execution_complete", 3, toolCallId="c1", success=False, error={"message": "Path does not exist"}
    )
    reading = read(START, starts("c1", "cat x"), failed)
    assert (reading.transcript.events[0].result, reading.transcript.events[0].outcome) == (
        "Path does not exist",
        "error",
    )
    assert reading.transcript.counts.tool_errors == 1


def test_a_refused_permission_is_a_rejection_with_words() -> None:
    denied = {"kind": "denied-interactively-by-user", "feedback": "not on main"}
    reading = read(
        START,
        asks("c1", "git push"),
        record("permission.requested", requestId="r"),
        record("permission.completed", requestId="r", toolCallId="c1", result=denied),
        ends("c1", "denied", success=False),
        record("permission.completed", requestId="q", toolCallId="c2", result={"kind": "approved"}),
        record("permission.completed", requestId="p", toolCallId="c2", result={"kind": "denied-by-rules"}),
    )
    call = reading.transcript.events[1]
    assert (call.outcome, call.words) == ("rejected", "not on main")
    assert (reading.transcript.counts.rejections, reading.transcript.counts.tool_calls) == (1, 0)


def test_an_abort_cancels_what_is_open_and_the_next_words_are_a_prompt() -> None:
    found = events(
        START,
        record("user.message", 1, content="go"),
        record("assistant.turn_start", 1, turnId="0"),
        starts("c1", "sleep 9"),
        record("user.message", 2, content="faster"),
        record("abort", 4, reason="user_initiated"),
        record("user.message", 5, content="again"),
    )
    assert [(e.kind, e.outcome) for e in found] == [
        ("prompt", "ok"),
        ("call", "cancelled"),
        ("steer", "ok"),
        ("interrupt", "ok"),
        ("prompt", "ok"),
    ]


def test_subagents_skills_and_compaction() -> None:
    request = {"toolCallId": "c2", "name": "view", "arguments": {}}
    message, call, skill, shorter = events(
        START,
        record("assistant.message", 1, content="sub", toolRequests=[request], parentToolCallId="c1"),
        record("skill.invoked", 2, name="release", content="Tag, then push."),
        record("session.truncation", 3),
    )
    assert (message.actor, message.parent, call.actor, call.parent) == ("subagent", "c1", "subagent", "c1")
    assert (skill.kind, skill.tool, skill.text, shorter.kind) == (
        "procedure",
        "release",
        "Tag, then push.",
        "compaction",
    )


def test_what_is_not_known_is_counted() -> None:
    reading = read(START, record("session.dream"), ends("c9", "x"), record("hook.start"), b"[]", b"{torn")
    assert reading.transcript.counts.unknown == {"session.dream": 1, "result without a call": 1, "no object": 1}
    assert (reading.transcript.counts.unreadable, reading.transcript.counts.records) == (1, 4)


def test_detect() -> None:
    assert copilot_cli.detect(Head("events.jsonl", (json.dumps(START).encode(),)))
    assert copilot_cli.detect(Head("events.jsonl", (b'{"type":"session.start","data":{"cut":"' + b"x" * 99,)))
    for other in (
        {"type": "message", "data": {}},
        {"type": "user.message"},
        {"timestamp": "x", "type": "event_msg", "payload": {}},
        [],
    ):
        assert not copilot_cli.detect(Head("events.jsonl", (json.dumps(other).encode(),)))
    assert not copilot_cli.detect(Head("events.jsonl", ()))


def test_hostile_shapes_never_raise() -> None:
    kinds = ("session.start", "user.message", "assistant.message", "tool.execution_start", "tool.execution_complete")
    kinds += ("permission.completed", "abort", "session.truncation", "skill.invoked")
    names = (
        "sessionId",
        "context",
        "content",
        "toolRequests",
        "toolCallId",
        "toolName",
        "arguments",
        "result",
        "error",
        "reason",
    )
    odd: list[Any] = [None, 1, "x", [], {}, True, [[]], {"content": 3, "kind": 4}]
    for value in odd:
        reading = read(*(record(kind, **dict.fromkeys(names, value)) for kind in kinds))
        assert reading.transcript.counts.records == len(kinds)
