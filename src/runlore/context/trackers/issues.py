"""A tracker's export or a program's answer → issues and problems. Which tracker it is, its content says."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from runlore.context.trackers.records import Record, find_reading
from runlore.context.trackers.tables import find_tracker, of_row, read_header, read_rows
from runlore.model import Problem
from runlore.model.issue import ImportedIssue

LARGEST = 64 << 20
MOST_PROBLEMS = 20
_LISTS = ("issues", "nodes", "items", "data", "results", "values")
_DEEPEST = 6

Parsed = tuple[tuple[ImportedIssue, ...], tuple[Problem, ...]]


def parse_issues(content: bytes | str, file: str, today: date) -> Parsed:
    """Read the issues of an export, in its order. ``today`` dates what an export calls *Today* or *Yesterday*.

    Read are JSON of ``gh``, ``glab`` and the trackers' APIs (one value, several, or one a line) and the CSV exports of GitLab, Linear
    and Jira. A record that cannot be read is a problem, and the others are there; never raises on content.
    """
    if len(content) > LARGEST:
        message = f"The file is larger than {LARGEST >> 20} MiB: export fewer issues at once."
        return (), (Problem(file, 0, "issues-too-large", message),)
    try:
        text = content.decode("utf-8-sig") if isinstance(content, bytes) else content.removeprefix("\ufeff")
    except UnicodeDecodeError:
        return (), (Problem(file, 0, "import-not-text", "The file holds bytes that are no UTF-8: export it as UTF-8."),)
    if not text.strip():
        return (), (Problem(file, 0, "import-empty", "The file is empty: there is no issue in it."),)
    if text.lstrip()[:1] in ("{", "["):
        return _of_json(text, file, today)
    return _of_table(text, file, today)


def _of_json(text: str, file: str, today: date) -> Parsed:
    try:
        values = list(_values(text))
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 0)
        return (), (
            Problem(file, line, "issues-unreadable", "The file is no JSON from this line on: export it again."),
        )
    issues: list[ImportedIssue] = []
    problems: list[Problem] = []
    pulls = 0
    for value in values:
        called = value.get("names") if isinstance(value, Mapping) else None
        for record in _records(value, 0):
            reading = find_reading(record)
            if record.get("pull_request"):
                pulls += 1
            elif reading is None:
                message = f"Record {len(issues) + len(problems) + 1} is no issue of GitHub, GitLab, Linear or Jira: it has the keys {', '.join(sorted(map(str, record))[:6])}."  # fmt: skip
                problems.append(Problem(file, 0, "issues-unknown", message))
            else:
                _take(reading(record, called if isinstance(called, Mapping) else {}, today), 0, file, issues, problems)
    if pulls:
        message = f"{pulls} pull request{' was' if pulls == 1 else 's were'} left out: they are no issues."
        problems.append(Problem(file, 0, "issues-unknown", message, "warning"))
    if not issues and not problems:
        problems.append(Problem(file, 0, "issues-unknown", "There is no issue in this file."))
    return tuple(issues), _bounded(problems, file)


def _values(text: str) -> Iterator[Any]:
    """The JSON values of a text: one, several behind each other (as ``gh api --paginate`` gives), or one a line."""
    decoder = json.JSONDecoder()
    at = 0
    while True:
        while at < len(text) and text[at] in " \t\r\n,":
            at += 1
        if at >= len(text):
            return
        value, at = decoder.raw_decode(text, at)
        yield value


def _records(value: Any, depth: int) -> Iterator[Record]:
    """The records in a value: those of a list, or of the list that an API's answer wraps."""
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for item in value:
            yield from _records(item, depth + 1)
    elif isinstance(value, Mapping):
        if find_reading(value) is not None:
            yield value
            return
        inner = [value[name] for name in _LISTS if isinstance(value.get(name), (list, Mapping))]
        if inner:
            yield from _records(inner[0], depth + 1)
            return
        wrapped = [item for item in value.values() if isinstance(item, Mapping) and any(n in item for n in _LISTS)]
        if wrapped:
            yield from _records(wrapped[0], depth + 1)
        elif value:
            yield value


def _of_table(text: str, file: str, today: date) -> Parsed:
    text = text.replace("\r\n", "\n")
    try:
        header, mark = read_header(text)
        tracker = find_tracker(header)
        if tracker is None:
            message = f"The file is no export of a tracker that is known: its columns begin with {', '.join(header[:6]) or 'nothing'}."
            return (), (Problem(file, 1, "issues-unknown", message),)
        issues: list[ImportedIssue] = []
        problems: list[Problem] = []
        for row in read_rows(text, mark):
            _take(of_row(tracker, row, today), row.line, file, issues, problems)
    except csv.Error as error:
        return (), (Problem(file, 0, "issues-unreadable", f"The table cannot be read ({error}): export it again."),)
    return tuple(issues), _bounded(problems, file)


def _take(issue: ImportedIssue, line: int, file: str, issues: list[ImportedIssue], problems: list[Problem]) -> None:
    if issue.title:
        issues.append(issue)
        return
    message = f"Issue {issue.key or len(issues) + len(problems) + 1} has no title: it was left out."
    problems.append(Problem(file, line, "issues-unreadable", message))


def _bounded(problems: list[Problem], file: str) -> tuple[Problem, ...]:
    if len(problems) <= MOST_PROBLEMS:
        return tuple(problems)
    more = len(problems) - MOST_PROBLEMS
    return (*problems[:MOST_PROBLEMS], Problem(file, 0, "issues-unreadable", f"{more} more records could not be read."))
