"""Policies: which class of change an owner lets publish itself. Nothing is on before an owner says so."""

from __future__ import annotations

from runlore.record.database import Transaction
from runlore.record.events import append

CLASSES = ("counters",)
"""What can be allowed: numbers of how often a failure was seen. Commands, links, approvals, guards, proof and permissions never are."""


def allow_class(tx: Transaction, company: str, name: str, by: str, now: int) -> None:
    """Let a class of change publish itself, in the name of an owner."""
    tx.run(
        'INSERT INTO policies (company, class, "by", at) VALUES (:company, :name, :by, :now)'
        ' ON CONFLICT (company, class) DO UPDATE SET "by" = excluded."by", at = excluded.at',
        company=company,
        name=name,
        by=by,
        now=now,
    )
    append(tx, company, by, "policy-allowed", f"policy {name}", {}, now)


def stop_class(tx: Transaction, company: str, name: str, by: str, now: int) -> bool:
    """Stop a class of change from publishing itself; says whether it did."""
    changed = tx.run("DELETE FROM policies WHERE company = :company AND class = :name", company=company, name=name)
    if changed:
        append(tx, company, by, "policy-stopped", f"policy {name}", {}, now)
    return bool(changed)


def find_policy(tx: Transaction, company: str, name: str) -> str | None:
    """Find the owner (id) in whose name a class publishes itself; None where it does not."""
    row = tx.one('SELECT "by" FROM policies WHERE company = :company AND class = :name', company=company, name=name)
    return row[0] if row else None
