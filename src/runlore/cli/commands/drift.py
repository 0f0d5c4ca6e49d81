"""`runlore drift`."""

from __future__ import annotations

import click

from runlore.actions.drift import drift, drift_form
from runlore.cli.printing import plural, print_json, printable
from runlore.settings import Settings


@click.command("drift")
@click.option(
    "--json", "as_json", is_flag=True, help="Print JSON lines, one a runbook (docs/reference/machine-form.md)."
)
@click.pass_obj
def command(settings: Settings, as_json: bool) -> None:
    """List runbooks whose recent runs no longer match, with the change that would fix each.

    The latest third of a runbook's cases is compared with those before; a difference counts where chance does not make it.
    """
    found = drift(settings)
    if as_json:
        for one in found:
            print_json(drift_form(one))
        return
    drifted = [d for d in found if d.changes]
    for one in drifted:
        click.echo(f"{one.score:4.2f}  {one.runbook}: {plural(one.recent, 'recent case')}, {one.before} before")
        for change in one.changes:
            click.echo(f"      {printable(change.text)}")
    few = sum(not d.enough for d in found)
    click.echo(
        f"{plural(len(found), 'runbook')}: {len(drifted)} no longer match, {few} with too few cases to say."
        if found
        else "There is no runbook yet."
    )
