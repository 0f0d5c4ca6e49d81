"""`runlore proposals`."""

from __future__ import annotations

import click

from runlore.actions.pickup import pick_up
from runlore.actions.proposals import find_stale, list_open
from runlore.cli.calling import calling
from runlore.cli.pending import print_picked_up, print_proposals, proposal_form
from runlore.cli.printing import print_json
from runlore.settings import Settings


@click.command("proposals")
@click.option("--all", "every", is_flag=True, help="Decided, withdrawn and expired ones too.")
@click.option("--group", default="", help="Only what was proposed together under this name.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON: a list of proposals.")
@click.pass_obj
def command(settings: Settings, every: bool, group: str, as_json: bool) -> None:
    """List what is offered and not yet decided.

    Edits in the library folder are taken up as proposals first.
    """
    with calling(settings) as caller:
        picked = pick_up(caller)
        found = list_open(caller, every=every, group=group)
        stale = find_stale(caller, found)
    print_picked_up(picked)
    if as_json:
        print_json([proposal_form(p, stale) for p in found])
    elif found:
        print_proposals(found, stale)
        click.echo(
            "Look at one with `runlore diff --proposal NUMBER`, and decide with `runlore review` or `runlore publish`."
        )
    else:
        click.echo("Nothing is offered.")
