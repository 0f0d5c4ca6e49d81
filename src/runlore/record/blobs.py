"""The bytes of files, by their hash; each content once a company."""

from __future__ import annotations

from runlore.errors import Conflict, DamagedRecord, NoSuchName
from runlore.model.document import Bundle, FileContent
from runlore.model.library import Proposal, Revision
from runlore.record.canonical import hash_bytes
from runlore.record.database import Transaction
from runlore.record.events import append


def put_blob(tx: Transaction, company: str, content: bytes) -> str:
    """Keep some bytes, if they are not there yet, and give their hash."""
    hash = hash_bytes(content)
    tx.run(
        "INSERT INTO blobs (company, hash, size, content) VALUES (:company, :hash, :size, :content) ON CONFLICT DO NOTHING",
        company=company,
        hash=hash,
        size=len(content),
        content=content,
    )
    return hash


def get_blob(tx: Transaction, company: str, hash: str) -> bytes:
    """Give the bytes of a hash, checked; raises NoSuchName, DamagedRecord, Conflict for what was erased."""
    row = tx.one(
        "SELECT content, erased FROM blobs WHERE company = :company AND hash = :hash", company=company, hash=hash
    )
    if row is None:
        raise NoSuchName("content", hash)
    content, erased = bytes(row[0]), int(row[1])
    if erased:
        raise Conflict(f"The content {hash[:19]} was erased from the record.")
    if hash_bytes(content) != hash:
        raise DamagedRecord(tx.label, f"the content {hash[:19]} is not what its hash says")
    return content


def get_bundle(tx: Transaction, company: str, owner: Revision | Proposal) -> Bundle:
    """Give the files of a revision or a proposal, checked; raises as get_blob does."""
    files = tuple(FileContent(f.path, get_blob(tx, company, f.hash), f.executable) for f in owner.files)
    return Bundle(owner.format, owner.main, files)


def erase_blob(tx: Transaction, company: str, hash: str, by: str, reason: str, now: int) -> None:
    """Erase some bytes for good. Their hash and size stay, and an event of the log as their tombstone, so that the chain and all hashes still hold.

    Raises NoSuchName, Conflict where they are erased already.
    """
    row = tx.one("SELECT size, erased FROM blobs WHERE company = :company AND hash = :hash", company=company, hash=hash)
    if row is None:
        raise NoSuchName("content", hash)
    if row[1]:
        raise Conflict(f"The content {hash[:19]} is erased already.")
    tx.run(
        "UPDATE blobs SET content = :nothing, erased = :now WHERE company = :company AND hash = :hash",
        nothing=b"",
        now=now,
        company=company,
        hash=hash,
    )
    append(tx, company, by, "erased", hash, {"size": row[0], "reason": reason}, now)
