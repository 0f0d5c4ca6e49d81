"""Proof that is forged, replayed, borrowed, empty or given by those who may not: none is accepted above the level that its checker earned."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from runs_company import MINUTE, Company, commit, make_company

from runlore.actions.prove import Offered, parse_proof
from runlore.actions.run_view import RunView
from runlore.errors import Conflict, NoSuchName, NotAllowed, RunloreError, StaleLease, UsageError
from runlore.model.run import LEVELS
from runlore.record.proofs import keep_proof, list_proofs

FOUND = {"id": "h-7"}
COUNT = {"count": 1}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def company(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    folder = tmp_path_factory.mktemp("proof")
    if request.param == "sqlite":
        yield make_company(folder, "")
        return
    server = request.getfixturevalue("postgres")
    url = server.make_database()
    yield make_company(folder, url)
    server.drop_database(url)


def result(value: object, transcript: Path | None = None) -> Offered:
    return Offered("tool result", json.dumps(value), None, transcript)


Case = Callable[[Company, RunView], tuple[int, str, object]]
"""Leaves proof and gives the step, the level that it earned at most, and the result to report."""


def claim(
    step: int, offered: Callable[[Company], Offered], most: str, told: object = FOUND, who: str = "agent"
) -> Case:
    def case(company: Company, view: RunView) -> tuple[int, str, object]:
        assert company.prove(who, view, step, offered(company)).level == most
        return step, most, told

    return case


def proved(told: object) -> Case:
    """The true result is proved, and another one reported."""

    def case(company: Company, view: RunView) -> tuple[int, str, object]:
        transcript = company.session(f"true-{view.run.number}", ("book.find", {"id": None}))
        item = company.prove("agent", view, 1, result({"id": None}, transcript))
        assert item.level == "P2"
        return 1, "P2", told

    return case


LOW: dict[str, Case] = {
    "a result that no transcript holds": claim(1, lambda c: result(FOUND, c.session("none")), "P1"),
    "a result without any transcript": claim(1, lambda c: result(FOUND), "P1"),
    "a result of another tool": claim(1, lambda c: result(FOUND, c.session("tool", ("book.look", FOUND))), "P1"),
    "a result of a call that failed": claim(
        1, lambda c: result({"error": "x"}, c.session("bad", ("book.find", {"error": "x"}))), "P1", {"error": "x"}
    ),
    "a result that only a person's words hold": claim(
        1, lambda c: result(FOUND, c.session("words", first=json.dumps(FOUND))), "P1"
    ),
    "a result that another tool quotes": claim(
        1, lambda c: result(FOUND, c.session("quote", ("read", {"text": json.dumps(FOUND)}))), "P1"
    ),
    "a result with one letter changed": claim(
        1, lambda c: result(FOUND, c.session("letter", ("book.find", {"id": "h-8"}))), "P1"
    ),
    "a result with a true for a one": claim(
        7, lambda c: result({"count": True}, c.session("true", ("book.find", COUNT))), "P1", {"count": True}
    ),
    "a part of a result": claim(
        1, lambda c: result(FOUND, c.session("part", ("book.find", {"id": "h-7", "gone": True}))), "P1"
    ),
    "a transcript from before the run": claim(
        1, lambda c: result(FOUND, c.session("old", ("book.find", FOUND), older=3600)), "P1"
    ),
    "the true result, and another one reported": proved(FOUND),
    "a link that does not answer": claim(2, lambda c: Offered("url", "https://x.invalid/1"), "P0", {"link": "https://x.invalid/1"}),
    "a link to this machine": claim(2, lambda c: Offered("url", "http://127.0.0.1:9/"), "P0", {"link": "http://127.0.0.1:9/"}),
    "a link to the cloud's metadata": claim(
        2, lambda c: Offered("url", "http://169.254.169.254/"), "P0", {"link": "http://169.254.169.254/"}
    ),
    "a link of another kind": claim(2, lambda c: Offered("url", "file:///etc/hostname"), "P0", {"link": "file:///etc/hostname"}),
    "a note for a link": claim(2, lambda c: Offered("note", "checked https://example.org/1"), "P0", {"link": "x"}),
    "a file for a link": claim(2, lambda c: Offered("file", "shot.png", b"the page, as a picture"), "P1", {"link": "x"}),
    "a command that ends badly": claim(3, lambda c: Offered("command", "broken"), "P0"),
    "a note that the checks ended well": claim(3, lambda c: Offered("note", "exit code 0"), "P0"),
    "a file with the checks' output": claim(3, lambda c: Offered("file", "out.txt", b"12 passed"), "P1"),
    "a note for a picture": claim(4, lambda c: Offered("note", "I looked at it"), "P0"),
    "a note that somebody said yes": claim(5, lambda c: Offered("note", "Bea said yes"), "P0"),
    "a message that says yes": claim(5, lambda c: Offered("message", "From: Bea. Yes!"), "P0"),
    "a commit that is not there": claim(6, lambda c: Offered("commit", "site@" + "0" * 40), "P0"),
    "a commit of a repository that nobody named": claim(6, lambda c: Offered("commit", "mine@" + commit(c, "m")), "P0"),
    "a name for a commit": claim(6, lambda c: Offered("commit", commit(c, "n") and "site@HEAD"), "P0"),
}  # fmt: skip


@pytest.mark.parametrize("what", LOW)
def test_what_was_not_checked_stays_low_and_its_step_open(company: Company, what: str) -> None:
    view = company.start()
    step, most, told = LOW[what](company, view)
    reported = company.report("agent", view, step, told)
    assert not reported.accepted
    assert {p.slug for p in reported.problems} & {
        "proof-low", "proof-missing", "proof-other", "proof-fails", "approval-missing",
    }  # fmt: skip
    after = company.look(view)
    assert after.steps[step - 1].state == "todo"
    assert all(LEVELS.index(p.level) <= LEVELS.index(most) for p in after.proofs)


Refusal = Callable[[Company, RunView], None]


def leave(step: int, offered: Callable[[Company], Offered], who: str = "agent") -> Refusal:
    return lambda company, view: company.prove(who, view, step, offered(company)) and None


def twice(step: int, offered: Callable[[Company, str], Offered], *, other_step: int = 0) -> Refusal:
    """The same is left for a run, or for another step of the same one, that was proof before."""

    def refusal(company: Company, view: RunView) -> None:
        before = view if other_step else company.start()
        company.prove("agent", before, step, offered(company, f"{before.run.nonce}"))
        company.prove("agent", view, other_step or step, offered(company, f"{before.run.nonce}"))

    return refusal


def grown(company: Company, view: RunView) -> None:
    before = company.start()
    name = f"grown-{before.run.number}"
    company.prove("agent", before, 1, result(FOUND, company.session(name, ("book.find", FOUND))))
    longer = company.session(name, ("book.find", FOUND), ("read", {"more": 1}))
    company.prove("agent", view, 1, result(FOUND, longer))


def bound_elsewhere(**changes: str) -> Refusal:
    def refusal(company: Company, view: RunView) -> None:
        item = company.prove("agent", view, 0, Offered("note", "true"))
        with company.as_("Ada") as ada, ada.record.write(ada.company) as tx:
            keep_proof(tx, replace(item, **changes))

    return refusal


REFUSED: dict[str, tuple[type[RunloreError], Refusal]] = {
    "the call that was proof of another run": (
        Conflict, twice(1, lambda c, n: result(FOUND, c.session(n, ("book.find", FOUND)))),
    ),
    "the call that was proof of another run, in a session that went on": (Conflict, grown),
    "the call that was proof of another step": (
        Conflict, twice(1, lambda c, n: result(COUNT, c.session(n, ("book.find", COUNT))), other_step=7),
    ),
    "the file of another run": (Conflict, twice(4, lambda c, n: Offered("file", "a.png", n.encode()))),
    "the file of another run under another name": (Conflict, twice(4, lambda c, n: Offered("file", f"{n}{c.later}", n.encode()))),
    "the file of another step": (Conflict, twice(4, lambda c, n: Offered("file", "a.png", n.encode()), other_step=2)),
    "the link of another run": (Conflict, twice(2, lambda c, n: Offered("url", f"https://x.invalid/{n}"))),
    "the commit of another run": (Conflict, twice(6, lambda c, n: Offered("commit", f"site@{n}"))),
    "another run's nonce": (Conflict, bound_elsewhere(nonce="0" * 32)),
    "another revision": (Conflict, bound_elsewhere(revision="sha256:" + "0" * 64)),
    "a run that there is not": (NoSuchName, lambda c, v: c.prove("agent", replace(v, run=replace(v.run, number=99_999)), 1, Offered("note", "x")) and None),
    "a step that there is not": (Conflict, leave(99, lambda c: Offered("note", "x"))),
    "proof by who does not hold the run": (StaleLease, leave(1, lambda c: Offered("note", "x"), "bee")),
    "proof by another agent of the same person": (StaleLease, leave(1, lambda c: Offered("note", "x"), "twin")),
    "proof by a service that may not verify": (StaleLease, leave(1, lambda c: Offered("note", "x"), "worker-service")),
    "a person's word by the worker": (NotAllowed, leave(5, lambda c: Offered("person", "Bea said yes"))),
    "a person's word by whoever operates the worker": (NotAllowed, leave(5, lambda c: Offered("person", "yes"), "Ada")),
    "a result confirmed by whoever operates the worker": (NotAllowed, leave(1, lambda c: result(FOUND), "Ada")),
    "an empty file": (UsageError, leave(4, lambda c: Offered("file", "a.png", b""))),
    "a file of blanks": (UsageError, leave(4, lambda c: Offered("file", "a.png", b" \n\t "))),
    "a file that is not there": (UsageError, lambda c, v: parse_proof(f"file:{c.folder}/none") and None),
    "no words": (UsageError, leave(5, lambda c: Offered("note", "  \n "))),
    "no link": (UsageError, leave(2, lambda c: parse_proof("url:"))),
    "a kind that there is not": (UsageError, leave(1, lambda c: parse_proof("P3:trust me"))),
    "a command that nobody allowed": (Conflict, leave(3, lambda c: Offered("command", "true"))),
    "a command line for a command": (Conflict, leave(3, lambda c: Offered("command", "fine; false"))),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_anothers_empty_or_nobodys_to_give_is_refused(company: Company, what: str) -> None:
    view = company.start()
    error, refusal = REFUSED[what]
    with pytest.raises(error):
        refusal(company, view)
    assert {p.level for p in company.look(view).proofs} <= {"P0", "P1", "P2"}
    assert not company.report("agent", view, 5).accepted


def test_a_commit_from_before_the_run_is_none_of_its_own(company: Company) -> None:
    made = commit(company, "before")
    company.later += 10 * MINUTE
    view = company.start()
    assert company.prove("agent", view, 6, Offered("commit", f"site@{made}")).level == "P0"
    company.later -= 10 * MINUTE


def test_the_same_proof_again_is_kept_once(company: Company) -> None:
    view = company.start()
    first = company.prove("agent", view, 4, Offered("file", "same.png", view.run.nonce.encode()))
    again = company.prove("agent", view, 4, Offered("file", "same.png", view.run.nonce.encode()))
    assert first == again
    with company.as_("Ada") as ada, ada.record.read() as tx:
        assert len(list_proofs(tx, ada.company, view.run.number)) == 1


def test_what_was_checked_counts_at_its_level(company: Company) -> None:
    """Else the cases above would prove only that nothing is ever accepted."""
    view = company.start()
    transcript = company.session("good", ("book.find", FOUND), ("book.find", COUNT))
    assert company.prove("agent", view, 1, result(FOUND, transcript)).level == "P2"
    assert company.report("agent", view, 1, FOUND).accepted
    assert company.prove("agent", view, 3, Offered("command", "fine")).level == "P2"
    assert company.report("agent", view, 3).accepted
    company.prove("agent", view, 4, Offered("file", "picture.png", f"own {view.run.nonce}".encode()))
    assert company.report("agent", view, 4).accepted
    item = company.prove("agent", view, 6, Offered("commit", f"site@{commit(company, view.run.nonce)[:12]}"))
    assert item.level == "P2"
    assert company.report("agent", view, 6).accepted
    assert company.prove("agent", view, 7, result(COUNT, transcript)).level == "P2"
    assert company.report("agent", view, 7).accepted, "a report without a result is about the one that was proved"
    assert company.look(view).steps[6].result == COUNT


def test_two_runs_may_rightly_get_the_same_result(company: Company) -> None:
    for number in (1, 2):
        view = company.start()
        item = company.prove("agent", view, 1, result(FOUND, company.session(f"each-{number}", ("book.find", FOUND))))
        assert item.level == "P2"
        assert company.prove("agent", view, 3, Offered("command", "fine")).level == "P2"


@pytest.mark.parametrize("who", ["Bea", "checker"])
def test_a_person_or_a_verifier_off_the_workers_side_confirms(company: Company, who: str) -> None:
    view = company.start()
    item = company.prove(who, view, 1, result(FOUND), 0)
    assert (item.level, item.checker.partition(":")[0]) == ("P3", "person" if who == "Bea" else "verifier")
    assert company.report("agent", view, 1, FOUND).accepted


def test_a_long_result_and_a_long_link_are_kept_whole(company: Company) -> None:
    view = company.start()
    long = {"id": "h-7", "text": "ab" * 100_000}
    transcript = company.session("long", ("book.find", long))
    item = company.prove("agent", view, 1, result(long, transcript))
    assert item.level == "P2" and len(item.value) > 200_000
    assert company.report("agent", view, 1, long).accepted
    link = "https://x.invalid/" + "a" * 1_900
    assert company.prove("agent", view, 2, Offered("url", link)).value == link
