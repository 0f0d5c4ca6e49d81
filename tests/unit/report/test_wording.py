"""Numbers, times and texts as people read them."""

from __future__ import annotations

import pytest
from markupsafe import Markup

from runlore.report import wording


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, "0"),
        (999, "999"),
        (1_000, "1.0 k"),
        (12_400, "12 k"),
        (999_900, "1.0 M"),
        (3_140_000, "3.1 M"),
        (2.5e9, "2.5 B"),
    ],
)
def test_short_numbers(value: float, expected: str) -> None:
    assert wording.short_number(value) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(0, "0 s"), (45.4, "45 s"), (60, "1 min"), (5_340, "89 min"), (11_100, "3 h 05 min"), (400_000, "5 days")],
)
def test_durations(seconds: float, expected: str) -> None:
    assert wording.duration(seconds) == expected


def test_hidden_characters_are_shown_and_markup_is_left_alone() -> None:
    assert wording.visible("a\u202eb\u200bc\x00") == "a⟨U+202E⟩b⟨U+200B⟩c⟨U+0000⟩"
    assert wording.visible("👩\u200d🚀 ü 漢") == "👩\u200d🚀 ü 漢"
    assert wording.visible(Markup("<b>\u202e</b>")) == "<b>\u202e</b>"
    assert wording.visible(7) == 7


def test_a_cut_text_fits_and_says_that_it_is_cut() -> None:
    text = "Restore a backup of the bookings database beside production"
    short = wording.cut(text, 120, 13)
    assert short.endswith("…")
    assert wording.width(short, 13) <= 120
    assert wording.cut("short", 120, 13) == "short"


@pytest.mark.parametrize(
    "text", ["one two three four five six seven", "averyveryverylongwordwithoutanyblank " * 3, "漢字" * 30, ""]
)
def test_wrapped_lines_fit(text: str) -> None:
    lines = wording.wrap(text, 100, 14, 3)
    assert 1 <= len(lines) <= 3
    assert all(wording.width(line, 14) <= 100 for line in lines)


def test_ids_are_shortened_to_what_tells_them_apart() -> None:
    assert wording.short_id("4b91d0c3-5ef4-43aa-a556-8da1213cd123") == "4b91d0c3"
    assert wording.short_id("li-2026-01") == "li-2026-01"
    assert wording.short_id("sha256:" + "ab" * 32) == "abababababab"


def test_counts_and_shares() -> None:
    assert wording.count(1, "case") == "1 case"
    assert wording.count(1_200, "case") == "1,200 cases"
    assert wording.share(39, 58) == "67 %"
    assert wording.share(1, 0) == "–"
