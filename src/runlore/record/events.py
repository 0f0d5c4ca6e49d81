"""The event log: what was decided or done, by whom and when; dense, and each event chained to the one before by its hash.

A checkpoint is the hash of one event, exported to where whoever can write the record cannot: a log that was written anew from some event on no longer agrees with it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from runlore.model.library import LogEvent
from runlore.model.source import Problem
from runlore.record.canonical import hash_value, parse_json, render_json
from runlore.record.database import Transaction

_LAST: Final = "SELECT seq, hash FROM events WHERE company = :company ORDER BY seq DESC LIMIT 1"
_PAGE: Final = 1000


def append(
    tx: Transaction, company: str, principal_id: str, kind: str, subject: str, body: dict[str, Any], now: int
) -> LogEvent:
    """Append an event. ``body`` is JSON without text of documents: ids, hashes, numbers. The order is that of ``seq``; times are as the clock gave them."""
    last = tx.memory.get(f"last event of {company}") or tx.one(_LAST, company=company) or (0, "")
    seq, previous = last[0] + 1, last[1]
    event = LogEvent(company, seq, now, principal_id, kind, subject, body, previous, "")
    hash = event_hash(event)
    tx.run(
        "INSERT INTO events (company, seq, at, principal, kind, subject, body, previous, hash)"
        " VALUES (:company, :seq, :at, :principal, :kind, :subject, :body, :previous, :hash)",
        company=company,
        seq=seq,
        at=now,
        principal=principal_id,
        kind=kind,
        subject=subject,
        body=render_json(body),
        previous=previous,
        hash=hash,
    )
    tx.memory[f"last event of {company}"] = (seq, hash)
    return LogEvent(company, seq, now, principal_id, kind, subject, body, previous, hash)


def event_hash(event: LogEvent) -> str:
    """Give the hash of an event over all that it says and the hash of the one before it."""
    return hash_value(
        [
            "event/1",
            event.company,
            event.seq,
            event.at,
            event.principal,
            event.kind,
            event.subject,
            event.body,
            event.previous,
        ]
    )


def list_events(tx: Transaction, company: str, after: int = 0, limit: int = _PAGE) -> tuple[LogEvent, ...]:
    """List the events after a number in the log, oldest first, ``limit`` at most."""
    rows = tx.all(
        "SELECT seq, at, principal, kind, subject, body, previous, hash FROM events"
        " WHERE company = :company AND seq > :after ORDER BY seq LIMIT :limit",
        company=company,
        after=after,
        limit=limit,
    )
    return tuple(
        LogEvent(company, seq, at, principal, kind, subject, parse_json(body), previous, hash)
        for seq, at, principal, kind, subject, body, previous, hash in rows
    )


def list_events_about(tx: Transaction, company: str, subjects: Iterable[str]) -> tuple[LogEvent, ...]:
    """List every event about some subjects, oldest first."""
    rows = [
        row
        for subject in sorted(set(subjects))
        for row in tx.all(
            "SELECT seq, at, principal, kind, subject, body, previous, hash FROM events"
            " WHERE company = :company AND subject = :subject ORDER BY seq",
            company=company,
            subject=subject,
        )
    ]
    return tuple(
        LogEvent(company, seq, at, principal, kind, subject, parse_json(body), previous, hash)
        for seq, at, principal, kind, subject, body, previous, hash in sorted(rows)
    )


def check_chain(tx: Transaction, company: str, checkpoints: Iterable[dict[str, Any]] = ()) -> tuple[Problem, ...]:
    """Check the log from its first event on, and that it agrees with the checkpoints; gives the first event that does not fit, and every checkpoint that does not."""
    expected = {int(c["seq"]): str(c["hash"]) for c in checkpoints if c.get("company") == company}
    found: list[Problem] = []
    seq, previous = 0, ""
    while page := list_events(tx, company, after=seq):
        for event in page:
            why = _find_fault(event, seq, previous)
            if why:
                return (*found, Problem("events", event.seq, "broken-chain", why))
            seq, previous = event.seq, event.hash
            if expected.pop(seq, event.hash) != event.hash:
                found.append(
                    Problem("events", seq, "checkpoint", f"Event {seq} is not the one that the checkpoint was made of.")
                )
    found += [
        Problem("events", at, "checkpoint", f"The log ends at {seq}, and a checkpoint was made of event {at}.")
        for at in sorted(expected)
    ]
    return tuple(found)


def _find_fault(event: LogEvent, seq: int, previous: str) -> str:
    if event.seq != seq + 1:
        return f"After event {seq} the log goes on with {event.seq}: events are missing."
    if event.previous != previous:
        return f"Event {event.seq} does not follow the event before it."
    if event_hash(event) != event.hash:
        return f"Event {event.seq} is not what its hash says."
    return ""


def make_checkpoint(tx: Transaction, company: str, now: int) -> dict[str, Any]:
    """Make a checkpoint of the newest event, for keeping elsewhere: company, ``seq``, ``hash`` and the time."""
    seq, hash = tx.one(_LAST, company=company) or (0, "")
    return {"company": company, "seq": seq, "hash": hash, "made": now}
