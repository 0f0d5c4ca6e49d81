"""Gemini CLI sessions: the document, the lines with patches, call outcomes, what is not known."""

from __future__ import annotations

import json
from typing import Any

import pytest

from runlore.transcripts import gemini_cli
from runlore.transcripts.base import Head, Reading

ABOUT = {"sessionId": "g-1", "projectHash": "abc", "startTime": "2026-03-02T09:00:00.000Z"}
USER = {"id": "m1", "timestamp": "2026-03-02T09:00:01.000Z", "type": "user", "content": "List"}


def call(status: str = "success", response: Any = None, name: str = "run_shell_command") -> dict[str, Any]:
    response = {"output": "a\nb"} if response is None else response
    result = [{"functionResponse": {"id": "c1", "name": name, "response": response}}]
    return {"id": "c1", "name": name, "args": {"command": "ls"}, "result": result, "status": status}


def answer(*calls: dict[str, Any], text: str = "", key: str = "m2") -> dict[str, Any]:
    tokens = {"input": 90, "output": 7, "thoughts": 3, "total": 100}
    return {
        "id": key,
        "timestamp": "2026-03-02T09:00:05.000Z",
        "type": "gemini",
        "content": text,
        "tokens": tokens,
        "toolCalls": list(calls),
    }


def read(*records: Any) -> Reading:
    lines = [r if isinstance(r, bytes) else json.dumps(r).encode() for r in records]
    (reading,) = gemini_cli.read("session.json", enumerate(lines, 1))
    return reading


def document(*messages: Any) -> Reading:
    return read(ABOUT | {"messages": list(messages)})


def test_a_document_is_one_line_with_many_messages() -> None:
    reading = document(USER, answer(call(), text="Here."))
    prompt, say, listed = reading.transcript.events
    assert (prompt.kind, prompt.text, prompt.index, say.text, say.tokens, say.output_tokens) == (
        "prompt",
        "List",
        0,
        "Here.",
        100,
        10,
    )
    assert (listed.tool, listed.arguments, listed.result, listed.outcome) == (
        "run_shell_command",
        {"command": "ls"},
        "a\nb",
        "ok",
    )
    assert (listed.line, listed.index, listed.result_line, listed.result_index, listed.tokens) == (1, 1, 1, 1, 0)
    counts = reading.transcript.counts
    assert (counts.records, counts.prompts, counts.tool_calls, counts.tool_errors) == (1, 1, 1, 0)
    assert (reading.transcript.session, reading.transcript.ended - reading.transcript.started) == ("g-1", 5.0)


def test_lines_with_patches_where_the_last_of_an_id_wins() -> None:
    reading = read(
        ABOUT,
        USER,
        answer(text="Loo"),
        {"$set": {"lastUpdated": "2026-03-02T09:01:00.000Z"}},
        {"id": "m3", "type": "user", "content": [{"text": "and "}, {"text": "now?"}]},
        answer(call(), text="Looking."),
    )
    assert [(e.kind, e.text or e.tool, e.line) for e in reading.transcript.events] == [
        ("prompt", "List", 2),
        ("say", "Looking.", 6),
        ("call", "run_shell_command", 6),
        ("prompt", "and \nnow?", 5),
    ]
    assert reading.transcript.ended - reading.transcript.started == 60.0
    assert (reading.transcript.counts.records, reading.transcript.counts.unknown) == (6, {})


def test_a_patch_may_replace_the_messages() -> None:
    reading = read(ABOUT, USER, {"$set": {"messages": [USER | {"content": "Other"}]}})
    assert [(e.text, e.line) for e in reading.transcript.events] == [("Other", 3)]


@pytest.mark.parametrize(
    ("made", "outcome", "exit_code"),
    [
        (call("error", {"error": "File not found."}), "error", None),
        (call("success", {"error": "Tool failed"}), "error", None),
        (call("success", {"output": "Command: ls\nExit Code: 1\nSignal: 0"}), "error", 1),
        (call("success", {"output": "Exit Code: 1"}, name="read_file"), "ok", None),
        (call("cancelled", {"error": "[Operation Cancelled] Reason: User did not allow tool call"}), "rejected", None),
        (call("cancelled", {"error": "aborted"}), "cancelled", None),
        (call("executing", {}), "open", None),
    ],
)
def test_outcomes(made: dict[str, Any], outcome: str, exit_code: int | None) -> None:
    reading = document(USER, answer(made))
    event = reading.transcript.events[1]
    assert (event.outcome, event.exit_code) == (outcome, exit_code)
    assert reading.transcript.counts.tool_errors == (made["status"] == "error")
    assert reading.transcript.counts.rejections == (outcome == "rejected")


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("Output: a\nb\nProcess Group PGID: 12345", "a\nb"),
        (
            "Command: ls\nDirectory: (root)\nOutput: (empty)\nError: no x\nExit Code: 1\nSignal: 0",
            "no x",
        ),
        (
            'Command: cat <<X\ny\nX\nDirectory: /r\nOutput: {"a": 1}\nError: (none)\nExit Code: 0\nSignal: (none)',
            {"a": 1},
        ),
        ("plain", "plain"),
        ("(none)", "(none)"),
    ],
)
def test_a_commands_result_is_what_it_printed(text: str, result: Any) -> None:
    reading = document(answer(call(response={"output": text})))
    assert reading.transcript.events[0].result == result


def test_notices_interrupts_and_unknown_kinds() -> None:
    reading = document(
        USER,
        {"id": "i", "type": "info", "content": "Request cancelled."},
        {"id": "w", "type": "warning", "content": "Slow."},
        {"id": "d", "type": "dream", "content": "x"},
        {"id": "p", "type": "model", "parts": [{"text": "Ok"}]},
        7,
    )
    assert [e.kind for e in reading.transcript.events] == ["prompt", "interrupt", "say"]
    assert reading.transcript.counts.unknown == {"message dream": 1, "message that is no object": 1}
    torn = read(ABOUT, b'{"id": "m1", "ty', {"$push": {}}, b"3")
    assert (torn.transcript.counts.unreadable, torn.transcript.counts.unknown) == (
        1,
        {"patch $push": 1, "no object": 1},
    )


def test_detect() -> None:
    assert gemini_cli.detect(Head("s.json", (), document=ABOUT | {"messages": [USER]}))
    assert gemini_cli.detect(Head("s.jsonl", (json.dumps(ABOUT).encode(), json.dumps(USER).encode())))
    assert gemini_cli.detect(Head("s.json", (b'{"sessionId":"g","projectHash":"abc","messages":[' + b"x" * 99,)))
    for other in ({"messages": [USER]}, ABOUT | {"messages": [{"role": "user"}]}, {"history": []}, []):
        assert not gemini_cli.detect(Head("s.json", (), document=other))
    assert not gemini_cli.detect(Head("s.json", ()))


def test_hostile_shapes_never_raise() -> None:
    odd: list[Any] = [None, 1, "x", [], {}, True, [[]], [{"functionResponse": 3}]]
    for value in odd:
        made = dict.fromkeys(("id", "name", "args", "result", "status", "timestamp", "resultDisplay"), value)
        message = dict.fromkeys(("id", "timestamp", "content", "tokens", "toolCalls", "parts"), value)
        reading = document(
            message | {"type": "user"}, answer(made), message | {"type": "gemini"}, message | {"type": "info"}
        )
        assert reading.transcript.counts.records == 1
