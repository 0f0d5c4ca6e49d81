"""`runlore restore`."""

from __future__ import annotations

from pathlib import Path

import click

from runlore.actions.caller import credential_file, find_credential
from runlore.actions.restore import restore
from runlore.settings import Settings


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.pass_obj
def command(settings: Settings, file: Path) -> None:
    """Bring a record back from its backup, where there is none.

    FILE is what `runlore backup` wrote. A damaged file is refused, and so is a place that holds a record already.
    """
    restore(settings, file)
    click.echo(f"Restored {file}.")
    if not (settings.token or find_credential(settings)):
        click.echo(f"Put the owner's credential back into {credential_file(settings, 'owner')}, or set RUNLORE_TOKEN.")
    click.echo("Next: `runlore verify --rebuild` makes the library folder from it.")
