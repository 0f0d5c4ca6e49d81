"""`runlore backup`."""

from __future__ import annotations

from pathlib import Path

import click

from runlore.actions.backup import backup
from runlore.cli.calling import calling
from runlore.settings import Settings


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.pass_obj
def command(settings: Settings, file: Path) -> None:
    """Write the whole record into one file, while others go on working.

    FILE is written beside its place and then moved there. Credentials are in it as hashes only; keep the files under `credentials` too.
    """
    with calling(settings) as caller:
        size = backup(caller, file)
    click.echo(f"Wrote {file} ({size / 1024:,.0f} KiB).")
