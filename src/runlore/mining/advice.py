"""What sessions keep learning about one kind of work, brought to its workflow: wishes told again and traps with a way out."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from runlore.mining.grouping import Group
from runlore.model import Fact, FailureMode, Quote, Source, Workflow

LONGEST_WISH = 160
"""Characters of words that are quoted as a wish."""
MOST = 4
"""Wishes and traps brought to one workflow, each."""
_QUOTED = re.compile(r"“([^”]{4,200})”")
_TOOL = re.compile(r"`([^`]{1,80})`")

_Spans = dict[str, list[tuple[int, int, int]]]


def advise(workflows: Sequence[Workflow], groups: Sequence[Group], facts: Sequence[Fact]) -> list[Workflow]:
    """Add to each workflow in a repository the facts of which at least half the sessions, and two, are sessions of its cases.

    A preference becomes a correction in the person's own words, a trap with a remedy a failure mode with its recovery.
    """
    spans = _spans(groups)
    words = {
        (m.transcript, s.line): s.text for g in groups if g.goal or g.procedure for m in g.members for s in m.case.said
    }
    wishes: dict[int, list[Quote]] = defaultdict(list)
    traps: dict[int, list[FailureMode]] = defaultdict(list)
    for fact in facts:
        if fact.kind == "fact":
            continue
        for number, places in sorted(_where(fact, spans).items()):
            sessions = len({source.transcript for source in places})
            if sessions < 2 or sessions * 2 < len(fact.sessions):
                continue
            if fact.kind == "preference":
                wishes[number].extend(_wish(fact, places, words))
            elif fact.remedy:
                traps[number].extend(_trap(fact, places, workflows[number]))
    return [
        replace(
            w,
            corrections=_with_wishes(w, wishes[n]),
            failure_modes=(*w.failure_modes, *traps[n][:MOST]),
        )
        if n in wishes or n in traps
        else w
        for n, w in enumerate(workflows)
    ]


def _with_wishes(workflow: Workflow, wishes: Sequence[Quote]) -> tuple[Quote, ...]:
    """Wishes before corrections; what starts the work is no wish about it, and nothing is said twice."""
    known = {q.words.lower() for q in workflow.triggers}
    new = [q for q in wishes if not any(q.words.lower() in k or k in q.words.lower() for k in known)][:MOST]
    said = {q.words.lower() for q in new}
    return (*new, *(q for q in workflow.corrections if q.words.lower() not in said))


def _spans(groups: Sequence[Group]) -> _Spans:
    """By transcript the line ranges of the cases in repositories, each with its group's number."""
    spans: _Spans = defaultdict(list)
    for number, group in enumerate(groups):
        if not (group.goal or group.procedure):
            continue
        for member in group.members:
            lines = [c.line for c in member.case.calls] + [c.result_line for c in member.case.calls if c.result_line]
            lines += [s.line for s in member.case.said]
            if lines:
                spans[member.transcript].append((min(lines), max(lines), number))
    return {transcript: sorted(rows) for transcript, rows in spans.items()}


def _where(fact: Fact, spans: _Spans) -> dict[int, tuple[Source, ...]]:
    """The places of the fact that stand within a case of each group."""
    found: dict[int, list[Source]] = defaultdict(list)
    for source in fact.sources:
        rows = spans.get(source.transcript, [])
        for first, last, number in rows[: bisect_right(rows, (source.line, 1 << 60, 0))]:
            if first <= source.line <= last and source not in found[number]:
                found[number].append(source)
    return {number: tuple(places) for number, places in found.items()}


def _wish(fact: Fact, places: tuple[Source, ...], words: dict[tuple[str, int], str]) -> list[Quote]:
    """The wish in the words of one of its places: those that the fact quotes first, as the others only resemble them; else the shortest."""
    said = {place: words[place.transcript, place.line] for place in places if (place.transcript, place.line) in words}
    quoted = [q.lower() for q in _QUOTED.findall(fact.text)[:1]]
    told = [
        (place, q) for q in quoted for place, text in said.items() if q.rstrip("….") in " ".join(text.lower().split())
    ]
    if told:
        place, quote = told[0]
        text = " ".join(said[place].split())
        start = text.lower().index(quote.rstrip("…."))
        return [_told(text[start : start + len(quote)], place, fact)]
    if quoted:
        return []
    short = sorted((len(text), place) for place, text in said.items() if len(text) <= LONGEST_WISH)
    return [_told(" ".join(said[short[0][1]].split()), short[0][1], fact)] if short else []


def _told(words: str, place: Source, fact: Fact) -> Quote:
    """The wish with all its places: one that was told again answers for each time."""
    elsewhere = tuple(source for source in fact.sources if source.transcript != place.transcript)
    return Quote(words, place, "", f"told in {len(fact.sessions)} sessions", elsewhere)


def _trap(fact: Fact, places: tuple[Source, ...], workflow: Workflow) -> list[FailureMode]:
    said, tool = _QUOTED.search(fact.text), _TOOL.search(fact.text)
    if said is None or tool is None or "eclined" in fact.text or fact.remedy.startswith("It went through with another"):
        return []
    template = said.group(1).replace("…", "<*>")
    if any(template[:24] in m.template or m.template[:24] in template for m in workflow.failure_modes):
        return []
    return [FailureMode(tool.group(1), template, len(places), fact.remedy.rstrip("."), len(places), places)]
