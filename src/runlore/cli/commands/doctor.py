"""`runlore doctor`."""

from __future__ import annotations

import click

from runlore.actions.doctor import examine
from runlore.cli.clock import now
from runlore.cli.printing import print_json
from runlore.settings import Settings


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="Print JSON: a list of {name, ok, text}.")
@click.pass_context
def command(context: click.Context, as_json: bool) -> None:
    """Say what Runlore finds on this machine and what is missing.

    Ends with 1 where something does not work.
    """
    settings: Settings = context.obj
    findings = examine(settings, now)
    if as_json:
        print_json([{"name": f.name, "ok": f.ok, "text": f.text} for f in findings])
    else:
        for finding in findings:
            click.echo(f"{'ok ' if finding.ok else 'NO '} {finding.name}: {finding.text}")
    if not all(f.ok for f in findings):
        context.exit(1)
