"""A run to test the record with: the run itself and everything that can hang on it."""

from __future__ import annotations

from record_example import LATER, NOW
from runlore.model.debrief import Answer, Change, Debrief, Finding, Incident
from runlore.model.run import ApprovalRequest, EscalationCase, Lease, ProofItem, Run, RunStep, StepReport
from runlore.record import approvals, debriefs, escalations, policies, proofs, revisions, roles, runs
from runlore.record.database import Record, Transaction


def run_of(tx: Transaction, company: str = "acme") -> Run:
    """A run of a company, with everything that can hang on it."""
    revision = revisions.get_head(tx, company, "notes/n0")
    begun = Run(
        company, 0, 1, "notes/n0", revision.hash, "", "bot-id", "running", Lease("bot-id", 1, LATER), f"{company} nonce {len(runs.list_runs(tx, company))}",
        (("text", f"{company} input"),),
    )  # fmt: skip
    return runs.create_run(tx, begun, (RunStep(1), RunStep(2)), NOW)


def question_of(run: Run) -> ApprovalRequest:
    shown = {"over": f"{run.company} shown"}
    return ApprovalRequest(run.company, 0, run.number, 1, "boss", shown, "", "open", "bot-id", 0, LATER)


def proof_of(run: Run, value: str = "") -> ProofItem:
    told = value or f"{run.company} link"
    return ProofItem(
        run.company, "", run.number, 1, run.revision, run.nonce, "url", told, "", "P0", "worker", "", "bot-id", NOW
    )


def case_of(run: Run) -> EscalationCase:
    asked = f"{run.company} asks"
    return EscalationCase(run.company, 0, run.number, 1, "boss", "founder", asked, "open", "bot-id", NOW, NOW + 1)


def debrief_of(run: Run) -> Debrief:
    change = Change("good", text=f"{run.company} words")
    found = Finding(
        "else-changed", "runbooks/x", change, f"{run.company} why", f"{run.company} key", {"run": run.number}
    )
    answers = (Answer("else-changed", f"{run.company} answer", "record", (found,)),)
    return Debrief(
        run.company, 0, "run", str(run.number), "runbooks/x", "", answers, f"{run.company} ends", "bot-id", NOW
    )


def fill_runs(record: Record, company: str) -> None:
    """A run with a report, proof, approval, escalation and debrief in a company; the same numbers in each."""
    with record.write(company) as tx:
        run = run_of(tx, company)
        runs.write_report(
            tx,
            run,
            StepReport(1, "failed", f"{company} fails"),
            RunStep(1, "failed", f"{company} fails"),
            "bot-id",
            NOW,
        )
        proofs.keep_proof(tx, proof_of(run))
        approvals.create_approval(tx, question_of(run), NOW)
        escalations.create_escalation(tx, case_of(run), NOW)
        debriefs.create_debrief(tx, debrief_of(run))
        debriefs.create_incident(tx, Incident(company, 0, f"{company} incident", "", "", run.number, "bot-id", NOW))
        roles.add_holder(tx, company, "boss", "cid", "ann-id", NOW)
        roles.grant(tx, company, "bot", f"{company}:write", "ann-id", NOW)
        policies.allow_class(tx, company, "counters", "ann-id", NOW)
