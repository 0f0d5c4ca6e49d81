"""What the library folder must show, computed from the record: the tree of all documents, and one commit for each publication."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from runlore.library.cover import COVER_CONTENTS, COVER_HASHES
from runlore.library.intake import check_name
from runlore.model.document import Bundle
from runlore.model.library import Publication, Revision, parse_document_id
from runlore.record.blobs import get_blob
from runlore.record.canonical import hash_bytes
from runlore.record.companies import get_company
from runlore.record.database import Transaction
from runlore.record.heads import Head, list_erased, list_heads, list_retiring
from runlore.record.principals import find_principal
from runlore.record.proposals import get_proposal
from runlore.record.publications import list_publications
from runlore.record.revisions import get_revision
from runlore.runbooks.formats.places import TEAMS, path_of
from runlore.runbooks.hidden import clean, shorten

Mode = tuple[str, bool]
"""What a file is: the hash of its content, and whether it is executable."""

Files = Mapping[str, Mode]
"""Path in the library folder → what stands there."""

_ODD = re.compile(r"[^A-Za-z0-9_/-]")
_LONGEST_PART = 240
_LONGEST_PATH = 1000
_DEEPEST = 20
_SUBJECT = 100
_REASON = 4000


@dataclass(frozen=True, slots=True)
class Commit:
    """One publication as a commit: times in seconds, paths in the folder. ``number`` is 0 for the first commit, which brings the cover."""

    number: int
    author: str
    at: int
    message: str
    removed: tuple[str, ...]
    changed: tuple[tuple[str, Mode], ...]


@dataclass(frozen=True, slots=True)
class Source:
    """One snapshot of a company's record, with what is needed to turn its revisions into files of the folder.

    ``retiring``: the revisions that took their document out of use. ``erased``: for each content that was erased from the record, by its
    hash, the hash of the line that stands in its place.
    """

    tx: Transaction
    company: str
    retiring: frozenset[str]
    erased: Mapping[str, str]


def open_source(tx: Transaction, company: str) -> Source:
    """Give the source of a company's files in a transaction."""
    erased = {hash: hash_bytes(_tombstone(hash)) for hash in list_erased(tx, company)}
    return Source(tx, company, list_retiring(tx, company), erased)


def _tombstone(hash: str) -> bytes:
    return f"Erased from the record: {hash}\n".encode()


def files_of(source: Source, revision: Revision | Head) -> dict[str, Mode]:
    """Give what the folder shows for a revision, by path; nothing for one that took its document out of use."""
    hash = revision.hash if isinstance(revision, Revision) else revision.revision
    parts = parse_document_id(revision.document)
    if parts is None:
        raise ValueError(f"{revision.document!r} is no document's id")
    if hash in source.retiring:
        return {}
    team, shelf, name = parts
    bundle = Bundle(revision.format, revision.main, ())
    return {
        safe_path(path_of(shelf, name, bundle, file.path, team)): (
            source.erased.get(file.hash, file.hash),
            file.executable,
        )
        for file in revision.files
    }


def safe_path(path: str) -> str:
    """Give the path at which a file stands that no import would take: what git or a file system would read into its name is written as ``%`` and
    two digits, and what is too long is cut and hashed. Every other path stays as it is."""
    if check_name(path) is None:
        return path
    parts = [_ODD.sub(_escape, part) for part in path.split("/")]
    if len(path) > _LONGEST_PATH or len(parts) > _DEEPEST or any(len(part) > _LONGEST_PART for part in parts):
        head = "/".join(path.split("/")[: 4 if path.startswith(f"{TEAMS}/") else 2])
        return f"{head}/{hashlib.sha256(path.encode('utf-8', 'surrogatepass')).hexdigest()}"
    return "/".join(parts)


def _escape(found: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in found[0].encode("utf-8", "surrogatepass"))


def tree_of(tx: Transaction, company: str) -> dict[str, Mode]:
    """Give the whole tree that the folder must show, by path: of each file the hash of its content and whether it is executable."""
    source = open_source(tx, company)
    tree: dict[str, Mode] = {path: (hash, False) for path, hash in COVER_HASHES.items()}
    for head in list_heads(tx, company):
        tree.update(files_of(source, head))
    return dict(sorted(tree.items()))


def read_content(source: Source, hash: str) -> bytes:
    """Read the content of a file of the folder; a content that was erased from the record is a line that says so. Raises as get_blob does."""
    if hash in COVER_CONTENTS:
        return COVER_CONTENTS[hash]
    original = next((original for original, shown in source.erased.items() if shown == hash), "")
    return _tombstone(original) if original else get_blob(source.tx, source.company, hash)


def list_commits(source: Source, after: int) -> Iterator[tuple[Publication, Commit]]:
    """Give, in order, the commit of each publication after a number."""
    tx, company = source.tx, source.company
    people: dict[str, str] = {}
    shown: dict[str, tuple[str, dict[str, Mode]]] = {}
    for publication in list_publications(tx, company, after):
        revision = get_revision(tx, company, publication.revision)
        known, before = shown.get(publication.document, ("", {}))
        if revision.parent != known:
            before = files_of(source, get_revision(tx, company, revision.parent)) if revision.parent else {}
        files = files_of(source, revision)
        shown[publication.document] = (revision.hash, files)
        changed = tuple(sorted((path, mode) for path, mode in files.items() if before.get(path) != mode))
        removed = tuple(sorted(set(before) - set(files)))
        author = _name_person(tx, company, revision.author, people)
        message = _message(tx, company, publication, revision, people, retires=revision.hash in source.retiring)
        yield publication, Commit(publication.number, author, publication.at // 1_000_000, message, removed, changed)


def cover_commit(source: Source, publication: int) -> Commit:
    """Give the commit that brings the cover, after a publication (0: the first commit of all); dated as that, or as the company."""
    before = list_publications(source.tx, source.company, publication - 1)[0].at if publication else 0
    at = before or get_company(source.tx, source.company).created
    changed = tuple((path, (hash, False)) for path, hash in sorted(COVER_HASHES.items()))
    what = "cover" if publication else "the beginning"
    message = f"library: {what}\n\nCompany: {source.company}\nPublication: {publication}\n"
    return Commit(0, render_person("Runlore", "runlore"), at // 1_000_000, message, (), changed)


def render_person(name: str, id: str) -> str:
    """Give a name and an id as git writes people; characters that would end either are taken out."""
    address = "".join(c for c in clean(id) if c not in "<> ")
    plain = " ".join("".join(c for c in clean(name) if c not in "<>").split())
    return f"{plain or address or 'nobody'} <{address}>"


def _name_person(tx: Transaction, company: str, id: str, people: dict[str, str]) -> str:
    if id not in people:
        principal = find_principal(tx, company, id)
        people[id] = render_person(principal.name if principal else id, id)
    return people[id]


def _message(
    tx: Transaction,
    company: str,
    publication: Publication,
    revision: Revision,
    people: dict[str, str],
    *,
    retires: bool,
) -> str:
    """Write the message: what and why, then trailers. The reason is indented below the first line, so that none of it can pose as a trailer."""
    said = revision.reason.strip()
    default = (
        "taken out of use" if retires else "first revision" if revision.number == 1 else f"revision {revision.number}"
    )
    subject = shorten(clean(said), _SUBJECT) or default
    lines = [f"{revision.document}: {subject}", ""]
    if clean(said) != subject and said:
        lines += [f"    {clean(line)}" for line in said[:_REASON].splitlines()] + [""]
    others = get_proposal(tx, company, publication.proposal).authors[1:]
    lines += [f"Co-authored-by: {_name_person(tx, company, id, people)}" for id in others]
    lines.append(f"Reviewed-by: {_name_person(tx, company, revision.reviewer, people)}")
    if revision.self_published:
        lines.append("Self-published: yes")
    if retires:
        lines.append("Retires: yes")
    lines += [
        f"Proposal: {publication.proposal}",
        f"Revision: {revision.hash}",
        f"Event: {publication.event}",
        f"Publication: {publication.number}",
    ]
    return "\n".join(lines) + "\n"
