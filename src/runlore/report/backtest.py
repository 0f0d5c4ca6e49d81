"""The page of a backtest: each figure beside what one has without the library, as bars drawn here and as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from runlore.model.backtest import Backtest, Share
from runlore.report.page import content_policy, own_file, page_environment

_BAR: Final = 19.0
_GAP: Final = 9.0
_FOOT: Final = 26.0
_VALUES: Final = 64.0
_EDGE: Final = 14.0
"""Room for the axis' first mark where labels stand above their bars."""


@dataclass(frozen=True, slots=True)
class Row:
    """A figure: its label, whose it is (``own``, ``other``, ``bad``), the share, and whether it opens a group."""

    label: str
    kind: str
    share: Share
    opens: bool = True


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar as it is drawn, in pixels."""

    label: str
    kind: str
    thin: bool
    x: float
    y: float
    label_y: float
    length: float
    low: float
    high: float
    value: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars with their axis."""

    width: float
    height: float
    bars: tuple[Bar, ...]
    ticks: tuple[tuple[float, str], ...]


@dataclass(frozen=True, slots=True)
class Item:
    """One backtest with everything that the page says of it."""

    one: Backtest
    verdict: str
    rows: tuple[Row, ...]
    wide: Chart
    narrow: Chart


def render_backtests(backtests: Sequence[Backtest], generated: str) -> str:
    """Give the page as HTML: no request to anywhere, no script, every text escaped. The same backtests give the same page, byte for byte."""
    style = Markup("{}\n{}").format(own_file("report.css"), own_file("backtest.css"))
    template = page_environment().get_template("backtest.html.j2")
    items = [_item(one) for one in backtests]
    return template.render(items=items, generated=generated, style=style, policy=content_policy(style, "")) + "\n"


def rows_of(one: Backtest) -> tuple[Row, ...]:
    """The figures of a backtest, each of the library's followed by what one has without it."""
    return (
        Row("Cases that a runbook was found for", "own", one.routed),
        Row("Failures foreseen", "own", one.failures),
        Row("… of which the same was seen before", "other", one.failures_seen, opens=False),
        Row("Steps known beforehand", "own", one.steps),
        Row("The next step, by the runbook", "own", one.next_step),
        Row("… by a first-order Markov chain", "other", one.next_step_chain, opens=False),
        Row("Values whose source is known", "own", one.values),
        Row("… whose usual value it is", "other", one.values_usual, opens=False),
        Row("Bad acts that a guard warns of", "own", one.warnings.right),
        Row("… good acts that one warns of", "bad", one.warnings.false, opens=False),
    )


def verdict_of(one: Backtest) -> str:
    """Say in a sentence or two what the figures come to, and what they do not tell."""
    told = []
    if not any(row.share.enough for row in rows_of(one)):
        return "There is not enough data to go by: the figures are shown as they are."
    if one.next_step.enough and one.next_step_chain.enough:
        better = _compare(one.next_step, one.next_step_chain)
        told.append(f"For the next step the runbooks {better} a first-order Markov chain.")
    if one.values.enough and one.values_usual.enough:
        told.append(f"For values they {_compare(one.values, one.values_usual)} guessing the usual one.")
    if one.failures.enough and one.failures.share is not None:
        told.append(f"They foresee {round(100 * one.failures.share)} % of the failures.")
    return " ".join(told)


def _compare(one: Share, other: Share) -> str:
    if one.low > other.high:
        return "do better than"
    if one.high < other.low:
        return "do worse than"
    return "do neither better nor worse than"


def _item(one: Backtest) -> Item:
    rows = rows_of(one)
    return Item(one, verdict_of(one), rows, draw(rows, 1000.0, 270.0), draw(rows, 326.0, 0.0))


def draw(rows: Sequence[Row], width: float, left: float) -> Chart:
    """Draw rows as bars: labels at the left, or above each bar where ``left`` is 0."""
    left = left or _EDGE
    room = width - left - _VALUES
    bars: list[Bar] = []
    y = 0.0
    for row in rows:
        y += _GAP if row.opens and bars else 0.0
        label_y = y + 11.0
        if left == _EDGE:
            y += 17.0
        share = row.share.share or 0.0
        value = f"{round(100 * share)} %" if row.share.total else "no data"
        low, high = (row.share.low, row.share.high) if row.share.total else (0.0, 0.0)
        bars.append(
            Bar(
                row.label,
                row.kind,
                not row.share.enough,
                left,
                y,
                label_y,
                share * room,
                left + low * room,
                left + high * room,
                value,
            )
        )
        y += _BAR
    ticks = tuple((left + share * room, f"{round(100 * share)} %") for share in (0.0, 0.5, 1.0))
    return Chart(width, y + _FOOT, tuple(bars), ticks)
