"""`runlore export`."""

from __future__ import annotations

from pathlib import Path

import click

from runlore.actions.export import export_events, export_skills
from runlore.cli.printing import plural
from runlore.settings import Settings

KINDS = ("skills", "xes", "parquet")


@click.command("export")
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--name", "names", multiple=True, help="Only this workflow (repeatable; skills alone).")
@click.pass_obj
def command(settings: Settings, kind: str, target: Path, names: tuple[str, ...]) -> None:
    """Write drafts as skills, or events for other tools.

    KIND `skills` writes a folder TARGET with one SKILL.md folder per draft, strict enough for any client that loads Agent Skills.
    `xes` and `parquet` write all events to the file TARGET (Parquet needs the extra `parquet`).
    """
    if kind != "skills":
        number = export_events(settings, kind, target)
        click.echo(f"Wrote {plural(number, 'event')} to {target}.")
        return
    exported = export_skills(settings, target, names)
    for name, open_points in exported:
        click.echo(f"{target / name}" + (f": {plural(len(open_points), 'point')} still open" if open_points else ""))
        for point in open_points:
            click.echo(f"  - {' '.join(point.split())}")
    click.echo(f"Wrote {plural(len(exported), 'skill')}.")
