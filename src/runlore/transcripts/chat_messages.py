"""The messages of one conversation to events: OpenAI, flat and Anthropic forms, mixed as they come."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

import msgspec

from runlore.model import Actor, Counts, Event
from runlore.transcripts import fields
from runlore.transcripts.decoding import parse_result
from runlore.transcripts.fields import Tally

ROLES = frozenset({"system", "developer", "user", "assistant", "tool", "function"})
_RESULT_BLOCKS = frozenset({"tool_result"})
_CALL_BLOCKS = frozenset({"tool_use", "server_tool_use"})
_SILENT_BLOCKS = frozenset(
    {"text", "input_text", "output_text", "thinking", "redacted_thinking", "image", "image_url", "refusal"}
)
_USAGE_INPUT = ("input_tokens", "prompt_tokens")
_USAGE_CACHES = ("cache_creation_input_tokens", "cache_read_input_tokens")
_USAGE_OUTPUT = ("output_tokens", "completion_tokens")


@dataclass(slots=True)
class _Call:
    """A call that waits for its result."""

    event: int  # where its event stands among the events
    answered: bool = False


@dataclass(slots=True)
class Conversation:
    """What has been read of one conversation so far."""

    identity: str
    events: list[Event] = field(default_factory=list)
    waiting: dict[tuple[str, str], deque[_Call]] = field(default_factory=dict)
    calls: int = 0
    uses: dict[str, int] = field(default_factory=dict)
    unknown: Tally = field(default_factory=Tally)
    records: int = 0
    prompts: int = 0
    errors: int = 0
    # of the message that is being read
    index: int = 0
    time: float = 0.0
    digest: str = ""
    tokens: tuple[int, int] = (0, 0)
    parts: int = 0

    def counts(self) -> Counts:
        """Give the raw counts."""
        return Counts(
            records=self.records,
            prompts=self.prompts,
            tool_calls=self.calls,
            tool_errors=self.errors,
            unknown=dict(self.unknown),
        )


def read_messages(identity: str, messages: list[Any]) -> Conversation:
    """Read the messages of one conversation in their order; what is no message is counted as unknown.

    ``identity`` is the conversation's own id, ``""`` where it has none; the ids of events are made of it and of the
    message, so that a copy or a later state of the conversation gives the same ones.
    """
    talk = Conversation(identity)
    for index, message in enumerate(messages):
        talk.records += 1
        if not isinstance(message, dict):
            talk.unknown.add("message that is no object")
            continue
        _open_message(talk, index, message)
        role = message.get("role")
        if role == "user":
            _read_user(talk, message)
        elif role == "assistant":
            _read_assistant(talk, message)
        elif role in ("tool", "function"):
            _read_tool(talk, message)
        elif role not in ("system", "developer"):
            talk.unknown.add(f"role {role}")
    return talk


def _open_message(talk: Conversation, index: int, message: dict[str, Any]) -> None:
    talk.index = index
    talk.time = fields.seconds(message.get("timestamp") or message.get("created_at") or message.get("time"))
    # The content is part of the id: conversations of two files may go by the same number.
    if message.get("role") not in ("user", "assistant"):  # the others open no event
        return
    place = f"{talk.identity}\0{index}\0".encode(errors="replace")
    talk.digest = blake2b(place + msgspec.json.encode(message), digest_size=8).hexdigest()
    talk.tokens = _usage(message.get("usage")) if message.get("role") == "assistant" else (0, 0)
    talk.parts = 0


def _usage(value: object) -> tuple[int, int]:
    """Give (billed, output) tokens; the caches stand beside the input in Anthropic's form and inside it in OpenAI's."""
    if not isinstance(value, dict):
        return 0, 0
    output = max(fields.count(value.get(key)) for key in _USAGE_OUTPUT)
    given = max(fields.count(value.get(key)) for key in _USAGE_INPUT)
    return given + sum(fields.count(value.get(key)) for key in _USAGE_CACHES) + output, output


def _add(talk: Conversation, event: Event) -> None:
    billed, output = talk.tokens
    if billed or output:
        event = msgspec.structs.replace(event, tokens=billed, output_tokens=output)
        talk.tokens = (0, 0)
    talk.events.append(event)


def _words(talk: Conversation, kind: Any, actor: Actor, text: str) -> None:
    suffix = f".{talk.parts}" if talk.parts else ""
    talk.parts += 1
    event_id = f"{talk.digest}{suffix}"
    _add(talk, Event(id=event_id, kind=kind, line=1, index=talk.index, time=talk.time, actor=actor, text=text))


def _read_user(talk: Conversation, message: dict[str, Any]) -> None:
    content = message.get("content")
    answers = False
    for block in _blocks(content):
        if block.get("type") in _RESULT_BLOCKS:
            answers = True
            _answer(talk, block.get("tool_use_id"), "", block.get("content"), bool(block.get("is_error")))
        elif block.get("type") not in _SILENT_BLOCKS:
            talk.unknown.add(f"block {block.get('type')}")
    text = fields.joined_text(content)
    if text.strip():
        talk.prompts += 1
        _words(talk, "steer" if answers else "prompt", "person", text)
    _read_calls(talk, message, "person")


def _read_assistant(talk: Conversation, message: dict[str, Any]) -> None:
    content = message.get("content")
    if isinstance(content, list):
        for block in content:
            _read_assistant_block(talk, block)
    else:
        text = fields.joined_text(content)
        if text.strip():
            _words(talk, "say", "agent", text)
    _read_calls(talk, message, "agent")


def _read_assistant_block(talk: Conversation, block: object) -> None:
    block = {"type": "text", "text": block} if isinstance(block, str) else fields.mapping(block)
    kind = block.get("type")
    if kind in _CALL_BLOCKS:
        _call(talk, block.get("id"), block.get("name"), block.get("input"), "agent")
    elif fields.string(block.get("type")).endswith("_tool_result"):  # what a provider ran itself
        _answer(talk, block.get("tool_use_id"), "", block.get("content"), bool(block.get("is_error")))
    elif kind in _SILENT_BLOCKS:
        text = fields.string(block.get("text")) if kind != "thinking" else ""
        if text.strip():
            _words(talk, "say", "agent", text)
    else:
        talk.unknown.add(f"block {kind}")


def _read_tool(talk: Conversation, message: dict[str, Any]) -> None:
    failed = bool(message.get("error")) or bool(message.get("is_error")) or message.get("status") == "error"
    key = message.get("tool_call_id") or message.get("id")
    _answer(talk, key, fields.string(message.get("name")), message.get("content"), failed)


def _blocks(content: object) -> Iterator[dict[str, Any]]:
    for block in fields.sequence(content):
        if isinstance(block, dict):
            yield block


def _read_calls(talk: Conversation, message: dict[str, Any], speaker: Actor) -> None:
    for call in fields.sequence(message.get("tool_calls")):
        if not isinstance(call, dict):
            talk.unknown.add("tool call that is no object")
            continue
        inner = fields.mapping(call.get("function"))
        custom = fields.mapping(call.get("custom"))
        name = inner.get("name") or custom.get("name") or call.get("name")
        given = call.get("arguments", call.get("args"))
        if inner:
            given = inner.get("arguments")
        elif custom:
            given = custom.get("input")
        actor: Actor = "person" if call.get("requestor") == "user" else speaker
        if call.get("requestor") == "assistant":
            actor = "agent"
        _call(talk, call.get("id"), name, given, actor)
    legacy = fields.mapping(message.get("function_call"))
    if legacy:
        _call(talk, None, legacy.get("name"), legacy.get("arguments"), speaker)


def _call(talk: Conversation, key: object, name: object, given: object, actor: Actor) -> None:
    tool = fields.string(name)
    label = _key(key)
    # Ids of calls repeat within a run: the ordinal of the use tells them apart.
    used = label or tool
    talk.uses[used] = talk.uses.get(used, 0) + 1
    talk.calls += 1
    call = _Call(len(talk.events))
    by_name = [("name", tool), ("any", "")] if label else [("name", tool), ("any", ""), ("bare", tool), ("bare", "")]
    for queue in (("id", label), *by_name):
        talk.waiting.setdefault(queue, deque()).append(call)
    event = Event(
        id=f"{talk.digest}/{used}#{talk.uses[used]}",
        kind="call",
        line=1,
        index=talk.index,
        time=talk.time,
        actor=actor,
        tool=tool,
        arguments=fields.arguments(given),
        outcome="open",
    )
    _add(talk, event)


def _key(value: object) -> str:
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _answer(talk: Conversation, key: object, name: str, content: object, failed: bool) -> None:
    call = _waiting(talk, _key(key), name)
    result = _result(content)
    failed = failed or has_error(result)
    talk.errors += failed
    if call is None:
        talk.unknown.add("result without a call")
        return
    call.answered = True
    talk.events[call.event] = msgspec.structs.replace(
        talk.events[call.event],
        result=result,
        result_line=1,
        result_index=talk.index,
        end=talk.time,
        outcome="error" if failed else "ok",
    )


def _waiting(talk: Conversation, key: str, name: str) -> _Call | None:
    """Find the earliest unanswered call with this id; where ids are missing on either side, by name, else by order."""
    if not key:
        return _first(talk, "name", name) if name else _first(talk, "any", "")
    return _first(talk, "id", key) or _first(talk, "bare", name)


def _first(talk: Conversation, by: str, value: str) -> _Call | None:
    queue = talk.waiting.get((by, value))
    while queue and queue[0].answered:
        queue.popleft()
    return queue[0] if queue else None


def _result(content: object) -> Any:
    """Give a result as its JSON object or list where its whole text is one, else as text."""
    if isinstance(content, str):
        return parse_result(content)
    if content is None:
        return ""
    if isinstance(content, list) and all(isinstance(x, dict) and isinstance(x.get("type"), str) for x in content):
        return parse_result(fields.joined_text(content))
    if isinstance(content, dict | list):
        return content
    return msgspec.json.encode(content).decode()


def has_error(result: object) -> bool:
    """Say whether a result tells of a failure: text beginning with "Error", an object with an error."""
    if isinstance(result, str):
        return result.lstrip("\"' \t\r\n").startswith("Error")
    if isinstance(result, dict):
        return bool(result.get("error")) or result.get("status") == "error"
    return False
