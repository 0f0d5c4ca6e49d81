"""Roles and permissions: an owner says who stands behind a role, and what a worker may use."""

from __future__ import annotations

from runlore.actions.caller import Caller
from runlore.record.principals import get_principal, list_principals
from runlore.record.roles import add_holder, grant, list_grants, list_roles, remove_holder, revoke_grant


def give_role(caller: Caller, role: str, name: str) -> None:
    """Give a role to a person. Raises NotAllowed, NoSuchName."""
    caller.require_owner("give roles")
    with caller.record.write(caller.company) as tx:
        add_holder(tx, caller.company, role.strip("` "), name, caller.principal.id, caller.now)


def take_role(caller: Caller, role: str, name: str) -> bool:
    """Take a role from a person; says whether they had it. Raises NotAllowed, NoSuchName."""
    caller.require_owner("take roles")
    with caller.record.write(caller.company) as tx:
        return remove_holder(tx, caller.company, role.strip("` "), name, caller.principal.id, caller.now)


def list_holders_by_role(caller: Caller) -> tuple[tuple[str, str], ...]:
    """List each role with the name of each who holds it. Raises NotAllowed."""
    caller.require("read", "list roles")
    with caller.record.read() as tx:
        names = {p.id: p.name for p in list_principals(tx, caller.company)}
        return tuple((role, names.get(id, id)) for role, id in list_roles(tx, caller.company))


def change_permission(caller: Caller, name: str, permission: str, *, granted: bool) -> None:
    """Grant a permission to a worker, or take it away. Raises NotAllowed, NoSuchName."""
    caller.require_owner("grant permissions")
    with caller.record.write(caller.company) as tx:
        who = get_principal(tx, caller.company, name)
        change = grant if granted else revoke_grant
        change(tx, caller.company, who.id, permission, caller.principal.id, caller.now)


def permissions_of(caller: Caller, name: str) -> tuple[str, ...] | None:
    """Give a worker's permissions; None where the company keeps none. Raises NotAllowed, NoSuchName."""
    caller.require("read", "list permissions")
    with caller.record.read() as tx:
        return list_grants(tx, caller.company, get_principal(tx, caller.company, name).id)
