"""`runlore draft`."""

from __future__ import annotations

import click

from runlore.actions.draft_session import draft_session
from runlore.cli.printing import print_json
from runlore.runbooks.evidence import evidence_to_json
from runlore.runbooks.json_form import to_json
from runlore.settings import Settings


@click.command("draft")
@click.argument("session")
@click.option(
    "--case",
    "number",
    type=click.IntRange(1),
    default=None,
    help="Which case of the session (default: the one with most effects).",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON: the runbook and its evidence.")
@click.pass_obj
def command(settings: Settings, session: str, number: int | None, as_json: bool) -> None:
    """Write a provisional runbook from one session.

    SESSION is a session's id, or the beginning of one. The draft says that it rests on one session; it is printed and not kept.
    """
    drafted = draft_session(settings, session, number)
    if as_json:
        print_json({"runbook": to_json(drafted.runbook), "evidence": evidence_to_json(drafted.evidence)})
    else:
        click.echo(drafted.text, nl=False)
