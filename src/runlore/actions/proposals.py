"""Proposals: which are open, which one a person means, and taking one back."""

from __future__ import annotations

import re
from collections.abc import Sequence

from runlore.actions.caller import Caller
from runlore.errors import AmbiguousName, Conflict, NoSuchName, NotAllowed
from runlore.model.library import Proposal
from runlore.record.database import Transaction
from runlore.record.documents import find_document
from runlore.record.principals import authors_side
from runlore.record.proposals import close_proposal, expire_proposals, get_proposal, list_proposals

_NUMBER = re.compile(r"#?(\d{1,12})\Z")


def list_open(caller: Caller, *, every: bool = False, group: str = "") -> tuple[Proposal, ...]:
    """List proposals in the order in which they were made: the open ones, or all. What has expired is closed first."""
    caller.require("read", "read proposals")
    if caller.principal.may("propose"):
        _expire(caller)
    with caller.record.read() as tx:
        found = list_proposals(tx, caller.company) if every else list_proposals(tx, caller.company, state="open")
    return tuple(p for p in found if not group or p.group == group)


def find_stale(caller: Caller, proposals: Sequence[Proposal]) -> frozenset[int]:
    """Find the numbers of open proposals whose document has moved on since they were written."""
    stale = set()
    with caller.record.read() as tx:
        for proposal in proposals:
            document = find_document(tx, caller.company, proposal.document) if proposal.state == "open" else None
            if document is not None and document.head != proposal.base:
                stale.add(proposal.number)
    return frozenset(stale)


def _expire(caller: Caller) -> None:
    with caller.record.read() as tx:
        late = any(p.expires <= caller.now for p in list_proposals(tx, caller.company, state="open"))
    if late:
        with caller.record.write(caller.company) as tx:
            expire_proposals(tx, caller.company, caller.now)


def choose_proposals(caller: Caller, names: Sequence[str], group: str = "") -> tuple[Proposal, ...]:
    """Choose open proposals by number (``12`` or ``#12``), by their document's id or bare name, or all of a group; each once.

    Raises NoSuchName, AmbiguousName, and Conflict for a number that is not open.
    """
    there = list_open(caller)
    chosen: dict[int, Proposal] = {p.number: p for p in there if group and p.group == group}
    if group and not chosen:
        raise NoSuchName("group of open proposals", group, tuple(sorted({p.group for p in there if p.group}))[:3])
    for name in names:
        for proposal in _choose(caller, there, name):
            chosen[proposal.number] = proposal
    return tuple(chosen[number] for number in sorted(chosen))


def _choose(caller: Caller, there: Sequence[Proposal], name: str) -> tuple[Proposal, ...]:
    if found := _NUMBER.match(name):
        with caller.record.read() as tx:
            proposal = get_proposal(tx, caller.company, int(found[1]))
        if proposal.state != "open":
            raise Conflict(f"Proposal {proposal.number} ({proposal.document}) is {proposal.state}, not open.")
        return (proposal,)
    meant = [p for p in there if is_called(p.document, name)]
    documents = tuple(sorted({p.document for p in meant}))
    if len(documents) > 1 and name not in documents:
        raise AmbiguousName("proposed document", name, documents)
    if not meant:
        raise NoSuchName("open proposal", name, tuple(p.document for p in there if name in p.document)[:3])
    return tuple(p for p in meant if name not in documents or p.document == name)


def is_called(document: str, name: str) -> bool:
    """Say whether a document goes by a name: its id, its id without the team, or its bare name."""
    below = document.rpartition(":")[2]
    return name in (document, below, below.partition("/")[2])


def withdraw(caller: Caller, number: int) -> Proposal:
    """Take an open proposal back: whoever stands on its author's side may, and an owner. Raises NotAllowed, Conflict."""
    with caller.record.write(caller.company) as tx:
        proposal = get_proposal(tx, caller.company, number)
        if not _may_withdraw(tx, caller, proposal):
            raise NotAllowed(
                caller.principal.name,
                f"withdraw proposal {number}",
                "it is another's. Reject it with `runlore review` instead.",
            )
        if proposal.state != "open":
            raise Conflict(f"Proposal {number} ({proposal.document}) is {proposal.state}, not open.")
        close_proposal(tx, caller.company, number, "withdrawn", caller.principal.id, caller.now)
        return get_proposal(tx, caller.company, number)


def _may_withdraw(tx: Transaction, caller: Caller, proposal: Proposal) -> bool:
    own = caller.principal.id in authors_side(tx, caller.company, proposal.authors)
    return own or (caller.principal.kind == "human" and caller.principal.may("own"))
