"""Transcripts checked case by case, and what is learned from those that were seen before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from runlore.mining.activities import describe
from runlore.mining.cases import split
from runlore.mining.conformance.find import Library
from runlore.mining.conformance.watch import Act, Watch
from runlore.mining.conformance.weigh import DEFAULT, VERSION, Weights, learn
from runlore.mining.values import Activity
from runlore.model import Event, Transcript
from runlore.model.conformance import Checked

MOST_LEARNED: Final = 800
"""Transcripts from which is learned what is usual; more tell little more."""


class Experience(msgspec.Struct, frozen=True):
    """What was learned from earlier cases, apart for conversations and for work in repositories."""

    talk: Weights = DEFAULT
    coding: Weights = DEFAULT
    version: int = VERSION


@dataclass(frozen=True, slots=True)
class Watched:
    """A case that was watched to its end: what it came to, its signs, whether it is work in a repository, the outcome on record, if any,
    and the effects that it tried."""

    checked: Checked
    vector: tuple[float, ...]
    coding: bool
    reward: float | None
    acts: tuple[Act, ...] = ()


def watch_transcript(
    transcript: Transcript,
    library: Library,
    experience: Experience,
    name: str = "",
    inputs: dict[str, Any] | None = None,
) -> Iterator[Watched]:
    """Watch every case of a transcript to its end, in order. The outcome on record is handed on and never looked at."""
    events = transcript.events
    described = {n: found for n, event in enumerate(events) if (found := describe(event))}
    for number, span in enumerate(split(events, described), 1):
        own = events[span.first : span.last + 1]
        coding = _is_coding(own, described, span.first)
        watch = Watch(
            library,
            experience.coding if coding else experience.talk,
            transcript=transcript.hash,
            session=transcript.session,
            case=number,
            name=name,
            inputs=inputs,
        )
        for event in own:
            watch.take(event)
        yield Watched(watch.close(), watch.vector, coding, transcript.reward, tuple(watch.acts))


def _is_coding(events: Iterable[Event], described: dict[int, tuple[Activity, ...]], first: int) -> bool:
    return any(
        event.cwd or event.branch or any(a.command or a.role == "edit" for a in described.get(first + n, ()))
        for n, event in enumerate(events)
    )


def learn_experience(transcripts: Iterable[Transcript], library: Library) -> Experience:
    """Learn what is usual, and what outcomes say where they are on record, from transcripts in a fixed order."""
    vectors: dict[bool, list[tuple[float, ...]]] = defaultdict(list)
    rewards: dict[bool, list[float | None]] = defaultdict(list)
    for transcript in transcripts:
        for watched in watch_transcript(transcript, library, Experience()):
            vectors[watched.coding].append(watched.vector)
            rewards[watched.coding].append(watched.reward)
    return Experience(learn(vectors[False], rewards[False]), learn(vectors[True], rewards[True]))
