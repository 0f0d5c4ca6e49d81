"""What the record holds: principals, documents with their revisions, proposals, reviews, assignments; as values.

Times are whole microseconds since the epoch, UTC; 0 or None where a field says so. Documents are known by their id:
``shelf/name``, or ``team:shelf/name`` where a team owns them. Hashes are ``sha256:…`` over canonical content.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from runlore.model.document import Format, LinkKind

PrincipalClass = Literal["human", "agent", "service"]
Scope = Literal["read", "propose", "review", "publish", "assign", "run", "verify", "own"]
ProposalState = Literal["open", "accepted", "rejected", "withdrawn", "expired", "published"]
Origin = Literal["import", "draft", "fact", "hand-edit", "agent", "person", "rollback", "merge"]
Health = Literal["ready", "missing", "rejected", "unreachable", "unknown"]


@dataclass(frozen=True, slots=True)
class Principal:
    """Who acts. The class is fixed at creation and known from the credential alone; ``operator`` is the human behind an agent
    (the id of a principal, empty for none); ``expires`` and ``revoked`` are 0 where they do not apply."""

    company: str
    id: str
    name: str
    kind: PrincipalClass
    scopes: tuple[Scope, ...]
    operator: str = ""
    teams: tuple[str, ...] = ()
    created: int = 0
    expires: int = 0
    revoked: int = 0

    def may(self, scope: Scope) -> bool:
        """Say whether the principal has a scope; an owner has all of them."""
        return scope in self.scopes or "own" in self.scopes


@dataclass(frozen=True, slots=True)
class Document:
    """A document as it stands: ``head`` is the hash of its approved revision, empty before the first one.

    ``reviewed`` is an ISO date or empty, ``review_every`` as the document says it ("90 days") or empty. ``refines`` is the id of
    the company's document that a team's document refines, empty for none. ``retired`` is 0 while the document is in use.
    """

    company: str
    id: str
    team: str
    shelf: str
    name: str
    title: str = ""
    description: str = ""
    owner: str = ""
    reviewed: str = ""
    review_every: str = ""
    head: str = ""
    revisions: int = 0
    refines: str = ""
    created: int = 0
    retired: int = 0


@dataclass(frozen=True, slots=True)
class StoredLink:
    """A link as the record holds it: ``document`` is the id of the document whose approved revision points, the rest as in Link."""

    document: str
    kind: LinkKind
    target: str
    where: str


@dataclass(frozen=True, slots=True)
class StoredRequest:
    """A request that a document has served, or that it was mined from; ``seq`` counts the company's requests from 1."""

    company: str
    seq: int
    document: str
    text: str
    origin: str
    at: int


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One file of a revision or a proposal: its path within the document, and the hash and size in bytes of its content."""

    path: str
    hash: str
    size: int
    executable: bool = False


@dataclass(frozen=True, slots=True)
class Revision:
    """One published state of a document. ``number`` counts from 1; ``parent`` is the revision before it, empty for the first.

    ``reviewer`` equals ``author`` only where ``self_published``. The hash covers document, parent, format, main and files.
    """

    company: str
    hash: str
    document: str
    number: int
    parent: str
    format: Format
    main: str
    files: tuple[StoredFile, ...]
    title: str
    description: str
    author: str
    reviewer: str
    proposal: int
    reason: str
    published: int
    self_published: bool = False


@dataclass(frozen=True, slots=True)
class Proposal:
    """A text offered against a base revision; inactive until published. ``digest`` is over exactly its bytes, its base and its document.

    ``number`` counts within the company. ``base`` is empty for a new document. ``authors`` is everyone who wrote it, the first is who offered it.
    ``group`` joins related proposals that are reviewed together, empty for none. ``evidence`` is JSON. ``retires`` asks to take the document out of use.
    """

    company: str
    number: int
    document: str
    base: str
    format: Format
    main: str
    files: tuple[StoredFile, ...]
    digest: str
    authors: tuple[str, ...]
    reason: str
    origin: Origin
    state: ProposalState
    created: int
    expires: int
    group: str = ""
    evidence: Any = None
    retires: bool = False


@dataclass(frozen=True, slots=True)
class Review:
    """A decision on exactly the bytes of a proposal against exactly its base; ``consumed`` is 0 until its one use.

    ``position`` counts the reviews of the proposal from 1.
    """

    company: str
    proposal: int
    reviewer: str
    digest: str
    base: str
    accepted: bool
    comment: str
    decided: int
    expires: int
    consumed: int = 0
    position: int = 1


@dataclass(frozen=True, slots=True)
class Assignment:
    """An issue given to a worker with its context pack, pinned to revisions. ``pack`` is the hash of the pack's JSON."""

    company: str
    number: int
    issue: int
    worker: str
    by: str
    budget: int
    pack: str
    pins: tuple[str, ...]
    created: int


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """The last known state of an integration; ``checked`` is 0 and the state ``unknown`` where nobody has checked."""

    company: str
    integration: str
    state: Health
    detail: str = ""
    checked: int = 0


@dataclass(frozen=True, slots=True)
class LogEvent:
    """One event of the record's log: dense in ``seq`` (from 1, per company), chained by ``hash`` over the one before."""

    company: str
    seq: int
    at: int
    principal: str
    kind: str
    subject: str
    body: Any
    previous: str
    hash: str


@dataclass(frozen=True, slots=True)
class Publication:
    """A row of the outbox: a revision that the library folder must show. ``commit`` is empty until the folder does.

    ``proposal`` and ``event`` are the numbers of the proposal that it published and of its event in the log.
    """

    company: str
    number: int
    document: str
    revision: str
    at: int
    commit: str = ""
    proposal: int = 0
    event: int = 0


def parse_document_id(text: str) -> tuple[str, str, str] | None:
    """Take ``shelf/name`` or ``team:shelf/name`` apart into team, shelf and name; None where the text is neither."""
    team, colon, rest = text.rpartition(":")
    shelf, slash, name = rest.partition("/")
    if not slash or not shelf or not name or "/" in name or (colon and not team):
        return None
    return team, shelf, name


def render_document_id(team: str, shelf: str, name: str) -> str:
    """Put team, shelf and name together, the inverse of parse_document_id."""
    return f"{team}:{shelf}/{name}" if team else f"{shelf}/{name}"
