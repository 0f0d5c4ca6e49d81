"""Gemini CLI sessions: one JSON document, or from version 0.40 a header, messages and ``$set`` patches, one a line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from runlore.model import Event, Kind, Outcome, Transcript
from runlore.transcripts import fields
from runlore.transcripts.base import Head, Line, Reading
from runlore.transcripts.decoding import parse_result
from runlore.transcripts.fields import Tally
from runlore.transcripts.records import Kept, make_counts, read_records

name = "gemini-cli"

_ANSWERS = frozenset({"gemini", "model"})
_NOTICES = frozenset({"info", "warning", "error"})
_INTERRUPTED = re.compile(r"\A\s*Request cancelled\.?\s*\Z", re.IGNORECASE)
_COMPACTED = re.compile(r"\AChat history compressed", re.IGNORECASE)
_EXIT_CODE = re.compile(r"^Exit Code: (-?\d+)", re.MULTILINE)
_SHELL = re.compile(  # the lines around a command's output; the process group differs in every run
    r"\A(?:Command: .*?\n)?(?:Directory: [^\n]*\n)?Output: (?P<output>.*?)"
    r"(?:\nError: (?P<error>.*?))?(?:\n(?:Exit Code|Signal|Background PIDs|Process Group PGID): [^\n]*)*\s*\Z",
    re.DOTALL,
)
_CUT_OPENING = re.compile(rb'\s*\{\s*"sessionId"\s*:\s*"[^"]*"\s*,\s*"projectHash"\s*:\s*"')
_REFUSED = "did not allow tool call"
_OUTCOMES: dict[str, Outcome] = {"success": "ok", "error": "error", "cancelled": "cancelled"}


@dataclass(slots=True)
class _Message:
    """One message and where it stands; a later record with the same id takes its place."""

    line: int
    index: int
    value: dict[str, Any]


@dataclass(slots=True)
class _Session:
    """What has been read of one file so far."""

    about: dict[str, Any] = field(default_factory=dict)
    messages: dict[str, _Message] = field(default_factory=dict)
    unknown: Tally = field(default_factory=Tally)
    counts: Tally = field(default_factory=Tally)
    events: list[Event] = field(default_factory=list)
    ids: dict[str, int] = field(default_factory=dict)


def detect(head: Head) -> bool:
    """Say whether the file is a Gemini CLI session in either form."""
    values = fields.head_values(head, 5)
    if not values:
        return False
    if values[0] is None:
        return _CUT_OPENING.match(head.lines[0]) is not None
    about = fields.mapping(values[0])
    if not isinstance(about.get("projectHash"), str) or not isinstance(about.get("sessionId"), str):
        return False
    messages = about.get("messages", [])
    return isinstance(messages, list) and all(isinstance(fields.mapping(m).get("type"), str) for m in messages)


def read(file: str, lines: Iterable[Line]) -> Iterator[Reading]:
    """Read one session; gives one reading. Events stand where the last record of their message stands."""
    session, kept = _Session(), Kept()
    for number, record in read_records(lines, kept, session.unknown):
        session.counts.add("records")
        _read_record(session, record, number)
    for place, message in enumerate(session.messages.values()):
        _read_message(session, message, place)
    yield Reading(_transcript(file, session, kept.unreadable), tuple(kept.lines))


def _transcript(file: str, session: _Session, unreadable: int) -> Transcript:
    about = session.about
    times = [fields.seconds(about.get("startTime")), fields.seconds(about.get("lastUpdated"))]
    times += [time for event in session.events for time in (event.time, event.end)]
    times = [time for time in times if time]
    return Transcript(
        file=file,
        format=name,
        session=fields.string(about.get("sessionId")) or fields.stem(file),
        counts=make_counts(session.counts, session.unknown, unreadable),
        events=tuple(session.events),
        project=fields.string(about.get("projectHash")),
        started=min(times, default=0.0),
        ended=max(times, default=0.0),
    )


def _read_record(session: _Session, record: dict[str, Any], line: int) -> None:
    patch = record.get("$set")
    if isinstance(patch, dict):
        _take(session, patch, line)
    elif "type" in record:
        _put(session, record, line, 0)
    elif "sessionId" in record or "messages" in record:
        _take(session, record, line)
    elif any(key.startswith("$") for key in record):
        session.unknown.add(f"patch {next(key for key in record if key.startswith('$'))}")
    else:
        session.unknown.add("without a type")


def _take(session: _Session, about: dict[str, Any], line: int) -> None:
    """Take what stands about the session; its messages, where they stand too, replace all that came before."""
    session.about |= {key: value for key, value in about.items() if key != "messages"}
    messages = about.get("messages")
    if isinstance(messages, list):
        session.messages.clear()
        for index, message in enumerate(messages):
            if isinstance(message, dict):
                _put(session, message, line, index)
            else:
                session.unknown.add("message that is no object")


def _put(session: _Session, message: dict[str, Any], line: int, index: int) -> None:
    key = fields.string(message.get("id")) or f"line-{line}-{index}"
    session.messages[key] = _Message(line, index, message)  # a key that is there keeps its place in the order


def _read_message(session: _Session, message: _Message, place: int) -> None:
    value, kind = message.value, fields.string(message.value.get("type"))
    text = fields.joined_text(value.get("content") or value.get("parts"))
    if kind == "user":
        if text.strip():
            session.counts.add("prompts")
            _add(session, message, "prompt", actor="person", text=text)
    elif kind in _ANSWERS:
        _read_answer(session, message, text)
    elif kind in _NOTICES:
        if _INTERRUPTED.match(text):
            session.counts.add("interrupts")
            _add(session, message, "interrupt", actor="person", text=text)
        elif _COMPACTED.match(text):
            session.counts.add("compactions")
            _add(session, message, "compaction", text=text)
    else:
        session.unknown.add(f"message {kind}")


def _add(session: _Session, message: _Message, kind: Kind, *, key: str = "", **more: Any) -> None:
    key = key or fields.string(message.value.get("id")) or f"line-{message.line}-{message.index}"
    more.setdefault("time", fields.seconds(message.value.get("timestamp")))
    event_id = fields.numbered(session.ids, key)
    session.events.append(Event(id=event_id, kind=kind, line=message.line, index=message.index, **more))


def _read_answer(session: _Session, message: _Message, text: str) -> None:
    usage = fields.mapping(message.value.get("tokens"))
    output = fields.count(usage.get("output")) + fields.count(usage.get("thoughts"))
    billed = fields.count(usage.get("total")) or fields.count(usage.get("input")) + output
    bill: dict[str, Any] = {"tokens": billed, "output_tokens": output}
    if text.strip():
        _add(session, message, "say", text=text, **bill)
        bill = {}
    for call in fields.sequence(message.value.get("toolCalls")):
        if isinstance(call, dict):
            _read_call(session, message, call, bill)
            bill = {}
        else:
            session.unknown.add("tool call that is no object")


def _read_call(session: _Session, message: _Message, call: dict[str, Any], bill: dict[str, Any]) -> None:
    session.counts.add("calls")
    status = fields.string(call.get("status"))
    outcome = _OUTCOMES.get(status, "open")
    result, failed, exit_code = _result(call)
    session.counts.add("errors", status == "error")
    if outcome == "ok" and (failed or exit_code):
        outcome = "error"
    elif outcome == "cancelled" and isinstance(result, str) and _REFUSED in result:
        session.counts.add("rejections")
        outcome = "rejected"
    answered = outcome != "open"
    ended = fields.seconds(call.get("timestamp"))
    more: dict[str, Any] = {
        "tool": fields.string(call.get("name")),
        "arguments": fields.arguments(call.get("args")),
        "outcome": outcome,
        "exit_code": exit_code,
        "result": result,
        "result_line": message.line if answered else 0,
        "result_index": message.index if answered else 0,
    }
    _add(session, message, "call", key=fields.string(call.get("id")), end=ended, **more, **bill)


def _result(call: dict[str, Any]) -> tuple[Any, bool, int | None]:
    """Give a call's result, whether it tells of an error, and the exit code that a shell's text carries."""
    response: dict[str, Any] = {}
    for part in fields.sequence(call.get("result")):
        response = fields.mapping(fields.mapping(fields.mapping(part).get("functionResponse")).get("response"))
        if response:
            break
    failure = response.get("error")
    output = response.get("output", failure) if response else call.get("resultDisplay")
    if response and output is None:
        return response, bool(failure), None
    if not isinstance(output, str):
        return output if output is not None else "", bool(failure), None
    if call.get("name") != "run_shell_command":
        return parse_result(output), bool(failure), None
    code = _EXIT_CODE.search(output)
    return parse_result(_shell_output(output)), bool(failure), int(code.group(1)) if code else None


def _shell_output(text: str) -> str:
    """Give what a command printed, without the client's lines around it."""
    found = _SHELL.match(text)
    if found is None:
        return text
    said = (found.group("output"), found.group("error") or "")
    return "\n".join(part for part in said if part not in ("", "(none)", "(empty)"))
