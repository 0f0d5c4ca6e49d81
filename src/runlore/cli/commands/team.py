"""`runlore team`."""

from __future__ import annotations

import click

from runlore.actions.teams import add_team, join_team, list_with_members
from runlore.cli.calling import calling
from runlore.cli.printing import print_json, print_table
from runlore.settings import Settings


@click.group("team")
def command() -> None:
    """Say who stands together: add and list teams, and who is in them."""


@command.command("add")
@click.argument("id")
@click.option("--name", default="", help="What people call it (default: its id).")
@click.pass_obj
def add(settings: Settings, id: str, name: str) -> None:
    """Make a team.

    ID stands in the ids of its documents, as in `marketing:brand/voice`.
    """
    with calling(settings) as caller:
        team = add_team(caller, id, name)
    click.echo(f"The team {team.id} is made. `runlore team join {team.id} NAME` makes members.")


@command.command("join")
@click.argument("id")
@click.argument("names", nargs=-1, required=True)
@click.pass_obj
def join(settings: Settings, id: str, names: tuple[str, ...]) -> None:
    """Make principals members of a team.

    ID is the team's, NAMES are theirs. For members the team's own document goes before the company's of the same name.
    """
    with calling(settings) as caller:
        joined = join_team(caller, id, names)
    click.echo(f"{', '.join(p.name for p in joined)} joined {id}." if joined else f"All of them are in {id} already.")


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON: a list of teams with their members.")
@click.pass_obj
def list_all(settings: Settings, as_json: bool) -> None:
    """List the teams and who is in them."""
    with calling(settings) as caller:
        found = list_with_members(caller)
    if as_json:
        print_json([{"id": t.team.id, "name": t.team.name, "members": [m.name for m in t.members]} for t in found])
        return
    if not found:
        click.echo("There is no team. `runlore team add ID` makes one.")
        return
    print_table(
        (("Team", "left"), ("Name", "left"), ("Members", "left")),
        [(t.team.id, t.team.name, ", ".join(m.name for m in t.members) or "–") for t in found],
    )
