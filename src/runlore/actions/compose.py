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
from runlore.context.ranking.belief import FITS, stands_clear
from runlore.errors import Conflict
from runlore.model.document import Link
from runlore.model.library import Document, parse_document_id
from runlore.model.pack import Candidate, ContextPack, GivenInput, LeftOut, PackRequest
from runlore.model.search import Hit, Passage
from runlore.record.database import Transaction
from runlore.record.documents import resolve_name
from runlore.record.health import get_health
from runlore.retrieval.index import SearchIndex
from runlore.runbooks.fill import field_key, find_given
from runlore.runbooks.formats.places import name_of
from runlore.runbooks.tokens import count

BUDGET: Final = 4000
"""Tokens of a pack where nobody says otherwise."""
KNOWLEDGE: Final = ("brand", "customers", "lessons", "notes", "strategy")
"""The shelves whose passages are looked through for what matches."""
_LONGEST_TITLE: Final = 1000
_LONGEST_QUERY: Final = 4000
_RIVALS: Final = 5
_MOST_PASSAGES: Final = 16
_MOSTMATCHES: Final = 10
_MOST_NAMED: Final = 20
_NEAR: Final = 0.1
"""The share of the best one's score that it needs, too."""
_MOST_SKILLS: Final = 3
CHOSEN: Final = "What the leader adds"
NAMED: Final = "What the steps name"
MATCHING: Final = "What else matches"
MATCHES: Final = 0.02
"""The score from which on a document that nothing names is taken along: far less than fitting, because it stands beside what fits."""


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
        title = self.request.title[:_LONGEST_TITLE]
        short = f"{title} {labels}".strip()
        full = f"{title}\n{self.request.body[:_LONGEST_QUERY]}\n{labels}".strip()
        return (short, full) if self.request.body.strip() else (short,)

    def find(self, queries: Sequence[str], shelves: tuple[str, ...], limit: int) -> tuple[Hit, ...]:
        """Find the documents nearest to one of the queries, whether they fit or not, each with its best score."""
        best: dict[str, Hit] = {}
        for hits in self.index.search_many(queries, shelves=shelves, limit=limit, abstain=False):
            for hit in hits:
                if hit.name not in best or best[hit.name].score < hit.score:
                    best[hit.name] = hit
        ranked = sorted(best.values(), key=lambda hit: (-hit.score, hit.name))
        return particular([hit for hit in ranked if hit.name not in self.without], self.teams)


@dataclass(frozen=True, slots=True)
class _Named:
    """A document of knowledge that is to be in the pack, before its passages are known."""

    shelved: Shelved
    why: tuple[str, ...]
    section: str
    share: float


@dataclass(frozen=True, slots=True)
class _Linked:
    """What a runbook points to, in the order in which it does: the candidates, and what is not there."""

    candidates: tuple[Candidate | _Named, ...]
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
        without = frozenset(resolve_name(tx, caller.company, name, tuple(teams)).id for name in choice.without)
        search = _Search(tx, caller.company, index, request, tuple(teams), without)
        runbook, why, rivals = _find_runbook(search, choice, known)
        own, filled = runbook_candidates(runbook, known, why) if runbook is not None else ((), None)
        linked = _linked(search, runbook)
        found = [
            *own,
            *_chosen(search, choice),
            *linked.candidates,
            *_named_by_issue(search, known),
            *_matching(search, runbook),
        ]
        candidates = tuple(_with_passages(search, found))
    kept = (c for c in candidates if c.document not in without)
    return pack(
        request,
        sorted(kept, key=lambda c: c.kind == "example"),
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


def _get_approved(search: _Search, document: Document) -> Shelved:
    shelved = find_shelved(search.tx, search.company, document.id)
    if shelved is None:
        raise Conflict(f"{document.id} has no approved revision in use, so no pack can hold it.")
    return shelved


def _find_runbook(
    search: _Search, choice: Choice, known: Mapping[str, GivenInput]
) -> tuple[Shelved | None, tuple[str, ...], tuple[LeftOut, ...]]:
    """Find the best runbook, or the one that was chosen; why, and which others were near."""
    ranked = _by_rule(search, search.find(search.queries, ("runbooks",), _RIVALS), known)
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
        if best is not None and hit.score >= MATCHES and hit.name not in (best.document.id, best.document.refines)
    )
    return best, why, rivals[: _RIVALS - 1]


def _by_rule(search: _Search, hits: Sequence[Hit], known: Mapping[str, GivenInput]) -> list[Hit]:
    """Put first what the company's own rules speak for, which hold also where the words alone would not do; without them nothing is left of
    hits of which the best does not fit.

    A rule is a label of *When to start* that the issue has, or that the issue gives all inputs that a runbook asks for, two at least.
    """
    labels = {label.lower() for label in search.request.labels}
    ranked: list[tuple[float, Hit]] = []
    for hit in hits:
        rules = _rules(search, hit.name, labels, known) if labels or search.request.fields else ()
        ranked.append((hit.score + FITS * len(rules), replace(hit, why=(*rules, *hit.why))))
    ranked.sort(key=lambda r: (-r[0], r[1].name))
    following = ranked[1][0] if len(ranked) > 1 else 0.0
    return [hit for _, hit in ranked] if ranked and stands_clear(ranked[0][0], following) else []


def _rules(search: _Search, name: str, labels: set[str], known: Mapping[str, GivenInput]) -> tuple[str, ...]:
    """Say which rules speak for a runbook."""
    shelved = find_shelved(search.tx, search.company, name)
    runbook = recognise_shelved(shelved).runbook if shelved else None
    if runbook is None:
        return ()
    named = sorted(labels & {t.text.strip("` ").lower() for t in runbook.triggers if t.kind == "label"})
    asked = [value.name for value in runbook.inputs if value.required]
    is_given = len(asked) > 1 and all(find_given(name, known, of_issue=False) for name in asked)
    return (
        *([f"starts with the label {named[0]}"] if named else ()),
        *([f"the issue gives all that it asks for ({', '.join(asked[:4])})"] if is_given else ()),
    )


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
    found: list[Candidate | _Named] = []
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
) -> Iterator[Candidate | _Named]:
    if kind == "integration":
        health = get_health(search.tx, search.company, shelved.document.id if shelved else target)
        if shelved is None:
            yield record_candidate("Integrations", f"- {render_health(target, health)}", document=target, why=why[0])
        else:
            yield integration_candidate(shelved, health, why)
    elif shelved is not None and kind == "skill":
        yield skill_candidate(shelved, why)
    elif shelved is not None:
        yield _Named(shelved, why, NAMED, NAMED_SHARE)


def _chosen(search: _Search, choice: Choice) -> Iterator[Candidate | _Named]:
    """What the leader adds."""
    for name in choice.skills:
        document = resolve_name(search.tx, search.company, _on_shelf(name, "skills"), search.teams)
        yield skill_candidate(_get_approved(search, document), (choice.why,))
    for name in choice.documents:
        document = resolve_name(search.tx, search.company, name, search.teams)
        yield _Named(_get_approved(search, document), (choice.why,), CHOSEN, NAMED_SHARE)


def _on_shelf(name: str, shelf: str) -> str:
    return name if "/" in name else f"{shelf}/{name}"


def _named_by_issue(search: _Search, known: Mapping[str, GivenInput]) -> Iterator[_Named]:
    """Documents that a value of the issue names: the customer, the campaign's note."""
    for key, given in list(known.items())[:_MOST_NAMED]:
        name = name_of(given.value) if len(given.value) <= 64 and not key.startswith("issue_") else ""
        for shelf in ("customers", "brand", "notes") if name else ():
            shelved = _particular(search, f"{shelf}/{name}")
            if shelved is not None:
                yield _Named(shelved, (f"the issue's {given.origin} names it",), MATCHING, NAMED_SHARE)


def _matching(search: _Search, runbook: Shelved | None) -> Iterator[Candidate | _Named]:
    """The documents of the knowledge shelves that fit the request together with what its runbook is called, best first; without a runbook
    also the skills that fit."""
    query = "\n".join([search.queries[-1], *([runbook.title] if runbook else [])])
    shelves = KNOWLEDGE if runbook else (*KNOWLEDGE, "skills")
    skills = 0
    for hit in search.find((query,), shelves, _MOSTMATCHES)[:_MOSTMATCHES]:
        shelved = find_shelved(search.tx, search.company, hit.name) if hit.score >= MATCHES else None
        if shelved is None:
            continue
        if hit.shelf != "skills":
            yield _Named(shelved, hit.why, MATCHING, MATCH_SHARE)
        elif hit.score >= FITS and skills < _MOST_SKILLS:
            skills += 1
            yield skill_candidate(shelved, hit.why)


def _with_passages(search: _Search, found: Sequence[Candidate | _Named]) -> Iterator[Candidate]:
    """Give the documents that were named or found their passages, all looked up at once."""
    names = {item.shelved.document.id for item in found if isinstance(item, _Named)}
    passages: dict[str, list[Passage]] = {name: [] for name in names}
    for passage in search.index.passages(search.queries[-1], names=names, limit=_MOST_PASSAGES) if names else ():
        passages[passage.name].append(passage)
    for item in found:
        if isinstance(item, _Named):
            own = passages[item.shelved.document.id]
            yield document_candidate(item.shelved, own, item.why, section=item.section, share=item.share)
        else:
            yield item


def _left_by_choice(without: frozenset[str]) -> tuple[LeftOut, ...]:
    return tuple(LeftOut("document", name, "", name, (), "left out by the leader", 0) for name in sorted(without))
