"""What sessions keep learning about one kind of work, brought to its workflow: wishes told again and traps with a way out."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from runlore.mining.grouping import Group
from runlore.model import Fact, FailureMode, Quote, Source, Workflow

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
                wishes[number].extend(_wish(fact, places))
            elif fact.remedy:
                traps[number].extend(_trap(fact, places, workflows[number]))
    return [
        replace(
            w,
            corrections=(*wishes[n][:MOST], *(q for q in w.corrections if q.words not in {x.words for x in wishes[n]})),
            failure_modes=(*w.failure_modes, *traps[n][:MOST]),
        )
        if n in wishes or n in traps
        else w
        for n, w in enumerate(workflows)
    ]


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


def _wish(fact: Fact, places: tuple[Source, ...]) -> list[Quote]:
    said = _QUOTED.search(fact.text)
    if said is None or not places:
        return []
    return [Quote(said.group(1), places[0], "", f"told in {len(fact.sessions)} sessions")]


def _trap(fact: Fact, places: tuple[Source, ...], workflow: Workflow) -> list[FailureMode]:
    said, tool = _QUOTED.search(fact.text), _TOOL.search(fact.text)
    if said is None or tool is None or "eclined" in fact.text or fact.remedy.startswith("It went through with another"):
        return []
    template = said.group(1).replace("…", "<*>")
    if any(template[:24] in m.template or m.template[:24] in template for m in workflow.failure_modes):
        return []
    return [FailureMode(tool.group(1), template, len(places), fact.remedy.rstrip("."), len(places), places)]
