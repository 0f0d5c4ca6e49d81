"""How numbers, times and tables are put on a terminal."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import Any

import click


def print_json(value: Any) -> None:
    """Print one JSON object, as one line."""
    click.echo(json.dumps(value, ensure_ascii=False, sort_keys=False))


def count(number: float) -> str:
    """Write a number short: 950, 12.4k, 3.1M."""
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if number >= size:
            return f"{number / size:.1f}{letter}"
    return f"{number:.0f}"


def duration(seconds: float) -> str:
    """Write a time short: 45 s, 12 min, 3.5 h, – where unknown."""
    if seconds <= 0:
        return "–"
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"


def plural(number: int, one: str, many: str = "") -> str:
    """Write a number with its noun."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def print_table(columns: Sequence[tuple[str, str]], rows: Sequence[Sequence[str]], title: str = "") -> None:
    """Print a table with rich; each column is its heading and its alignment (left or right)."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, title=title or None, title_justify="left", pad_edge=False)
    for heading, side in columns:
        table.add_column(
            heading, justify="right" if side == "right" else "left", no_wrap=side == "right", overflow="fold"
        )
    for row in rows:
        table.add_row(*(escape(cell) for cell in row))
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 140)
    console.print(table)


def visible(text: str) -> str:
    """Show control characters in text from a transcript or a tool for what they are."""
    return "".join(c if c.isprintable() or c == "\n" else f"\\x{ord(c):02x}" for c in text)


def escape(text: str) -> str:
    """Keep text from a transcript from being read as rich's markup, and show control characters for what they are."""
    return visible(text).replace("[", "\\[")
