"""`runlore forget`."""

from __future__ import annotations

from datetime import datetime

import click

from runlore.actions.forget import forget
from runlore.cli.printing import plural
from runlore.errors import UsageError
from runlore.settings import Settings


@click.command("forget")
@click.argument("session", required=False, default="")
@click.option("--before", type=click.DateTime(["%Y-%m-%d"]), help="Every session that ended before this day.")
@click.pass_obj
def command(settings: Settings, session: str, before: datetime | None) -> None:
    """Erase transcripts and what was kept of them, for good.

    SESSION is a session's id. A signed note stays, so that the next `mine` does not read it again. The files of the hosts are not touched.
    """
    if bool(session) == bool(before):
        raise UsageError("Give either a session's id or --before DATE.")
    gone = forget(settings, session=session, before=before.timestamp() if before else 0.0)
    click.echo(f"Erased {plural(len(gone.sessions), 'session')} ({plural(len(gone.transcripts), 'transcript')}).")
    if gone.transcripts:
        click.echo("Run `runlore mine` to make workflows, facts and drafts anew without them.")
