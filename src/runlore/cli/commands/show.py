"""`runlore show`."""

from __future__ import annotations

import shutil

import click

from runlore.actions.show import get_draft
from runlore.cli.printing import print_json
from runlore.runbooks.show import show
from runlore.settings import Settings


@click.command("show")
@click.argument("name")
@click.option("--evidence", is_flag=True, help="After each line: in how many cases it was seen, and where.")
@click.option("--raw", is_flag=True, help="The text of RUNBOOK.md as it stands.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON: the runbook and its evidence.")
@click.pass_obj
def command(settings: Settings, name: str, evidence: bool, raw: bool, as_json: bool) -> None:
    """Show the runbook of a workflow, with its evidence if asked.

    NAME is the workflow's name, as `runlore workflows` lists it.
    """
    shown = get_draft(settings, name)
    if as_json:
        print_json(shown.form())
    elif raw:
        click.echo(shown.text, nl=False)
    else:
        width = min(shutil.get_terminal_size((100, 40)).columns, 110)
        click.echo(show(shown.runbook, shown.evidence if evidence else None, place=shown.place, width=width), nl=False)
