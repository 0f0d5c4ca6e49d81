"""Note: what a worker or a person found out becomes a proposal for the shelf of notes, new or at the end of the note that there is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from runlore.actions.caller import Caller
from runlore.actions.issues import get_by_reference
from runlore.actions.offer import main_text
from runlore.actions.propose import Proposed, ProposeRequest, propose_bundle
from runlore.actions.shelved import find_shelved
from runlore.errors import UsageError
from runlore.model.document import Bundle, FileContent
from runlore.model.library import render_document_id
from runlore.record.documents import resolve_name
from runlore.runbooks.formats.places import main_file, name_of
from runlore.runbooks.hidden import clean, escape_words, shorten

LONGEST: Final = 20_000
"""Characters of a note; what is longer is a document of its own."""
_LONGEST_TITLE: Final = 80


@dataclass(frozen=True, slots=True)
class NewNote:
    """A note as somebody writes it. ``title`` names the document that it goes to (empty: its first words do); ``about`` names a document and
    ``issue`` an issue that it belongs to, both by what a person would type."""

    text: str
    title: str = ""
    about: str = ""
    issue: str = ""
    shelf: str = "notes"
    team: str = ""


def note(caller: Caller, draft: NewNote) -> Proposed:
    """Propose a note. One whose document exists goes to its end, as a change to the approved revision.

    Raises NotAllowed, UsageError for an empty or over-long one, NoSuchName for what it is said to be about.
    """
    caller.require("propose", "write a note")
    text = draft.text.strip()
    if not text:
        raise UsageError("A note needs words.")
    if len(text) > LONGEST:
        raise UsageError(
            f"A note has at most {LONGEST:,} characters. Put what is longer into a file and use `runlore propose`."
        )
    title = shorten(clean(draft.title or text.split("\n", maxsplit=1)[0]), _LONGEST_TITLE)
    name = name_of(title)
    document = render_document_id(draft.team, draft.shelf, name)
    with caller.record.read() as tx:
        about = resolve_name(tx, caller.company, draft.about, caller.principal.teams).id if draft.about else ""
        issue = get_by_reference(tx, caller.company, draft.issue).number if draft.issue else 0
        there = find_shelved(tx, caller.company, document)
    entry = "\n\n".join([text, *_belongs(about, issue)])
    if there is None:
        main = main_file("markdown", name)
        content = f"# {escape_words(title, _LONGEST_TITLE)}\n\n{entry}\n"
        bundle = Bundle("markdown", main, (FileContent(main, content.encode("utf-8", "replace")),))
    else:
        bundle = _with_entry(there.bundle, entry)
    return propose_bundle(caller, document, bundle, ProposeRequest(f"Note: {title}"))


def _belongs(about: str, issue: int) -> list[str]:
    parts = [f"document `{about}`" if about else "", f"issue {issue}" if issue else ""]
    said = " and ".join(part for part in parts if part)
    return [f"About {said}."] if said else []


def _with_entry(bundle: Bundle, entry: str) -> Bundle:
    """The files of a note with an entry more; one that stands there already is not added again."""
    text = main_text(bundle)
    if entry in text:
        return bundle
    content = f"{text.rstrip()}\n\n{entry}\n".encode("utf-8", "replace")
    return replace(
        bundle, files=tuple(replace(f, content=content) if f.path == bundle.main else f for f in bundle.files)
    )
