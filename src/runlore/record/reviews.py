"""Reviews: decisions of people on exactly the bytes of a proposal against exactly its base; by nobody who stands on its author's side."""

from __future__ import annotations

from typing import Final

from runlore.errors import Conflict, NotAllowed, StaleBase
from runlore.model.library import Principal, Proposal, Review
from runlore.record.database import Transaction
from runlore.record.engine import Row
from runlore.record.events import append
from runlore.record.principals import authors_side, get_principal, is_active
from runlore.record.proposals import get_proposal, set_state

_SELECT: Final = (
    "SELECT reviewer, digest, base, accepted, comment, decided, expires, consumed, position FROM reviews"
    " WHERE company = :company AND proposal = :proposal"
)


def create_review(
    tx: Transaction, proposal: Proposal, reviewer: Principal, accepted: bool, comment: str, now: int, expires: int
) -> Review:
    """Keep the decision of a person on a proposal as it was shown to them; a rejection ends the proposal.

    Raises NotAllowed for a principal who is no human, lacks the scope, is expired or stands on the author's side; Conflict where the proposal is
    not what was shown, or is decided or expired; StaleBase where an accepted one's document has moved on.
    """
    there = check_reviewable(tx, proposal, now)
    check_reviewer(tx, there, reviewer, now)
    if accepted:
        check_base(tx, there)
    review = insert_review(tx, there, reviewer, accepted, comment, now, expires)
    set_state(tx, there.company, there.number, "accepted" if accepted else "rejected", now)
    kind = "review-accepted" if accepted else "review-rejected"
    body = {"digest": there.digest, "base": there.base, "position": review.position, "document": there.document}
    append(tx, there.company, reviewer.id, kind, f"proposal {there.number}", body, now)
    return review


def check_reviewable(tx: Transaction, shown: Proposal, now: int) -> Proposal:
    """Give a proposal as the record holds it; raises Conflict unless it is what was shown, undecided and in time."""
    there = get_proposal(tx, shown.company, shown.number)
    if there.digest != shown.digest or there.base != shown.base or there.document != shown.document:
        raise Conflict(f"Proposal {shown.number} is not what was shown. Look at it again.")
    if there.state not in ("open", "accepted"):
        raise Conflict(f"Proposal {there.number} is {there.state} already.")
    if 0 < there.expires <= now:
        raise Conflict(f"Proposal {there.number} has expired. Propose it again.")
    return there


def check_reviewer(tx: Transaction, proposal: Proposal, reviewer: Principal, now: int) -> None:
    """Raise NotAllowed unless a principal may review a proposal: an active human with the scope, not on the author's side."""
    known = get_principal(tx, proposal.company, reviewer.id)
    if reviewer.company != proposal.company or not is_active(known, now):
        raise NotAllowed(reviewer.name, "review", "the credential is of another company, expired or revoked.")
    if known.kind != "human":
        raise NotAllowed(
            known.name, "review", f"reviews are for people, and this is a principal of class {known.kind}."
        )
    if not known.may("review"):
        raise NotAllowed(
            known.name, "review", "the scope `review` is missing; an owner can create a principal that has it."
        )
    if known.id in authors_side(tx, proposal.company, proposal.authors):
        raise NotAllowed(
            known.name,
            f"review proposal {proposal.number}",
            "it comes from the same side. Somebody else has to look at it.",
        )


def check_base(tx: Transaction, proposal: Proposal) -> int:
    """Raise StaleBase unless the document still stands where the proposal was written against; gives how many revisions it has."""
    row = tx.one(
        "SELECT head, revisions FROM documents WHERE company = :company AND id = :id",
        company=proposal.company,
        id=proposal.document,
    )
    head = str(row[0]) if row else ""
    if head != proposal.base:
        raise StaleBase(proposal.document, proposal.base, head)
    return int(row[1]) if row else 0


def insert_review(
    tx: Transaction, proposal: Proposal, reviewer: Principal, accepted: bool, comment: str, now: int, expires: int
) -> Review:
    """Insert a review that was checked; part of a review or of a publication of one's own, and of nothing else."""
    last = tx.one(
        "SELECT max(position) FROM reviews WHERE company = :company AND proposal = :proposal",
        company=proposal.company,
        proposal=proposal.number,
    )
    position = ((last[0] if last else 0) or 0) + 1
    review = Review(
        proposal.company, proposal.number, reviewer.id, proposal.digest, proposal.base, accepted, comment, now, expires, 0, position
    )  # fmt: skip
    tx.run(
        "INSERT INTO reviews (company, proposal, position, reviewer, digest, base, accepted, comment, decided, expires, consumed)"
        " VALUES (:company, :proposal, :position, :reviewer, :digest, :base, :accepted, :comment, :decided, :expires, 0)",
        company=review.company,
        proposal=review.proposal,
        position=position,
        reviewer=review.reviewer,
        digest=review.digest,
        base=review.base,
        accepted=accepted,
        comment=comment,
        decided=now,
        expires=expires,
    )
    return review


def list_reviews(tx: Transaction, company: str, proposal: int) -> tuple[Review, ...]:
    """List the reviews of a proposal, the oldest first."""
    rows = tx.all(_SELECT + " ORDER BY position", company=company, proposal=proposal)
    return tuple(_review(company, proposal, row) for row in rows)


def find_usable(tx: Transaction, proposal: Proposal, now: int) -> Review | None:
    """Find the newest review that lets a proposal be published: accepted, over exactly its bytes and base, unexpired and unused."""
    row = tx.one(
        _SELECT
        + " AND accepted = 1 AND consumed = 0 AND digest = :digest AND base = :base AND (expires = 0 OR expires > :now)"
        " ORDER BY position DESC LIMIT 1",
        company=proposal.company,
        proposal=proposal.number,
        digest=proposal.digest,
        base=proposal.base,
        now=now,
    )
    return _review(proposal.company, proposal.number, row) if row else None


def _review(company: str, proposal: int, row: Row) -> Review:
    reviewer, digest, base, accepted, comment, decided, expires, consumed, position = row
    return Review(
        company, proposal, reviewer, digest, base, bool(accepted), comment, decided, expires, consumed, position
    )  # fmt: skip
