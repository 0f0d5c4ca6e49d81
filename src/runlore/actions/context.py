"""Context: what a worker gets for an issue or a request: the pack that was pinned, or one put together now."""

from __future__ import annotations

from dataclasses import dataclass

from runlore.actions.caller import Caller
from runlore.actions.candidates import NAMED_SHARE
from runlore.actions.compose import BUDGET, compose
from runlore.actions.issues import find_by_reference, read_pack, request_of
from runlore.actions.shelved import choose_teams
from runlore.context.packing.pack import pack
from runlore.context.trackers.fields import issue_fields
from runlore.errors import UsageError
from runlore.model.issue import Issue
from runlore.model.library import Assignment, Document
from runlore.model.pack import Candidate, ContextPack, PackRequest, PackText
from runlore.record.assignments import find_current
from runlore.record.database import Transaction
from runlore.record.documents import find_document
from runlore.record.principals import get_principal
from runlore.runbooks.tokens import count


@dataclass(frozen=True, slots=True)
class Context:
    """What a worker gets: the pack; and, where it was pinned with an assignment, whose it is and which of its documents have moved on since."""

    pack: ContextPack
    issue: Issue | None = None
    assignment: Assignment | None = None
    worker: str = ""
    moved: tuple[str, ...] = ()


def get_context(caller: Caller, words: str, *, budget: int = 0, fresh: bool = False, team: str = "") -> Context:
    """Give the context of an issue (its number, URL or key elsewhere) or of a request in free words.

    An issue that is assigned has the pack that was pinned, made smaller where ``budget`` is; ``fresh`` puts it together anew.
    Raises NotAllowed, NoSuchName, BudgetTooSmall, UsageError for no words.
    """
    caller.require("read", "read the library")
    if not words.strip():
        raise UsageError(
            'Say for what: an issue\'s number, or a request in words, as in `runlore context "cancel an order"`.'
        )
    with caller.record.read() as tx:
        teams = choose_teams(tx, caller.company, team, caller.principal.teams)
        issue = find_by_reference(tx, caller.company, words)
        assignment = find_current(tx, caller.company, issue.number) if issue else None
        if issue and assignment and not fresh:
            pinned = read_pack(tx, assignment)
            worker = get_principal(tx, caller.company, assignment.worker).name
            moved = _list_moved(tx, caller.company, pinned)
            return Context(
                repack(pinned, budget) if 0 < budget < pinned.tokens else pinned, issue, assignment, worker, moved
            )
    title, _, body = words.strip().partition("\n")
    request = request_of(issue) if issue else PackRequest("request", title, body, fields=issue_fields(title, body))
    return Context(compose(caller, request, budget=budget or BUDGET, teams=teams), issue)


def repack(pinned: ContextPack, budget: int) -> ContextPack:
    """Give a pinned pack under a smaller budget: the same revisions, shown shorter or left out."""
    candidates = [
        Candidate(
            item.kind,
            item.section,
            item.document,
            item.title,
            (PackText(item.form, item.text),) if item.form != "reference" else (),
            item.why,
            item.revision,
            item.number,
            1.0 if item.kind == "runbook" else NAMED_SHARE,
            item.note,
        )
        for item in pinned.items
    ]
    return pack(
        pinned.request,
        candidates,
        budget=budget,
        count=count,
        given=pinned.given,
        missing=pinned.missing,
        passed_over=pinned.left_out,
    )


def _list_moved(tx: Transaction, company: str, pinned: ContextPack) -> tuple[str, ...]:
    """Name the documents of a pack whose approved revision is another one by now, or that are out of use."""
    heads = {item.document: find_document(tx, company, item.document) for item in pinned.items if item.revision}
    return tuple(
        sorted(
            {
                item.document
                for item in pinned.items
                if item.revision and not _stands(heads[item.document], item.revision)
            }
        )
    )


def _stands(document: Document | None, revision: str) -> bool:
    return document is not None and document.head == revision and not document.retired
