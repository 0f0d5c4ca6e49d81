"""Dismiss: hide a workflow until its evidence changes."""

from __future__ import annotations

from msgspec.structs import replace
from rapidfuzz import process

from runlore.corpus.findings import Dismissal, Findings, evidence_key, get_findings, write_findings
from runlore.errors import NoSuchName
from runlore.model import Workflow
from runlore.settings import Settings


def dismiss(settings: Settings, name: str, *, undo: bool = False) -> Workflow:
    """Hide the workflow of that name, or show it again; it comes back by itself when a case is added to its evidence."""
    findings = get_findings(settings.home)
    workflow = get_workflow(findings, name)
    others = tuple(d for d in findings.dismissed if d.id != workflow.id)
    added = () if undo else (Dismissal(workflow.id, workflow.name, evidence_key(workflow)),)
    write_findings(settings.home, replace(findings, dismissed=(*others, *added)))
    return workflow


def get_workflow(findings: Findings, name: str) -> Workflow:
    """Get a workflow by name or id, or raise NoSuchName with the names that are near."""
    for workflow in findings.workflows:
        if name in (workflow.name, workflow.id):
            return workflow
    near = process.extract(name, [w.name for w in findings.workflows], limit=3, score_cutoff=50)
    raise NoSuchName("workflow", name, tuple(n for n, *_ in near))
