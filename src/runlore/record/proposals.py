"""Proposals: texts offered against a base revision. They are kept whole from the first moment and serve nobody before they are published."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Final, Literal

from runlore.errors import Conflict, NoSuchName
from runlore.model.document import SHELVES, Bundle, Format
from runlore.model.library import Origin, Proposal, ProposalState, StoredFile, parse_document_id
from runlore.record.blobs import put_blob
from runlore.record.canonical import hash_value, parse_json, render_json
from runlore.record.companies import get_team
from runlore.record.database import Transaction
from runlore.record.engine import Row
from runlore.record.events import append

_SELECT: Final = (
    'SELECT number, document, base, format, main, digest, reason, origin, state, created, expires, "group", evidence, retires'
    " FROM proposals WHERE company = :company AND "
)


def proposal_digest(
    document: str, base: str, format: Format, main: str, files: Iterable[StoredFile], retires: bool = False
) -> str:
    """Give the digest that a review is bound to: over the document, its base, and exactly the files that are offered."""
    rows = [[f.path, f.hash, f.size, f.executable] for f in sorted(files, key=lambda f: f.path)]
    return hash_value(["proposal/1", document, base, format, main, rows, retires])


def create_proposal(
    tx: Transaction,
    company: str,
    document_id: str,
    base: str,
    bundle: Bundle,
    authors: Sequence[str],
    reason: str,
    origin: Origin,
    now: int,
    expires: int,
    group: str = "",
    evidence: Any = None,
    retires: bool = False,
) -> Proposal:
    """Keep what somebody offers; the same bytes on the same base, still open and by the same authors, give the proposal that is there.

    ``authors`` are ids of principals, first who offers it. Raises Conflict for a name that is no document's, for files that no document can
    have and for a base that is no revision of the document; NoSuchName for an unknown team.
    """
    _check_place(tx, company, document_id, base)
    _check_files(document_id, bundle)
    files = tuple(
        StoredFile(f.path, put_blob(tx, company, f.content), len(f.content), f.executable)
        for f in sorted(bundle.files, key=lambda f: f.path)
    )
    authors = tuple(dict.fromkeys(authors))
    digest = proposal_digest(document_id, base, bundle.format, bundle.main, files, retires)
    for there in list_proposals(tx, company, "open", document_id):
        if there.digest == digest and there.authors == authors and not 0 < there.expires <= now:
            return there
    proposal = Proposal(
        company, _next_number(tx, company), document_id, base, bundle.format, bundle.main, files, digest, authors, reason, origin,
        "open", now, expires, group, evidence, retires,
    )  # fmt: skip
    _insert(tx, proposal)
    body = {"digest": digest, "base": base, "authors": list(authors), "origin": origin, "document": document_id}
    append(tx, company, authors[0], "proposed", f"proposal {proposal.number}", body, now)
    return proposal


def _next_number(tx: Transaction, company: str) -> int:
    return tx.next(
        f"proposals of {company}",
        lambda: tx.one("SELECT max(number) FROM proposals WHERE company = :company", company=company),
    )


def _check_place(tx: Transaction, company: str, document_id: str, base: str) -> None:
    parts = parse_document_id(document_id)
    if parts is None or parts[1] not in SHELVES:
        raise Conflict(
            f"{document_id!r} is no name of a document: write shelf/name, with one of the shelves {', '.join(SHELVES)}."
        )
    if parts[0]:
        get_team(tx, company, parts[0])
    if base and not tx.one(
        "SELECT 1 FROM revisions WHERE company = :company AND hash = :base AND document = :document",
        company=company,
        base=base,
        document=document_id,
    ):
        raise Conflict(
            f"{base[:19]} is no revision of {document_id}: a proposal is written against a revision of its own document."
        )


def _check_files(document_id: str, bundle: Bundle) -> None:
    paths = [f.path for f in bundle.files]
    if bundle.main not in paths:
        raise Conflict(f"{document_id} has no file {bundle.main!r}, which is to be read first.")
    if len({path.casefold() for path in paths}) != len(paths):
        raise Conflict(f"{document_id} has two files whose names differ by capitals at most. Rename one of them.")
    for path in paths:
        if path.startswith("/") or "\\" in path or any(part in ("", ".", "..") for part in path.split("/")):
            raise Conflict(
                f"{document_id} has a file named {path!r}, which leads out of the document's folder. Rename it."
            )


def _insert(tx: Transaction, proposal: Proposal) -> None:
    tx.run(
        'INSERT INTO proposals (company, number, document, base, format, main, digest, reason, origin, state, created, expires, "group", evidence,'
        " retires) VALUES (:company, :number, :document, :base, :format, :main, :digest, :reason, :origin, :state, :created, :expires, :group,"
        " :evidence, :retires)",
        company=proposal.company,
        number=proposal.number,
        document=proposal.document,
        base=proposal.base,
        format=proposal.format,
        main=proposal.main,
        digest=proposal.digest,
        reason=proposal.reason,
        origin=proposal.origin,
        state=proposal.state,
        created=proposal.created,
        expires=proposal.expires,
        group=proposal.group,
        evidence=render_json(proposal.evidence),
        retires=proposal.retires,
    )
    for file in proposal.files:
        tx.run(
            "INSERT INTO proposal_files (company, proposal, path, hash, size, executable)"
            " VALUES (:company, :proposal, :path, :hash, :size, :executable)",
            company=proposal.company,
            proposal=proposal.number,
            path=file.path,
            hash=file.hash,
            size=file.size,
            executable=file.executable,
        )
    for position, author in enumerate(proposal.authors, 1):
        tx.run(
            "INSERT INTO proposal_authors (company, proposal, position, principal) VALUES (:company, :proposal, :position, :principal)",
            company=proposal.company,
            proposal=proposal.number,
            position=position,
            principal=author,
        )


def find_proposal(tx: Transaction, company: str, number: int) -> Proposal | None:
    """Find a proposal by its number; None where there is none."""
    row = tx.one(_SELECT + "number = :number", company=company, number=number)
    return _proposal(tx, company, row) if row else None


def get_proposal(tx: Transaction, company: str, number: int) -> Proposal:
    """Give a proposal by its number; raises NoSuchName."""
    found = find_proposal(tx, company, number)
    if found is None:
        raise NoSuchName("proposal", str(number))
    return found


def list_proposals(
    tx: Transaction, company: str, state: ProposalState | None = None, document: str | None = None
) -> tuple[Proposal, ...]:
    """List proposals by number: those in a state, or of a document, or all."""
    if document is not None:
        rows = tx.all(
            _SELECT + "document = :document AND (:any_state = 1 OR state = :state) ORDER BY document, number",
            company=company,
            document=document,
            any_state=state is None,
            state=state or "",
        )
    elif state is not None:
        rows = tx.all(_SELECT + "state = :state ORDER BY state, number", company=company, state=state)
    else:
        rows = tx.all(_SELECT + "number > 0 ORDER BY number", company=company)
    return tuple(_proposal(tx, company, row) for row in rows)


def close_proposal(
    tx: Transaction, company: str, number: int, state: Literal["rejected", "withdrawn", "expired"], by: str, now: int
) -> Proposal:
    """End a proposal that will not be published; raises NoSuchName, Conflict where it was decided otherwise already."""
    proposal = get_proposal(tx, company, number)
    if proposal.state == state:
        return proposal
    if proposal.state not in ("open", "accepted"):
        raise Conflict(f"Proposal {number} is {proposal.state} already.")
    set_state(tx, company, number, state, now)
    append(
        tx, company, by, state, f"proposal {number}", {"digest": proposal.digest, "document": proposal.document}, now
    )
    return replace(proposal, state=state)


def set_state(tx: Transaction, company: str, number: int, state: ProposalState, now: int) -> None:
    """Set the state of a proposal; part of a review, a publication or an end, and of nothing else."""
    tx.run(
        "UPDATE proposals SET state = :state, closed = :closed WHERE company = :company AND number = :number",
        company=company,
        number=number,
        state=state,
        closed=0 if state in ("open", "accepted") else now,
    )


def expire_proposals(tx: Transaction, company: str, now: int) -> tuple[int, ...]:
    """End the proposals whose time is over, and give their numbers."""
    rows = tx.all(
        "SELECT number FROM proposals WHERE company = :company AND state IN ('open', 'accepted') AND expires > 0 AND expires <= :now ORDER BY state, number",
        company=company,
        now=now,
    )
    numbers = tuple(sorted(int(row[0]) for row in rows))
    for number in numbers:
        close_proposal(tx, company, number, "expired", "", now)
    return numbers


def _proposal(tx: Transaction, company: str, row: Row) -> Proposal:
    number, document, base, format, main, digest, reason, origin, state, created, expires, group, evidence, retires = (
        row
    )
    files = tx.all(
        "SELECT path, hash, size, executable FROM proposal_files WHERE company = :company AND proposal = :number ORDER BY path",
        company=company,
        number=number,
    )
    authors = tx.all(
        "SELECT principal FROM proposal_authors WHERE company = :company AND proposal = :number ORDER BY position",
        company=company,
        number=number,
    )
    return Proposal(
        company, number, document, base, format, main, tuple(StoredFile(p, h, s, bool(x)) for p, h, s, x in files), digest,
        tuple(str(a[0]) for a in authors), reason, origin, state, created, expires, group, parse_json(evidence), bool(retires),
    )  # fmt: skip
