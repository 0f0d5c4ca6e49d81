"""Import: files and folders become documents, as proposals, or at once as the owner's own publications."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Literal

from runlore.actions.caller import PROPOSED_FOR, Caller, Progress, show_published
from runlore.actions.offer import Candidate, Offer, check_together, list_errors, make_offer
from runlore.actions.publish import check_self_publishing, publish_proposal
from runlore.actions.redact import UNFIT_NAME, open_redactor
from runlore.errors import UsageError
from runlore.library.reading import read_tree
from runlore.model import Problem
from runlore.model.document import SHELVES
from runlore.model.library import Proposal, render_document_id
from runlore.record.blobs import get_bundle
from runlore.record.companies import list_teams
from runlore.record.database import Transaction
from runlore.record.documents import find_document
from runlore.record.proposals import close_proposal, create_proposal, list_proposals
from runlore.record.revisions import get_revision
from runlore.runbooks.formats.bundling import Incoming, bundle_files

Outcome = Literal["published", "proposed", "waiting", "unchanged", "refused"]

_AT_ONCE = 200
"""Documents of one transaction: an import that is interrupted keeps what is done, and the next one goes on."""


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """What to import: paths, the shelf and team to put everything on (empty: as each document says or is), whether to publish at once."""

    paths: tuple[Path, ...]
    shelf: str = ""
    team: str = ""
    publish: bool = False


@dataclass(frozen=True, slots=True)
class ImportedDocument:
    """What became of one document. ``missing`` names what a runbook needs and this one does not say (empty on other shelves); ``proposal`` is 0 where nothing changed.

    ``outcome``: published, proposed, waiting (proposed like this before), unchanged, or refused: proposed, and not published because of an error.
    """

    id: str
    source: str
    outcome: Outcome
    format: str
    title: str
    owner: str
    reviewed: str
    steps: int
    missing: tuple[str, ...]
    problems: tuple[Problem, ...]
    proposal: int = 0
    revision: int = 0


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of all: documents in the order in which they were read, and the problems of what is no document."""

    documents: tuple[ImportedDocument, ...]
    problems: tuple[Problem, ...]
    group: str


def import_documents(caller: Caller, request: ImportRequest, progress: Progress | None = None) -> Imported:
    """Import what stands under the paths. Documents that stand as they are already are left alone.

    Raises NotAllowed, UsageError for a shelf or a team that there is not, NothingToRead for a path where nothing is.
    """
    caller.require("propose", "import documents")
    with caller.record.read() as tx:
        teams = check_place(tx, caller.company, request.shelf, request.team)
        if request.publish:
            check_self_publishing(tx, caller, "publish what it imports")
    problems: list[Problem] = []
    offers = list(read_offers(caller, request, teams, problems, progress))
    group = _group(offers)
    done: list[ImportedDocument] = []
    with caller.record.read() as tx:
        candidates = [Candidate(o.document, o.bundle, o.recognised) for o in offers]
        checked = check_together(tx, caller.company, candidates, caller.now)
    for batch in _batches(offers):
        with caller.record.write(caller.company) as tx:
            for offer in batch:
                done.append(_take(tx, caller, offer, request, group, checked[offer.document]))
                if progress:
                    progress(len(done), len(offers), offer.document)
    if request.publish:
        problems += show_published(caller)
    return Imported(tuple(done), tuple(problems), group)


def check_place(tx: Transaction, company: str, shelf: str, team: str) -> frozenset[str]:
    """Give the ids of the company's teams; raises UsageError where there is no such shelf or no such team."""
    if shelf and shelf not in SHELVES:
        raise UsageError(f"There is no shelf {shelf!r}; the shelves are {', '.join(SHELVES)}.")
    teams = frozenset(t.id for t in list_teams(tx, company))
    if team and team not in teams:
        raise UsageError(f"There is no team {team!r}. The owner makes it with `runlore team add {team}`.")
    return teams


def _batches(offers: Sequence[Offer]) -> Iterator[Sequence[Offer]]:
    return (offers[at : at + _AT_ONCE] for at in range(0, len(offers), _AT_ONCE))


def read_offers(
    caller: Caller,
    request: ImportRequest,
    teams: frozenset[str],
    problems: list[Problem],
    progress: Progress | None = None,
) -> Iterator[Offer]:
    """Read what stands under the request's paths, bundled and redacted; what is wrong with files that are no document goes to ``problems``."""
    redactor = open_redactor(caller.settings)
    taken: dict[str, str] = {}
    for tree in read_tree(request.paths):
        problems += tree.problems
        bundled = bundle_files(tree.files)
        own: dict[str, list[Problem]] = {document.source: [] for document in bundled.documents}
        for problem in bundled.problems:
            own.get(problem.file, problems).append(problem)
        for done, incoming in enumerate(bundled.documents, 1):
            if progress:
                progress(done, len(bundled.documents), f"reading {incoming.name}")
            shown = redactor.redact_text(incoming.source)
            if shown != incoming.source:
                problems.append(Problem(shown, 0, "secret-in-name", UNFIT_NAME))
                continue
            document, warnings = _place(incoming, request, teams)
            if document in taken:
                message = f"{document} comes from {taken[document]} already in this import: this one was left out. Rename one of the files."
                problems.append(Problem(incoming.source, 0, "import-collision", message))
                continue
            taken[document] = incoming.source
            offer = make_offer(redactor, document, incoming.bundle, incoming.source)
            yield replace(offer, problems=(*warnings, *own[incoming.source], *offer.problems))


def _place(incoming: Incoming, request: ImportRequest, teams: frozenset[str]) -> tuple[str, tuple[Problem, ...]]:
    """Say under which id a document is kept: where the request puts it, else where it says itself."""
    shelf = request.shelf or incoming.shelf
    team = request.team or incoming.team
    if team and team not in teams:
        message = f"The team {team!r} is not known, so the document is the company's. `runlore team add {team}`, and import it again, makes it the team's."
        return render_document_id("", shelf, incoming.name), (
            Problem(incoming.source, 0, "unknown-team", message, "warning"),
        )
    return render_document_id(team, shelf, incoming.name), ()


def _group(offers: Sequence[Offer]) -> str:
    """Name the import by its content, so that all of it can be reviewed together and the same import has the same name."""
    if len(offers) < 2:
        return ""
    digest = sha256()
    for offer in offers:
        digest.update(offer.document.encode())
        for file in offer.bundle.files:
            digest.update(file.path.encode() + b"\0" + sha256(file.content).digest())
    return f"import-{digest.hexdigest()[:10]}"


def _take(
    tx: Transaction, caller: Caller, offer: Offer, request: ImportRequest, group: str, found: tuple[Problem, ...]
) -> ImportedDocument:
    document = find_document(tx, caller.company, offer.document)
    head = get_revision(tx, caller.company, document.head) if document and document.head else None
    if (
        head is not None
        and document is not None
        and not document.retired
        and get_bundle(tx, caller.company, head) == offer.bundle
    ):
        return _told(offer, "unchanged", (), revision=head.number)
    proposal = create_proposal(
        tx, caller.company, offer.document, head.hash if head else "", offer.bundle, (caller.principal.id,),
        f"Imported from {offer.source}", "import", caller.now, caller.now + PROPOSED_FOR, group=group,
    )  # fmt: skip
    _make_way(tx, caller, proposal)
    if not request.publish:
        return _told(offer, "proposed" if proposal.created == caller.now else "waiting", found, proposal.number)
    if list_errors(found):
        return _told(offer, "refused", found, proposal.number)
    revision = publish_proposal(tx, caller, proposal, offer.recognised, self_published=True)
    return _told(offer, "published", found, proposal.number, revision.number)


def _make_way(tx: Transaction, caller: Caller, proposal: Proposal) -> None:
    """Withdraw what the same person imported of this document before and nobody has decided: the newest state of the file counts."""
    for other in list_proposals(tx, caller.company, "open", proposal.document):
        if other.number != proposal.number and other.origin == "import" and other.authors == proposal.authors:
            close_proposal(tx, caller.company, other.number, "withdrawn", caller.principal.id, caller.now)


def _told(
    offer: Offer,
    outcome: Outcome,
    found: tuple[Problem, ...],
    proposal: int = 0,
    revision: int = 0,
) -> ImportedDocument:
    said = offer.recognised
    return ImportedDocument(
        offer.document, offer.source, outcome, offer.bundle.format, said.title, said.owner, said.reviewed,
        len(said.runbook.steps) if said.runbook else 0, said.missing if "runbooks/" in offer.document else (), (*offer.problems, *found), proposal, revision,
    )  # fmt: skip
