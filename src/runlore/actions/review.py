"""Review: decide on exactly the bytes of proposals; what is accepted is published in the same transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from runlore.actions.caller import REVIEWED_FOR, Caller, show_published
from runlore.actions.publish import Planned, publish_proposal
from runlore.actions.redact import open_redactor, redact_words
from runlore.errors import Conflict, NotAllowed
from runlore.model import Problem
from runlore.model.library import Proposal, Revision
from runlore.record.database import Transaction
from runlore.record.principals import works_alone
from runlore.record.proposals import close_proposal, get_proposal
from runlore.record.reviews import create_review


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What came of a review: the revisions that were published, or the proposals that were rejected."""

    revisions: tuple[Revision, ...] = ()
    rejected: tuple[Proposal, ...] = ()
    problems: tuple[Problem, ...] = ()


def review(caller: Caller, planned: Sequence[Planned], *, accept: bool, comment: str = "") -> Reviewed:
    """Accept or reject proposals together, all of them or none, as they were planned and shown.

    Raises NotAllowed for whoever is no human, may not review, or stands on the author's side of one of them; Conflict where one is not
    what was shown any more, or may not be published as it stands; StaleBase where its document has moved on.
    """
    caller.require("review", "review proposals")
    said, problems = redact_words(open_redactor(caller.settings), comment, "the comment")
    if accept:
        refused = [p for p in planned if p.refused]
        if refused:
            raise Conflict(
                f"Nothing was accepted: proposal {refused[0].proposal.number} ({refused[0].proposal.document}) may not be published as it stands. Reject it, or have it mended."
            )
    revisions: list[Revision] = []
    rejected: list[Proposal] = []
    with caller.record.write(caller.company) as tx:
        for item in planned:
            proposal = get_proposal(tx, caller.company, item.proposal.number)
            if proposal.digest != item.proposal.digest or proposal.state != "open":
                raise Conflict(f"Proposal {proposal.number} is not what was shown any more. Look at it again.")
            own = item.self_published and _answers_for_agents(tx, caller, proposal)
            if accept:
                revisions.append(
                    publish_proposal(tx, caller, proposal, item.recognised, self_published=own, comment=said)
                )
            else:
                _reject(tx, caller, proposal, said, own=own)
                rejected.append(proposal)
    shown = show_published(caller) if revisions else ()
    return Reviewed(tuple(revisions), tuple(rejected), (*problems, *shown))


def _answers_for_agents(tx: Transaction, caller: Caller, proposal: Proposal) -> bool:
    """Say whether an owner who works alone decides on what their agents wrote; on what they wrote themselves nobody decides in a review.

    Raises NotAllowed for the latter. Where somebody else can review, the record refuses whoever stands on the author's side.
    """
    if not works_alone(tx, caller.company, caller.principal.id, caller.now):
        return False
    if caller.principal.id in proposal.authors:
        raise NotAllowed(
            caller.principal.name,
            f"review proposal {proposal.number}",
            f"it is your own. Working alone you may publish it, which is logged as such: `runlore publish {proposal.number}`; or take it back: `runlore proposal withdraw {proposal.number}`.",
        )
    return True


def _reject(tx: Transaction, caller: Caller, proposal: Proposal, comment: str, *, own: bool) -> None:
    if own:
        close_proposal(tx, caller.company, proposal.number, "rejected", caller.principal.id, caller.now)
    else:
        create_review(tx, proposal, caller.principal, False, comment, caller.now, caller.now + REVIEWED_FOR)
