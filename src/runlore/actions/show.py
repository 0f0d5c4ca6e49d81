"""Show: the runbook of a workflow as it stands in the drafts, with its evidence."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from runlore.actions.dismiss import get_workflow
from runlore.corpus import drafts
from runlore.corpus.findings import Findings, get_findings
from runlore.errors import NoSuchName
from runlore.model import Source
from runlore.model.runbook import Runbook
from runlore.runbooks.evidence import EvidenceMap, evidence_from_json, evidence_to_json
from runlore.runbooks.json_form import to_json
from runlore.runbooks.parse import parse
from runlore.settings import Settings


@dataclass(frozen=True, slots=True)
class Shown:
    """A draft, read: its text, its value, its evidence by anchor, and the session's id of each transcript."""

    name: str
    text: str
    runbook: Runbook
    evidence: EvidenceMap
    sessions: dict[str, str]

    def place(self, source: Source) -> str:
        """Name a place for people."""
        return f"session {self.sessions.get(source.transcript, source.transcript[7:15])[:18]}, line {source.line}"

    def form(self) -> dict[str, Any]:
        """The JSON form: the runbook and its evidence."""
        return {"runbook": to_json(self.runbook), "evidence": evidence_to_json(self.evidence)}


def get_draft(settings: Settings, name: str) -> Shown:
    """Read the draft of a workflow by its name or id, with the evidence of every line; raises NoSuchName."""
    findings = get_findings(settings.home)
    known = get_workflow(findings, name).name if drafts.find_text(settings.home, name) is None else name
    text = drafts.find_text(settings.home, known)
    if text is None:
        raise NoSuchName("draft", known)
    runbook, _ = parse(text, str(drafts.draft_path(settings.home, known)))
    return Shown(known, text, runbook, _evidence(settings, known), _sessions(findings))


def _evidence(settings: Settings, name: str) -> EvidenceMap:
    files = drafts.read_folder(drafts.draft_path(settings.home, name).parent)
    try:
        return evidence_from_json(json.loads(files["evidence.json"]))
    except (KeyError, ValueError, TypeError, IndexError, AttributeError):
        return {}


def _sessions(findings: Findings) -> dict[str, str]:
    return {s.transcript: s.session for s in findings.sessions}
