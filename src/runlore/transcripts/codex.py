"""Codex rollouts: one record a line, wrapped as ``{timestamp, type, payload}``, before version 0.4x bare items."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from runlore.model import Transcript
from runlore.transcripts import fields
from runlore.transcripts.base import Head, Line, Reading
from runlore.transcripts.codex_items import KNOWN, read_item
from runlore.transcripts.codex_rollout import Rollout, add, kept_events
from runlore.transcripts.codex_stream import read_event
from runlore.transcripts.records import Kept, make_counts, read_records

name = "codex"

_WRAPPERS = frozenset({"session_meta", "turn_context", "response_item", "event_msg", "compacted"})
_CUT_OPENING = re.compile(
    rb'\s*\{"timestamp":"[^"]*",(?:"ordinal":\d+,)?"type":"(?:session_meta|response_item|event_msg)"'
)
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")


def detect(head: Head) -> bool:
    """Say whether the lines are records of a rollout, wrapped or bare."""
    parsed = fields.head_values(head, 20)
    if any(isinstance(x, dict) and x.get("type") in _WRAPPERS and isinstance(x.get("payload"), dict) for x in parsed):
        return True
    if parsed and parsed[0] is None:
        return _CUT_OPENING.match(head.lines[0]) is not None
    return bool(parsed) and _is_bare_head(parsed[0]) and all(_is_bare_item(x) for x in parsed[1:4])


def _is_bare_head(value: object) -> bool:
    meta = fields.mapping(value)
    return "type" not in meta and "id" in meta and "timestamp" in meta and ("instructions" in meta or "git" in meta)


def _is_bare_item(value: object) -> bool:
    return "record_type" in fields.mapping(value) or fields.mapping(value).get("type") in KNOWN


def read(file: str, lines: Iterable[Line]) -> Iterator[Reading]:
    """Read one rollout; gives one reading."""
    rollout, kept = Rollout(), Kept()
    for number, record in read_records(lines, kept, rollout.unknown):
        rollout.line = number
        rollout.counts.add("records")
        _read_record(rollout, record)
    yield Reading(_transcript(file, rollout, kept.unreadable), tuple(kept.lines))


def _transcript(file: str, rollout: Rollout, unreadable: int) -> Transcript:
    head = rollout.heads[0] if rollout.heads else {}
    stem = fields.stem(file)
    by_name = _UUID.search(stem)
    session = fields.string(head.get("id")) or fields.string(head.get("session_id"))
    prompts = "user_message" if "user_message" in rollout.streams else "user_item"
    return Transcript(
        file=file,
        format=name,
        session=session or (by_name.group() if by_name else stem),
        counts=make_counts(
            rollout.counts,
            rollout.unknown,
            unreadable,
            prompts=prompts,
            interrupts="turn_aborted" if "turn_aborted" in rollout.streams else "aborted_item",
        ),
        events=kept_events(rollout),
        parent=_parent(head.get("source")),
        project=fields.string(head.get("cwd")) or rollout.cwd,
        started=min(rollout.times, default=0.0),
        ended=max(rollout.times, default=0.0),
        agent=rollout.model,
    )


def _parent(source: object) -> str:
    """Give the thread that started this one: its id stands at some depth in the ``source`` of a subagent's head."""
    for key, value in fields.mapping(source).items():
        found = value if key == "parent_thread_id" and isinstance(value, str) else _parent(value)
        if found:
            return found
    return ""


def _read_record(rollout: Rollout, record: dict[str, Any]) -> None:
    payload = record.get("payload")
    kind = fields.string(record.get("type"))
    rollout.stamp = fields.string(record.get("timestamp"))
    rollout.time = fields.seconds(rollout.stamp) or rollout.time
    if rollout.time:
        rollout.times.append(rollout.time)
    if not isinstance(payload, dict):
        _read_bare(rollout, record, kind)
    elif kind == "response_item":
        read_item(rollout, payload)
    elif kind == "event_msg":
        read_event(rollout, payload)
    elif kind == "session_meta":
        _read_head(rollout, payload)
    elif kind == "turn_context":
        rollout.cwd = fields.string(payload.get("cwd")) or rollout.cwd
        rollout.model = rollout.model or fields.string(payload.get("model"))
    elif kind == "compacted":
        rollout.counts.add("compactions")
        add(rollout, "compaction", text=fields.string(payload.get("message")))
    else:
        rollout.unknown.add(kind)


def _read_bare(rollout: Rollout, record: dict[str, Any], kind: str) -> None:
    if _is_bare_head(record):
        _read_head(rollout, record)
    elif kind:
        read_item(rollout, record)
    elif "record_type" not in record:  # `{"record_type": "state"}` stands between the items of early versions
        rollout.unknown.add("without a type")


def _read_head(rollout: Rollout, meta: dict[str, Any]) -> None:
    rollout.heads.append(meta)
    if len(rollout.heads) == 1:  # the heads of later resumes may be those of other threads
        rollout.cwd = fields.string(meta.get("cwd"))
        rollout.branch = fields.string(fields.mapping(meta.get("git")).get("branch"))
        rollout.subagent = "subagent" in fields.mapping(meta.get("source"))
