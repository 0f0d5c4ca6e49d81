"""Merge a stale proposal: its document has moved on, and what both changed is brought together as a new proposal."""

from __future__ import annotations

from runlore.actions.caller import PROPOSED_FOR, Caller
from runlore.actions.redact import open_redactor, redact_bundle
from runlore.errors import Conflict
from runlore.library.merging import MergeConflict, merge_bundles
from runlore.model.document import Bundle
from runlore.model.library import Proposal, Revision
from runlore.record.blobs import get_bundle
from runlore.record.database import Transaction
from runlore.record.proposals import close_proposal, create_proposal, get_proposal
from runlore.record.revisions import find_head, list_revisions


def merge_stale(caller: Caller, number: int) -> Proposal | tuple[MergeConflict, ...]:
    """Bring an open proposal and the revisions since its base together, file by file; the old proposal makes way for the new one.

    The new proposal has the authors of both, so nobody who wrote either reviews it. Where the same lines were changed nothing is made, and the
    conflicts are given back. Raises Conflict where the proposal is not open or not stale.
    """
    caller.require("propose", "merge proposals")
    with caller.record.write(caller.company) as tx:
        proposal = get_proposal(tx, caller.company, number)
        head = find_head(tx, caller.company, proposal.document)
        if proposal.state != "open":
            raise Conflict(f"Proposal {number} is {proposal.state}; there is nothing to merge.")
        if head is None or head.hash == proposal.base:
            raise Conflict(f"Proposal {number} stands on the approved revision already; there is nothing to merge.")
        theirs, ours = get_bundle(tx, caller.company, proposal), get_bundle(tx, caller.company, head)
        since = _list_since(tx, caller.company, proposal)
        base = _base(tx, caller.company, proposal, theirs)
        if proposal.retires:
            merged = theirs if ours == base else None
            conflicts: tuple[MergeConflict, ...] = () if merged else (_retired(proposal),)
        else:
            outcome = merge_bundles(base, ours, theirs)
            merged, conflicts = outcome.bundle, outcome.conflicts
        if merged is None:
            return conflicts
        clean, _ = redact_bundle(open_redactor(caller.settings), merged, proposal.document)
        authors = tuple(
            dict.fromkeys((*proposal.authors, *(a for r in since for a in _authors(tx, caller.company, r))))
        )
        close_proposal(tx, caller.company, number, "withdrawn", caller.principal.id, caller.now)
        return create_proposal(
            tx, caller.company, proposal.document, head.hash, clean, authors,
            f"{proposal.reason} (merged with revision {head.number})", "merge",
            caller.now, caller.now + PROPOSED_FOR, group=proposal.group, evidence=proposal.evidence, retires=proposal.retires,
        )  # fmt: skip


def _list_since(tx: Transaction, company: str, proposal: Proposal) -> tuple[Revision, ...]:
    """The revisions that were published after a proposal's base."""
    revisions = list_revisions(tx, company, proposal.document)
    at = next((n for n, r in enumerate(revisions, 1) if r.hash == proposal.base), 0)
    return revisions[at:]


def _authors(tx: Transaction, company: str, revision: Revision) -> tuple[str, ...]:
    return get_proposal(tx, company, revision.proposal).authors if revision.proposal else (revision.author,)


def _base(tx: Transaction, company: str, proposal: Proposal, theirs: Bundle) -> Bundle:
    """What the proposal was written against: nothing at all, of the same form, for what was a new document."""
    base = next((r for r in list_revisions(tx, company, proposal.document) if r.hash == proposal.base), None)
    return get_bundle(tx, company, base) if base else Bundle(theirs.format, theirs.main, ())


def _retired(proposal: Proposal) -> MergeConflict:
    message = f"{proposal.document} has changed since somebody asked to take it out of use: ask again if it still is not needed."
    return MergeConflict(proposal.document, "removed", message)
