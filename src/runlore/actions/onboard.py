"""Onboard: the starting pack of a new worker: who we are, what matters, which repository, where things are, how approvals work, which runbooks there are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from runlore.actions.caller import Caller
from runlore.actions.candidates import document_candidate, record_candidate
from runlore.actions.compose import MATCHES
from runlore.actions.search import get_index, particular
from runlore.actions.shelved import choose_teams, find_shelved, list_visible
from runlore.context.packing.pack import pack
from runlore.context.packing.wording import plain
from runlore.model.condition_text import render_code
from runlore.model.library import Principal
from runlore.model.pack import STARTING_SECTIONS, Candidate, ContextPack, PackRequest
from runlore.model.search import Hit, Passage
from runlore.record.companies import get_company
from runlore.record.database import Transaction
from runlore.record.documents import list_links_from
from runlore.record.principals import find_principal, is_active, list_principals
from runlore.retrieval.index import SearchIndex
from runlore.runbooks.inline import render_names
from runlore.runbooks.tokens import count

BUDGET: Final = 3000
_WHO: Final = "who we are: the company, its mission, what we do, for whom, our customers, how we are organised"
_QUESTIONS: Final[tuple[tuple[str, str], ...]] = (
    ("Which repository", "which repository, where the code is, how to clone, build and test it"),
    ("Where things are", "where things are: folders, files, logo, drive, channels, accounts, dashboards, databases"),
    ("How approvals work", "how approvals work: who has to say yes, who reviews, how to ask, whom to escalate to"),
)
"""The sections that are answered from notes and lessons, each with the question that it answers."""
_NOTES: Final = ("notes", "lessons")
_MOST_DOCUMENTS: Final = 12
_MOST_RUNBOOKS: Final = 200
_MOST_ROLES: Final = 12
_MOST_ANSWERS: Final = 3
_STRATEGY_SHARE: Final = 0.15
_NOTE_SHARE: Final = 0.12
_BRAND_SHARE: Final = 0.08


@dataclass(frozen=True, slots=True)
class _Start:
    """What everything is looked up with."""

    tx: Transaction
    company: str
    index: SearchIndex
    teams: tuple[str, ...]


def onboard(caller: Caller, worker: str, *, team: str = "", budget: int = BUDGET) -> ContextPack:
    """Give the starting pack of a worker, who need not be a principal yet, as a member of a team.

    1. Strategy comes first: who we are, then what matters, with the rules of the brand.
    2. Notes and lessons answer where the repository and everything else is; a note stands where it answers best, once.
    3. How approvals work is computed from the record, with the note about it beside.
    4. The runbooks that the worker may be given are listed, the team's own first.
    Raises NotAllowed, NoSuchName for an unknown team, BudgetTooSmall.
    """
    caller.require("read", "read the library")
    with get_index(caller) as index, caller.record.read() as tx:
        who = find_principal(tx, caller.company, worker)
        teams = choose_teams(tx, caller.company, team, who.teams if who else ())
        start = _Start(tx, caller.company, index, teams)
        name = get_company(tx, caller.company).name
        roles = tuple(_roles(start))
        candidates = (
            *_strategy(start),
            *_answers(start),
            record_candidate("How approvals work", *_approvals(tx, caller.company, caller.now, roles)),
            *_runbooks(start),
            *_brand(start),
            *_others(start),
        )
    title = f"{who.name if who else worker}, at {name}" + (f", team {team}" if team else "")
    return pack(PackRequest("onboarding", title), candidates, budget=budget, count=count, sections=STARTING_SECTIONS)


def _strategy(start: _Start) -> Iterator[Candidate]:
    """The documents of the strategy shelf: what answers who we are first, then the others by name."""
    documents = _visible(start, "strategy")
    ranked = start.index.passages(_WHO, shelves=("strategy",), limit=_MOST_DOCUMENTS)
    first = next((p.name for p in ranked if p.name in documents), next(iter(documents), ""))
    for name in sorted(documents, key=lambda n: (n != first, n)):
        section = "Who we are" if name == first else "What matters"
        yield from _whole(start, name, section, "strategy", _STRATEGY_SHARE)


def _brand(start: _Start) -> Iterator[Candidate]:
    for name in _visible(start, "brand"):
        yield from _whole(start, name, "What matters", "brand", _BRAND_SHARE)


def _answers(start: _Start) -> Iterator[Candidate]:
    """The notes and lessons that answer the questions; each document under the question that it answers best, and named under the others."""
    found: dict[str, dict[str, Hit]] = {}
    for section, question in _QUESTIONS:
        hits = particular(start.index.search(question, shelves=_NOTES, limit=_MOST_ANSWERS, abstain=False), start.teams)
        found[section] = {hit.name: hit for hit in hits if hit.score >= MATCHES}
    for section, question in _QUESTIONS:
        for name, hit in found[section].items():
            best = max((hits[name].score, other) for other, hits in found.items() if name in hits)[1]
            passages = start.index.passages(question, names=(name,), limit=_MOST_DOCUMENTS)
            if best == section:
                yield from _answer(start, hit, section, passages)
            else:
                place = f"*{plain(passages[0].heading, 80)}* in " if passages else ""
                text = f"- See {place}`{name}`, under *{best}*."
                yield record_candidate(section, text, document=name, why=f"answers {section.lower()}")


def _answer(start: _Start, hit: Hit, section: str, passages: Sequence[Passage]) -> Iterator[Candidate]:
    shelved = find_shelved(start.tx, start.company, hit.name)
    if shelved is not None:
        why = (f"answers {section.lower()} ({hit.score:.2f})",)
        yield document_candidate(shelved, passages, why, section=section, share=_NOTE_SHARE)


def _others(start: _Start) -> Iterator[Candidate]:
    """What else stands on the shelves of notes and lessons, by its title; what is in the pack already is joined with it."""
    for shelf in _NOTES:
        for name in _visible(start, shelf):
            shelved = find_shelved(start.tx, start.company, name)
            if shelved is not None:
                why = (f"stands on the shelf {shelf}",)
                yield replace(
                    document_candidate(shelved, (), why, section="What else to know", share=_NOTE_SHARE), texts=()
                )


def _roles(start: _Start) -> Iterator[tuple[str, str]]:
    """Which role is asked for a yes in which runbook."""
    for document in list_visible(start.tx, start.company, "runbooks", start.teams)[:_MOST_RUNBOOKS]:
        for link in list_links_from(start.tx, start.company, document.id):
            if link.kind == "role" and "/approval" in link.where:
                yield link.target, document.id


def _whole(start: _Start, name: str, section: str, shelf: str, share: float) -> Iterator[Candidate]:
    shelved = find_shelved(start.tx, start.company, name)
    if shelved is not None:
        yield document_candidate(shelved, (), (f"stands on the shelf {shelf}",), section=section, share=share)


def _visible(start: _Start, shelf: str) -> tuple[str, ...]:
    """The documents of a shelf that are there for the teams, by id; a team's own stands in for the company's."""
    return tuple(d.id for d in list_visible(start.tx, start.company, shelf, start.teams))[:_MOST_DOCUMENTS]


def _approvals(tx: Transaction, company: str, now: int, roles: Sequence[tuple[str, str]]) -> tuple[str, str]:
    """How approvals work here, from the record: which roles are asked, who reviews and who publishes; in full and in short."""
    people = [p for p in list_principals(tx, company) if p.kind == "human" and is_active(p, now)]
    owners = _names(p for p in people if "own" in p.scopes)
    reviewers = _names(p for p in people if p.may("review"))
    assigners = _names(p for p in people if p.may("assign"))
    short = f"Ask before each step that has an *Approval*. Proposals are reviewed by {reviewers}."
    asked: dict[str, list[str]] = {}
    for role, runbook in roles:
        asked.setdefault(role, []).append(runbook)
    full = "\n".join(
        [
            "- A step with an *Approval* waits for a yes of the role that it names, over exactly what was shown. Silence is no yes.",
            *(
                f"- {render_code(role)} is asked in {render_names(tuple(dict.fromkeys(names))[:_MOST_ROLES])}."
                for role, names in sorted(asked.items())[:_MOST_ROLES]
            ),
            f"- Work is given by {assigners}. A worker never approves its own work, and no agent approves any.",
            f"- What should change in the library is proposed (`runlore propose`), and reviewed by somebody who did not write it: {reviewers}.",
            f"- Owners: {owners}. They alone decide on principals, imports and policy.",
        ]
    )
    return full, short


def _names(people: Iterable[Principal]) -> str:
    names = [plain(p.name, 60) for p in people]
    return ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "") if names else "nobody yet"


def _runbooks(start: _Start) -> Iterator[Candidate]:
    """The list of runbooks, with what each is for, and in short by name alone."""
    documents = sorted(
        list_visible(start.tx, start.company, "runbooks", start.teams),
        key=lambda d: (d.team not in start.teams, d.id),
    )
    if not documents:
        yield record_candidate("Runbooks", "There is none yet.")
        return
    more = (
        [f"- and {len(documents) - _MOST_RUNBOOKS} more: `runlore list runbooks`"]
        if len(documents) > _MOST_RUNBOOKS
        else []
    )
    kept = documents[:_MOST_RUNBOOKS]
    long = [
        f"- `{d.id}`: {plain(d.title, 80)}. {plain(_first_sentence(d.description), 160)}".rstrip(". ") for d in kept
    ]
    titles = [f"- `{d.id}`: {plain(d.title, 80)}" for d in kept]
    few = f'{len(documents)}, by name: `runlore list runbooks`; for a piece of work: `runlore context "…"`.'
    yield record_candidate("Runbooks", *("\n".join([*lines, *more]) for lines in (long, titles)), few)


def _first_sentence(text: str) -> str:
    return text.split(". ", maxsplit=1)[0].strip()
