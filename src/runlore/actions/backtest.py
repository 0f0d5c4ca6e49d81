"""Backtest: make a library from the earlier part of a history, and judge it by the later part."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgspec

from runlore.actions.mine import served_requests
from runlore.actions.reading import read_transcripts
from runlore.actions.runbooks import plan_of_mined
from runlore.context.routing import Served, lines_of, train
from runlore.corpus.files import write_file
from runlore.corpus.index import list_entries, open_index
from runlore.corpus.read import get_transcript
from runlore.errors import NothingToRead, UsageError
from runlore.mining.backtest.measure import judge
from runlore.mining.backtest.share import Count
from runlore.mining.conformance.check import Experience, watch_transcript
from runlore.mining.conformance.find import Library
from runlore.mining.digest import Case, Digest, digest
from runlore.mining.mine import Mined
from runlore.mining.mine import mine as find_workflows
from runlore.mining.words import content_words
from runlore.model import Problem, Transcript, Workflow
from runlore.model.backtest import Backtest, Share, Warnings
from runlore.model.moments import parse_moment
from runlore.report.backtest import render_backtests
from runlore.settings import Settings

LEAST_SESSIONS: Final = 6
"""Sessions of a project from which on it is judged by itself."""
SPLIT: Final = 0.7
_SHARE = re.compile(r"0?\.\d+")


@dataclass(frozen=True, slots=True)
class BacktestRequest:
    """Which history (``paths``; none: the corpus), and how to divide it: at a share of its sessions or at a day (``split``), in time; or
    each project against all the others."""

    paths: tuple[Path, ...] = ()
    split: str = ""
    by_project: bool = False


@dataclass(frozen=True, slots=True)
class BacktestResult:
    """What was judged, the whole history first, and what is wrong with the input."""

    backtests: tuple[Backtest, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class _Session:
    """A transcript and what mining makes of it."""

    transcript: Transcript
    digest: Digest


def backtest(settings: Settings, request: BacktestRequest) -> BacktestResult:
    """Judge what a library from the earlier part of the history would have foreseen in the later part. Raises NothingToRead, UsageError.

    A history of several projects is judged as a whole and each project by itself; with ``by_project`` each project by a library from the others.
    """
    sessions, problems = _read(settings, request.paths)
    if not sessions:
        where = ", ".join(str(p) for p in request.paths) or "the corpus"
        raise NothingToRead(where, "no transcript was found there that Runlore can read.")
    projects = _by_project(sessions)
    found = []
    if request.by_project:
        for name, own in projects:
            others = [s for s in sessions if s.digest.project != own[0].digest.project]
            if len(own) >= LEAST_SESSIONS and others:
                found.append(_judge(name, "a library from the other projects", others, own))
        if not found:
            raise UsageError(
                f"No project has at least {LEAST_SESSIONS} sessions and another beside it; leave --leave-one-project-out away to judge by time."
            )
        return BacktestResult(tuple(found), problems)
    whole = (("all sessions", sessions),) if len(projects) != 1 else ()
    for name, own in (*whole, *projects):
        if len(own) >= LEAST_SESSIONS or len(projects) == 1:
            earlier, later, division = _divide(own, request.split)
            found.append(_judge(name, division, earlier, later))
    return BacktestResult(tuple(found), problems)


def _read(settings: Settings, paths: Sequence[Path]) -> tuple[list[_Session], tuple[Problem, ...]]:
    """The sessions of the history in the order of their beginning, the latest state of each once."""
    problems: list[Problem] = []
    latest: dict[str, Transcript] = {}
    for item in read_transcripts(settings, paths) if paths else _corpus(settings):
        if isinstance(item, Problem):
            problems.append(item)
        elif len(item.events) >= len(latest[item.session].events if item.session in latest else ()):
            latest[item.session] = item
    ordered = sorted(latest.values(), key=lambda t: (t.started, t.session, t.hash))
    return [_Session(t, msgspec.structs.replace(digest(t), transcript=t.hash)) for t in ordered], tuple(problems)


def _corpus(settings: Settings) -> Iterable[Transcript]:
    with open_index(settings.home) as index:
        entries = list_entries(index)
    return (get_transcript(settings.home, entry) for entry in entries)


def _by_project(sessions: Sequence[_Session]) -> list[tuple[str, list[_Session]]]:
    groups: dict[str, list[_Session]] = defaultdict(list)
    for session in sessions:
        groups[session.digest.project].append(session)
    ranked = sorted(groups.items(), key=lambda g: (-len(g[1]), g[0]))
    return [("/".join(re.split(r"[/\\]", name.rstrip("/\\"))[-2:]) or "conversations", own) for name, own in ranked]


def _divide(sessions: Sequence[_Session], split: str) -> tuple[list[_Session], list[_Session], str]:
    """Divide sessions in time, at a share of them or at a day; raises UsageError where one part is empty."""
    if not split or _SHARE.fullmatch(split):
        at = round(len(sessions) * (float(split) if split else SPLIT))
        earlier, later = list(sessions[:at]), list(sessions[at:])
        division = f"the first {len(earlier)} of {len(sessions)} sessions"
    else:
        moment = _day(split)
        earlier = [s for s in sessions if s.digest.started < moment]
        later = [s for s in sessions if s.digest.started >= moment]
        division = f"sessions before {split}"
    if not earlier or not later:
        raise UsageError(f"Divided like this ({division}), one part of the history is empty; give another --split.")
    return earlier, later, division


def _day(text: str) -> float:
    day = parse_moment(text)
    if day is None:
        raise UsageError(f"--split {text!r} is neither a share such as 0.7 nor a day such as 2026-03-01.")
    return day


def _judge(name: str, division: str, earlier: Sequence[_Session], later: Sequence[_Session]) -> Backtest:
    before = [s.digest for s in earlier]
    mined = find_workflows(before)
    return judge(
        name,
        division,
        before,
        [s.digest for s in later],
        mined,
        _router(mined, before),
        _warnings(mined, [s.transcript for s in later]),
    )


def _router(mined: Mined, digests: Sequence[Digest]) -> Callable[[Case], Workflow | None]:
    """What gives the runbook that the words of a case's request are routed to."""
    requests = served_requests(mined.workflows, digests)
    by_name = {w.name: w for w in mined.workflows}
    router = train(
        [
            Served(w.name, content_words(f"{w.title} {w.name.replace('-', ' ')}"), requests.get(w.name, ()))
            for w in mined.workflows
        ]
    )

    def find(case: Case) -> Workflow | None:
        routes = router.route(lines_of(case.asked), 1) if by_name else ()
        return by_name[routes[0].name] if routes else None

    return find


def _warnings(mined: Mined, later: Sequence[Transcript]) -> Warnings:
    """What the guards would have said before the effects of the later sessions: an act is bad that the tool or a person refused,
    or that stands in a case whose outcome on record is bad."""
    plans = [plan_of_mined(w) for w in mined.workflows]
    guards = sum(len(step.guards) for plan in plans for step in plan.steps)
    right, false = Count(), Count()
    library = Library(plans)
    for transcript in later if guards else ():
        for watched in watch_transcript(transcript, library, Experience()):
            for act in watched.acts:
                bad = not act.good or (watched.reward is not None and watched.reward < 1)
                (right if bad else false).add(transcript.session, act.warned)
    return Warnings(right.share(), false.share(), guards)


def write_page(backtests: Sequence[Backtest], file: Path, generated: str) -> int:
    """Write the page of backtests to a file, beside and then moved; gives its size in bytes. Raises StoreError."""
    page = render_backtests(backtests, generated).encode("utf-8", errors="replace")
    write_file(file, page, durable=False)
    return len(page)


def backtest_form(one: Backtest) -> dict[str, Any]:
    """The machine form of a backtest (docs/reference/machine-form.md)."""
    return {
        "name": one.name,
        "division": one.division,
        "sessions": {"earlier": one.earlier, "later": one.later},
        "cases": one.cases,
        "runbooks": one.runbooks,
        "routed": share_form(one.routed),
        "failures": {"foreseen": share_form(one.failures), "seen_before": share_form(one.failures_seen)},
        "steps": {
            "known": share_form(one.steps),
            "next": share_form(one.next_step),
            "next_by_chain": share_form(one.next_step_chain),
        },
        "values": {"source_known": share_form(one.values), "usual_value": share_form(one.values_usual)},
        "guards": {
            "number": one.warnings.guards,
            "warned_of_bad": share_form(one.warnings.right),
            "warned_of_good": share_form(one.warnings.false),
        },
        "asked_again": msgspec.to_builtins(one.asked_again),
        "spent": msgspec.to_builtins(one.spent),
        "by_runbook": [
            {
                "name": r.name,
                "cases": r.cases,
                "steps": share_form(r.steps),
                "sources": share_form(r.sources),
                "failures": share_form(r.failures),
            }
            for r in one.by_runbook
        ],
    }


def share_form(share: Share) -> dict[str, Any]:
    """A share with its number, its sessions, its interval, and whether there is enough to go by."""
    return {
        "hits": share.hits,
        "total": share.total,
        "share": round(share.share, 4) if share.share is not None else None,
        "interval": [share.low, share.high],
        "sessions": share.sessions,
        "enough": share.enough,
    }
