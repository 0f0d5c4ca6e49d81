"""The layout's promises: no box over another, every arrow down, no arrow through a box."""

from __future__ import annotations

from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runlore.report.layout import Box, Drawing, lay_out, reduce_order, spread


@st.composite
def orders(draw: st.DrawFn) -> tuple[Box, ...]:
    count = draw(st.integers(1, 14))
    boxes = []
    for key in range(1, count + 1):
        after = draw(st.sets(st.integers(1, max(key - 1, 1)), max_size=4)) if key > 1 else set()
        height = draw(st.sampled_from([60.0, 92.0, 151.5]))
        boxes.append(Box(key, 300.0, height, tuple(sorted(after)), draw(st.booleans())))
    return tuple(boxes)


def overlapping(drawing: Drawing) -> list[tuple[int, int]]:
    return [
        (a.key, b.key)
        for a, b in combinations(drawing.boxes, 2)
        if a.x < b.x + b.width and b.x < a.x + a.width and a.y < b.y + b.height and b.y < a.y + a.height
    ]


@settings(max_examples=150, deadline=None)
@given(orders(), st.sampled_from([1, 2, 3]))
def test_no_overlap_arrows_go_down_and_pass_no_box(boxes: tuple[Box, ...], most: int) -> None:
    drawing = lay_out(boxes, most)
    assert overlapping(drawing) == []
    assert {box.key for box in drawing.boxes} == {box.key for box in boxes}
    assert all(
        box.x >= 0 and box.y >= 0 and box.x + box.width <= drawing.width and box.y + box.height <= drawing.height
        for box in drawing.boxes
    )
    for route in drawing.routes:
        assert all(upper[1] < lower[1] for upper, lower in pairwise(route.points))
        for box in drawing.boxes:
            inside = [p for p in route.points if box.x < p[0] < box.x + box.width and box.y < p[1] < box.y + box.height]
            assert inside == []
            passing = [
                (upper, lower)
                for upper, lower in pairwise(route.points)
                if upper[1] <= box.y and lower[1] >= box.y + box.height
            ]
            assert all(upper[0] == lower[0] and not box.x < upper[0] < box.x + box.width for upper, lower in passing)


@settings(max_examples=60, deadline=None)
@given(orders())
def test_the_same_boxes_give_the_same_drawing_in_whatever_order_they_come(boxes: tuple[Box, ...]) -> None:
    assert lay_out(boxes) == lay_out(tuple(reversed(boxes)))


def test_an_arrow_that_follows_from_others_is_left_out() -> None:
    assert reduce_order({1: [], 2: [1], 3: [1, 2]}) == {1: (), 2: (1,), 3: (2,)}


def test_the_way_round_an_optional_box_is_kept() -> None:
    assert reduce_order({1: [], 2: [1], 3: [1, 2]}, frozenset({2})) == {1: (), 2: (1,), 3: (1, 2)}


def test_a_chain_stands_straight_below_itself() -> None:
    drawing = lay_out([Box(n, 100, 40, (n - 1,) if n > 1 else ()) for n in range(1, 6)])
    assert len({box.x for box in drawing.boxes}) == 1
    assert [box.row for box in drawing.boxes] == [0, 1, 2, 3, 4]


def test_a_full_row_is_broken_into_several() -> None:
    drawing = lay_out([Box(n, 100, 40) for n in range(1, 8)], most=3)
    rows = [box.row for box in drawing.boxes]
    assert max(rows.count(row) for row in rows) <= 3
    assert overlapping(drawing) == []


def test_one_column_keeps_the_numbers_in_order() -> None:
    drawing = lay_out([Box(1, 100, 40), Box(2, 100, 40), Box(3, 100, 40, (1,)), Box(4, 100, 40, (1, 2, 3))], most=1)
    assert [box.row for box in sorted(drawing.boxes, key=lambda box: box.y)] == [0, 1, 2, 3]
    assert len({box.x for box in drawing.boxes}) == 1


def test_nothing_to_place_gives_an_empty_drawing() -> None:
    drawing = lay_out([])
    assert drawing.boxes == ()
    assert drawing.routes == ()


def test_boxes_named_but_not_there_are_left_aside() -> None:
    assert lay_out([Box(1, 100, 40, (9, 1))]).routes == ()


@pytest.mark.parametrize(
    ("wished", "expected"),
    [([0.0, 0.0], [-55.0, 55.0]), ([0.0, 300.0], [0.0, 300.0]), ([100.0, 0.0, 500.0], [-5.0, 105.0, 500.0])],
)
def test_spread_gives_the_nearest_centres_that_keep_the_gap(wished: list[float], expected: list[float]) -> None:
    assert spread(wished, [100.0] * len(wished), 10.0) == pytest.approx(expected)
