"""Assignments: an issue given to a worker with the very context pack that was shown; none of them ever changes, a new one takes its place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from runlore.errors import NoSuchName
from runlore.model.library import Assignment
from runlore.record.blobs import put_blob
from runlore.record.canonical import parse_json, render_json
from runlore.record.database import Transaction
from runlore.record.engine import Row
from runlore.record.events import append
from runlore.record.issues import get_issue

_SELECT: Final = (
    'SELECT number, issue, worker, "by", budget, pack, pins, created FROM assignments WHERE company = :company AND '
)
_HELD: Final = """worker = :worker
AND number = (SELECT max(o.number) FROM assignments o WHERE o.company = :company AND o.issue = assignments.issue)
AND EXISTS (SELECT 1 FROM issues i WHERE i.company = :company AND i.number = assignments.issue AND i.state = 'open')
ORDER BY worker, number"""


def create_assignment(
    tx: Transaction,
    company: str,
    issue: int,
    worker: str,
    by: str,
    budget: int,
    pack_json: str,
    pins: Sequence[str],
    now: int,
) -> Assignment:
    """Keep that ``by`` gave an issue to a worker (ids of principals), with its pack as JSON and the hashes of the revisions that the pack is pinned to.

    The pack's bytes are kept under ``Assignment.pack``; ``get_blob`` gives them. Raises NoSuchName for an unknown issue.
    """
    get_issue(tx, company, issue)
    pack = put_blob(tx, company, pack_json.encode())
    last = tx.one("SELECT max(number) FROM assignments WHERE company = :company", company=company)
    number = ((last[0] if last else 0) or 0) + 1
    assignment = Assignment(company, number, issue, worker, by, budget, pack, tuple(pins), now)
    tx.run(
        'INSERT INTO assignments (company, number, issue, worker, "by", budget, pack, pins, created)'
        " VALUES (:company, :number, :issue, :worker, :by, :budget, :pack, :pins, :now)",
        company=company,
        number=number,
        issue=issue,
        worker=worker,
        by=by,
        budget=budget,
        pack=pack,
        pins=render_json(list(pins)),
        now=now,
    )
    append(tx, company, by, "assigned", f"issue {issue}", {"assignment": number, "worker": worker, "pack": pack}, now)
    return assignment


def get_assignment(tx: Transaction, company: str, number: int) -> Assignment:
    """Give an assignment by its number; raises NoSuchName."""
    row = tx.one(_SELECT + "number = :number", company=company, number=number)
    if row is None:
        raise NoSuchName("assignment", str(number))
    return _assignment(company, row)


def find_current(tx: Transaction, company: str, issue: int) -> Assignment | None:
    """Find the assignment of an issue that holds now, which is its newest; None where it was given to nobody."""
    row = tx.one(_SELECT + "issue = :issue ORDER BY issue DESC, number DESC LIMIT 1", company=company, issue=issue)
    return _assignment(company, row) if row else None


def list_assignments(tx: Transaction, company: str) -> tuple[Assignment, ...]:
    """List all assignments, the oldest first."""
    return tuple(_assignment(company, row) for row in tx.all(_SELECT + "number > 0 ORDER BY number", company=company))


def list_for_worker(tx: Transaction, company: str, worker: str) -> tuple[Assignment, ...]:
    """List the assignments of open issues that a worker holds now, the oldest first."""
    rows = tx.all(
        _SELECT + _HELD,
        company=company,
        worker=worker,
    )
    return tuple(_assignment(company, row) for row in rows)


def _assignment(company: str, row: Row) -> Assignment:
    number, issue, worker, by, budget, pack, pins, created = row
    return Assignment(company, number, issue, worker, by, budget, pack, tuple(parse_json(pins)), created)
