"""Sessions split into cases. All sessions are invented."""

from __future__ import annotations

import itertools
from typing import Any

from runlore.mining.activities import describe
from runlore.mining.cases import split
from runlore.mining.values import Span
from runlore.model import Event

HOUR = 3600.0


class Session:
    """Builds events one after the other, a minute apart."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.clock = 1_700_000_000.0

    def add(self, kind: Any, **fields: Any) -> Session:
        self.clock += 60
        number = len(self.events) + 1
        base = {
            "id": str(number),
            "kind": kind,
            "line": number,
            "time": self.clock,
            "end": self.clock,
            "cwd": "/w/shop",
            **fields,
        }
        self.events.append(Event(**base))
        return self

    def ask(self, text: str) -> Session:
        return self.add("prompt", actor="person", text=text)

    def say(self, text: str) -> Session:
        return self.add("say", text=text)

    def run(self, *lines: str) -> Session:
        for line in lines:
            self.add("call", tool="Bash", arguments={"command": line})
        return self

    def edit(self, *paths: str) -> Session:
        for path in paths:
            self.add("call", tool="Edit", arguments={"file_path": f"/w/shop/{path}"})
        return self

    def procedure(self, name: str, actor: Any = "person", args: str = "") -> Session:
        return self.add(
            "procedure", tool=name, actor=actor, text=f"# {name}\nDo it step by step.", arguments={"args": args}
        )

    def split(self) -> tuple[Span, ...]:
        return split(
            self.events, {i: describe(e) for i, e in enumerate(self.events) if e.kind in ("call", "procedure")}
        )


def bounds(spans: tuple[Span, ...]) -> list[tuple[int, int]]:
    return [(span.first, span.last) for span in spans]


def uploads() -> Session:
    session = Session().ask("Add retries with backoff to the upload client")
    return session.edit("src/upload/client.py", "tests/test_upload.py").run("pytest tests", "git commit -am x")


def test_two_pieces_of_work_are_two_cases() -> None:
    session = uploads().ask("The invoice totals ignore the discount, please repair the rounding")
    session.edit("src/billing/invoice.py").run("pytest", "git commit -am y")
    spans = session.split()
    assert bounds(spans) == [(0, 4), (5, 8)]
    assert spans[0].requests == (0,)
    assert spans[0].objects == ("area:src/upload", "area:tests")


def test_short_follow_ups_stay() -> None:
    session = uploads().ask("commit and push").run("git push").ask("yes please").run("gh pr create --fill")
    session.ask("no, use a draft").run("gh pr ready --undo 7").ask("why?").say("Because.").ask(
        "the lint is failing"
    ).run("ruff check .")
    spans = session.split()
    assert len(spans) == 1
    assert spans[0].requests == (0, 5, 7, 9, 11, 13)


def test_the_same_files_stay_one_case() -> None:
    session = uploads().ask("Make the waiting time between attempts configurable")
    session.edit("src/upload/client.py").run("pytest")
    assert len(session.split()) == 1


def test_another_pull_request_is_another_case() -> None:
    session = Session().ask("Address the review of PR #104").run("gh pr view 104", "git push")
    session.ask("Now the same for PR #117, the export one").run("gh pr view 117", "git push")
    session.ask("also answer the reviewer in PR #117").run("gh pr comment 117 -b ok")
    assert bounds(session.split()) == [(0, 2), (3, 7)]


def test_another_ticket_is_another_case() -> None:
    session = (
        Session().ask("Let's work on SHOP-12, the flaky importer").edit("src/importer/a.py").run("git commit -am x")
    )
    session.ask("Implement SHOP-40: export as spreadsheet").edit("src/export/b.py").run("git commit -am x")
    first, second = session.split()
    assert "issue:SHOP-12" in first.objects
    assert "issue:SHOP-40" in second.objects


def test_a_slash_command_opens_a_case_and_a_retry_does_not() -> None:
    session = (
        uploads()
        .procedure("/release")
        .add("interrupt")
        .procedure("/release", args="1.2")
        .run("git tag v1.2", "git push --tags")
    )
    assert bounds(session.split()) == [(0, 4), (5, 9)]


def test_a_skill_that_the_agent_loads_stays_in_its_case() -> None:
    session = (
        Session().ask("Find out why the worker hangs").procedure("debugging", actor="agent").run("pytest -k worker")
    )
    assert bounds(session.split()) == [(0, 2)]


def test_a_skill_loaded_at_the_persons_word_opens_a_case() -> None:
    session = uploads().ask("okay, now /review-it").add("call", tool="Skill", arguments={"skill": "review-it"})
    session.procedure("review-it", actor="agent").run("gh pr view 5", "gh pr comment 5 -b done")
    assert bounds(session.split()) == [(0, 4), (5, 9)]


def test_a_plan_handed_over_opens_a_case() -> None:
    session = (
        uploads()
        .ask("Implement the following plan:\n\n# Plan: audit log\n\n1. table\n2. writer")
        .edit("src/audit/log.py")
    )
    assert bounds(session.split()) == [(0, 4), (5, 6)]


def test_a_plan_that_never_ran_is_handed_over_again() -> None:
    plan = "Implement the following plan:\n\n# Plan: audit log\n\n1. table\n2. writer"
    session = (
        Session()
        .ask(plan)
        .ask("Operation stopped by hook: another session is active")
        .ask(plan)
        .edit("src/audit/log.py")
    )
    assert bounds(session.split()) == [(0, 3)]


def test_bringing_the_branch_up_to_date_is_a_case_of_its_own() -> None:
    session = (
        uploads().run("git push").ask("update from our parent branch").run("git fetch", "git rebase origin/parent")
    )
    assert bounds(session.split()) == [(0, 5), (6, 8)]


def test_people_answer_with_the_agents_own_words() -> None:
    session = uploads().say("The reviewer would use `ParallelImport` and drop the `csvSniffer`.")
    session.ask("remove the sniffer first, the csv is always clean").edit("src/importer/csv.py").run("git commit -am x")
    assert len(session.split()) == 1


def test_an_interrupt_does_not_split() -> None:
    session = Session().ask("Add retries to the upload client").edit("src/upload/client.py").add("interrupt")
    session.ask("Add retries to the upload client, at most three").edit("src/upload/client.py")
    assert len(session.split()) == 1


def test_small_talk_after_the_last_effect_is_left_out_and_corrections_are_not() -> None:
    asked = uploads().ask("what are the settings for the summary again?").say("These.")
    assert bounds(asked.split()) == [(0, 4)]
    corrected = uploads().ask("no, never commit straight to main").say("Understood.")
    assert bounds(corrected.split()) == [(0, 6)]


def test_events_of_subagents_open_nothing() -> None:
    session = (
        Session().ask("Find out why the worker hangs").add("call", tool="Task", id="t1", arguments={"prompt": "look"})
    )
    session.add(
        "prompt", actor="subagent", parent="t1", text="Look at the queue of the mail sender and report what blocks it"
    )
    session.add(
        "call", actor="subagent", parent="t1", tool="Read", arguments={"file_path": "/w/shop/src/mail/queue.py"}
    )
    session.run("git commit -am x")
    assert bounds(session.split()) == [(0, 4)]


def test_a_session_without_a_prompt_is_a_case_when_something_was_done() -> None:
    assert bounds(Session().run("make deploy").split()) == [(0, 0)]
    assert Session().say("Hello").split() == ()
    assert Session().ask("/exit").split() == ()
    assert split((), {}) == ()


def test_a_conversation_is_one_case() -> None:
    session = Session()
    for text, tool in (
        ("I want to return my lamp", "return_order_items"),
        ("And please book me a flight to Oslo", "book_flight"),
    ):
        session.add("prompt", actor="person", text=text, cwd="").add("call", tool=tool, arguments={"id": "1"}, cwd="")
    spans = session.split()
    assert bounds(spans) == [(0, 3)]
    assert spans[0].requests == (0, 2)


def test_spans_never_overlap_and_a_long_pause_separates() -> None:
    session = uploads()
    session.clock += 5 * HOUR
    session.ask("Summarise the open questions about the warehouse contract").run("rg warehouse docs")
    spans = session.split()
    assert bounds(spans) == [(0, 4), (5, 6)]
    assert all(a.last < b.first for a, b in itertools.pairwise(spans))
