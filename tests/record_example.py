"""A record to test with: a company of an owner, a member, their agents and a service; and the short ways to offer and to publish a text."""

from __future__ import annotations

from typing import Any

from runlore.model.document import Bundle, FileContent, Link, Recognised
from runlore.model.library import Principal, Proposal, Revision
from runlore.record.companies import create_company, create_team
from runlore.record.database import Record, Transaction
from runlore.record.principals import create_principal, issue_credential, token_hash
from runlore.record.proposals import create_proposal
from runlore.record.publications import publish
from runlore.record.reviews import create_review

MINUTE = 60_000_000
NOW = 1_700_000_000_000_000
LATER = NOW + 90 * 24 * 60 * MINUTE


def person(company: str, name: str, *scopes: str, **other: Any) -> Principal:
    return Principal(company, f"{name}-id", name, other.pop("kind", "human"), scopes, created=NOW, **other)  # type: ignore[arg-type]


def make_company(record: Record, company: str = "acme", *, alone: bool = False) -> None:
    """Make a company: ann owns it, ann's agent is bot; unless she works alone bea and cid review, and bea's agent is bee."""
    with record.write() as tx:
        create_company(tx, company, company.title(), NOW)
    with record.write(company) as tx:
        create_team(tx, company, "growth", "Growth", NOW)
        create_principal(tx, person(company, "ann", "own"))
        create_principal(tx, person(company, "bot", "read", "propose", "run", kind="agent", operator="ann-id"))
        create_principal(tx, person(company, "miner", "read", "propose", kind="service"))
        issue_credential(tx, company, "ann-id", token_hash(f"{company} ann"), NOW)
        if not alone:
            create_principal(tx, person(company, "bea", "read", "propose", "review", teams=("growth",)))
            create_principal(tx, person(company, "cid", "read", "review"))
            create_principal(tx, person(company, "bee", "read", "propose", kind="agent", operator="bea-id"))


def principal(name: str, company: str = "acme") -> Principal:
    """A principal as a credential would give it; what it may do is looked up in the record."""
    return Principal(company, f"{name}-id", name, "human", ("own",))


def bundle(text: str, name: str = "page.md") -> Bundle:
    return Bundle("markdown", name, (FileContent(name, text.encode()),))


def propose(tx: Transaction, document: str, text: str, base: str = "", author: str = "bot", **other: Any) -> Proposal:
    company = other.pop("company", "acme")
    authors = other.pop("authors", (f"{author}-id",))
    expires = other.pop("expires", LATER)
    return create_proposal(
        tx, company, document, base, bundle(text), authors, "because", "agent", NOW, expires, **other
    )


def accept(tx: Transaction, proposal: Proposal, reviewer: str = "cid", now: int = NOW, **other: Any) -> None:
    create_review(
        tx, proposal, principal(reviewer, proposal.company), True, "fine", now, other.pop("expires", now + MINUTE)
    )


def put(
    tx: Transaction,
    document: str,
    text: str,
    base: str = "",
    *,
    links: tuple[Link, ...] = (),
    now: int = NOW,
    **other: Any,
) -> Revision:
    """Offer a text as bot, have it reviewed by cid, and publish it."""
    proposal = propose(tx, document, text, base, **other)
    accept(tx, proposal, now=now)
    said = Recognised(text.splitlines()[0], reviewed="2026-01-01", review_every="90 days", owner="ann")
    return publish(tx, proposal.company, proposal, principal("cid", proposal.company), said, links, now)


def unlock(tx: Transaction) -> None:
    """Do what somebody with the database in their hands can do: take away the triggers that keep it from being changed."""
    if tx.kind == "postgresql":
        tx.run("SET LOCAL session_replication_role = replica")
        return
    for (name,) in tx.all("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
        tx.run(f"DROP TRIGGER {name}")
