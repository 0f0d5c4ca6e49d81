"""`runlore rollback`."""

from __future__ import annotations

import sys

import click

from runlore.actions.publish import Planned, plan_publications, publish
from runlore.actions.rollback import rollback
from runlore.cli.calling import calling
from runlore.cli.diffs import print_planned
from runlore.cli.printing import print_json
from runlore.cli.problems import print_problems
from runlore.settings import Settings


@click.command("rollback")
@click.argument("name")
@click.option("--to", required=True, help="The revision to go back to: its number, or the beginning of its hash.")
@click.option("--reason", default="", help="Why, in a sentence.")
@click.option("--yes", is_flag=True, help="Publish without asking, as the owner.")
@click.option(
    "--json", "as_json", is_flag=True, help="Print JSON: the proposal, and the revision where it was published."
)
@click.pass_context
def command(context: click.Context, name: str, to: str, reason: str, yes: bool, as_json: bool) -> None:
    """Bring an earlier revision of a document back, as its next one.

    NAME is the document. The diff is shown and you are asked, where you are the owner and work alone; else it is a proposal like any other. The history keeps everything.
    """
    settings: Settings = context.obj
    with calling(settings) as caller:
        proposal = rollback(caller, name, to, reason)
        planned = plan_publications(caller, (proposal,))
        if not as_json:
            print_planned(planned[0], brief=False)
        print_problems(planned[0].problems)
        agreed = _agree(planned[0], yes=yes, as_json=as_json)
        done = publish(caller, planned) if agreed else None
    revision = done.revisions[0] if done else None
    if done:
        print_problems(done.problems)
    if as_json:
        print_json(
            {"id": proposal.document, "proposal": proposal.number, "revision": revision.number if revision else None}
        )
    elif revision:
        click.echo(f"published: {revision.document}, revision {revision.number}, with the files of revision {to}")
    else:
        click.echo(
            f"Proposal {proposal.number} waits: `runlore publish {proposal.number}`, or `runlore review {proposal.number}` by somebody else."
        )
    if planned[0].refused:
        context.exit(1)


def _agree(planned: Planned, *, yes: bool, as_json: bool) -> bool:
    if planned.refused:
        return False
    return yes or (not as_json and sys.stdin.isatty() and click.confirm("Publish it?", default=False))
