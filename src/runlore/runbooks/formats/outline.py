"""A Markdown text as its sections, and each section as its paragraphs, lists, tables and code, with the lines they stand on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.token import Token

from runlore.runbooks.blocks import raw_text
from runlore.runbooks.hidden import clean

LARGEST = 256 * 1024
MOST_LINES = 6000
"""Characters and lines of which the structure is read; a longer text is kept and searched, and none of its steps are recognised."""

PieceKind = Literal["text", "bullets", "numbers", "table", "code", "other"]

_MARKDOWN = MarkdownIt("commonmark").enable("table").disable(["inline", "text_join"], ignoreInvalid=True)
_LINK = re.compile(r"!?\[([^\]\[]{0,400})\](?:\([^()\s]{0,1000}(?:\s+\"[^\"]{0,200}\")?\)|\[[^\]\[]{0,200}\])")
_EMPHASIS = re.compile(r"(\*\*\*|\*\*|__|(?<![\w*])\*(?=\S)|(?<!\w)_(?=\S))(.{1,400}?)(?<=\S)\1(?!\w)")
_DOTS = "•▪◦‣·●"
_MARK = re.compile(rf"[ \t]*(?:[{_DOTS}]|\[[a-z]{{1,12}}-\d{{2,6}}\])[ \t]+\S")
_TEMPLATE = re.compile(r"<%.{0,200}?%>|\{\{.{0,200}?\}\}|\{%.{0,200}?%\}")


@dataclass(frozen=True, slots=True)
class Entry:
    """An item of a list: its lines (from 0, half open), its number (0 in a bullet list), its first paragraph as one line, and the rest as it stands."""

    first: int
    end: int
    number: int
    head: str
    rest: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """One block of a section. ``text`` is a paragraph's, its lines joined; ``entries`` are a list's, ``rows`` a table's, the head first."""

    kind: PieceKind
    first: int
    end: int
    text: str = ""
    entries: tuple[Entry, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Heading:
    """A section's head and what follows it up to the next heading of any level. The first of an outline has level 0 and no title.

    ``first`` is the line of the heading, ``body`` the line after it, ``end`` that of the next heading.
    """

    level: int
    title: str
    first: int
    body: int
    end: int
    pieces: tuple[Piece, ...] = ()


def is_long(lines: Sequence[str]) -> bool:
    """Say whether a text is longer than what is read for its structure."""
    return len(lines) > MOST_LINES or sum(map(len, lines)) + len(lines) > LARGEST


def whole_outline(lines: Sequence[str], first: int = 0) -> tuple[Heading, ...]:
    """Give the outline of a text that is too long to read: one part without a title."""
    return (Heading(0, "", first, first, len(lines)),)


def read_outline(lines: Sequence[str], first: int = 0) -> tuple[Heading, ...]:
    """Read the lines from ``first`` on (line numbers count from the head of the text); the opening part always comes first."""
    tokens = _MARKDOWN.parse("\n".join(line.rstrip("\r") for line in lines[first:]))
    heads: list[tuple[int, str, int, int]] = [(0, "", first, first)]
    pieces: list[list[Piece]] = [[]]
    for at, token in enumerate(tokens):
        if token.level != 0 or token.map is None or token.nesting < 0:
            continue
        start, end = token.map[0] + first, token.map[1] + first
        if token.type == "heading_open":
            heads.append((int(token.tag[1]), tokens[at + 1].content.strip(), start, end))
            pieces.append([])
        else:
            pieces[-1].append(_piece(tokens, at, lines, first))
    ends = [*(head[2] for head in heads[1:]), len(lines)]
    return tuple(
        Heading(level, title, start, body, end, tuple(found))
        for (level, title, start, body), end, found in zip(heads, ends, pieces, strict=True)
    )


def subtree(outline: Sequence[Heading], at: int) -> int:
    """Give the index after the last section that stands below section ``at``."""
    level = outline[at].level
    after = at + 1
    while after < len(outline) and outline[after].level > level:
        after += 1
    return after


def plain(text: str) -> str:
    """Give a line of Markdown as the words a reader sees: links as their text, no emphasis, code spans kept, no hidden characters."""
    words = _LINK.sub(r"\1", _TEMPLATE.sub("", text))
    for _ in range(2):
        words = _EMPHASIS.sub(r"\2", words)
    return clean(words)


def sink_headings(lines: Sequence[str], outline: Sequence[Heading], first: int, end: int, level: int) -> str:
    """Give lines of the text with its headings at least at ``level``, so that they stand inside a section; the words stay."""
    out = list(lines[first:end])
    for heading in outline:
        if first <= heading.first < end and heading.level:
            depth = min(6, max(level, heading.level))
            out[heading.first - first] = f"{'#' * depth} {heading.title}"
            for underline in range(heading.first + 1, min(heading.body, end)):
                out[underline - first] = ""
    return raw_text(out, 0, len(out))


def _piece(tokens: Sequence[Token], at: int, lines: Sequence[str], offset: int) -> Piece:
    token = tokens[at]
    start, end = token.map or (0, 0)
    first, stop = start + offset, _trimmed(lines, start + offset, end + offset)
    match token.type:
        case "paragraph_open" if marked := _marked_lines(tokens[at + 1].content, first):
            return Piece("bullets", first, stop, entries=marked)
        case "paragraph_open":
            return Piece("text", first, stop, " ".join(tokens[at + 1].content.split("\n")))
        case "bullet_list_open" | "ordered_list_open":
            kind: PieceKind = "bullets" if token.type == "bullet_list_open" else "numbers"
            return Piece(kind, first, stop, entries=tuple(_entries(tokens, at, lines, offset)))
        case "table_open":
            return Piece("table", first, stop, rows=tuple(_rows(tokens, at)))
        case "fence" | "code_block":
            return Piece("code", first, stop)
        case _:
            return Piece("other", first, stop)


def _marked_lines(text: str, first: int) -> tuple[Entry, ...]:
    """The lines of a paragraph as items, where each begins with a bullet that Markdown does not know, or with an id in brackets; else none."""
    lines = text.split("\n")
    if not all(_MARK.match(line) for line in lines):
        return ()
    return tuple(Entry(first + n, first + n + 1, 0, line.lstrip(_DOTS + " \t")) for n, line in enumerate(lines))


def _entries(tokens: Sequence[Token], at: int, lines: Sequence[str], offset: int) -> Iterator[Entry]:
    for here in range(at + 1, len(tokens)):
        token = tokens[here]
        if token.level == 0:
            return
        if token.type == "list_item_open" and token.level == 1 and token.map:
            first, end = token.map[0] + offset, token.map[1] + offset
            end = _trimmed(lines, first, end)
            opening = tokens[here + 1]
            head, body = "", first
            if opening.type == "paragraph_open" and opening.map:
                head, body = " ".join(tokens[here + 2].content.split("\n")), opening.map[1] + offset
                rest = _dedented(lines[body:end])
            else:
                marker = lines[first].lstrip()
                rest = _dedented(
                    [re.sub(r"^(?:[-*+]|\d{1,9}[.)])[ \t]*", "", marker), *_dedented(lines[first + 1 : end])]
                )
            number = int(token.info) if token.info.isdigit() else 0
            yield Entry(first, end, number, head, raw_text(rest, 0, len(rest)))


def _rows(tokens: Sequence[Token], at: int) -> Iterator[tuple[str, ...]]:
    cells: list[str] = []
    for here in range(at + 1, len(tokens)):
        token = tokens[here]
        if token.type == "table_close":
            return
        if token.type == "inline":
            cells.append(token.content.strip())
        elif token.type == "tr_close":
            yield tuple(cells)
            cells = []


def _dedented(lines: Sequence[str]) -> list[str]:
    kept = [line.rstrip("\r") for line in lines]
    cut = min((len(line) - len(line.lstrip()) for line in kept if line.strip()), default=0)
    return [line[cut:] for line in kept]


def _trimmed(lines: Sequence[str], first: int, end: int) -> int:
    end = min(end, len(lines))
    while end > first + 1 and not lines[end - 1].strip():
        end -= 1
    return end
