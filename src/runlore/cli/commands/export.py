"""`runlore export`."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Literal

import click

from runlore.actions.dataset import export_dataset
from runlore.actions.export import export_events, export_skills
from runlore.actions.export_library import export_agents_md, export_documents
from runlore.cli.calling import calling
from runlore.cli.printing import plural, printable
from runlore.cli.problems import print_problems
from runlore.errors import NoRecord, UsageError
from runlore.settings import Settings

KINDS: Final = ("skills", "sop", "agents-md", "dataset", "xes", "parquet")
_DOCUMENTS: Final = ("skills", "sop")


@click.command("export")
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--name", "names", multiple=True, help="Only this document or draft (repeatable; skills and sop).")
@click.option("--team", default="", help="As a member of this team sees the library (skills, sop and agents-md).")
@click.option("--drafts", is_flag=True, help="Drafts instead of approved documents (skills).")
@click.pass_context
def command(context: click.Context, kind: str, target: Path, names: tuple[str, ...], team: str, drafts: bool) -> None:
    """Write documents as skills or SOPs, the library for agents, a dataset, or events for other tools.

    KIND `skills` writes a folder TARGET with one SKILL.md folder per approved runbook and skill, strict enough for any client that loads Agent Skills; before
    `runlore init`, or with --drafts, one per draft. `sop` writes runbooks as Agent SOPs. `agents-md` writes a passage into TARGET, an AGENTS.md or its folder.
    `dataset` writes TARGET/dataset.jsonl: requests with their context, the runs that went well and how they ended. `xes` and `parquet` write
    all events to the file TARGET (Parquet needs the extra `parquet`).
    """
    settings: Settings = context.obj
    _check_options(kind, names, team, drafts=drafts)
    match kind:
        case "skills" | "sop":
            refused = _export_documents(settings, kind, target, names, team, drafts=drafts)
            if refused:
                context.exit(1)
        case "agents-md":
            with calling(settings) as caller:
                click.echo(f"Wrote the passage into {export_agents_md(caller, target, team=team)}.")
        case "dataset":
            _export_dataset(settings, target)
        case _:
            number = export_events(settings, kind, target)
            click.echo(f"Wrote {plural(number, 'event')} to {target}.")


def _check_options(kind: str, names: tuple[str, ...], team: str, *, drafts: bool) -> None:
    if names and kind not in _DOCUMENTS:
        raise UsageError(f"--name chooses documents; `export {kind}` takes everything.")
    if team and kind not in (*_DOCUMENTS, "agents-md"):
        raise UsageError(f"--team chooses documents; `export {kind}` takes everything.")
    if drafts and (kind != "skills" or team):
        raise UsageError("--drafts goes with `export skills`, without --team.")


def _export_documents(
    settings: Settings, kind: Literal["skills", "sop"], target: Path, names: tuple[str, ...], team: str, *, drafts: bool
) -> bool:
    """Export approved documents, or drafts where there is no record or they are asked for; says whether one was refused."""
    if not drafts:
        try:
            with calling(settings) as caller:
                done = export_documents(caller, kind, target, names=names, team=team)
        except NoRecord:
            if kind != "skills" or team:
                raise
        else:
            print_problems(done.problems)
            for document, path in done.written:
                click.echo(printable(f"{document}: {path}"))
            click.echo(f"Wrote {plural(len(done.written), 'document')} as {'skills' if kind == 'skills' else 'SOPs'}.")
            return bool(done.problems)
    exported = export_skills(settings, target, names)
    for name, open_points in exported:
        click.echo(f"{target / name}" + (f": {plural(len(open_points), 'point')} still open" if open_points else ""))
        for point in open_points:
            click.echo(f"  - {' '.join(point.split())}")
    click.echo(f"Wrote {plural(len(exported), 'skill')}.")
    return False


def _export_dataset(settings: Settings, target: Path) -> None:
    with calling(settings) as caller:
        done = export_dataset(caller, target)
    click.echo(f"Wrote {plural(done.rows, 'row')} to {done.file}, {done.with_run} with a run.")
    if done.gone:
        click.echo(f"{plural(done.gone, 'case')} left out: the transcript is gone.", err=True)
    if not done.rows:
        click.echo(
            "A row comes from a published runbook that was mined, or from an issue that was assigned and closed as done.",
            err=True,
        )
