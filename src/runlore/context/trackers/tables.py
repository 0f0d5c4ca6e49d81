"""A tracker's CSV export → issues; the tracker is known by the columns. Columns may repeat (Jira: Labels, Comment)."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from runlore.context.trackers.fields import issue_fields
from runlore.context.trackers.values import key_of, split, time_of
from runlore.model.issue import ImportedIssue, Tracker

_CUSTOM = "custom field ("
_CLOSED = frozenset(
    ["closed", "done", "completed", "complete", "resolved", "canceled", "cancelled", "duplicate", "won't do"]
)
_KNOWN: tuple[tuple[Tracker, frozenset[str]], ...] = (
    ("jira", frozenset(["summary", "issue key"])),
    ("linear", frozenset(["id", "team", "title", "status"])),
    ("gitlab", frozenset(["title", "issue id", "url", "state"])),
)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: its cells by the lower-case names of their columns, and those names as they stand; ``line`` counts from 1."""

    cells: dict[str, tuple[str, ...]]
    columns: dict[str, str]
    line: int

    def one(self, *columns: str) -> str:
        """Give the first cell of the columns that holds anything."""
        return next((cell.strip() for name in columns for cell in self.cells.get(name, ()) if cell.strip()), "")

    def all(self, *columns: str) -> tuple[str, ...]:
        """Give all cells of the columns that hold anything."""
        return tuple(cell.strip() for name in columns for cell in self.cells.get(name, ()) if cell.strip())


def find_tracker(header: Sequence[str]) -> Tracker | None:
    """Find the tracker whose export has these columns; None for no tracker that we know."""
    present = {name.strip().casefold() for name in header}
    return next((tracker for tracker, columns in _KNOWN if columns <= present), None)


def read_header(text: str) -> tuple[list[str], str]:
    """Give the names of the columns and what separates them: the one of ``,``, ``;`` and tab that makes most columns."""
    first = text.partition("\n")[0].strip("\r")
    rows = {mark: next(csv.reader([first], delimiter=mark), []) for mark in (",", ";", "\t")}
    mark = max(rows, key=lambda mark: len(rows[mark]))
    return rows[mark], mark


def read_rows(text: str, mark: str) -> Iterator[Row]:
    """Read the lines behind the header; raises csv.Error where a cell is larger than 128 KiB or the quotes are broken."""
    reader = csv.reader((f"{line}\n" for line in text.split("\n")), delimiter=mark)
    names = [name.strip() for name in next(reader, [])]
    header = [name.casefold() for name in names]
    columns = dict(zip(header, names, strict=True))
    before = reader.line_num
    for cells in reader:
        found: dict[str, tuple[str, ...]] = {}
        for name, cell in zip(header, cells, strict=False):
            found[name] = (*found.get(name, ()), cell)
        if any(cell.strip() for cell in cells):
            yield Row(found, columns, before + 1)
        before = reader.line_num


def of_row(tracker: Tracker, row: Row, today: date) -> ImportedIssue:
    """Read one line of a tracker's table."""
    return _READINGS[tracker](row, today)


def _jira(row: Row, today: date) -> ImportedIssue:
    category, status = row.one("status category").casefold(), row.one("status").casefold()
    done = category == "done" if category else bool(row.one("resolution", "resolved")) or status in _CLOSED
    custom = {
        row.columns[name][len(_CUSTOM) :].removesuffix(")"): ", ".join(row.all(name))
        for name in row.cells
        if name.startswith(_CUSTOM)
    }
    own = {
        "status": row.one("status"),
        "type": row.one("issue type"),
        "priority": row.one("priority"),
        "due date": row.one("due date"),
        "components": ", ".join(row.all("component/s", "components")),
        "sprint": ", ".join(row.all("sprint")),
        "parent": row.one("parent key", "parent", "parent id"),
        **{name: value for name, value in custom.items() if name.casefold() != "rank"},
        **{f"comment {number}": comment for number, comment in enumerate(row.all("comment"), 1)},
    }
    labels = tuple(dict.fromkeys(label for cell in row.all("labels") for label in cell.replace(",", " ").split()))
    return _issue(
        row, "jira", "summary", row.one("issue key"), "", done, labels, own, today, author=("reporter", "creator")
    )


def _linear(row: Row, today: date) -> ImportedIssue:
    done = bool(row.one("completed", "canceled")) or row.one("status").casefold() in _CLOSED
    columns = (
        "status",
        "team",
        "project",
        "priority",
        "estimate",
        "due date",
        "cycle name",
        "parent issue",
        "initiatives",
        "project milestone",
    )
    own = {name: row.one(name) for name in columns}
    return _issue(
        row, "linear", "title", row.one("id"), "", done, split(row.one("labels")), own, today, author=("creator",)
    )


def _gitlab(row: Row, today: date) -> ImportedIssue:
    url = row.one("url")
    columns = ("milestone", "weight", "due date", "time estimate", "time spent", "epic title")
    own = {name: row.one(name) for name in columns}
    done = row.one("state").casefold() == "closed"
    return _issue(
        row, "gitlab", "title", key_of(url, row.one("issue id")), url, done, split(row.one("labels")), own, today,
        author=("author username", "author"),
    )  # fmt: skip


_READINGS: dict[Tracker, Callable[[Row, date], ImportedIssue]] = {"jira": _jira, "linear": _linear, "gitlab": _gitlab}


def _issue(
    row: Row, source: Tracker, title: str, key: str, url: str, done: bool, labels: tuple[str, ...], own: dict[str, str],
    today: date, author: tuple[str, ...],
) -> ImportedIssue:  # fmt: skip
    body = row.one("description").replace("\r\n", "\n")
    said = issue_fields(row.one(title), body)
    taken = {name.casefold() for name, _ in said}
    added = tuple((name, value) for name, value in own.items() if value and name.casefold() not in taken)
    return ImportedIssue(
        title=row.one(title),
        body=body,
        state="closed" if done else "open",
        url=url,
        source=source,
        key=key,
        labels=labels,
        assignees=split(row.one("assignee username", "assignee")),
        author=row.one(*author),
        created=time_of(row.one("created", "created at (utc)", "created at"), today),
        updated=time_of(row.one("updated", "updated at (utc)", "updated at"), today),
        fields=(*said, *added),
    )
