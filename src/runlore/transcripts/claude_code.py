"""Claude Code sessions: one JSON object a line, appended while the session runs.

Counts are taken from the records as they lie there; events leave out records that stand twice in one file. The words of
the format are explained in docs/reference/transcripts.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import PurePath
from typing import Final

import msgspec

from runlore.model import Counts, Transcript
from runlore.transcripts.base import Head, Line, Reading
from runlore.transcripts.claude_code_events import Session, read_time
from runlore.transcripts.claude_code_records import Record, decode_record, decode_sound, text_of
from runlore.transcripts.decoding import LARGE, decode

name = "claude-code"

_TALK: Final = frozenset({"user", "assistant"})
_TELLING: Final = frozenset(
    {"file-history-snapshot", "queue-operation", "progress", "summary", "custom-title", "pr-link"}
)
_KNOWN: Final = _TELLING | {"user", "assistant", "system", "attachment", "last-prompt", "mode", "frame-link"}
_BLOCKS: Final = frozenset(
    {"text", "thinking", "redacted_thinking", "tool_use", "tool_result", "image", "document", "fallback"}
)
_PROGRESS: Final = b'"type":"progress","data":{"type":"'
_PROGRESS_AFTER: Final = 128
_PROGRESS_WITHIN: Final = 640


def detect(head: Head) -> bool:
    """Say whether the lines are records of a Claude Code session; the first user or assistant record decides."""
    telling = False
    for line in head.lines:
        value = decode(line)
        if not isinstance(value, dict):
            continue
        kind = value.get("type")
        if kind in _TALK:
            message = value.get("message")
            known = "sessionId" in value or "uuid" in value
            return known and isinstance(message, dict) and "content" in message
        telling = telling or (
            kind in _TELLING and ("sessionId" in value or "leafUuid" in value or "messageId" in value)
        )
    return telling


def read(file: str, lines: Iterable[Line]) -> Iterator[Reading]:
    """Read one session file; gives one reading with all of its lines."""
    kept: list[bytes] = []
    keep = kept.append
    session = Session()
    tally = _Tally()
    for number, line in lines:
        keep(line)
        # A third of the records tell how far a command has come; nothing in them is used, so they are not decoded.
        if line.find(_PROGRESS, _PROGRESS_AFTER, _PROGRESS_WITHIN) > 0 and line[-1:] == b"}":
            tally.records += 1
            continue
        record: Record | None
        try:
            record = decode_sound(line) if len(line) <= LARGE else decode_record(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            record = decode_record(line)
        if record is None:
            if line and not line.isspace():
                tally.unreadable.append(number)
            continue
        tally.records += 1
        tally.count(record)
        session.add(number, record)
    yield Reading(_build(file, session, tally), tuple(kept), cut=tally.unreadable[-1:] == [len(kept)])


def _build(file: str, session: Session, tally: _Tally) -> Transcript:
    own = _own_session(file, session)
    return Transcript(
        file=file,
        format=name,
        session=session.agent or own,
        counts=tally.build(),
        events=session.finish(),
        parent=own if session.agent else "",
        project=session.project,
        started=read_time(session.first_time),
        ended=read_time(session.last_time),
        agent=session.model,
    )


def _own_session(file: str, session: Session) -> str:
    """Give the id of the session that the file belongs to: a resumed or forked file begins with another one's records."""
    stem = PurePath(file).name.split(".jsonl")[0]
    named = [each for each in session.sessions if each in stem]
    return (named or session.sessions[-1:] or [stem])[0]


class _Tally:
    """Raw counts, as docs/reference/transcripts.md defines them."""

    __slots__ = (
        "calls",
        "compactions",
        "errors",
        "interrupts",
        "prompts",
        "records",
        "rejections",
        "unknown",
        "unreadable",
    )

    def __init__(self) -> None:
        self.records = self.prompts = self.calls = self.errors = self.rejections = 0
        self.interrupts = self.compactions = 0
        self.unknown: dict[str, int] = {}
        self.unreadable: list[int] = []

    def count(self, record: Record) -> None:
        kind = record.type
        if kind not in _TALK:
            if kind not in _KNOWN:
                self.add_unknown(kind or "(no type)")
            return
        self.compactions += record.isCompactSummary
        content = record.message.content if record.message is not None else ""
        if isinstance(content, str):
            self.count_text(record, content)
            return
        for block in content:
            type_ = block.type
            if type_ == "tool_use":
                self.calls += 1
            elif type_ == "tool_result":
                if block.is_error:
                    self.errors += 1
                    self.rejections += "doesn't want to proceed" in text_of(block.content)
            elif type_ == "text":
                self.count_text(record, block.text)
            elif type_ not in _BLOCKS:
                self.add_unknown(f"{kind}.{type_ or '(no type)'}")

    def count_text(self, record: Record, text: str) -> None:
        if record.type == "assistant":
            return
        if text.startswith("[Request interrupted by user"):
            self.interrupts += 1
        elif text and text[0] != "<" and not record.isMeta and not record.isCompactSummary and text.strip():
            self.prompts += 1

    def add_unknown(self, kind: str) -> None:
        self.unknown[kind] = self.unknown.get(kind, 0) + 1

    def build(self) -> Counts:
        return Counts(
            records=self.records,
            prompts=self.prompts,
            tool_calls=self.calls,
            tool_errors=self.errors,
            rejections=self.rejections,
            interrupts=self.interrupts,
            compactions=self.compactions,
            unknown=dict(sorted(self.unknown.items())),
            unreadable=len(self.unreadable),
        )
