"""`runlore assign`."""

from __future__ import annotations

import sys

import click

from runlore.actions.assign import PlannedAssignment, assign, plan_assignment
from runlore.actions.compose import BUDGET, Choice
from runlore.cli.calling import calling
from runlore.cli.printing import print_json, print_table, printable
from runlore.context.packing.form import pack_form
from runlore.settings import Settings


@click.command("assign")
@click.argument("issue")
@click.option("--to", "worker", required=True, help="Who works on it: a principal's name.")
@click.option("--runbook", default="", help="This runbook instead of the one that fits best.")
@click.option("--skill", "skills", multiple=True, help="This skill too (repeatable).")
@click.option("--document", "documents", multiple=True, help="This document too (repeatable).")
@click.option("--without", multiple=True, help="Not this document (repeatable).")
@click.option("--budget", type=click.IntRange(1), default=BUDGET, show_default=True, help="Tokens at most.")
@click.option("--show", "only_show", is_flag=True, help="Show the proposed context and assign nothing.")
@click.option("--yes", is_flag=True, help="Do not ask at a terminal.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON: the assignment and its pack.")
@click.pass_obj
def command(
    settings: Settings,
    issue: str,
    worker: str,
    runbook: str,
    skills: tuple[str, ...],
    documents: tuple[str, ...],
    without: tuple[str, ...],
    budget: int,
    only_show: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Give an issue to a worker with its context, pinned.

    ISSUE is its number, its URL or its key in another tracker. The best context is proposed; what the options say otherwise is heeded. At a terminal you are asked first. What is
    published later does not change a pack that was given.
    """
    choice = Choice(runbook, skills, documents, without)
    with calling(settings) as caller:
        planned = plan_assignment(caller, issue, worker, budget=budget, choice=choice)
        if not as_json:
            _print_planned(planned)
        if only_show:
            if as_json:
                print_json({"assignment": None, "worker": planned.worker.name, "pack": pack_form(planned.pack)})
            return
        if (
            not yes
            and not as_json
            and sys.stdin.isatty()
            and not click.confirm("Assign it with this context?", default=True)
        ):
            raise click.exceptions.Exit(1)
        given = assign(caller, planned)
    if as_json:
        print_json(
            {
                "assignment": given.number,
                "issue": given.issue,
                "worker": planned.worker.name,
                "hash": given.pack,
                "pack": pack_form(planned.pack),
            }
        )
    else:
        click.echo(
            f"Issue {given.issue} is assigned to {planned.worker.name}. What they get: `runlore context {given.issue}`"
        )


def _print_planned(planned: PlannedAssignment) -> None:
    """Print the receipt of the pack as a table, and what has to be asked for."""
    pack = planned.pack
    click.secho(printable(f"Issue {planned.issue.number}: {planned.issue.title}"), bold=True)
    if not pack.runbook:
        click.echo("Nothing fits: no runbook of the library is for this. --runbook NAME takes one all the same.")
    rows = [
        (
            item.document or item.section,
            f"{item.number}" if item.number else "–",
            item.form,
            str(item.tokens),
            "; ".join(item.why)[:80],
        )
        for item in pack.items
    ]
    print_table(
        (("In it", "left"), ("Revision", "right"), ("Form", "left"), ("Tokens", "right"), ("Why", "left")), rows
    )
    for left in pack.left_out:
        click.echo(printable(f"Left out: {left.document}: {left.reason}"))
    for given in pack.given:
        click.echo(printable(f"Given: {given.name} = {' '.join(given.value.split())[:80]} ({given.origin})"))
    for missing in pack.missing:
        click.echo(printable(f"To ask for: {missing.name}" + (f" ({missing.text})" if missing.text else "")))
    click.echo(f"{pack.tokens} of {pack.budget} tokens.")
