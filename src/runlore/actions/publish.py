"""Publish: what is offered becomes what is approved. The plan is shown first; exactly what was shown is published."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from runlore.actions.caller import REVIEWED_FOR, Caller, show_published
from runlore.actions.offer import Candidate, check_together, list_errors, recognise_document
from runlore.errors import Conflict, NotAllowed
from runlore.model import Problem
from runlore.model.document import Bundle, Recognised
from runlore.model.library import Proposal, Revision
from runlore.record.blobs import get_bundle
from runlore.record.database import Transaction
from runlore.record.principals import authors_side, is_active, list_principals, works_alone
from runlore.record.proposals import get_proposal
from runlore.record.publications import publish as publish_revision
from runlore.record.reviews import create_review
from runlore.record.revisions import find_head
from runlore.runbooks.changes import Change, list_changes


@dataclass(frozen=True, slots=True)
class Planned:
    """One proposal that may be published: what is approved now, what would be, the difference, and what refuses it.

    ``self_published`` says that the one who publishes stands on the author's side. ``stale`` says that the document has moved on since.
    """

    proposal: Proposal
    before: Bundle | None
    after: Bundle
    recognised: Recognised
    changes: tuple[Change, ...]
    problems: tuple[Problem, ...]
    self_published: bool
    stale: bool = False

    @property
    def refused(self) -> bool:
        """Whether it cannot be published as it stands."""
        return bool(list_errors(self.problems))


@dataclass(frozen=True, slots=True)
class Published:
    """What was published, and what is still to be said."""

    revisions: tuple[Revision, ...]
    problems: tuple[Problem, ...] = ()


def plan_publications(caller: Caller, proposals: Iterable[Proposal]) -> tuple[Planned, ...]:
    """Plan the publication of proposals together: links among them count, and each is shown with its diff. Changes nothing."""
    chosen = _one_each(proposals)
    with caller.record.read() as tx:
        alone = works_alone(tx, caller.company, caller.principal.id, caller.now)
        loaded = [_load(tx, caller, proposal, alone) for proposal in chosen]
        candidates = [Candidate(p.proposal.document, p.after, p.recognised) for p in loaded if not p.proposal.retires]
        checked = check_together(tx, caller.company, candidates, caller.now)
    return tuple(
        replace(p, problems=(*p.problems, *(() if p.proposal.retires else checked[p.proposal.document])))
        for p in loaded
    )


def _one_each(proposals: Iterable[Proposal]) -> tuple[Proposal, ...]:
    """Take one proposal a document, the newest: an older one is stale as soon as that one is published, and is offered again then."""
    newest = {p.document: p for p in sorted(proposals, key=lambda p: p.number)}
    return tuple(sorted(newest.values(), key=lambda p: p.number))


def _load(tx: Transaction, caller: Caller, proposal: Proposal, alone: bool) -> Planned:
    head = find_head(tx, caller.company, proposal.document)
    before = get_bundle(tx, caller.company, head) if head else None
    after = get_bundle(tx, caller.company, proposal)
    changes = list_changes(before, None if proposal.retires else after)
    own = caller.principal.id in authors_side(tx, caller.company, proposal.authors)
    stale = (head.hash if head else "") != proposal.base
    problems = []
    if stale:
        message = f"{proposal.document} has moved on since proposal {proposal.number} was written: `runlore review {proposal.number} --merge` brings both together as a new proposal."
        problems.append(Problem(proposal.document, 0, "stale-base", message))
    if own and not alone:
        message = f"Proposal {proposal.number} comes from your own side: somebody else reviews it, with `runlore review {proposal.number}`."
        problems.append(Problem(proposal.document, 0, "own-side", message))
    said = recognise_document(proposal.document, after)
    return Planned(proposal, before, after, said, changes, tuple(problems), own, stale)


def publish(caller: Caller, planned: Sequence[Planned]) -> Published:
    """Publish what was planned, all of it or nothing, and bring the library folder up to it.

    Raises NotAllowed for everyone but a human owner, and where others could review what the owner wrote; Conflict where a proposal is not
    what was shown any more; StaleBase where its document has moved on.
    """
    caller.require_owner("publish")
    revisions = []
    with caller.record.write(caller.company) as tx:
        if any(item.self_published for item in planned):
            check_self_publishing(tx, caller, "publish what stands on its own side")
        for item in planned:
            proposal = get_proposal(tx, caller.company, item.proposal.number)
            if proposal.digest != item.proposal.digest or proposal.state != "open":
                raise Conflict(f"Proposal {proposal.number} is not what was shown any more. Look at it again.")
            revisions.append(
                publish_proposal(tx, caller, proposal, item.recognised, self_published=item.self_published)
            )
    return Published(tuple(revisions), show_published(caller))


def publish_proposal(
    tx: Transaction,
    caller: Caller,
    proposal: Proposal,
    recognised: Recognised,
    *,
    self_published: bool,
    comment: str = "",
) -> Revision:
    """Publish one proposal in a transaction that is open: with a review by the caller, or self-published where the caller stands on the author's side."""
    if not self_published:
        create_review(tx, proposal, caller.principal, True, comment, caller.now, caller.now + REVIEWED_FOR)
    return publish_revision(
        tx,
        caller.company,
        proposal,
        caller.principal,
        recognised,
        recognised.links,
        caller.now,
        self_published=self_published,
    )


def check_self_publishing(tx: Transaction, caller: Caller, what: str) -> None:
    """Raise NotAllowed unless the caller is a human owner who works alone: where another person can review, that person must."""
    caller.require_owner(what)
    if works_alone(tx, caller.company, caller.principal.id, caller.now):
        return
    others = [
        p.name for p in list_principals(tx, caller.company)
        if p.id != caller.principal.id and p.kind == "human" and p.may("review") and is_active(p, caller.now)
    ]  # fmt: skip
    raise NotAllowed(
        caller.principal.name,
        what,
        f"{', '.join(others)} can review it, and nobody publishes what stands on their own side where somebody else can. Propose it, and ask for `runlore review`.",
    )
