"""Signals, their order and the belief in them."""

from __future__ import annotations

import math
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from runlore.context.ranking.belief import FITS, believe, order, stands_clear
from runlore.context.ranking.card import Card, parse_card, render_card
from runlore.context.ranking.query import Query, Statistics
from runlore.context.ranking.signals import Signals, measure

STATISTICS = Statistics(documents=3, mean_body=10, mean_passage=5, holders={1: 1, 2: 2})
EMPTY = Card((), (), (), (), (), ())


def ask(*terms: int, weights=None) -> Query:
    weights = weights or dict.fromkeys(terms, 1.0)
    pairs = frozenset(pairwise(terms))
    return Query(terms, weights, sum(weights.values()), pairs, {t: str(t) for t in terms})


numbers = st.lists(st.integers(0, 2**32 - 1), max_size=20)
signed = st.lists(st.integers(-128, 127), min_size=4, max_size=4)


@given(numbers, numbers, numbers, numbers, signed)
def test_a_card_reads_as_it_was_written(title, body, starts, served, vector):
    card = Card(title, body[:3], body, starts, served, [0] if served else [], vector, vector[::-1])
    read = parse_card(render_card(card))
    for field in ("title", "description", "body", "starts", "served", "served_starts", "about", "named"):
        assert list(getattr(read, field)) == list(getattr(card, field))


def test_what_holds_more_of_the_query_has_more_of_every_signal():
    full = Card([1, 2], [], [1, 2, 9, 9], [0], [], [])
    half = Card([1, 8], [], [1, 9, 9, 9], [0], [], [])
    more, less, none = measure(ask(1, 2), [full, half, EMPTY], STATISTICS)
    assert none == Signals()
    for name in ("whole", "title", "lead", "passage", "pairs"):
        assert getattr(more, name) > getattr(less, name) >= 0


def test_one_section_that_holds_all_beats_two_that_hold_half_each():
    together = Card([], [], [1, 2, 9, 9], [0, 2], [], [])
    apart = Card([], [], [1, 9, 9, 2], [0, 2], [], [])
    one, other = measure(ask(1, 2), [together, apart], STATISTICS)
    assert one.passage > other.passage
    assert one.whole == other.whole


def test_requests_that_were_served_speak_and_vote():
    served = Card([], [], [9], [0], [1, 2, 3, 1, 2, 4], [0, 3])
    once = Card([], [], [9], [0], [1, 7, 8], [0])
    most, some, none = measure(ask(1, 2), [served, once, Card([], [], [9], [0], [], [])], STATISTICS)
    assert most.served > some.served > none.served == 0
    assert most.votes > some.votes > none.votes == 0
    assert most.votes + some.votes <= most.served + 1e-9


@given(st.lists(st.tuples(*[st.floats(0, 1)] * len(Signals._fields)), min_size=1, max_size=8))
def test_more_of_a_signal_never_lowers_the_belief_and_it_is_a_probability(rows):
    measured = [Signals(*row) for row in rows]
    assert len(order(measured)) == len(measured)
    for signals in measured:
        belief = believe(signals, 5, lexical=False)
        assert 0 <= belief <= 1
        assert believe(signals._replace(whole=1.0), 5, lexical=False) >= belief
        assert believe(signals._replace(served=1.0), 5, lexical=False) >= belief


def test_nothing_said_fits_nothing_and_a_request_served_before_fits():
    assert believe(Signals(), 5, lexical=False) < FITS
    assert believe(Signals(served=0.95), 5, lexical=False) > FITS
    assert order([]) == []


def test_a_runbook_far_ahead_of_all_others_fits_though_the_request_is_full_of_names():
    assert stands_clear(FITS, FITS)
    assert stands_clear(0.23, 0.02)
    assert not stands_clear(0.23, 0.05), "another one is near"
    assert not stands_clear(0.09, 0.0), "too little speaks for it, however far ahead"


def test_the_order_counts_each_signal_relative_to_the_best():
    first, second = order([Signals(whole=0.2, title=0.1), Signals(whole=0.1, title=0.2)])
    assert math.isclose(first, 0.206 + 0.2 / 2)
    assert math.isclose(second, 0.206 / 2 + 0.2)
