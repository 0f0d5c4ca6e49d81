"""`runlore answer`."""

from __future__ import annotations

import click

from runlore.actions.escalate import answer_question
from runlore.actions.run_form import escalation_form
from runlore.cli.calling import calling
from runlore.cli.printing import print_json
from runlore.settings import Settings


@click.command("answer")
@click.argument("escalation", type=int)
@click.argument("words", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def command(settings: Settings, escalation: int, words: tuple[str, ...], as_json: bool) -> None:
    """Answer an escalation in WORDS. They are kept with the run and offered to the runbook."""
    with calling(settings) as caller:
        case = answer_question(caller, escalation, " ".join(words))
    if as_json:
        print_json(escalation_form(case))
    else:
        click.echo(f"Escalation {case.number} is answered; the worker of run {case.run} sees it there.")
