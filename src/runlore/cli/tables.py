"""The tables that more than one command prints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from runlore.cli.printing import count, duration, print_table
from runlore.model import Workflow

COLUMNS = (
    ("Workflow", "left"),
    ("Sessions", "right"),
    ("Cases", "right"),
    ("Median time", "right"),
    ("Tokens", "right"),
    ("Failures", "right"),
    ("Corrections", "right"),
    ("Draft", "left"),
)


def print_workflows(workflows: Sequence[Workflow], states: Mapping[str, str]) -> None:
    """Print the table of workflows; ``states`` says of each by name how its draft stands."""
    rows = [
        (
            f"{w.title}\n{w.name}",
            f"{w.sessions:,}",
            f"{len(w.cases):,}",
            duration(w.seconds.median),
            count(w.tokens.total) if w.tokens.total else "–",
            f"{sum(f.count for f in w.failure_modes):,}",
            f"{len(w.corrections) + len(w.rejections):,}",
            states.get(w.name, "–"),
        )
        for w in workflows
    ]
    print_table(COLUMNS, rows)
