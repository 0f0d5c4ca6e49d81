"""Review: decide on exactly the bytes of proposals; what is accepted is published in the same transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from runlore.actions.caller import REVIEWED_FOR, Caller, show_published
from runlore.actions.publish import Planned, publish_proposal
from runlore.actions.redact import open_redactor, redact_words
from runlore.errors import Conflict
from runlore.model import Problem
from runlore.model.library import Proposal, Revision
from runlore.record.proposals import get_proposal
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
            if accept:
                revisions.append(
                    publish_proposal(tx, caller, proposal, item.recognised, self_published=False, comment=said)
                )
                continue
            create_review(tx, proposal, caller.principal, False, said, caller.now, caller.now + REVIEWED_FOR)
            rejected.append(proposal)
    shown = show_published(caller) if revisions else ()
    return Reviewed(tuple(revisions), tuple(rejected), (*problems, *shown))
