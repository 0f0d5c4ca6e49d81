"""Numbers and texts as the report prints them."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime
from typing import Any

from markupsafe import Markup, escape

NARROW = frozenset("iljtf.,:;|!'`()[]{}r I1")
WIDE = frozenset("mwMW@%&—…QGO")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
LONGEST = 2_000  # characters that are printed of one text
BOLD = 1.13  # how much wider a bold text is
KEPT = frozenset("\n\t\u200d")  # the joiner holds emoji together


def visible(value: Any) -> Any:
    """Show characters that hide or turn text around, as ``⟨U+202E⟩``, and bound the length of any one text.

    Markup of our own, and values that are no text, pass as they are.
    """
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    if len(value) > LONGEST:
        value = value[:LONGEST] + "…"
    if value.isascii() and value.isprintable():
        return value
    return "".join(_shown(character) for character in value)


def _shown(character: str) -> str:
    if character in KEPT or unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co", "Cn"}:
        return character
    return f"⟨U+{ord(character):04X}⟩"


def prose(text: str) -> Markup:
    """Give a text as HTML: escaped, hidden characters shown, and what stands between backticks as code."""
    pieces = str(visible(text)).split("`")
    if len(pieces) % 2 == 0:  # a backtick without its partner is only a backtick
        pieces[-2:] = ["`".join(pieces[-2:])]
    return Markup("").join(
        Markup("<code>{}</code>").format(piece) if position % 2 and piece else escape(piece)
        for position, piece in enumerate(pieces)
    )


def plain(text: str) -> str:
    """Give a text on one line without the backticks that mark code, for places that know no markup."""
    return one_line(text).replace("`", "")


def one_line(text: str) -> str:
    """Give the text on one line, white space collapsed."""
    return " ".join(text.split())


def width(text: str, size: float) -> float:
    """Estimate how wide a text of the system's sans-serif is, in pixels at ``size``; on the generous side."""
    total = 0.0
    for character in text:
        if character in NARROW:
            total += 0.39
        elif character in WIDE or character.isupper():
            total += 0.8
        elif unicodedata.east_asian_width(character) in {"W", "F"}:
            total += 1.05
        else:
            total += 0.605
    return total * size


def cut(text: str, room: float, size: float, mono: bool = False) -> str:
    """Give as much of the text as fits into ``room`` pixels, an ellipsis at the end where something is missing."""
    text = visible(one_line(text)[:LONGEST])
    if _measure(text, size, mono) <= room:
        return str(text)
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if _measure(text[:middle] + "…", size, mono) <= room:
            low = middle
        else:
            high = middle - 1
    return str(text[:low]).rstrip() + "…"


def _measure(text: str, size: float, mono: bool) -> float:
    if mono:
        wide = sum(unicodedata.east_asian_width(character) in {"W", "F"} for character in text)
        return (len(text) + wide) * 0.62 * size
    return width(text, size)


def wrap(text: str, room: float, size: float, most: int, bold: bool = False) -> tuple[str, ...]:
    """Break a text into at most ``most`` lines of ``room`` pixels; what is left over ends in an ellipsis."""
    room = room / BOLD if bold else room
    lines: list[str] = []
    words = str(visible(one_line(text)[:LONGEST])).split(" ")
    current = ""
    for position, word in enumerate(words):
        longer = f"{current} {word}".strip()
        if width(longer, size) <= room:
            current = longer
            continue
        if len(lines) == most - 1:
            rest = " ".join(filter(None, [current, *words[position:]]))
            return (*lines, cut(rest, room, size))
        if current:
            lines.append(current)
        if len(lines) == most - 1 or width(word, size) <= room:
            current = word
        else:
            current = cut(word, room, size)
    if width(current, size) > room:
        current = cut(current, room, size)
    return (*lines, current) if current or not lines else tuple(lines)


def shorten(text: str, most: int) -> str:
    """Give the text on one line with at most ``most`` characters, an ellipsis at the end where something is missing."""
    text = one_line(text)
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def number(value: float) -> str:
    """Write a whole number with separators: 12,400."""
    return f"{round(value):,}"


def short_number(value: float) -> str:
    """Write a large number short: 950, 12 k, 3.1 M."""
    if value < 1_000:
        return f"{round(value)}"
    for size, unit in ((1_000_000_000, "B"), (1_000_000, "M"), (1_000, "k")):
        if value >= size * 0.9995:
            scaled = value / size
            return f"{scaled:.1f} {unit}" if scaled < 9.95 else f"{round(scaled):,} {unit}"
    return f"{round(value)}"


def duration(seconds: float) -> str:
    """Write a time as people say it: 40 s, 12 min, 3 h 05 min, 4 days."""
    if seconds < 59.5:
        return f"{round(seconds)} s"
    minutes = round(seconds / 60)
    if minutes < 90:
        return f"{minutes} min"
    hours, rest = divmod(minutes, 60)
    if hours < 72:
        return f"{hours} h {rest:02d} min"
    return f"{round(hours / 24)} days"


def share(part: float, whole: float) -> str:
    """Write a share in per cent; ``–`` where there is no whole."""
    return f"{round(100 * part / whole)} %" if whole else "–"


def day(time: float) -> str:
    """Write the day of a time in seconds since the epoch, in UTC; empty where the time is unknown."""
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%d") if time > 0 else ""


def short_day(time: float) -> str:
    """Write a day as on a calendar: 13 Jan."""
    moment = datetime.fromtimestamp(time, UTC)
    return f"{moment.day} {MONTHS[moment.month - 1]}"


def count(number_: int, one: str, many: str = "") -> str:
    """Write a number with its noun: 1 case, 8 cases."""
    return f"{number_:,} {one if number_ == 1 else many or one + 's'}"


def short_id(name: str) -> str:
    """Shorten a long id to what tells it apart: the first block of a UUID, the first 12 characters of a hash."""
    name = name.removeprefix("sha256:")
    if len(name) == 36 and name.count("-") == 4:
        return name[:8]
    return name if len(name) <= 20 else name[:12]
