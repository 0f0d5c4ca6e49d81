"""What the gatherers share: sightings, what they come to, the vote for a remedy."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from rapidfuzz import fuzz

from runlore.mining.facts.messages import template
from runlore.mining.facts.values import Observation


@dataclass(frozen=True, slots=True)
class Sighting:
    """An observation and where it was made."""

    session: str
    transcript: str
    seen: Observation


@dataclass(frozen=True, slots=True)
class Found:
    """What sightings of several sessions come to.

    ``told`` counts the times that a person had to say something. For the order only, ``weight`` scales what was
    lost, and ``worth`` says in minutes what knowing it saves where nothing was lost but the time to find it out.
    """

    kind: Literal["fact", "trap", "preference"]
    key: str
    text: str
    remedy: str
    shelf: str
    sightings: tuple[Sighting, ...]
    told: int = 0
    weight: float = 1.0
    worth: float = 0.0


@dataclass(frozen=True, slots=True)
class Remedy:
    """What worked instead: the sighting that shows it best, and in how many sessions it was used."""

    sighting: Sighting
    sessions: int

    @property
    def text(self) -> str:
        """The command or the tools that worked."""
        return self.sighting.seen.remedy


def sessions_of(sightings: Iterable[Sighting]) -> int:
    """Count distinct sessions."""
    return len({s.session for s in sightings})


def by_key(sightings: Iterable[Sighting]) -> list[tuple[str, list[Sighting]]]:
    """Group sightings by their key, in the order of the keys."""
    groups: dict[str, list[Sighting]] = defaultdict(list)
    for sighting in sightings:
        groups[sighting.seen.key].append(sighting)
    return sorted(groups.items())


def voted_remedy(sightings: list[Sighting]) -> Remedy | None:
    """Give the remedy that most sessions used; among equals the one most like the call that failed."""
    votes: dict[str, set[str]] = defaultdict(set)
    best: dict[str, tuple[float, Sighting]] = {}
    for s in sightings:
        if not s.seen.remedy:
            continue
        shape = template(s.seen.remedy)
        votes[shape].add(s.session)
        alike = fuzz.token_set_ratio(s.seen.remedy, s.seen.text)
        if shape not in best or alike > best[shape][0]:
            best[shape] = (alike, s)
    if not votes:
        return None
    winner = max(votes, key=lambda shape: (len(votes[shape]), best[shape][0], shape))
    return Remedy(best[winner][1], len(votes[winner]))
