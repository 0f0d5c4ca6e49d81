"""Issues: pieces of work to be done, our own and those of other trackers, which are known by their URL or key and never doubled."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from runlore.errors import Conflict, NoSuchName
from runlore.model.issue import Issue, IssueState, Outcome
from runlore.record.canonical import parse_json, render_json
from runlore.record.database import Transaction
from runlore.record.engine import Row
from runlore.record.events import append

_SELECT: Final = (
    "SELECT number, title, body, state, outcome, url, source, key, labels, assignees, author, fields, created, updated, closed"
    " FROM issues WHERE company = :company AND "
)


def create_issue(tx: Transaction, issue: Issue, by: str, now: int) -> Issue:
    """Keep a new issue and give it its number (that of ``issue`` is not used); raises Conflict where its URL is known already."""
    if issue.url and (there := find_issue_by_url(tx, issue.company, issue.url)):
        raise Conflict(f"The issue at {issue.url} is known already, as {there.number}.")
    last = tx.one("SELECT max(number) FROM issues WHERE company = :company", company=issue.company)
    number = ((last[0] if last else 0) or 0) + 1
    made = replace(issue, number=number, created=issue.created or now, updated=issue.updated or now)
    tx.run(
        "INSERT INTO issues (company, number, title, body, state, outcome, url, source, key, labels, assignees, author, fields, created, updated,"
        " closed) VALUES (:company, :number, :title, :body, :state, :outcome, :url, :source, :key, :labels, :assignees, :author, :fields, :created,"
        " :updated, :closed)",
        created=made.created,
        **_values(made),
    )
    append(tx, issue.company, by, "issue-created", f"issue {number}", {"url": issue.url, "key": issue.key}, now)
    return made


def update_issue(tx: Transaction, issue: Issue, by: str, now: int) -> Issue:
    """Put an issue in the place of the one with its number; says nothing where it is the same. Raises NoSuchName, Conflict for a URL of another one."""
    there = get_issue(tx, issue.company, issue.number)
    changed = replace(issue, created=there.created)
    if replace(changed, updated=there.updated) == there:
        return there
    if issue.url and (other := find_issue_by_url(tx, issue.company, issue.url)) and other.number != issue.number:
        raise Conflict(f"The issue at {issue.url} is known already, as {other.number}.")
    changed = replace(changed, updated=issue.updated if issue.updated > there.updated else now)
    tx.run(
        "UPDATE issues SET title = :title, body = :body, state = :state, outcome = :outcome, url = :url, source = :source, key = :key,"
        " labels = :labels, assignees = :assignees, author = :author, fields = :fields, updated = :updated, closed = :closed"
        " WHERE company = :company AND number = :number",
        **_values(changed),
    )
    append(tx, issue.company, by, "issue-changed", f"issue {issue.number}", {"state": issue.state}, now)
    return changed


def close_issue(tx: Transaction, company: str, number: int, outcome: Outcome, by: str, now: int) -> Issue:
    """Close an issue as done or dropped; raises NoSuchName, Conflict where it is closed already."""
    there = get_issue(tx, company, number)
    if there.state == "closed":
        raise Conflict(f"Issue {number} is closed already.")
    closed = replace(there, state="closed", outcome=outcome, closed=now, updated=now)
    tx.run(
        "UPDATE issues SET state = 'closed', outcome = :outcome, closed = :now, updated = :now WHERE company = :company AND number = :number",
        company=company,
        number=number,
        outcome=outcome,
        now=now,
    )
    append(tx, company, by, "issue-closed", f"issue {number}", {"outcome": outcome}, now)
    return closed


def find_issue(tx: Transaction, company: str, number: int) -> Issue | None:
    """Find an issue by its number; None where there is none."""
    row = tx.one(_SELECT + "number = :number", company=company, number=number)
    return _issue(company, row) if row else None


def get_issue(tx: Transaction, company: str, number: int) -> Issue:
    """Give an issue by its number; raises NoSuchName."""
    found = find_issue(tx, company, number)
    if found is None:
        raise NoSuchName("issue", str(number))
    return found


def find_issue_by_url(tx: Transaction, company: str, url: str) -> Issue | None:
    """Find the issue that links to a URL; None where there is none."""
    row = tx.one(_SELECT + "url = :url AND url <> ''", company=company, url=url)
    return _issue(company, row) if row else None


def find_issue_by_key(tx: Transaction, company: str, key: str) -> Issue | None:
    """Find the issue that people call by a key elsewhere (``ABC-12``); None where there is none, or several."""
    rows = tx.all(_SELECT + "key = :key AND key <> '' LIMIT 2", company=company, key=key)
    return _issue(company, rows[0]) if len(rows) == 1 else None


def list_issues(tx: Transaction, company: str, state: IssueState | None = None) -> tuple[Issue, ...]:
    """List the issues by number: those in a state, or all."""
    rows = tx.all(
        _SELECT + "(:any_state = 1 OR state = :state) ORDER BY number",
        company=company,
        any_state=state is None,
        state=state or "",
    )
    return tuple(_issue(company, row) for row in rows)


def _values(issue: Issue) -> dict[str, str | int]:
    return {
        "company": issue.company,
        "number": issue.number,
        "title": issue.title,
        "body": issue.body,
        "state": issue.state,
        "outcome": issue.outcome,
        "url": issue.url,
        "source": issue.source,
        "key": issue.key,
        "labels": render_json(issue.labels),
        "assignees": render_json(issue.assignees),
        "author": issue.author,
        "fields": render_json(issue.fields),
        "updated": issue.updated,
        "closed": issue.closed,
    }


def _issue(company: str, row: Row) -> Issue:
    (
        number,
        title,
        body,
        state,
        outcome,
        url,
        source,
        key,
        labels,
        assignees,
        author,
        fields,
        created,
        updated,
        closed,
    ) = row
    return Issue(
        company, number, title, body, state, outcome, url, source, key, tuple(parse_json(labels)), tuple(parse_json(assignees)), author,
        tuple((str(name), str(value)) for name, value in parse_json(fields)), created, updated, closed,
    )  # fmt: skip
