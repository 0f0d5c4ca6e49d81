"""`runlore pull`."""

from __future__ import annotations

import click

from runlore.actions.exchange import pull
from runlore.cli.calling import calling
from runlore.cli.pending import print_picked_up
from runlore.settings import Settings


@click.command("pull")
@click.argument("remote")
@click.pass_obj
def command(settings: Settings, remote: str) -> None:
    """Take what others committed to another git repository back as proposals.

    REMOTE is a path or a URL (https or ssh). Nothing of it is served before it is reviewed.
    """
    with calling(settings) as caller:
        picked = pull(caller, remote)
    print_picked_up(picked)
    if not picked.proposals:
        click.echo("Nothing new stands there.")
