"""The lines of a session file as records, with what is no record counted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from runlore.model import Counts
from runlore.transcripts.base import Line
from runlore.transcripts.decoding import decode
from runlore.transcripts.fields import Tally


@dataclass(slots=True)
class Kept:
    """What a reader keeps of a file beside its events: all lines, and how many of them are no JSON at all."""

    lines: list[bytes] = field(default_factory=list)
    unreadable: int = 0


def read_records(lines: Iterable[Line], kept: Kept, unknown: Tally) -> Iterator[tuple[int, dict[str, Any]]]:
    """Give each line that is a JSON object with its number; other JSON is counted as unknown, the rest as unreadable."""
    for number, line in lines:
        kept.lines.append(line)
        if not line.strip():
            continue
        record = decode(line)
        if isinstance(record, dict):
            yield number, record
        elif record is None:
            kept.unreadable += 1
        else:
            unknown.add("no object")


def make_counts(
    counts: Tally, unknown: Tally, unreadable: int, *, prompts: str = "prompts", interrupts: str = "interrupts"
) -> Counts:
    """Make the raw counts of a transcript from a reader's tally; ``prompts`` and ``interrupts`` name the kinds that hold these."""
    return Counts(
        records=counts.get("records", 0),
        prompts=counts.get(prompts, 0),
        tool_calls=counts.get("calls", 0),
        tool_errors=counts.get("errors", 0),
        rejections=counts.get("rejections", 0),
        interrupts=counts.get(interrupts, 0),
        compactions=counts.get("compactions", 0),
        unknown=dict(unknown),
        unreadable=unreadable,
    )
