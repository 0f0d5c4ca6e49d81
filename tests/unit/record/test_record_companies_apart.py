"""Nothing of one company is seen or touched by another: every function of the record is called for one of two that hold the same names.

A new function of the record fails the first test until it has its call here.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable
from typing import Any

import pytest

import runlore.record
from record_example import LATER, NOW, accept, bundle, make_company, person, principal, propose
from record_runs import case_of, debrief_of, fill_runs, proof_of, question_of, run_of
from runlore.errors import RunloreError
from runlore.model.debrief import Incident
from runlore.model.document import Link, Recognised
from runlore.model.issue import Issue
from runlore.model.library import HealthCheck, Principal, Proposal, Revision
from runlore.model.run import Lease, Run, RunStep, StepReport
from runlore.record import (
    approvals,
    assignments,
    blobs,
    companies,
    debriefs,
    documents,
    escalations,
    events,
    heads,
    health,
    idempotency,
    issues,
    policies,
    principals,
    proofs,
    proposals,
    publications,
    requests,
    reviews,
    revisions,
    roles,
    runs,
    verify,
    verify_runs,
)
from runlore.record.database import Record, Transaction
from runlore.record.tables import list_tables

OWN, OTHER = "acme", "globex"
KNOWN_COLUMN = re.compile(r"\b(?!company\b)[a-z_]+ = :(?!company\b)[a-z_]+")
OPTION = re.compile(r"\(:[a-z_]+ = (?:1|'') OR [^)]*\)")
"""What a list of a whole company may be narrowed by."""
WALK = re.compile(r"^(?:SCAN|SEARCH (?!principals\b)\w+ USING .*\(company=\?\)$)")
"""A plan's step that reads all rows of a company; of principals there are few, and they are asked for by id or name."""
HASH = re.compile(r"sha256:[0-9a-f]{64}")


def fill(record: Record, company: str, extra: int) -> None:
    """The same names in each company, with texts that name the company; ``extra`` documents, proposals and issues more."""
    make_company(record, company)
    with record.write(company) as tx:
        for at in range(2 + extra):
            made(tx, company, f"notes/n{at}", f"{company} text {at}")
        made(tx, company, "growth:notes/n0", f"{company} team")
        for at in range(1 + extra):
            propose(tx, "notes/open", f"{company} open {at}", company=company)
            issue = Issue(company, 0, f"{company} issue {at}", url=f"https://{company}/{at}", key=f"{company}-{at}")
            issues.create_issue(tx, issue, "ann-id", NOW)
            assignments.create_assignment(tx, company, at + 1, "bot-id", "ann-id", 1, f'"{company}"', [], NOW)
            requests.add_request(tx, company, "notes/n0", f"{company} asks {at}", "x", NOW)
            health.put_health(tx, HealthCheck(company, f"integrations/{company}", "ready", f"{company} detail", NOW))
        idempotency.keep_answer(tx, company, "bot-id", "key", "digest", f"{company} answer", NOW)


def made(tx: Transaction, company: str, document: str, text: str) -> Revision:
    proposal = propose(tx, document, text, company=company)
    accept(tx, proposal)
    said = Recognised(text, review_every="1 day")
    links = (Link("document", "notes/n1", f"{company} body"),)
    return publications.publish(tx, company, proposal, principal("cid", company), said, links, NOW)


def own(tx: Transaction) -> Proposal:
    return propose(tx, "notes/mine", "acme mine")


def head(tx: Transaction, document: str = "notes/n0") -> Revision:
    return revisions.get_head(tx, OWN, document)


def first(tx: Transaction) -> Run:
    return runs.get_run(tx, OWN, 1)


Call = Callable[[Transaction], Any]
RUN_CALLS: dict[str, tuple[Call, ...]] = {
    "approvals.answer_approval": (
        lambda tx: approvals.answer_approval(
            tx, OWN, 1, principal("cid"), True, approvals.get_approval(tx, OWN, 1).digest, "A1", "", NOW
        ),
        lambda tx: approvals.answer_approval(tx, OWN, 9, principal("cid"), True, "", "A1", "", NOW),
    ),
    "approvals.create_approval": (lambda tx: approvals.create_approval(tx, question_of(first(tx)), NOW),),
    "approvals.expire_approvals": (lambda tx: approvals.expire_approvals(tx, OWN, LATER),),
    "approvals.get_approval": (lambda tx: approvals.get_approval(tx, OWN, 1),),
    "approvals.list_approvals": (
        lambda tx: approvals.list_approvals(tx, OWN),
        lambda tx: approvals.list_approvals(tx, OWN, run=1, step=1),
        lambda tx: approvals.list_approvals(tx, OWN, state="open"),
    ),
    "approvals.may_answer": (
        lambda tx: approvals.may_answer(tx, approvals.get_approval(tx, OWN, 1), principal("ann"), NOW),
    ),
    "approvals.withdraw_approval": (lambda tx: approvals.withdraw_approval(tx, OWN, 1, "ann-id", NOW),),
    "debriefs.create_debrief": (lambda tx: debriefs.create_debrief(tx, debrief_of(run_of(tx))),),
    "debriefs.create_incident": (
        lambda tx: debriefs.create_incident(tx, Incident(OWN, 0, "x", "", "", 0, "ann-id", NOW)),
    ),
    "debriefs.find_debrief": (lambda tx: debriefs.find_debrief(tx, OWN, "run", "1"),),
    "debriefs.get_debrief": (lambda tx: debriefs.get_debrief(tx, OWN, 1),),
    "debriefs.get_incident": (lambda tx: debriefs.get_incident(tx, OWN, 1),),
    "debriefs.list_debriefs": (
        lambda tx: debriefs.list_debriefs(tx, OWN),
        lambda tx: debriefs.list_debriefs(tx, OWN, "runbooks/x"),
    ),
    "debriefs.list_findings": (
        lambda tx: debriefs.list_findings(tx, OWN),
        lambda tx: debriefs.list_findings(tx, OWN, state="new", document="runbooks/x"),
        lambda tx: debriefs.list_findings(tx, OWN, debrief=1),
    ),
    "debriefs.move_findings": (lambda tx: debriefs.move_findings(tx, OWN, [1], "proposed", 1, "ann-id", NOW),),
    "escalations.answer_escalation": (
        lambda tx: escalations.answer_escalation(tx, OWN, 1, principal("cid"), "yes", NOW),
    ),
    "escalations.create_escalation": (lambda tx: escalations.create_escalation(tx, case_of(first(tx)), NOW),),
    "escalations.get_escalation": (lambda tx: escalations.get_escalation(tx, OWN, 1),),
    "escalations.list_escalations": (
        lambda tx: escalations.list_escalations(tx, OWN),
        lambda tx: escalations.list_escalations(tx, OWN, run=1),
        lambda tx: escalations.list_escalations(tx, OWN, state="open"),
    ),
    "escalations.pass_on": (lambda tx: escalations.pass_on(tx, OWN, LATER),),
    "policies.allow_class": (lambda tx: policies.allow_class(tx, OWN, "counters", "ann-id", NOW),),
    "policies.find_policy": (lambda tx: policies.find_policy(tx, OWN, "counters"),),
    "policies.stop_class": (lambda tx: policies.stop_class(tx, OWN, "counters", "ann-id", NOW),),
    "proofs.keep_proof": (
        lambda tx: proofs.keep_proof(tx, proof_of(first(tx), "new")),
        lambda tx: proofs.keep_proof(tx, proof_of(run_of(tx), "https://globex/0")),
    ),
    "proofs.list_every_proof": (lambda tx: proofs.list_every_proof(tx, OWN),),
    "proofs.list_proofs": (lambda tx: proofs.list_proofs(tx, OWN, 1), lambda tx: proofs.list_proofs(tx, OWN, 1, 1)),
    "roles.add_holder": (lambda tx: roles.add_holder(tx, OWN, "boss", "bea", "ann-id", NOW),),
    "roles.grant": (lambda tx: roles.grant(tx, OWN, "bot", "x:write", "ann-id", NOW),),
    "roles.list_grants": (lambda tx: roles.list_grants(tx, OWN, "bot-id"),),
    "roles.list_holders": (lambda tx: roles.list_holders(tx, OWN, "boss"),),
    "roles.list_roles": (lambda tx: roles.list_roles(tx, OWN),),
    "roles.remove_holder": (lambda tx: roles.remove_holder(tx, OWN, "boss", "cid", "ann-id", NOW),),
    "roles.revoke_grant": (lambda tx: roles.revoke_grant(tx, OWN, "bot", "acme:write", "ann-id", NOW),),
    "runs.change_inputs": (lambda tx: runs.change_inputs(tx, first(tx), (("a", "b"),), "bot-id", NOW),),
    "runs.change_lease": (lambda tx: runs.change_lease(tx, first(tx), Lease("bee-id", 2, LATER), "bee-id", NOW),),
    "runs.change_state": (lambda tx: runs.change_state(tx, run_of(tx), "failed", "bot-id", NOW),),
    "runs.create_run": (run_of,),
    "runs.find_run": (lambda tx: runs.find_run(tx, OWN, 1), lambda tx: runs.find_run(tx, OWN, 99)),
    "runs.get_run": (lambda tx: runs.get_run(tx, OWN, 99),),
    "runs.list_reports": (lambda tx: runs.list_reports(tx, OWN, 1),),
    "runs.list_runs": (
        lambda tx: runs.list_runs(tx, OWN),
        lambda tx: runs.list_runs(tx, OWN, state="running"),
        lambda tx: runs.list_runs(tx, OWN, issue=1, document="notes/n0"),
        lambda tx: runs.list_runs(tx, OWN, worker="bot-id"),
    ),
    "runs.list_steps": (lambda tx: runs.list_steps(tx, OWN, 1),),
    "runs.list_workers": (lambda tx: runs.list_workers(tx, OWN, 1),),
    "runs.write_report": (
        lambda tx: runs.write_report(tx, run_of(tx), StepReport(2, "done"), RunStep(2, "done"), "bot-id", NOW),
    ),
    "verify_runs.check_approvals": (lambda tx: tuple(verify_runs.check_approvals(tx, OWN)),),
    "verify_runs.check_escalations": (lambda tx: tuple(verify_runs.check_escalations(tx, OWN)),),
    "verify_runs.check_proofs": (lambda tx: tuple(verify_runs.check_proofs(tx, OWN)),),
    "verify_runs.check_reports": (lambda tx: tuple(verify_runs.check_reports(tx, OWN)),),
    "verify_runs.check_runs": (lambda tx: tuple(verify_runs.check_runs(tx, OWN)),),
}
CALLS: dict[str, tuple[Call, ...]] = {
    **RUN_CALLS,
    "assignments.create_assignment": (
        lambda tx: assignments.create_assignment(tx, OWN, 1, "bot-id", "ann-id", 1, "{}", [], NOW),
        lambda tx: assignments.create_assignment(tx, OWN, 3, "bot-id", "ann-id", 1, "{}", [], NOW),
    ),
    "assignments.find_current": (lambda tx: assignments.find_current(tx, OWN, 1), lambda tx: assignments.find_current(tx, OWN, 3)),
    "assignments.get_assignment": (lambda tx: assignments.get_assignment(tx, OWN, 1), lambda tx: assignments.get_assignment(tx, OWN, 3)),
    "assignments.list_assignments": (lambda tx: assignments.list_assignments(tx, OWN),),
    "assignments.list_for_worker": (lambda tx: assignments.list_for_worker(tx, OWN, "bot-id"),),
    "blobs.erase_blob": (
        lambda tx: blobs.erase_blob(tx, OWN, head(tx).files[0].hash, "ann-id", "r", NOW),
        lambda tx: blobs.erase_blob(tx, OWN, foreign_blob(tx), "ann-id", "r", NOW),
    ),
    "blobs.get_blob": (lambda tx: blobs.get_blob(tx, OWN, head(tx).files[0].hash), lambda tx: blobs.get_blob(tx, OWN, foreign_blob(tx))),
    "blobs.get_bundle": (lambda tx: blobs.get_bundle(tx, OWN, head(tx)),),
    "blobs.put_blob": (lambda tx: blobs.put_blob(tx, OWN, b"globex text 1"[:0]), lambda tx: blobs.put_blob(tx, OWN, b"new")),
    "companies.add_member": (lambda tx: companies.add_member(tx, OWN, "growth", "cid-id", NOW),),
    "companies.create_team": (lambda tx: companies.create_team(tx, OWN, "sales", "Sales", NOW),),
    "companies.get_team": (lambda tx: companies.get_team(tx, OWN, "growth"), lambda tx: companies.get_team(tx, OWN, "x")),
    "companies.list_members": (lambda tx: companies.list_members(tx, OWN, "growth"),),
    "companies.list_teams": (lambda tx: companies.list_teams(tx, OWN),),
    "documents.find_document": (lambda tx: documents.find_document(tx, OWN, "notes/n0"), lambda tx: documents.find_document(tx, OWN, "notes/n3")),
    "documents.get_document": (lambda tx: documents.get_document(tx, OWN, "notes/n3"),),
    "documents.list_documents": (lambda tx: documents.list_documents(tx, OWN), lambda tx: documents.list_documents(tx, OWN, team="growth")),
    "documents.list_due": (lambda tx: documents.list_due(tx, OWN, "2999-01-01"),),
    "documents.list_links_from": (lambda tx: documents.list_links_from(tx, OWN, "notes/n0"),),
    "documents.list_links_to": (lambda tx: documents.list_links_to(tx, OWN, "notes/n1"),),
    "documents.make_document": (lambda tx: documents.make_document(tx, OWN, "notes/made", NOW),),
    "documents.put_document": (lambda tx: documents.put_document(tx, head(tx), Recognised("T"), (), retires=False),),
    "documents.resolve_name": (lambda tx: documents.resolve_name(tx, OWN, "n1"), lambda tx: documents.resolve_name(tx, OWN, "n3")),
    "events.append": (lambda tx: events.append(tx, OWN, "ann-id", "noted", "x", {}, NOW),),
    "events.check_chain": (lambda tx: events.check_chain(tx, OWN),),
    "events.list_events_about": (lambda tx: events.list_events_about(tx, OWN, "run 1"),),
    "events.list_events": (lambda tx: events.list_events(tx, OWN),),
    "events.make_checkpoint": (lambda tx: events.make_checkpoint(tx, OWN, NOW),),
    "heads.count_publications": (lambda tx: heads.count_publications(tx, OWN),),
    "heads.find_published": (lambda tx: heads.find_published(tx, OWN, 1), lambda tx: heads.find_published(tx, OWN, 4)),
    "heads.has_content": (lambda tx: not heads.has_content(tx, OWN, foreign_blob(tx)) or "globex is known",),
    "heads.list_erased": (lambda tx: heads.list_erased(tx, OWN),),
    "heads.list_heads": (lambda tx: heads.list_heads(tx, OWN),),
    "heads.list_retiring": (lambda tx: heads.list_retiring(tx, OWN),),
    "health.get_health": (lambda tx: health.get_health(tx, OWN, "integrations/globex"), lambda tx: health.get_health(tx, OWN, "integrations/acme")),
    "health.list_checks": (lambda tx: health.list_checks(tx, OWN, "integrations/globex"), lambda tx: health.list_checks(tx, OWN, "integrations/acme")),
    "health.list_health": (lambda tx: health.list_health(tx, OWN),),
    "health.put_health": (lambda tx: health.put_health(tx, HealthCheck(OWN, "integrations/x", "ready", "", NOW)),),
    "idempotency.drop_answers": (lambda tx: idempotency.drop_answers(tx, OWN, LATER),),
    "idempotency.find_answer": (lambda tx: idempotency.find_answer(tx, OWN, "bot-id", "key", "digest"),),
    "idempotency.keep_answer": (lambda tx: idempotency.keep_answer(tx, OWN, "bot-id", "key 2", "digest", 1, NOW),),
    "issues.close_issue": (lambda tx: issues.close_issue(tx, OWN, 1, "done", "ann-id", NOW), lambda tx: issues.close_issue(tx, OWN, 3, "done", "ann-id", NOW)),
    "issues.create_issue": (lambda tx: issues.create_issue(tx, Issue(OWN, 0, "T", url="https://globex/0"), "ann-id", NOW),),
    "issues.find_issue": (lambda tx: issues.find_issue(tx, OWN, 1), lambda tx: issues.find_issue(tx, OWN, 3)),
    "issues.find_issue_by_key": (lambda tx: issues.find_issue_by_key(tx, OWN, "globex-0"),),
    "issues.find_issue_by_url": (lambda tx: issues.find_issue_by_url(tx, OWN, "https://globex/1"),),
    "issues.get_issue": (lambda tx: issues.get_issue(tx, OWN, 3),),
    "issues.list_issues": (lambda tx: issues.list_issues(tx, OWN),),
    "issues.update_issue": (lambda tx: issues.update_issue(tx, Issue(OWN, 1, "T2"), "ann-id", NOW), lambda tx: issues.update_issue(tx, Issue(OWN, 3, "T2"), "ann-id", NOW)),
    "principals.authors_side": (lambda tx: principals.authors_side(tx, OWN, ["bot-id"]),),
    "principals.create_principal": (lambda tx: principals.create_principal(tx, person(OWN, "dot", "read", kind="agent", operator="only-id")),),
    "principals.find_principal": (lambda tx: principals.find_principal(tx, OWN, "only"), lambda tx: principals.find_principal(tx, OWN, "ann")),
    "principals.get_principal": (lambda tx: principals.get_principal(tx, OWN, "only"),),
    "principals.issue_credential": (lambda tx: principals.issue_credential(tx, OWN, "ann-id", principals.token_hash("new"), NOW),),
    "principals.list_principals": (lambda tx: principals.list_principals(tx, OWN),),
    "principals.revoke": (lambda tx: principals.revoke(tx, OWN, "cid", NOW), lambda tx: principals.revoke(tx, OWN, "only", NOW)),
    "principals.works_alone": (lambda tx: principals.works_alone(tx, OWN, "ann-id", NOW),),
    "proposals.close_proposal": (lambda tx: proposals.close_proposal(tx, OWN, own(tx).number, "withdrawn", "bot-id", NOW),),
    "proposals.create_proposal": (
        own,
        lambda tx: proposals.create_proposal(tx, OWN, "notes/n3", foreign_revision(tx), bundle("x"), ("bot-id",), "", "agent", NOW, 0),
    ),
    "proposals.expire_proposals": (lambda tx: proposals.expire_proposals(tx, OWN, LATER + 1),),
    "proposals.find_proposal": (lambda tx: proposals.find_proposal(tx, OWN, 1), lambda tx: proposals.find_proposal(tx, OWN, 7)),
    "proposals.get_proposal": (lambda tx: proposals.get_proposal(tx, OWN, 7),),
    "proposals.list_proposals": (lambda tx: proposals.list_proposals(tx, OWN), lambda tx: proposals.list_proposals(tx, OWN, "open", "notes/open")),
    "proposals.set_state": (lambda tx: proposals.set_state(tx, OWN, own(tx).number, "expired", NOW),),
    "publications.list_outbox": (lambda tx: publications.list_outbox(tx, OWN),),
    "publications.list_publications": (lambda tx: publications.list_publications(tx, OWN),),
    "publications.mark_projected": (lambda tx: publications.mark_projected(tx, OWN, 1, "c0ffee"), lambda tx: publications.mark_projected(tx, OWN, 4, "c0ffee")),
    "publications.publish": (lambda tx: made(tx, OWN, "notes/new", "acme new"), lambda tx: publications.publish(tx, OWN, own(tx), principal("cid", OTHER), Recognised("T"), (), NOW)),
    "requests.add_request": (lambda tx: requests.add_request(tx, OWN, "notes/n0", "globex asks 1", "x", NOW) and None,),
    "requests.list_requests": (lambda tx: [r for r in requests.list_requests(tx, OWN, "notes/n0") if r.seq < 2],),
    "requests.requests_after": (lambda tx: [r for r in requests.requests_after(tx, OWN, 0) if r.seq < 2],),
    "reviews.check_base": (lambda tx: reviews.check_base(tx, propose(tx, "notes/n0", "x", head(tx).hash)),),
    "reviews.check_reviewable": (lambda tx: reviews.check_reviewable(tx, own(tx), NOW),),
    "reviews.check_reviewer": (
        lambda tx: reviews.check_reviewer(tx, own(tx), Principal(OTHER, "cid-id", "cid", "human", ("review",)), NOW),
        lambda tx: reviews.check_reviewer(tx, own(tx), Principal(OWN, "only-id", "only", "human", ("review",)), NOW),
    ),
    "reviews.create_review": (lambda tx: reviews.create_review(tx, own(tx), principal("bea"), True, "", NOW, LATER),),
    "reviews.find_usable": (lambda tx: reviews.find_usable(tx, own(tx), NOW),),
    "reviews.insert_review": (lambda tx: reviews.insert_review(tx, own(tx), principal("bea"), True, "", NOW, LATER),),
    "reviews.list_reviews": (lambda tx: reviews.list_reviews(tx, OWN, 1), lambda tx: reviews.list_reviews(tx, OWN, 4)),
    "revisions.find_head": (lambda tx: revisions.find_head(tx, OWN, "notes/n0"), lambda tx: revisions.find_head(tx, OWN, "notes/n3")),
    "revisions.find_revision": (lambda tx: revisions.find_revision(tx, OWN, "notes/n3", 1),),
    "revisions.get_head": (lambda tx: revisions.get_head(tx, OWN, "notes/n3"),),
    "revisions.get_revision": (lambda tx: revisions.get_revision(tx, OWN, foreign_revision(tx)),),
    "revisions.list_files": (lambda tx: revisions.list_files(tx, OWN, foreign_revision(tx)),),
    "revisions.list_revisions": (lambda tx: revisions.list_revisions(tx, OWN, "notes/n0"), lambda tx: revisions.list_revisions(tx, OWN, "notes/n3")),
    "verify.check_contents": (lambda tx: list(verify.check_contents(tx, OWN)),),
    "verify.check_principals": (lambda tx: list(verify.check_principals(tx, OWN)),),
    "verify.check_proposals": (lambda tx: list(verify.check_proposals(tx, OWN)),),
    "verify.check_publications": (lambda tx: list(verify.check_publications(tx, OWN)),),
    "verify.check_revisions": (lambda tx: list(verify.check_revisions(tx, OWN)),),
    "verify.verify_record": (lambda tx: verify.verify_record(tx, OWN),),
}  # fmt: skip
WITHOUT_A_COMPANY = {
    "companies.create_company", "companies.get_company", "companies.find_only_company", "companies.list_companies",  # for whoever runs the record
    "principals.find_by_credential",  # the credential itself says of which company it is
}  # fmt: skip


def foreign_revision(tx: Transaction) -> str:
    return str(tx.memory["foreign revision"])


def foreign_blob(tx: Transaction) -> str:
    return str(tx.memory["foreign blob"])


def list_functions() -> set[str]:
    """Every public function of the record that takes a transaction."""
    found = set()
    for module in pkgutil.iter_modules(runlore.record.__path__):
        loaded = importlib.import_module(f"runlore.record.{module.name}")
        for name, function in vars(loaded).items():
            own = inspect.isfunction(function) and function.__module__ == loaded.__name__ and not name.startswith("_")
            if own and next(iter(inspect.signature(function).parameters), "") == "tx":
                found.add(f"{module.name}.{name}")
    return found


def test_every_function_of_the_record_is_called_here() -> None:
    assert list_functions() == set(CALLS) | WITHOUT_A_COMPANY


def list_rows(record: Record, company: str) -> dict[str, list[tuple[Any, ...]]]:
    with record.read() as tx:
        return {
            table.name: tx.all(
                f"SELECT {', '.join(table.columns)} FROM {table.name} WHERE {table.order[0]} = :company ORDER BY {', '.join(table.order)}",
                company=company,
            )
            for table in list_tables()
        }


class Watched(Transaction):
    """A transaction that writes down its statements."""

    statements: list[str]

    def all(self, sql: str, **parameters: Any) -> list[tuple[Any, ...]]:
        self.statements.append(sql)
        return super().all(sql, **parameters)

    def run(self, sql: str, **parameters: Any) -> int:
        self.statements.append(sql)
        return super().run(sql, **parameters)


@pytest.fixture
def two(record_url: str) -> Record:
    record = runlore.record.database.open_record(record_url, create=True)
    fill(record, OWN, 0)
    fill(record, OTHER, 1)
    fill_runs(record, OWN)
    fill_runs(record, OTHER)
    with record.write(OTHER) as tx:
        principals.create_principal(tx, person(OTHER, "only", "review"))
    return record


def test_no_function_sees_or_touches_another_company(two: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runlore.record.database.Transaction", Watched)
    Watched.statements = []
    before = list_rows(two, OTHER)
    foreign = {hash for rows in before.values() for row in rows for hash in HASH.findall(repr(row))}
    foreign -= {hash for rows in list_rows(two, OWN).values() for row in rows for hash in HASH.findall(repr(row))}
    with two.read() as tx:
        revision = revisions.get_head(tx, OTHER, "notes/n1")
    assert {revision.hash, revision.files[0].hash} <= foreign
    Watched.statements.clear()
    for name, calls in CALLS.items():
        for number, call in enumerate(calls):
            said = repr(attempt(two, call, revision))
            told = said.replace("globex asks 1", "").replace("https://globex/0", "").replace("integrations/globex", "")
            assert "globex" not in told.lower(), (name, number, said)
            assert not foreign & (set(HASH.findall(said)) - {revision.hash, revision.files[0].hash}), (
                name,
                number,
                said,
            )
    check_statements(set(Watched.statements))
    assert list_rows(two, OTHER) == before
    two.close()


def test_no_statement_walks_through_a_whole_company_for_one_thing(two: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    """With more of its columns known than the company, a statement finds its rows by an index that has them. SQLite says how it would go about it."""
    if two.kind != "sqlite":  # there the plans depend on statistics that a test's tables do not have
        two.close()
        return
    monkeypatch.setattr("runlore.record.database.Transaction", Watched)
    Watched.statements = []
    with two.read() as tx:
        revision = revisions.get_head(tx, OTHER, "notes/n1")
    for calls in CALLS.values():
        for call in calls:
            attempt(two, call, revision)
    found = []
    with two.read() as tx:
        for sql in sorted(set(Watched.statements)):
            if not KNOWN_COLUMN.search(OPTION.sub("", sql)):
                continue
            names = dict.fromkeys(re.findall(r":([a-z_]+)", sql), 0)
            steps = [str(row[3]) for row in tx.all("EXPLAIN QUERY PLAN " + sql, **names)]
            found += [(sql, step) for step in steps if WALK.search(step)]
    assert not found, "\n".join(f"{step}: {sql}" for sql, step in found)
    two.close()


def attempt(record: Record, call: Call, revision: Revision) -> Any:
    """Call in a write of its own; what it gives, or what it refuses with."""
    try:
        with record.write(OWN) as tx:
            tx.memory |= {"foreign revision": revision.hash, "foreign blob": revision.files[0].hash}
            return call(tx)
    except RunloreError as error:
        return str(error)


def check_statements(statements: set[str]) -> None:
    """Every statement names the company: in its condition, or in what it inserts."""
    assert len(statements) > 80
    for sql in statements:
        assert ":company" in sql, sql
        if not sql.startswith("INSERT"):
            assert re.search(r"\bcompany = :company", sql), sql
