"""The partial order of steps: arrows that are backed, and none that follow from others."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from runlore.mining.order import STABLE, arrange, arrows, either, precedence


def ordered(cases: list[str], data: set[tuple[str, str]] | None = None) -> tuple[str, dict[str, str]]:
    """The order and the arrows of cases written as words, one letter a step."""
    seen = precedence(cases)
    names = arrange(sorted(seen.cases), seen.before)
    return "".join(names), {n: "".join(a) for n, a in arrows(names, seen, data or set()).items()}


def test_first_occurrences_are_counted_once_a_case() -> None:
    seen = precedence(["aba", "ba"])
    assert seen.before["a", "b"] == 1
    assert seen.before["b", "a"] == 1
    assert seen.cases == {"a": 2, "b": 2}


def test_a_stable_sequence_gives_a_chain_without_what_follows_from_it() -> None:
    assert ordered(["abc"] * STABLE) == ("abc", {"a": "", "b": "a", "c": "b"})


def test_fewer_cases_back_no_arrow() -> None:
    assert ordered(["abc"] * (STABLE - 1)) == ("abc", {"a": "", "b": "", "c": ""})


def test_steps_in_either_order_have_no_arrow_between_them() -> None:
    assert ordered(["abcd"] * 5 + ["acbd"] * 5)[1] == {"a": "", "b": "a", "c": "a", "d": "bc"}


def test_one_exception_in_ten_is_borne_and_two_are_not() -> None:
    assert ordered(["ab"] * 9 + ["ba"])[1]["b"] == "a"
    assert ordered(["ab"] * 9 + ["ba"] * 2)[1]["b"] == ""
    assert ordered(["ab"] * 90 + ["ba"] * 2)[1]["b"] == ""


def test_an_order_that_one_of_several_agents_kept_to_is_its_habit() -> None:
    cases, agents = ["ab"] * 6 + ["b"] * 6, ["one"] * 6 + ["two"] * 6
    assert arrows("ab", precedence(cases, agents), set())["b"] == ()
    assert arrows("ab", precedence(cases, ["one", "two"] * 6), set())["b"] == ("a",)
    assert arrows("ab", precedence(cases, agents), {("a", "b")})["b"] == ("a",)


def test_nothing_waits_for_a_look_that_it_does_not_read() -> None:
    seen = precedence(["abc"] * 5)
    assert arrows("abc", seen, {("b", "c")}, frozenset("ab")) == {"a": (), "b": (), "c": ("b",)}


def test_steps_of_which_one_is_enough_are_alternatives() -> None:
    cases = ["ac"] * 4 + ["bc"] * 4
    assert either("abc", {"a": (), "b": (), "c": ("a", "b")}, cases) == (("a", "b"),)
    assert either("abc", {"a": (), "b": (), "c": ("a", "b")}, [*cases, "abc", "abc", "abc"]) == ()
    assert either("abc", {"a": (), "b": (), "c": ("a", "b")}, [*cases, "c"]) == ()
    assert either("abcd", {"a": (), "b": (), "c": (), "d": ("a", "b", "c")}, ["ad", "bd", "cd"] * 3) == (
        ("a", "b", "c"),
    )


def test_a_data_edge_makes_an_arrow_with_little_support() -> None:
    assert ordered(["ab"], {("a", "b")})[1]["b"] == "a"
    assert ordered(["ab", "ba", "ba"], {("a", "b")})[1]["a"] == ""


def test_names_that_never_meet_are_ordered_by_name() -> None:
    assert ordered(["b", "a", "c"])[0] == "abc"


def test_nothing_gives_nothing() -> None:
    assert ordered([]) == ("", {})


@given(st.lists(st.text(alphabet="abcdef", min_size=1, max_size=6), max_size=12))
def test_arrows_are_acyclic_reduced_and_do_not_depend_on_the_order_of_cases(cases: list[str]) -> None:
    names, after = ordered(cases)
    assert (names, after) == ordered(list(reversed(cases)))
    for name in names:
        for earlier in after[name]:
            assert names.index(earlier) < names.index(name)
            others = set(after[name]) - {earlier}
            reached = set(others)
            while more := {far for near in reached for far in after[near]} - reached:
                reached |= more
            assert earlier not in reached
