"""What was reported, proved, approved and answered in runs proves itself: whoever unlocks the tables and changes it is found by verify."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from test_record_runs import case, make_run, proof, question

from record_example import LATER, NOW, principal, unlock
from runlore.model.run import Lease, RunStep, StepReport
from runlore.record.approvals import answer_approval, create_approval, withdraw_approval
from runlore.record.database import Record, Transaction
from runlore.record.escalations import answer_escalation, create_escalation
from runlore.record.proofs import keep_proof
from runlore.record.roles import add_holder
from runlore.record.runs import change_inputs, change_lease, change_state, list_steps, write_report
from runlore.record.verify import verify_record
from runlore.running.report import apply_report


def report(tx: Transaction, run, told: StepReport, at: int) -> None:
    step = next(s for s in list_steps(tx, "acme", run.number) if s.number == told.step)
    write_report(tx, run, told, apply_report(step, told, at), "bot-id", at)


def fill(record: Record) -> None:
    """A run that was taken over, failed once, was proved, asked about, withdrawn and escalated; and one that has only begun."""
    with record.write("acme") as tx:
        run = make_run(tx)
        add_holder(tx, "acme", "brand-owner", "bea", "ann-id", NOW)
        report(tx, run, StepReport(1, "failed", why="timeout"), NOW + 1)
        run = change_lease(tx, run, Lease("bot-id", 2, LATER), "bot-id", NOW + 2)
        run = change_lease(tx, run, Lease("bot-id", 2, LATER + 1), "bot-id", NOW + 2, kind="")
        report(tx, run, StepReport(1, "done", result={"id": 7}, judged=("it is calm",)), NOW + 3)
        run = change_inputs(tx, run, (("caption", "Calm"),), "bot-id", NOW + 3)
        keep_proof(tx, proof(run, kind="file", value="a.png", level="P1", checker="store"), b"picture")
        first = create_approval(tx, question(run), NOW)
        answer_approval(tx, "acme", first.number, principal("bea"), True, first.digest, "A1", "fine", NOW)
        withdraw_approval(tx, "acme", first.number, "bea-id", NOW)
        second = create_approval(tx, question(run, shown={"caption": "Calm"}), NOW)
        answer_approval(tx, "acme", second.number, principal("bea"), False, second.digest, "A2", "too calm", NOW)
        asked = create_escalation(tx, case(run), NOW)
        answer_escalation(tx, "acme", asked.number, principal("bea"), "Yes.", NOW)
        change_state(tx, run, "failed", "bot-id", NOW + 9, outcome="no yes")
        create_approval(tx, question(make_run(tx, "n2")), NOW)


DAMAGE: dict[str, tuple[str, str]] = {
    "a run of another revision": ("UPDATE runs SET document = 'runbooks/n2' WHERE number = 1", "changed-run"),
    "a run by another worker": ("UPDATE runs SET worker = 'bee-id' WHERE number = 1", "changed-run"),
    "a run that went well after all": ("UPDATE runs SET state = 'done' WHERE number = 1", "changed-run"),
    "a run that was taken unseen": ("UPDATE runs SET holder = 'bee-id', fence = 3 WHERE number = 1", "changed-run"),
    "another nonce": ("UPDATE runs SET nonce = 'n9' WHERE number = 2", "changed-run"),
    "other inputs": ("UPDATE runs SET inputs = '[[\"caption\",\"Fog\"]]' WHERE number = 1", "changed-run"),
    "another result": ("UPDATE reports SET result = '{\"id\":8}' WHERE result <> 'null'", "changed-report"),
    "a failure that never was": ("DELETE FROM reports WHERE kind = 'failed'", "changed-report"),
    "a report by another": ("UPDATE reports SET \"by\" = 'bee-id' WHERE kind = 'done'", "changed-report"),
    "a step done without a report": ("UPDATE run_steps SET state = 'done' WHERE run = 1 AND step = 2", "changed-step"),
    "fewer tries": ("UPDATE run_steps SET attempts = 1 WHERE run = 1 AND step = 1", "changed-step"),
    "a step's other result": ("UPDATE run_steps SET result = '{}' WHERE run = 1 AND step = 1", "changed-step"),
    "a level raised": ("UPDATE proofs SET level = 'P3'", "unlogged-proof"),
    "a checker that never looked": ("UPDATE proofs SET checker = 'http'", "damaged-proof"),
    "another artefact": ("UPDATE proofs SET artefact = 'sha256:x'", "damaged-proof"),
    "proof of another step": ("UPDATE proofs SET step = 2", "damaged-proof"),
    "proof by another": ("UPDATE proofs SET \"by\" = 'bee-id'", "unlogged-proof"),
    "proof gone": ("DELETE FROM proofs", "unlogged-proof"),
    "other bytes under a yes": ("UPDATE approvals SET shown = '{\"caption\":\"x\"}' WHERE number = 1", "damaged-approval"),
    "a no that became a yes": ("UPDATE approvals SET state = 'approved' WHERE number = 2", "unlogged-approval"),
    "a yes that nobody gave": (
        "UPDATE approvals SET state = 'approved', answered_by = 'bea-id', assurance = 'A3' WHERE number = 3",
        "unlogged-approval",
    ),
    "a yes by another": ("UPDATE approvals SET answered_by = 'bot-id' WHERE number = 1", "unlogged-approval"),
    "more assurance": ("UPDATE approvals SET assurance = 'A3' WHERE number = 1", "unlogged-approval"),
    "a withdrawal undone": ("UPDATE approvals SET state = 'approved' WHERE number = 1", "unlogged-approval"),
    "an approval gone": ("DELETE FROM approvals WHERE number = 3", "unlogged-approval"),
    "another question": ("UPDATE escalations SET question = 'May we?'", "unlogged-escalation"),
    "another answer": ("UPDATE escalations SET answer = 'No.'", "unlogged-escalation"),
    "an answer unsaid": ("UPDATE escalations SET state = 'open'", "unlogged-escalation"),
    "an escalation gone": ("DELETE FROM escalations", "unlogged-escalation"),
}  # fmt: skip


def test_what_nobody_changed_has_nothing_against_it(record: Record) -> None:
    fill(record)
    with record.read() as tx:
        assert verify_record(tx, "acme") == ()


@pytest.mark.parametrize("what", DAMAGE)
def test_verify_names_what_somebody_changed_in_a_run(record: Record, what: str) -> None:
    fill(record)
    statement, slug = DAMAGE[what]
    damage(record, lambda tx: tx.run(statement))
    with record.read() as tx:
        assert slug in {problem.slug for problem in verify_record(tx, "acme")}


def damage(record: Record, change: Callable[[Transaction], object]) -> None:
    """Do it as somebody with the database in their hands: without triggers, foreign keys or checks."""
    if record.kind == "postgresql":
        with record.write() as tx:
            unlock(tx)
            change(tx)
        return
    connection = record.engine.connect()
    connection.script("PRAGMA foreign_keys = OFF")
    connection.script("PRAGMA ignore_check_constraints = ON")
    connection.begin(write=True)
    tx = Transaction(connection, record.engine, company="", writes=True)
    unlock(tx)
    change(tx)
    connection.commit()
    connection.close()


def test_a_step_follows_from_its_reports(record: Record) -> None:
    fill(record)
    with record.read() as tx:
        step = list_steps(tx, "acme", 1)[0]
    assert replace(step, started=0, ended=0) == RunStep(1, "done", "", 2, 0, 0, {"id": 7}, ("it is calm",))
