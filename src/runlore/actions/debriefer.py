"""Who writes what follows from debriefs: a service of the record's own, which proposes and nothing else; and what an owner lets publish itself."""

from __future__ import annotations

from typing import Final

from runlore.actions.caller import REVIEWED_FOR, Caller
from runlore.actions.offer import recognise_document
from runlore.errors import NotAllowed
from runlore.model.library import Principal, Proposal
from runlore.record.blobs import get_bundle
from runlore.record.database import Transaction
from runlore.record.events import append
from runlore.record.policies import allow_class, find_policy, stop_class
from runlore.record.principals import create_principal, find_principal, get_principal
from runlore.record.publications import publish
from runlore.record.reviews import create_review

NAME: Final = "debrief"


def get_debriefer(tx: Transaction, company: str, by: str, now: int) -> Principal:
    """Give the service that writes revisions out of findings; it is made when first needed, and no credential leads to it."""
    found = find_principal(tx, company, NAME)
    if found is not None:
        return found
    return create_principal(
        tx, Principal(company, f"{NAME}-service", NAME, "service", ("read", "propose"), created=now), by
    )


def publish_by_policy(tx: Transaction, caller: Caller, proposal: Proposal, owner: str) -> bool:
    """Publish a proposal in the name of the owner who allowed its class, where that owner may review it; says whether it was."""
    reviewer = get_principal(tx, caller.company, owner)
    try:
        create_review(
            tx, proposal, reviewer, True, "allowed by policy: counters", caller.now, caller.now + REVIEWED_FOR
        )
    except NotAllowed:
        return False
    said = recognise_document(proposal.document, get_bundle(tx, caller.company, proposal))
    publish(tx, caller.company, proposal, reviewer, said, said.links, caller.now)
    body = {"policy": "counters", "triggered_by": caller.principal.id}
    append(tx, caller.company, owner, "published-by-policy", proposal.document, body, caller.now)
    return True


def change_policy(caller: Caller, name: str, *, allowed: bool) -> bool:
    """Let a class of change publish itself, or stop it; says whether it is on now. Raises NotAllowed for everyone but an owner."""
    caller.require_owner("change what publishes itself")
    with caller.record.write(caller.company) as tx:
        if allowed:
            allow_class(tx, caller.company, name, caller.principal.id, caller.now)
        else:
            stop_class(tx, caller.company, name, caller.principal.id, caller.now)
        return find_policy(tx, caller.company, name) is not None
