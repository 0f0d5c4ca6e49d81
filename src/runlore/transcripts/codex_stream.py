"""The interface's stream of a Codex rollout to events: prompts, interrupts, rollbacks, details of calls, tokens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from runlore.transcripts import fields
from runlore.transcripts.codex_rollout import Draft, Rollout, add, add_call, bill, interrupt, own_words
from runlore.transcripts.decoding import parse_result

# Known and of no use here: what they say stands in other records too, or is the client's own bookkeeping.
SILENT = frozenset(
    {
        "task_complete",
        "turn_complete",
        "agent_reasoning",
        "agent_reasoning_raw_content",
        "agent_reasoning_section_break",
        "web_search_end",
        "context_compacted",
        "entered_review_mode",
        "exited_review_mode",
        "sub_agent_activity",
        "image_generation_end",
        "item_completed",
        "thread_goal_updated",
    }
)


def read_event(rollout: Rollout, payload: dict[str, Any]) -> None:
    """Read one record of the stream."""
    kind = fields.string(payload.get("type"))
    reader = _EVENTS.get(kind)
    if reader is not None:
        reader(rollout, payload)
    elif kind not in SILENT:
        rollout.unknown.add(f"event_msg/{kind}")
    if kind in ("task_complete", "turn_complete", "turn_aborted"):
        rollout.in_turn = False


def _read_turn_start(rollout: Rollout, payload: dict[str, Any]) -> None:
    rollout.in_turn, rollout.asked = True, False


def _read_prompt(rollout: Rollout, payload: dict[str, Any]) -> None:
    rollout.counts.add("user_message")
    rollout.streams.add("user_message")
    steering = rollout.in_turn and rollout.asked
    rollout.asked = True
    text = own_words(fields.string(payload.get("message")))
    if text.strip():
        add(rollout, "steer" if steering else "prompt", actor="person", text=text)


def _read_agent_message(rollout: Rollout, payload: dict[str, Any]) -> None:
    rollout.streams.add("agent_message")
    text = fields.string(payload.get("message"))
    if text.strip():
        add(rollout, "say", text=text)


def _read_abort(rollout: Rollout, payload: dict[str, Any]) -> None:
    rollout.counts.add("turn_aborted")
    rollout.streams.add("turn_aborted")
    interrupt(rollout, fields.string(payload.get("reason")))


def _read_rollback(rollout: Rollout, payload: dict[str, Any]) -> None:
    turns = fields.count(payload.get("num_turns"))
    twin = "" if "user_message" in rollout.streams else "user_message"
    asked = [
        place
        for place, draft in enumerate(rollout.drafts)
        if draft.event["kind"] in ("prompt", "steer") and draft.twin == twin
    ]
    dropped: list[Draft] = []
    if turns and asked:
        start = asked[-turns] if turns <= len(asked) else asked[0]
        dropped = rollout.drafts[start:]
        del rollout.drafts[start:]
    rollout.opened = None
    # What was taken back was still paid for.
    tokens = sum(draft.event.get("tokens", 0) for draft in dropped)
    output = sum(draft.event.get("output_tokens", 0) for draft in dropped)
    count = {"count": turns}
    add(rollout, "rollback", actor="person", arguments=count, tokens=tokens, output_tokens=output)


def _read_patch_end(rollout: Rollout, payload: dict[str, Any]) -> None:
    draft = rollout.calls.get(fields.string(payload.get("call_id")))
    if draft is None:  # a patch inside a shell command has no call of its own
        return
    files = list(fields.mapping(payload.get("changes")))
    arguments = draft.event["arguments"]
    if draft.event["tool"] == "apply_patch" and isinstance(arguments, dict) and files:
        draft.event["arguments"] = arguments | {"files": files}
    if payload.get("success") is False:
        draft.event["outcome"] = "error"


def _read_mcp_end(rollout: Rollout, payload: dict[str, Any]) -> None:
    call = fields.mapping(payload.get("invocation"))
    key = fields.string(payload.get("call_id"))
    draft = rollout.calls.get(key)
    result = fields.mapping(payload.get("result"))
    good = fields.mapping(result.get("Ok"))
    failed = "Err" in result or good.get("isError") is True
    if draft is None:
        server, tool = fields.string(call.get("server")), fields.string(call.get("tool"))
        draft = add_call(rollout, key, f"mcp__{server}__{tool}", fields.arguments(call.get("arguments")))
        text = result["Err"] if "Err" in result else fields.joined_text(good.get("content"))
        whole = parse_result(text) if isinstance(text, str) else text
        ended: dict[str, Any] = {"result": whole, "result_line": rollout.line, "end": rollout.time, "outcome": "ok"}
        draft.event.update(ended)
    if failed:
        draft.event["outcome"] = "error"


def _read_tokens(rollout: Rollout, payload: dict[str, Any]) -> None:
    info = fields.mapping(payload.get("info"))
    total, last = info.get("total_token_usage"), fields.mapping(info.get("last_token_usage"))
    if not last or total == rollout.total:
        return
    rollout.total = total
    output = fields.count(last.get("output_tokens"))
    billed = fields.count(last.get("total_tokens")) or fields.count(last.get("input_tokens")) + output
    bill(rollout, billed, output)
    rollout.opened = None


_EVENTS: dict[str, Callable[[Rollout, dict[str, Any]], None]] = {
    "user_message": _read_prompt,
    "agent_message": _read_agent_message,
    "task_started": _read_turn_start,
    "turn_started": _read_turn_start,
    "turn_aborted": _read_abort,
    "thread_rolled_back": _read_rollback,
    "patch_apply_end": _read_patch_end,
    "mcp_tool_call_end": _read_mcp_end,
    "token_count": _read_tokens,
}
