"""Areas that fill the map by size, round days on the time axis, dots beside each other."""

from __future__ import annotations

from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runlore.report.maps import DAY, Area, divide, dodge, mark_days


@settings(max_examples=100, deadline=None)
@given(st.lists(st.floats(1, 1e6), min_size=1, max_size=24))
def test_areas_are_in_proportion_inside_and_apart(sizes: list[float]) -> None:
    sizes = sorted(sizes, reverse=True)
    areas = divide(sizes, Area(0, 0, 1080, 400))
    assert len(areas) == len(sizes)
    for size, area in zip(sizes, areas, strict=True):
        assert area.width * area.height == pytest.approx(size / sum(sizes) * 1080 * 400, rel=1e-6)
        assert area.x >= -1e-6
        assert area.y >= -1e-6
        assert area.x + area.width <= 1080.001
        assert area.y + area.height <= 400.001
    for a, b in combinations(areas, 2):
        across = min(a.x + a.width, b.x + b.width) - max(a.x, b.x)
        down = min(a.y + a.height, b.y + b.height) - max(a.y, b.y)
        assert min(across, down) < 1e-3


@pytest.mark.parametrize("days", [0.2, 3, 10, 45, 200, 900, 4_000])
def test_marks_are_few_equally_spaced_and_inside(days: float) -> None:
    first = 20_500 * DAY + 5_000
    marks = mark_days(first, first + days * DAY, 8)
    assert len(marks) <= 8
    assert all(first <= mark <= first + days * DAY and mark % DAY == 0 for mark in marks)
    assert len({round(b - a) for a, b in pairwise(marks)}) <= 1


def test_near_dots_stand_in_different_lanes() -> None:
    assert dodge([0, 2, 4, 30], 11, 3) == (0, 1, 2, 0)
    assert dodge([0, 1, 2, 3], 11, 2) == (0, 1, 0, 1)
