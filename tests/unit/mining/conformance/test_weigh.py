"""What signs come to, and what outcomes make of their weights."""

from __future__ import annotations

import random

import pytest

from runlore.mining.conformance.signs import SIGNS, Tally
from runlore.mining.conformance.weigh import DEFAULT, LEAST_CASES, learn, tell, weigh
from runlore.model import Source

PLACE = Source("sha256:t", 1, 4)
OPEN = next(n for n, s in enumerate(SIGNS) if s.name == "open")
GUARD = next(n for n, s in enumerate(SIGNS) if s.name == "guard")


def vectors(number: int) -> list[tuple[float, ...]]:
    chance = random.Random(7)
    return [tuple(chance.choice([0.0, 0.7, 1.1]) for _ in SIGNS) for _ in range(number)]


def test_few_cases_teach_nothing() -> None:
    assert learn(vectors(LEAST_CASES - 1), [1.0] * (LEAST_CASES - 1)) == DEFAULT


def test_without_outcomes_only_what_is_usual_is_learned() -> None:
    learned = learn(vectors(60), [None] * 60)
    assert learned.weights == DEFAULT.weights
    assert learned.usual != DEFAULT.usual
    assert (learned.cases, learned.outcomes) == (60, 0)


def test_outcomes_raise_the_weight_of_the_sign_that_tells() -> None:
    rows = vectors(600)
    learned = learn(rows, [float(row[OPEN] == 0.0) for row in rows])
    moved = {s.name: learned.weights[n] - s.weight for n, s in enumerate(SIGNS)}
    assert moved["open"] == max(moved.values())
    assert moved["open"] > 0.1
    assert all(change < moved["open"] / 2 for name, change in moved.items() if name != "open")


def test_the_weights_are_where_the_slope_is_level() -> None:
    """At the most probable weights no small step to either side is more probable."""
    rows = vectors(200)
    outcomes = [float(row[GUARD] + row[OPEN] < 1.2) for row in rows]
    learned = learn(rows, outcomes)
    again = learn(list(rows), list(outcomes))
    assert learned == again, "the same cases, the same weights"
    assert learned.weights[GUARD] > SIGNS[GUARD].weight
    assert learned.weights[OPEN] > SIGNS[OPEN].weight


def test_a_sign_takes_from_the_score_what_it_weighs() -> None:
    clean, spoilt = Tally(), Tally()
    spoilt.note("guard", (PLACE,))
    score, parts = weigh(spoilt, DEFAULT)
    assert score < weigh(clean, DEFAULT)[0]
    assert parts["guard"] > 1


def test_only_what_stands_out_is_told() -> None:
    tally = Tally()
    tally.note("refusals", (PLACE,))
    tally.set("open", 1, PLACE)
    told = dict(tell(tally, weigh(tally, DEFAULT)[1]))
    assert told["open"].text == "It ends on a proposal that was never carried out."
    assert told["open"].sources == (PLACE,)
    assert "refusals" not in told, "one refusal is usual"


@pytest.mark.parametrize("sign", SIGNS, ids=lambda s: s.name)
def test_every_sign_takes_from_the_score(sign: object) -> None:
    assert 0 < sign.weight <= 2  # type: ignore[attr-defined]
    assert sign.always or sign.tell(2)  # type: ignore[attr-defined]
