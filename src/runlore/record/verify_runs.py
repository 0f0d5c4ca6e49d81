"""Verify: what was reported, proved, approved and answered in runs is what the log says; every hash is computed again.

As in ``verify``, each check reads one part and gives the problems in it, in order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

from runlore.model.run import Run, RunStep, StepReport
from runlore.model.source import Problem
from runlore.record.approvals import list_approvals, shown_digest
from runlore.record.canonical import hash_value, parse_json
from runlore.record.database import Transaction
from runlore.record.escalations import list_escalations, question_digest
from runlore.record.principals import find_principal
from runlore.record.proofs import list_every_proof, proof_id
from runlore.record.runs import inputs_digest, list_reports, list_runs, list_steps, report_digest
from runlore.running.report import apply_report

_Event = tuple[str, str, str, Any]
"""Kind, subject, who (id), body."""


def check_runs(tx: Transaction, company: str) -> Iterator[Problem]:
    """Every run is pinned to what the log says it was created with, is held by whoever took it last, and stands where it was moved last."""
    told = _events(tx, company, "run-")
    for run in list_runs(tx, company):
        where = f"run {run.number}"
        own = told.pop(where, [])
        if not _is_as_created(run, own):
            yield _no(where, "changed-run", f"Run {run.number} is not what the log says it was created as.")
        moved = [kind for kind, *_ in own if kind in _MOVES]
        if run.state != (moved[-1].removeprefix("run-") if moved else _first_state(own)):
            yield _no(where, "changed-run", f"Run {run.number} counts as {run.state}, and the log says otherwise.")
        taken = [body for kind, _, _, body in own if kind in ("run-created", "run-taken", "run-handed-over")]
        if taken and (run.lease.holder, run.lease.fence) != (taken[-1].get("holder"), taken[-1].get("fence")):
            yield _no(where, "changed-run", f"Run {run.number} is held by somebody of whom the log does not know it.")
    for where in sorted(told):
        yield _no(where, "changed-run", f"The log knows {where}, and the record does not.")


def _is_as_created(run: Run, events: Sequence[_Event]) -> bool:
    first = events[0] if events else ("", "", "", {})
    inputs = [body.get("inputs") for kind, _, _, body in events if kind in ("run-created", "run-inputs")]
    created = (first[0], first[2], first[3].get("issue"), first[3].get("document"), first[3].get("revision"))
    return (
        created == ("run-created", run.worker, run.issue, run.document, run.revision)
        and first[3].get("nonce") == hash_value(run.nonce)
        and inputs[-1] == inputs_digest(run.inputs)
    )


def _first_state(events: Sequence[_Event]) -> str:
    return str(events[0][3].get("state")) if events else ""


def check_reports(tx: Transaction, company: str) -> Iterator[Problem]:
    """Every report is the one that the log knows, by the same worker and in the same order, and each step stands where its reports have put it."""
    told = _events(tx, company, "step-")
    for run in list_runs(tx, company):
        reports = list_reports(tx, company, run.number)
        by_step: dict[int, list[tuple[StepReport, str, int]]] = defaultdict(list)
        for entry in reports:
            by_step[entry[0].step].append(entry)
        for step in list_steps(tx, company, run.number):
            where = f"run {run.number} step {step.number}"
            logged = [(who, body.get("report")) for _, _, who, body in told.pop(where, [])]
            if logged != [(by, report_digest(report)) for report, by, _ in by_step[step.number]]:
                yield _no(where, "changed-report", f"What was reported of {where} is not what the log says.")
            elif not _follows(step, by_step[step.number]):
                yield _no(where, "changed-step", f"{where.capitalize()} does not stand where its reports have put it.")
    for where in sorted(told):
        yield _no(where, "changed-report", f"The log knows a report on {where}, and the record does not.")


def _follows(step: RunStep, reports: Sequence[tuple[StepReport, str, int]]) -> bool:
    walked = RunStep(step.number)
    for report, _, at in reports:
        walked = apply_report(walked, report, at)
    return replace(walked, started=0, ended=0) == replace(step, started=0, ended=0)


def check_proofs(tx: Transaction, company: str) -> Iterator[Problem]:
    """Every piece of proof is what its id says, is bound to its run, and has the level, the checker and the claimant that the log says."""
    runs = {run.number: run for run in list_runs(tx, company)}
    told = {
        body["id"]: (subject, who, body)
        for events in _events(tx, company, "proof-").values()
        for _, subject, who, body in events
    }
    for proof in list_every_proof(tx, company):
        where = f"run {proof.run} step {proof.step}"
        what = f"The proof {proof.id[:19]} of {where}"
        run = runs.get(proof.run)
        subject, who, said = told.pop(proof.id, ("", "", {}))
        if proof_id(proof) != proof.id:
            yield _no(where, "damaged-proof", f"{what} is not what its id says.")
        elif run is None or (proof.revision, proof.nonce) != (run.revision, run.nonce):
            yield _no(where, "damaged-proof", f"{what} is not bound to its run.")
        stands = (where, proof.by, proof.kind, proof.level, proof.checker, proof.artefact)
        if (subject, who, *(said.get(name) for name in ("kind", "level", "checker", "artefact"))) != stands:
            yield _no(where, "unlogged-proof", f"{what} has not the level or the checker that the log says.")
    for subject, _, body in (told[id] for id in sorted(told)):
        yield _no(subject, "unlogged-proof", f"The log knows the proof {body['id'][:19]}, and the record does not.")


def check_approvals(tx: Transaction, company: str) -> Iterator[Problem]:
    """Every approval is over exactly what was shown, and was answered by the person, with the assurance and the words that the log says."""
    told: dict[int, list[_Event]] = defaultdict(list)
    for events in _events(tx, company, "approval-").values():
        for event in events:
            told[event[3]["approval"]].append(event)
    for asked in list_approvals(tx, company):
        where = f"run {asked.run} step {asked.step}"
        first, *later = told.pop(asked.number, [("", "", "", {})])
        if shown_digest(asked) != asked.digest:
            yield _no(where, "damaged-approval", f"Approval {asked.number} is not over what was shown.")
        if first[:3] != ("approval-asked", where, asked.asked_by) or first[3].get("digest") != asked.digest:
            yield _no(where, "unlogged-approval", f"The log does not know that approval {asked.number} was asked so.")
        state = later[-1][0].removeprefix("approval-") if later else "open"
        answers = [event for event in later if event[0] in ("approval-approved", "approval-rejected")]
        body = answers[0][3] if answers else {}
        said = (answers[0][2] if answers else "", body.get("assurance", ""), body.get("comment", ""))
        if (asked.state, asked.answered_by, asked.assurance, asked.comment) != (state, *said):
            yield _no(where, "unlogged-approval", f"The answer to approval {asked.number} is not the one in the log.")
        elif answers and (body.get("digest") != asked.digest or not _is_human(tx, company, asked.answered_by)):
            yield _no(
                where, "unlogged-approval", f"Approval {asked.number} was not answered by a person over its bytes."
            )
    for number in sorted(told):
        yield _no(f"approval {number}", "unlogged-approval", f"The log knows approval {number}, the record does not.")


def check_escalations(tx: Transaction, company: str) -> Iterator[Problem]:
    """Every escalation asks what the log says was asked, and holds the answer of whom the log says has answered."""
    told: dict[int, list[_Event]] = defaultdict(list)
    for events in _events(tx, company, "escalat").values():
        for event in events:
            told[event[3]["escalation"]].append(event)
    for case in list_escalations(tx, company):
        where = f"run {case.run} step {case.step}"
        first, *later = told.pop(case.number, [("", "", "", {})])
        if first[:3] != ("escalated", where, case.asked_by) or first[3].get("question") != question_digest(case):
            yield _no(
                where, "unlogged-escalation", f"The log does not know that escalation {case.number} was asked so."
            )
        answers = [(who, body.get("answer")) for kind, _, who, body in later if kind == "escalation-answered"]
        stands = [(case.answered_by, hash_value(case.answer))] if case.state == "answered" else []
        if answers != stands:
            yield _no(
                where, "unlogged-escalation", f"The answer to escalation {case.number} is not the one in the log."
            )
    for number in sorted(told):
        message = f"The log knows escalation {number}, and the record does not."
        yield _no(f"escalation {number}", "unlogged-escalation", message)


def _is_human(tx: Transaction, company: str, id: str) -> bool:
    found = find_principal(tx, company, id)
    return found is not None and found.kind == "human"


def _events(tx: Transaction, company: str, begins: str) -> dict[str, list[_Event]]:
    """The events whose kind begins so, by subject, oldest first."""
    found: dict[str, list[_Event]] = defaultdict(list)
    for kind, subject, who, body in tx.all(
        "SELECT kind, subject, principal, body FROM events WHERE company = :company AND substr(kind, 1, :length) = :begins ORDER BY seq",
        company=company,
        length=len(begins),
        begins=begins,
    ):
        found[subject].append((kind, subject, who, parse_json(body)))
    return found


def _no(where: str, slug: str, message: str) -> Problem:
    return Problem(where, 0, slug, message)


_MOVES: Final = frozenset({"run-running", "run-done", "run-failed", "run-dropped"})
RUN_CHECKS: Final = (check_runs, check_reports, check_proofs, check_approvals, check_escalations)
