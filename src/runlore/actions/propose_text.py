"""Propose a text: a document's new words, or a new document, from whoever has no file to give: an agent at its door."""

from __future__ import annotations

from dataclasses import replace

from runlore.actions.caller import Caller
from runlore.actions.offer import split_id
from runlore.actions.propose import Proposed, ProposeRequest, propose_bundle
from runlore.actions.shelved import find_shelved
from runlore.errors import Conflict, NoSuchName, UsageError
from runlore.model.document import SHELVES, Bundle, FileContent, Format
from runlore.model.library import parse_document_id
from runlore.record.documents import resolve_name
from runlore.runbooks.formats.detect import is_runbook
from runlore.runbooks.formats.places import main_file, name_of


def propose_text(caller: Caller, name: str, text: str, request: ProposeRequest, base: str = "") -> Proposed:
    """Propose ``text`` as the main file of a document: one that is there, by id or bare name, or a new one, by its id ``shelf/name``.

    The document's other files stay. ``base`` is the hash of the revision that the text was written from, or its beginning; where another one is
    approved by now, Conflict is raised and nothing is kept. Raises NotAllowed, NoSuchName, UsageError for no text or no possible id.
    """
    caller.require("propose", "propose documents")
    if not text.strip():
        raise UsageError("A document needs words. To take one out of use, propose to retire it.")
    document = _find_id(caller, name)
    with caller.record.read() as tx:
        there = find_shelved(tx, caller.company, document)
    head = there.revision.hash if there else ""
    if base and not head.startswith(base):
        raise Conflict(
            f"{document} has another approved revision by now ({head or 'none'}) than the one that you wrote from ({base}). Read it again, and propose your change to that."
        )
    content = text if text.endswith("\n") else f"{text}\n"
    bundle = _with_text(there.bundle, content) if there else _new(document, content)
    return propose_bundle(caller, document, bundle, request)


def _find_id(caller: Caller, name: str) -> str:
    """Give the id that a name means: a document that is there, or the id of a new one. Raises NoSuchName, UsageError."""
    parts = parse_document_id(name)
    if parts is None:
        with caller.record.read() as tx:
            return resolve_name(tx, caller.company, name, caller.principal.teams).id
    _, shelf, own = parts
    if shelf not in SHELVES:
        raise NoSuchName("shelf", shelf, SHELVES)
    if name_of(own) != own:
        raise UsageError(
            f"{own!r} is no document's name: use a–z, 0–9 and single hyphens, as in `{shelf}/{name_of(own)}`."
        )
    return name


def _with_text(bundle: Bundle, text: str) -> Bundle:
    content = text.encode("utf-8", "replace")
    return replace(
        bundle, files=tuple(replace(f, content=content) if f.path == bundle.main else f for f in bundle.files)
    )


def _new(document: str, text: str) -> Bundle:
    """The files of a new document: a runbook or a skill by what the text and its shelf say, else plain Markdown."""
    _, shelf, name = split_id(document)
    format: Format = "skill" if shelf == "skills" else "markdown"
    if shelf == "runbooks" and is_runbook(text):
        format = "runbook"
    main = main_file(format, name)
    return Bundle(format, main, (FileContent(main, text.encode("utf-8", "replace")),))
