"""Debriefs, findings and incidents. A debrief never changes; a finding of a subject counts once, however often its debrief is made."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, replace
from typing import Any, Final

from runlore.errors import NoSuchName
from runlore.model.debrief import Answer, Change, Debrief, Finding, FindingState, Incident, SubjectKind
from runlore.record.canonical import parse_json, render_json
from runlore.record.database import Transaction
from runlore.record.engine import Row
from runlore.record.events import append
from runlore.record.narrow import narrow

_FINDINGS: Final = 'SELECT number, debrief, question, document, "key", change, why, evidence, state, proposal FROM findings WHERE company = :company AND '
_DEBRIEFS: Final = "SELECT number, kind, subject, document, revision, answers, conclusion, made_by, made FROM debriefs WHERE company = :company AND "


def create_debrief(tx: Transaction, debrief: Debrief) -> Debrief:
    """Keep a debrief with its findings and give both their numbers; findings that its subject had already are left as they are, and given back."""
    number = _next(tx, "debriefs", debrief.company)
    tx.run(
        "INSERT INTO debriefs (company, number, kind, subject, document, revision, answers, conclusion, made_by, made)"
        " VALUES (:company, :number, :kind, :subject, :document, :revision, :answers, :conclusion, :made_by, :made)",
        company=debrief.company,
        number=number,
        kind=debrief.kind,
        subject=debrief.subject,
        document=debrief.document,
        revision=debrief.revision,
        answers=render_json([{"question": a.question, "text": a.text, "source": a.source} for a in debrief.answers]),
        conclusion=debrief.conclusion,
        made_by=debrief.made_by,
        made=debrief.made,
    )
    answers = tuple(
        replace(a, findings=tuple(_keep_finding(tx, debrief, number, f) for f in a.findings)) for a in debrief.answers
    )
    body = {"debrief": number, "document": debrief.document, "findings": sum(len(a.findings) for a in answers)}
    append(tx, debrief.company, debrief.made_by, "debriefed", f"{debrief.kind} {debrief.subject}", body, debrief.made)
    return replace(debrief, number=number, answers=answers)


def _keep_finding(tx: Transaction, debrief: Debrief, number: int, finding: Finding) -> Finding:
    row = tx.one(
        _FINDINGS + 'kind = :kind AND subject = :subject AND document = :document AND "key" = :key',
        company=debrief.company,
        kind=debrief.kind,
        subject=debrief.subject,
        document=finding.document,
        key=finding.key,
    )
    if row:
        return _finding(row)
    own = _next(tx, "findings", debrief.company)
    tx.run(
        'INSERT INTO findings (company, number, debrief, kind, subject, question, document, "key", change, why, evidence, state, proposal)'
        " VALUES (:company, :number, :debrief, :kind, :subject, :question, :document, :key, :change, :why, :evidence, 'new', 0)",
        company=debrief.company,
        number=own,
        debrief=number,
        kind=debrief.kind,
        subject=debrief.subject,
        question=finding.question,
        document=finding.document,
        key=finding.key,
        change=render_json(asdict(finding.change)),
        why=finding.why,
        evidence=render_json(_evidence(finding)),
    )
    return replace(finding, number=own, debrief=number, evidence=_evidence(finding), sources=())


def _evidence(finding: Finding) -> Any:
    sources = [{"transcript": s.transcript, "line": s.line, "index": s.index} for s in finding.sources]
    return {"seen": finding.evidence, "sources": sources} if sources else finding.evidence


def get_debrief(tx: Transaction, company: str, number: int) -> Debrief:
    """Give a debrief by its number, with the findings that were first made in it; raises NoSuchName."""
    row = tx.one(_DEBRIEFS + "number = :number", company=company, number=number)
    if row is None:
        raise NoSuchName("debrief", str(number))
    return _debrief(tx, company, row)


def find_debrief(tx: Transaction, company: str, kind: SubjectKind, subject: str) -> Debrief | None:
    """Find the latest debrief of a subject; None where it has none."""
    row = tx.one(
        _DEBRIEFS + "kind = :kind AND subject = :subject ORDER BY number DESC LIMIT 1",
        company=company,
        kind=kind,
        subject=subject,
    )
    return _debrief(tx, company, row) if row else None


def list_debriefs(tx: Transaction, company: str, document: str = "") -> tuple[Debrief, ...]:
    """List debriefs by number: all, or those of a document."""
    conditions, given = narrow(document=document or None)
    rows = tx.all(f"{_DEBRIEFS}{conditions.removeprefix(' AND ') or '1 = 1'} ORDER BY number", company=company, **given)
    return tuple(_debrief(tx, company, row) for row in rows)


def list_findings(
    tx: Transaction,
    company: str,
    *,
    state: FindingState | None = None,
    document: str = "",
    debrief: int = 0,
    proposal: int = 0,
) -> tuple[Finding, ...]:
    """List findings by number: all, or those in a state, about a document, of a debrief, or behind a proposal."""
    conditions, given = narrow(
        state=state, document=document or None, debrief=debrief or None, proposal=proposal or None
    )
    rows = tx.all(f"{_FINDINGS}{conditions.removeprefix(' AND ') or '1 = 1'} ORDER BY number", company=company, **given)
    return tuple(_finding(row) for row in rows)


def move_findings(
    tx: Transaction, company: str, numbers: Iterable[int], state: FindingState, proposal: int, by: str, now: int
) -> None:
    """Move findings on: proposed with the number of their proposal, then accepted or rejected as it was."""
    chosen = sorted(set(numbers))
    for number in chosen:
        tx.run(
            "UPDATE findings SET state = :state, proposal = :proposal WHERE company = :company AND number = :number",
            company=company,
            number=number,
            state=state,
            proposal=proposal,
        )
    if chosen:
        append(tx, company, by, f"findings-{state}", f"proposal {proposal}", {"findings": chosen}, now)


def create_incident(tx: Transaction, incident: Incident) -> Incident:
    """Keep an incident and give it its number."""
    made = replace(incident, number=_next(tx, "incidents", incident.company))
    tx.run(
        'INSERT INTO incidents (company, number, title, text, document, run, "by", at)'
        " VALUES (:company, :number, :title, :text, :document, :run, :by, :at)",
        **asdict(made),
    )
    append(
        tx,
        made.company,
        made.by,
        "incident",
        f"incident {made.number}",
        {"document": made.document, "run": made.run},
        made.at,
    )
    return made


def get_incident(tx: Transaction, company: str, number: int) -> Incident:
    """Give an incident by its number; raises NoSuchName."""
    row = tx.one(
        'SELECT number, title, text, document, run, "by", at FROM incidents WHERE company = :company AND number = :number',
        company=company,
        number=number,
    )
    if row is None:
        raise NoSuchName("incident", str(number))
    return Incident(company, *row)


def _next(tx: Transaction, table: str, company: str) -> int:
    last = tx.one(f"SELECT max(number) FROM {table} WHERE company = :company", company=company)  # noqa: S608 — one of three names of ours
    return int((last[0] if last else 0) or 0) + 1


def _debrief(tx: Transaction, company: str, row: Row) -> Debrief:
    number, kind, subject, document, revision, answers, conclusion, made_by, made = row
    found = list_findings(tx, company, debrief=number)
    told = tuple(
        Answer(a["question"], a["text"], a["source"], tuple(f for f in found if f.question == a["question"]))
        for a in parse_json(answers)
    )
    return Debrief(company, number, kind, subject, document, revision, told, conclusion, made_by, made)


def _finding(row: Row) -> Finding:
    number, debrief, question, document, key, change, why, evidence, state, proposal = row
    return Finding(
        question,
        document,
        Change(**parse_json(change)),
        why,
        key,
        parse_json(evidence),
        (),
        number,
        debrief,
        state,
        proposal,
    )
