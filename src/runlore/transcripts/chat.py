"""Chat transcripts: one conversation a line or a file, as OpenAI messages, flat calls or Anthropic content blocks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from runlore.model import Transcript
from runlore.transcripts import fields
from runlore.transcripts.base import Head, Line, Reading
from runlore.transcripts.chat_messages import ROLES, read_messages
from runlore.transcripts.decoding import decode
from runlore.transcripts.fields import Tally

name = "chat"

_SESSION_KEYS = ("id", "trajectory_id", "session_id", "conversation_id")
_STARTED_KEYS = ("started_at", "session_start", "created_at", "timestamp")
_ENDED_KEYS = ("ended_at", "last_updated", "updated_at")
_AGENT_KEYS = ("agent", "model")
_LOOKED_AT = 50  # messages that are looked at to tell the format
# A conversation may be longer than what the head holds of a line; then its beginning has to tell.
_OPENING = re.compile(rb'\s*(?:\{.*?"messages"\s*:\s*)?\[\s*\{[^{}\[\]]{0,200}?"role"\s*:\s*"(\w+)"', re.DOTALL)


def detect(head: Head) -> bool:
    """Say whether the file holds conversations: lists of messages with the known roles."""
    if ".traj" in head.file:  # SWE-agent's logs: commands in prose, no calls
        return False
    if head.document is not None:
        return bool(_conversations(head.document))
    return any(_is_opening(line) for line in head.lines[:3])


def _is_opening(line: bytes) -> bool:
    value = decode(line)
    if value is not None:
        return bool(_conversations(value))
    found = _OPENING.match(line[:4096])
    return found is not None and found.group(1).decode() in ROLES


def read(file: str, lines: Iterable[Line]) -> Iterator[Reading]:
    """Read conversations; gives one reading each, archived as one line.

    Stray lines count with the conversation before them.
    """
    last: Reading | None = None
    unknown, unreadable = Tally(), 0
    stem = fields.stem(file)
    for number, line in lines:
        if not line.strip():
            continue
        value = decode(line)
        found = _conversations(value)
        if value is None:
            unreadable += 1
        elif not found:
            unknown.add("line without messages")
        for place, conversation in enumerate(found, number):
            if last is not None:
                yield _with_strays(last, unknown, unreadable)
                unknown, unreadable = Tally(), 0
            whole = line if conversation is value else msgspec.json.encode(conversation)
            last = _read_conversation(file, f"{stem}:{place}", conversation, whole)
    if last is None and (unknown or unreadable):
        last = _read_conversation(file, stem, [], b"[]")
    if last is not None:
        yield _with_strays(last, unknown, unreadable)


def _conversations(value: object) -> list[Any]:
    """Give the conversations of one JSON value: an object with messages, a list of messages, or a list of either."""
    if isinstance(value, dict):
        return [value] if is_messages(value.get("messages")) else []
    if isinstance(value, list):
        if is_messages(value):
            return [value]
        return [item for item in value if isinstance(item, dict | list) and _is_conversation(item)]
    return []


def _is_conversation(value: dict[str, Any] | list[Any]) -> bool:
    return is_messages(value.get("messages") if isinstance(value, dict) else value)


def is_messages(value: object) -> bool:
    """Say whether a value is a list of chat messages: the first and most of them with a known role."""
    if not isinstance(value, list) or not value:
        return False
    looked_at = value[:_LOOKED_AT]
    known = [message for message in looked_at if _role(message) in ROLES]
    spoken = any("content" in message or "tool_calls" in message for message in known)
    return spoken and _role(looked_at[0]) in ROLES and 2 * len(known) > len(looked_at)


def _role(message: object) -> str:
    return fields.string(fields.mapping(message).get("role"))


def _read_conversation(file: str, fallback: str, conversation: Any, line: bytes) -> Reading:
    about = fields.mapping(conversation)
    named = (about.get(key) for key in _SESSION_KEYS)
    own = next((str(x) for x in named if isinstance(x, str | int) and str(x) and not isinstance(x, bool)), "")
    # The fallback stays out of the ids of events: the archive does not know on which line a conversation stood.
    talk = read_messages(own, conversation if isinstance(conversation, list) else about["messages"])
    times = [t for event in talk.events for t in (event.time, event.end) if t]
    started = next((t for t in (fields.seconds(about.get(key)) for key in _STARTED_KEYS) if t), 0.0)
    ended = next((t for t in (fields.seconds(about.get(key)) for key in _ENDED_KEYS) if t), 0.0)
    transcript = Transcript(
        file=file,
        format=name,
        session=own or fallback,
        counts=talk.counts(),
        events=tuple(talk.events),
        project=fields.string(about.get("project")),
        started=min([*times, started]) if started and times else started or min(times, default=0.0),
        ended=max([*times, ended], default=0.0),
        reward=_reward(about.get("reward")),
        agent="/".join(part for key in _AGENT_KEYS if (part := fields.string(about.get(key)))),
    )
    return Reading(transcript, (line,))


def _reward(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _with_strays(reading: Reading, unknown: Tally, unreadable: int) -> Reading:
    if not unknown and not unreadable:
        return reading
    counts = reading.transcript.counts
    merged = Tally(counts.unknown)
    for kind, times in unknown.items():
        merged.add(kind, times)
    counts = msgspec.structs.replace(counts, unknown=dict(merged), unreadable=counts.unreadable + unreadable)
    return Reading(msgspec.structs.replace(reading.transcript, counts=counts), reading.lines)
