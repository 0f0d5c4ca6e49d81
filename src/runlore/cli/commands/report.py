"""`runlore report`."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from runlore.actions.report import write_report
from runlore.settings import Settings


@click.command("report")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--date", "day", default=None, help="The day to print (default: today).")
@click.pass_obj
def command(settings: Settings, file: Path, day: str | None) -> None:
    """Write one self-contained page to look at and send on.

    FILE is the HTML file to write: the map of repeated work, each workflow as a graph with failures and corrections in place, and the facts.
    """
    size = write_report(settings, file, day or date.today().isoformat())
    click.echo(f"Wrote {file} ({size / 1024:.0f} KiB). Open it in a browser; it needs no network.")
