"""Shelved: an approved document as an action needs it: its revision, its files, and what is recognised in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from runlore.actions.offer import recognise_document
from runlore.model.document import Bundle, Recognised
from runlore.model.library import Document, Revision
from runlore.record.blobs import get_bundle
from runlore.record.database import Transaction
from runlore.record.documents import find_document, list_documents
from runlore.record.revisions import get_revision


@dataclass(frozen=True, slots=True)
class Shelved:
    """An approved document: its place, its newest revision, its files and what they say."""

    document: Document
    revision: Revision
    bundle: Bundle
    recognised: Recognised


def find_shelved(tx: Transaction, company: str, document: str) -> Shelved | None:
    """Find the approved revision of a document by its id; None where it has none, or is out of use."""
    found = find_document(tx, company, document)
    return get_shelved(tx, found) if found is not None and found.head and not found.retired else None


def get_shelved(tx: Transaction, document: Document) -> Shelved:
    """Give a document with its newest revision, whose content is verified on the way."""
    revision = get_revision(tx, document.company, document.head)
    bundle = get_bundle(tx, document.company, revision)
    return Shelved(document, revision, bundle, recognise_document(document.id, bundle))


def list_visible(tx: Transaction, company: str, shelf: str, teams: Sequence[str]) -> tuple[Document, ...]:
    """List the approved documents of a shelf (all: empty) as members of some teams see them: a team's own stands in for the company's."""
    found = [d for d in list_documents(tx, company, shelf) if d.head and d.team in ("", *teams)]
    refined = {d.refines for d in found if d.refines}
    return tuple(d for d in found if d.id not in refined)
