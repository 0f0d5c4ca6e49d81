"""How problems are put on a terminal: all of them, but of many of one kind the first few and their number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import click

from runlore.cli.printing import printable
from runlore.model import Problem

MOST_ALIKE = 5
"""Problems of one kind that are printed one by one."""


def print_problems(problems: Sequence[Problem]) -> None:
    """Print problems on standard error."""
    seen: Counter[str] = Counter()
    for problem in problems:
        seen[problem.slug] += 1
        if seen[problem.slug] <= MOST_ALIKE:
            place = f"{problem.file}:{problem.line}" if problem.line else problem.file
            click.echo(printable(f"{place}: {problem.message} [{problem.slug}]"), err=True)
    for slug, times in sorted(seen.items()):
        if times > MOST_ALIKE:
            click.echo(f"... and {times - MOST_ALIKE:,} more of these [{slug}]; --json lists them all.", err=True)


def has_errors(problems: Sequence[Problem]) -> bool:
    """Say whether one of the problems is an error."""
    return any(problem.level == "error" for problem in problems)
