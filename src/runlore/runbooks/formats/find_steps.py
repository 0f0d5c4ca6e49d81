"""The steps of a Markdown procedure that others wrote: numbered headings, numbered lists, what stands under *Steps* and its like.

Several readings are tried, and the first that finds anything holds: what is numbered or stands in a section of steps; bullets of the
opening that tell somebody to do something; headings that do; any such bullets; such headings where nobody would look for them; what
stands under *Troubleshooting*; paragraphs that tell somebody to do something.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from runlore.model.runbook import Step
from runlore.runbooks.blocks import raw_text
from runlore.runbooks.formats.headings import (
    asks_for,
    is_action,
    is_collection,
    is_deed,
    is_told,
    kind_of,
    leads_in,
    split_number,
)
from runlore.runbooks.formats.outline import Entry, Heading, Piece, plain, sink_headings, subtree
from runlore.runbooks.hidden import shorten

_LONGEST_TITLE = 120
_CLOSED = frozenset(["inputs", "prerequisites", "examples", "failures", "escalation", "aside", "completion", "good", "when", "not-when"])  # fmt: skip
"""Kinds of sections in which nothing is a step, whatever stands below them."""

_PARTS = frozenset(["purpose", "when", "not-when", "inputs", "prerequisites", "roles", "aside", "escalation", "examples", "good"])  # fmt: skip
"""Kinds of sections that a document has, and a procedure does not do."""

_BOLD = re.compile(r"(?:\[[ xX]\]\s+)?\*\*(.{1,200}?)\*\*(?P<rest>.*)", re.DOTALL)
_BOX = re.compile(r"\[(?:[ xX]|[a-z]{1,12}-\d{2,6})\]\s+(?:helpful=\d+ harmful=\d+ ::\s+)?")
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z`\"'(\[*_])")
_PLAIN_TITLE = re.compile(r"(?i)(?:steps?|procedures?|process|instructions|work-?flow|how\??)")


@dataclass(frozen=True, slots=True)
class FoundSteps:
    """The steps in the order of the text, and the sections (indices of the outline) whose own text went into them, up to a line.

    ``opened`` gives, for a section whose text before its first step is not part of a step, the line at which the steps begin.
    """

    steps: tuple[Step, ...] = ()
    sections: frozenset[int] = frozenset()
    opened: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class _Found:
    """A step before it has its number: its title, its text, and the sections that it covers."""

    title: str
    prose: str
    sections: tuple[int, ...]


class _Reading:
    """One outline on its way to steps."""

    def __init__(self, lines: Sequence[str], outline: Sequence[Heading], title_at: int, title: str) -> None:
        self.lines = lines
        self.outline = outline
        self.title_at = title_at
        self.title = title
        self.kinds = [
            "" if at <= title_at or not heading.level else kind_of(heading.title) for at, heading in enumerate(outline)
        ]
        self.closed = self._below(lambda at: self.kinds[at] in _CLOSED)
        self.deeds = self._below(lambda at: at > title_at and is_deed(plain(outline[at].title)))
        self.runs = self._runs()
        self.above = self._above()
        self.opened: dict[int, int] = {}

    def _above(self) -> list[int]:
        """For each section, the one that it stands right below; 0 for those below the title alone."""
        above: list[int] = []
        path: list[int] = []
        for at, heading in enumerate(self.outline):
            while path and self.outline[path[-1]].level >= heading.level:
                path.pop()
            above.append(path[-1] if path else 0)
            if at > self.title_at:
                path.append(at)
        return above

    def _below(self, holds: Callable[[int], bool]) -> list[bool]:
        """For each section, whether something holds for it or for one that it stands below."""
        found = [False] * len(self.outline)
        stop = 0
        for at in range(len(self.outline)):
            if at < stop:
                found[at] = True
            elif holds(at):
                found[at], stop = True, subtree(self.outline, at)
        return found

    def _runs(self) -> dict[int, list[int]]:
        """Numbered headings that count on from one to the next, by the first of them; numbers inside a step of a run are that step's own.

        Where most of them are such as *Purpose* or *Prerequisites*, it is the document that is numbered and not its steps.
        """
        runs: dict[int, list[int]] = {}
        first, last, inside, nested = -1, 0, 0, False
        above = self._below(lambda at: self.kinds[at] in _CLOSED and not split_number(self.outline[at].title)[0])
        for at in range(self.title_at + 1, len(self.outline)):
            number = 0 if above[at] or not self.outline[at].level else split_number(self.outline[at].title)[0]
            if not number or (at < inside and (nested or number != last + 1)):
                nested = nested or (bool(number) and at < inside)
                continue
            if number == 1 or first < 0 or number <= last:
                first = at
                runs[first] = []
            runs[first].append(at)
            last, inside, nested = number, subtree(self.outline, at), False
        counted = {start: run for start, run in runs.items() if len(run) > 1}
        found = {s: run for s, run in counted.items() if 2 * sum(self.kinds[n] in _PARTS for n in run) < len(run)}
        for at in (at for run in found.values() for at in run):
            stop = subtree(self.outline, at)
            self.closed[at:stop] = [False] * (stop - at)
        return found

    def read(self) -> list[_Found]:
        numbered = list(self.numbered())
        if numbered:
            first = min(self.runs, default=-1)
            late = first >= 0 and split_number(self.outline[first].title)[0] > 1 and first in numbered[0].sections
            return [*(self._bulleted(first) if late else ()), *numbered]
        if is_collection(self.title):
            return []
        opening = list(self._bulleted(self.title_at + 1)) or list(self._headed())
        return (
            opening
            or list(self._bulleted(len(self.outline)))
            or self._misplaced()
            or self._troubleshooting()
            or self._told()
        )

    def numbered(self) -> Iterator[_Found]:
        """Read what is numbered, and what stands in sections of steps."""
        at = 0
        while at < len(self.outline):
            if at in self.runs:
                run = self.runs[at]
                ends = [*run[1:], subtree(self.outline, run[-1])]
                for begin, end in zip(run, ends, strict=True):
                    yield self._of_headings(begin, end)
                at = ends[-1]
            elif self.closed[at]:
                at += 1
            else:
                found, at = self._section(at)
                yield from found

    def _section(self, at: int) -> tuple[list[_Found], int]:
        """Read one section: its steps, and the index of what comes after it."""
        heading = self.outline[at]
        items = _items(heading, "numbers")
        if self.kinds[at] != "steps":
            named = self.deeds[at]
            many = len(items) > 1 and (named or (not self.runs and _share(items) >= 0.7))
            return (self._of_entries(at, "numbers") if many else [], at + 1)
        stop = subtree(self.outline, at)
        children = [n for n in self._children(at, stop) if not self.closed[n]]
        if any(n in self.runs for n in range(at + 1, stop)):
            return [], at + 1
        if not items and (len(children) > 1 or (children and not _items(heading, "bullets"))):
            ends = [*children[1:], stop]
            found = [self._of_headings(begin, end) for begin, end in zip(children, ends, strict=True)]
            return [self._with_intro(at, heading.end, found[0]), *found[1:]], stop
        if items:
            return self._of_entries(at, "numbers"), at + 1
        if len(_items(heading, "bullets")) > 1:
            return self._of_entries(at, "bullets"), at + 1
        if heading.pieces and not children:
            return [self._of_headings(at, at + 1)], at + 1
        return [], at + 1

    def _bulleted(self, before: int) -> Iterator[_Found]:
        """Bullets that tell somebody to do something, in the sections before the given one."""
        for at, heading in enumerate(self.outline[:before]):
            announced = any(piece.kind == "text" and leads_in(piece.text) for piece in heading.pieces)
            items = () if self.closed[at] else _items(heading, "bullets")
            if len(items) > 1 and _share(items) >= (0.5 if announced else 0.6):
                yield from self._of_entries(at, "bullets")

    def _headed(self) -> Iterator[_Found]:
        """Headings of the highest level that name what is done: those alone, or all from the first on where two thirds do."""
        tops = [n for n in range(self.title_at + 1, len(self.outline)) if self.outline[n].level and not self.closed[n]]
        level = min((self.outline[at].level for at in tops), default=0)
        tops = [at for at in tops if self.outline[at].level == level]
        deeds = [at for at in tops if self.deeds[at]]
        if len(deeds) < 2 or 2 * len(deeds) < len(tops):
            return
        for at in [at for at in tops if at >= deeds[0]] if 3 * len(deeds) >= 2 * len(tops) else deeds:
            yield self._of_headings(at, subtree(self.outline, at))

    def _misplaced(self) -> list[_Found]:
        """Headings that name what is done and stand below one such as *Prerequisites* or *Background*, at whatever level."""
        found: list[int] = []
        stop = 0
        for at in range(self.title_at + 1, len(self.outline)):
            if at >= stop and self.closed[at] and not self.kinds[at] and is_deed(plain(self.outline[at].title)):
                found.append(at)
                stop = subtree(self.outline, at)
        return [self._of_headings(at, subtree(self.outline, at)) for at in found] if len(found) > 1 else []

    def _told(self) -> list[_Found]:
        """Paragraphs that tell somebody to do something, where the title or a paragraph says that this is a procedure."""
        found: list[_Found] = []
        announced = is_action(self.title) or is_deed(self.title)
        for at, heading in enumerate(self.outline):
            texts = [piece for piece in heading.pieces if piece.kind == "text"] if not self.closed[at] else []
            announced = announced or any(leads_in(piece.text) and "step" in piece.text[-200:] for piece in texts)
            told = [piece for piece in texts if is_told(plain(piece.text[:300]))]
            stops = [*(piece.first for piece in told[1:]), heading.end][: len(told)]
            for piece, stop in zip(told, stops, strict=True):
                title, prose = _of_entry(Entry(piece.first, piece.end, 0, piece.text))
                found.append(_Found(title, _joined(prose, raw_text(self.lines, piece.end, stop)), (at,)))
            if told:
                found[-len(told)] = self._with_intro(at, told[0].first, found[-len(told)])
        if announced and len(found) > 2:
            return found
        self.opened.clear()
        return []

    def _troubleshooting(self) -> list[_Found]:
        """What stands under *Troubleshooting* where the document has nothing else to do: there that is the procedure."""
        at = next((n for n, kind in enumerate(self.kinds) if kind == "failures" and n > self.title_at), 0)
        if not at:
            return []
        self.kinds[at] = "steps"
        self.closed[at : subtree(self.outline, at)] = [False] * (subtree(self.outline, at) - at)
        return self._section(at)[0]

    def _children(self, at: int, stop: int) -> Iterator[int]:
        """The sections right below a section: each one that no higher or deeper one stands between."""
        lowest = 7
        for n in range(at + 1, stop):
            if self.outline[n].level <= lowest:
                lowest = self.outline[n].level
                yield n

    def _of_headings(self, begin: int, end: int) -> _Found:
        """A heading and all below it as one step."""
        heading = self.outline[begin]
        title = plain(split_number(heading.title)[1])
        prose = sink_headings(self.lines, self.outline[begin:end], heading.body, self.outline[end - 1].end, 4)
        cut = _title(title) != title.rstrip(" .:;,").rstrip("#").rstrip()
        whole = heading.title if cut or _LINKED.search(heading.title) else ""
        return _Found(_title(title), _joined(whole, prose), tuple(range(begin, end)))

    def _of_entries(self, at: int, kind: str) -> list[_Found]:
        """The items of a section's lists as steps; what stands between two of them belongs to the one before."""
        heading = self.outline[at]
        items = _items(heading, kind)
        stops = [*(item.first for item in items[1:]), heading.end]
        found = []
        for item, stop in zip(items, stops, strict=True):
            title, prose = _of_entry(item)
            found.append(_Found(title, _joined(prose, raw_text(self.lines, item.end, stop)), (at,)))
        found[0] = self._with_intro(at, items[0].first, found[0])
        return found

    def titled(self, found: Sequence[_Found]) -> Iterator[tuple[str, _Found]]:
        """Each step with its title; one that is made of a section, and called like another, also names the section above it."""
        counts = Counter(step.title for step in found)
        for step in found:
            at = step.sections[0]
            above = self.above[at]
            twice = counts[step.title] > 1 and above and plain(self.outline[at].title).startswith(step.title)
            yield (_title(f"{plain(self.outline[above].title)}: {step.title}") if twice else step.title or "Step"), step

    def _with_intro(self, at: int, begin: int, first: _Found) -> _Found:
        """The section's own title and what it says before its first step, put at the head of that step; a document's opening stays outside."""
        heading = self.outline[at]
        if at <= self.title_at or not heading.level:
            self.opened[at] = begin
            return first
        intro = raw_text(self.lines, heading.body, begin)
        title = "" if _PLAIN_TITLE.fullmatch(heading.title.strip(" *:")) else f"**{plain(heading.title)}**"
        return _Found(first.title, _joined(title, intro, first.prose), (at, *first.sections))


_LINKED = re.compile(r"\]\(|\]\[|<%|\{\{")


def is_procedure(lines: Sequence[str], outline: Sequence[Heading], title_at: int, title: str) -> bool:
    """Say whether a document shows by itself that it is a procedure: its steps are numbered, or stand in a section of steps."""
    return next(_Reading(lines, outline, title_at, title).numbered(), None) is not None


def find_steps(lines: Sequence[str], outline: Sequence[Heading], title_at: int, title: str) -> FoundSteps:
    """Find the steps of a document. ``title_at`` is the index of the section that its title heads (0 where none does)."""
    reading = _Reading(lines, outline, title_at, title)
    found = reading.read()
    steps = tuple(Step(number, title, step.prose) for number, (title, step) in enumerate(reading.titled(found), 1))
    covered = {section for step in found for section in step.sections}
    return FoundSteps(steps, frozenset(covered), tuple(sorted(reading.opened.items())))


def _items(heading: Heading, kind: str) -> tuple[Entry, ...]:
    """The items of a section's lists of one kind, without those of a list that says what one needs."""
    befores: list[Piece | None] = [None, *heading.pieces]
    return tuple(
        item
        for before, piece in zip(befores, heading.pieces, strict=False)
        if piece.kind == kind and not (before and before.kind == "text" and asks_for(before.text))
        for item in piece.entries
    )


def _of_entry(item: Entry) -> tuple[str, str]:
    """A list item as title and text: its bold lead, its first sentence, or all of it; words that the title leaves out stand in the text."""
    head = item.head
    if not head:
        first, _, rest = item.rest.partition("\n")
        return _title(plain(first)), rest.strip("\n") if plain(first) == first else item.rest
    bold = _BOLD.fullmatch(head)
    if bold and not bold["rest"].lstrip()[:1].islower() and not _LINKED.search(bold[1]):
        return _title(plain(bold[1])), _joined(bold["rest"].strip().lstrip(":–—- ").strip(), item.rest)
    words = plain(_BOX.sub("", head[:2000]))
    title = _title(words)
    return title, _joined("" if title == head.rstrip(" .:;,") else head, item.rest)


def _title(words: str) -> str:
    """At most one sentence of at most 120 characters, without the mark that ends it."""
    if len(words) > _LONGEST_TITLE:
        words = shorten(_SENTENCE.split(words, maxsplit=1)[0], _LONGEST_TITLE)
    return words.rstrip(" .:;,").rstrip("#").rstrip()


def _share(items: Sequence[Entry]) -> float:
    """How many of the items tell somebody to do something, as a share."""
    return sum(is_action(plain(_BOX.sub("", (item.head or item.rest)[:300]))) for item in items) / len(items)


def _joined(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part)
