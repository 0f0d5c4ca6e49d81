"""`runlore propose`."""

from __future__ import annotations

from pathlib import Path

import click

from runlore.actions.machine_form import problem_form
from runlore.actions.pickup import pick_up
from runlore.actions.propose import Proposed, ProposeRequest, propose_path, propose_retirement, say_why
from runlore.cli.calling import calling
from runlore.cli.pending import print_proposals, proposal_form
from runlore.cli.printing import print_json
from runlore.cli.problems import has_errors, print_problems
from runlore.errors import NoSuchName
from runlore.settings import Settings


@click.command("propose")
@click.argument("target")
@click.option("--reason", required=True, help="Why, in a sentence; the reviewer reads it.")
@click.option("--group", default="", help="A name for proposals that are to be reviewed together.")
@click.option("--shelf", default="", help="Put it on this shelf (default: as the folders say, or as the document is).")
@click.option("--team", default="", help="Make it this team's.")
@click.option("--retire", is_flag=True, help="Propose to take the document of this name out of use.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON: the proposals and all problems.")
@click.pass_context
def command(
    context: click.Context, target: str, reason: str, group: str, shelf: str, team: str, retire: bool, as_json: bool
) -> None:
    """Offer a document, or a change to one, for review.

    TARGET is a path, or the name of a document that you have edited in the library folder. Nothing of it is served before a person accepts it.
    """
    settings: Settings = context.obj
    request = ProposeRequest(reason, group, shelf, team)
    with calling(settings) as caller:
        say_why(caller, reason)
        if retire:
            done = Proposed((propose_retirement(caller, target, request),), (), ())
        else:
            picked = pick_up(caller, request, only=target)
            done = Proposed(picked.proposals, (), picked.problems)
            if not picked.proposals:
                if not Path(target).exists():
                    raise NoSuchName("path, and no edit in the library folder,", target)
                done = propose_path(caller, Path(target), request)
    if as_json:
        print_json(
            {
                "proposals": [proposal_form(p) for p in done.proposals],
                "unchanged": list(done.unchanged),
                "problems": [problem_form(p) for p in done.problems],
            }
        )
    else:
        print_problems(done.problems)
        for document in done.unchanged:
            click.echo(f"unchanged: {document} stands like this already.")
        if done.proposals:
            print_proposals(done.proposals)
    if has_errors(done.problems) and not done.proposals:
        context.exit(1)
