"""One record of a tracker's JSON → issue; one reading for each shape, known by its keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from runlore.context.trackers import adf
from runlore.context.trackers.fields import issue_fields
from runlore.context.trackers.values import flat, key_of, named, names, site_of, text, time_of
from runlore.model.issue import ImportedIssue

Record = Mapping[str, Any]
Reading = Callable[[Record, Mapping[str, Any], date], ImportedIssue]

_DONE = frozenset(["completed", "canceled", "cancelled", "duplicate"])
_JIRA_SHOWN = frozenset(
    ["summary", "description", "labels", "assignee", "reporter", "creator", "created", "updated", "status", "comment", "attachment",
     "worklog", "watches", "votes", "progress", "aggregateprogress", "project", "resolution", "resolutiondate", "lastViewed", "workratio",
     "statuscategorychangedate", "issuelinks", "subtasks", "timetracking", "security", "issuerestriction", "statusCategory"]
)  # fmt: skip


def find_reading(record: Record) -> Reading | None:
    """Find how to read a record; None where it is no issue of a tracker that we know."""
    if isinstance(record.get("fields"), Mapping) and "key" in record:
        return of_jira
    if "identifier" in record and "title" in record:
        return of_linear
    if "iid" in record and "title" in record:
        return of_gitlab
    if "title" in record and ("number" in record or record.get("type") == "issue" or "url" in record):
        return of_github
    return None


def of_github(record: Record, _: Mapping[str, Any], today: date) -> ImportedIssue:
    """Read what ``gh issue list --json``, the REST API or a migration archive gives."""
    url = text(record.get("html_url")) or text(record.get("url"))
    closed = text(record.get("state")).lower() == "closed" or (
        not record.get("state") and bool(record.get("closed_at"))
    )
    people = record.get("assignees") or [record.get("assignee")]
    own = {
        "milestone": _tail(named(record.get("milestone"), "title", "name")),
        "type": named(record.get("type"), "name")
        if isinstance(record.get("type"), Mapping)
        else named(record.get("issueType"), "name"),
    }
    return _issue(
        record.get("title"),
        record.get("body"),
        closed=closed,
        url=url,
        source="github",
        key=key_of(url, text(record.get("number"))),
        labels=tuple(_tail(label) for label in names(record.get("labels"), "name")),
        assignees=tuple(_tail(person) for person in names(people, "login", "name")),
        author=_tail(named(record.get("author") or record.get("user"), "login", "name")),
        created=time_of(record.get("createdAt") or record.get("created_at"), today),
        updated=time_of(record.get("updatedAt") or record.get("updated_at"), today),
        own=own,
    )  # fmt: skip


def of_gitlab(record: Record, _: Mapping[str, Any], today: date) -> ImportedIssue:
    """Read what ``glab issue list --output json`` or the REST API gives."""
    url = text(record.get("web_url"))
    references = record.get("references")
    full = named(references, "full") if isinstance(references, Mapping) else ""
    own = {
        "milestone": named(record.get("milestone"), "title"),
        "type": text(record.get("issue_type")) or text(record.get("type")),
        "due date": text(record.get("due_date")),
        "weight": text(record.get("weight")),
        "severity": text(record.get("severity")),
        "epic": named(record.get("epic"), "title"),
    }
    return _issue(
        record.get("title"),
        record.get("description"),
        closed=text(record.get("state")).lower() == "closed",
        url=url,
        source="gitlab",
        key=full or key_of(url, text(record.get("iid"))),
        labels=names(record.get("labels"), "name", "title"),
        assignees=names(record.get("assignees") or [record.get("assignee")], "username", "name"),
        author=named(record.get("author"), "username", "name"),
        created=time_of(record.get("created_at"), today),
        updated=time_of(record.get("updated_at"), today),
        own={name: value for name, value in own.items() if value.upper() not in ("ISSUE", "UNKNOWN")},
    )


def of_linear(record: Record, _: Mapping[str, Any], today: date) -> ImportedIssue:
    """Read a node of Linear's GraphQL API."""
    state = record.get("state")
    ended = bool(record.get("completedAt") or record.get("canceledAt"))
    own = {
        "status": named(state, "name"),
        "team": named(record.get("team"), "name", "key"),
        "project": named(record.get("project"), "name"),
        "priority": text(record.get("priorityLabel")),
        "estimate": text(record.get("estimate")),
        "due date": text(record.get("dueDate")),
        "cycle": named(record.get("cycle"), "name", "number"),
        "parent": named(record.get("parent"), "identifier", "title"),
    }
    return _issue(
        record.get("title"),
        record.get("description"),
        closed=ended or named(state, "type", "name").lower() in _DONE,
        url=text(record.get("url")),
        source="linear",
        key=text(record.get("identifier")),
        labels=names(record.get("labels"), "name"),
        assignees=names([record.get("assignee")], "displayName", "name", "email"),
        author=named(record.get("creator"), "displayName", "name", "email"),
        created=time_of(record.get("createdAt"), today),
        updated=time_of(record.get("updatedAt"), today),
        own=own,
    )


def of_jira(record: Record, called: Mapping[str, Any], today: date) -> ImportedIssue:
    """Read an issue of Jira's REST search; ``called`` gives the names of custom fields, where the answer holds them."""
    fields: Mapping[str, Any] = record["fields"]
    key = text(record.get("key"))
    site = site_of(text(record.get("self")))
    status = fields.get("status")
    category = status.get("statusCategory") if isinstance(status, Mapping) else None
    description: Any = fields.get("description")
    own = {"status": named(status, "name"), "resolution": named(fields.get("resolution"), "name")}
    for name, value in fields.items():
        if name not in _JIRA_SHOWN:
            shown = adf.to_text(value) if adf.is_adf(value) else flat(value)
            own[text(called.get(name)) or _JIRA_NAMES.get(name, name)] = "" if _is_rank(shown) else shown
    return _issue(
        fields.get("summary"),
        adf.to_text(description) if adf.is_adf(description) else description,
        closed=named(category, "key") == "done" or bool(fields.get("resolution")),
        url=f"{site}/browse/{key}" if site and key else "",
        source="jira",
        key=key,
        labels=names(fields.get("labels"), "name"),
        assignees=names([fields.get("assignee")], "displayName", "name", "emailAddress"),
        author=named(fields.get("reporter") or fields.get("creator"), "displayName", "name", "emailAddress"),
        created=time_of(fields.get("created"), today),
        updated=time_of(fields.get("updated"), today),
        own=own,
    )


_JIRA_NAMES = {"issuetype": "type", "duedate": "due date", "fixVersions": "fix versions", "priority": "priority"}


def _is_rank(value: str) -> bool:
    """Say whether a value is the place of an issue on a board (``0|i0007z:``), which says nothing to a reader."""
    return value.startswith(("0|", "1|", "2|")) and ":" in value


def _tail(value: str) -> str:
    """The last part of an address; archives name people and labels by theirs."""
    return (
        value.rstrip("/").rpartition("/")[2].replace("%20", " ") if value.startswith(("http://", "https://")) else value
    )


def _issue(title: Any, body: Any, *, closed: bool, own: Mapping[str, str], **rest: Any) -> ImportedIssue:
    """Make an issue: the tracker's own fields come after what title and body say, and never under the same name."""
    shown = text(body).replace("\r\n", "\n")
    said = issue_fields(text(title), shown)
    taken = {name.casefold() for name, _ in said}
    added = tuple((name, value) for name, value in own.items() if value and name.casefold() not in taken)
    return ImportedIssue(text(title), shown, "closed" if closed else "open", fields=(*said, *added), **rest)
