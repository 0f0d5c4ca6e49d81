"""`runlore principal`."""

from __future__ import annotations

from typing import cast

import click

from runlore.actions.principals import PrincipalRequest, add_principal, list_company, revoke_principal
from runlore.cli.calling import calling
from runlore.cli.clock import day
from runlore.cli.printing import print_json, print_table
from runlore.model.library import PrincipalClass, Scope
from runlore.settings import Settings

CLASSES = ("human", "agent", "service")
SCOPES = ("read", "propose", "review", "publish", "assign", "run", "verify", "own")


@click.group("principal")
def command() -> None:
    """Say who may act: add, list and revoke people, agents and services."""


@command.command("add")
@click.argument("name")
@click.option("--class", "kind", required=True, type=click.Choice(CLASSES), help="What it is; fixed for ever.")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice(SCOPES),
    help="What it may do (repeatable; default: what its class usually may).",
)
@click.option("--operator", default="", help="The human behind an agent (default: you).")
@click.option("--team", "teams", multiple=True, help="A team that it is a member of (repeatable).")
@click.option(
    "--days", type=click.IntRange(0), default=0, help="After how many days its credential ends (default: never)."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON: the principal and its credential.")
@click.pass_obj
def add(
    settings: Settings,
    name: str,
    kind: str,
    scopes: tuple[str, ...],
    operator: str,
    teams: tuple[str, ...],
    days: int,
    as_json: bool,
) -> None:
    """Add a principal and print its credential, this once.

    NAME is how it is called; names are never used again. Give the credential to its holder as RUNLORE_TOKEN: Runlore keeps its hash alone.
    """
    request = PrincipalRequest(
        name, cast("PrincipalClass", kind), cast("tuple[Scope, ...]", scopes), operator, teams, days
    )
    with calling(settings) as caller:
        added = add_principal(caller, request)
    if as_json:
        print_json(
            {
                "id": added.principal.id,
                "name": added.principal.name,
                "class": added.principal.kind,
                "scopes": list(added.principal.scopes),
                "token": added.token,
            }
        )
        return
    click.echo(
        f"{added.principal.name} ({added.principal.kind}) may: {', '.join(added.principal.scopes)}. Its credential, shown this once:",
        err=True,
    )
    click.echo(added.token)


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON: a list of principals.")
@click.pass_obj
def list_all(settings: Settings, as_json: bool) -> None:
    """List everyone who may act, or once might."""
    with calling(settings) as caller:
        found = list_company(caller)
    names = {p.id: p.name for p in found}
    if as_json:
        print_json(
            [
                {
                    "id": p.id, "name": p.name, "class": p.kind, "scopes": list(p.scopes), "operator": names.get(p.operator, ""),
                    "teams": list(p.teams), "created": p.created, "expires": p.expires, "revoked": p.revoked,
                }
                for p in found
            ]
        )  # fmt: skip
        return
    rows = [
        (
            p.name,
            p.kind,
            " ".join(p.scopes),
            names.get(p.operator, "–"),
            " ".join(p.teams) or "–",
            day(p.created),
            f"revoked {day(p.revoked)}" if p.revoked else "active",
        )
        for p in found
    ]
    print_table(
        (
            ("Name", "left"),
            ("Class", "left"),
            ("May", "left"),
            ("Operator", "left"),
            ("Teams", "left"),
            ("Since", "left"),
            ("State", "left"),
        ),
        rows,
    )


@command.command("revoke")
@click.argument("name")
@click.pass_obj
def revoke(settings: Settings, name: str) -> None:
    """Revoke a principal with all its credentials, for good.

    NAME is its name or id. What it wrote and reviewed stays.
    """
    with calling(settings) as caller:
        gone = revoke_principal(caller, name)
    click.echo(f"{gone.name} is revoked.")
