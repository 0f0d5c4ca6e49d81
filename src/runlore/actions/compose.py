"""Compose: what belongs to an issue or a request (the best runbook or none, and what goes with it), packed under a token budget."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from runlore.actions.caller import Caller
from runlore.actions.candidates import (
    MATCH_SHARE,
    NAMED_SHARE,
    document_candidate,
    integration_candidate,
    record_candidate,
    render_health,
    runbook_candidates,
    shown,
    skill_candidate,
    why_linked,
)
from runlore.actions.search import get_index, particular
from runlore.actions.shelved import Shelved, find_shelved, recognise_shelved
from runlore.context.packing.given import given_by
from runlore.context.packing.pack import pack
from runlore.errors import Conflict
from runlore.model.document import Link
from runlore.model.library import Document, parse_document_id
from runlore.model.pack import Candidate, ContextPack, GivenInput, LeftOut, PackRequest
from runlore.model.search import Hit, Passage
from runlore.record.database import Transaction
from runlore.record.documents import resolve_name
from runlore.record.health import get_health
from runlore.retrieval.index import SearchIndex
from runlore.runbooks.fill import Filled, field_key
from runlore.runbooks.formats.places import name_of
from runlore.runbooks.tokens import count

BUDGET: Final = 4000
"""Tokens of a pack where nobody says otherwise."""
KNOWLEDGE: Final = ("brand", "customers", "lessons", "notes", "strategy")
"""The shelves whose passages are looked through for what matches."""
_LONGEST_QUERY: Final = 4000
_RIVALS: Final = 5
_MOST_PASSAGES: Final = 16
_MOST_MATCHES: Final = 10
_MOST_NAMED: Final = 20
_MOST_SKILLS: Final = 3
_MATCHES: Final = 0.2
"""The score from which on a document that nothing names is taken along."""
_LABEL: Final = 0.3
"""What it adds to a runbook's score that it starts with a label which the issue has."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a leader wants otherwise than proposed: this runbook, these skills and documents too, and these things not; by name. ``why`` is said of what is chosen."""

    runbook: str = ""
    skills: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    why: str = "chosen by the leader"


PROPOSED: Final = Choice()
"""Nothing otherwise than proposed."""


@dataclass(frozen=True, slots=True)
class _Search:
    """What everything is looked up with: a snapshot, the index, the request, whose teams count."""

    tx: Transaction
    company: str
    index: SearchIndex
    request: PackRequest
    teams: tuple[str, ...]
    without: frozenset[str]

    @property
    def queries(self) -> tuple[str, ...]:
        """The request in short (title and labels) and in full; what fits either fits."""
        labels = " ".join(self.request.labels)
        short = f"{self.request.title} {labels}".strip()
        full = f"{self.request.title}\n{self.request.body[:_LONGEST_QUERY]}\n{labels}".strip()
        return tuple(dict.fromkeys((short, full)))

    @property
    def query(self) -> str:
        """The request in full."""
        return self.queries[-1]

    def find(self, shelves: tuple[str, ...], limit: int, *more: str) -> tuple[Hit, ...]:
        """Find the documents that fit the request, or one of the ``more`` queries, each with its best score."""
        best: dict[str, Hit] = {}
        for hits in self.index.search_many((*self.queries, *more), shelves=shelves, limit=limit):
            for hit in hits:
                if hit.name not in best or best[hit.name].score < hit.score:
                    best[hit.name] = hit
        ranked = sorted(best.values(), key=lambda hit: (-hit.score, hit.name))
        return particular([hit for hit in ranked if hit.name not in self.without], self.teams)


@dataclass(frozen=True, slots=True)
class _Linked:
    """What a runbook points to, in the order in which it does: the candidates, and what is not there."""

    candidates: tuple[Candidate, ...]
    missing: tuple[LeftOut, ...]


def compose(
    caller: Caller,
    request: PackRequest,
    *,
    budget: int = BUDGET,
    teams: Sequence[str] = (),
    choice: Choice = PROPOSED,
) -> ContextPack:
    """Give the pack for a request as a member of ``teams`` gets it. Raises NotAllowed, BudgetTooSmall, NoSuchName for what was chosen."""
    caller.require("read", "read the library")
    request = _shown(request)
    known = given_by(request, field_key)
    with get_index(caller) as index, caller.record.read() as tx:
        without = frozenset(_resolve(tx, caller, name, teams).id for name in choice.without)
        search = _Search(tx, caller.company, index, request, tuple(teams), without)
        candidates: list[Candidate] = []
        runbook, why, rivals = _find_runbook(search, choice)
        filled: Filled | None = None
        if runbook is not None:
            own, filled = runbook_candidates(runbook, known, why)
            candidates += own
        linked = _linked(search, runbook)
        candidates += _chosen(search, choice, caller)
        candidates += linked.candidates
        candidates += _matching_skills(search) if runbook is None else ()
        candidates += _named_by_issue(search, known)
        candidates += _matching(search, runbook)
    candidates = [c for c in candidates if c.document not in without]
    return pack(
        request,
        sorted(candidates, key=lambda c: c.kind == "example"),
        budget=budget,
        count=count,
        given=filled.given if filled else (),
        missing=filled.missing if filled else (),
        passed_over=(*linked.missing, *rivals, *_left_by_choice(without)),
    )


def _shown(request: PackRequest) -> PackRequest:
    """The request without hidden characters."""
    fields = tuple((shown(name), shown(value)) for name, value in request.fields)
    labels = tuple(shown(label) for label in request.labels)
    return replace(request, title=shown(request.title), body=shown(request.body), labels=labels, fields=fields)


def _resolve(tx: Transaction, caller: Caller, name: str, teams: Sequence[str], shelf: str = "") -> Document:
    """Resolve a name that somebody gave; a bare one stands on ``shelf`` where that is given."""
    full = f"{shelf}/{name}" if shelf and "/" not in name else name
    return resolve_name(tx, caller.company, full, tuple(teams))


def _get_approved(search: _Search, document: Document) -> Shelved:
    shelved = find_shelved(search.tx, search.company, document.id)
    if shelved is None:
        raise Conflict(f"{document.id} has no approved revision in use, so no pack can hold it.")
    return shelved


def _find_runbook(search: _Search, choice: Choice) -> tuple[Shelved | None, tuple[str, ...], tuple[LeftOut, ...]]:
    """Find the best runbook, or the one that was chosen; why, and which others were near."""
    ranked = _by_label(search, search.find(("runbooks",), _RIVALS))
    if choice.runbook:
        document = resolve_name(search.tx, search.company, _on_shelf(choice.runbook, "runbooks"), search.teams)
        best: Shelved | None = _get_approved(search, document)
        why: tuple[str, ...] = (choice.why,)
    else:
        best = _particular(search, ranked[0].name) if ranked else None
        why = ("fits best", *ranked[0].why) if ranked else ()
    rivals = tuple(
        LeftOut("runbook", hit.name, hit.revision, hit.title, hit.why, "another runbook fits better", 0)
        for hit in ranked
        if best is not None and hit.score >= _MATCHES and hit.name not in (best.document.id, best.document.refines)
    )
    return best, why, rivals[: _RIVALS - 1]


def _by_label(search: _Search, hits: Sequence[Hit]) -> list[Hit]:
    """Put first what starts with a label that the issue has: the company's own rule, which holds also where the words alone would not do."""
    labels = {label.lower() for label in search.request.labels}
    if not labels:
        return list(hits)
    found = {hit.name: hit for hit in hits}
    for hit in search.index.search(search.query, shelves=("runbooks",), limit=_RIVALS, abstain=False):
        found.setdefault(hit.name, hit)
    ranked: list[tuple[float, Hit]] = []
    for hit in particular([h for h in found.values() if h.name not in search.without], search.teams):
        shelved = find_shelved(search.tx, search.company, hit.name)
        runbook = recognise_shelved(shelved).runbook if shelved else None
        own = {t.text.strip("` ").lower() for t in runbook.triggers if t.kind == "label"} if runbook else set()
        named = sorted(labels & own)
        if named:
            ranked.append((hit.score + _LABEL, replace(hit, why=(f"starts with the label {named[0]}", *hit.why))))
        elif any(hit.name == fitting.name for fitting in hits):
            ranked.append((hit.score, hit))
    return [hit for _, hit in sorted(ranked, key=lambda r: (-r[0], r[1].name))]


def _particular(search: _Search, name: str) -> Shelved | None:
    """Find a document, or what one of the teams has in its place."""
    parts = parse_document_id(name)
    for team in search.teams if parts and not parts[0] else ():
        own = find_shelved(search.tx, search.company, f"{team}:{name}")
        if own is not None:
            return own
    return find_shelved(search.tx, search.company, name)


def _linked(search: _Search, runbook: Shelved | None) -> _Linked:
    """What the runbook points to: its integrations with their health, the documents that its steps name, its skills."""
    links: dict[tuple[str, str], list[Link]] = {}
    for link in recognise_shelved(runbook).links if runbook else ():
        if link.kind in ("integration", "document", "skill"):
            links.setdefault((link.kind, link.target), []).append(link)
    found: list[Candidate] = []
    missing: list[LeftOut] = []
    for kind in ("integration", "document", "skill"):
        for (own, target), places in links.items():
            if own == kind:
                shelved, why = _particular(search, target), why_linked(places)
                if shelved is None:
                    missing.append(LeftOut("document", target, "", target, why, "it has no approved revision", 0))
                found += _linked_candidate(search, kind, target, shelved, why)
    return _Linked(tuple(found), tuple(missing))


def _linked_candidate(
    search: _Search, kind: str, target: str, shelved: Shelved | None, why: tuple[str, ...]
) -> Iterator[Candidate]:
    if kind == "integration":
        health = get_health(search.tx, search.company, shelved.document.id if shelved else target)
        if shelved is None:
            yield record_candidate("Integrations", f"- {render_health(target, health)}", document=target, why=why[0])
        else:
            yield integration_candidate(shelved, health, why)
    elif shelved is not None and kind == "skill":
        yield skill_candidate(shelved, why)
    elif shelved is not None:
        passages = search.index.passages(search.query, names=(shelved.document.id,), limit=_MOST_PASSAGES)
        yield document_candidate(shelved, passages, why, section="What the steps name", share=NAMED_SHARE)


def _chosen(search: _Search, choice: Choice, caller: Caller) -> Iterator[Candidate]:
    """What the leader adds."""
    for name in choice.skills:
        document = resolve_name(search.tx, search.company, _on_shelf(name, "skills"), search.teams)
        yield skill_candidate(_get_approved(search, document), (choice.why,))
    for name in choice.documents:
        document = _resolve(search.tx, caller, name, search.teams)
        passages = search.index.passages(search.query, names=(document.id,), limit=_MOST_PASSAGES)
        yield document_candidate(
            _get_approved(search, document),
            passages,
            (choice.why,),
            section="What the steps name",
            share=NAMED_SHARE,
        )


def _on_shelf(name: str, shelf: str) -> str:
    return name if "/" in name else f"{shelf}/{name}"


def _named_by_issue(search: _Search, known: Mapping[str, GivenInput]) -> Iterator[Candidate]:
    """Documents that a value of the issue names: the customer, the campaign's note."""
    for key, given in list(known.items())[:_MOST_NAMED]:
        name = name_of(given.value) if len(given.value) <= 64 and not key.startswith("issue_") else ""
        for shelf in ("customers", "brand", "notes") if name else ():
            shelved = _particular(search, f"{shelf}/{name}")
            if shelved is not None:
                why = (f"the issue's {given.origin} names it",)
                passages = search.index.passages(search.query, names=(shelved.document.id,), limit=_MOST_PASSAGES)
                yield document_candidate(shelved, passages, why, section="What else matches", share=NAMED_SHARE)


def _matching_skills(search: _Search) -> Iterator[Candidate]:
    """The skills that fit where no runbook does."""
    for hit in search.find(("skills",), _MOST_SKILLS)[:_MOST_SKILLS]:
        shelved = find_shelved(search.tx, search.company, hit.name)
        if shelved is not None and hit.score >= _MATCHES:
            yield skill_candidate(shelved, hit.why)


def _matching(search: _Search, runbook: Shelved | None) -> Iterator[Candidate]:
    """The documents of the knowledge shelves that fit the request, or the work that the runbook describes, best first, with their passages."""
    work = (f"{runbook.title}. {runbook.document.description}",) if runbook else ()
    hits = [hit for hit in search.find(KNOWLEDGE, _MOST_MATCHES, *work) if hit.score >= _MATCHES][:_MOST_MATCHES]
    passages: dict[str, list[Passage]] = {hit.name: [] for hit in hits}
    for passage in search.index.passages(search.query, names=tuple(passages), limit=_MOST_PASSAGES) if hits else ():
        passages[passage.name].append(passage)
    for hit in hits:
        shelved = find_shelved(search.tx, search.company, hit.name)
        if shelved is not None:
            yield document_candidate(
                shelved, passages[hit.name], hit.why, section="What else matches", share=MATCH_SHARE
            )


def _left_by_choice(without: frozenset[str]) -> tuple[LeftOut, ...]:
    return tuple(LeftOut("document", name, "", name, (), "left out by the leader", 0) for name in sorted(without))
