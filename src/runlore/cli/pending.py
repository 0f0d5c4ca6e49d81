"""What is said of hand edits and of proposals."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import click

from runlore.actions.pickup import PickedUp
from runlore.cli.clock import day
from runlore.cli.printing import plural, print_table, printable
from runlore.cli.problems import print_problems
from runlore.model.library import Proposal


def print_picked_up(picked: PickedUp) -> None:
    """Say in one line what was taken up."""
    print_problems(picked.problems)
    if picked.proposals:
        told = ", ".join(f"{p.document} ({p.number})" for p in picked.proposals[:5])
        more = len(picked.proposals) - 5
        click.echo(
            printable(
                f"Taken up as {plural(len(picked.proposals), 'proposal')}: {told}{f' and {more} more' if more > 0 else ''}."
            ),
            err=True,
        )


def print_proposals(proposals: Sequence[Proposal], stale: Collection[int] = ()) -> None:
    """Print the table of proposals; ``stale`` are the numbers of those whose document has moved on."""
    rows = [
        (
            str(p.number),
            p.document,
            p.origin,
            f"{p.state}, stale" if p.number in stale else p.state,
            day(p.created),
            day(p.expires),
            p.group or "–",
            p.reason,
        )
        for p in proposals
    ]
    columns = (
        ("No", "right"),
        ("Document", "left"),
        ("From", "left"),
        ("State", "left"),
        ("Made", "left"),
        ("Until", "left"),
        ("Group", "left"),
        ("Reason", "left"),
    )
    print_table(columns, rows)


def proposal_form(proposal: Proposal, stale: Collection[int] = ()) -> dict[str, Any]:
    """The JSON form of a proposal, without its text; ``stale`` are the numbers of those whose document has moved on."""
    return {
        "number": proposal.number,
        "document": proposal.document,
        "base": proposal.base,
        "digest": proposal.digest,
        "format": proposal.format,
        "authors": list(proposal.authors),
        "reason": proposal.reason,
        "origin": proposal.origin,
        "state": proposal.state,
        "stale": proposal.number in stale,
        "group": proposal.group,
        "retires": proposal.retires,
        "created": proposal.created,
        "expires": proposal.expires,
        "files": [{"path": f.path, "hash": f.hash, "size": f.size} for f in proposal.files],
    }
