"""Roles and permissions: who stands behind a role's name in runbooks, and what a worker may do in outside systems."""

from __future__ import annotations

from runlore.errors import NotAllowed
from runlore.record.database import Transaction
from runlore.record.events import append
from runlore.record.principals import get_principal


def add_holder(tx: Transaction, company: str, role: str, principal: str, by: str, now: int) -> None:
    """Give a role to a person; raises NotAllowed where it is no person."""
    known = get_principal(tx, company, principal)
    if known.kind != "human":
        raise NotAllowed(known.name, f"hold the role `{role}`", "a role answers and approves, which a person does.")
    if known.id in list_holders(tx, company, role):
        return
    tx.run(
        "INSERT INTO roles (company, role, principal) VALUES (:company, :role, :principal)",
        company=company,
        role=role,
        principal=known.id,
    )
    append(tx, company, by, "role-given", f"role {role}", {"principal": known.id}, now)


def remove_holder(tx: Transaction, company: str, role: str, principal: str, by: str, now: int) -> bool:
    """Take a role from a person; says whether they had it."""
    known = get_principal(tx, company, principal)
    changed = tx.run(
        "DELETE FROM roles WHERE company = :company AND role = :role AND principal = :principal",
        company=company,
        role=role,
        principal=known.id,
    )
    if changed:
        append(tx, company, by, "role-taken", f"role {role}", {"principal": known.id}, now)
    return bool(changed)


def list_holders(tx: Transaction, company: str, role: str) -> tuple[str, ...]:
    """List the ids of those who hold a role."""
    rows = tx.all(
        "SELECT principal FROM roles WHERE company = :company AND role = :role ORDER BY principal",
        company=company,
        role=role,
    )
    return tuple(row[0] for row in rows)


def list_roles(tx: Transaction, company: str) -> tuple[tuple[str, str], ...]:
    """List every role with the id of each who holds it."""
    rows = tx.all(
        "SELECT role, principal FROM roles WHERE company = :company ORDER BY role, principal", company=company
    )
    return tuple((role, principal) for role, principal in rows)


def grant(tx: Transaction, company: str, principal: str, permission: str, by: str, now: int) -> None:
    """Let a worker use a permission that runbooks name."""
    known = get_principal(tx, company, principal)
    if permission in (list_grants(tx, company, known.id) or ()):
        return
    tx.run(
        "INSERT INTO grants (company, principal, permission) VALUES (:company, :principal, :permission)",
        company=company,
        principal=known.id,
        permission=permission,
    )
    append(tx, company, by, "permission-granted", f"principal {known.id}", {"permission": permission}, now)


def revoke_grant(tx: Transaction, company: str, principal: str, permission: str, by: str, now: int) -> bool:
    """Take a permission from a worker; says whether they had it."""
    known = get_principal(tx, company, principal)
    changed = tx.run(
        "DELETE FROM grants WHERE company = :company AND principal = :principal AND permission = :permission",
        company=company,
        principal=known.id,
        permission=permission,
    )
    if changed:
        append(tx, company, by, "permission-revoked", f"principal {known.id}", {"permission": permission}, now)
    return bool(changed)


def list_grants(tx: Transaction, company: str, principal: str) -> tuple[str, ...] | None:
    """List a worker's permissions; None where this company has never granted any to anybody, and so does not keep them here."""
    if tx.one("SELECT 1 FROM grants WHERE company = :company LIMIT 1", company=company) is None:
        return None
    rows = tx.all(
        "SELECT permission FROM grants WHERE company = :company AND principal = :principal ORDER BY permission",
        company=company,
        principal=principal,
    )
    return tuple(row[0] for row in rows)
