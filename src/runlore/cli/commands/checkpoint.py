"""`runlore checkpoint`."""

from __future__ import annotations

from pathlib import Path

import click

from runlore.actions.verify import export_checkpoint
from runlore.cli.calling import calling
from runlore.settings import Settings


@click.command("checkpoint")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.pass_obj
def command(settings: Settings, file: Path) -> None:
    """Write down where the log stands, to be kept elsewhere.

    FILE is written. `runlore verify --checkpoint FILE` proves later that nothing before it was changed.
    """
    with calling(settings) as caller:
        made = export_checkpoint(caller, file)
    click.echo(f"Wrote {file}: event {made['seq']}, {made['hash'][:19]}. Keep it where the record is not.")
