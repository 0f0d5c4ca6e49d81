"""Principals: who acts, known from the credential alone; of the credential only its hash is kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final, cast

from runlore.errors import Conflict, NoSuchName, NotAllowed
from runlore.model.library import Principal, Scope
from runlore.record.canonical import hash_bytes
from runlore.record.database import Transaction
from runlore.record.engine import Row
from runlore.record.events import append

HUMAN_SCOPES: Final[frozenset[Scope]] = frozenset({"review", "publish", "assign", "own"})
"""What only a person may do: no agent and no service is ever given it."""


def create_principal(tx: Transaction, principal: Principal, by: str = "") -> Principal:
    """Create a principal, with the teams it is a member of. Its class never changes afterwards.

    Raises Conflict where the id or the name is taken, or an operator is no human; NotAllowed where an agent or a service is to get a person's scope.
    """
    company = principal.company
    beyond = sorted(HUMAN_SCOPES.intersection(principal.scopes))
    if principal.kind != "human" and beyond:
        raise NotAllowed(
            principal.name, ", ".join(beyond), f"that is for people, and this is a principal of class {principal.kind}."
        )
    if tx.one(
        "SELECT 1 FROM principals WHERE company = :company AND (id = :id OR name = :name)",
        company=company,
        id=principal.id,
        name=principal.name,
    ):
        raise Conflict(
            f"There is a principal {principal.name!r} already. Names are never used again, not even those of revoked principals."
        )
    if principal.operator:
        operator = find_principal(tx, company, principal.operator)
        if operator is None or operator.kind != "human" or operator.id != principal.operator:
            raise Conflict(f"The operator of {principal.name!r} has to be a human principal of this company.")
    tx.run(
        "INSERT INTO principals (company, id, name, kind, scopes, operator, created, expires, revoked)"
        " VALUES (:company, :id, :name, :kind, :scopes, :operator, :created, :expires, 0)",
        company=company,
        id=principal.id,
        name=principal.name,
        kind=principal.kind,
        scopes=_render_scopes(principal.scopes),
        operator=principal.operator,
        created=principal.created,
        expires=principal.expires,
    )
    for team in sorted(set(principal.teams)):
        tx.run(
            "INSERT INTO members (company, team, principal) VALUES (:company, :team, :principal)",
            company=company,
            team=team,
            principal=principal.id,
        )
    body = {
        "class": principal.kind,
        "name": principal.name,
        "operator": principal.operator,
        "scopes": sorted(set(principal.scopes)),
    }
    tx.forget("principals")
    append(tx, company, by, "principal-created", principal.id, body, principal.created)
    return replace(
        principal, scopes=tuple(sorted(set(principal.scopes))), teams=tuple(sorted(set(principal.teams))), revoked=0
    )


def issue_credential(
    tx: Transaction, company: str, principal_id: str, token_hash: str, now: int, expires: int = 0, by: str = ""
) -> None:
    """Keep the hash of a credential (``token_hash`` of the token) under which a principal acts until ``expires`` (0: until revoked)."""
    tx.run(
        "INSERT INTO credentials (company, hash, principal, created, expires, revoked)"
        " VALUES (:company, :hash, :principal, :now, :expires, 0)",
        company=company,
        hash=token_hash,
        principal=principal_id,
        now=now,
        expires=expires,
    )
    append(tx, company, by, "credential-issued", principal_id, {"credential": token_hash[:19], "expires": expires}, now)


def token_hash(token: str) -> str:
    """Give the hash under which a credential is kept. Tokens are random and long, so a plain hash tells nothing of them."""
    return hash_bytes(b"runlore credential\n" + token.encode("utf-8", "surrogatepass"))


def find_by_credential(tx: Transaction, token: str, now: int) -> Principal | None:
    """Find who acts under a token, in whichever company; None where the token is unknown, or it or its principal is expired or revoked."""
    row = tx.one(
        "SELECT company, principal FROM credentials WHERE hash = :hash AND revoked = 0 AND (expires = 0 OR expires > :now)",
        hash=token_hash(token),
        now=now,
    )
    if row is None:
        return None
    principal = get_principal(tx, row[0], row[1])
    return principal if is_active(principal, now) else None


def is_active(principal: Principal, now: int) -> bool:
    """Say whether a principal is neither expired nor revoked."""
    return not principal.revoked and not 0 < principal.expires <= now


def find_principal(tx: Transaction, company: str, name_or_id: str) -> Principal | None:
    """Find a principal by its id or else by its name, active or not; None where there is none."""
    return tx.once("principals", (company, name_or_id), lambda: _find(tx, company, name_or_id))


def _find(tx: Transaction, company: str, name_or_id: str) -> Principal | None:
    rows = tx.all(
        "SELECT id, name, kind, scopes, operator, created, expires, revoked FROM principals"
        " WHERE company = :company AND (id = :name OR name = :name)",
        company=company,
        name=name_or_id,
    )
    rows.sort(key=lambda row: row[0] != name_or_id)
    return _principal(tx, company, rows[0]) if rows else None


def get_principal(tx: Transaction, company: str, name_or_id: str) -> Principal:
    """Give a principal by its id or else by its name; raises NoSuchName with the names that there are."""
    found = find_principal(tx, company, name_or_id)
    if found is None:
        names = tx.all("SELECT name FROM principals WHERE company = :company ORDER BY name LIMIT 8", company=company)
        raise NoSuchName("principal", name_or_id, tuple(str(row[0]) for row in names))
    return found


def list_principals(tx: Transaction, company: str) -> tuple[Principal, ...]:
    """List all principals by name, revoked ones included."""
    rows = tx.all(
        "SELECT id, name, kind, scopes, operator, created, expires, revoked FROM principals WHERE company = :company ORDER BY name",
        company=company,
    )
    return tuple(_principal(tx, company, row) for row in rows)


def revoke(tx: Transaction, company: str, principal_id: str, now: int, by: str = "") -> Principal:
    """Revoke a principal and all its credentials, for good; raises Conflict for the last owner, NoSuchName."""
    principal = get_principal(tx, company, principal_id)
    others = (p for p in list_principals(tx, company) if p.id != principal.id and is_active(p, now))
    if "own" in principal.scopes and not any("own" in p.scopes for p in others):
        raise Conflict(f"{principal.name} is the last owner of the company and cannot be revoked.")
    if principal.revoked:
        return principal
    for statement in (
        "UPDATE principals SET revoked = :now WHERE company = :company AND id = :id",
        "UPDATE credentials SET revoked = :now WHERE company = :company AND principal = :id AND revoked = 0",
    ):
        tx.run(statement, company=company, id=principal.id, now=now)
    tx.forget("principals")
    append(tx, company, by, "principal-revoked", principal.id, {}, now)
    return replace(principal, revoked=now)


def authors_side(tx: Transaction, company: str, principal_ids: Iterable[str]) -> frozenset[str]:
    """Give everyone on the side of some authors: themselves, the humans who operate them, and every agent of those humans."""
    authors = frozenset(principal_ids)
    return tx.once("principals", (company, authors), lambda: _list_side(tx, company, authors))


def _list_side(tx: Transaction, company: str, authors: frozenset[str]) -> frozenset[str]:
    side = set(authors)
    operators = {p for p in side if p}
    for principal_id in sorted(side):
        row = tx.one(
            "SELECT operator FROM principals WHERE company = :company AND id = :id", company=company, id=principal_id
        )
        if row and row[0]:
            operators.add(row[0])
    for operator in sorted(operators):
        rows = tx.all(
            "SELECT id FROM principals WHERE company = :company AND operator = :id", company=company, id=operator
        )
        side.update(str(row[0]) for row in rows)
    return frozenset(side | operators)


def works_alone(tx: Transaction, company: str, principal_id: str, now: int) -> bool:
    """Say whether a principal is a human owner, and no other active human could review what it writes."""
    return tx.once("principals", (company, principal_id, now), lambda: _is_alone(tx, company, principal_id, now))


def _is_alone(tx: Transaction, company: str, principal_id: str, now: int) -> bool:
    rows = tx.all(
        "SELECT id, scopes FROM principals WHERE company = :company AND kind = 'human' AND revoked = 0 AND (expires = 0 OR expires > :now)",
        company=company,
        now=now,
    )
    able = {str(id) for id, scopes in rows if {"review", "own"} & set(scopes.split())}
    owners = {str(id) for id, scopes in rows if "own" in scopes.split()}
    return principal_id in owners and able == {principal_id}


def _principal(tx: Transaction, company: str, row: Row) -> Principal:
    id, name, kind, scopes, operator, created, expires, revoked = row
    teams = tx.all(
        "SELECT team FROM members WHERE company = :company AND principal = :id ORDER BY team", company=company, id=id
    )
    return Principal(
        company, id, name, kind, _parse_scopes(scopes), operator, tuple(t[0] for t in teams), created, expires, revoked
    )


def _render_scopes(scopes: Iterable[Scope]) -> str:
    return f" {' '.join(sorted(set(scopes)))} "


def _parse_scopes(text: Any) -> tuple[Scope, ...]:
    return cast("tuple[Scope, ...]", tuple(str(text).split()))
