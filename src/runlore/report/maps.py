"""Geometry of the two maps: areas by cost, and cases over time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

DAY = 86_400.0
STEPS = (1, 2, 7, 14, 28, 56, 91, 182, 365)  # days between two marks of the time axis


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle, x and y its upper left corner."""

    x: float
    y: float
    width: float
    height: float


def divide(sizes: Sequence[float], area: Area) -> list[Area]:
    """Divide an area by sizes, greatest first, into rectangles as square as can be.

    After Bruls, Huizing and van Wijk, *Squarified treemaps* (2000). ``sizes`` must be sorted, greatest first, and
    positive; the result has the same order.
    """
    total = sum(sizes)
    scaled = [size * area.width * area.height / total for size in sizes]
    found: list[Area] = []
    while scaled:
        side = min(area.width, area.height)
        row = [scaled[0]]
        for size in scaled[1:]:
            if _worst([*row, size], side) > _worst(row, side):
                break
            row.append(size)
        scaled = scaled[len(row) :]
        rectangles, area = _cut_off(row, area)
        found += rectangles
    return found


def _worst(row: Sequence[float], side: float) -> float:
    """The greatest aspect ratio in a row laid along ``side``."""
    total = sum(row)
    return max(max(side**2 * size / total**2, total**2 / (side**2 * size)) for size in row)


def _cut_off(row: Sequence[float], area: Area) -> tuple[list[Area], Area]:
    """Lay a row along the shorter side; gives its rectangles and what is left."""
    total = sum(row)
    rectangles: list[Area] = []
    if area.width >= area.height:
        depth, y = total / area.height, area.y
        for size in row:
            rectangles.append(Area(area.x, y, depth, size / depth))
            y += size / depth
        return rectangles, Area(area.x + depth, area.y, max(area.width - depth, 1e-9), area.height)
    depth, x = total / area.width, area.x
    for size in row:
        rectangles.append(Area(x, area.y, size / depth, depth))
        x += size / depth
    return rectangles, Area(area.x, area.y + depth, area.width, max(area.height - depth, 1e-9))


def mark_days(first: float, last: float, most: int) -> tuple[float, ...]:
    """Give at most ``most`` round days (seconds since the epoch, midnight UTC) within a time, equally far apart."""
    days = max((last - first) / DAY, 1.0)
    step = next((step for step in STEPS if days / step <= most - 1), STEPS[-1] * math.ceil(days / STEPS[-1] / most))
    start = math.ceil(first / DAY)
    return tuple(day * DAY for day in range(start, math.floor(last / DAY) + 1, step))


def dodge(places: Sequence[float], least: float, lanes: int) -> tuple[int, ...]:
    """Give each place (sorted) a lane, so that dots nearer than ``least`` stand beside each other while lanes last."""
    last = [-math.inf] * lanes
    given = []
    for place in places:
        free = [lane for lane in range(lanes) if place - last[lane] >= least]
        lane = free[0] if free else min(range(lanes), key=lambda number: last[number])
        last[lane] = place
        given.append(lane)
    return tuple(given)
