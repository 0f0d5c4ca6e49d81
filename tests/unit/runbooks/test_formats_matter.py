"""Frontmatter that others wrote."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runlore.runbooks.formats.matter import day_of, read_matter, span_of, text_of, texts_of
from runlore.runbooks.frontmatter import parse_frontmatter


def test_usual_frontmatter_stays_text() -> None:
    matter = read_matter("---\nversion: 1.0\nyes: no\ntags: [a, b c]\nm:\n  k: 2024-01-02\n---\nBody\n", "f")
    assert matter.values == {"version": "1.0", "yes": "no", "tags": ("a", "b c"), "m": {"k": "2024-01-02"}}
    assert matter.body == 7
    assert matter.problems == ()
    assert matter.lines["m"] == "m:\n  k: 2024-01-02"


def test_values_with_colons_are_quoted_and_read_again() -> None:
    matter = read_matter("---\nname: x\ndescription: Deploy: run it\n---\n", "f")
    assert matter.values == {"name": "x", "description": "Deploy: run it"}
    assert [(p.slug, p.level, p.line) for p in matter.problems] == [("frontmatter-unreadable", "warning", 3)]


def test_what_is_no_yaml_at_all_is_read_by_lines() -> None:
    matter = read_matter('---\nname: "x\nowner: a\n- b\n  c: [\n---\n', "f")
    assert matter.values["owner"] == "a"
    assert [p.level for p in matter.problems] == ["warning"]


@pytest.mark.parametrize("text", ["# T\n", "---\nno keys here\n---\n# T\n", "---\n* a: b\n---\n", "---\nname: x\n", ""])
def test_no_frontmatter_is_no_problem(text: str) -> None:
    matter = read_matter(text, "f")
    assert (matter.values, matter.body, matter.problems) == ({}, 0, ())


BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c]\n"


@pytest.mark.parametrize(
    "inner",
    [
        BOMB,
        "a: &x 1\nb: *x\n",
        "a: !!python/object/apply:os.system ['true']\n",
        "a: {b: {c: {d: {e: {f: {g: {h: {i: {j: 1}}}}}}}}}\n",
        "a: [" + "x, " * 3000 + "x]\n",
        "a: " + "x" * (17 * 1024) + "\n",
    ],
)
def test_hostile_frontmatter_is_an_error_and_not_read(inner: str) -> None:
    matter = read_matter(f"---\n{inner}---\n# T\n", "f")
    assert matter.values == {}
    assert matter.is_hostile
    assert [(p.slug, p.level) for p in matter.problems] == [("frontmatter-hostile", "error")]


def test_our_own_frontmatter_stays_as_strict_as_it_was() -> None:
    for inner in ("a: [x]\n", "a:\n  b:\n    c:\n      d:\n        e: 1\n", "a: &x 1\n"):
        entries, _, problems = parse_frontmatter(f"---\n{inner}---\n", "f")
        assert (entries, [p.slug for p in problems]) == ((), ["frontmatter-unreadable"])


def test_keys_go_by_their_usual_names() -> None:
    values = {"Last_Reviewed On": "x", "TAGS": "a, b", "owner": ("Ann", "Bob"), "empty": " "}
    assert text_of(values, "empty", "last-reviewed-on") == "x"
    assert texts_of(values, "tags") == ("a", "b")
    assert texts_of(values, "owner") == ("Ann", "Bob")
    assert text_of(values, "owner") == ""


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("2024-04-10", "2024-04-10"),
        ("2024/4/1", "2024-04-01"),
        ("2026-05-01T00:00:00Z", "2026-05-01"),
        ("10 April 2024", "2024-04-10"),
        ("1st Jan 2024", "2024-01-01"),
        ("September 3rd, 2023", "2023-09-03"),
        ("03/04/2024", ""),
        ("2022-18-05", "2022-05-18"),
        ("2024-13-14", ""),
        ("soon", ""),
    ],
)
def test_days_as_people_write_them(said: str, day: str) -> None:
    assert day_of(said) == day


@pytest.mark.parametrize(
    ("said", "span"),
    [
        ("3 months", "3 months"),
        ("6 months", "6 months"),
        ("every 90 days", "90 days"),
        ("quarterly", "3 months"),
        ("a year", "1 year"),
        ("Every two weeks.", "2 weeks"),
        ("12-month", "12 months"),
        ("when needed", ""),
    ],
)
def test_intervals_as_people_write_them(said: str, span: str) -> None:
    assert span_of(said) == span


@given(st.text(max_size=200))
def test_nothing_raises(text: str) -> None:
    matter = read_matter(f"---\n{text}\n---\nbody", "f")
    assert 0 <= matter.body <= text.count("\n") + 4
    assert day_of(text) == "" or len(day_of(text)) == 10
    assert isinstance(span_of(text), str)
