"""Codex rollouts: polling, patches, heads, rollbacks, interrupts, both streams, tokens, several versions."""

from __future__ import annotations

import json
from typing import Any

import pytest

from runlore.model import Event
from runlore.transcripts import codex
from runlore.transcripts.base import Head, Reading
from runlore.transcripts.codex_calls import command_line, parse_output, patched_files, tool_name

ID = "019f0000-0000-7000-8000-000000000001"


def wrap(kind: str, payload: dict[str, Any], second: int = 0) -> dict[str, Any]:
    return {"timestamp": f"2026-03-02T09:00:{second:02}.000Z", "type": kind, "payload": payload}


def meta(**more: Any) -> dict[str, Any]:
    return wrap("session_meta", {"id": ID, "cwd": "/repo", "source": "cli", "git": {"branch": "main"}} | more)


def said(kind: str, second: int = 0, **more: Any) -> dict[str, Any]:
    return wrap("event_msg", {"type": kind} | more, second)


def item(kind: str, second: int = 0, **more: Any) -> dict[str, Any]:
    return wrap("response_item", {"type": kind} | more, second)


def exec_call(key: str, command: str, second: int = 0) -> dict[str, Any]:
    arguments = json.dumps({"cmd": command, "workdir": "/repo/a", "yield_time_ms": 1000})
    return item("function_call", second, name="exec_command", call_id=key, arguments=arguments)


def output(key: str, text: str, second: int = 0) -> dict[str, Any]:
    return item("function_call_output", second, call_id=key, output=text)


def header(code: int | None = 0, running: int = 0) -> str:
    state = f"Process running with session ID {running}" if running else f"Process exited with code {code}"
    return f"Chunk ID: a1b2c3\nWall time: 1.0000 seconds\n{state}\nOriginal token count: 3\nOutput:\n"


def message(role: str, text: str, second: int = 0) -> dict[str, Any]:
    block = "output_text" if role == "assistant" else "input_text"
    return item("message", second, role=role, content=[{"type": block, "text": text}])


def read(*records: Any, file: str = "rollout.jsonl") -> Reading:
    lines = [record if isinstance(record, bytes) else json.dumps(record).encode() for record in records]
    (reading,) = codex.read(file, enumerate(lines, 1))
    return reading


def events(*records: Any) -> tuple[Event, ...]:
    return read(*records).transcript.events


def test_a_command_has_one_shape_and_no_header_in_its_result() -> None:
    (call,) = events(meta(), exec_call("c1", "ls", 1), output("c1", header(2) + "no such file\n", 3))
    assert (call.tool, call.arguments) == (
        "exec_command",
        {"command": "ls", "workdir": "/repo/a", "yield_time_ms": 1000},
    )
    assert (call.outcome, call.exit_code, call.result, call.cwd, call.branch) == (
        "error",
        2,
        "no such file\n",
        "/repo/a",
        "main",
    )
    assert (call.line, call.result_line, call.end - call.time) == (2, 3, 2.0)


def test_polls_belong_to_the_command_that_they_poll() -> None:
    poll = {"session_id": 77, "chars": "", "yield_time_ms": 5000}
    reading = read(
        meta(),
        exec_call("c1", "make test", 1),
        output("c1", header(running=77) + "one\n", 2),
        item("function_call", 3, name="write_stdin", call_id="c2", arguments=json.dumps(poll)),
        output("c2", header(running=77) + "two\n", 4),
        item("function_call", 5, name="write_stdin", call_id="c3", arguments=json.dumps(poll | {"chars": "y\n"})),
        output("c3", header(1) + "three\n", 9),
    )
    (call,) = reading.transcript.events
    assert (call.result, call.exit_code, call.outcome, call.end - call.time) == ("one\ntwo\nthree\n", 1, "error", 8.0)
    assert (call.result_line, call.arguments["stdin"]) == (7, ["y\n"])
    counts = reading.transcript.counts
    assert (counts.tool_calls, counts.tool_errors) == (3, 1)


def test_a_poll_of_an_unknown_session_and_a_command_without_end_stay_open() -> None:
    poll = json.dumps({"session_id": 5, "chars": ""})
    first, second = events(
        meta(),
        item("function_call", name="write_stdin", call_id="c1", arguments=poll),
        exec_call("c2", "serve"),
        output("c2", header(running=9) + "listening"),
    )
    assert (first.tool, first.outcome) == ("write_stdin", "open")
    assert (second.outcome, second.result) == ("open", "listening")


def test_patches_name_their_files_and_fail_as_they_ended() -> None:
    patch = (
        "*** Begin Patch\n*** Update File: a.py\n*** Move to: b.py\n@@\n-x\n+y\n*** Add File: c.py\n+z\n*** End Patch\n"
    )
    good, failed, refused = events(
        meta(),
        item("custom_tool_call", name="apply_patch", call_id="p1", input=patch, status="completed"),
        said("patch_apply_end", call_id="p1", success=True, changes={"/repo/a.py": {"type": "update"}}),
        item("custom_tool_call_output", call_id="p1", output="Exit code: 0\nWall time: 0 seconds\nOutput:\nSuccess.\n"),
        item("custom_tool_call", name="apply_patch", call_id="p2", input=patch, status="completed"),
        said("patch_apply_end", call_id="p2", success=False, changes={}),
        item("custom_tool_call_output", call_id="p2", output="could not"),
        item("custom_tool_call", name="apply_patch", call_id="p3", input=patch, status="completed"),
        item("custom_tool_call_output", call_id="p3", output="apply_patch verification failed: Failed to find lines"),
    )
    assert good.arguments == {"patch": patch, "files": ["/repo/a.py"]}
    assert (good.outcome, good.exit_code, good.result) == ("ok", 0, "Success.\n")
    assert failed.arguments["files"] == ["a.py", "b.py", "c.py"]
    assert (failed.outcome, refused.outcome) == ("error", "error")


def test_the_first_head_is_authoritative() -> None:
    reading = read(
        meta(), said("user_message", message="hi"), meta(id="another", cwd="/elsewhere"), file=f"rollout-{ID}.jsonl"
    )
    assert (reading.transcript.session, reading.transcript.project) == (ID, "/repo")
    headless = read(said("user_message", message="hi"), file=f"rollout-2026-03-02T09-00-00-{ID}.jsonl.gz")
    assert headless.transcript.session == ID


def test_a_subagents_thread_names_its_parent() -> None:
    source = {"subagent": {"thread_spawn": {"parent_thread_id": "p-1", "depth": 1}}}
    transcript = read(meta(source=source), said("user_message", message="look"), exec_call("c", "ls")).transcript
    assert transcript.parent == "p-1"
    assert [(event.kind, event.actor) for event in transcript.events] == [("say", "agent"), ("call", "subagent")]


def turn(words: str, key: str, second: int) -> list[dict[str, Any]]:
    return [
        said("task_started", second, turn_id=key),
        said("user_message", second, message=words),
        exec_call(key, f"run {key}", second + 1),
        output(key, header(), second + 2),
        said("task_complete", second + 3, turn_id=key),
    ]


def test_rolled_back_turns_leave_the_events_and_stay_in_the_counts() -> None:
    rollback = said("thread_rolled_back", 30, num_turns=2)
    reading = read(
        meta(), *turn("one", "a", 1), *turn("two", "b", 10), *turn("three", "c", 20), rollback, *turn("four", "d", 40)
    )
    assert [(e.kind, e.text or e.tool) for e in reading.transcript.events] == [
        ("prompt", "one"),
        ("call", "exec_command"),
        ("rollback", ""),
        ("prompt", "four"),
        ("call", "exec_command"),
    ]
    assert reading.transcript.events[2].arguments == {"count": 2}
    assert (reading.transcript.counts.prompts, reading.transcript.counts.tool_calls) == (4, 4)


def test_words_while_a_turn_runs_steer_it() -> None:
    found = events(
        meta(),
        said("task_started", turn_id="t"),
        said("user_message", message="do it"),
        exec_call("c", "ls"),
        said("user_message", message="not there"),
        said("task_complete", turn_id="t"),
        said("task_started", turn_id="u"),
        said("user_message", message="next"),
    )
    assert [e.kind for e in found] == ["prompt", "call", "steer", "prompt"]


def test_an_interrupt_cancels_what_was_open() -> None:
    reading = read(
        meta(),
        said("task_started", turn_id="t"),
        said("user_message", message="do it"),
        exec_call("c", "sleep 100"),
        message("user", "<turn_aborted>\nThe user interrupted the previous turn on purpose.\n</turn_aborted>"),
        said("turn_aborted", turn_id="t", reason="interrupted"),
    )
    _prompt, call, interrupt = reading.transcript.events
    assert (call.outcome, interrupt.kind, interrupt.actor, interrupt.text) == (
        "cancelled",
        "interrupt",
        "person",
        "interrupted",
    )
    assert reading.transcript.counts.interrupts == 1


def test_both_streams_tell_each_message_once() -> None:
    found = events(
        meta(),
        message("user", "# AGENTS.md instructions for /repo\n\nBe kind."),
        message("user", "<environment_context><cwd>/repo</cwd></environment_context>"),
        message("user", "Fix it"),
        said("user_message", message="Fix it"),
        said("agent_message", message="I look."),
        message("assistant", "I look."),
        message("developer", "rules"),
    )
    assert [(e.kind, e.text) for e in found] == [("prompt", "Fix it"), ("say", "I look.")]


def test_without_the_second_stream_the_items_tell() -> None:
    reading = read(
        meta(),
        message("user", "<environment_context>x</environment_context>"),
        message("user", "Fix it"),
        message("assistant", "I look."),
        message("user", "<skill>\n<name>release</name>\n<path>/s/SKILL.md</path>\nTag, then push.\n</skill>"),
        message("user", "# Files mentioned by the user:\n\n## a.png: /a.png\n\n## My request for Codex:\nCompare them"),
    )
    assert [(e.kind, e.tool, e.text) for e in reading.transcript.events] == [
        ("prompt", "", "Fix it"),
        ("say", "", "I look."),
        ("procedure", "release", "Tag, then push."),
        ("prompt", "", "Compare them"),
    ]
    assert reading.transcript.counts.prompts == 2


def test_files_before_the_wrapper() -> None:
    head = {"id": ID, "timestamp": "2025-07-01T10:00:00.000Z", "instructions": None, "git": {"branch": "dev"}}
    bare = [
        head,
        {"record_type": "state"},
        {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "List"}]},
        {
            "type": "function_call",
            "name": "shell",
            "call_id": "c",
            "arguments": '{"command": ["bash", "-lc", "ls | wc"]}',
        },
        {"type": "function_call_output", "call_id": "c", "output": '{"output": "3\\n", "metadata": {"exit_code": 1}}'},
    ]
    lines = tuple(json.dumps(line).encode() for line in bare)
    assert codex.detect(Head("rollout.jsonl", lines))
    reading = read(*bare)
    prompt, call = reading.transcript.events
    assert (reading.transcript.session, prompt.text) == (ID, "List")
    assert (call.arguments, call.result, call.exit_code, call.outcome) == ({"command": "ls | wc"}, "3\n", 1, "error")
    assert reading.transcript.counts.unknown == {}


def test_compaction_is_one_event_and_its_history_is_not_read_again() -> None:
    kept = [{"type": "message", "role": "user", "content": [{"type": "input_text", "text": "old"}]}]
    reading = read(
        meta(), wrap("compacted", {"message": "so far", "replacement_history": kept}), said("context_compacted")
    )
    assert [(e.kind, e.text) for e in reading.transcript.events] == [("compaction", "so far")]
    assert (reading.transcript.counts.compactions, reading.transcript.counts.prompts) == (1, 0)


def test_mcp_calls_carry_their_server() -> None:
    good, bad, own = events(
        meta(),
        item("function_call", name="ask", namespace="mcp__wiki", call_id="m1", arguments='{"q": 1}'),
        said(
            "mcp_tool_call_end",
            call_id="m1",
            invocation={"server": "wiki", "tool": "ask"},
            result={"Ok": {"content": []}},
        ),
        output("m1", 'Wall time: 1.0 seconds\nOutput:\n{"answer": 42}'),
        item("function_call", name="_fetch", namespace="mcp__apps__hub", call_id="m2", arguments="{}"),
        said("mcp_tool_call_end", call_id="m2", invocation={}, result={"Err": "denied"}),
        output("m2", "denied"),
        said(
            "mcp_tool_call_end",
            call_id="m3",
            invocation={"server": "s", "tool": "t"},
            result={"Ok": {"content": [], "isError": True}},
        ),
    )
    assert (good.tool, good.result, good.outcome) == ("mcp__wiki__ask", {"answer": 42}, "ok")
    assert (bad.tool, bad.outcome) == ("mcp__apps__hub_fetch", "error")
    assert (own.tool, own.outcome) == ("mcp__s__t", "error")


@pytest.mark.parametrize(
    ("text", "outcome", "words"),
    [
        ("exec command rejected by user", "rejected", ""),
        ("exec command rejected by user: use pnpm instead", "rejected", "use pnpm instead"),
        ("aborted by user after 23.1s", "cancelled", ""),
        ("a report on tools\n" * 40 + "rejected by user", "ok", ""),
        (header(0) + "rejected by user", "ok", ""),
        ("failed in sandbox: blocked by policy", "error", ""),
    ],
)
def test_refusals_are_told_by_the_output(text: str, outcome: str, words: str) -> None:
    reading = read(meta(), exec_call("c", "rm x"), output("c", text))
    (call,) = reading.transcript.events
    assert (call.outcome, call.words) == (outcome, words)
    assert reading.transcript.counts.rejections == (outcome == "rejected")


def tokens(total: int, last: int, second: int = 0) -> dict[str, Any]:
    info = {
        "total_token_usage": {"total_tokens": total},
        "last_token_usage": {"input_tokens": last - 10, "output_tokens": 10},
    }
    return said("token_count", second, info=info)


def test_tokens_count_where_the_total_changed_and_stand_on_the_answers_first_event() -> None:
    found = events(
        meta(),
        said("user_message", message="go"),
        said("agent_message", message="I look."),
        exec_call("a", "ls"),
        output("a", header()),
        tokens(100, 100),
        tokens(100, 100),
        said("token_count", info=None),
        exec_call("b", "ls"),
        tokens(250, 150),
        tokens(300, 50),
    )
    assert [(e.kind, e.tokens, e.output_tokens) for e in found] == [
        ("prompt", 0, 0),
        ("say", 100, 10),
        ("call", 0, 0),
        ("call", 200, 20),
    ]


def test_tokens_survive_twins_and_rollbacks() -> None:
    found = events(meta(), message("assistant", "I look."), tokens(70, 70), said("agent_message", message="I look."))
    assert [(e.kind, e.tokens) for e in found] == [("say", 70)]
    taken_back = events(meta(), *turn("one", "a", 1), tokens(70, 70, 5), said("thread_rolled_back", 9, num_turns=5))
    assert [(e.kind, e.tokens) for e in taken_back] == [("rollback", 70)]


def test_searches_and_images_are_events_and_no_counted_calls() -> None:
    reading = read(
        meta(),
        item("web_search_call", status="completed", action={"type": "search", "query": "x"}),
        item("tool_search_call", call_id="s", arguments={"query": "y"}),
        item("tool_search_output", call_id="s", tools=[{"name": "mcp__hub"}]),
        item("local_shell_call", call_id="l", action={"type": "exec", "command": ["ls", "a b"]}, status="completed"),
    )
    assert [(e.tool, e.arguments, e.outcome) for e in reading.transcript.events] == [
        ("web_search", {"type": "search", "query": "x"}, "ok"),
        ("tool_search", {"query": "y"}, "ok"),
        ("local_shell", {"command": "ls 'a b'"}, "open"),
    ]
    assert reading.transcript.counts.tool_calls == 1


def test_unknown_kinds_and_torn_lines_are_counted() -> None:
    unwrapped = {"timestamp": "x"}
    reading = read(
        meta(),
        said("brand_new"),
        item("odd_item"),
        wrap("world_state", {}),
        output("none", "x"),
        unwrapped,
        b"[1]",
        b'{"ti',
    )
    assert reading.transcript.counts.unknown == {
        "event_msg/brand_new": 1,
        "response_item/odd_item": 1,
        "world_state": 1,
        "output without a call": 1,
        "without a type": 1,
        "no object": 1,
    }
    assert reading.transcript.counts.unreadable == 1
    assert len(reading.lines) == 8


def test_ids_are_unique_and_the_same_for_a_copy_in_another_file() -> None:
    records = [
        meta(),
        said("user_message", message="go"),
        said("user_message", message="go"),
        exec_call("c", "ls"),
        exec_call("c", "ls"),
    ]
    ids = [event.id for event in events(*records)]
    assert len(set(ids)) == 4
    assert [event.id for event in events(meta(id="fork"), *records[1:])] == ids


def test_detect_is_not_fooled_by_other_hosts() -> None:
    assert codex.detect(Head("a", (json.dumps(said("token_count", info=None)).encode(),)))
    cut = b'{"timestamp":"2026-03-02T09:00:00Z","type":"session_meta","payload":{"base_instructions":"' + b"x" * 99
    assert codex.detect(Head("a", (cut,)))
    for other in (
        {"role": "user", "content": "hi"},
        {"type": "session", "id": "1", "timestamp": "x"},
        {"type": "user", "uuid": "1"},
        [],
    ):
        assert not codex.detect(Head("a", (json.dumps(other).encode(),)))
    assert not codex.detect(Head("a", ()))


def test_pieces() -> None:
    assert command_line(["git", "commit", "-m", "a b"]) == "git commit -m 'a b'"
    assert command_line(["/bin/bash", "-lc", "a && b"]) == "a && b"
    assert command_line(None) == ""
    assert patched_files("*** Delete File: x\n*** Update File: x\n") == ["x"]
    assert tool_name("t", "mcp__s__") == "mcp__s__t"
    assert tool_name("mcp__s__t", "mcp__s") == "mcp__s__t"
    assert parse_output([{"type": "input_text", "text": "a"}]).text == "a"
    assert parse_output(None).text == ""


def test_hostile_shapes_never_raise() -> None:
    odd: list[Any] = [None, 1, "x", [], {}, True, [[]], {"type": None}, {"metadata": 3}]
    kinds = (
        "message",
        "function_call",
        "function_call_output",
        "local_shell_call",
        "web_search_call",
        "tool_search_output",
    )
    stream = (
        "user_message",
        "token_count",
        "thread_rolled_back",
        "patch_apply_end",
        "mcp_tool_call_end",
        "turn_aborted",
    )
    names = (
        "content",
        "arguments",
        "output",
        "action",
        "call_id",
        "name",
        "message",
        "info",
        "num_turns",
        "changes",
        "result",
        "role",
    )
    for value in odd:
        more = dict.fromkeys(names, value)
        records = [meta(), exec_call("x", "ls"), *(item(k, **more) for k in kinds), *(said(k, **more) for k in stream)]
        reading = read(*records, meta(**dict.fromkeys(("id", "git", "source", "cwd"), value)))
        assert reading.transcript.counts.records == len(records) + 1


def test_the_model_of_the_first_turn_tells_who_worked() -> None:
    turns = [wrap("turn_context", {"cwd": "/repo/a", "model": name}) for name in ("m-1", "m-2")]
    assert read(*turns, message("user", "Run the tests")).transcript.agent == "m-1"
    assert read(message("user", "Run the tests")).transcript.agent == ""
