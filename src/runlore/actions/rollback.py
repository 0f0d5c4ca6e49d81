"""Rollback: propose an earlier revision of a document as its next one. What was published in between stays in its history."""

from __future__ import annotations

from runlore.actions.caller import PROPOSED_FOR, Caller
from runlore.actions.propose import say_why
from runlore.actions.read import get_named_revision, resolve
from runlore.errors import Conflict
from runlore.model.library import Proposal
from runlore.record.blobs import get_bundle
from runlore.record.proposals import create_proposal
from runlore.record.revisions import get_head


def rollback(caller: Caller, name: str, to: str, reason: str = "") -> Proposal:
    """Propose the files of an earlier revision, by its number or hash, against the approved one. Raises NoSuchName, Conflict where they are the same."""
    caller.require("propose", "propose a rollback")
    why, _ = say_why(caller, reason or f"Back to revision {to}")
    with caller.record.write(caller.company) as tx:
        document = resolve(tx, caller, name)
        head = get_head(tx, caller.company, document.id)
        wanted = get_named_revision(tx, caller.company, document.id, to)
        if wanted.hash == head.hash and not document.retired:
            raise Conflict(f"Revision {wanted.number} of {document.id} is the approved one already.")
        bundle = get_bundle(tx, caller.company, wanted)
        if bundle == get_bundle(tx, caller.company, head) and not document.retired:
            raise Conflict(f"Revision {wanted.number} of {document.id} has the same files as the approved one.")
        return create_proposal(
            tx, caller.company, document.id, head.hash, bundle, (caller.principal.id,),
            why, "rollback", caller.now, caller.now + PROPOSED_FOR,
        )  # fmt: skip
