"""Small readings that the trackers share: text of any JSON value, times as ISO 8601, keys out of addresses."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

_ADDRESS = re.compile(
    r"https?://[^/\s]+/(?P<project>[^\s?#]+?)/(?:-/)?(?:issues|work_items|pull|pulls)/(?P<number>\d+)/?(?:[?#]\S*)?"
)
_SITE = re.compile(r"(https?://[^/\s]+)/")
_ISO = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)\s*(Z|UTC|[+-]\d\d:?\d\d)?)?")
_JIRA = re.compile(r"(\d{1,2})/([A-Za-z]{3})/(\d{2,4})(?: (\d{1,2}):(\d\d)(?::\d\d)?(?: ([AP]M))?)?", re.IGNORECASE)
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?: (\d{1,2}):(\d\d)(?::\d\d)?)?")
_SCRIPT = re.compile(r"[A-Z][a-z]{2} ([A-Z][a-z]{2}) (\d{1,2}) (\d{4}) (\d\d:\d\d:\d\d) GMT([+-]\d{4}).*")
_NAMED = re.compile(r"([A-Z][a-z]{2}) (\d{1,2}), (\d{4})")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NOON = 12


def text(value: Any) -> str:
    """Give a value's text; ``""`` for what is no text or number."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.strip() if isinstance(value, str) else str(value) if isinstance(value, (int, float)) else ""


def named(value: Any, *keys: str) -> str:
    """Give the first text under one of the keys of a map, or the text itself."""
    if isinstance(value, Mapping):
        return next((found for key in keys if (found := text(value.get(key)))), "")
    return text(value)


def names(values: Any, *keys: str) -> tuple[str, ...]:
    """Give the texts of a list of maps or texts; of ``{"nodes": […]}`` its nodes."""
    if isinstance(values, Mapping):
        values = values.get("nodes", [])
    if not isinstance(values, Sequence) or isinstance(values, str):
        return ()
    return tuple(dict.fromkeys(found for value in values if (found := named(value, *keys))))


def split(value: str, mark: str = ",") -> tuple[str, ...]:
    """Give the parts of a text that holds a list."""
    return tuple(dict.fromkeys(part.strip() for part in value.split(mark) if part.strip()))


def key_of(url: str, number: str) -> str:
    """Give ``owner/repo#12`` for the address of an issue, ``#12`` where the address says no more."""
    found = _ADDRESS.fullmatch(url)
    return f"{found['project']}#{found['number']}" if found else f"#{number}" if number else ""


def site_of(url: str) -> str:
    """Give the beginning of an address up to its host."""
    found = _SITE.match(url)
    return found[1] if found else ""


def flat(value: Any) -> str:
    """Give a tracker's own field as text: choices by their names, lists with commas; ``""`` for what is only for machines."""
    if isinstance(value, Mapping):
        child = flat(value.get("child")) if "child" in value else ""
        return " / ".join(
            part for part in (named(value, "value", "name", "displayName", "title", "key"), child) if part
        )
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(part for part in map(flat, value) if part)
    return text(value)


def time_of(value: Any, today: date) -> str:
    """Give a time as ISO 8601, as far as it is known; ``""`` for none, and for a day whose order of day and month is a guess."""
    raw = text(value)
    if found := _ISO.match(raw):
        clock = f"T{found[2]}" if found[2] else ""
        zone = {"UTC": "Z", None: ""}.get(found[3], found[3]) if clock else ""
        offset = re.sub(r"([+-]\d\d)(\d\d)", r"\1:\2", zone or "")
        return f"{found[1]}{clock}{offset}"
    if found := _JIRA.fullmatch(raw):
        year = int(found[3]) + (0 if len(found[3]) > 2 else 2000)
        return _moment(year, _month(found[2]), int(found[1]), _hour(found[4], found[6]), found[5])
    if found := _SCRIPT.fullmatch(raw):
        day = _moment(int(found[3]), _month(found[1]), int(found[2]), "", "")
        return f"{day}T{found[4]}{found[5][:3]}:{found[5][3:]}" if day else ""
    if found := _NAMED.fullmatch(raw):
        return _moment(int(found[3]), _month(found[1]), int(found[2]), "", "")
    if found := _SLASHED.fullmatch(raw):
        first, second = int(found[1]), int(found[2])
        month, day_ = (first, second) if second > _NOON else (second, first) if first > _NOON else (0, 0)
        return _moment(int(found[3]), month, day_, found[4] or "", found[5] or "")
    word = raw.partition(" ")[0].casefold()
    days = {"today": 0, "yesterday": 1}.get(word)
    return (today - timedelta(days=days)).isoformat() if days is not None else ""


def _moment(year: int, month: int, day: int, hour: str, minute: str | None) -> str:
    try:
        if hour and minute:
            return datetime(year, month, day, int(hour), int(minute)).isoformat()  # noqa: DTZ001 the export names no zone
        return date(year, month, day).isoformat()
    except ValueError:
        return ""


def _month(word: str) -> int:
    return _MONTHS.index(word[:3].lower()) + 1 if word[:3].lower() in _MONTHS else 0


def _hour(hour: str | None, half: str | None) -> str:
    if not hour or not half:
        return hour or ""
    return str(int(hour) % _NOON + (_NOON if half.upper() == "PM" else 0))
