"""`runlore dismiss`."""

from __future__ import annotations

import click

from runlore.actions.dismiss import dismiss
from runlore.settings import Settings


@click.command("dismiss")
@click.argument("name")
@click.option("--undo", is_flag=True, help="Show it again.")
@click.pass_obj
def command(settings: Settings, name: str, undo: bool) -> None:
    """Hide a workflow until its evidence changes.

    NAME is its name or id. Nothing is erased, and it comes back by itself when another session shows the same work.
    """
    workflow = dismiss(settings, name, undo=undo)
    click.echo(f"{workflow.title}: {'shown again' if undo else 'hidden until its evidence changes'}.")
