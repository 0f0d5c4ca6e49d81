"""How a document of the library is put on a terminal, and its JSON form."""

from __future__ import annotations

import json
import shutil
from typing import Any

import click

from runlore.actions.read import ShownDocument
from runlore.cli.clock import day
from runlore.cli.printing import print_json, printable
from runlore.model import Source
from runlore.model.document import Link
from runlore.model.library import StoredLink
from runlore.runbooks.changes import reveal
from runlore.runbooks.evidence import EvidenceMap, evidence_from_json, evidence_to_json
from runlore.runbooks.json_form import to_json
from runlore.runbooks.show import show

_DOCUMENTS = ("skill", "integration", "document", "runbook")
"""The kinds of links that lead to other documents."""


def print_document(shown: ShownDocument, *, raw: bool = False, evidence: bool = False, as_json: bool = False) -> None:
    """Print a document: its state and its text; ``raw`` the text of its main file as it stands, byte for byte."""
    if as_json:
        print_json(document_form(shown))
        return
    if raw:
        content = next(f.content for f in shown.bundle.files if f.path == shown.bundle.main)
        click.echo(content, nl=False)
        return
    click.secho(printable(describe_state(shown)), bold=True)
    for line in _about(shown):
        click.echo(printable(line))
    click.echo()
    if shown.bundle.format == "runbook" and shown.recognised.runbook is not None:
        width = min(shutil.get_terminal_size((100, 40)).columns, 110)
        found = find_evidence(shown) if evidence else None
        click.echo(show(shown.recognised.runbook, found, place=_place, width=width), nl=False)
    else:
        click.echo(printable(reveal(shown.text)).rstrip("\n"))


def describe_state(shown: ShownDocument) -> str:
    """Say in one line what this is: approved, an earlier revision, out of use, or pending."""
    if shown.proposal is not None:
        return f"{shown.document.id}: PENDING, proposal {shown.proposal.number} ({shown.proposal.state}) by {shown.author}; not approved"
    revision = shown.revision
    if revision is None:
        return f"{shown.document.id}: not approved"
    by = f"self-published by {shown.reviewer}" if revision.self_published else f"approved by {shown.reviewer}"
    state = (
        ""
        if shown.is_approved
        else "; OUT OF USE"
        if shown.document.retired
        else "; an earlier revision, not the approved one"
    )
    return f"{shown.document.id}, revision {revision.number}, {by} on {day(revision.published)}{state}"


def _about(shown: ShownDocument) -> list[str]:
    said = shown.recognised
    told = [
        text
        for text, there in (
            (f"owner {said.owner}", said.owner),
            (f"reviewed {said.reviewed}", said.reviewed),
            (f"every {said.review_every}", said.review_every),
        )
        if there
    ]
    lines = [", ".join(told)] if told else []
    for what, kinds in (("points to", _DOCUMENTS), ("asks", ("role",))):
        targets = dict.fromkeys(link.target for link in shown.links if link.kind in kinds)
        if targets:
            lines.append(f"{what}: {', '.join(targets)}")
    if shown.linked_from:
        lines.append("pointed to by: " + ", ".join(dict.fromkeys(link.document for link in shown.linked_from)))
    if shown.open_proposals and shown.proposal is None:
        lines.append(f"open proposals: {', '.join(map(str, shown.open_proposals))}")
    return lines


def find_evidence(shown: ShownDocument) -> EvidenceMap:
    """Find the evidence that stands beside a runbook; empty where there is none that can be read."""
    content = next((f.content for f in shown.bundle.files if f.path == "evidence.json"), b"{}")
    try:
        return evidence_from_json(json.loads(content))
    except (KeyError, ValueError, TypeError, IndexError, AttributeError):
        return {}


def _place(source: Source) -> str:
    return f"transcript {source.transcript[7:15]}, line {source.line}"


def document_form(shown: ShownDocument) -> dict[str, Any]:
    """The JSON form of a document. ``revision`` is its number, null for pending text; ``approved`` says whether workers are served it."""
    document, said, revision = shown.document, shown.recognised, shown.revision
    return {
        "id": document.id,
        "team": document.team,
        "shelf": document.shelf,
        "name": document.name,
        "approved": shown.is_approved,
        "revision": revision.number if revision else None,
        "hash": revision.hash if revision else None,
        "proposal": shown.proposal.number if shown.proposal else None,
        "format": shown.bundle.format,
        "title": said.title,
        "description": said.description,
        "owner": said.owner,
        "reviewed": said.reviewed,
        "review_every": said.review_every,
        "steps": [step.title for step in said.runbook.steps] if said.runbook else [],
        "labels": list(said.labels),
        "missing": list(said.missing),
        "links": [link_form(link) for link in (shown.links if revision else said.links)],
        "linked_from": [{"document": link.document, **link_form(link)} for link in shown.linked_from],
        "refines": document.refines,
        "retired": bool(document.retired),
        "author": shown.author,
        "reviewer": shown.reviewer,
        "self_published": bool(revision and revision.self_published),
        "published": revision.published if revision else None,
        "open_proposals": list(shown.open_proposals),
        "files": [{"path": f.path, "size": len(f.content)} for f in shown.bundle.files],
        "body": said.body,
        "text": shown.text,
        "runbook": to_json(said.runbook) if said.runbook else None,
        "evidence": evidence_to_json(find_evidence(shown)),
    }


def link_form(link: Link | StoredLink) -> dict[str, str]:
    """The JSON form of a link."""
    return {"kind": link.kind, "target": link.target, "where": link.where}
