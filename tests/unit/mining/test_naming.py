"""Names by the Agent Skills rules, and the words that tell one kind of request from others."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runlore.mining.naming import kebab, procedure_title, telling_words, unique

SKILL_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")


def test_a_title_becomes_a_name_without_articles() -> None:
    assert kebab("Publish an Instagram post") == "publish-instagram-post"
    assert kebab("Add `x.y` to the API!") == "add-x-y-to-api"
    assert kebab("日本語") == "workflow"
    assert kebab("") == "workflow"


def test_a_long_title_is_cut_between_words() -> None:
    name = kebab("Restore the production database from the latest verified backup of yesterday evening")
    assert len(name) <= 60
    assert name == "restore-production-database-from-latest-verified-backup-of"


@given(st.text(max_size=200))
def test_every_name_is_a_valid_skill_name(title: str) -> None:
    name = kebab(title)
    assert SKILL_NAME.match(name), name
    assert len(name) <= 64


@given(st.lists(st.text(alphabet="ab -", max_size=90), max_size=30))
def test_names_are_unique_and_valid(titles: list[str]) -> None:
    taken: set[str] = set()
    names = [unique(kebab(t), taken) for t in titles]
    assert len(set(names)) == len(names)
    assert all(SKILL_NAME.match(n) and len(n) <= 64 for n in names), names


def test_many_equal_names_stay_short_and_valid() -> None:
    taken: set[str] = set()
    names = [unique("a" * 56 + "-b-c", taken) for _ in range(1_200)]
    assert len(set(names)) == 1_200
    assert all(SKILL_NAME.match(n) and len(n) <= 64 for n in names)


def test_telling_words_are_those_that_others_do_not_use() -> None:
    cancels = [("please", "cancel", "order"), ("cancel", "order", "soon"), ("please", "cancel", "desk")]
    returns = [("please", "return", "order"), ("return", "desk"), ("please", "return", "order")]
    assert telling_words(cancels, returns)[0] == "cancel"
    assert "return" not in telling_words(cancels, returns)
    assert telling_words(cancels, [])[0] == "cancel"
    assert telling_words([], []) == ()
    assert telling_words([("x1", "ab")] * 3, []) == ()


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("writing-plans", "Write plans"),
        ("receiving-code-review", "Receive code review"),
        ("brainstorming", "Brainstorm"),
        ("github-pr-review", "Follow the github-pr-review procedure"),
        ("string-tables", "Follow the string-tables procedure"),
        ("review", "Follow the review procedure"),
    ],
)
def test_a_procedure_called_after_what_is_done_has_a_verb_for_title(name: str, title: str) -> None:
    assert procedure_title(name) == title


def test_words_that_few_requests_share_tell_nothing() -> None:
    requests = [("review", "push"), ("review", "push"), ("review",), ("review",), ("review",), ("review",), ("review",)]
    assert telling_words(requests, []) == ("review",)
