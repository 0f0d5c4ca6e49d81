"""The frontmatter of any document, read leniently: what its keys mean, by their usual names."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from runlore.model import Problem
from runlore.runbooks.blocks import raw_text
from runlore.runbooks.frontmatter import parse_frontmatter
from runlore.runbooks.hidden import clean

HOSTILE = "frontmatter-hostile"

_OPENING = re.compile(r"---[ \t]*\n(?:[ \t]*(?:#.*)?\n)*(?:---|[\"']?[A-Za-z][\w .-]{0,60}[\"']?[ \t]*:(?:\s|$))")
_LINE = re.compile(r"([A-Za-z][\w .-]{0,60}?)[ \t]*:(?:[ \t]+(.*))?")
_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december")  # fmt: skip
_MOST_MONTHS = 12
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ].*)?")
_DAY_FIRST = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[ -]([A-Za-z]{3,9}),?[ -](\d{4})")
_MONTH_FIRST = re.compile(r"([A-Za-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})")
_SPAN = re.compile(
    r"(?:every )?(\d{1,4}|an?|one|two|three|four|six|twelve)?[ -]?(day|week|fortnight|month|quarter|year)s?"
)
_WORDS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "six": 6, "twelve": 12, "": 1, None: 1}
_ADVERBS = {"daily": "1 day", "weekly": "1 week", "monthly": "1 month", "quarterly": "3 months", "yearly": "1 year", "annually": "1 year", "biannually": "6 months"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Matter:
    """The keys of a document's frontmatter as they stand, the number of its first line after it (from 0), and what was wrong.

    Scalars are text, lists tuples, maps dicts of the same. ``lines`` holds the lines of each key that could be read as YAML.
    """

    values: Mapping[str, Any]
    body: int
    problems: tuple[Problem, ...] = ()
    lines: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_hostile(self) -> bool:
        """Say whether it holds what no honest document holds."""
        return any(problem.slug == HOSTILE for problem in self.problems)


def read_matter(text: str, file: str) -> Matter:
    """Read the frontmatter of a document that others wrote; one without any has no problem.

    YAML that cannot be read is tried again with its values in quotes, then line by line; both are warnings. Anchors, aliases,
    tags, bombs are an error, and nothing is read.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    if not _OPENING.match(text):
        return Matter({}, 0)
    entries, body, problems = parse_frontmatter(text, file, foreign=True)
    if not body or any(problem.slug == "frontmatter-missing" for problem in problems):
        return Matter({}, 0)
    values: dict[str, Any] = {}
    raw: dict[str, str] = {}
    lines = text.split("\n")
    for entry in entries:
        values.setdefault(entry.key, entry.value)
        raw.setdefault(entry.key, raw_text(lines, entry.first, entry.end))
    matter = Matter(values, body, _softened(problems), raw)
    if matter.is_hostile or not any(problem.slug == "frontmatter-unreadable" for problem in problems):
        return matter
    return _read_again(text, file, matter)


def _read_again(text: str, file: str, first: Matter) -> Matter:
    """Read frontmatter that is no YAML: with values quoted, else line by line; prose between two rules is no frontmatter at all."""
    lines = text.split("\n")
    inner = lines[1 : first.body - 1]
    quoted = "\n".join(["---", *(_quoted(line) for line in inner), "---", ""])
    entries, _, problems = parse_frontmatter(quoted, file, foreign=True)
    if entries and not problems:
        message = "The frontmatter is no YAML as it stands: it was read with its values in quotes. Quote texts that hold a colon."
        warning = Problem(file, first.problems[0].line, "frontmatter-unreadable", message, "warning")
        return Matter({entry.key: entry.value for entry in entries}, first.body, (warning,))
    found = [match for line in inner if (match := _LINE.fullmatch(line.rstrip()))]
    if not found:
        return Matter({}, 0)
    return replace(first, values={match[1].strip(): _unquoted(match[2] or "") for match in reversed(found)})


def _quoted(line: str) -> str:
    match = _LINE.fullmatch(line.rstrip())
    if match is None or not match[2] or match[2][0] in "|>\"'[{":
        return line
    return f"{match[1]}: {json.dumps(match[2], ensure_ascii=False)}"


def _unquoted(text: str) -> str:
    text = text.strip()
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" else text


def _softened(problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
    return tuple(p if p.slug == HOSTILE else replace(p, level="warning") for p in problems)


def text_of(values: Mapping[str, Any], *names: str) -> str:
    """Give the first text under one of the names (compared without case, ``_`` and ``-`` as one), on one line; ``""`` for none."""
    by_name = _by_name(values)
    for name in names:
        value = by_name.get(name)
        if isinstance(value, str) and value.strip():
            return clean(value)
    return ""


def texts_of(values: Mapping[str, Any], *names: str) -> tuple[str, ...]:
    """Give the texts under the first of the names that has any: a list, or one text split at commas."""
    by_name = _by_name(values)
    for name in names:
        value = by_name.get(name)
        if isinstance(value, str):
            value = tuple(part.strip() for part in value.split(","))
        if isinstance(value, tuple) and (found := tuple(clean(v) for v in value if isinstance(v, str) and v.strip())):
            return found
    return ()


def _by_name(values: Mapping[str, Any]) -> dict[str, Any]:
    named: dict[str, Any] = {}
    for key, value in values.items():
        named.setdefault(re.sub(r"[ _-]+", "-", key.strip().lower()), value)
    return named


def day_of(text: str) -> str:
    """Give an ISO date for a day as people write it (``2024-04-10``, ``10 April 2024``, ``April 10, 2024``); ``""`` for none.

    A date of figures alone is read year first; any other order is a guess, and gives ``""``.
    """
    text = clean(text)
    if found := _ISO.fullmatch(text):
        year, month, day = int(found[1]), int(found[2]), int(found[3])
        if month > _MOST_MONTHS >= day:  # 2022-18-05 can only be the 18th of May
            month, day = day, month
    elif found := _DAY_FIRST.fullmatch(text):
        year, month, day = int(found[3]), _month(found[2]), int(found[1])
    elif found := _MONTH_FIRST.fullmatch(text):
        year, month, day = int(found[3]), _month(found[1]), int(found[2])
    else:
        return ""
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return ""


def span_of(text: str) -> str:
    """Give a number and a unit (``6 months``, ``90 days``) for how often something is done, as people write it; ``""`` for none."""
    text = clean(text).lower().strip(".")
    if text in _ADVERBS:
        return _ADVERBS[text]
    found = _SPAN.fullmatch(text)
    if found is None:
        return ""
    number = _WORDS[found[1]] if found[1] in _WORDS else int(found[1])
    unit = found[2]
    if unit in ("quarter", "fortnight"):
        number, unit = (number * 3, "month") if unit == "quarter" else (number * 2, "week")
    return f"{number} {unit}{'' if number == 1 else 's'}" if number else ""


def _month(word: str) -> int:
    found = [n for n, month in enumerate(_MONTHS, 1) if len(word) >= 3 and month.startswith(word.lower())]
    return found[0] if found else 0
