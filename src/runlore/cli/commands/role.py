"""`runlore role`: add, remove, list, grant, revoke."""

from __future__ import annotations

import click

from runlore.actions.roles import change_permission, give_role, list_holders_by_role, permissions_of, take_role
from runlore.cli.calling import calling
from runlore.cli.printing import print_json, print_table
from runlore.settings import Settings


@click.group("role")
def command() -> None:
    """Say who stands behind the roles that runbooks name, and what workers may use."""


@command.command("add")
@click.argument("role")
@click.argument("person")
@click.pass_obj
def add(settings: Settings, role: str, person: str) -> None:
    """Give ROLE to PERSON: they approve and answer what is asked of it."""
    with calling(settings) as caller:
        give_role(caller, role, person)
    click.echo(f"{person} is {role}.")


@command.command("remove")
@click.argument("role")
@click.argument("person")
@click.pass_obj
def remove(settings: Settings, role: str, person: str) -> None:
    """Take ROLE from PERSON."""
    with calling(settings) as caller:
        had = take_role(caller, role, person)
    click.echo(f"{person} is {role} no longer." if had else f"{person} was not {role}.")


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def list_(settings: Settings, as_json: bool) -> None:
    """List the roles with who holds them."""
    with calling(settings) as caller:
        found = list_holders_by_role(caller)
    if as_json:
        print_json([{"role": role, "person": person} for role, person in found])
    elif found:
        print_table((("Role", "left"), ("Person", "left")), found)
    else:
        click.echo("Nobody holds a role yet; an owner answers everything.")


@command.command("grant")
@click.argument("worker")
@click.argument("permission")
@click.pass_obj
def grant(settings: Settings, worker: str, permission: str) -> None:
    """Let WORKER use PERMISSION, as runbooks name it. Once any is granted, preflight checks them all."""
    with calling(settings) as caller:
        change_permission(caller, worker, permission, granted=True)
    click.echo(f"{worker} may use {permission}.")


@command.command("revoke")
@click.argument("worker")
@click.argument("permission")
@click.pass_obj
def revoke(settings: Settings, worker: str, permission: str) -> None:
    """Take PERMISSION from WORKER."""
    with calling(settings) as caller:
        change_permission(caller, worker, permission, granted=False)
    click.echo(f"{worker} may not use {permission} any more.")


@command.command("permissions")
@click.argument("worker")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def permissions(settings: Settings, worker: str, as_json: bool) -> None:
    """List what WORKER may use."""
    with calling(settings) as caller:
        found = permissions_of(caller, worker)
    if as_json:
        print_json(found)
    elif found is None:
        click.echo("The company keeps no permissions yet: preflight does not check them.")
    else:
        click.echo("\n".join(found) if found else f"{worker} may use nothing yet.")
