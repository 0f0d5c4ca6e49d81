"""Shelved: an approved document as an action needs it: its revision and its files, and what is recognised in them where that is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from runlore.actions.offer import main_text, recognise_document
from runlore.model.document import Bundle, Recognised
from runlore.model.library import Document, Revision
from runlore.record.blobs import get_bundle
from runlore.record.companies import get_team
from runlore.record.database import Transaction
from runlore.record.documents import find_document, list_documents
from runlore.record.revisions import get_revision
from runlore.runbooks.blocks import raw_text
from runlore.runbooks.formats.matter import read_matter


@dataclass(frozen=True, slots=True)
class Shelved:
    """An approved document: its place, its newest revision and its files."""

    document: Document
    revision: Revision
    bundle: Bundle

    @property
    def title(self) -> str:
        """What a person calls it."""
        return self.document.title or self.document.name

    @property
    def body(self) -> str:
        """The text of its main file without the frontmatter."""
        lines = main_text(self.bundle).removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
        return raw_text(lines, read_matter("\n".join(lines), self.document.id).body, len(lines))


_KNOWN: Final[dict[str, Recognised]] = {}
_MOST_KNOWN: Final = 256
"""Documents of which a process keeps what was recognised; by the hash of the revision, which is over all that is looked at."""


def recognise_shelved(shelved: Shelved) -> Recognised:
    """Give what a document says of itself: parsed once a process for the revisions that come again and again."""
    known = _KNOWN.get(shelved.revision.hash)
    if known is None:
        known = recognise_document(shelved.document.id, shelved.bundle)
        if len(_KNOWN) >= _MOST_KNOWN:
            _KNOWN.clear()
        _KNOWN[shelved.revision.hash] = known
    return known


def find_shelved(tx: Transaction, company: str, document: str) -> Shelved | None:
    """Find the approved revision of a document by its id; None where it has none, or is out of use."""
    found = find_document(tx, company, document)
    return get_shelved(tx, found) if found is not None and found.head and not found.retired else None


def get_shelved(tx: Transaction, document: Document) -> Shelved:
    """Give a document with its newest revision, whose content is verified on the way."""
    revision = get_revision(tx, document.company, document.head)
    bundle = get_bundle(tx, document.company, revision)
    return Shelved(document, revision, bundle)


def list_visible(tx: Transaction, company: str, shelf: str, teams: Sequence[str]) -> tuple[Document, ...]:
    """List the approved documents of a shelf (all: empty) as members of some teams see them: a team's own stands in for the company's."""
    found = [d for d in list_documents(tx, company, shelf) if d.head and d.team in ("", *teams)]
    refined = {d.refines for d in found if d.refines}
    return tuple(d for d in found if d.id not in refined)


def choose_teams(tx: Transaction, company: str, team: str, own: Sequence[str]) -> tuple[str, ...]:
    """Give the teams whose documents count: the one that is named, or else ``own``. Raises NoSuchName with the teams that there are."""
    return (get_team(tx, company, team).id,) if team else tuple(own)
