"""What an issue gives by name: the answers of its form, lines like ``Field: value``, two-column tables."""

from __future__ import annotations

import re
from collections.abc import Iterator

LONGEST_ANSWER = 4000
MOST_FIELDS = 100

_HEADING = re.compile(r" {0,3}#{2,4}[ \t]+(.{1,120}?)[ \t]*#*[ \t]*")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_LINE = re.compile(
    r"[ \t]{0,8}(?:[-*+>][ \t]+)?\**(?P<name>[A-Za-z][A-Za-z0-9 _/-]{0,39}?)\**[ \t]*:\**[ \t]+(?P<value>\S.*)"
)
_CELL = r"(?:[^|\\]|\\.)"
_ROW = re.compile(rf"[ \t]{{0,3}}\|(?P<name>{_CELL}{{1,80}})\|(?P<value>{_CELL}{{0,2000}})\|[ \t]*")
_RULE = re.compile(r"[ \t]{0,3}\|[ \t:|-]+\|[ \t]*")
_IN_TITLE = re.compile(
    r"(?P<name>[A-Za-z][A-Za-z0-9_-]{1,30})[ \t]*(?:=|:[ \t])[ \t]*(?P<value>\"[^\"]{1,200}\"|[^,;()\[\]]{1,200})"
)
_BRACKETS = re.compile(r"[(\[]([^()\[\]]{3,300})[)\]]")
_UNANSWERED = re.compile(r"(?i)_?(?:no response|none|n/a)_?|<!--.*?-->|-", re.DOTALL)
_MOST_WORDS = 5


def issue_fields(title: str, body: str) -> tuple[tuple[str, str], ...]:
    """Give the fields of an issue, name and text, in their order; of two with one name the first counts.

    From the title only what stands in brackets as ``name: value``. A question of a form that nobody answered is no field.
    """
    found: dict[str, tuple[str, str]] = {}
    for name, value in (*_of_title(title), *_of_body(body)):
        if value and not _UNANSWERED.fullmatch(value) and len(found) < MOST_FIELDS:
            found.setdefault(name.casefold(), (name, value[:LONGEST_ANSWER]))
    return tuple(found.values())


def _of_title(title: str) -> Iterator[tuple[str, str]]:
    for group in _BRACKETS.findall(title[:1000]):
        for match in _IN_TITLE.finditer(group):
            yield match["name"], match["value"].strip().strip('"')


def _of_body(body: str) -> Iterator[tuple[str, str]]:
    """The fields of a body, with a heading's answer where the heading stands."""
    heading = ""
    answer: list[str] = []
    within: list[tuple[str, str]] = []
    fence = ""
    lines = body.replace("\r\n", "\n").split("\n")
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        mark = _FENCE.match(line)
        if mark and (not fence or mark[1].startswith(fence)):
            fence = "" if fence else mark[1]
        found = None if fence or mark else _HEADING.fullmatch(line[:400])
        if found:
            yield from _answered(heading, answer, within)
            heading, answer, within = found[1].strip(" *:"), [], []
            continue
        answer.append(line)
        if not fence and not mark and not _RULE.fullmatch(following[:400]):
            within.extend(_of_line(line))
    yield from _answered(heading, answer, within)


def _answered(heading: str, answer: list[str], within: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    if heading:
        yield heading, "\n".join(answer).strip()
    yield from within


def _of_line(line: str) -> Iterator[tuple[str, str]]:
    row = _ROW.fullmatch(line)
    if row and row["name"].strip(" *`-:"):
        yield row["name"].strip(" *`"), row["value"].strip()
        return
    match = _LINE.fullmatch(line[:4000])
    if match and len(match["name"].split()) <= _MOST_WORDS:
        yield match["name"].strip(), match["value"].strip().strip("*").strip()
