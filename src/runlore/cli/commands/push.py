"""`runlore push`."""

from __future__ import annotations

import click

from runlore.actions.exchange import BRANCH, push
from runlore.cli.calling import calling
from runlore.cli.problems import print_problems
from runlore.settings import Settings


@click.command("push")
@click.argument("remote")
@click.option("--branch", default=BRANCH, show_default=True, help="The branch there.")
@click.pass_obj
def command(settings: Settings, remote: str, branch: str) -> None:
    """Send the library's history to another git repository.

    REMOTE is a folder, an https or ssh address, or a name that the library's own git has for one. Nothing that stands there is overwritten; this is the only command, with `pull`, that opens a connection.
    """
    with calling(settings) as caller:
        commit, problems = push(caller, remote, branch)
    print_problems(problems)
    click.echo(f"Pushed {commit[:12]} to {branch} of {remote}.")
