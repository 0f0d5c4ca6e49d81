"""Verify: the record proves itself. Everything that a hash stands for is computed again, and everything that a decision needs is looked for.

Each check reads one part and gives the problems in it, in order; reading the tuple of checks at the end is reading what holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from runlore.model.library import StoredFile
from runlore.model.source import Problem
from runlore.record.canonical import hash_bytes, parse_json
from runlore.record.database import Record, Transaction
from runlore.record.events import check_chain
from runlore.record.proposals import proposal_digest
from runlore.record.revisions import revision_hash
from runlore.record.verify_runs import RUN_CHECKS

_CONTENTS: Final = 16


def check_database(record: Record) -> tuple[Problem, ...]:
    """Check the database's own files, as far as the engine can."""
    return tuple(Problem(record.label, 0, "damaged-database", said) for said in record.engine.check())


def verify_record(
    tx: Transaction, company: str, checkpoints: Iterable[dict[str, Any]] = (), *, runs: bool = True
) -> tuple[Problem, ...]:
    """Verify the record of a company: log and checkpoints, contents, proposals, revisions, publications, runs. Empty where everything holds.

    Without ``runs`` the record is of a Runlore that had none yet.
    """
    found = list(check_chain(tx, company, checkpoints))
    for check in CHECKS + RUN_CHECKS if runs else CHECKS:
        found += check(tx, company)
    return tuple(found)


def check_principals(tx: Transaction, company: str) -> Iterator[Problem]:
    """Every principal has the class, the scopes and the operator that the log says it was created with."""
    logged = {
        str(subject): parse_json(body)
        for subject, body in tx.all(
            "SELECT subject, body FROM events WHERE company = :company AND kind = 'principal-created'", company=company
        )
    }
    for id, name, kind, scopes, operator in tx.all(
        "SELECT id, name, kind, scopes, operator FROM principals WHERE company = :company ORDER BY id", company=company
    ):
        stands = {"class": kind, "name": name, "operator": operator, "scopes": scopes.split()}
        if logged.pop(id, None) != stands:
            yield Problem(
                id, 0, "changed-principal", f"The principal {name} is not what the log says it was created as."
            )
    for id in sorted(logged):
        yield Problem(id, 0, "changed-principal", "The log knows this principal, and the record does not.")


def check_contents(tx: Transaction, company: str) -> Iterator[Problem]:
    """Every content has the hash and the size that it is known by; an erased one has its tombstone in the log."""
    erased = {
        str(row[0])
        for row in tx.all("SELECT subject FROM events WHERE company = :company AND kind = 'erased'", company=company)
    }
    after = ""
    while rows := tx.all(
        "SELECT hash, content, erased FROM blobs WHERE company = :company AND hash > :after ORDER BY hash LIMIT :limit",
        company=company,
        after=after,
        limit=_CONTENTS,
    ):
        for hash, content, gone in rows:
            if gone and hash not in erased:
                yield Problem(hash, 0, "damaged-content", "This content is gone, and the log has no tombstone for it.")
            elif not gone and hash_bytes(bytes(content)) != hash:
                yield Problem(hash, 0, "damaged-content", "This content is not what its hash says.")
        after = str(rows[-1][0])


def check_proposals(tx: Transaction, company: str) -> Iterator[Problem]:
    """Every proposal is what its digest says, and its log entry says the same digest."""
    files = _list_files(
        tx.all(
            "SELECT proposal, path, hash, size, executable FROM proposal_files WHERE company = :company ORDER BY proposal, path",
            company=company,
        )
    )
    logged = {
        str(subject): parse_json(body).get("digest")
        for subject, body in tx.all(
            "SELECT subject, body FROM events WHERE company = :company AND kind = 'proposed'", company=company
        )
    }
    for number, document, base, format, main, digest, retires in tx.all(
        "SELECT number, document, base, format, main, digest, retires FROM proposals WHERE company = :company ORDER BY number",
        company=company,
    ):
        name = f"proposal {number}"
        if proposal_digest(document, base, format, main, files.get(number, ()), bool(retires)) != digest:
            yield Problem(name, 0, "damaged-proposal", f"Proposal {number} for {document} is not what its digest says.")
        elif logged.pop(name, None) != digest:
            yield Problem(name, 0, "damaged-proposal", f"The log does not know proposal {number} for {document}.")
        logged.pop(name, None)
    for name in sorted(logged):
        yield Problem(name, 0, "damaged-proposal", f"The log knows {name}, and the record does not.")


def check_revisions(tx: Transaction, company: str) -> Iterator[Problem]:
    """The revisions of each document form one line that ends at its head, and each is what its hash says."""
    files = _list_files(
        tx.all(
            "SELECT revision, path, hash, size, executable FROM revision_files WHERE company = :company ORDER BY revision, path",
            company=company,
        )
    )
    last: dict[str, tuple[int, str]] = {}
    for hash, document, number, parent, format, main in tx.all(
        "SELECT hash, document, number, parent, format, main FROM revisions WHERE company = :company ORDER BY document, number",
        company=company,
    ):
        before = last.get(document, (0, ""))
        if (number, parent) != (before[0] + 1, before[1]):
            yield Problem(
                document, 0, "broken-line", f"Revision {number} of {document} does not follow revision {before[0]}."
            )
        if revision_hash(document, parent, format, main, files.get(hash, ())) != hash:
            yield Problem(
                document, 0, "damaged-revision", f"Revision {number} of {document} is not what its hash says."
            )
        last[document] = (number, hash)
    for id, head, revisions in tx.all(
        "SELECT id, head, revisions FROM documents WHERE company = :company ORDER BY id", company=company
    ):
        if (revisions, head) != last.get(id, (0, "")):
            yield Problem(id, 0, "broken-line", f"The head of {id} is not its newest revision.")


def check_publications(tx: Transaction, company: str) -> Iterator[Problem]:
    """Every revision was published once, after a valid review that was used for it, and the log says the same; no event of a publication is left over."""
    logged = {
        seq: (kind, parse_json(body))
        for seq, kind, body in tx.all(
            "SELECT seq, kind, body FROM events WHERE company = :company AND kind IN ('published', 'self-published')",
            company=company,
        )
    }
    sides = _Sides(tx, company)
    expected = 1
    for row in tx.all(_PUBLICATIONS, company=company):
        number, document, revision, event, proposal, reviewer, own = row[:7]
        where = f"publication {number}"
        if number != expected:
            yield Problem(where, 0, "broken-line", f"Publication {expected} is missing.")
        expected = number + 1
        kind, said = logged.pop(event, ("", {}))
        if (kind, said.get("revision")) != ("self-published" if own else "published", revision):
            yield Problem(
                where, 0, "unlogged-publication", f"The log does not say that {document} was published as it stands."
            )
        why = _find_review_fault(sides, proposal, reviewer, bool(own), *row[7:])
        if why:
            yield Problem(where, 0, "unreviewed-publication", f"{document} was published, and {why}.")
    for seq in sorted(logged):
        yield Problem(
            "events", seq, "unlogged-publication", f"Event {seq} tells of a publication that is not in the record."
        )
    for hash, document, number in tx.all(_UNPUBLISHED, company=company):
        yield Problem(
            document, 0, "unreviewed-publication", f"Revision {number} of {document} was never published ({hash[:19]})."
        )


def _find_review_fault(
    sides: _Sides, proposal: int, reviewer: str, own: bool, accepted: int, consumed: int, exact: int, state: str
) -> str:
    """Say what is wrong with the review of a publication; empty where nothing is."""
    if not accepted or not consumed or not exact:
        return "its review is not one over exactly these bytes and this base, accepted and used"
    if state != "published":
        return f"its proposal counts as {state}"
    if not own and sides.has(proposal, reviewer):
        return "its reviewer stands on the author's side"
    return "" if reviewer in sides.humans else "its reviewer is no human"


class _Sides:
    """Who wrote which proposal and who operates whom, read at once for all publications of a company."""

    def __init__(self, tx: Transaction, company: str) -> None:
        self._authors: dict[int, list[str]] = {}
        for proposal, principal in tx.all(
            "SELECT proposal, principal FROM proposal_authors WHERE company = :company ORDER BY proposal, position",
            company=company,
        ):
            self._authors.setdefault(proposal, []).append(str(principal))
        rows = tx.all("SELECT id, kind, operator FROM principals WHERE company = :company", company=company)
        self.humans = {str(id) for id, kind, _ in rows if kind == "human"}
        self._operators = {str(id): str(operator) for id, _, operator in rows if operator}

    def has(self, proposal: int, reviewer: str) -> bool:
        """Say whether a reviewer is among the authors of a proposal, operates one of them, or has the same operator as one."""
        authors = self._authors.get(proposal, [])
        operators = {self._operators.get(author, author) for author in authors}
        return reviewer in authors or reviewer in operators or self._operators.get(reviewer) in operators


def _list_files(rows: list[tuple[Any, ...]]) -> dict[Any, list[StoredFile]]:
    files: dict[Any, list[StoredFile]] = {}
    for owner, path, hash, size, executable in rows:
        files.setdefault(owner, []).append(StoredFile(path, hash, size, bool(executable)))
    return files


_PUBLICATIONS: Final = """
SELECT b.number, b.document, b.revision, b.event, b.proposal, w.reviewer, r.self_published, w.accepted, w.consumed,
    CASE WHEN w.digest = p.digest AND w.base = p.base AND r.parent = p.base AND r.proposal = p.number
        AND r.document = p.document AND b.document = p.document AND r.reviewer = w.reviewer THEN 1 ELSE 0 END,
    p.state
FROM publications b
JOIN reviews w ON w.company = b.company AND w.proposal = b.proposal AND w.position = b.review
JOIN proposals p ON p.company = b.company AND p.number = b.proposal
JOIN revisions r ON r.company = b.company AND r.hash = b.revision
WHERE b.company = :company ORDER BY b.number
"""
_UNPUBLISHED: Final = """
SELECT r.hash, r.document, r.number FROM revisions r
WHERE r.company = :company AND NOT EXISTS (SELECT 1 FROM publications b WHERE b.company = :company AND b.revision = r.hash)
ORDER BY r.document, r.number
"""
CHECKS: Final = (check_principals, check_contents, check_proposals, check_revisions, check_publications)
