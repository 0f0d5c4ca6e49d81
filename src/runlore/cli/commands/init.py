"""`runlore init`."""

from __future__ import annotations

import getpass
from contextlib import suppress

import click

from runlore.actions.caller import credential_file, library_folder
from runlore.actions.init import init
from runlore.cli.clock import now
from runlore.cli.printing import plural, print_json
from runlore.cli.problems import print_problems
from runlore.settings import Settings


@click.command("init")
@click.option("--company", default="", help="The company's name (default: My company).")
@click.option("--as", "person", default="", help="The owner's name (default: yours on this machine).")
@click.option("--json", "as_json", is_flag=True, help="Print JSON: what is there now.")
@click.pass_obj
def command(settings: Settings, company: str, person: str, as_json: bool) -> None:
    """Make the company's record and its library.

    You become its owner. Drafts and facts that `runlore mine` has written are taken along as proposals. Done again, it takes along what is new.
    """
    made = init(settings, now, company=company, person=person or _user())
    folder = library_folder(settings)
    taken = made.taken
    print_problems((*made.problems, *taken.problems))
    if as_json:
        print_json(
            {
                "company": {"id": made.company.id, "name": made.company.name},
                "owner": made.owner.name,
                "record": made.label,
                "library": str(folder),
                "created": made.created,
                "proposals": [
                    {"number": p.number, "document": p.document, "origin": p.origin} for p in taken.proposals
                ],
            }
        )
        return
    click.echo(f"{made.company.name}: the record is {'made' if made.created else 'there already'} ({made.label}).")
    click.echo(f"The library: {folder}")
    click.echo(
        f"You act as {made.owner.name}; your credential is in {credential_file(settings, 'owner')}, an agent's in {credential_file(settings, 'agent')}."
    )
    if taken.proposals or taken.known:
        before = f"; {taken.known} stand as before" if taken.known else ""
        click.echo(f"Taken along from mining: {plural(len(taken.proposals), 'new proposal')}{before}.")
    click.echo("\nNext:")
    if taken.proposals:
        click.echo("  runlore proposals                 # what mining offers, with what is still open in it")
    click.echo("  runlore import PATH --publish     # documents that you have already")
    click.echo("  runlore publish                   # approve what is offered; the diff is shown first")


def _user() -> str:
    """The name of who is logged in; empty where the system has none for them."""
    with suppress(KeyError, OSError):
        return getpass.getuser()
    return ""
