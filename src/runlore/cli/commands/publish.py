"""`runlore publish`."""

from __future__ import annotations

import sys

import click

from runlore.actions.pickup import pick_up
from runlore.actions.proposals import choose_proposals
from runlore.actions.publish import Planned, plan_publications, publish
from runlore.actions.take_drafts import take_drafts
from runlore.cli.calling import calling
from runlore.cli.diffs import print_planned
from runlore.cli.pending import print_picked_up
from runlore.cli.printing import plural, print_json
from runlore.cli.problems import print_problems
from runlore.errors import UsageError
from runlore.settings import Settings


@click.command("publish")
@click.argument("names", nargs=-1)
@click.option("--group", default="", help="Everything that was proposed together under this name.")
@click.option("--brief", is_flag=True, help="One line a file instead of its whole diff.")
@click.option("--yes", is_flag=True, help="Do not ask; for scripts. The diff is printed all the same.")
@click.option(
    "--json", "as_json", is_flag=True, help="Print JSON: what was published and what was refused. Needs --yes."
)
@click.pass_context
def command(context: click.Context, names: tuple[str, ...], group: str, brief: bool, yes: bool, as_json: bool) -> None:
    """Approve what is offered: drafts, proposals and your own edits in the library folder.

    NAMES are documents or numbers of proposals; without them everything that waits is taken. The diff is shown first, then you are asked. What may not be published
    as it stands (open questions, errors of lint, links that lead nowhere) is refused, and the rest goes on. Ends with 1 where something was refused.
    """
    settings: Settings = context.obj
    if as_json and not yes:
        raise UsageError("--json does not ask: say --yes too.")
    with calling(settings) as caller:
        caller.require_owner("publish")
        picked = pick_up(caller)
        taken = take_drafts(caller)
        if not as_json:
            print_picked_up(picked)
        print_problems(taken.problems)
        chosen = choose_proposals(caller, names, group) if names or group else choose_proposals(caller, (), "")
        planned = plan_publications(caller, chosen)
        ready = [p for p in planned if not p.refused]
        if not as_json:
            for item in planned:
                print_planned(item, brief=brief)
            print_problems([p for item in planned for p in item.problems])
        if not planned and not as_json:
            click.echo("Nothing waits to be published.")
            return
        if ready and not yes:
            _ask(ready)
        done = publish(caller, ready)
        print_problems(done.problems)
    if as_json:
        print_json(
            {
                "published": [
                    {"id": r.document, "revision": r.number, "hash": r.hash, "self_published": r.self_published}
                    for r in done.revisions
                ],
                "refused": [
                    {
                        "id": p.proposal.document,
                        "proposal": p.proposal.number,
                        "problems": [x.message for x in p.problems if x.level == "error"],
                    }
                    for p in planned
                    if p.refused
                ],
            }
        )
    else:
        for revision in done.revisions:
            click.echo(
                f"published: {revision.document}, revision {revision.number}{', self-published' if revision.self_published else ''}"
            )
        refused = len(planned) - len(ready)
        click.echo(
            f"{plural(len(done.revisions), 'document')} published" + (f", {refused} refused." if refused else ".")
        )
    if len(ready) < len(planned):
        context.exit(1)


def _ask(ready: list[Planned]) -> None:
    """Ask at a terminal; where nobody can answer, nothing is published."""
    if not sys.stdin.isatty():
        raise UsageError(f"{plural(len(ready), 'proposal')} could be published. Nobody can be asked here: say --yes.")
    if not click.confirm(f"Publish {plural(len(ready), 'document')}?", default=False):
        raise click.exceptions.Exit(1)
