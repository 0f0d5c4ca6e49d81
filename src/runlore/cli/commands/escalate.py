"""`runlore escalate`."""

from __future__ import annotations

import click

from runlore.actions.escalate import escalate
from runlore.actions.run_form import escalation_form
from runlore.cli.calling import calling
from runlore.cli.printing import print_json
from runlore.cli.runs import print_case
from runlore.settings import Settings


@click.command("escalate")
@click.argument("run", type=int)
@click.option("--question", required=True, help="What somebody has to decide or do.")
@click.option("--step", type=int, default=0, help="The step that it is about.")
@click.option("--role", default="", help="Whom to ask (default: as the runbook's escalation says).")
@click.option("--within", default="", help="By when: `1 hour`, `2 days` (default: as the runbook says).")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def command(settings: Settings, run: int, question: str, step: int, role: str, within: str, as_json: bool) -> None:
    """Hand a question of a run to a role that can decide, with a deadline and a fallback."""
    with calling(settings) as caller:
        case = escalate(caller, run, question, step=step, role=role, within=within)
    if as_json:
        print_json(escalation_form(case))
    else:
        print_case(case)
