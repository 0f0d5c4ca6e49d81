"""`runlore list`."""

from __future__ import annotations

import click

from runlore.actions.pickup import count_edits
from runlore.actions.read import list_library, list_stale
from runlore.cli.calling import calling
from runlore.cli.printing import plural, print_json, print_table
from runlore.settings import Settings


@click.command("list")
@click.argument("shelf", default="")
@click.option("--team", default=None, help="Only what this team owns.")
@click.option("--due", is_flag=True, help="Only what is due to be looked at again.")
@click.option("--all", "every", is_flag=True, help="What is out of use too.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON: a list of documents.")
@click.pass_obj
def command(settings: Settings, shelf: str, team: str | None, due: bool, every: bool, as_json: bool) -> None:
    """List the approved documents of the library.

    SHELF is strategy, proof, runbooks, lessons, brand, customers, notes, skills or integrations; without it all are listed.
    """
    with calling(settings) as caller:
        stale = list_stale(caller)
        found = [d for d in list_library(caller, shelf, team=team, retired=every) if not due or d.id in stale]
        edited = 0 if as_json else count_edits(caller)
    if as_json:
        print_json(
            [
                {
                    "id": d.id, "team": d.team, "shelf": d.shelf, "name": d.name, "title": d.title, "description": d.description,
                    "owner": d.owner, "reviewed": d.reviewed, "review_every": d.review_every, "due": d.id in stale,
                    "revision": d.revisions, "hash": d.head, "refines": d.refines, "retired": bool(d.retired),
                }
                for d in found
            ]
        )  # fmt: skip
        return
    if edited:
        click.echo(
            f"{plural(edited, 'document is', 'documents are')} edited in the library folder; `runlore proposals` takes it up.",
            err=True,
        )
    if not found:
        click.echo("No document is published here yet. `runlore import PATH --publish` brings in what you have.")
        return
    columns = (("Document", "left"), ("Title", "left"), ("Owner", "left"), ("Reviewed", "left"), ("Rev", "right"))
    rows = [
        (
            d.id + (" (out of use)" if d.retired else ""),
            d.title,
            d.owner or "–",
            (d.reviewed or "–") + (" due" if d.id in stale else ""),
            str(d.revisions),
        )
        for d in found
    ]
    print_table(columns, rows)
    click.echo(f"{plural(len(found), 'document')}.")
