"""How the changes of a document are put on a terminal: in colour where one watches, with everything that a page would hide."""

from __future__ import annotations

from collections.abc import Sequence

import click

from runlore.actions.publish import Planned
from runlore.cli.printing import plural, printable
from runlore.runbooks.changes import Change

_COLOURS = {"+": "green", "-": "red", "@": "cyan"}


MOST_LINES = 120
"""Lines that are shown of a file beside the main one, where a whole document is looked at; the command `diff` shows all of them."""


def print_changes(changes: Sequence[Change], *, brief: bool = False, main: str = "") -> None:
    """Print the diff of each file; ``brief`` gives one line a file instead. Hidden characters and comments are counted in both.

    Where ``main`` names a file, the others are cut after MOST_LINES, and it is said how much more there is.
    """
    for change in changes:
        click.secho(f"  {printable(change.path)}: {describe(change)}", bold=True)
        if not brief:
            most = len(change.lines) if change.path == main or not main else MOST_LINES
            for line in change.lines[:most]:
                click.secho(f"    {printable(line)}", fg=_COLOURS.get(line[:1]))
            if len(change.lines) > most:
                click.echo(
                    f"    … and {plural(len(change.lines) - most, 'more line', 'more lines')}; `runlore diff --proposal NUMBER` shows all"
                )
        for warning in warn(change):
            click.secho(f"  ! {warning}", fg="yellow")


def describe(change: Change) -> str:
    """Say in a few words what happens to a file."""
    if not change.is_text:
        return f"{change.kind}, no text, {change.size:,} bytes"
    if change.kind == "mode":
        return change.lines[0].strip(" ()")
    return f"{change.kind}, +{change.added:,} -{change.removed:,}"


def warn(change: Change) -> tuple[str, ...]:
    """Say what a reader of the page would not see."""
    told = [f"{plural(number, 'hidden character')} {name}" for name, number in change.hidden]
    if change.comments:
        told.append(f"{plural(change.comments, 'HTML comment')}, which a page does not show")
    return tuple(told)


def print_planned(item: Planned, *, brief: bool) -> None:
    """Print what one proposal would change, under a line that says whose it is."""
    proposal = item.proposal
    what = "takes out of use" if proposal.retires else "changes" if item.before else "adds"
    click.secho(printable(f"Proposal {proposal.number} {what} {proposal.document}: {proposal.reason}"), bold=True)
    print_changes(item.changes, brief=brief, main=proposal.main)
