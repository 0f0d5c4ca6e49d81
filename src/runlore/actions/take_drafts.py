"""Take drafts: mined runbooks and facts become proposals, and the requests that their workflows served are kept beside them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from runlore.actions.caller import PROPOSED_FOR, Caller
from runlore.actions.mine import undismissed
from runlore.actions.offer import Offer, make_offer
from runlore.actions.redact import open_redactor
from runlore.corpus import drafts
from runlore.corpus.findings import Findings, find_findings
from runlore.library.merging import merge_bundles
from runlore.model import Fact, Problem, Workflow
from runlore.model.document import Bundle, FileContent
from runlore.model.library import Origin, Proposal, render_document_id
from runlore.record.blobs import get_blob, get_bundle, put_blob
from runlore.record.database import Transaction
from runlore.record.documents import find_document
from runlore.record.principals import get_principal
from runlore.record.proposals import close_proposal, create_proposal, list_proposals
from runlore.record.requests import add_request
from runlore.record.revisions import get_revision
from runlore.runbooks.formats.places import name_of
from runlore.runbooks.knowledge import write_pages

MINER = "miner"
"""The name of the service in whose name mining proposes."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What was taken along: new proposals, how many documents stand as they were, and what could not be taken."""

    proposals: tuple[Proposal, ...] = ()
    known: int = 0
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class _Mined:
    """One document that mining wrote."""

    offer: Offer
    origin: Origin
    reason: str
    edited: bool
    evidence: Any
    requests: tuple[str, ...]


def take_drafts(caller: Caller) -> Taken:
    """Propose what mining wrote and nobody has proposed in this form before; what was rejected or published stays so."""
    findings = find_findings(caller.settings.home)
    if findings is None:
        return Taken()
    proposals: list[Proposal] = []
    problems: list[Problem] = []
    known = 0
    mined = tuple(_list_mined(caller, findings))
    with caller.record.write(caller.company) as tx:
        for item in mined:
            problems += item.offer.problems
            taken = _take(tx, caller, item)
            if isinstance(taken, Problem):
                problems.append(taken)
            elif taken is None:
                known += 1
            else:
                proposals.append(taken)
            for text in item.requests:
                add_request(tx, caller.company, item.offer.document, text, "mined", caller.now)
    return Taken(tuple(proposals), known, tuple(problems))


def _list_mined(caller: Caller, findings: Findings) -> Iterator[_Mined]:
    redactor = open_redactor(caller.settings)
    for workflow in undismissed(findings):
        bundle = _read_draft(caller, workflow.name)
        if bundle is not None:
            document = render_document_id("", "runbooks", name_of(workflow.name))
            offer = make_offer(redactor, document, bundle, f"drafts/{workflow.name}/{drafts.RUNBOOK}")
            home = caller.settings.home
            edited = drafts.find_text(home, workflow.name) != drafts.find_generated(home, workflow.name)
            yield _Mined(offer, "draft", _reason(workflow), edited, None, _requests(workflow))
    for page in write_pages(findings.facts):
        document = render_document_id("", page.shelf, page.name)
        offer = make_offer(redactor, document, page.bundle, document)
        reason = f"Mined: {page.title[:1].lower()}{page.title[1:]} ({len(page.facts)} found)"
        yield _Mined(offer, "fact", reason, False, _evidence(page.facts), ())


def _read_draft(caller: Caller, name: str) -> Bundle | None:
    files = drafts.read_folder(drafts.draft_path(caller.settings.home, name).parent)
    if drafts.RUNBOOK not in files:
        return None
    contents = (FileContent(path, text.encode("utf-8", "replace")) for path, text in sorted(files.items()))
    return Bundle("runbook", drafts.RUNBOOK, tuple(contents))


def _reason(workflow: Workflow) -> str:
    return f"Mined: the same work in {workflow.sessions} sessions ({len(workflow.cases)} cases)"


def _requests(workflow: Workflow) -> tuple[str, ...]:
    return tuple(dict.fromkeys(case.request for case in workflow.cases if case.request.strip()))


def _evidence(facts: tuple[Fact, ...]) -> dict[str, Any]:
    return {
        fact.id: [{"transcript": s.transcript, "line": s.line, "index": s.index} for s in fact.sources]
        for fact in facts
    }


def _take(tx: Transaction, caller: Caller, item: _Mined) -> Proposal | Problem | None:
    """Propose one mined document.

    1. Mining wrote the same bytes when it last proposed this document, whatever became of that: nothing to do.
    2. Where the document is published, what is new since mining's last proposal is merged into what is published.
    3. An earlier proposal of mining's that is still open makes way for this one.
    """
    document = find_document(tx, caller.company, item.offer.document)
    earlier = [p for p in list_proposals(tx, caller.company, document=item.offer.document) if p.origin == item.origin]
    before = _find_mined(tx, caller.company, earlier[-1]) if earlier else None
    if before == item.offer.bundle:
        return None
    bundle, base = item.offer.bundle, document.head if document else ""
    if base:
        head = get_bundle(tx, caller.company, get_revision(tx, caller.company, base))
        if before is None:
            return None if head == bundle else _not_taken(item, "is published already and did not come from mining")
        merged = merge_bundles(before, head, bundle)
        if merged.bundle is None:
            return _not_taken(item, "was changed by people where mining would change it too")
        if merged.bundle == head:
            return None
        bundle = merged.bundle
    for stale in (p for p in earlier if p.state == "open"):
        close_proposal(tx, caller.company, stale.number, "withdrawn", caller.principal.id, caller.now)
    miner = get_principal(tx, caller.company, MINER).id
    authors = (caller.principal.id, miner) if item.edited else (miner,)
    evidence = {"mined": _keep_mined(tx, caller.company, item.offer.bundle), "facts": item.evidence}
    return create_proposal(
        tx, caller.company, item.offer.document, base, bundle, authors, item.reason, item.origin,
        caller.now, caller.now + PROPOSED_FOR, evidence=evidence,
    )  # fmt: skip


def _keep_mined(tx: Transaction, company: str, bundle: Bundle) -> dict[str, Any]:
    """Keep what mining itself wrote: a later merge starts from it, as the proposal's own bytes may hold what people wrote too."""
    files = [{"path": file.path, "hash": put_blob(tx, company, file.content)} for file in bundle.files]
    return {"format": bundle.format, "main": bundle.main, "files": files}


def _find_mined(tx: Transaction, company: str, proposal: Proposal) -> Bundle | None:
    kept = (proposal.evidence or {}).get("mined")
    if not kept:
        return None
    files = (FileContent(file["path"], get_blob(tx, company, file["hash"])) for file in kept["files"])
    return Bundle(kept["format"], kept["main"], tuple(files))


def _not_taken(item: _Mined, why: str) -> Problem:
    message = f"{item.offer.document} {why}; what is new in the draft was not proposed. Look at it with `runlore show`, and propose what you want of it."
    return Problem(item.offer.source, 0, "draft-not-taken", message, "warning")
