"""The reduce phase: sightings of several sessions become facts, traps and preferences."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from runlore.mining.facts.gathering import Found, Sighting
from runlore.mining.facts.knowledge import gather_constants, gather_lookups, gather_searches, gather_tasks
from runlore.mining.facts.people import gather_asked, gather_declined, gather_wishes
from runlore.mining.facts.trouble import gather_failures, gather_missing, gather_rules
from runlore.mining.facts.values import Observation
from runlore.model import Cost, Fact, Source

MOST_SOURCES = 20
WORDS_SECONDS = 90.0
"""What it costs a person to say something once more, in seconds; used for the order only."""

GATHERERS: tuple[tuple[str, Callable[[list[Sighting]], Iterable[Found]]], ...] = (
    ("failure", gather_failures),
    ("missing", gather_missing),
    ("rule", gather_rules),
    ("constant", gather_constants),
    ("task", gather_tasks),
    ("search", gather_searches),
    ("asked", gather_asked),
    ("declined", gather_declined),
)
"""Which function brings the sightings of which sign together."""

SHARE_GATHERERS: tuple[tuple[str, Callable[[list[Sighting], int], Iterable[Found]]], ...] = (
    ("lookup", gather_lookups),
    ("wish", gather_wishes),
)
"""The same for signs that count by their share of all sessions, whose number comes second."""

_FAILURES = {"stale": "failure"}


@dataclass(frozen=True, slots=True)
class _Ranked:
    lost: float
    fact: Fact


def collect(observations: Iterable[tuple[str, str, Observation]]) -> tuple[Fact, ...]:
    """Give what several sessions have in common, what cost most first.

    ``observations`` are (session, transcript hash, observation); a record that stands in several transcripts
    counts once. The order of the input does not matter.
    """
    seen: set[tuple[str, float | str, str, str, str]] = set()
    by_sign: dict[str, list[Sighting]] = defaultdict(list)
    sessions: set[str] = set()
    for session, transcript, one in sorted(
        observations, key=lambda o: (o[2].time, o[0], o[1], o[2].line, o[2].index, o[2].sign, o[2].key, o[2].text)
    ):
        sessions.add(session)
        # Event ids of chat transcripts are unique within their session only; resumed sessions repeat events of hosts
        # that name them for good.
        mark = (one.event, one.time or session, one.sign, one.key, one.text)
        if mark not in seen:
            seen.add(mark)
            by_sign[_FAILURES.get(one.sign, one.sign)].append(Sighting(session, transcript, one))
    found: list[Found] = []
    for sign, gather in GATHERERS:
        found.extend(gather(by_sign.get(sign, [])))
    for sign, gather_share in SHARE_GATHERERS:
        found.extend(gather_share(by_sign.get(sign, []), len(sessions)))
    ranked = [_ranked(one) for one in found]
    return tuple(r.fact for r in sorted(ranked, key=lambda r: (-r.lost, r.fact.id)))


def _ranked(found: Found) -> _Ranked:
    sightings = found.sightings
    cost = Cost(
        calls=sum(s.seen.calls for s in sightings),
        seconds=round(sum(s.seen.seconds for s in sightings), 1),
        tokens=sum(s.seen.tokens for s in sightings),
    )
    sessions = tuple(sorted({s.session for s in sightings}))
    sources = sorted({Source(s.transcript, s.seen.line, s.seen.index) for s in sightings})
    fact = Fact(
        id=hashlib.sha256(f"runlore.fact\0{found.kind}\0{found.key}".encode()).hexdigest()[:16],
        kind=found.kind,
        text=found.text,
        remedy=found.remedy,
        shelf=found.shelf,
        occurrences=len(sightings),
        sessions=sessions,
        cost=cost,
        sources=tuple(sources[:MOST_SOURCES]),
    )
    # A minute, a call and a hundred thousand tokens weigh about the same to whoever waits and pays; a person's words
    # weigh more.
    lost = cost.seconds / 60 + cost.calls + cost.tokens / 100_000 + found.told * WORDS_SECONDS / 60
    return _Ranked(lost * found.weight + found.worth, fact)
