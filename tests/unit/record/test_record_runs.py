"""Runs in the record: pinned, fenced, proved, approved, escalated; on both engines."""

from __future__ import annotations

from dataclasses import replace

import pytest

from record_example import LATER, MINUTE, NOW, bundle, make_company, principal, put, unlock
from runlore.errors import Conflict, NoSuchName, NotAllowed, RunloreError, StaleLease
from runlore.model.document import Recognised
from runlore.model.issue import Issue
from runlore.model.run import ApprovalRequest, EscalationCase, Lease, ProofItem, Run, RunStep, StepReport
from runlore.record.approvals import (
    answer_approval,
    create_approval,
    expire_approvals,
    get_approval,
    list_approvals,
    may_answer,
    withdraw_approval,
)
from runlore.record.database import Record, Transaction
from runlore.record.escalations import answer_escalation, create_escalation, get_escalation, list_escalations, pass_on
from runlore.record.events import list_events
from runlore.record.issues import create_issue
from runlore.record.principals import get_principal
from runlore.record.proofs import keep_proof, list_proofs
from runlore.record.proposals import create_proposal
from runlore.record.publications import publish
from runlore.record.roles import add_holder, grant, list_grants, list_roles, remove_holder, revoke_grant
from runlore.record.runs import (
    change_inputs,
    change_lease,
    change_state,
    create_run,
    find_run,
    get_run,
    list_reports,
    list_runs,
    list_steps,
    write_report,
)
from runlore.record.verify import verify_record


def make_run(tx: Transaction, nonce: str = "n1", company: str = "acme", worker: str = "bot") -> Run:
    revision = put(tx, f"runbooks/{nonce}", f"# {nonce}\n", company=company)
    issue = create_issue(tx, Issue(company, 0, f"Do {nonce}", ""), "ann-id", NOW)
    run = Run(
        company, 0, issue.number, revision.document, revision.hash, "", f"{worker}-id", "running",
        Lease(f"{worker}-id", 1, LATER), nonce, (("caption", "Fog"),),
    )  # fmt: skip
    return create_run(tx, run, (RunStep(1), RunStep(2)), NOW)


def test_a_run_comes_back_as_it_was_kept_with_its_steps_and_reports(record: Record):
    with record.write("acme") as tx:
        run = make_run(tx)
        report = StepReport(1, "done", result={"id": [1, None, "é"]}, judged=("it is calm",))
        step = RunStep(1, "done", "", 1, NOW, NOW + 5, report.result, report.judged)
        write_report(tx, run, report, step, "bot-id", NOW + 5)
        run = change_inputs(tx, run, (("caption", "Calm"),), "bot-id", NOW)
        run = change_state(tx, run, "done", "bot-id", NOW + 9, outcome="complete", transcript="sha256:x")
    with record.read() as tx:
        assert get_run(tx, "acme", run.number) == run
        assert (run.ended, run.outcome, run.inputs) == (NOW + 9, "complete", (("caption", "Calm"),))
        assert list_steps(tx, "acme", run.number) == (step, RunStep(2))
        assert list_reports(tx, "acme", run.number) == ((report, "bot-id", NOW + 5),)
        assert list_runs(tx, "acme", state="done", issue=run.issue, document=run.document, worker="bot-id") == (run,)
        assert list_runs(tx, "acme", state="running") == ()
        kinds = [e.kind for e in list_events(tx, "acme") if e.subject.startswith("run ")]
        assert kinds == ["run-created", "step-done", "run-inputs", "run-done"]
        assert verify_record(tx, "acme") == ()
        assert find_run(tx, "acme", 99) is None
        with pytest.raises(NoSuchName):
            get_run(tx, "acme", 99)


def test_who_wrote_under_an_older_fence_changes_nothing(record: Record):
    with record.write("acme") as tx:
        run = make_run(tx)
        change_lease(tx, run, Lease("bee-id", 2, LATER), "bee-id", NOW)
    for write in (
        lambda tx: change_state(tx, run, "failed", "bot-id", NOW),
        lambda tx: change_lease(tx, run, Lease("bot-id", 2, LATER), "bot-id", NOW),
    ):
        with pytest.raises(StaleLease), record.write("acme") as tx:
            write(tx)
    with record.read() as tx:
        assert get_run(tx, "acme", run.number).lease == Lease("bee-id", 2, LATER)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE runs SET revision = 'x' WHERE company = :c",
        "UPDATE runs SET fence = 0 WHERE company = :c",
        "DELETE FROM runs WHERE company = :c",
        "UPDATE run_steps SET state = 'todo' WHERE company = :c AND step = 1",
        "UPDATE reports SET why = 'x' WHERE company = :c",
        "UPDATE proofs SET level = 'P3' WHERE company = :c",
        "UPDATE approvals SET shown = '1' WHERE company = :c",
        "UPDATE approvals SET state = 'rejected' WHERE company = :c",
        "UPDATE escalations SET question = 'x' WHERE company = :c",
    ],
)
def test_the_database_itself_keeps_what_was_reported(record: Record, statement: str):
    with record.write("acme") as tx:
        run = make_run(tx)
        write_report(tx, run, StepReport(1, "done"), RunStep(1, "done"), "bot-id", NOW)
        keep_proof(tx, proof(run))
        asked = create_approval(tx, question(run), NOW)
        add_holder(tx, "acme", "brand-owner", "bea", "ann-id", NOW)
        answer_approval(tx, "acme", asked.number, principal("bea"), True, asked.digest, "A1", "", NOW)
        create_escalation(tx, case(run), NOW)
    with pytest.raises(RunloreError), record.write("acme") as tx:
        tx.run(statement, c="acme")


def proof(run: Run, **changes) -> ProofItem:
    item = ProofItem(
        run.company, "", run.number, 1, run.revision, run.nonce, "url", "https://x.example/1", "", "P0", "worker", "", run.worker, NOW,
    )  # fmt: skip
    return replace(item, **changes)


def test_proof_is_kept_once_with_its_bytes_and_comes_back(record: Record):
    with record.write("acme") as tx:
        run = make_run(tx)
        first = keep_proof(tx, proof(run, kind="file", value="a.png", level="P1", checker="store"), b"picture")
        again = keep_proof(tx, proof(run, kind="file", value="a.png", level="P1", checker="store"), b"picture")
        whole = keep_proof(tx, proof(run, step=0, kind="file", value="a.png", level="P1", checker="store"), b"picture")
        checked = keep_proof(tx, proof(run, level="P2", checker="http", at=NOW + 1))
        assert first == again and first.artefact.startswith("sha256:")
        assert list_proofs(tx, "acme", run.number, 1) == (first, checked)
        assert set(list_proofs(tx, "acme", run.number)) == {first, checked, whole}


def test_borrowed_and_replayed_proof_is_refused(record: Record):
    with record.write("acme") as tx:
        run, other = make_run(tx), make_run(tx, "n2")
        keep_proof(tx, proof(run))
        keep_proof(tx, proof(run, kind="file", value="a"), b"picture")
        for refused, content in (
            (proof(other), None),
            (proof(run, step=2), None),
            (proof(other, kind="file", value="b"), b"picture"),
            (proof(run, nonce=other.nonce), None),
            (proof(run, revision=other.revision), None),
        ):
            with pytest.raises(Conflict):
                keep_proof(tx, refused, content)
        assert list_proofs(tx, "acme", other.number) == ()


def question(run: Run, **changes) -> ApprovalRequest:
    asked = ApprovalRequest(
        run.company, 0, run.number, 2, "brand-owner", {"caption": "Fog"}, "", "open", run.worker, 0, NOW + MINUTE
    )
    return replace(asked, **changes)


def test_a_yes_is_a_persons_over_exactly_what_was_shown_and_given_once(record: Record):
    with record.write("acme") as tx:
        run = make_run(tx)
        asked = create_approval(tx, question(run), NOW)
        assert create_approval(tx, question(run), NOW) == asked
        add_holder(tx, "acme", "brand-owner", "bea", "ann-id", NOW)
    for who, digest, error in (
        ("bot", asked.digest, NotAllowed),
        ("miner", asked.digest, NotAllowed),
        ("cid", asked.digest, NotAllowed),
        ("bea", "sha256:other", Conflict),
    ):
        with pytest.raises(error), record.write("acme") as tx:
            answer_approval(tx, "acme", asked.number, principal(who), True, digest, "A1", "", NOW)
    with pytest.raises(Conflict), record.write("acme") as tx:
        answer_approval(tx, "acme", asked.number, principal("bea"), True, asked.digest, "", "", NOW)
    with record.write("acme") as tx:
        yes = answer_approval(tx, "acme", asked.number, principal("bea"), True, asked.digest, "A2", "calm", NOW + 1)
        assert get_approval(tx, "acme", asked.number) == yes
        assert (yes.state, yes.answered_by, yes.assurance, yes.comment) == ("approved", "bea-id", "A2", "calm")
    with pytest.raises(Conflict), record.write("acme") as tx:
        answer_approval(tx, "acme", asked.number, principal("bea"), False, asked.digest, "A1", "", NOW)
    with record.write("acme") as tx:
        assert withdraw_approval(tx, "acme", asked.number, "bea-id", NOW).state == "withdrawn"


def test_nobody_on_the_workers_side_approves(record: Record):
    with record.write("acme") as tx:
        run = make_run(tx)  # bot's operator is ann, who owns the company and does not work alone
        asked = create_approval(tx, question(run), NOW)
        assert not may_answer(tx, asked, get_principal(tx, "acme", "ann"), NOW)
        own = make_run(tx, "n2", worker="bee")
        other = create_approval(tx, question(own), NOW)
        add_holder(tx, "acme", "brand-owner", "bea", "ann-id", NOW)
        assert not may_answer(tx, other, principal("bea"), NOW)
        assert may_answer(tx, other, principal("ann"), NOW)


def test_an_owner_who_works_alone_approves_what_the_agent_does(own_record: Record):
    with own_record.write("acme") as tx:
        revision = _published_alone(tx)
        issue = create_issue(tx, Issue("acme", 0, "Do", ""), "ann-id", NOW)
        run = Run("acme", 0, issue.number, "notes/x", revision, "", "bot-id", "running", Lease("bot-id", 1, LATER), "n")
        run = create_run(tx, run, (RunStep(1),), NOW)
        asked = create_approval(tx, question(run), NOW)
        assert may_answer(tx, asked, principal("ann"), NOW)
        mine = create_approval(tx, question(run, role="other", asked_by="ann-id"), NOW)
        assert not may_answer(tx, mine, principal("ann"), NOW)


def _published_alone(tx: Transaction) -> str:
    made = create_proposal(tx, "acme", "notes/x", "", bundle("# x\n"), ("ann-id",), "why", "person", NOW, LATER)
    return publish(tx, "acme", made, principal("ann"), Recognised("x"), (), NOW, self_published=True).hash


def test_a_question_expires_and_another_text_is_another_question(record: Record):
    with record.write("acme") as tx:
        run = make_run(tx)
        asked = create_approval(tx, question(run), NOW)
        changed = create_approval(tx, question(run, shown={"caption": "Rain"}), NOW)
        assert changed.number != asked.number
        assert get_approval(tx, "acme", asked.number).state == "withdrawn"
        assert [a.number for a in expire_approvals(tx, "acme", NOW + MINUTE)] == [changed.number]
        assert list_approvals(tx, "acme", run=run.number, state="open") == ()


def case(run: Run, **changes) -> EscalationCase:
    asked = EscalationCase(
        run.company, 0, run.number, 1, "brand-owner", "founder", "May we name them?", "open", run.worker, 0, NOW + MINUTE,
    )  # fmt: skip
    return replace(asked, **changes)


def test_a_question_goes_to_its_fallback_when_its_time_is_over_and_a_person_answers_it(record: Record):
    with record.write("acme") as tx:
        run = make_run(tx)
        asked = create_escalation(tx, case(run), NOW)
        assert create_escalation(tx, case(run), NOW + 1) == asked
        assert pass_on(tx, "acme", NOW + 1) == ()
        (moved,) = pass_on(tx, "acme", NOW + MINUTE)
        assert (moved.role, moved.level, moved.state, moved.deadline) == ("founder", 1, "open", NOW + 2 * MINUTE)
        (overdue,) = pass_on(tx, "acme", NOW + 2 * MINUTE)
        assert overdue.state == "overdue"
        add_holder(tx, "acme", "founder", "cid", "ann-id", NOW)
        for who in ("bot", "bea"):
            with pytest.raises(NotAllowed):
                answer_escalation(tx, "acme", asked.number, principal(who), "Yes", NOW)
        done = answer_escalation(tx, "acme", asked.number, principal("cid"), "Yes, in writing.", NOW + 3 * MINUTE)
        assert get_escalation(tx, "acme", asked.number) == done
        with pytest.raises(Conflict):
            answer_escalation(tx, "acme", asked.number, principal("cid"), "No", NOW)
        assert list_escalations(tx, "acme", state="answered") == (done,)


def test_roles_are_held_by_people_and_permissions_are_known_once_any_was_granted(record: Record):
    with record.write("acme") as tx:
        assert list_grants(tx, "acme", "bot-id") is None
        grant(tx, "acme", "bot", "crm:write", "ann-id", NOW)
        grant(tx, "acme", "bot", "crm:write", "ann-id", NOW)
        assert list_grants(tx, "acme", "bot-id") == ("crm:write",)
        assert list_grants(tx, "acme", "bee-id") == ()
        assert revoke_grant(tx, "acme", "bot", "crm:write", "ann-id", NOW)
        with pytest.raises(NotAllowed):
            add_holder(tx, "acme", "founder", "bot", "ann-id", NOW)
        add_holder(tx, "acme", "founder", "cid", "ann-id", NOW)
        assert list_roles(tx, "acme") == (("founder", "cid-id"),)
        assert remove_holder(tx, "acme", "founder", "cid", "ann-id", NOW)
        assert not remove_holder(tx, "acme", "founder", "cid", "ann-id", NOW)


def test_nothing_of_a_run_is_seen_by_another_company(record: Record):
    make_company(record, "other")
    with record.write("acme") as tx:
        run = make_run(tx)
        keep_proof(tx, proof(run))
        create_approval(tx, question(run), NOW)
        create_escalation(tx, case(run), NOW)
        add_holder(tx, "acme", "founder", "cid", "ann-id", NOW)
    with record.read() as tx:
        assert list_runs(tx, "other") == ()
        assert list_steps(tx, "other", run.number) == ()
        assert list_proofs(tx, "other", run.number) == ()
        assert list_approvals(tx, "other") == ()
        assert list_escalations(tx, "other") == ()
        assert list_roles(tx, "other") == ()


def test_who_unlocks_the_tables_is_found_by_the_log(record: Record):
    with record.write("acme") as tx:
        run = make_run(tx)
        keep_proof(tx, proof(run))
        unlock(tx)
        tx.run("UPDATE proofs SET level = 'P3'")
        assert list_proofs(tx, "acme", run.number)[0].level == "P3"
        kept = [e.body for e in list_events(tx, "acme") if e.kind == "proof-kept"]
        assert kept[0]["level"] == "P0"
