"""Procedures that others wrote: their steps name no tool, and show in code what is run; what a case says is placed by that."""

from __future__ import annotations

import pytest
from build import said, shell, transcript

from runlore.actions.seen_session import seen_case
from runlore.debriefing.seen import Seen
from runlore.mining.conformance.check import Experience, watch_transcript
from runlore.mining.conformance.find import Library
from runlore.mining.conformance.plan import Plan, plan_of_runbook
from runlore.mining.digest import digest
from runlore.model import Event, Transcript
from runlore.model.document import Bundle, FileContent
from runlore.runbooks.formats.recognise import recognise

TEXT = """# Answer a review

## Steps

### 1. Read the comments

```bash
gh api repos/${repo}/pulls/${number}/comments --paginate | jq '.[].body'
```

### 2. Think about each

Say what is right and what is not.

### 3. Reply

```bash
gh api repos/${repo}/pulls/${number}/comments/{id}/replies -f body="Fixed."
```
"""
READ = "gh api repos/acme/shop/pulls/7/comments --paginate | jq '.[].text'"
REPLY = "gh api repos/acme/shop/pulls/7/comments/12/replies -f body='Fixed in abc.'"


@pytest.fixture
def plan() -> Plan:
    bundle = Bundle("markdown", "answer.md", (FileContent("answer.md", TEXT.encode()),))
    runbook = recognise("runbooks", "answer", bundle).runbook
    assert runbook is not None
    return plan_of_runbook(runbook, ("answer", "review"))


def session(*events: Event) -> Transcript:
    return transcript("s1", said("Answer the review, please."), *events)


def seen(plan: Plan, made: Transcript) -> Seen:
    [watched] = watch_transcript(made, Library((plan,)), Experience())
    return seen_case(watched.checked, digest(made).cases[0], plan, "runbooks/answer")


def test_a_step_knows_the_commands_that_it_shows_and_asks_for_none(plan: Plan) -> None:
    read, think, reply = plan.steps
    assert [changes for _, changes in read.shown] == [False]
    assert think.shown == ()
    assert [changes for _, changes in reply.shown] == [True]
    assert [s.activity for s in plan.steps] == ["", "", ""]
    assert plan.step(reply.shown[0][0]) is reply
    assert plan.step("gh pr merge") is None


def test_what_a_step_shows_is_no_addition_and_finds_its_procedure(plan: Plan) -> None:
    [watched] = watch_transcript(session(shell(READ, "[]"), shell(REPLY, "{}")), Library((plan,)), Experience())
    assert watched.checked.runbook == plan.name
    assert watched.checked.deviations == ()
    [other] = watch_transcript(session(shell("gh pr merge 7", "")), Library((plan,)), Experience())
    assert other.checked.runbook == ""


def test_a_failure_is_placed_at_the_step_that_shows_its_command(plan: Plan) -> None:
    failed = shell(READ, "jq: error: syntax error, unexpected brace", outcome="error")
    [found] = seen(plan, session(failed, shell(REPLY, "{}"))).failed
    assert (found.step, found.sign) == (1, "jq: error: syntax error, unexpected brace")


def test_a_program_of_the_procedure_counts_and_a_red_test_does_not(plan: Plan) -> None:
    view = shell("gh pr view 9", "GraphQL: could not resolve to a pull request", outcome="error")
    red = shell("go test ./...", "--- FAIL: TestPrices", outcome="error")
    found = seen(plan, session(view, red, shell(REPLY, "{}"))).failed
    assert [(f.step, f.sign) for f in found] == [(0, "GraphQL: could not resolve to a pull request")]


def test_an_answer_that_a_pipe_swallowed_is_a_failure(plan: Plan) -> None:
    lost = shell("gh api repos/acme/shop/pulls/7/comments/12 | jq -r .body", "null\ngh: Not Found (HTTP 404)")
    told = shell("gh api repos/acme/shop/pulls/7/comments/13", "the log says:\ngh: Not Found (HTTP 404)")
    assert [c.outcome for c in digest(session(lost, told)).cases[0].calls] == ["error", "ok"]
    assert [f.sign for f in seen(plan, session(lost, shell(REPLY, "{}"))).failed] == ["gh: Not Found"]


@pytest.mark.parametrize(
    ("command", "words", "kept"),
    [
        ("git push", "pull first", True),  # about a deed
        ("cat main.go", "always write the tests first", True),  # how work is done
        ("cat main.go", "should we be using the StripTags code from util", False),  # about this change
        ("cat main.go", "the other branch just got merged today, so no", False),
    ],
)
def test_of_a_change_to_code_only_what_holds_for_the_next_one_is_an_objection(
    plan: Plan, command: str, words: str, kept: bool
) -> None:
    refused = shell(command, "The user doesn't want to proceed.", outcome="rejected", words=words)
    made = session(refused, shell(REPLY, "{}"))
    told = [o.words for o in seen(plan, made).objections]
    assert (words in told) is kept
