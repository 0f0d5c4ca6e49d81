"""`runlore push`."""

from __future__ import annotations

import click

from runlore.actions.exchange import push
from runlore.cli.calling import calling
from runlore.settings import Settings


@click.command("push")
@click.argument("remote")
@click.pass_obj
def command(settings: Settings, remote: str) -> None:
    """Send the library's history to another git repository.

    REMOTE is a path or a URL (https or ssh). Nothing that stands there is overwritten; this is the only command, with `pull`, that opens a connection.
    """
    with calling(settings) as caller:
        push(caller, remote)
    click.echo(f"Pushed to {remote}.")
