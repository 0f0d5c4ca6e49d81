"""Goals of coding work and the rounds of a session."""

from __future__ import annotations

import pytest
from build import call, digests, mined, said, shell, transcript

from runlore.mining.digest import Case
from runlore.mining.goal_table import GOALS, asks_for_something
from runlore.mining.goals import goals_of, is_coding
from runlore.mining.rounds import rounds_of
from runlore.model import Event

EDIT = call("Edit", {"file_path": "/srv/app/a.py", "old_string": "a", "new_string": "b"}, "updated")
TEST = shell("pytest -q", "12 passed")
COMMIT = shell("git commit -m 'x'", "committed")


def case(*events: Event) -> Case:
    (row,) = digests(transcript("s", *events, form="claude-code"))
    (found,) = row.cases
    return found


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("Please open a pull request for this branch", "open-pull-request"),
        ("The lint check is failing, please fix the lint errors", "fix-failing-check"),
        ("Please add unit tests for the parser", "add-tests"),
        ("Update the README with the new option", "update-documentation"),
        ("Refactor the settings module", "refactor"),
        ("Rebase this onto main and resolve the merge conflicts", "resolve-merge-conflicts"),
        ("Address the review comments on the PR", "answer-review-comments"),
        ("The CI pipeline failed on main, have a look", "fix-failing-ci"),
        ("Bump the version of the dependencies in package.json", "upgrade-dependencies"),
    ],
)
def test_a_request_and_what_was_done_say_the_goal(words: str, key: str) -> None:
    done = [EDIT, TEST, COMMIT, shell("gh pr create -f", "https://example.org/pr/1")]
    assert key in [g.key for g in goals_of(case(said(words), *done))]


def test_words_without_deeds_are_no_goal() -> None:
    assert goals_of(case(said("Please add unit tests for the parser"), shell("ls", "a.py"))) == ()


def test_other_work_has_no_goal() -> None:
    assert goals_of(case(said("Tell me about the weather of today"), EDIT)) == ()
    assert goals_of(case(EDIT)) == ()


def test_pasted_code_is_not_what_is_asked_for() -> None:
    words = "Have a look here\n```\n# refactor the settings module, add tests\n```"
    assert goals_of(case(said(words), EDIT)) == ()


def test_the_table_is_sound() -> None:
    assert len({g.key for g in GOALS}) == len(GOALS)
    for goal in GOALS:
        assert goal.title[0].isupper()
        assert not goal.title.endswith(".")
        assert "Use when" in goal.description


def test_coding_is_editing_or_checking() -> None:
    assert is_coding(case(said("fix"), EDIT))
    assert is_coding(case(said("run the tests"), TEST))
    assert not is_coding(case(said("cancel"), call("cancel_order", {}, {"ok": True})))


def test_asking_plainly() -> None:
    assert asks_for_something("please open a pull request")
    assert not asks_for_something("yes, thanks")
    assert not asks_for_something("")


def test_a_new_wish_opens_a_round_and_what_leans_back_stays() -> None:
    whole = case(
        said("Please refactor the settings module in area app"),
        EDIT,
        said("also the other file"),
        EDIT,
        said("now please add unit tests for the settings module in area app"),
        EDIT,
        TEST,
    )
    rounds = rounds_of(whole)
    assert [len(r.calls) for r in rounds] == [2, 2]
    assert [r.said[0].text[:20] for r in rounds] == ["Please refactor the ", "now please add unit "]
    assert sum(r.tokens for r in rounds) == whole.tokens
    assert [s.text for s in rounds[0].said[1:]] == ["also the other file"]


def test_a_case_with_one_wish_is_one_round() -> None:
    whole = case(said("Please refactor the settings module"), EDIT, TEST)
    assert rounds_of(whole) == (whole,)


def test_rounds_lose_and_repeat_no_call() -> None:
    whole = case(*[e for n in range(30) for e in (said(f"please add tests for module number {n}"), EDIT, TEST)])
    keys = [c.key for r in rounds_of(whole) for c in r.calls]
    assert sorted(keys) == sorted(c.key for c in whole.calls)


def test_coding_sessions_with_one_goal_are_a_workflow() -> None:
    rows = [
        transcript(
            f"s{n}", said(f"Please add unit tests for module number {n}"), EDIT, TEST, COMMIT, form="claude-code"
        )
        for n in range(4)
    ]
    found = [w for w in mined(*rows).workflows if w.name == "add-tests-for-behaviour"]
    assert len(found) == 1
    assert found[0].sessions == 4
    assert "edit" in [s.activity for s in found[0].steps]
