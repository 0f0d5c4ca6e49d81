"""Kleene's three values, equality of values as what they are, and the times that texts name."""

from __future__ import annotations

import itertools

import pytest

from runlore.mining.guards.truth import every, is_equal, negate, some
from runlore.model.condition import Duration
from runlore.model.moments import parse_moment

VALUES = (True, False, None)


def test_the_three_values_obey_de_morgan_and_certainty_is_never_taken_back():
    for one, other in itertools.product(VALUES, repeat=2):
        assert some([one, other]) is negate(every([negate(one), negate(other)]))
        if None in (one, other):
            both = {
                every([a, b])
                for a in (VALUES[:2] if one is None else [one])
                for b in (VALUES[:2] if other is None else [other])
            }
            assert every([one, other]) is (both.pop() if len(both) == 1 else None)
    assert every([]) is True
    assert some([]) is False


def test_values_are_equal_as_what_they_are():
    assert is_equal(1, 1.0)
    assert is_equal(True, True)
    assert is_equal(None, None)
    for one, other in ((True, 1), (0, False), ("1", 1), (None, ""), (None, False)):
        assert not is_equal(one, other)
        assert not is_equal(other, one)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1970-01-02", 86400.0),
        ("1970-01-01T00:00:01", 1.0),
        ("1970-01-01T01:00:00+01:00", 0.0),
        ("soon", None),
        ("", None),
        ("2026-13-01", None),
    ],
)
def test_a_text_names_a_time_or_none(text, seconds):
    assert parse_moment(text) == seconds


def test_a_length_of_time_is_given_in_seconds():
    assert [Duration(2, unit).seconds for unit in ("second", "minute", "hour", "day", "week")] == [
        2,
        120,
        7200,
        172800,
        1209600,
    ]
