"""Propose: offer a text against the approved revision of its document. Whoever may, an agent too; it serves nobody before a person accepts it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from runlore.actions.caller import PROPOSED_FOR, Caller
from runlore.actions.import_documents import ImportRequest, check_place, read_offers
from runlore.actions.offer import Candidate, Offer, check_together, make_offer, place_of
from runlore.actions.read import resolve
from runlore.actions.redact import open_redactor, redact_words
from runlore.errors import Conflict, UsageError
from runlore.model import Problem
from runlore.model.document import Bundle
from runlore.model.library import Origin, Proposal
from runlore.record.blobs import get_bundle
from runlore.record.database import Transaction
from runlore.record.proposals import create_proposal
from runlore.record.revisions import find_head, get_head
from runlore.runbooks.formats.places import is_name

LONGEST_REASON = 2000


@dataclass(frozen=True, slots=True)
class Proposed:
    """What was offered: proposals, the ids of documents that stand like this already, and what is to be said of them."""

    proposals: tuple[Proposal, ...]
    unchanged: tuple[str, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class ProposeRequest:
    """Why something is offered, under which name together with others, and where it is put (empty: as the file says)."""

    reason: str
    group: str = ""
    shelf: str = ""
    team: str = ""


def propose_path(caller: Caller, path: Path, request: ProposeRequest) -> Proposed:
    """Propose the documents that stand at a path. Raises NotAllowed, UsageError, NothingToRead."""
    caller.require("propose", "propose documents")
    with caller.record.read() as tx:
        teams = check_place(tx, caller.company, request.shelf, request.team)
    problems: list[Problem] = []
    wanted = ImportRequest((path,), request.shelf, request.team)
    offers = tuple(read_offers(caller, wanted, teams, problems))
    done = _propose(caller, offers, request)
    return Proposed(done.proposals, done.unchanged, (*problems, *done.problems))


def propose_bundle(caller: Caller, document: str, bundle: Bundle, request: ProposeRequest) -> Proposed:
    """Propose the files of one document under its id: what a program offers. Raises NotAllowed, Conflict for an id that no document has."""
    caller.require("propose", "propose documents")
    return _propose(
        caller, (make_offer(open_redactor(caller.settings), document, bundle, place_of(document, bundle)),), request
    )


def _propose(caller: Caller, offers: tuple[Offer, ...], request: ProposeRequest) -> Proposed:
    check_group(request.group)
    reason, problems = say_why(caller, request.reason)
    proposals: list[Proposal] = []
    unchanged: list[str] = []
    with caller.record.write(caller.company) as tx:
        checked = check_together(
            tx, caller.company, [Candidate(o.document, o.bundle, o.recognised) for o in offers], caller.now
        )
        for offer in offers:
            head = find_head(tx, caller.company, offer.document)
            if head is not None and get_bundle(tx, caller.company, head) == offer.bundle:
                unchanged.append(offer.document)
                continue
            proposals.append(_create(tx, caller, offer, head.hash if head else "", reason, request.group))
    found = (*(p for o in offers for p in o.problems), *(p for o in offers for p in checked[o.document]))
    return Proposed(tuple(proposals), tuple(unchanged), (*problems, *found))


def _create(tx: Transaction, caller: Caller, offer: Offer, base: str, reason: str, group: str) -> Proposal:
    origin: Origin = "person" if caller.principal.kind == "human" else "agent"
    return create_proposal(
        tx, caller.company, offer.document, base, offer.bundle, (caller.principal.id,), reason, origin,
        caller.now, caller.now + PROPOSED_FOR, group=group,
    )  # fmt: skip


def propose_retirement(caller: Caller, name: str, request: ProposeRequest) -> Proposal:
    """Propose to take a document out of use; its history stays. Raises NotAllowed, NoSuchName, Conflict where it is out of use already."""
    caller.require("propose", "propose to retire documents")
    check_group(request.group)
    reason, _ = say_why(caller, request.reason)
    with caller.record.write(caller.company) as tx:
        document = resolve(tx, caller, name)
        if document.retired:
            raise Conflict(f"{document.id} is out of use already.")
        head = get_head(tx, caller.company, document.id)
        return create_proposal(
            tx, caller.company, document.id, head.hash, get_bundle(tx, caller.company, head), (caller.principal.id,), reason,
            "person" if caller.principal.kind == "human" else "agent", caller.now, caller.now + PROPOSED_FOR,
            group=request.group, retires=True,
        )  # fmt: skip


def check_group(group: str) -> None:
    """Raise UsageError unless a text can name what is reviewed together; empty for nothing."""
    if group and not is_name(group):
        raise UsageError(
            f"{group!r} is no name of a group: use a–z, 0–9 and single hyphens, at most 64 characters, as in `spring-prices`."
        )


def say_why(caller: Caller, reason: str) -> tuple[str, tuple[Problem, ...]]:
    """Give a reason as it may be stored: one line, redacted, not empty; raises UsageError."""
    line = " ".join(reason.split())
    if not line:
        raise UsageError('Say why, in a sentence: --reason "…".')
    if len(line) > LONGEST_REASON:
        raise UsageError(
            f"The reason has {len(line):,} characters, more than {LONGEST_REASON:,}: the text itself belongs in the document."
        )
    return redact_words(open_redactor(caller.settings), line, "the reason")
