"""Learn: what mining over all sessions knows better than an approved runbook says becomes findings, as if a debrief had made them."""

from __future__ import annotations

import json
from collections.abc import Iterator

from runlore.actions.caller import Caller
from runlore.actions.mine import undismissed
from runlore.actions.shelved import find_shelved, recognise_shelved
from runlore.corpus.findings import find_findings
from runlore.debriefing.answer import finding_key
from runlore.model import Workflow
from runlore.model.debrief import QUESTIONS, Answer, Debrief, Finding
from runlore.model.runbook import Runbook
from runlore.record.database import Transaction
from runlore.record.debriefs import create_debrief, find_debrief
from runlore.record.documents import list_documents
from runlore.runbooks.evidence import EvidenceMap, evidence_from_json
from runlore.runbooks.learned import learn_changes


def learn(tx: Transaction, caller: Caller) -> Debrief | None:
    """Keep what the latest findings know better than the approved runbooks; None where nothing was mined, it was taken in already, or nothing differs."""
    findings = find_findings(caller.settings.home)
    if findings is None or find_debrief(tx, caller.company, "session", f"mining {findings.key}"):
        return None
    found = [f for w in undismissed(findings) for f in _compare(tx, caller, w)]
    if not found:
        return None
    words = f"mining over {len(findings.sessions)} transcripts knows {len(found)} lines better"
    answers = tuple(
        Answer(q, f"Yes: {words}.", "transcript", tuple(found))
        if q == "else-changed"
        else Answer(q, "Nothing shows it.", "nobody")
        for q in QUESTIONS
    )
    documents = sorted({f.document for f in found})
    debrief = Debrief(
        caller.company, 0, "session", f"mining {findings.key}", "", "", answers, f"{len(found)} findings about {', '.join(documents)}.",
        caller.principal.id, caller.now,
    )  # fmt: skip
    return create_debrief(tx, debrief)


def _compare(tx: Transaction, caller: Caller, workflow: Workflow) -> Iterator[Finding]:
    for document, runbook, evidence in _books(tx, caller):
        tools = {step.tool for step in runbook.steps}
        own = {s.tool or s.activity for s in workflow.steps if s.effect}
        if document.rpartition("/")[2] != workflow.name and not (own and own <= tools):
            continue
        for learned in learn_changes(runbook, workflow, evidence):
            key = finding_key(document, learned.change)
            seen = {"workflow": workflow.name, "support": list(learned.evidence.support)}
            yield Finding(
                "else-changed", document, learned.change, learned.why, key, seen, learned.evidence.sources[:12]
            )


def _books(tx: Transaction, caller: Caller) -> Iterator[tuple[str, Runbook, EvidenceMap]]:
    """The approved runbooks of our format, each with the evidence that lies beside it."""
    for document in list_documents(tx, caller.company, shelf="runbooks"):
        shelved = find_shelved(tx, caller.company, document.id)
        runbook = recognise_shelved(shelved).runbook if shelved and shelved.bundle.format == "runbook" else None
        if shelved is None or runbook is None:
            continue
        kept = next((f.content for f in shelved.bundle.files if f.path == "evidence.json"), b"")
        try:
            evidence = evidence_from_json(json.loads(kept)) if kept else {}
        except (ValueError, KeyError, TypeError, AttributeError):
            evidence = {}  # a person's own file of that name is no evidence of ours
        yield document.id, runbook, evidence
