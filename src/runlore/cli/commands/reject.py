"""`runlore reject`."""

from __future__ import annotations

import click

from runlore.cli.answering import answer_step
from runlore.settings import Settings


@click.command("reject")
@click.argument("run", type=int)
@click.argument("number", type=int)
@click.option("--why", required=True, help="The reason, in words that the next worker learns from.")
@click.pass_obj
def command(settings: Settings, run: int, number: int, why: str) -> None:
    """Say no to step NUMBER of a run, and why."""
    answer_step(settings, run, number, approved=False, comment=why, sure=True)
