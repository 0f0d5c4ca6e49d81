"""Response items of a Codex rollout to events: messages, calls, outputs."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from runlore.transcripts import fields
from runlore.transcripts.codex_calls import call_arguments, failed_in_result, parse_output, tool_name
from runlore.transcripts.codex_rollout import CLIENT_MADE, REQUEST, Rollout, add, add_call, interrupt, own_words
from runlore.transcripts.decoding import parse_result

_SKILL = re.compile(
    r"\A<skill>\s*<name>(?P<name>[^<]*)</name>\s*(?:<path>[^<]*</path>\s*)?(?P<text>.*?)\s*(?:</skill>\s*)?\Z",
    re.DOTALL,
)
SILENT = frozenset({"reasoning", "compaction", "context_compaction", "compaction_summary"})


def read_item(rollout: Rollout, item: dict[str, Any]) -> None:
    """Read one response item, wrapped or bare."""
    kind = fields.string(item.get("type"))
    reader = _ITEMS.get(kind)
    if reader is not None:
        reader(rollout, item)
    elif kind not in SILENT:
        rollout.unknown.add(f"response_item/{kind}")


def _read_message(rollout: Rollout, item: dict[str, Any]) -> None:
    text = fields.joined_text(item.get("content"))
    role = item.get("role")
    if role == "assistant" and text.strip():
        add(rollout, "say", key=item.get("id"), twin="agent_message", text=text)
    elif role == "user":
        _read_user_message(rollout, item, text)
    elif role not in ("assistant", "developer", "system"):
        rollout.unknown.add(f"message by {role}")


def _read_user_message(rollout: Rollout, item: dict[str, Any], text: str) -> None:
    skill = _SKILL.match(text)
    if skill is not None:
        procedure = {"tool": skill.group("name").strip(), "text": skill.group("text")}
        add(rollout, "procedure", key=item.get("id"), actor="person", **procedure)
    elif text.startswith("<turn_aborted>"):
        rollout.counts.add("aborted_item")
        interrupt(rollout, text, twin="turn_aborted")
    elif text.strip() and (not text.startswith(CLIENT_MADE) or REQUEST.search(text)):
        rollout.counts.add("user_item")
        add(rollout, "prompt", key=item.get("id"), twin="user_message", actor="person", text=own_words(text))


def _read_call(rollout: Rollout, item: dict[str, Any]) -> None:
    rollout.counts.add("calls")
    key = fields.string(item.get("call_id")) or fields.string(item.get("id"))
    tool = tool_name(fields.string(item.get("name")), fields.string(item.get("namespace")))
    given = item.get("input") if item.get("type") == "custom_tool_call" else item.get("arguments")
    if item.get("type") == "local_shell_call":
        tool, given = "local_shell", fields.mapping(item.get("action"))
        given = {k: v for k, v in given.items() if k in ("command", "working_directory", "timeout_ms")}
    arguments = call_arguments(tool, given)
    if tool == "write_stdin" and isinstance(arguments, dict):
        polled = rollout.running.get(str(arguments.get("session_id")))
        if polled is not None:
            rollout.polls[key] = polled
            typed = fields.string(arguments.get("chars"))
            if typed:
                polled.event["arguments"].setdefault("stdin", []).append(typed)
            return
    add_call(rollout, key, tool, arguments)


def _read_output(rollout: Rollout, item: dict[str, Any]) -> None:
    output = parse_output(item.get("output"))
    if output.exit_code:
        rollout.counts.add("errors")
    if output.outcome == "rejected":
        rollout.counts.add("rejections")
    key = fields.string(item.get("call_id"))
    polled = rollout.polls.get(key)
    draft = polled or rollout.calls.get(key)
    if draft is None:
        rollout.unknown.add("output without a call")
        return
    event = draft.event
    before = event.get("result", "") if polled else ""
    text = (before if isinstance(before, str) else "") + output.text
    whole = parse_result(text) if output.outcome != "open" else text
    failed = event["outcome"] == "error" or (event["tool"].startswith("mcp__") and failed_in_result(whole))
    outcome = "error" if failed and output.outcome == "ok" else output.outcome
    event.update(result=whole, result_line=rollout.line, end=rollout.time, outcome=outcome)
    event.update(exit_code=output.exit_code, words=output.words)
    if output.running and isinstance(event["arguments"], dict):
        rollout.running[output.running] = draft


def _read_web_search(rollout: Rollout, item: dict[str, Any]) -> None:
    draft = add_call(rollout, fields.string(item.get("id")), "web_search", fields.mapping(item.get("action")))
    draft.event["outcome"] = "error" if item.get("status") == "failed" else "ok"


def _read_tool_search(rollout: Rollout, item: dict[str, Any]) -> None:
    add_call(rollout, fields.string(item.get("call_id")), "tool_search", fields.arguments(item.get("arguments")))


def _read_tool_search_output(rollout: Rollout, item: dict[str, Any]) -> None:
    draft = rollout.calls.get(fields.string(item.get("call_id")))
    if draft is not None:
        found = [fields.string(fields.mapping(tool).get("name")) for tool in fields.sequence(item.get("tools"))]
        draft.event.update(result=found, result_line=rollout.line, end=rollout.time, outcome="ok")


def _read_image(rollout: Rollout, item: dict[str, Any]) -> None:
    arguments = {"prompt": fields.string(item.get("revised_prompt"))}
    draft = add_call(rollout, fields.string(item.get("id")), "image_generation", arguments)
    draft.event["outcome"] = "error" if item.get("status") == "failed" else "ok"


_ITEMS: dict[str, Callable[[Rollout, dict[str, Any]], None]] = {
    "message": _read_message,
    "function_call": _read_call,
    "custom_tool_call": _read_call,
    "local_shell_call": _read_call,
    "function_call_output": _read_output,
    "custom_tool_call_output": _read_output,
    "local_shell_call_output": _read_output,
    "web_search_call": _read_web_search,
    "tool_search_call": _read_tool_search,
    "tool_search_output": _read_tool_search_output,
    "image_generation_call": _read_image,
}

KNOWN = SILENT | frozenset(_ITEMS)
