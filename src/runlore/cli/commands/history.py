"""`runlore history`."""

from __future__ import annotations

import click

from runlore.actions.read import history
from runlore.cli.calling import calling
from runlore.cli.clock import minute
from runlore.cli.printing import print_json, print_table
from runlore.settings import Settings


@click.command("history")
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print JSON: a list of revisions, the first one first.")
@click.pass_obj
def command(settings: Settings, name: str, as_json: bool) -> None:
    """List the revisions of a document, who wrote and who approved each.

    NAME is the document's id, or its bare name where only one has it.
    """
    with calling(settings) as caller:
        document, revisions, people = history(caller, name)
    if as_json:
        print_json(
            [
                {
                    "id": document.id, "revision": r.number, "hash": r.hash, "parent": r.parent, "title": r.title, "reason": r.reason,
                    "author": people.get(r.author, ""), "reviewer": people.get(r.reviewer, ""), "proposal": r.proposal,
                    "published": r.published, "self_published": r.self_published, "approved": r.hash == document.head,
                }
                for r in revisions
            ]
        )  # fmt: skip
        return
    rows = [
        (
            str(r.number),
            minute(r.published),
            people.get(r.author, "–"),
            "self-published" if r.self_published else people.get(r.reviewer, "–"),
            r.hash[7:19],
            r.reason,
        )
        for r in revisions
    ]
    columns = (
        ("Rev", "right"),
        ("Published", "left"),
        ("By", "left"),
        ("Approved by", "left"),
        ("Hash", "left"),
        ("Reason", "left"),
    )
    print_table(columns, rows, title=f"{document.id}{' (out of use)' if document.retired else ''}")
