"""What happened in a transcript, one normalised event at a time.

Event is a msgspec struct and not a dataclass: reading builds tens of thousands of them a second, and
the corpus writes and reads them as they are (see docs/design/architecture.md, "Departures").
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

Kind = Literal[
    "prompt",  # a person's request or answer, typed
    "steer",  # a person's words while the agent works: beside a result, queued
    "say",  # the agent's own words to the person
    "call",  # a tool call with its result
    "interrupt",  # a person stopped the agent
    "compaction",  # the host shortened the context
    "procedure",  # a written procedure was loaded: skill or slash command; name in `tool`, its text in `text`
    "rollback",  # a person took turns back; `count` in arguments
]

Outcome = Literal[
    "ok",
    "error",  # the tool said that it failed
    "rejected",  # a person refused the call; their words in `words`
    "cancelled",  # cut off by an interrupt or by a failing sibling
    "open",  # no result on record
]

Actor = Literal["agent", "person", "subagent"]


class Event(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """One event, in the order of its transcript.

    ``id`` is stable across files that repeat the record (Claude Code: the record's uuid or the call's id with
    the ordinal of its use within the session) and unique within a transcript. ``time`` and ``end`` are seconds since the epoch
    (0 where unknown). ``line`` and ``index`` are those of the call, ``result_line`` and ``result_index`` those
    of its result. ``result`` is the parsed JSON value where the result's whole text is a JSON object or list, else text.
    ``tokens`` are the billed tokens of the message that the event opens (input with caches + output), each message once.
    ``parent`` is the id of the call that started the subagent to which the event belongs.
    """

    id: str
    kind: Kind
    line: int
    index: int = 0
    time: float = 0.0
    end: float = 0.0
    actor: Actor = "agent"
    tool: str = ""
    arguments: Any = None
    result: Any = None
    result_line: int = 0
    result_index: int = 0
    outcome: Outcome = "ok"
    exit_code: int | None = None
    text: str = ""
    words: str = ""
    parent: str = ""
    tokens: int = 0
    output_tokens: int = 0
    cwd: str = ""
    branch: str = ""
