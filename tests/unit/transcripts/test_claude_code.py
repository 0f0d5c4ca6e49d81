from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from runlore.model import Event, Transcript
from runlore.transcripts import claude_code
from runlore.transcripts.base import Head, Reading

REFUSED = (
    "The user doesn't want to proceed with this tool use. The tool use was rejected (eg. if it was a file edit, the "
    "new_string was NOT written to the file). "
)
SAID = "To tell you how to proceed, the user said:\n"
STOP = "STOP what you are doing and wait for the user to tell you how to proceed."


class Log:
    """Writes records the way Claude Code does: one uuid each, a second apart."""

    def __init__(self, session: str = "s1", **common: Any) -> None:
        self.lines: list[bytes] = []
        self.common = {
            "sessionId": session,
            "cwd": "/home/ada/shop",
            "gitBranch": "main",
            "isSidechain": False,
        } | common

    def add(self, type_: str, **fields: Any) -> Log:
        number = len(self.lines) + 1
        stamp = {"uuid": f"u{number}", "timestamp": f"2026-03-01T10:00:{number:02d}.500Z"}
        record = {"parentUuid": None, **self.common, "type": type_, **stamp, **fields}
        self.lines.append(json.dumps(record, separators=(",", ":")).encode())
        return self

    def user(self, content: Any, **fields: Any) -> Log:
        return self.add("user", message={"role": "user", "content": content}, **fields)

    def assistant(self, *content: Any, id_: str = "", usage: Any = None, model: str = "m-1", **fields: Any) -> Log:
        message: dict[str, Any] = {"model": model, "id": id_ or f"msg{len(self.lines)}", "role": "assistant"}
        message["content"] = list(content)
        if usage is not None:
            message["usage"] = usage
        return self.add("assistant", message=message, **fields)

    def call(self, id_: str, tool: str = "Bash", **arguments: Any) -> Log:
        return self.assistant({"type": "tool_use", "id": id_, "name": tool, "input": arguments})

    def result(self, id_: str, content: Any, *, error: bool = False, beside: str = "", **fields: Any) -> Log:
        blocks = [{"tool_use_id": id_, "type": "tool_result", "content": content, "is_error": error}]
        if beside:
            blocks.append({"type": "text", "text": beside})
        return self.user(blocks, **fields)

    def reading(self, file: str = "s1.jsonl", *more: bytes) -> Reading:
        lines: Iterator[tuple[int, bytes]] = enumerate([*self.lines, *more], 1)
        (reading,) = claude_code.read(file, lines)
        return reading

    def transcript(self, *more: bytes) -> Transcript:
        return self.reading("s1.jsonl", *more).transcript

    def events(self) -> tuple[Event, ...]:
        return self.transcript().events


def text(words: str) -> dict[str, str]:
    return {"type": "text", "text": words}


def test_a_session_becomes_events_in_order_with_their_lines() -> None:
    log = Log().user("Run the tests").assistant(text("Running them.")).call("t1", command="make test")
    log.result("t1", "3 passed")
    reading = log.reading()
    prompt, say, call = reading.transcript.events

    assert (prompt.kind, prompt.actor, prompt.text, prompt.line, prompt.id) == (
        "prompt",
        "person",
        "Run the tests",
        1,
        "u1",
    )
    assert (say.kind, say.actor, say.text, say.line) == ("say", "agent", "Running them.", 2)
    assert (call.kind, call.tool, call.arguments, call.result) == ("call", "Bash", {"command": "make test"}, "3 passed")
    assert (call.id, call.line, call.result_line, call.outcome, call.exit_code) == ("t1", 3, 4, "ok", 0)
    assert call.end - call.time == 1.0
    assert (call.cwd, call.branch) == ("/home/ada/shop", "main")
    transcript = reading.transcript
    assert (transcript.session, transcript.project, transcript.parent) == ("s1", "/home/ada/shop", "")
    assert transcript.ended - transcript.started == 3.0
    assert transcript.started == 1772359201.5
    assert transcript.agent == "m-1"
    assert reading.lines == tuple(log.lines)
    assert not reading.cut


def test_results_that_are_json_are_parsed_and_blocks_are_joined() -> None:
    log = Log().call("t1", "query").result("t1", '[{"id": 7}]\n').call("t2", "query")
    log.result("t2", [text("one"), {"type": "image", "source": {"data": "AAAA"}}, text("two")])
    log.call("t3", "query").result("t3", "[not json]")
    assert [event.result for event in log.events()] == [[{"id": 7}], "one\ntwo", "[not json]"]


def test_a_torn_last_line_is_counted_and_marked() -> None:
    log = Log().user("Hello")
    reading = log.reading("s1.jsonl", log.lines[0][:40])
    assert reading.cut
    assert (reading.transcript.counts.records, reading.transcript.counts.unreadable) == (1, 1)
    assert len(reading.lines) == 2
    assert [event.text for event in reading.transcript.events] == ["Hello"]


def test_a_torn_progress_record_is_counted_as_unreadable() -> None:
    log = Log().add("progress", data={"type": "bash_progress", "output": "x" * 50})
    counts = log.transcript(log.lines[0][:-20]).counts
    assert (counts.records, counts.unreadable) == (1, 1)


def test_blank_lines_are_neither_records_nor_unreadable() -> None:
    counts = Log().user("Hello").transcript(b"", b"  ").counts
    assert (counts.records, counts.unreadable) == (1, 0)


def test_usage_is_counted_once_a_message_with_its_largest_figures() -> None:
    def usage(output: int) -> dict[str, Any]:
        return {
            "input_tokens": 10,
            "cache_creation_input_tokens": 5,
            "cache_read_input_tokens": 100,
            "output_tokens": output,
        }

    log = Log()
    log.assistant({"type": "thinking", "thinking": "hm", "signature": "s"}, id_="m", usage=usage(1))
    log.assistant(text("Two things."), id_="m", usage=usage(4))
    log.assistant({"type": "tool_use", "id": "t1", "name": "Bash", "input": {}}, id_="m", usage=usage(30))
    log.result("t1", "done").assistant(text("Done."), id_="n", usage=usage(2))
    assert [(e.tokens, e.output_tokens) for e in log.events()] == [(145, 30), (0, 0), (117, 2)]


def test_several_blocks_in_one_record_become_several_events_with_ids_of_their_own() -> None:
    log = Log().assistant(text("a"), text("b"), {"type": "tool_use", "id": "t1", "name": "Read", "input": {}})
    assert [(e.id, e.index) for e in log.events()] == [("u1", 0), ("u1#1", 1), ("t1", 2)]


def test_words_beside_a_result_steer() -> None:
    log = Log().call("t1").result("t1", "ok", beside="also push it")
    call, steer = log.events()
    assert (steer.kind, steer.actor, steer.text, steer.index) == ("steer", "person", "also push it", 1)
    assert call.result == "ok"
    assert log.transcript().counts.prompts == 1


@pytest.mark.parametrize(
    "client",
    [
        "<command-name>/clear</command-name>",
        "<local-command-stdout>Bye</local-command-stdout>",
        "<bash-input>git pull</bash-input>",
        "<task-notification><status>completed</status></task-notification>",
        "<system-reminder>x</system-reminder>",
        "   ",
    ],
)
def test_texts_of_the_client_are_no_prompts(client: str) -> None:
    transcript = Log().user(client).transcript()
    assert transcript.events == ()
    assert transcript.counts.prompts == 0


def test_markup_that_a_person_typed_is_a_prompt_though_the_raw_count_leaves_it_out() -> None:
    transcript = Log().user("<div> is not closed on the front page").transcript()
    assert [event.kind for event in transcript.events] == ["prompt"]
    assert transcript.counts.prompts == 0


def test_what_a_hook_said_is_no_prompt_though_the_raw_count_takes_it_for_one() -> None:
    transcript = Log().user("Operation stopped by hook: another session is active").transcript()
    assert transcript.events == ()
    assert transcript.counts.prompts == 1


def test_newer_versions_say_who_wrote_a_prompt() -> None:
    log = (
        Log().user("A task ended", origin={"kind": "task-notification"}).user("From the system", promptSource="system")
    )
    log.user("From me", origin={"kind": "human"}, promptSource="typed")
    assert [event.text for event in log.events()] == ["From me"]


def queue(log: Log, operation: str, content: str | None = None) -> Log:
    return log.add("queue-operation", operation=operation, **({} if content is None else {"content": content}))


def test_a_queued_prompt_that_turns_up_in_a_record_counts_once() -> None:
    log = queue(Log().user("Start").call("t1"), "enqueue", "use the other branch")
    queue(log.result("t1", "ok", beside="use the other branch"), "remove")
    assert [(e.kind, e.id) for e in log.events()] == [("prompt", "u1"), ("call", "t1"), ("steer", "u4")]


def test_a_queued_prompt_that_stands_nowhere_else_is_kept() -> None:
    log = queue(queue(Log().call("t1"), "enqueue", "commit first"), "remove").result("t1", "ok")
    steer = log.events()[1]
    assert (steer.kind, steer.actor, steer.text, steer.line) == ("steer", "person", "commit first", 2)


def test_a_queued_prompt_that_was_taken_back_is_dropped() -> None:
    log = queue(queue(Log(), "enqueue", "wait"), "popAll", "wait").user("wait, discuss it first")
    assert [event.text for event in log.events()] == ["wait, discuss it first"]


def test_queued_commands_and_notifications_are_no_prompts() -> None:
    assert queue(queue(Log(), "enqueue", "/ide"), "enqueue", "<task-notification>x").events() == ()


def test_a_queued_command_attachment_steers_and_replaces_its_queue_entry() -> None:
    log = queue(Log().call("t1"), "enqueue", "draft PR please")
    log.add("attachment", attachment={"type": "queued_command", "prompt": "draft PR please"})
    assert [(e.kind, e.id) for e in log.events()] == [("call", "t1"), ("steer", "u3")]


def test_a_queued_command_attachment_that_comes_again_as_a_prompt_counts_once() -> None:
    log = Log().add("attachment", attachment={"type": "queued_command", "prompt": [text("draft PR please")]})
    assert [(e.kind, e.id) for e in log.user("draft PR please").events()] == [("prompt", "u2")]


def test_a_rejection_keeps_the_persons_words() -> None:
    log = Log().call("t1").result("t1", REFUSED + SAID + "use pnpm\nnot npm", error=True)
    log.call("t2").result("t2", REFUSED + STOP, error=True)
    log.call("t3").result(
        "t3",
        "Permission for this tool use was denied. The tool use was rejected (eg. x). The user said:\nno",
        error=True,
    )
    assert [(e.outcome, e.words) for e in log.events()] == [
        ("rejected", "use pnpm\nnot npm"),
        ("rejected", ""),
        ("rejected", "no"),
    ]
    counts = log.transcript().counts
    assert (counts.rejections, counts.tool_errors, counts.tool_calls) == (2, 3, 3)


def test_what_the_client_denies_by_itself_is_no_rejection() -> None:
    log = Log().call("t1").result("t1", REFUSED, error=True, toolDenialKind="automode-unavailable")
    assert log.events()[0].outcome == "error"


def test_errors_carry_the_exit_code_from_their_text() -> None:
    log = Log().call("t1").result("t1", "Exit code 127\nnot found", error=True)
    log.call("t2").result("t2", "<tool_use_error>Sibling tool call errored</tool_use_error>", error=True)
    log.call("t3", "Edit").result("t3", "<tool_use_error>String to replace not found</tool_use_error>", error=True)
    log.call("t4").result("t4", "Command running in background with ID: b1")
    got = [(e.outcome, e.exit_code) for e in log.events()]
    assert got == [("error", 127), ("cancelled", None), ("error", None), ("ok", None)]


def test_an_interrupt_cancels_the_calls_that_wait() -> None:
    log = Log().call("t1").call("t2").result("t1", "ok").user([text("[Request interrupted by user for tool use]")])
    log.call("t3")
    events = log.events()
    assert [(e.kind, e.outcome) for e in events] == [
        ("call", "ok"),
        ("call", "cancelled"),
        ("interrupt", "ok"),
        ("call", "open"),
    ]
    assert events[2].actor == "person"
    counts = log.transcript().counts
    assert (counts.interrupts, counts.prompts) == (1, 0)


def test_call_ids_that_repeat_are_paired_by_order() -> None:
    log = Log().call("t1", command="a").result("t1", "first").call("t1", command="b").call("t1", command="c")
    log.result("t1", "second").result("t1", "third").result("t1", "nobody asked")
    got = [(e.id, e.arguments["command"], e.result) for e in log.events()]
    assert got == [("t1", "a", "first"), ("t1#2", "b", "second"), ("t1#3", "c", "third")]


def test_a_record_that_stands_twice_gives_one_event_and_counts_twice() -> None:
    log = Log().user("Hello").call("t1").result("t1", "ok")
    transcript = log.transcript(*log.lines)
    assert [event.id for event in transcript.events] == ["u1", "t1"]
    assert (transcript.counts.prompts, transcript.counts.tool_calls) == (2, 2)


def test_a_compaction_is_one_event_with_its_summary() -> None:
    log = Log().add("system", subtype="compact_boundary", compactMetadata={"trigger": "auto"})
    log.user("This session is being continued…", isCompactSummary=True, isVisibleInTranscriptOnly=True)
    (event,) = log.events()
    assert (event.kind, event.text, event.line) == ("compaction", "This session is being continued…", 2)
    counts = log.transcript().counts
    assert (counts.compactions, counts.prompts) == (1, 0)


def test_a_skill_is_a_call_and_the_procedure_that_it_loads() -> None:
    log = Log().call("t1", "Skill", skill="release", args="1.2").result("t1", "Launching skill: release")
    log.user([text("Base directory for this skill: /x\n# Release")], isMeta=True, sourceToolUseID="t1")
    call, procedure = log.events()
    assert (call.kind, call.tool) == ("call", "Skill")
    assert (procedure.kind, procedure.tool, procedure.arguments) == ("procedure", "release", {"args": "1.2"})
    assert procedure.text.endswith("# Release")


def test_a_slash_command_is_a_procedure_with_the_text_that_follows_it() -> None:
    command = "<command-message>review</command-message>\n<command-name>/review</command-name>\n<command-args>104</command-args>"
    log = Log().user(command).user([text("Review the pull request 104.")], isMeta=True).assistant(text("Looking."))
    procedure, _ = log.events()
    assert (procedure.kind, procedure.tool, procedure.arguments) == ("procedure", "/review", {"args": "104"})
    assert (procedure.text, procedure.line, procedure.actor) == ("Review the pull request 104.", 1, "person")


def test_built_in_and_unknown_slash_commands_are_no_procedures() -> None:
    log = Log().user("<local-command-caveat>Caveat</local-command-caveat>", isMeta=True)
    log.user("<command-name>/model</command-name>").user("<command-name>/no-such</command-name>")
    log.user("<local-command-stdout>Unknown slash command: no-such</local-command-stdout>")
    assert log.events() == ()


def test_a_subagents_own_file_names_the_agent_and_its_parent() -> None:
    log = Log(session="s1", isSidechain=True, agentId="a7").user("Find the index writes").call("t1").result("t1", "ok")
    transcript = log.reading("agent-a7.jsonl").transcript
    assert (transcript.session, transcript.parent) == ("a7", "s1")
    assert [(e.kind, e.actor) for e in transcript.events] == [("say", "agent"), ("call", "subagent")]
    assert transcript.counts.prompts == 1


def test_a_subagents_messages_inside_progress_records_belong_to_the_call() -> None:
    def inner(type_: str, uuid: str, content: Any) -> dict[str, Any]:
        message = {"role": type_, "content": content, "id": uuid, "usage": {"input_tokens": 3, "output_tokens": 4}}
        record = {"type": type_, "uuid": uuid, "timestamp": "2026-03-01T11:00:00Z", "message": message}
        return {"message": record, "normalizedMessages": [], "type": "agent_progress", "agentId": "a7"}

    log = Log().call("t1", "Task", prompt="Look")
    log.add("progress", data=inner("user", "i0", [text("Look")]), parentToolUseID="t1")
    asked = inner("assistant", "i1", [{"type": "tool_use", "id": "t9", "name": "Grep", "input": {"pattern": "x"}}])
    log.add("progress", data=asked, parentToolUseID="t1").add("progress", data=asked, parentToolUseID="t1")
    answered = [{"type": "tool_result", "tool_use_id": "t9", "content": "found"}]
    log.add("progress", data=inner("user", "i2", answered), parentToolUseID="t1").result("t1", "It is in a.py")
    task, grep = log.events()
    assert (task.actor, task.parent, task.result) == ("agent", "", "It is in a.py")
    assert (grep.actor, grep.parent, grep.tool, grep.result, grep.tokens) == ("subagent", "t1", "Grep", "found", 7)
    counts = log.transcript().counts
    assert (counts.tool_calls, counts.records, counts.prompts) == (1, 6, 0)


def test_other_progress_is_counted_and_passed_over() -> None:
    log = (
        Log().add("progress", data={"type": "bash_progress", "output": "…"}).add("progress", data={"type": "new_kind"})
    )
    transcript = log.transcript()
    assert (transcript.counts.records, transcript.events) == (2, ())


def test_the_clients_own_messages_are_not_the_models() -> None:
    log = Log().assistant(text("API Error: 529"), isApiErrorMessage=True)
    log.assistant(text("No response requested."), model="<synthetic>")
    assert log.events() == ()


QUESTIONS = [
    {"question": "Where?", "options": [{"label": "Here"}, {"label": "There, far"}]},
    {"question": "When?", "options": []},
]


def test_answers_to_questions_are_the_result_and_free_text_is_in_the_words() -> None:
    log = Log().call("t1", "AskUserQuestion", questions=QUESTIONS)
    answers = {"Where?": "Here, There, far", "When?": "after the release, please"}
    log.result("t1", "User has answered your questions: …", toolUseResult={"questions": QUESTIONS, "answers": answers})
    log.call("t2", "AskUserQuestion", questions=QUESTIONS)
    log.result("t2", 'User has answered your questions: "Where?"="Nowhere". You can now continue.')
    first, second = log.events()
    assert (first.result, first.words) == (answers, "after the release, please")
    assert (second.result, second.words) == ({"Where?": "Nowhere"}, "Nowhere")


def test_wanting_to_talk_about_a_question_is_not_quoted_in_the_clients_words() -> None:
    said = 'The user wants to clarify these questions.\n  Questions asked:\n- "Where?"\n  Answer: Here\n- "When?"\n  Answer: soon'
    log = Log().call("t1", "AskUserQuestion", questions=QUESTIONS).result("t1", REFUSED + SAID + said, error=True)
    (event,) = log.events()
    assert (event.outcome, event.words) == ("rejected", "soon")


def test_unknown_records_and_blocks_are_counted_by_kind() -> None:
    log = Log().add("hologram").add("hologram").assistant({"type": "smell"}).user("Hello")
    transcript = log.transcript(b"[1]", b'{"uuid": "x"}')
    assert transcript.counts.unknown == {"(no object)": 1, "(no type)": 1, "assistant.smell": 1, "hologram": 2}
    assert len(transcript.events) == 1


def test_fields_of_another_type_than_usual_are_left_out_and_the_rest_is_kept() -> None:
    log = Log().user(
        [text("Hello"), "stray", {"type": "text", "text": None}], timestamp=17, isMeta=None, gitBranch=["x"]
    )
    (event,) = log.events()
    assert (event.text, event.time, event.branch, event.cwd) == ("Hello", 0.0, "", "/home/ada/shop")


def test_a_lone_surrogate_does_not_cost_the_record() -> None:
    line = Log().user("smile ?").lines[0].replace(b"smile ?", b"smile \\ud83d")
    transcript = Log().transcript(line)
    assert transcript.counts.unreadable == 0
    assert transcript.events[0].text == "smile \ufffd"


def test_a_line_of_four_megabytes_is_read() -> None:
    log = Log().call("t1").result("t1", "x" * 4_000_000, toolUseResult={"stdout": "x" * 1000})
    assert len(log.events()[0].result) == 4_000_000


def test_deep_nesting_is_unreadable_and_not_a_crash() -> None:
    bomb = b'{"type":"user","message":' + b"[" * 100_000
    assert Log().user("Hello").transcript(bomb, bomb + b"]" * 100_000 + b"}").counts.unreadable == 2


def test_a_forked_file_is_known_by_its_own_session() -> None:
    fork = Log(session="old").user("Hello").lines + Log(session="new").user("And now").lines
    (reading,) = claude_code.read("new.jsonl", enumerate(fork, 1))
    (unnamed,) = claude_code.read("full.jsonl", enumerate(fork, 1))
    assert (reading.transcript.session, unnamed.transcript.session) == ("new", "new")


def test_detection_wants_records_of_this_format() -> None:
    def head(*lines: bytes) -> Head:
        return Head("x", lines)

    assert claude_code.detect(head(*Log().user("Hello").lines))
    assert claude_code.detect(head(b'{"type":"summary","summary":"x","leafUuid":"y"}'))
    assert claude_code.detect(head(b'{"type":"user","me', *Log().user("Hello").lines))
    assert not claude_code.detect(
        head(b'{"type":"user","sessionId":"q","uuid":"u","message":{"role":"user","parts":[]}}')
    )
    assert not claude_code.detect(head(b'{"role":"user","content":"Hello"}', b"[1]", b"text"))
    assert not claude_code.detect(head())
