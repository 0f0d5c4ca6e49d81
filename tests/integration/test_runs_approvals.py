"""A yes is a person's, off the worker's side, over exactly what stands now: every other way to one is refused. And a worker whose lease is over is refused on every verb."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from runs_company import MINUTE, Company, make_company

from runlore.actions.approve import answer, look_at, request_approval, withdraw_answer
from runlore.actions.caller import Caller
from runlore.actions.escalate import answer_question, escalate, pass_on_overdue
from runlore.actions.finish import finish
from runlore.actions.principals import PrincipalRequest, add_principal, revoke_principal
from runlore.actions.prove import Offered
from runlore.actions.roles import give_role
from runlore.actions.run_view import RunView
from runlore.actions.start import hand_over_run, resume, start
from runlore.actions.waiting import list_waiting
from runlore.errors import Conflict, NotAllowed, RunloreError, StaleLease
from runlore.model.run import ApprovalRequest
from runlore.record.approvals import answer_approval
from runlore.record.principals import get_principal
from runlore.running.lease import LENGTH

STEP = 5


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def company(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    folder = tmp_path_factory.mktemp("approvals")
    if request.param == "sqlite":
        yield make_company(folder, "")
        return
    server = request.getfixturevalue("postgres")
    url = server.make_database()
    yield make_company(folder, url)
    server.drop_database(url)


def ask(company: Company, view: RunView, who: str = "agent") -> ApprovalRequest:
    with company.as_(who) as caller:
        (asked,) = request_approval(caller, view.run.number, STEP, fence=view.run.lease.fence)
        return asked


def decide(
    company: Company, who: str, asked: ApprovalRequest, *, approved: bool = True, **given: str
) -> ApprovalRequest:
    with company.as_(who) as caller:
        return answer(
            caller,
            asked.number,
            approved=approved,
            digest=given.get("digest", asked.digest),
            assurance=given.get("assurance", "A1"),  # type: ignore[arg-type]
            comment=given.get("comment", ""),
        )


def slugs(company: Company, view: RunView, step: int = STEP) -> set[str]:
    return {p.slug for p in company.report("agent", view, step).problems}


def as_who(who: str) -> Callable[[Company, RunView, ApprovalRequest], object]:
    return lambda company, view, asked: decide(company, who, asked)


def by_another_company(company: Company, view: RunView, asked: ApprovalRequest) -> object:
    with company.as_("Bea") as bea, bea.record.write(bea.company) as tx:
        known = get_principal(tx, bea.company, bea.principal.id)
        stranger = replace(known, company="globex")
        return answer_approval(tx, bea.company, asked.number, stranger, True, asked.digest, "A1", "", bea.now)


def by_a_person_made_for_it(company: Company, view: RunView, asked: ApprovalRequest) -> object:
    with company.as_("agent") as agent:
        return add_principal(agent, PrincipalRequest("Bea Two", "human"))


def with_the_role_given_to_itself(company: Company, view: RunView, asked: ApprovalRequest) -> object:
    with company.as_("agent") as agent:
        return give_role(agent, "brand-owner", "agent")


def with_the_role_given_to_an_agent_by_the_owner(company: Company, view: RunView, asked: ApprovalRequest) -> object:
    with company.as_("Ada") as ada:
        return give_role(ada, "brand-owner", "agent")


def after_it_expired(company: Company, view: RunView, asked: ApprovalRequest) -> object:
    company.later += 24 * 60 * MINUTE
    try:
        return decide(company, "Bea", asked)
    finally:
        company.later -= 24 * 60 * MINUTE


def after_it_was_withdrawn(company: Company, view: RunView, asked: ApprovalRequest) -> object:
    with company.as_("agent") as agent:
        withdraw_answer(agent, asked.number)
    return decide(company, "Bea", asked)


def after_it_was_answered(company: Company, view: RunView, asked: ApprovalRequest) -> object:
    decide(company, "Bea", asked, approved=False, comment="no")
    return decide(company, "Bea", asked)


def over_other_bytes(company: Company, view: RunView, asked: ApprovalRequest) -> object:
    return decide(company, "Bea", asked, digest=asked.digest[:-1] + ("0" if asked.digest[-1] != "0" else "1"))


def over_another_runs_bytes(company: Company, view: RunView, asked: ApprovalRequest) -> object:
    return decide(company, "Bea", asked, digest=ask(company, company.start()).digest)


def by_whoever_operates_an_earlier_worker(company: Company, view: RunView, asked: ApprovalRequest) -> object:
    """Bea's agent worked on it; it was handed to another; Bea stays on the worker's side."""
    own = company.start("bee")
    with company.as_("bee") as bee:
        company.prove("bee", own, 4, Offered("file", "a.png", own.run.nonce.encode()))
        company.report("bee", own, 4)
        hand_over_run(bee, own.run.number, "agent", own.run.lease.fence)
    with company.as_("agent") as agent:
        taken = resume(agent, own.run.number).view
    return decide(company, "Bea", ask(company, taken))


def by_whoever_operates_the_worker_that_it_was_handed_to(
    company: Company, view: RunView, asked: ApprovalRequest
) -> object:
    with company.as_("agent") as agent:
        hand_over_run(agent, view.run.number, "bee", view.run.lease.fence)
    return decide(company, "Bea", asked)


SELF: dict[str, tuple[type[RunloreError], Callable[[Company, RunView, ApprovalRequest], object]]] = {
    "the worker": (NotAllowed, as_who("agent")),
    "whoever operates the worker, though an owner": (NotAllowed, as_who("Ada")),
    "another agent of the same person": (NotAllowed, as_who("twin")),
    "the agent of another": (NotAllowed, as_who("bee")),
    "a service": (NotAllowed, as_who("checker")),
    "a person without the role": (NotAllowed, as_who("Cid")),
    "a person of another company": (NotAllowed, by_another_company),
    "a person made for it": (NotAllowed, by_a_person_made_for_it),
    "an agent that gives itself the role": (NotAllowed, with_the_role_given_to_itself),
    "an agent that is given the role": (NotAllowed, with_the_role_given_to_an_agent_by_the_owner),
    "whoever operates an earlier worker": (NotAllowed, by_whoever_operates_an_earlier_worker),
    "whoever operates the next worker": (NotAllowed, by_whoever_operates_the_worker_that_it_was_handed_to),
    "a yes over other bytes": (Conflict, over_other_bytes),
    "a yes over another run's bytes": (Conflict, over_another_runs_bytes),
    "a yes of no assurance": (Conflict, lambda c, v, a: decide(c, "Bea", a, assurance="")),
    "a no without a reason": (Conflict, lambda c, v, a: decide(c, "Bea", a, approved=False)),
    "a yes after its time": (Conflict, after_it_expired),
    "a yes to what was withdrawn": (Conflict, after_it_was_withdrawn),
    "a yes after a no": (Conflict, after_it_was_answered),
}


@pytest.mark.parametrize("route", SELF)
def test_there_is_no_other_way_to_a_yes(company: Company, route: str) -> None:
    view = company.start()
    asked = ask(company, view)
    error, attempt = SELF[route]
    with pytest.raises(error):
        attempt(company, view, asked)
    assert not any(a.state == "approved" for a in company.look(view).approvals)
    if company.look(view).run.lease.holder == view.run.lease.holder:
        assert slugs(company, view) & {"approval-missing", "approval-rejected"}


def test_a_person_with_the_role_says_yes_and_the_step_counts(company: Company) -> None:
    view = company.start()
    asked = ask(company, view)
    with company.as_("Bea") as bea:
        assert asked.number in [a.number for a in list_waiting(bea).approvals]
    with company.as_("Ada") as ada:
        assert asked.number not in [a.number for a in list_waiting(ada).approvals]
    done = decide(company, "Bea", asked)
    assert (done.state, done.assurance) == ("approved", "A1")
    assert slugs(company, view) == set()


def test_a_revoked_persons_yes_is_none(company: Company) -> None:
    view = company.start()
    asked = ask(company, view)
    with company.as_("Ada") as ada:
        company.tokens["Dan"] = add_principal(ada, PrincipalRequest("Dan", "human")).token
        give_role(ada, "brand-owner", "Dan")
    with company.as_("Dan") as dan:
        with company.as_("Ada") as ada:
            revoke_principal(ada, "Dan")
        with pytest.raises(NotAllowed):
            answer(dan, asked.number, approved=True, digest=asked.digest, assurance="A1")


def type_command(company: Company, who: str, *words: object) -> subprocess.CompletedProcess[str]:
    """Type a command as somebody."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("RUNLORE_")}
    return subprocess.run(
        [sys.executable, "-m", "runlore", *map(str, words)],
        env={
            **environment,
            "RUNLORE_HOME": str(company.settings.home),
            "RUNLORE_RECORD": company.settings.record,
            "RUNLORE_TOKEN": company.tokens[who],
            "RUNLORE_SECRET": company.settings.secret,
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_agents_credential_at_the_command_line_gives_no_yes(company: Company) -> None:
    view = company.start()
    ask(company, view)
    done = type_command(company, "agent", "approve", view.run.number, STEP, "--yes")
    assert done.returncode == 2 and "a yes is a person's" in done.stderr, done.stderr


def test_a_yes_is_taken_back_at_the_command_line(company: Company) -> None:
    view = company.start()
    ask(company, view)
    for who, mine in (("Bea", True), ("Ada", False)):
        with company.as_(who) as caller:
            assert [q.mine for q in look_at(caller, view.run.number, STEP)] == [mine]
    assert type_command(company, "Bea", "approve", view.run.number, STEP, "--yes").returncode == 0
    assert type_command(company, "bee", "approve", view.run.number, STEP, "--withdraw").returncode == 2
    done = type_command(company, "Bea", "approve", view.run.number, STEP, "--withdraw")
    assert done.returncode == 0 and "is withdrawn" in done.stdout
    assert slugs(company, view) >= {"approval-missing"}
    assert type_command(company, "Bea", "approve", view.run.number, STEP, "--withdraw").returncode == 2


def test_a_yes_to_one_step_is_none_to_another(company: Company) -> None:
    view = company.start()
    decide(company, "Bea", ask(company, view))
    assert slugs(company, view, 8) >= {"step-early"}
    other = company.start()
    assert "approval-missing" in slugs(company, other)


def test_what_is_changed_after_the_yes_needs_another(company: Company) -> None:
    view = company.start()
    decide(company, "Bea", ask(company, view))
    with company.as_("agent") as agent:
        view = resume(agent, view.run.number, {"text": "The lock stays shut."}).view
    assert slugs(company, view) >= {"approval-stale"}
    ask(company, view)
    with company.as_("agent") as agent:
        view = resume(agent, view.run.number, {"text": "The lock opens at nine."}).view
    assert ask(company, view).state == "approved", "what stands now was approved before"
    assert slugs(company, view) == set()


def test_a_yes_that_is_taken_back_stops_the_steps_after_it(company: Company) -> None:
    view = company.start()
    asked = ask(company, view)
    decide(company, "Bea", asked)
    assert company.report("agent", view, STEP).accepted
    with pytest.raises(NotAllowed), company.as_("bee") as bee:
        withdraw_answer(bee, asked.number)
    with company.as_("Bea") as bea:
        withdraw_answer(bea, asked.number)
    company.prove("agent", view, 8, Offered("tool result", '{"sent": true}'))
    refused = company.report("agent", view, 8, {"sent": True})
    assert {p.slug for p in refused.problems} == {"approval-missing"}


def test_a_question_that_nobody_answers_goes_to_its_fallback(company: Company) -> None:
    view = company.start()
    with company.as_("agent") as agent:
        case = escalate(agent, view.run.number, "May we name them?", step=STEP)
        assert (case.role, case.fallback) == ("brand-owner", "owner")
        with pytest.raises(NotAllowed):
            answer_question(agent, case.number, "Yes.")
    company.later += 61 * MINUTE
    with company.as_("Ada") as ada:
        moved = {c.number: c.role for c in pass_on_overdue(ada)}
        assert moved[case.number] == "owner"
        assert answer_question(ada, case.number, "Yes.").state == "answered"
    company.later -= 61 * MINUTE


Verb = Callable[[Caller, Company, RunView], object]
VERBS: dict[str, Verb] = {
    "report": lambda w, c, v: c.report("agent", v, 4),
    "prove": lambda w, c, v: c.prove("agent", v, 4, Offered("note", "x")),
    "ask": lambda w, c, v: request_approval(w, v.run.number, STEP, fence=v.run.lease.fence),
    "finish": lambda w, c, v: finish(w, v.run.number, "failed", fence=v.run.lease.fence, why="x"),
    "drop": lambda w, c, v: finish(w, v.run.number, "dropped", fence=v.run.lease.fence, why="x"),
    "hand over": lambda w, c, v: hand_over_run(w, v.run.number, "agent", v.run.lease.fence),
    "resume": lambda w, c, v: resume(w, v.run.number),
    "start": lambda w, c, v: start(w, str(v.run.issue)),
    "give inputs": lambda w, c, v: resume(w, v.run.number, {"text": "mine"}),
    "escalate": lambda w, c, v: escalate(w, v.run.number, "What now?"),
    "withdraw": lambda w, c, v: withdraw_answer(w, look_at(w, v.run.number)[0].asked.number),
}


@pytest.mark.parametrize("verb", VERBS)
def test_a_worker_that_wakes_after_its_lease_is_refused_on_every_verb(company: Company, verb: str) -> None:
    view = company.start()
    ask(company, view)
    company.later += LENGTH // 2
    with company.as_("bee") as bee, pytest.raises(StaleLease):
        resume(bee, view.run.number)
    company.later += LENGTH // 2 + MINUTE
    with company.as_("bee") as bee:
        taken = resume(bee, view.run.number).view.run
    before = company.look(view)
    with company.as_("agent") as woken, pytest.raises((StaleLease, NotAllowed)):
        VERBS[verb](woken, company, view)
    assert company.look(view) == before
    assert company.look(view).run.lease == taken.lease
    company.later -= LENGTH + MINUTE


@pytest.mark.parametrize("verb", ["report", "prove", "ask", "finish", "drop", "hand over"])
def test_a_process_that_wakes_after_its_own_worker_went_on_is_refused(company: Company, verb: str) -> None:
    view = company.start()
    with company.as_("agent") as other:
        resume(other, view.run.number)
    before = company.look(view)
    with company.as_("agent") as woken, pytest.raises(StaleLease):
        VERBS[verb](woken, company, view)
    assert company.look(view) == before


def test_a_run_that_is_handed_over_loses_nothing(company: Company) -> None:
    view = company.start()
    company.prove("agent", view, 4, Offered("file", "a.png", view.run.nonce.encode()))
    company.report("agent", view, 4)
    asked = ask(company, view)
    with company.as_("Ada") as ada:
        hand_over_run(ada, view.run.number, "bee")
    with company.as_("bee") as bee:
        taken = resume(bee, view.run.number).view
    assert taken.steps[3].state == "done"
    assert [p.id for p in taken.proofs] == [p.id for p in company.look(view).proofs]
    assert [a.number for a in taken.approvals] == [asked.number]
    assert (taken.run.worker, taken.run.nonce) == (view.run.worker, view.run.nonce)
