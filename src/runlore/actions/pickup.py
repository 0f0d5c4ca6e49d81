"""Pick up: what somebody edited in the library folder becomes a proposal of theirs, and the folder shows what is approved again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from runlore.actions.caller import PROPOSED_FOR, Caller
from runlore.actions.offer import list_errors
from runlore.actions.proposals import is_called
from runlore.actions.propose import ProposeRequest, check_group, say_why
from runlore.actions.redact import open_redactor, redact_bundle
from runlore.errors import Conflict, NoSuchName
from runlore.library.edits import Edit, HandEdits
from runlore.library.pickup import find_edits, settle
from runlore.model import Problem
from runlore.model.library import Proposal
from runlore.record.blobs import get_bundle
from runlore.record.database import Transaction
from runlore.record.proposals import create_proposal
from runlore.record.revisions import get_revision
from runlore.redaction import Redactor

_REASONS = {
    "added": "Added in the library folder",
    "changed": "Edited in the library folder",
    "removed": "Removed from the library folder",
}


@dataclass(frozen=True, slots=True)
class PickedUp:
    """What was taken up: the proposals, and what could not be and stays in the folder as it is."""

    proposals: tuple[Proposal, ...] = ()
    problems: tuple[Problem, ...] = ()


def pick_up(caller: Caller, request: ProposeRequest | None = None, *, only: str = "") -> PickedUp:
    """Take up the hand edits of the library folder as proposals of the person who calls; those of one document, where ``only`` names it.

    An agent takes up nothing: whoever keeps the folder does. ``request`` says why and with what they belong together.
    """
    if not _keeps_folder(caller):
        return PickedUp()
    found = find_edits(caller.record, caller.company, caller.folder)
    edits = [edit for edit in found.edits if not only or is_called(edit.document, only)]
    return _take(caller, edits, () if only else found.problems, request)


def take_edits(caller: Caller, found: HandEdits) -> PickedUp:
    """Take up edits that were found elsewhere than in the folder, as proposals of the person who calls."""
    return _take(caller, found.edits, found.problems, None)


def _take(
    caller: Caller, edits: Iterable[Edit], problems: Iterable[Problem], request: ProposeRequest | None
) -> PickedUp:
    check_group(request.group if request else "")
    why, said = say_why(caller, request.reason) if request else ("", ())
    redactor = open_redactor(caller.settings)
    proposals: list[Proposal] = []
    told = [*problems, *said]
    taken: list[Edit] = []
    chosen = tuple(edits)
    if not chosen:
        return PickedUp((), tuple(told))
    with caller.record.write(caller.company) as tx:
        for edit in chosen:
            outcome = _propose(tx, caller, edit, redactor, why or _REASONS[edit.kind], request.group if request else "")
            told += outcome.problems
            proposals += outcome.proposals
            if outcome.proposals:
                taken.append(edit)
    settle(caller.record, caller.company, caller.folder, tuple(taken))
    return PickedUp(tuple(proposals), tuple(told))


def _propose(tx: Transaction, caller: Caller, edit: Edit, redactor: Redactor, reason: str, group: str) -> PickedUp:
    """Propose one edit. Where something of it cannot be kept, none of it is, and it stays in the folder."""
    offered = edit.bundle or get_bundle(tx, caller.company, get_revision(tx, caller.company, edit.base))
    bundle, problems = redact_bundle(redactor, offered, edit.document)
    if list_errors(problems):
        return PickedUp((), problems)
    try:
        proposal = create_proposal(
            tx, caller.company, edit.document, edit.base, bundle, (caller.principal.id,), reason, "hand-edit",
            caller.now, caller.now + PROPOSED_FOR, group=group, retires=edit.bundle is None,
        )  # fmt: skip
    except (Conflict, NoSuchName) as error:
        message = f"The edit of {edit.document} was not taken up and stays in the folder: {error}"
        return PickedUp((), (*problems, Problem(edit.document, 0, "edit-not-taken", message)))
    return PickedUp((proposal,), problems)


def count_edits(caller: Caller) -> int:
    """Count the documents that stand edited in the library folder; nothing is taken up."""
    return len(find_edits(caller.record, caller.company, caller.folder).edits) if _keeps_folder(caller) else 0


def _keeps_folder(caller: Caller) -> bool:
    return caller.principal.kind == "human" and caller.principal.may("propose") and caller.folder.is_dir()
