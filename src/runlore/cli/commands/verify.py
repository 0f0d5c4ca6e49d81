"""`runlore verify`."""

from __future__ import annotations

from pathlib import Path

import click

from runlore.actions.machine_form import problem_form
from runlore.actions.pickup import pick_up
from runlore.actions.verify import rebuild_folder, verify
from runlore.cli.calling import calling
from runlore.cli.pending import print_picked_up
from runlore.cli.printing import plural, print_json
from runlore.cli.problems import print_problems
from runlore.settings import Settings


@click.command("verify")
@click.option(
    "--rebuild",
    is_flag=True,
    help="Make the library folder anew from the record; edits in it are taken up as proposals first.",
)
@click.option(
    "--checkpoint",
    "checkpoints",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Check the log against this checkpoint too (repeatable).",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON: a list of problems.")
@click.pass_context
def command(context: click.Context, rebuild: bool, checkpoints: tuple[Path, ...], as_json: bool) -> None:
    """Prove that the record is whole and that the library folder shows it.

    Checked are the chained log, every hash, every review, and the folder and its history file by file. Ends with 1 and names the first thing that differs.
    """
    settings: Settings = context.obj
    with calling(settings) as caller:
        if rebuild:
            print_picked_up(pick_up(caller))
            kept = rebuild_folder(caller)
            if kept is not None:
                click.echo(f"The folder as it was holds more than the record, and is kept: {kept}", err=True)
        problems = verify(caller, checkpoints)
    if as_json:
        print_json([problem_form(p) for p in problems])
    else:
        print_problems(problems)
        click.echo(
            f"{plural(len(problems), 'difference')} found." if problems else "Record, log and library folder agree."
        )
    if problems:
        context.exit(1)
