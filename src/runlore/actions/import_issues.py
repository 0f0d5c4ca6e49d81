"""Import issues: what other trackers export becomes issues here; each keeps its URL, and an import done again changes what changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final, Literal

from runlore.actions.caller import Caller
from runlore.actions.issues import LONGEST_BODY, LONGEST_TITLE, NewIssue, redact_issue
from runlore.actions.redact import open_redactor
from runlore.context.trackers.issues import parse_issues
from runlore.errors import UsageError
from runlore.model import Problem
from runlore.model.issue import ImportedIssue, Issue
from runlore.model.moments import parse_moment
from runlore.record.database import Transaction
from runlore.record.issues import create_issue, find_issue_by_key, find_issue_by_url, update_issue
from runlore.redaction import Redactor

LARGEST_FILE: Final = 64 << 20
"""Bytes of one export; a larger one is read in parts."""


@dataclass(frozen=True, slots=True)
class Export:
    """One file of another tracker, or what a program printed: its name for people, and its bytes."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class TakenIssue:
    """What became of one issue of another tracker."""

    issue: Issue
    outcome: Literal["new", "changed", "unchanged"]


@dataclass(frozen=True, slots=True)
class ImportedIssues:
    """What became of all of them, and what was wrong on the way."""

    taken: tuple[TakenIssue, ...]
    problems: tuple[Problem, ...]


def read_exports(paths: Sequence[Path]) -> tuple[Export, ...]:
    """Read the files; raises UsageError for one that cannot be read or is larger than LARGEST_FILE."""
    found: list[Export] = []
    for path in paths:
        try:
            if path.stat().st_size > LARGEST_FILE:
                raise UsageError(f"{path} is larger than {LARGEST_FILE >> 20} MiB. Export the issues in parts.")
            found.append(Export(str(path), path.read_bytes()))
        except OSError as error:
            raise UsageError(f"{path}: {error.strerror or error}") from error
    return tuple(found)


def import_issues(caller: Caller, exports: Sequence[Export]) -> ImportedIssues:
    """Take in the issues of some exports, each once, known by its URL or else by its key.

    1. Everything is read and redacted before anything is written; then all is kept together, or nothing.
    2. An issue that is known already is changed to what the tracker says, except that one closed here stays closed.
    """
    caller.require("assign", "import issues")
    today = datetime.fromtimestamp(caller.now / 1e6, UTC).date()
    redactor = open_redactor(caller.settings)
    problems: list[Problem] = []
    ready: dict[str, Issue] = {}
    for export in exports:
        issues, found = parse_issues(export.content, export.name, today)
        problems += found
        for imported in issues:
            issue, secrets = _issue(
                caller,
                redactor,
                imported,
                redactor.redact_text(f"{export.name}: {imported.key or imported.title[:40]}"),
                today,
            )
            problems += secrets
            ready[issue.url or issue.key or f"{issue.source} {issue.title}"] = issue
    with caller.record.write(caller.company) as tx:
        taken = tuple(_take(tx, caller, issue) for issue in ready.values())
    return ImportedIssues(taken, tuple(problems))


def _issue(
    caller: Caller, redactor: Redactor, imported: ImportedIssue, where: str, today: date
) -> tuple[Issue, tuple[Problem, ...]]:
    """Give an imported issue as it may be kept: redacted, within the bounds of our own."""
    draft = NewIssue(
        imported.title[:LONGEST_TITLE].strip() or imported.key or "Without a title",
        imported.body[:LONGEST_BODY],
        imported.labels,
        imported.url,
        imported.fields,
    )
    clean, problems = redact_issue(redactor, draft, where)
    updated = _microseconds(imported.updated)
    closed = (updated or caller.now) if imported.state == "closed" else 0
    return Issue(
        caller.company,
        0,
        clean.title,
        clean.body,
        imported.state,
        "",
        clean.url,
        imported.source,
        redactor.redact_text(imported.key),
        clean.labels,
        tuple(redactor.redact_text(name) for name in imported.assignees),
        redactor.redact_text(imported.author),
        clean.fields,
        _microseconds(imported.created),
        updated,
        closed,
    ), problems


def _take(tx: Transaction, caller: Caller, issue: Issue) -> TakenIssue:
    there = find_issue_by_url(tx, caller.company, issue.url) if issue.url else None
    there = there or (find_issue_by_key(tx, caller.company, issue.key) if issue.key else None)
    if there is None:
        return TakenIssue(create_issue(tx, issue, caller.principal.id, caller.now), "new")
    changed = replace(issue, number=there.number, url=issue.url or there.url, updated=issue.updated or there.updated)
    if there.state == "closed":
        changed = replace(changed, state="closed", outcome=there.outcome, closed=there.closed)
    kept = update_issue(tx, changed, caller.principal.id, caller.now)
    return TakenIssue(kept, "unchanged" if kept == there else "changed")


def _microseconds(text: str) -> int:
    """Read an ISO 8601 time or day; 0 where the text is none."""
    return int((parse_moment(text) or 0.0) * 1_000_000)
