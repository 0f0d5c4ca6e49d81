"""Honest figures: intervals and ranks against values worked out elsewhere, and "not enough runs" where that is the truth."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runlore.debriefing.figures import ENOUGH, RunFigures, compare, judge_change, rank_test, summarise, wilson


@pytest.mark.parametrize(
    ("good", "n", "low", "high"),
    [(0, 0, 0.0, 1.0), (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (5, 10, 0.2366, 0.7634), (1, 1, 0.2065, 1.0), (81, 263, 0.2553, 0.3662)],
)  # fmt: skip
def test_shares_have_wilsons_interval(good: int, n: int, low: float, high: float) -> None:
    """81 of 263 is the example of Newcombe, "Two-sided confidence intervals for the single proportion" (1998), method 3."""
    assert wilson(good, n) == pytest.approx((low, high), abs=0.0001)


@given(st.integers(0, 500), st.integers(0, 500))
def test_an_interval_holds_its_share_and_lies_within_nothing_and_all(good: int, other: int) -> None:
    n = good + other
    low, high = wilson(good, n)
    assert 0.0 <= low <= high <= 1.0
    assert not n or (low <= good / n + 1e-12 and good / n <= high + 1e-12)


@pytest.mark.parametrize(
    ("a", "b", "p"),
    [
        ([1, 2, 3, 4, 5], [6, 7, 8, 9, 10], 0.01219),
        ([1, 2, 3, 4, 5], [1, 2, 3, 4, 5], 1.0),
        ([0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46], [1.15, 0.88, 0.90, 0.74, 1.21], 0.24462),
        ([7, 7, 7], [7, 7, 7, 7], 1.0),
    ],
)
def test_two_samples_are_told_apart_by_their_ranks(a: list[float], b: list[float], p: float) -> None:
    """By hand: U = 0 of a mean of 12.5 and a deviation of 4.787 gives z = 12 / 4.787; U = 35 of a mean of 25 and a deviation of 8.165 gives z = 9.5 / 8.165."""
    assert rank_test(a, b) == pytest.approx(p, abs=0.0002)
    assert rank_test(b, a) == pytest.approx(p, abs=0.0002)


@given(st.lists(st.integers(0, 20), min_size=1, max_size=20), st.lists(st.integers(0, 20), min_size=1, max_size=20))
def test_a_p_value_is_one_and_depends_on_order_alone(a: list[int], b: list[int]) -> None:
    p = rank_test(a, b)
    assert 0.0 <= p <= 1.0
    assert p == pytest.approx(rank_test([v * 3 + 1 for v in reversed(a)], [v * 3 + 1 for v in b]))


def run(name: str, revision: str = "", seconds: float = 60.0, **other) -> RunFigures:
    return RunFigures(name, revision, other.pop("success", True), seconds, **other)


def verdicts(before: list[RunFigures], after: list[RunFigures]) -> dict[str, str]:
    return {c.figure: c.verdict for c in compare(before, after)}


def test_what_nobody_measured_is_not_shown() -> None:
    summary = summarise([run("a"), run("b", seconds=0.0)])
    assert (summary.n, summary.tokens, summary.deviations, summary.corrections, summary.waited) == (
        2,
        None,
        None,
        None,
        None,
    )
    assert summary.seconds and summary.seconds.n == 1
    told = verdicts([run("a", tokens=5)] * 9, [run("b")] * 9)
    assert told["tokens"] == "not measured"


def test_too_few_runs_are_not_compared_and_a_saving_that_is_none_is_shown() -> None:
    before = [run(f"b{n}", seconds=100.0 + n) for n in range(8)]
    after = [run(f"a{n}", seconds=300.0 + n) for n in range(8)]
    assert verdicts(before, after[: ENOUGH - 1])["seconds"] == "not enough runs"
    assert verdicts(before[: ENOUGH - 1], after)["seconds"] == "not enough runs"
    (seconds,) = [c for c in compare(before, after) if c.figure == "seconds"]
    assert seconds.verdict == "more" and seconds.change == pytest.approx(193.2, abs=0.1)
    assert verdicts(after, before)["seconds"] == "less"
    assert verdicts(before, before)["seconds"] == "no difference that shows"


def test_one_long_run_says_nothing() -> None:
    before = [run(f"b{n}", seconds=100.0 + n) for n in range(8)]
    after = [replace(r, seconds=90_000.0) if r.name == "b0" else r for r in before]
    assert verdicts(before, after)["seconds"] == "no difference that shows"


def test_a_change_is_judged_after_three_ten_and_thirty_runs_against_the_one_before_it() -> None:
    order = ("r1", "r2", "r3")
    runs = [run(f"x{n}", "r1", 200.0 + n) for n in range(10)] + [run(f"y{n}", "r2", 100.0 + n) for n in range(12)]
    judged = dict(judge_change(runs, "r2", order))
    assert sorted(judged) == [3, 10]
    assert {c.figure: c.verdict for c in judged[3]}["seconds"] == "not enough runs"
    assert {c.figure: c.verdict for c in judged[10]}["seconds"] == "less"
    assert judge_change(runs, "r1", order) == ()
    assert judge_change(runs, "r3", order) == ()


def test_shares_of_success_are_compared_too() -> None:
    before = [run(f"b{n}", success=False) for n in range(10)]
    after = [run(f"a{n}", success=True) for n in range(10)]
    assert verdicts(before, after)["success"] == "more"
    assert summarise(after).interval[0] > summarise(before).interval[1]
