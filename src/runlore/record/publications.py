"""Publications: a reviewed proposal becomes the approved revision, in one transaction with everything that belongs to it.

The review is used up, the revision inserted, the head moved, the links replaced, the event appended, and a row of the outbox promises that the library folder will follow.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from runlore.errors import Conflict, NotAllowed
from runlore.model.document import Link, Recognised
from runlore.model.library import Principal, Proposal, Publication, Review, Revision
from runlore.record.database import Transaction
from runlore.record.documents import make_document, put_document
from runlore.record.engine import Row
from runlore.record.events import append
from runlore.record.principals import authors_side, get_principal, is_active, works_alone
from runlore.record.proposals import set_state
from runlore.record.reviews import check_base, check_reviewable, check_reviewer, find_usable, insert_review
from runlore.record.revisions import revision_hash

_SELECT: Final = (
    "SELECT number, document, revision, at, git_commit, proposal, event FROM publications WHERE company = :company AND "
)


def publish(
    tx: Transaction,
    company: str,
    proposal: Proposal,
    by: Principal,
    recognised: Recognised,
    links: Sequence[Link],
    now: int,
    self_published: bool = False,
) -> Revision:
    """Publish a proposal exactly as it was shown and reviewed. All of it holds when the caller's transaction ends, or nothing.

    ``self_published``: a human owner who works alone publishes what stands on their own side; it is logged as such.
    Raises NotAllowed, Conflict (no usable review; not what was shown; decided or expired), StaleBase.
    """
    there = check_reviewable(tx, proposal, now)
    if there.company != company or by.company != company:
        raise NotAllowed(by.name, "publish", "the proposal or the credential is of another company.")
    number = check_base(tx, there) + 1
    review = _review_of_own(tx, there, by, now) if self_published else _get_review(tx, there, by, now)
    revision = _insert_revision(tx, there, number, review, recognised, self_published, now)
    tx.run(
        "UPDATE reviews SET consumed = :now WHERE company = :company AND proposal = :proposal AND position = :position",
        company=company,
        proposal=there.number,
        position=review.position,
        now=now,
    )
    set_state(tx, company, there.number, "published", now)
    put_document(tx, revision, recognised, links, there.retires)
    body = {
        "revision": revision.hash,
        "number": revision.number,
        "parent": revision.parent,
        "proposal": there.number,
        "digest": there.digest,
        "authors": list(there.authors),
        "reviewer": review.reviewer,
        "retires": there.retires,
    }
    event = append(tx, company, by.id, "self-published" if self_published else "published", there.document, body, now)
    _insert_publication(tx, revision, review, event.seq)
    return revision


def _get_review(tx: Transaction, proposal: Proposal, by: Principal, now: int) -> Review:
    """Give the review that a publication uses up; who reviewed must still be allowed to."""
    review = find_usable(tx, proposal, now)
    if review is None:
        raise Conflict(
            f"Proposal {proposal.number} has no valid review: it has to be accepted, over exactly these bytes, and not long ago."
        )
    check_reviewer(tx, proposal, get_principal(tx, proposal.company, review.reviewer), now)
    publisher = get_principal(tx, proposal.company, by.id)
    if (
        publisher.kind != "human"
        or not is_active(publisher, now)
        or not (publisher.may("publish") or publisher.id == review.reviewer)
    ):
        raise NotAllowed(
            by.name, "publish", "only its reviewer, or a person with the scope `publish`, publishes what was reviewed."
        )
    return review


def _review_of_own(tx: Transaction, proposal: Proposal, by: Principal, now: int) -> Review:
    """Insert the review by which an owner who works alone answers for what stands on their own side."""
    owner = get_principal(tx, proposal.company, by.id)
    if owner.kind != "human" or "own" not in owner.scopes or not is_active(owner, now):
        raise NotAllowed(by.name, "publish without a review", "only a human owner may, and only while working alone.")
    if not works_alone(tx, proposal.company, owner.id, now):
        raise NotAllowed(
            by.name,
            "publish without a review",
            "there is somebody else who can review it: ask them for `runlore review`.",
        )
    if owner.id not in authors_side(tx, proposal.company, proposal.authors):
        raise NotAllowed(by.name, "publish without a review", "the proposal comes from another side: review it.")
    return insert_review(tx, proposal, owner, True, "", now, 0)


def _insert_revision(
    tx: Transaction,
    proposal: Proposal,
    number: int,
    review: Review,
    recognised: Recognised,
    self_published: bool,
    now: int,
) -> Revision:
    company, document = proposal.company, proposal.document
    if number == 1:
        make_document(tx, company, document, now)
    hash = revision_hash(document, proposal.base, proposal.format, proposal.main, proposal.files)
    revision = Revision(
        company, hash, document, number, proposal.base, proposal.format, proposal.main, proposal.files, recognised.title,
        recognised.description, proposal.authors[0], review.reviewer, proposal.number, proposal.reason, now, self_published,
    )  # fmt: skip
    tx.run(
        "INSERT INTO revisions (company, hash, document, number, parent, format, main, title, description, author, reviewer, proposal, reason,"
        " published, self_published) VALUES (:company, :hash, :document, :number, :parent, :format, :main, :title, :description, :author,"
        " :reviewer, :proposal, :reason, :published, :self_published)",
        company=company,
        hash=hash,
        document=document,
        number=number,
        parent=revision.parent,
        format=revision.format,
        main=revision.main,
        title=revision.title,
        description=revision.description,
        author=revision.author,
        reviewer=revision.reviewer,
        proposal=revision.proposal,
        reason=revision.reason,
        published=now,
        self_published=self_published,
    )
    tx.run(
        "INSERT INTO revision_files (company, revision, path, hash, size, executable)"
        " SELECT company, :revision, path, hash, size, executable FROM proposal_files WHERE company = :company AND proposal = :proposal",
        company=company,
        revision=hash,
        proposal=proposal.number,
    )
    return revision


def _insert_publication(tx: Transaction, revision: Revision, review: Review, event: int) -> None:
    number = tx.next(
        f"publications of {revision.company}",
        lambda: tx.one("SELECT max(number) FROM publications WHERE company = :company", company=revision.company),
    )
    tx.run(
        "INSERT INTO publications (company, number, document, revision, proposal, review, event, at, git_commit)"
        " VALUES (:company, :number, :document, :revision, :proposal, :review, :event, :at, '')",
        company=revision.company,
        number=number,
        document=revision.document,
        revision=revision.hash,
        proposal=revision.proposal,
        review=review.position,
        event=event,
        at=revision.published,
    )


def list_outbox(tx: Transaction, company: str, pending: bool = True) -> tuple[Publication, ...]:
    """List the publications that the library folder does not show yet, in order; with ``pending=False`` all of them."""
    condition = "git_commit = '' ORDER BY number" if pending else "number > 0 ORDER BY number"
    return tuple(_publication(company, row) for row in tx.all(_SELECT + condition, company=company))


def list_publications(tx: Transaction, company: str, after: int = 0) -> tuple[Publication, ...]:
    """List the publications after a number, in order: what an index has to catch up with."""
    rows = tx.all(_SELECT + "number > :after ORDER BY number", company=company, after=after)
    return tuple(_publication(company, row) for row in rows)


def mark_projected(tx: Transaction, company: str, number: int, commit: str) -> None:
    """Note the commit in which the library folder shows a publication."""
    tx.run(
        "UPDATE publications SET git_commit = :git_commit WHERE company = :company AND number = :number",
        company=company,
        number=number,
        git_commit=commit,
    )


def _publication(company: str, row: Row) -> Publication:
    number, document, revision, at, git_commit, proposal, event = row
    return Publication(company, number, document, revision, at, git_commit, proposal, event)
