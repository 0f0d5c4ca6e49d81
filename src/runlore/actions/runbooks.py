"""The runbooks that work is checked against, and what was learned about cases: one place, whatever they come from."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

from runlore.actions.caller import open_caller
from runlore.actions.mine import undismissed
from runlore.actions.shelved import find_shelved, recognise_shelved
from runlore.corpus import drafts
from runlore.corpus.digests import list_digests
from runlore.corpus.experience import find_experience, write_experience
from runlore.corpus.findings import find_findings, get_findings
from runlore.corpus.index import list_entries, open_index
from runlore.corpus.read import get_transcript
from runlore.errors import NoCredential, NoRecord, NoSuchName
from runlore.mining.conformance.check import MOST_LEARNED, Experience, learn_experience
from runlore.mining.conformance.find import Library
from runlore.mining.conformance.plan import Plan, plan_of_runbook, plan_of_workflow
from runlore.mining.digest import VERSION as DIGEST_VERSION
from runlore.mining.words import content_words
from runlore.model import Workflow
from runlore.record.documents import list_documents
from runlore.runbooks.conditions import parse_condition
from runlore.runbooks.parse import parse
from runlore.settings import Settings


def list_runbooks(settings: Settings) -> tuple[Plan, ...]:
    """List the runbooks to check against, by name: the approved ones of the library, and of what was mined that which no approved one covers.

    A workflow is covered by a runbook of its name, or by one that has each of its effects as a step. A draft is taken as a person's edits left it.
    Raises NotYetMined where there is neither.
    """
    approved = _list_approved(settings)
    findings = find_findings(settings.home) if approved else get_findings(settings.home)
    names = {plan.name for plan in approved}
    acts = [{s.activity for s in plan.steps if s.effect} for plan in approved]
    mined = [] if findings is None else sorted(undismissed(findings), key=lambda w: w.name)
    left = [w for w in mined if w.name not in names and not any(w.effects and set(w.effects) <= own for own in acts)]
    return tuple(sorted([*approved, *(_plan(settings, w) for w in left)], key=lambda plan: plan.name))


def _list_approved(settings: Settings) -> tuple[Plan, ...]:
    """The runbooks of the library, where this home has one; who has no credential sees none."""
    try:
        with open_caller(settings, lambda: 0) as caller, caller.record.read() as tx:
            found = [
                find_shelved(tx, caller.company, d.id)
                for d in list_documents(tx, caller.company, shelf="runbooks")
                if d.head
            ]
    except (NoRecord, NoCredential):
        return ()
    books = {s.document.name: recognise_shelved(s).runbook for s in found if s is not None}
    runbooks = {name: book for name, book in books.items() if book is not None}
    return tuple(
        replace(plan_of_runbook(book, content_words(f"{book.title} {name.replace('-', ' ')}")), name=name)
        for name, book in sorted(runbooks.items())
        if book.steps
    )


def _plan(settings: Settings, workflow: Workflow) -> Plan:
    text = drafts.find_text(settings.home, workflow.name)
    if text is None or text == drafts.find_generated(settings.home, workflow.name):
        return plan_of_mined(workflow)
    runbook, _ = parse(text, str(drafts.draft_path(settings.home, workflow.name)))
    return plan_of_runbook(runbook, content_words(f"{runbook.title} {workflow.name.replace('-', ' ')}"))


def plan_of_mined(workflow: Workflow) -> Plan:
    """The plan of a workflow as it was mined."""
    words = content_words(f"{workflow.title} {workflow.name.replace('-', ' ')}")
    return plan_of_workflow(workflow, parse_condition, words)


def get_library(settings: Settings, name: str = "") -> Library:
    """Get all runbooks, indexed; raises NoSuchName where ``name`` is none of them."""
    library = Library(list_runbooks(settings))
    if name and library.get(name) is None:
        raise NoSuchName("runbook", name, tuple(p.name for p in library.plans)[:3])
    return library


def get_experience(settings: Settings, library: Library) -> Experience:
    """Get what was learned about cases from the corpus: what was kept, or learned now and kept."""
    findings = find_findings(settings.home)
    if findings is None:
        return Experience()
    key = sha256(repr((findings.key, library.plans)).encode()).hexdigest()
    known = find_experience(settings.home, key)
    if known is not None:
        return known
    stored = list_digests(settings.home, DIGEST_VERSION)
    chosen = stored[:: -(-len(stored) // MOST_LEARNED)] if stored else ()
    with open_index(settings.home) as index:
        entries = {entry.hash: entry for entry in list_entries(index)}
    transcripts = (get_transcript(settings.home, entries[s.transcript]) for s in chosen if s.transcript in entries)
    experience = learn_experience(transcripts, library)
    write_experience(settings.home, key, experience)
    return experience
