"""The blocks of a Markdown text with the lines they stand on; what is inside a line is left alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.token import Token

_MARKDOWN = MarkdownIt("commonmark").enable("table").disable(["inline", "text_join"], ignoreInvalid=True)


@dataclass(frozen=True, slots=True)
class Item:
    """A list item or a table row: its lines (from 0, half open) and its text, or its cells.

    A wrapped paragraph is joined with spaces; what follows the first paragraph keeps its lines, without the item's indent.
    ``plain`` says that the item is one paragraph.
    """

    first: int
    end: int
    text: str = ""
    cells: tuple[str, ...] = ()
    plain: bool = True


@dataclass(frozen=True, slots=True)
class Block:
    """A top-level block. ``level`` and ``text`` are a heading's; ``items`` are a bullet list's items or a table's rows, the head first."""

    kind: Literal["heading", "list", "table", "other"]
    first: int
    end: int
    level: int = 0
    text: str = ""
    items: tuple[Item, ...] = ()


def parse_blocks(lines: Sequence[str], offset: int = 0) -> tuple[Block, ...]:
    """Read the blocks of the given lines; ``offset`` is added to every line number."""
    tokens = _MARKDOWN.parse("\n".join(lines))
    blocks = []
    for at, token in enumerate(tokens):
        if token.level == 0 and token.map and token.nesting >= 0:
            blocks.append(_block(tokens, at, lines, offset))
    return tuple(blocks)


def raw_text(lines: Sequence[str], first: int, end: int) -> str:
    """Give the lines from ``first`` to before ``end`` without the blank ones around them."""
    return "\n".join(line.rstrip("\r") for line in lines[first:end]).strip("\n").rstrip()


def _block(tokens: Sequence[Token], at: int, lines: Sequence[str], offset: int) -> Block:
    token = tokens[at]
    first, end = token.map or (0, 0)
    end = _trimmed(lines, first, end)
    if token.type == "heading_open":
        return Block("heading", first + offset, end + offset, int(token.tag[1]), tokens[at + 1].content.strip())
    if token.type == "bullet_list_open":
        return Block("list", first + offset, end + offset, items=_items(tokens, at, lines, offset))
    if token.type == "table_open":
        return Block("table", first + offset, end + offset, items=_rows(tokens, at, offset))
    return Block("other", first + offset, end + offset)


def _items(tokens: Sequence[Token], at: int, lines: Sequence[str], offset: int) -> tuple[Item, ...]:
    items = []
    for here in range(at + 1, len(tokens)):
        token = tokens[here]
        if token.type == "bullet_list_close" and token.level == 0:
            break
        if token.type == "list_item_open" and token.level == 1 and token.map:
            items.append(_item(tokens, here, lines, offset))
    return tuple(items)


def _item(tokens: Sequence[Token], at: int, lines: Sequence[str], offset: int) -> Item:
    first, end = tokens[at].map or (0, 0)
    end = _trimmed(lines, first, end)
    opening = tokens[at + 1]
    if opening.type != "paragraph_open" or opening.map is None:
        marker = lines[first].lstrip()[1:].strip()
        return Item(
            first + offset,
            end + offset,
            "\n".join([marker, *_dedented(lines[first + 1 : end])]).strip(),
            plain=not marker and end == first + 1,
        )
    text = " ".join(tokens[at + 2].content.split("\n"))
    rest = raw_text(_dedented(lines[opening.map[1] : end]), 0, end)
    return Item(first + offset, end + offset, f"{text}\n{rest}" if rest else text, plain=not rest)


def _dedented(lines: Sequence[str]) -> list[str]:
    indents = [len(line) - len(line.lstrip()) for line in lines if line.strip()]
    cut = min(indents, default=0)
    return [line[cut:] for line in lines]


def _rows(tokens: Sequence[Token], at: int, offset: int) -> tuple[Item, ...]:
    rows: list[Item] = []
    cells: list[str] = []
    first, end = 0, 0
    for token in tokens[at + 1 :]:
        if token.type == "table_close":
            break
        if token.type == "tr_open" and token.map:
            cells, (first, end) = [], token.map
        elif token.type == "inline":
            cells.append(token.content.strip())
        elif token.type == "tr_close":
            rows.append(Item(first + offset, end + offset, cells=tuple(cells)))
    return tuple(rows)


def _trimmed(lines: Sequence[str], first: int, end: int) -> int:
    while end > first + 1 and not lines[end - 1].strip():
        end -= 1
    return end
