"""Shorthand for small transcripts: what a person said, what was called, what came back."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from runlore.mining.digest import Digest, digest
from runlore.mining.mine import Known, Mined, mine
from runlore.model import Counts, Event, Transcript, Workflow, WorkflowStep

DAY = 1_770_000_000.0


def said(text: str, kind: str = "prompt") -> Event:
    """Something that the person said."""
    return Event(id="", kind=kind, line=0, actor="person", text=text)  # type: ignore[arg-type]


def call(tool: str, arguments: Any = None, result: Any = None, **more: Any) -> Event:
    """A call with its result; ``more`` are fields of Event (outcome, words, actor, exit_code)."""
    return Event(
        id="", kind="call", line=0, tool=tool, arguments={} if arguments is None else arguments, result=result, **more
    )


def shell(command: str, output: str = "", **more: Any) -> Event:
    """A shell command of a coding session."""
    return call("Bash", {"command": command}, output, **more)


def transcript(
    session: str, *events: Event, start: float = DAY, reward: float | None = None, form: str = "chat"
) -> Transcript:
    """A transcript: events get ids, lines (two for a call) and times, ten seconds apart."""
    placed = []
    line = 1
    for number, event in enumerate(events):
        time = start + 10 * number
        answered = event.kind == "call"
        placed.append(
            msgspec.structs.replace(
                event,
                id=event.id or f"{session}-{number}",
                line=line,
                result_line=line + 1 if answered else 0,
                time=time,
                end=time + 5 if answered else 0.0,
                tokens=event.tokens or (100 if answered else 0),
            )
        )
        line += 2 if answered else 1
    ended = start + 10 * len(events)
    return Transcript(
        f"{session}.jsonl", form, session, Counts(), tuple(placed), started=start, ended=ended, reward=reward
    )


def digests(*transcripts: Transcript) -> list[Digest]:
    """Digest transcripts, each with a hash of its own."""
    return [msgspec.structs.replace(digest(t), transcript=f"sha256:{t.session}") for t in transcripts]


def mined(*transcripts: Transcript, known: Sequence[Known] = (), shuffle: int | None = None) -> Mined:
    """Mine transcripts, their digests in the order given or shuffled."""
    rows = digests(*transcripts)
    if shuffle is not None:
        random.Random(shuffle).shuffle(rows)
    return mine(rows, known)


def only(found: Mined) -> Workflow:
    """The one workflow that was found."""
    assert len(found.workflows) == 1, [w.name for w in found.workflows]
    return found.workflows[0]


def step(workflow: Workflow, activity: str) -> WorkflowStep:
    """The step with that activity."""
    return next(s for s in workflow.steps if s.activity == activity)


def source(workflow: Workflow, activity: str, argument: str) -> tuple[Any, ...]:
    """Where an argument of a step comes from, in short: (kind, what)."""
    value = next(a.source for a in step(workflow, activity).arguments if a.name == argument)
    if value.kind == "constant":
        return ("constant", value.value)
    if value.kind == "step":
        return ("step", workflow.steps[value.step - 1].activity, value.path)
    return (value.kind, value.name) if value.name else (value.kind,)


def again(found: Mined) -> tuple[Known, ...]:
    """What is known of workflows when they are mined again."""
    return tuple(
        Known(w.id, w.name, found.anchors[w.id], frozenset(c.session for c in w.cases)) for w in found.workflows
    )


def activities(workflow: Workflow) -> list[str]:
    """The activities of a workflow's steps, in their order."""
    return [s.activity for s in workflow.steps]


def names(workflows: Iterable[Workflow]) -> set[str]:
    """The names of workflows."""
    return {w.name for w in workflows}
