"""Idempotency keys: a request that comes again, because its answer was lost, gets the first answer and no second effect.

The answer is kept in the transaction that does the work, so either both are there or neither.
"""

from __future__ import annotations

from typing import Any

from runlore.errors import KeyReused
from runlore.record.canonical import hash_value, parse_json, render_json
from runlore.record.database import Transaction


def find_answer(tx: Transaction, company: str, principal_id: str, key: str, body_digest: str) -> Any | None:
    """Find what was answered to a principal under a key; None where the key is new. Raises KeyReused where the body was another one.

    In the transaction that goes on to do the work: there no second one can come between.
    """
    row = tx.one(
        "SELECT digest, answer FROM answers WHERE company = :company AND principal = :principal AND key = :key",
        company=company,
        principal=principal_id,
        key=key,
    )
    if row is None:
        return None
    if row[0] != body_digest:
        raise KeyReused(key)
    return parse_json(row[1])


def keep_answer(
    tx: Transaction, company: str, principal_id: str, key: str, body_digest: str, answer: Any, now: int
) -> None:
    """Keep the answer (JSON, not None) to a request under its key, in the transaction that did the work."""
    tx.run(
        "INSERT INTO answers (company, principal, key, digest, answer, at) VALUES (:company, :principal, :key, :digest, :answer, :now)",
        company=company,
        principal=principal_id,
        key=key,
        digest=body_digest,
        answer=render_json(answer),
        now=now,
    )


def body_digest(body: Any) -> str:
    """Give the digest of a request's body (JSON)."""
    return hash_value(["body/1", body])


def drop_answers(tx: Transaction, company: str, before: int) -> int:
    """Drop the answers from before a time, whose requests nobody repeats any more; says how many."""
    return tx.run("DELETE FROM answers WHERE company = :company AND at < :before", company=company, before=before)
