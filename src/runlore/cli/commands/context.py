"""`runlore context`."""

from __future__ import annotations

import click

from runlore.actions.context import get_context
from runlore.cli.calling import calling
from runlore.cli.printing import print_json
from runlore.context.packing.form import pack_form
from runlore.settings import Settings


@click.command("context")
@click.argument("issue", nargs=-1, required=True)
@click.option("--budget", type=click.IntRange(1), default=None, help="Tokens at most (default: 4000, or as assigned).")
@click.option("--team", default="", help="As a member of this team gets it.")
@click.option("--fresh", is_flag=True, help="Put it together anew, even where a pack was pinned with an assignment.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON: the pack with its receipt.")
@click.pass_obj
def command(
    settings: Settings, issue: tuple[str, ...], budget: int | None, team: str, fresh: bool, as_json: bool
) -> None:
    """Give the context for an issue or a request, with its receipt.

    ISSUE is an issue's number, its URL or its key in another tracker; any other words are a request. An assigned issue has the pack that was pinned.
    """
    with calling(settings) as caller:
        context = get_context(caller, " ".join(issue), budget=budget or 0, fresh=fresh, team=team)
    if as_json:
        print_json(
            {
                **pack_form(context.pack),
                "worker": context.worker or None,
                "assignment": context.assignment.number if context.assignment else None,
                "moved": list(context.moved),
            }
        )
        return
    if context.assignment:
        click.echo(f"Pinned for {context.worker} with assignment {context.assignment.number}.", err=True)
    if context.moved:
        click.echo(
            f"Moved on since: {', '.join(context.moved)}. The pack holds the revisions as they were assigned; --fresh takes today's.",
            err=True,
        )
    click.echo(context.pack.markdown, nl=False)
