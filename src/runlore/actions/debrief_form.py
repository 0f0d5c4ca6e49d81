"""Debriefs as JSON, the form that programs and agents get."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from runlore.actions.debrief import Debriefed
from runlore.actions.revise import Revised, verdict_form
from runlore.model.debrief import QUESTIONS, Finding


def debrief_form(done: Debriefed) -> dict[str, Any]:
    """Give a debrief with its answers, what is still to be asked, and what became of the findings."""
    debrief = done.debrief
    return {
        "debrief": debrief.number,
        "kind": debrief.kind,
        "subject": debrief.subject,
        "document": debrief.document,
        "answers": [
            {
                "question": a.question,
                "words": QUESTIONS[a.question],
                "answer": a.text,
                "source": a.source,
                "findings": [finding_form(f) for f in a.findings],
            }
            for a in debrief.answers
        ],
        "conclusion": debrief.conclusion,
        "to_ask": list(done.to_ask),
        "revised": [revised_form(r) for r in done.revised],
    }


def finding_form(finding: Finding) -> dict[str, Any]:
    """Give a finding with the field it changes and where it was seen."""
    return {
        "finding": finding.number,
        "document": finding.document,
        "field": finding.change.field,
        "change": asdict(finding.change),
        "why": finding.why,
        "evidence": finding.evidence,
        "state": finding.state,
        "proposal": finding.proposal,
    }


def revised_form(revised: Revised) -> dict[str, Any]:
    """Give what became of the ripe findings of a document, with the gate's verdict."""
    verdict = revised.verdict
    return {
        "document": revised.document,
        "proposal": revised.proposal.number if revised.proposal else 0,
        "published": revised.published,
        "changes": [{"field": j.change.field, "runs": j.runs} for j in revised.changes],
        "left": [{"field": j.change.field, "why": why} for j, why in revised.left],
        "gate": None if verdict is None else verdict_form(verdict),
    }
