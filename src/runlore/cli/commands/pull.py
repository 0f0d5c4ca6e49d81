"""`runlore pull`."""

from __future__ import annotations

import click

from runlore.actions.exchange import BRANCH, pull
from runlore.cli.calling import calling
from runlore.cli.pending import print_picked_up
from runlore.cli.problems import has_errors
from runlore.settings import Settings


@click.command("pull")
@click.argument("remote")
@click.option("--branch", default=BRANCH, show_default=True, help="The branch there.")
@click.pass_context
def command(context: click.Context, remote: str, branch: str) -> None:
    """Take what others committed to another git repository back as proposals.

    REMOTE is a folder, an https or ssh address, or a name that the library's own git has for one. Nothing of it is served before it is reviewed.
    """
    settings: Settings = context.obj
    with calling(settings) as caller:
        picked = pull(caller, remote, branch)
    print_picked_up(picked)
    if not picked.proposals and not picked.problems:
        click.echo("Nothing new stands there.")
    if has_errors(picked.problems):
        context.exit(1)
