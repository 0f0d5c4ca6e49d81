"""Principals: who may act in the company. The owner adds and revokes them; a credential is shown once and kept by nobody but its holder."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from runlore.actions.caller import Caller, make_token
from runlore.actions.redact import open_redactor, redact_words
from runlore.errors import UsageError
from runlore.model.library import Principal, PrincipalClass, Scope
from runlore.record.companies import get_team
from runlore.record.principals import (
    create_principal,
    get_principal,
    issue_credential,
    list_principals,
    revoke,
    token_hash,
)

SCOPES: dict[PrincipalClass, tuple[Scope, ...]] = {
    "human": ("read", "propose", "review", "assign", "run"),
    "agent": ("read", "propose", "run"),
    "service": ("read", "propose", "verify"),
}
"""What a principal of each class may do where nobody says otherwise."""

_LONGEST_NAME = 64


@dataclass(frozen=True, slots=True)
class Added:
    """A principal that was added, and its credential, which is shown this once."""

    principal: Principal
    token: str


@dataclass(frozen=True, slots=True)
class PrincipalRequest:
    """Whom to add. ``operator`` is the human behind an agent, by name or id; ``days`` after which the credential ends, 0 for never."""

    name: str
    kind: PrincipalClass
    scopes: tuple[Scope, ...] = ()
    operator: str = ""
    teams: tuple[str, ...] = ()
    days: int = 0


def add_principal(caller: Caller, request: PrincipalRequest) -> Added:
    """Add a principal and issue its credential. An agent's operator is whoever adds it, where none is named.

    Raises NotAllowed for everyone but an owner and for scopes that the class cannot have; Conflict for a name that is taken; NoSuchName.
    """
    caller.require_owner("add a principal")
    name = " ".join(request.name.split())
    if not name or len(name) > _LONGEST_NAME or not name.isprintable():
        raise UsageError(f"{request.name!r} is no name: one line of 1 to {_LONGEST_NAME} characters.")
    if redact_words(open_redactor(caller.settings), name, "the name")[1]:
        raise UsageError("The name looks like a secret. A credential is made by `principal add`, not given to it.")
    token = make_token()
    expires = caller.now + request.days * 24 * 3600 * 1_000_000 if request.days else 0
    with caller.record.write(caller.company) as tx:
        for team in request.teams:
            get_team(tx, caller.company, team)
        operator = ""
        if request.kind == "agent":
            operator = get_principal(tx, caller.company, request.operator or caller.principal.id).id
        elif request.operator:
            raise UsageError("Only an agent has an operator.")
        principal = Principal(
            caller.company, f"p-{secrets.token_hex(8)}", name, request.kind, request.scopes or SCOPES[request.kind],
            operator, request.teams, caller.now,
        )  # fmt: skip
        kept = create_principal(tx, principal, caller.principal.id)
        issue_credential(tx, caller.company, kept.id, token_hash(token), caller.now, expires, caller.principal.id)
    return Added(kept, token)


def list_company(caller: Caller) -> tuple[Principal, ...]:
    """List everyone who may act or once might, by name."""
    caller.require("read", "list principals")
    with caller.record.read() as tx:
        return list_principals(tx, caller.company)


def revoke_principal(caller: Caller, name: str) -> Principal:
    """Revoke a principal with all its credentials, for good; what it wrote and reviewed stays. Raises NotAllowed, NoSuchName, Conflict."""
    caller.require_owner("revoke a principal")
    with caller.record.write(caller.company) as tx:
        return revoke(tx, caller.company, get_principal(tx, caller.company, name).id, caller.now, caller.principal.id)
