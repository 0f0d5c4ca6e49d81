"""The tools that read: context, search, documents. Approved revisions only."""

from __future__ import annotations

from runlore.actions.caller import Caller
from runlore.actions.context import Context, get_context
from runlore.actions.read import ShownDocument, show_document
from runlore.actions.search import search as search_library
from runlore.errors import NoSuchName
from runlore.mcp_server.answers import Found, FoundContext, FoundDocument, LeftOutPart, PackPart, PageOfDocument
from runlore.model.library import render_document_id
from runlore.runbooks.formats.hostile import decode
from runlore.runbooks.paging import list_headings, page

_MOST_LISTED = 60


def find_context(caller: Caller, request: str, budget: int) -> FoundContext:
    """Give the operating context of an issue or a request, with its receipt."""
    context = get_context(caller, request, budget=budget)
    pack = context.pack
    return FoundContext(
        text=_pinned(context) + pack.markdown,
        runbook=pack.runbook,
        tokens=pack.tokens,
        budget=pack.budget,
        ask_for=[f"{m.name}: {m.text}" if m.text else m.name for m in pack.missing],
        parts=[
            PackPart(
                document=item.document,
                revision=item.revision,
                section=item.section,
                form=item.form,
                tokens=item.tokens,
                why=list(item.why),
            )
            for item in pack.items
        ],
        left_out=[LeftOutPart(document=o.document, reason=o.reason, tokens=o.tokens) for o in pack.left_out],
    )


def _pinned(context: Context) -> str:
    if not context.moved:
        return ""
    return f"(Pinned when the issue was assigned. Newer revisions exist of: {', '.join(context.moved)}.)\n\n"


def search(caller: Caller, query: str, shelf: str, limit: int) -> Found:
    """Give the documents that fit some words, best first; none where nothing fits."""
    (hits,) = search_library(caller, [query], shelves=(shelf,) if shelf else (), limit=limit)
    found = [FoundDocument(name=h.name, shelf=h.shelf, title=h.title, score=h.score, why=list(h.why)) for h in hits]
    return Found(results=found, nothing_fits=not found)


def read(caller: Caller, name: str, line: int, file: str, budget: int) -> PageOfDocument:
    """Give a page of an approved document, or of one of its files."""
    shown = show_document(caller, name)
    text = _text_of(shown, file)
    leaf = page(text, line, budget)
    revision = shown.revision
    return PageOfDocument(
        name=render_document_id(shown.document.team, shown.document.shelf, shown.document.name),
        title=shown.recognised.title,
        revision=revision.hash if revision else "",
        number=revision.number if revision else 0,
        owner=shown.document.owner,
        reviewed=shown.document.reviewed,
        text=leaf.text,
        first_line=leaf.first,
        last_line=leaf.last,
        lines=leaf.lines,
        next_line=leaf.next,
        tokens=leaf.tokens,
        headings=[f"{number}: {heading}" for number, heading in list_headings(text)[:_MOST_LISTED]],
        files=[f.path for f in shown.bundle.files if f.path != shown.bundle.main][:_MOST_LISTED],
        links=list(dict.fromkeys(f"{link.kind} {link.target}" for link in shown.links))[:_MOST_LISTED],
    )


def _text_of(shown: ShownDocument, file: str) -> str:
    """The main file's text, or that of another file of the document; raises NoSuchName for one that is not there or is no text."""
    if not file:
        return shown.text
    found = {f.path: f.content for f in shown.bundle.files}
    text = decode(found[file]) if file in found else None
    if text is None:
        raise NoSuchName(f"text file of {shown.document.id}", file, tuple(sorted(found))[:5])
    return text
