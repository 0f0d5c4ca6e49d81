"""`runlore diff`."""

from __future__ import annotations

import click

from runlore.actions.read import Difference, diff, diff_proposal
from runlore.cli.calling import calling
from runlore.cli.diffs import print_changes
from runlore.cli.printing import print_json, printable
from runlore.errors import UsageError
from runlore.settings import Settings


@click.command("diff")
@click.argument("name", default="")
@click.argument("before", default="")
@click.argument("after", default="")
@click.option(
    "--proposal", type=click.IntRange(1), default=None, help="Compare this proposal with what it was written against."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON: the files, each with its diff.")
@click.pass_obj
def command(settings: Settings, name: str, before: str, after: str, proposal: int | None, as_json: bool) -> None:
    """Show what changed from one revision of a document to another.

    NAME is the document. BEFORE and AFTER are numbers of revisions, or beginnings of their hashes; without AFTER it is the approved one, without BEFORE the one before it.
    Invisible and bidirectional characters are spelled out and counted; HTML comments are shown and counted.
    """
    if bool(name) == (proposal is not None):
        raise UsageError("Say either which document, or --proposal NUMBER.")
    with calling(settings) as caller:
        found = diff_proposal(caller, proposal) if proposal is not None else diff(caller, name, before, after)
    if as_json:
        print_json(difference_form(found))
        return
    click.secho(printable(f"{found.document}: {found.before} → {found.after}"), bold=True)
    print_changes(found.changes)
    if not found.changes:
        click.echo("No difference.")


def difference_form(found: Difference) -> dict[str, object]:
    """The JSON form of a difference."""
    return {
        "id": found.document,
        "before": found.before,
        "after": found.after,
        "files": [
            {
                "path": c.path, "kind": c.kind, "added": c.added, "removed": c.removed, "text": c.is_text,
                "diff": list(c.lines), "hidden": dict(c.hidden), "comments": c.comments,
            }
            for c in found.changes
        ],
    }  # fmt: skip
