"""A Codex rollout while it is read: the events so far, and which of them may still change."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from runlore.model import Actor, Event, Kind
from runlore.transcripts import fields
from runlore.transcripts.fields import Tally

REQUEST = re.compile(r"^## My request for Codex:\s*", re.MULTILINE)
CLIENT_MADE = (
    "# AGENTS.md instructions for",
    "<environment_context>",
    "<ENVIRONMENT_CONTEXT>",
    "<user_instructions>",
    "<INSTRUCTIONS>",
    "<permissions instructions>",
    "<turn_aborted>",
    "<skill>",
    "<user_shell_command>",
    "<subagent_notification>",
    "# In app browser:",
    "# Files mentioned by the user",
)


@dataclass(slots=True, eq=False)
class Draft:
    """An event that may still change; ``twin`` names the stream that counts alone where it tells the same."""

    event: dict[str, Any]
    twin: str = ""


@dataclass(slots=True)
class Rollout:
    """What has been read of one file so far."""

    drafts: list[Draft] = field(default_factory=list)
    calls: dict[str, Draft] = field(default_factory=dict)
    running: dict[str, Draft] = field(default_factory=dict)  # by the session id of the command
    polls: dict[str, Draft] = field(default_factory=dict)  # call id of a poll to the command that it polls
    heads: list[dict[str, Any]] = field(default_factory=list)
    streams: set[str] = field(default_factory=set)  # which of the twin streams the file has
    ids: dict[str, int] = field(default_factory=dict)
    unknown: Tally = field(default_factory=Tally)
    counts: Tally = field(default_factory=Tally)
    times: list[float] = field(default_factory=list)
    line: int = 0
    time: float = 0.0
    stamp: str = ""
    cwd: str = ""
    branch: str = ""
    model: str = ""
    in_turn: bool = False
    asked: bool = False  # the turn that runs has its prompt
    total: object = None
    opened: Draft | None = None  # the first event of the model's answer that is not yet billed
    unbilled: tuple[int, int] = (0, 0)
    subagent: bool = False


def add(
    rollout: Rollout, kind: Kind, *, key: object = "", twin: str = "", actor: Actor = "agent", **more: Any
) -> Draft:
    """Append an event at the line that is being read; ``key`` becomes its id, with the ordinal of the key's use."""
    if not isinstance(key, str) or not key:
        # Messages have no ids; a copy of one in another file has the same time and words.
        told = f"{kind}\0{rollout.stamp}\0{more.get('text', '')}"
        key = blake2b(told.encode(errors="replace"), digest_size=8).hexdigest()
    told_by_agent = rollout.subagent and kind in ("prompt", "steer")  # the task that an agent gave its subagent
    if rollout.subagent:
        kind = "say" if told_by_agent else kind
        actor = "agent" if told_by_agent else "subagent" if actor == "agent" else actor
    more.setdefault("cwd", rollout.cwd)
    event = {
        "id": fields.numbered(rollout.ids, key),
        "kind": kind,
        "line": rollout.line,
        "time": rollout.time,
        "actor": actor,
    }
    draft = Draft(event | more | {"branch": rollout.branch}, twin)
    rollout.drafts.append(draft)
    if kind in ("say", "call") and rollout.opened is None and not told_by_agent:
        rollout.opened = draft
        bill(rollout, 0, 0)
    elif kind == "prompt":
        rollout.opened = None
    return draft


def add_call(rollout: Rollout, key: str, tool: str, arguments: Any) -> Draft:
    """Append a call that waits for its output."""
    cwd = fields.string(fields.mapping(arguments).get("workdir")) or rollout.cwd
    draft = add(rollout, "call", key=key, tool=tool, arguments=arguments, outcome="open", cwd=cwd)
    if key:
        rollout.calls[key] = draft
    return draft


def interrupt(rollout: Rollout, text: str, twin: str = "") -> None:
    """Append an interrupt; the calls of the turn that still wait are cancelled."""
    for draft in reversed(rollout.drafts):
        if draft.event["kind"] in ("prompt", "interrupt") and not draft.twin:
            break
        if draft.event.get("outcome") == "open" and not draft.event.get("result_line"):
            draft.event.update(outcome="cancelled", end=rollout.time)
    add(rollout, "interrupt", twin=twin, actor="person", text=text)


def own_words(text: str) -> str:
    """Give the person's own words where the client put files or a browser's state before them."""
    marker = REQUEST.search(text) if text.startswith(CLIENT_MADE) else None
    return text[marker.end() :] if marker else text


def bill(rollout: Rollout, billed: int, output: int) -> None:
    """Put tokens on the event that opened the model's answer; they wait where no event has opened one yet."""
    billed, output = rollout.unbilled[0] + billed, rollout.unbilled[1] + output
    rollout.unbilled = (billed, output) if rollout.opened is None else (0, 0)
    if rollout.opened is not None:
        _put_tokens(rollout.opened.event, billed, output)


def _put_tokens(event: dict[str, Any], billed: int, output: int) -> None:
    event["tokens"] = event.get("tokens", 0) + billed
    event["output_tokens"] = event.get("output_tokens", 0) + output


def kept_events(rollout: Rollout) -> tuple[Event, ...]:
    """Give the events that stand: of what two streams tell, one; tokens of what falls away go to the next answer."""
    kept: list[dict[str, Any]] = []
    billed, output = 0, 0
    for draft in rollout.drafts:
        if draft.twin in rollout.streams:
            billed, output = billed + draft.event.get("tokens", 0), output + draft.event.get("output_tokens", 0)
            continue
        kept.append(draft.event)
        if (billed or output) and draft.event["kind"] in ("say", "call"):
            _put_tokens(draft.event, billed, output)
            billed, output = 0, 0
    billed, output = billed + rollout.unbilled[0], output + rollout.unbilled[1]
    if kept and (billed or output):  # an answer that left nothing but its bill
        _put_tokens(kept[-1], billed, output)
    return tuple(Event(**event) for event in kept)
