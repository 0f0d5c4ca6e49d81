"""Copilot CLI sessions (``events.jsonl``): one event a line, ``{type, data, id, timestamp, parentId}``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from runlore.model import Actor, Event, Kind, Transcript
from runlore.transcripts import fields
from runlore.transcripts.base import Head, Line, Reading
from runlore.transcripts.decoding import parse_result
from runlore.transcripts.fields import Tally
from runlore.transcripts.records import Kept, make_counts, read_records

name = "copilot-cli"

_TYPES = re.compile(r"(?:session|user|assistant|tool|hook|system|permission|subagent|skill)\.[a-z_]+|abort")
_CUT_OPENING = re.compile(rb'\s*\{"type":"session\.start","data":\{')
_EXIT_CODE = re.compile(r"\n?<(?:shellId: \S+ completed|exited) with exit code (-?\d+)>\s*\Z")
_REFUSED = re.compile(r"denied-interactively-by-user|rejected|\Adenied\Z")
_REFUSED_RESULT = re.compile(
    r"\A(?:The user (?:rejected|denied)|Permission denied by (?:the )?user|User (?:rejected|denied))"
)
# Known and of no use here: the client's own bookkeeping, or told by other events too.
_SILENT = frozenset(
    {
        "assistant.turn_end",
        "hook.end",
        "hook.start",
        "permission.requested",
        "session.info",
        "session.model_change",
        "session.permissions_changed",
        "session.shutdown",
        "system.message",
        "system.notification",
    }
)


@dataclass(slots=True)
class _Session:
    """What has been read of one file so far; events are kept as dicts because calls still change."""

    events: list[dict[str, Any]] = field(default_factory=list)
    calls: dict[str, dict[str, Any]] = field(default_factory=dict)
    ids: dict[str, int] = field(default_factory=dict)
    unknown: Tally = field(default_factory=Tally)
    counts: Tally = field(default_factory=Tally)
    times: list[float] = field(default_factory=list)
    session: str = ""
    cwd: str = ""
    branch: str = ""
    line: int = 0
    time: float = 0.0
    answering: bool = False  # between the start and the end of one of the agent's turns
    tokens: int = 0


def detect(head: Head) -> bool:
    """Say whether the lines are events of a Copilot CLI session."""
    values = fields.head_values(head, 20)
    if values and values[0] is None:
        return _CUT_OPENING.match(head.lines[0]) is not None
    fitting = [value for value in values if isinstance(value, dict) and _is_event(value)]
    return 0 < 2 * len(fitting) > len(values)


def _is_event(value: dict[str, Any]) -> bool:
    kind = fields.string(value.get("type"))
    return isinstance(value.get("data"), dict) and "timestamp" in value and _TYPES.fullmatch(kind) is not None


def read(file: str, lines: Iterable[Line]) -> Iterator[Reading]:
    """Read one session; gives one reading."""
    session, kept = _Session(), Kept()
    for number, record in read_records(lines, kept, session.unknown):
        session.line = number
        _read_record(session, record)
    yield Reading(_transcript(file, session, kept.unreadable), tuple(kept.lines))


def _transcript(file: str, session: _Session, unreadable: int) -> Transcript:
    return Transcript(
        file=file,
        format=name,
        session=session.session or fields.stem(file),
        counts=make_counts(session.counts, session.unknown, unreadable),
        events=tuple(Event(**event) for event in session.events),
        project=session.cwd,
        started=min(session.times, default=0.0),
        ended=max(session.times, default=0.0),
    )


def _read_record(session: _Session, record: dict[str, Any]) -> None:
    session.counts.add("records")
    session.time = fields.seconds(record.get("timestamp")) or session.time
    if session.time:
        session.times.append(session.time)
    kind, data = fields.string(record.get("type")), fields.mapping(record.get("data"))
    reader = _READERS.get(kind)
    if reader is not None:
        reader(session, data, fields.string(record.get("id")))
    elif kind not in _SILENT:
        session.unknown.add(kind)
    if kind in ("assistant.turn_end", "abort", "session.shutdown"):
        session.answering = False


def _add(session: _Session, kind: Kind, key: str, *, actor: Actor = "agent", **more: Any) -> dict[str, Any]:
    key = key or f"line-{session.line}"
    event: dict[str, Any] = {
        "id": fields.numbered(session.ids, key),
        "kind": kind,
        "line": session.line,
        "time": session.time,
        "actor": actor,
        "cwd": session.cwd,
        "branch": session.branch,
    }
    if session.tokens and kind in ("say", "call"):
        event |= {"tokens": session.tokens, "output_tokens": session.tokens}
        session.tokens = 0
    session.events.append(event | more)
    return session.events[-1]


def _read_start(session: _Session, data: dict[str, Any], key: str) -> None:
    context = fields.mapping(data.get("context"))
    session.session = session.session or fields.string(data.get("sessionId"))
    session.cwd = fields.string(context.get("cwd")) or session.cwd
    session.branch = fields.string(context.get("branch")) or session.branch


def _read_prompt(session: _Session, data: dict[str, Any], key: str) -> None:
    session.counts.add("prompts")
    text = fields.string(data.get("content"))
    if text.strip():
        _add(session, "steer" if session.answering else "prompt", key, actor="person", text=text)


def _read_turn(session: _Session, data: dict[str, Any], key: str) -> None:
    session.answering = True


def _read_message(session: _Session, data: dict[str, Any], key: str) -> None:
    # Only the output is on record for a message; what went in is summed up for the whole session at its end.
    session.tokens = fields.count(data.get("outputTokens"))
    parent = fields.string(data.get("parentToolCallId"))
    text = fields.string(data.get("content"))
    if text.strip():
        _add(session, "say", key, actor="subagent" if parent else "agent", text=text, parent=parent)
    for request in fields.sequence(data.get("toolRequests")):
        asked = fields.mapping(request)
        _call(session, asked.get("toolCallId"), asked.get("name"), asked.get("arguments"), parent)
    session.tokens = 0


def _call(session: _Session, key: object, tool: object, given: object, parent: str) -> dict[str, Any]:
    """Give the call's event; it is told twice, in the message that asks for it and where it starts."""
    known = session.calls.get(fields.string(key))
    if known is not None:
        return known
    more = {"tool": fields.string(tool), "arguments": fields.arguments(given), "outcome": "open", "parent": parent}
    event = _add(session, "call", fields.string(key), actor="subagent" if parent else "agent", **more)
    session.calls[fields.string(key)] = event
    return event


def _read_call(session: _Session, data: dict[str, Any], key: str) -> None:
    session.counts.add("calls")
    parent = fields.string(data.get("parentToolCallId"))
    event = _call(session, data.get("toolCallId"), data.get("toolName"), data.get("arguments"), parent)
    event["time"] = session.time or event["time"]


def _read_result(session: _Session, data: dict[str, Any], key: str) -> None:
    success = data.get("success") is True
    if not success:
        session.counts.add("errors")
    event = session.calls.get(fields.string(data.get("toolCallId")))
    if event is None:
        session.unknown.add("result without a call")
        return
    error = fields.mapping(data.get("error"))
    result = fields.mapping(data.get("result"))
    text = fields.string(result.get("content")) or fields.string(error.get("message"))
    exit_code = _EXIT_CODE.search(text)
    if exit_code is not None:
        event["exit_code"] = int(exit_code.group(1))
        text = text[: exit_code.start()]
    event.update(result=parse_result(text), result_line=session.line, end=session.time)
    if event["outcome"] == "rejected":
        return
    if not success and _REFUSED_RESULT.match(text):
        session.counts.add("rejections")
        event["outcome"] = "rejected"
    else:
        event["outcome"] = "ok" if success and not event.get("exit_code") else "error"


def _read_permission(session: _Session, data: dict[str, Any], key: str) -> None:
    result = fields.mapping(data.get("result"))
    event = session.calls.get(fields.string(data.get("toolCallId")))
    if not _REFUSED.search(fields.string(result.get("kind"))):
        return
    session.counts.add("rejections")
    if event is not None:
        words = fields.string(result.get("feedback")) or fields.string(result.get("message"))
        event.update(outcome="rejected", words=words)


def _read_abort(session: _Session, data: dict[str, Any], key: str) -> None:
    session.counts.add("interrupts")
    for event in session.calls.values():
        if event["outcome"] == "open":
            event.update(outcome="cancelled", end=session.time)
    _add(session, "interrupt", key, actor="person", text=fields.string(data.get("reason")))


def _read_compaction(session: _Session, data: dict[str, Any], key: str) -> None:
    session.counts.add("compactions")
    _add(session, "compaction", key, text=fields.string(data.get("summaryContent")))


def _read_skill(session: _Session, data: dict[str, Any], key: str) -> None:
    tool, text = fields.string(data.get("name")), fields.string(data.get("content"))
    _add(session, "procedure", key, tool=tool, text=text)


_READERS: dict[str, Callable[[_Session, dict[str, Any], str], None]] = {
    "session.start": _read_start,
    "session.resume": _read_start,
    "user.message": _read_prompt,
    "assistant.turn_start": _read_turn,
    "assistant.message": _read_message,
    "tool.execution_start": _read_call,
    "tool.execution_complete": _read_result,
    "permission.completed": _read_permission,
    "abort": _read_abort,
    "session.compaction_complete": _read_compaction,
    "session.truncation": _read_compaction,
    "skill.invoked": _read_skill,
}
