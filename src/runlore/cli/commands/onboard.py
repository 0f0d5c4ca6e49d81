"""`runlore onboard`."""

from __future__ import annotations

import click

from runlore.actions.onboard import BUDGET, onboard
from runlore.cli.calling import calling
from runlore.cli.printing import print_json
from runlore.context.packing.form import pack_form
from runlore.settings import Settings


@click.command("onboard")
@click.argument("worker")
@click.option("--team", default="", help="As a member of this team.")
@click.option("--budget", type=click.IntRange(1), default=BUDGET, show_default=True, help="Tokens at most.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON: the pack with its receipt.")
@click.pass_obj
def command(settings: Settings, worker: str, team: str, budget: int, as_json: bool) -> None:
    """Give a new worker what they need to start.

    Who we are, what matters, where things are, how approvals work, which runbooks there are.

    WORKER is a principal's name, or the name of somebody who is none yet.
    """
    with calling(settings) as caller:
        made = onboard(caller, worker, team=team, budget=budget)
    if as_json:
        print_json(pack_form(made))
    else:
        click.echo(made.markdown, nl=False)
