"""`runlore proposal`."""

from __future__ import annotations

import click

from runlore.actions.proposals import withdraw
from runlore.actions.read import show_proposal
from runlore.cli.calling import calling
from runlore.cli.documents import print_document
from runlore.settings import Settings


@click.group("proposal")
def command() -> None:
    """Look at one proposal, or take it back."""


@command.command("show")
@click.argument("number", type=click.IntRange(1))
@click.option("--raw", is_flag=True, help="The text as it stands.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON: the pending document.")
@click.pass_obj
def show(settings: Settings, number: int, raw: bool, as_json: bool) -> None:
    """Show the pending text of a proposal.

    NUMBER is the proposal's, as `runlore proposals` lists it.
    """
    with calling(settings) as caller:
        print_document(show_proposal(caller, number), raw=raw, as_json=as_json)


@command.command("withdraw")
@click.argument("number", type=click.IntRange(1))
@click.pass_obj
def take_back(settings: Settings, number: int) -> None:
    """Take an open proposal back.

    NUMBER is the proposal's. Its author's side may, and the owner.
    """
    with calling(settings) as caller:
        proposal = withdraw(caller, number)
    click.echo(f"Proposal {proposal.number} ({proposal.document}) is withdrawn.")
