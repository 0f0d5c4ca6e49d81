"""`runlore waiting`."""

from __future__ import annotations

import click

from runlore.actions.run_form import approval_form, escalation_form, run_head
from runlore.actions.waiting import list_waiting
from runlore.cli.calling import calling
from runlore.cli.printing import print_json, printable
from runlore.cli.runs import print_case, print_question
from runlore.settings import Settings


@click.command("waiting")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def command(settings: Settings, as_json: bool) -> None:
    """List everything that waits for you: approvals, escalations, proposals, your own runs."""
    with calling(settings) as caller:
        found = list_waiting(caller)
    if as_json:
        print_json(
            {
                "approvals": [approval_form(a) for a in found.approvals],
                "escalations": [escalation_form(e) for e in found.escalations],
                "proposals": [
                    {"proposal": p.number, "document": p.document, "reason": p.reason} for p in found.proposals
                ],
                "runs": [run_head(r) for r in found.runs],
            }
        )
        return
    for asked in found.approvals:
        print_question(asked, asked.shown["issue"])
        click.echo(
            f"  `runlore approve {asked.run} {asked.step}` or `runlore reject {asked.run} {asked.step} --why …`\n"
        )
    for case in found.escalations:
        print_case(case)
        click.echo(f"  `runlore answer {case.number} …`\n")
    for proposal in found.proposals:
        click.echo(printable(f"Proposal {proposal.number} · {proposal.document}: {proposal.reason}"))
    for run in found.runs:
        click.echo(f"Run {run.number} · {run.document}: {run.state}")
    if not (found.approvals or found.escalations or found.proposals or found.runs):
        click.echo("Nothing waits for you.")
