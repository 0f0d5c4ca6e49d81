"""Offer: a document made ready for the record: redacted, recognised, checked. What a proposal is made from."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from runlore.actions.redact import redact_bundle
from runlore.model import Problem
from runlore.model.document import Bundle, Recognised
from runlore.model.library import parse_document_id, render_document_id
from runlore.record.database import Transaction
from runlore.record.documents import find_document
from runlore.redaction import Redactor
from runlore.runbooks.formats.places import path_of
from runlore.runbooks.formats.recognise import recognise
from runlore.runbooks.lint import lint

_LINKED = ("skill", "integration", "document", "runbook")
_OPEN = "open-question"


@dataclass(frozen=True, slots=True)
class Offer:
    """A document as somebody offers it. ``document`` is its id, ``source`` names it for people; ``problems`` are of reading and redacting it."""

    document: str
    bundle: Bundle
    recognised: Recognised
    source: str
    problems: tuple[Problem, ...] = ()


def make_offer(redactor: Redactor, document: str, bundle: Bundle, source: str) -> Offer:
    """Redact a document's files and recognise what they say. Where an asset had to be left out, the rest is offered without it."""
    clean, problems = redact_bundle(redactor, bundle, source)
    return Offer(document, clean, recognise_document(document, clean, source), source, problems)


def recognise_document(document: str, bundle: Bundle, source: str = "") -> Recognised:
    """Recognise what the files of a document say; ``source`` names it for people (the document's place in the library where none is given)."""
    _, shelf, name = split_id(document)
    return recognise(shelf, name, bundle, source or place_of(document, bundle))


def split_id(document: str) -> tuple[str, str, str]:
    """Take a document's id apart into team, shelf and name."""
    parts = parse_document_id(document)
    if parts is None:
        raise ValueError(f"{document!r} is no document's id")
    return parts


def place_of(document: str, bundle: Bundle) -> str:
    """Name the path of a document's main file in the library folder."""
    team, shelf, name = split_id(document)
    return path_of(shelf, name, bundle, bundle.main, team)


def main_text(bundle: Bundle) -> str:
    """Give the text of a document's main file."""
    return next(f.content for f in bundle.files if f.path == bundle.main).decode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A document that is to be published: its id, its files and what they say."""

    document: str
    bundle: Bundle
    recognised: Recognised


def check_together(
    tx: Transaction, company: str, candidates: Sequence[Candidate], now: int
) -> dict[str, tuple[Problem, ...]]:
    """Check documents that are to be published together: what refuses each (errors) and what it warns of, by its id.

    1. A runbook of our format must have no error of lint and no open question; others are only warned about.
    2. What a runbook points to must be published already, or be published with it. Where that is refused itself, the runbook is too.
    """
    own = {c.document: _check_text(c, now) for c in candidates}
    refused = {document for document, found in own.items() if list_errors(found)}
    while True:
        beside = own.keys() - refused
        links = {c.document: _check_links(tx, company, c, beside) for c in candidates}
        more = {document for document, found in links.items() if list_errors(found)} - refused
        if not more:
            return {document: (*found, *links[document]) for document, found in own.items()}
        refused |= more


def _check_text(candidate: Candidate, now: int) -> tuple[Problem, ...]:
    if candidate.bundle.format != "runbook":
        return tuple(replace(p, level="warning") for p in candidate.recognised.problems)
    file = place_of(candidate.document, candidate.bundle)
    return tuple(_as_refusal(p) for p in lint(main_text(candidate.bundle), file, today=day_of(now)))


def _check_links(tx: Transaction, company: str, candidate: Candidate, beside: Collection[str]) -> tuple[Problem, ...]:
    found = check_links(tx, company, candidate.document, candidate.recognised, beside)
    return found if candidate.bundle.format == "runbook" else tuple(replace(p, level="warning") for p in found)


def _as_refusal(problem: Problem) -> Problem:
    """An open question is a warning while one writes, and a refusal when it is to be published."""
    return replace(problem, level="error") if problem.slug == _OPEN else problem


def check_links(
    tx: Transaction, company: str, document: str, recognised: Recognised, beside: Collection[str]
) -> tuple[Problem, ...]:
    """Check that what a document points to is published, in its team or in the company, or comes with it."""
    team = split_id(document)[0]
    missing: dict[tuple[str, str], list[str]] = {}
    for link in recognised.links:
        if link.kind in _LINKED and not _is_there(tx, company, team, link.target, beside):
            missing.setdefault((link.kind, link.target), []).append(link.where)
    return tuple(
        Problem(
            document,
            0,
            "unknown-link",
            f"The {kind} `{target}` ({', '.join(dict.fromkeys(places))}) is not in the library: import or write it first, publish both together, or take it out.",
        )
        for (kind, target), places in missing.items()
    )


def _is_there(tx: Transaction, company: str, team: str, target: str, beside: Collection[str]) -> bool:
    names = [target]
    parts = parse_document_id(target)
    if team and parts is not None and not parts[0]:
        names.append(render_document_id(team, parts[1], parts[2]))
    if any(name in beside for name in names):
        return True
    found = (find_document(tx, company, name) for name in names)
    return any(document is not None and document.head and not document.retired for document in found)


def day_of(now: int) -> date:
    """Give the day of a time in microseconds, in UTC."""
    return datetime.fromtimestamp(now / 1e6, UTC).date()


def list_errors(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    """List the problems that refuse."""
    return tuple(p for p in problems if p.level == "error")
