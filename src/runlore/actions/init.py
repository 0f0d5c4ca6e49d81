"""Init: the record, the owner as its first principal, the library folder; and what mining has written so far."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from runlore.actions.caller import (
    AGENT,
    OWNER,
    Clock,
    credential_file,
    find_credential,
    make_token,
    open_caller,
    record_url,
)
from runlore.actions.redact import open_redactor, redact_words
from runlore.actions.take_drafts import MINER, Taken, take_drafts
from runlore.corpus.files import make_home, write_file
from runlore.errors import Conflict, UsageError
from runlore.library.projection import project
from runlore.model import Problem
from runlore.model.library import Principal, PrincipalClass, Scope
from runlore.record.companies import Company, create_company, get_company, list_companies
from runlore.record.database import Record, Transaction, open_record
from runlore.record.principals import create_principal, find_by_credential, issue_credential, token_hash
from runlore.runbooks.formats.places import name_of
from runlore.settings import Settings

NAME = "My company"
"""What a company is called where nobody says."""

_SCOPES: dict[str, tuple[Scope, ...]] = {
    OWNER: ("own",),
    AGENT: ("read", "propose", "run"),
    MINER: ("read", "propose"),
}


@dataclass(frozen=True, slots=True)
class Initialised:
    """What is there after `init`: ``created`` says that the company was made just now; ``label`` names the record for people."""

    company: Company
    owner: Principal
    label: str
    created: bool
    taken: Taken
    problems: tuple[Problem, ...]


def init(settings: Settings, clock: Clock, *, company: str = "", person: str = "") -> Initialised:
    """Make what is missing and take along what mining wrote; done twice it makes nothing twice.

    ``company`` names the company, ``person`` its owner. Raises Conflict where the record holds that company and this home has no credential for it.
    """
    make_home(settings.home)
    with open_record(record_url(settings), create=True) as record:
        created = _found(settings, record, clock(), company, person)
        label = record.label
    with open_caller(settings, clock) as caller:
        project(caller.record, caller.company, caller.folder)
        taken = take_drafts(caller) if caller.principal.kind == "human" else Taken()
        with caller.record.read() as tx:
            there = get_company(tx, caller.company)
        if company and there.name != company:
            raise Conflict(
                f"This home belongs to the company {there.name!r} already. Use another home for {company!r}: `runlore --home FOLDER init`."
            )
        return Initialised(there, caller.principal, label, created, taken, caller.problems)


def _found(settings: Settings, record: Record, now: int, name: str, person: str) -> bool:
    """Found the company, unless this home has a credential that the record honours; says whether it did.

    The credentials are written before the record learns of them: cut off in between, the next `init` goes on with the same ones.
    """
    held = settings.token or find_credential(settings)
    if held:
        with record.read() as tx:
            if find_by_credential(tx, held, now) is not None:
                return False
    if settings.token:
        raise UsageError(
            "RUNLORE_TOKEN is set, and the record knows nobody by it. Unset it to found a company of your own."
        )
    chosen = " ".join((name or NAME).split())
    if redact_words(open_redactor(settings), f"{chosen}\n{person}", "the name")[1]:
        raise UsageError(
            "The name looks like a secret. Give the company's and the owner's names; credentials are made here."
        )
    tokens = {who: _keep_token(settings, who) for who in (OWNER, AGENT)}
    with record.write() as tx:
        there = list_companies(tx)
        if any(c.name.casefold() == chosen.casefold() for c in there) or (there and record.kind == "sqlite"):
            raise Conflict(
                f"The record holds {there[0].name!r} already, and this home has no credential for it. Put its owner's credential back "
                f"({credential_file(settings, OWNER)}), or set RUNLORE_TOKEN."
            )
        _create(tx, name_of(chosen), chosen, person, tokens, now)
    return True


def _create(tx: Transaction, company: str, name: str, person: str, tokens: dict[str, str], now: int) -> None:
    create_company(tx, company, name, now)
    owner = _create_principal(tx, company, person or OWNER, "human", OWNER, now)
    agent = _create_principal(tx, company, AGENT if person != AGENT else "agents", "agent", AGENT, now, owner.id)
    _create_principal(tx, company, MINER, "service", MINER, now)
    for principal, who in ((owner, OWNER), (agent, AGENT)):
        issue_credential(tx, company, principal.id, token_hash(tokens[who]), now)


def _create_principal(
    tx: Transaction, company: str, name: str, kind: PrincipalClass, role: str, now: int, operator: str = ""
) -> Principal:
    principal = Principal(company, f"p-{secrets.token_hex(8)}", name, kind, _SCOPES[role], operator, (), now)
    create_principal(tx, principal)
    return principal


def _keep_token(settings: Settings, who: str) -> str:
    """Give the credential that the home keeps under a name; made and written, for its owner's eyes alone, where there is none."""
    token = find_credential(settings, who)
    if not token:
        token = make_token()
        write_file(credential_file(settings, who), f"{token}\n".encode())
    return token
