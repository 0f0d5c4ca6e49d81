"""A long text in pages that fit a token budget, cut between paragraphs where that is possible."""

from __future__ import annotations

import re
from dataclasses import dataclass

from runlore.runbooks.tokens import count

MARGIN = 15
"""Per cent by which the counter may be wrong (see runlore.runbooks.tokens)."""
_FENCE = re.compile(r" {0,3}(?:```|~~~)")
_PIECE = 400


@dataclass(frozen=True, slots=True)
class Page:
    """The lines ``first`` to ``last`` of a text (from 1, both included) of ``lines`` in all. ``cut`` where not even one line fits and it was shortened."""

    text: str
    first: int
    last: int
    lines: int
    tokens: int
    cut: bool = False

    @property
    def next(self) -> int:
        """The line with which the next page begins, 0 where this one is the last."""
        return self.last + 1 if self.last < self.lines else 0


def page(text: str, first: int, budget: int) -> Page:
    """Give the page of a text that begins at a line (from 1) and costs at most ``budget`` tokens, the counter's margin included.

    1. Lines are taken while they fit.
    2. The page then goes back to the last heading or blank line outside a code block, as long as half of it stays.
    3. A first line that does not fit by itself is shortened and says so.
    """
    lines = text.splitlines()
    if not lines or first > len(lines):
        return Page("", first, max(first - 1, len(lines)), len(lines), 0)
    room = budget * 100 // (100 + MARGIN)
    costs = [count(line + "\n") for line in lines[first - 1 :]]
    taken = used = 0
    while taken < len(costs) and used + costs[taken] <= room:
        used += costs[taken]
        taken += 1
    if not taken:
        short = _shorten(lines[first - 1], room)
        return Page(short, first, first, len(lines), _with_margin(count(short)), cut=True)
    last = first - 1 + taken
    if last < len(lines):
        last = _settle(lines, first, last)
    chosen = "\n".join(lines[first - 1 : last]) + "\n"
    return Page(chosen, first, last, len(lines), _with_margin(count(chosen)))


def list_headings(text: str) -> tuple[tuple[int, str], ...]:
    """List the headings of a Markdown text outside code blocks, each with its line (from 1)."""
    found = []
    fenced = False
    for number, line in enumerate(text.splitlines(), 1):
        if _FENCE.match(line):
            fenced = not fenced
        elif not fenced and re.match(r"#{1,6} ", line):
            found.append((number, line.lstrip("#").strip()))
    return tuple(found)


def _settle(lines: list[str], first: int, last: int) -> int:
    """Move the end of a page back to where a paragraph ends, unless that would lose half of it."""
    fenced = headed = False
    best = 0
    for number in range(first, last + 1):
        line = lines[number - 1]
        if _FENCE.match(line):
            fenced = not fenced
        elif not fenced and not line.strip():
            best = best if headed else number
        elif not fenced and line.startswith("#") and number > first and not headed:
            best = number - 1
        if line.strip():
            headed = not fenced and line.startswith("#")
    return best if best - first + 1 >= (last - first + 1) / 2 else last


def _shorten(line: str, room: int) -> str:
    size = _PIECE
    kept = ""
    while size <= len(line) + _PIECE and count(line[:size] + " …") <= room:
        kept = line[:size]
        size += _PIECE
    return f"{kept} …"


def _with_margin(tokens: int) -> int:
    return -(-tokens * (100 + MARGIN) // 100)
