"""Read: documents as they are approved, by hash; pending text only where it is asked for by its proposal's number."""

from __future__ import annotations

from dataclasses import dataclass

from runlore.actions.caller import Caller
from runlore.actions.offer import day_of, main_text, recognise_document, split_id
from runlore.errors import Conflict, NoSuchName
from runlore.model.document import SHELVES, Bundle, Recognised
from runlore.model.library import Document, Proposal, Revision, StoredLink
from runlore.record.blobs import get_bundle
from runlore.record.companies import list_teams
from runlore.record.database import Transaction
from runlore.record.documents import (
    find_document,
    list_documents,
    list_due,
    list_links_from,
    list_links_to,
    resolve_name,
)
from runlore.record.principals import get_principal
from runlore.record.proposals import get_proposal, list_proposals
from runlore.record.revisions import find_revision, get_head, get_revision, list_revisions
from runlore.runbooks.changes import Change, list_changes


@dataclass(frozen=True, slots=True)
class ShownDocument:
    """A document as it is read: one revision of it, or a proposal, with what it says and what it is linked with.

    ``revision`` is None for pending text. ``linked_from`` are the links of others to it; ``author`` and ``reviewer`` are names. ``open_proposals`` are the numbers of what waits for it.
    """

    document: Document
    revision: Revision | None
    proposal: Proposal | None
    bundle: Bundle
    recognised: Recognised
    links: tuple[StoredLink, ...]
    linked_from: tuple[StoredLink, ...]
    author: str
    reviewer: str
    open_proposals: tuple[int, ...] = ()

    @property
    def text(self) -> str:
        """The main file's text."""
        return main_text(self.bundle)

    @property
    def is_approved(self) -> bool:
        """Whether this is the approved revision of a document that is in use."""
        return self.revision is not None and self.revision.hash == self.document.head and not self.document.retired


@dataclass(frozen=True, slots=True)
class Difference:
    """Two states of a document, named for people, and what changes from the first to the second."""

    document: str
    before: str
    after: str
    changes: tuple[Change, ...]


def list_library(
    caller: Caller, shelf: str = "", *, team: str | None = None, retired: bool = False
) -> tuple[Document, ...]:
    """List the approved documents by shelf, team and name; ``retired`` those out of use too. Raises NoSuchName for a shelf that there is not."""
    caller.require("read", "read the library")
    if shelf and shelf not in SHELVES:
        raise NoSuchName("shelf", shelf, SHELVES)
    with caller.record.read() as tx:
        found = list_documents(tx, caller.company, shelf=shelf, team=team, include_retired=retired)
    return tuple(sorted((d for d in found if d.head), key=lambda d: (SHELVES.index(d.shelf), d.team, d.name)))


def list_stale(caller: Caller) -> frozenset[str]:
    """List the ids of documents whose review is due."""
    with caller.record.read() as tx:
        return frozenset(d.id for d in list_due(tx, caller.company, day_of(caller.now).isoformat()))


def show_document(caller: Caller, name: str, *, revision: str = "") -> ShownDocument:
    """Show a document by its id or bare name: its approved revision, or the one of a number or hash. Raises NoSuchName, AmbiguousName, Conflict."""
    caller.require("read", "read the library")
    with caller.record.read() as tx:
        document = resolve(tx, caller, name)
        if revision:
            found = get_named_revision(tx, caller.company, document.id, revision)
        elif document.head:
            found = get_revision(tx, caller.company, document.head)
        else:
            raise Conflict(f"{document.id} has no approved revision yet. `runlore proposals` lists what is offered.")
        return _shown(tx, caller, document, found, None)


def show_proposal(caller: Caller, number: int) -> ShownDocument:
    """Show the pending text of a proposal; it is labelled as such and nothing that a worker is served. Raises NoSuchName."""
    caller.require("read", "read proposals")
    with caller.record.read() as tx:
        proposal = get_proposal(tx, caller.company, number)
        team, shelf, own = split_id(proposal.document)
        document = find_document(tx, caller.company, proposal.document) or Document(
            caller.company, proposal.document, team, shelf, own
        )
        return _shown(tx, caller, document, None, proposal)


def _shown(
    tx: Transaction, caller: Caller, document: Document, revision: Revision | None, proposal: Proposal | None
) -> ShownDocument:
    owner = revision or proposal
    if owner is None:
        raise ValueError("neither a revision nor a proposal")
    bundle = get_bundle(tx, caller.company, owner)
    waiting = list_proposals(tx, caller.company, state="open", document=document.id)
    author = revision.author if revision else proposal.authors[0] if proposal else ""
    return ShownDocument(
        document,
        revision,
        proposal,
        bundle,
        recognise_document(document.id, bundle),
        list_links_from(tx, caller.company, document.id),
        list_links_to(tx, caller.company, document.id),
        name_principal(tx, caller.company, author),
        name_principal(tx, caller.company, revision.reviewer) if revision else "",
        tuple(p.number for p in waiting),
    )


def resolve(tx: Transaction, caller: Caller, name: str) -> Document:
    """Give the document that the caller means: their own teams' and the company's first, then any team's. Raises NoSuchName, AmbiguousName."""
    try:
        return resolve_name(tx, caller.company, name, caller.principal.teams)
    except NoSuchName:
        every = tuple(team.id for team in list_teams(tx, caller.company))
        if set(every) <= set(caller.principal.teams):
            raise
        return resolve_name(tx, caller.company, name, every)


def get_named_revision(tx: Transaction, company: str, document: str, text: str) -> Revision:
    """Get a revision by its number or the beginning of its hash; raises NoSuchName with the numbers that there are."""
    found = find_revision(tx, company, document, text)
    if found is None:
        numbers = tuple(str(r.number) for r in list_revisions(tx, company, document))[-3:]
        raise NoSuchName(f"revision of {document}", text, numbers)
    return found


def name_principal(tx: Transaction, company: str, id: str) -> str:
    """Give a principal's name; its id where the record does not know it any more."""
    try:
        return get_principal(tx, company, id).name
    except NoSuchName:
        return id


def history(caller: Caller, name: str) -> tuple[Document, tuple[Revision, ...], dict[str, str]]:
    """Give a document, its revisions from the first to the newest, and the names of their authors and reviewers by id."""
    caller.require("read", "read the library")
    with caller.record.read() as tx:
        document = resolve(tx, caller, name)
        revisions = list_revisions(tx, caller.company, document.id)
        people = {id for r in revisions for id in (r.author, r.reviewer) if id}
        return document, revisions, {id: name_principal(tx, caller.company, id) for id in sorted(people)}


def diff(caller: Caller, name: str, before: str = "", after: str = "") -> Difference:
    """Compare two revisions of a document: by default the approved one with the one before it; one alone is compared with the approved one."""
    caller.require("read", "read the library")
    with caller.record.read() as tx:
        document = resolve(tx, caller, name)
        head = get_head(tx, caller.company, document.id)
        new = get_named_revision(tx, caller.company, document.id, after) if after else head
        if before:
            old: Revision | None = get_named_revision(tx, caller.company, document.id, before)
        else:
            old = get_revision(tx, caller.company, new.parent) if new.parent else None
        return Difference(
            document.id,
            f"revision {old.number}" if old else "nothing",
            f"revision {new.number}",
            list_changes(get_bundle(tx, caller.company, old) if old else None, get_bundle(tx, caller.company, new)),
        )


def diff_proposal(caller: Caller, number: int) -> Difference:
    """Compare a proposal with the revision that it was written against."""
    caller.require("read", "read proposals")
    with caller.record.read() as tx:
        proposal = get_proposal(tx, caller.company, number)
        base = get_revision(tx, caller.company, proposal.base) if proposal.base else None
        after = None if proposal.retires else get_bundle(tx, caller.company, proposal)
        changes = list_changes(get_bundle(tx, caller.company, base) if base else None, after)
    return Difference(
        proposal.document, f"revision {base.number}" if base else "nothing", f"proposal {number}", changes
    )
