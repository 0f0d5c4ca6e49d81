"""Requests that documents have served: what the router learns from. They come from mined cases and from issues that were done."""

from __future__ import annotations

from typing import Final

from runlore.model.library import StoredRequest
from runlore.record.canonical import hash_value
from runlore.record.database import Transaction

_SELECT: Final = "SELECT seq, document, text, origin, at FROM requests WHERE company = :company AND "


def add_request(tx: Transaction, company: str, document_id: str, text: str, origin: str, now: int) -> bool:
    """Keep that a document served a request; says whether it was not known before. ``origin`` names where it came from: ``issue 12``, a case.

    The same words of the same origin count once for a document. The document may still have no revision.
    """
    digest = hash_value(["request/1", document_id, text, origin])
    if tx.one("SELECT 1 FROM requests WHERE company = :company AND digest = :digest", company=company, digest=digest):
        return False
    last = tx.one("SELECT max(seq) FROM requests WHERE company = :company", company=company)
    tx.run(
        "INSERT INTO requests (company, seq, document, text, origin, digest, at)"
        " VALUES (:company, :seq, :document, :text, :origin, :digest, :now)",
        company=company,
        seq=((last[0] if last else 0) or 0) + 1,
        document=document_id,
        text=text,
        origin=origin,
        digest=digest,
        now=now,
    )
    return True


def list_requests(tx: Transaction, company: str, document_id: str) -> tuple[StoredRequest, ...]:
    """List the requests of a document, the oldest first."""
    rows = tx.all(_SELECT + "document = :document ORDER BY document, seq", company=company, document=document_id)
    return tuple(StoredRequest(company, *row) for row in rows)


def requests_after(tx: Transaction, company: str, seq: int) -> tuple[StoredRequest, ...]:
    """List the requests after a number, in order: what an index has to catch up with."""
    rows = tx.all(_SELECT + "seq > :seq ORDER BY seq", company=company, seq=seq)
    return tuple(StoredRequest(company, *row) for row in rows)
