"""Draws a partial order from top to bottom: rows, no box over another, every arrow down.

After Sugiyama, Tagawa and Toda, *Methods for visual understanding of hierarchical system structures* (1981), in its
usual four steps: (1) leave out arrows that follow from others, (2) a row for each box by its longest way from the top,
rows that are too full broken into several, (3) the order within rows by the neighbours' mean, keeping the best that was
seen, with an invisible box wherever an arrow passes a row, (4) horizontal places that are nearest to the neighbours' in
the least-squares sense, by pooling adjacent violators.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

SWEEPS = 8
PASSING = 14.0  # width of the gap that an arrow needs to pass a row


@dataclass(frozen=True, slots=True)
class Box:
    """Something to place; ``after`` names the boxes that come before it. An optional box can be passed by."""

    key: int
    width: float
    height: float
    after: tuple[int, ...] = ()
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Placed:
    """A box in its place; x and y are its upper left corner, ``row`` counts from 0 at the top."""

    key: int
    x: float
    y: float
    width: float
    height: float
    row: int


@dataclass(frozen=True, slots=True)
class Route:
    """An arrow from one box to another, as the points that it passes, from top to bottom."""

    tail: int
    head: int
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """The whole: boxes by key, routes by tail and head, and the size of it all in pixels."""

    boxes: tuple[Placed, ...]
    routes: tuple[Route, ...]
    width: float
    height: float


Item = tuple[int, int, int]
"""A box ``(key, 0, 0)`` or the place where an arrow passes a row: ``(tail, head, row)``."""


def lay_out(boxes: Sequence[Box], most: int = 3, gap: float = 28.0, fall: float = 42.0, margin: float = 8.0) -> Drawing:
    """Place the boxes, at most ``most`` side by side (1: in one column), ``gap`` between, ``fall`` between rows."""
    known = {box.key: box for box in sorted(boxes, key=lambda box: box.key)}
    optional = frozenset(key for key, box in known.items() if box.optional)
    named = {key: [a for a in box.after if a in known and a < key] for key, box in known.items()}
    before = reduce_order(named, optional)
    rows = {key: row for row, key in enumerate(before)} if most == 1 else fill_rows(before, most)
    arrows = [(tail, head) for head in before for tail in before[head]]
    table, ways = pass_rows(rows, arrows)
    links = [pair for way in ways.values() for pair in pairwise(way)]
    table = order_rows(table, links)
    widths = {item: known[item[0]].width if item[1] == 0 else PASSING for row in table for item in row}
    centres = place_column(table, ways, widths, gap) if most == 1 else place_across(table, links, widths, gap)
    left = min((centres[item] - widths[item] / 2 for item in centres), default=0.0)
    centres = {item: centre - left + margin for item, centre in centres.items()}
    tops = place_down(table, known, fall, margin)
    placed = [
        Placed(key, centres[item] - known[key].width / 2, tops[row][0], known[key].width, known[key].height, row)
        for row, items in enumerate(table)
        for item in items
        if item[1] == 0
        for key in item[:1]
    ]
    routes = [Route(tail, head, trace(ways[tail, head], centres, tops, known, rows)) for tail, head in sorted(ways)]
    right = max((centres[item] + widths[item] / 2 for item in centres), default=0.0)
    bottom = tops[-1][1] if tops else 0.0
    return Drawing(tuple(sorted(placed, key=lambda box: box.key)), tuple(routes), right + margin, bottom + margin)


def reduce_order(
    before: Mapping[int, Iterable[int]], optional: frozenset[int] = frozenset()
) -> dict[int, tuple[int, ...]]:
    """Leave out every arrow that follows from others; keys must come after what they name.

    What follows only by way of an optional box is kept: the arrow is the way of the cases that left the box out.
    """
    above: dict[int, frozenset[int]] = {}
    reduced: dict[int, tuple[int, ...]] = {}
    for key in sorted(before):
        direct = sorted(set(before[key]))
        firm = [a for a in direct if a not in optional]
        reduced[key] = tuple(a for a in direct if not any(a in above[other] for other in firm))
        above[key] = frozenset(direct).union(*(above[a] for a in firm))
    return reduced


def fill_rows(before: Mapping[int, tuple[int, ...]], most: int) -> dict[int, int]:
    """Give each box its row; a box with nothing before it stands near what follows, yet above all later numbers."""
    level: dict[int, int] = {}
    for key in sorted(before):
        level[key] = 1 + max((level[a] for a in before[key]), default=-1)
    following: dict[int, list[int]] = {key: [] for key in before}
    for key, direct in before.items():
        for a in direct:
            following[a].append(key)
    later: list[int] = []
    for key in sorted(before, reverse=True):
        if not before[key] and later:
            level[key] = min([min(later), *(level[other] - 1 for other in following[key])])
        later.append(level[key])
    rows: dict[int, int] = {}
    row = 0
    for wanted in sorted(set(level.values())):
        members = [key for key in sorted(level) if level[key] == wanted]
        pieces = -(-len(members) // most)
        size = -(-len(members) // pieces)
        for position, key in enumerate(members):
            rows[key] = row + position // size
        row += pieces
    return rows


def pass_rows(
    rows: Mapping[int, int], arrows: Iterable[tuple[int, int]]
) -> tuple[list[list[Item]], dict[tuple[int, int], list[Item]]]:
    """Put boxes into rows, and an invisible item into each row that an arrow passes; gives the arrows' ways too."""
    table: list[list[Item]] = [[] for _ in range(max(rows.values(), default=-1) + 1)]
    for key in sorted(rows):
        table[rows[key]].append((key, 0, 0))
    ways: dict[tuple[int, int], list[Item]] = {}
    for tail, head in sorted(arrows):
        between: list[Item] = [(tail, head, row) for row in range(rows[tail] + 1, rows[head])]
        for item in between:
            table[item[2]].append(item)
        ways[tail, head] = [(tail, 0, 0), *between, (head, 0, 0)]
    return table, ways


def order_rows(table: list[list[Item]], links: Sequence[tuple[Item, Item]]) -> list[list[Item]]:
    """Order each row by its neighbours' mean places, down and up in turn; keeps the order with fewest crossings."""
    up, down = neighbours(links)
    best, fewest = [list(row) for row in table], count_crossings(table, links)
    current = [list(row) for row in table]
    for sweep in range(SWEEPS):
        looked_at = up if sweep % 2 == 0 else down
        places = {item: position for row in current for position, item in enumerate(row)}
        for row in current if sweep % 2 == 0 else reversed(current):
            row.sort(key=lambda item: (_mean([places[n] for n in looked_at.get(item, ())], places[item]), item))
            places.update({item: position for position, item in enumerate(row)})
        crossings = count_crossings(current, links)
        if crossings < fewest:
            best, fewest = [list(row) for row in current], crossings
    return best


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def neighbours(links: Iterable[tuple[Item, Item]]) -> tuple[dict[Item, list[Item]], dict[Item, list[Item]]]:
    """Give what stands directly above and below each item."""
    up: dict[Item, list[Item]] = {}
    down: dict[Item, list[Item]] = {}
    for upper, lower in links:
        up.setdefault(lower, []).append(upper)
        down.setdefault(upper, []).append(lower)
    return up, down


def count_crossings(table: Sequence[Sequence[Item]], links: Sequence[tuple[Item, Item]]) -> int:
    """Count the pairs of arrows that cross between two rows."""
    where = {item: (row, position) for row, items in enumerate(table) for position, item in enumerate(items)}
    by_row: dict[int, list[tuple[int, int]]] = {}
    for upper, lower in links:
        by_row.setdefault(where[upper][0], []).append((where[upper][1], where[lower][1]))
    return sum(
        (a[0] - b[0]) * (a[1] - b[1]) < 0
        for pairs in by_row.values()
        for position, a in enumerate(pairs)
        for b in pairs[:position]
    )


def place_across(
    table: Sequence[Sequence[Item]], links: Sequence[tuple[Item, Item]], widths: Mapping[Item, float], gap: float
) -> dict[Item, float]:
    """Give each item the centre that is nearest to its neighbours', the order and the gaps being kept."""
    up, down = neighbours(links)
    centres: dict[Item, float] = {}
    for row in table:
        centres.update(zip(row, spread([0.0] * len(row), [widths[item] for item in row], gap), strict=True))
    for sweep in range(2 * SWEEPS + 1):  # ends going down: what has one box before it stands straight below that
        looked_at = up if sweep % 2 == 0 else down
        for row in table if sweep % 2 == 0 else reversed(table):
            wished = [_mean([centres[n] for n in looked_at.get(item, ())], centres[item]) for item in row]
            centres.update(zip(row, spread(wished, [widths[item] for item in row], gap), strict=True))
    return centres


def place_column(
    table: Sequence[Sequence[Item]],
    ways: Mapping[tuple[int, int], Sequence[Item]],
    widths: Mapping[Item, float],
    gap: float,
) -> dict[Item, float]:
    """Give every box the same centre, and every arrow that passes boxes a lane at their right, the shortest nearest."""
    centres = {item: 0.0 for row in table for item in row if item[1] == 0}
    edge = max((widths[item] for item in centres), default=0.0) / 2
    taken: list[list[tuple[int, int]]] = []  # by lane, the rows that its arrows pass
    for way in sorted(ways.values(), key=lambda way: (len(way), way)):
        if len(way) == 2:
            continue
        first, last = way[1][2], way[-2][2]
        free = (n for n, lane in enumerate(taken) if all(last < start or end < first for start, end in lane))
        number = next(free, len(taken))
        if number == len(taken):
            taken.append([])
        taken[number].append((first, last))
        centres |= dict.fromkeys(way[1:-1], edge + gap + PASSING / 2 + number * PASSING)
    return centres


def spread(wished: Sequence[float], widths: Sequence[float], gap: float) -> list[float]:
    """Give the centres nearest to the wished ones that keep order and gap (by pooling adjacent violators)."""
    offsets = [0.0]
    for left, right in pairwise(widths):
        offsets.append(offsets[-1] + (left + right) / 2 + gap)
    blocks: list[tuple[float, int]] = []  # sum of the wishes, how many share one place
    for wish, offset in zip(wished, offsets, strict=False):
        blocks.append((wish - offset, 1))
        while len(blocks) > 1 and blocks[-2][0] * blocks[-1][1] >= blocks[-1][0] * blocks[-2][1]:
            total, size = blocks.pop()
            blocks[-1] = (blocks[-1][0] + total, blocks[-1][1] + size)
    places = [total / size for total, size in blocks for _ in range(size)]
    return [place + offset for place, offset in zip(places, offsets, strict=False)]


def place_down(
    table: Sequence[Sequence[Item]], known: Mapping[int, Box], fall: float, margin: float
) -> list[tuple[float, float]]:
    """Give the top and the bottom of each row."""
    tops = []
    y = margin
    for row in table:
        tallest = max(known[item[0]].height for item in row if item[1] == 0)
        tops.append((y, y + tallest))
        y += tallest + fall
    return tops


def trace(
    way: Sequence[Item],
    centres: Mapping[Item, float],
    tops: Sequence[tuple[float, float]],
    known: Mapping[int, Box],
    rows: Mapping[int, int],
) -> tuple[tuple[float, float], ...]:
    """Give the points of one arrow: out of its box, straight through the rows that it passes, into the next box."""
    tail, *between, head = way
    row = rows[tail[0]]
    points = [(centres[tail], tops[row][0] + known[tail[0]].height), (centres[tail], tops[row][1])]
    for item in between:
        points += [(centres[item], tops[item[2]][0]), (centres[item], tops[item[2]][1])]
    points.append((centres[head], tops[rows[head[0]]][0]))
    return tuple(point for position, point in enumerate(points) if not position or point != points[position - 1])
