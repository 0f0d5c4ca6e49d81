"""`runlore publish`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import click

from runlore.actions.machine_form import problem_form
from runlore.actions.offer import list_errors
from runlore.actions.pickup import pick_up
from runlore.actions.proposals import choose_proposals, list_open
from runlore.actions.publish import Planned, Published, plan_publications, publish
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
        picked, taken = pick_up(caller), take_drafts(caller)
        chosen = choose_proposals(caller, names, group) if names or group else list_open(caller)
        planned = plan_publications(caller, chosen)
        ready = [p for p in planned if not p.refused]
        if not as_json:
            print_picked_up(picked)
            print_problems(taken.problems)
            _print_plan(planned, brief=brief)
        if ready and not yes:
            _ask(ready)
        done = publish(caller, ready)
    if as_json:
        print_json(_form(planned, done))
    else:
        _print_done(planned, done)
    if len(ready) < len(planned):
        context.exit(1)


def _print_plan(planned: Sequence[Planned], *, brief: bool) -> None:
    for item in planned:
        print_planned(item, brief=brief)
    print_problems([p for item in planned for p in item.problems])


def _print_done(planned: Sequence[Planned], done: Published) -> None:
    print_problems(done.problems)
    if not planned:
        click.echo("Nothing waits to be published.")
        return
    for revision in done.revisions:
        own = ", self-published" if revision.self_published else ""
        click.echo(f"published: {revision.document}, revision {revision.number}{own}")
    refused = [p for p in planned if p.refused]
    for item in refused:
        number = len(list_errors(item.problems))
        click.echo(f"refused: {item.proposal.document}, proposal {item.proposal.number}: {number} to mend")
    told = plural(len(done.revisions), "document")
    click.echo(f"{told} published" + (f", {len(refused)} refused." if refused else "."))


def _form(planned: Sequence[Planned], done: Published) -> dict[str, Any]:
    return {
        "published": [
            {"id": r.document, "revision": r.number, "hash": r.hash, "self_published": r.self_published}
            for r in done.revisions
        ],
        "refused": [
            {
                "id": p.proposal.document,
                "proposal": p.proposal.number,
                "problems": [problem_form(x) for x in p.problems],
            }
            for p in planned
            if p.refused
        ],
        "problems": [problem_form(p) for p in done.problems],
    }


def _ask(ready: list[Planned]) -> None:
    """Ask at a terminal; where nobody can answer, nothing is published."""
    if not sys.stdin.isatty():
        raise UsageError(f"{plural(len(ready), 'proposal')} could be published. Nobody can be asked here: say --yes.")
    if not click.confirm(f"Publish {plural(len(ready), 'document')}?", default=False):
        raise click.exceptions.Exit(1)
