"""Facts, traps and preferences from small transcripts: what becomes one, what must not."""

from __future__ import annotations

import itertools
import random
from typing import Any

import msgspec
import pytest
from facts_example import ROOT, Session, facts, only, sightings

from runlore.mining.facts import Observation, collect, observe
from runlore.model import Counts, Event, Outcome, Transcript

# -- commands that fail, and what works instead


def wrong_flag(name: str, number: int) -> Session:
    failing = f"gh pr diff {number} --stat"
    return (
        Session(name)
        .run(failing, "unknown flag: --stat\n\nUsage:  gh pr diff", 1)
        .run(f"gh pr diff {number}", "diff --git a b")
    )


def test_a_command_that_fails_in_two_sessions_is_a_trap_with_what_worked_and_what_it_cost() -> None:
    fact = only(wrong_flag("one", 104), wrong_flag("two", 7))
    assert (
        "`gh pr diff 104 --stat` fails with “unknown flag: --stat”" in fact.text or "`gh pr diff 7 --stat`" in fact.text
    )
    assert "gh pr diff" in fact.remedy and "--stat" not in fact.remedy
    assert fact.sessions == ("one", "two") and fact.occurrences == 2
    assert fact.cost.calls == 2 and fact.cost.tokens == 2000 and fact.cost.seconds == pytest.approx(24.0)
    assert [(s.transcript, s.line) for s in fact.sources] == [("sha256:one", 1), ("sha256:two", 1)]
    assert fact.shelf == "lessons"


def test_one_session_is_not_enough() -> None:
    twice = wrong_flag("one", 1).run("gh pr diff 2 --stat", "unknown flag: --stat", 1).run("gh pr diff 2")
    assert facts(twice) == ()


def test_a_command_that_failed_itself_is_no_remedy() -> None:
    def session(name: str) -> Session:
        failing = Session(name).run("gh pr diff 4 --stat", "unknown flag: --stat", 1)
        return failing.run("gh pr diff 4 --summary", "unknown flag: --summary", 1).run("gh pr view 4", "title")

    assert all("--summary" not in f.remedy for f in facts(session("one"), session("two"), session("three")))


def test_a_shell_that_expands_a_question_mark() -> None:
    def session(name: str, number: int) -> Session:
        address = f"repos/acme/shop/pulls/{number}/comments?per_page=100"
        failing = Session(name).run(f"gh api {address}", f"(eval):1: no matches found: {address}", 1)
        return failing.run(f'gh api "{address}"', "[]")

    fact = only(session("one", 4), session("two", 12))
    assert "no matches found" in fact.text and 'gh api "repos/acme/shop/pulls/' in fact.remedy


def test_an_endpoint_that_is_not_there() -> None:
    def session(name: str, pull: int, comment: int) -> Session:
        failing = Session(name).run(
            f"gh api repos/acme/shop/pulls/comments/{comment}/replies -f body=ok", "gh: Not Found (HTTP 404)", 1
        )
        return failing.run(f"gh api repos/acme/shop/pulls/{pull}/comments/{comment}/replies -f body=ok", '{"id": 1}')

    fact = only(session("one", 4, 2719391658), session("two", 9, 2761673774))
    assert ("HTTP 404" in fact.text and "/pulls/4/comments/" in fact.remedy) or "/pulls/9/comments/" in fact.remedy


def test_a_trouble_that_the_exit_code_hides_counts_too() -> None:
    def session(name: str) -> Session:
        return (
            Session(name)
            .run("jq .a x.json | head", "zsh: command not found: jq")
            .run("python -m json.tool x.json", "{}")
        )

    found = facts(session("one"), session("two"), session("three"))
    assert ["command not found: jq" in f.text for f in found] == [True]
    assert found[0].remedy == ""


# -- what only looks like a failure


def test_tests_that_fail_are_work_and_no_trap() -> None:
    def session(name: str) -> Session:
        failing = Session(name).run("go test ./...", "--- FAIL: TestCart (0.01s)\nerror: expected 3\nFAIL", 1)
        return failing.edit("cart.go").run("go test ./cart", "ok")

    assert facts(session("one"), session("two"), session("three")) == ()


def test_alarming_lines_in_the_output_of_a_passing_test_are_no_failure() -> None:
    alarming = "fatal: not a git repository\nerror: unknown option --x"
    output = f"=== RUN TestRefuses\n{alarming}\n--- PASS: TestRefuses\nok shop 0.3s"
    assert facts(*(Session(n).run("go test ./...", output) for n in ("one", "two", "three"))) == ()


def test_a_merge_that_conflicts_is_no_trap() -> None:
    output = (
        "CONFLICT (content): Merge conflict in a.go\nAutomatic merge failed; fix conflicts and then commit the result."
    )
    assert facts(*(Session(n).run("git merge origin/main", output, 1) for n in ("one", "two", "three"))) == ()


def test_a_search_without_a_hit_is_no_failure() -> None:
    assert facts(*(Session(n).run("grep -rn nothing src", "", 1) for n in ("one", "two", "three"))) == ()


# -- state that is stale


def test_the_same_command_passes_once_something_else_has_been_run() -> None:
    def session(name: str, package: str) -> Session:
        message = "go: updates to go.mod needed; to update it:\n\tgo mod tidy"
        failing = Session(name).run(f"go test ./{package}", message, 1)
        return failing.run("git status", "clean").run("go mod tidy").run(f"go test ./{package}", "ok")

    fact = only(session("one", "cart"), session("two", "mail"))
    assert "until `go mod tidy` has been run" in fact.text
    assert fact.remedy == "Run `go mod tidy` first; then the same command passes."
    assert fact.cost.calls == 6


def test_an_edit_in_between_is_a_fix_and_no_stale_state() -> None:
    def session(name: str) -> Session:
        failing = Session(name).run("make docs", "make: *** No rule to make target 'docs'", 2)
        return failing.run("touch x").edit("Makefile").run("make docs", "built")

    assert all("until" not in f.text for f in facts(session("one"), session("two"), session("three")))


def test_a_push_that_was_behind_passes_after_a_pull() -> None:
    def session(name: str, why: str) -> Session:
        refused = f"To github.com:acme/shop.git\n ! [rejected]   {name} -> {name} ({why})\nerror: failed to push"
        return Session(name).run("git push", refused, 1).run("git pull --rebase").run("git push", "ok")

    fact = only(session("one", "fetch first"), session("two", "non-fast-forward"))
    assert "until `git pull --rebase` has been run" in fact.text


# -- refusals, missing paths, rules


def test_edits_refused_for_the_same_reason() -> None:
    def session(name: str) -> Session:
        refused = "<tool_use_error>File has not been read yet. Read it first before writing to it.</tool_use_error>"
        return Session(name).edit("a.py", result=refused, outcome="error").read("a.py").edit("a.py")

    fact = only(session("one"), session("two"))
    assert fact.text.startswith("`Edit` is refused with “File has not been read yet")
    assert fact.remedy == "`Read` first, then `Edit` goes through."


def test_a_refusal_says_what_had_rewritten_the_file() -> None:
    def session(name: str) -> Session:
        refused = "<tool_use_error>String to replace not found in file.\nString: x</tool_use_error>"
        return (
            Session(name)
            .read("a.py")
            .run("make fmt")
            .edit("a.py", "x", "y", refused, "error")
            .read("a.py")
            .edit("a.py", "z")
        )

    assert "twice right after `make fmt`" in only(session("one"), session("two")).text


def test_a_file_looked_for_under_the_wrong_name() -> None:
    def session(name: str) -> Session:
        return Session(name).read("conf/app.yml", "File does not exist.", "error").read("conf/app.yaml")

    fact = only(session("one"), session("two"))
    assert "`conf/app.yml`" in fact.text and fact.remedy == "Open `conf/app.yaml`." and fact.shelf == "notes"


def test_a_folder_takes_what_was_looked_for_below_it() -> None:
    def session(name: str) -> Session:
        missing = Session(name).run("ls src/commands", "ls: src/commands: No such file or directory", 1)
        return missing.read(f"src/commands/{name}.py", "File does not exist.", "error")

    fact = only(session("one"), session("two"))
    assert "`src/commands` does not exist; 2 sessions looked for it, 4 times in all" in fact.text


def test_a_file_that_the_session_goes_on_to_write_is_not_missing() -> None:
    def session(name: str) -> Session:
        looked = Session(name).read("new.py", "File does not exist.", "error")
        return looked.use("Write", {"file_path": f"{ROOT}/new.py", "content": "x"})

    assert facts(session("one"), session("two"), session("three")) == ()


def test_rules_of_a_linter_become_one_trap_with_what_went_in() -> None:
    def session(name: str) -> Session:
        message = (
            "a.go:3:21: os/exec.Command must not be called. use os/exec.CommandContext (noctx)\n1 issues:\n* noctx: 1"
        )
        stopped = Session(name).run("make lint", message, 1)
        return stopped.edit("a.go", 'exec.Command("git")', 'exec.CommandContext(ctx, "git")').run("make lint", "ok")

    sessions = [session(n) for n in ("one", "two", "three")]
    fact = next(f for f in facts(*sessions) if f.kind == "trap")
    assert fact.text.startswith(
        "`make lint` stopped in 3 sessions on the same rules: noctx (3): “os/exec.Command must not"
    )
    assert "noctx: `exec.CommandContext`" in fact.remedy
    assert not [f for f in facts(*sessions[:2]) if f.kind == "trap"]


# -- what was found out


def test_the_same_answer_in_three_sessions_is_a_fact() -> None:
    command = "gh repo view --json nameWithOwner -q .nameWithOwner"
    sessions = [Session(n).run(command, "acme/shop") for n in ("one", "two", "three")]
    fact = only(*sessions, kind="fact")
    assert "acme/shop" in fact.text and fact.shelf == "notes"
    assert facts(*sessions[:2]) == ()


@pytest.mark.parametrize("answers", [("a/b", "c/d", "e/f"), ("", "", ""), ("none", "none", "none"), ("12", "12", "12")])
def test_answers_that_differ_or_say_nothing_are_no_fact(answers: tuple[str, ...]) -> None:
    assert facts(*(Session(f"s{i}").run("cat VERSION", a) for i, a in enumerate(answers))) == ()


def test_the_state_of_the_moment_is_no_fact() -> None:
    assert facts(*(Session(n).run("git branch --show-current", "main") for n in ("one", "two", "three"))) == ()


def test_arguments_that_never_change() -> None:
    def session(name: str) -> Session:
        arguments = {"title": f"Problem {name}", "team": "Shop", "project": "Apollo"}
        return Session(name).use("mcp__tracker-server__create_issue", arguments, {"id": name})

    fact = only(session("one"), session("two"), session("three"), kind="fact")
    assert "project “Apollo” (3 of 3 sessions) and team “Shop” (3 of 3 sessions)" in fact.text
    assert "Problem" not in fact.text


def test_the_tasks_of_the_project() -> None:
    sessions = [Session(n).run("mise run fmt && mise run test:ci", "ok") for n in ("one", "two", "three")]
    fact = only(*sessions, kind="fact")
    assert "`mise run fmt` (3 sessions) and `mise run test:ci` (3 sessions)" in fact.text


def test_a_long_search_that_ends_at_the_same_place() -> None:
    def session(name: str, other: str) -> Session:
        searching = (
            Session(name)
            .use("Grep", {"pattern": "chargeCard"})
            .use("Grep", {"pattern": other})
            .run("rg -n charge src", "x")
        )
        return searching.read("src/pay.py").edit("src/pay.py")

    fact = only(session("one", "invoice"), session("two", "refund"), session("three", "total"), kind="fact")
    assert "`chargeCard`" in fact.text and fact.remedy == "Start reading at `src/pay.py`."


def test_a_question_that_agents_ask_again() -> None:
    def session(name: str, question: str) -> Session:
        result = f'User has answered your questions: "{question}"="Staging first". You can now continue.'
        return Session(name).use("AskUserQuestion", {"questions": [{"question": question}]}, result)

    fact = only(
        session("one", "Which environment should I deploy to?"),
        session("two", "Which environment should I deploy to now?"),
        kind="fact",
    )
    assert "Staging first" in fact.remedy


# -- the whole


def everything() -> list[Session]:
    sessions = [wrong_flag(n, i) for i, n in enumerate(("one", "two", "three"))]
    for session in sessions:
        session.run("gh repo view", "acme/shop").person("make sure it's in Project: Apollo")
    return sessions


def test_the_order_of_the_input_does_not_matter_and_a_copy_counts_once() -> None:
    seen = sightings(*everything())
    expected = collect(seen)
    assert len(expected) == 3
    shuffled = seen + [(session, "sha256:copy", one) for session, _, one in seen]
    random.Random(1).shuffle(shuffled)
    again = collect(shuffled)
    assert [(f.id, f.text, f.remedy, f.occurrences, f.cost) for f in again] == [
        (f.id, f.text, f.remedy, f.occurrences, f.cost) for f in expected
    ]


def test_what_cost_more_comes_first() -> None:
    costs = [f.cost for f in facts(*everything()) if f.kind == "trap"]
    assert costs == sorted(costs, key=lambda c: -(c.seconds / 60 + c.calls + c.tokens / 100_000))


def test_observations_are_small_and_survive_the_cache() -> None:
    long = "x" * 5000
    session = Session("one").run(f"gh pr diff 1 --stat {long}", f"unknown flag: --stat {long}", 1).run("gh pr diff 1")
    for number in range(300):
        session.person(f"never do thing number {number} again, use the other one instead")
    found = observe(session.transcript())
    assert 0 < len(found) <= 200
    encoded = msgspec.msgpack.encode(found)
    assert msgspec.msgpack.decode(encoded, type=tuple[Observation, ...]) == found
    assert max(len(msgspec.msgpack.encode(o)) for o in found) < 700


def test_an_id_stays_when_more_sessions_come() -> None:
    sessions = [wrong_flag(n, i) for i, n in enumerate(("one", "two", "three", "four"))]
    ids = {only(*sessions[:count]).id for count in (2, 3, 4)}
    assert len(ids) == 1


@pytest.mark.parametrize(
    "arguments",
    [None, [], "text", 3, {"command": ["bash", "-lc", "ls"]}, {"command": 4}, {"path": 7}, {"questions": 1}],
)
@pytest.mark.parametrize("result", [None, "", 3, [1], {"error": {"message": "no"}}, {"error": 4}])
def test_odd_arguments_and_results_never_raise(arguments: Any, result: Any) -> None:
    outcomes: tuple[Outcome, ...] = ("ok", "error", "rejected", "open")
    events = [
        Event(id=f"{i}", kind="call", line=i, tool=tool, arguments=arguments, result=result, outcome=outcome)
        for i, (tool, outcome) in enumerate(itertools.product(("Bash", "Edit", "get_x", "create_x"), outcomes))
    ]
    transcript = Transcript(file="x", format="test", session="x", counts=Counts(), events=tuple(events))
    collect(("x", "h", o) for o in observe(transcript))
