"""Draft from one session: a provisional runbook, marked as resting on one."""

from __future__ import annotations

import msgspec
from rapidfuzz import process

from runlore.actions.drafts import make_draft
from runlore.corpus.digests import list_digests
from runlore.corpus.index import list_entries, open_index
from runlore.errors import NoSuchName, UsageError
from runlore.mining.digest import VERSION, Case, Digest
from runlore.mining.mine import from_case
from runlore.runbooks.draft import Drafted
from runlore.settings import Settings


def draft_session(settings: Settings, session: str, number: int | None = None) -> Drafted:
    """Draft the runbook of one case of one session (by its id or the beginning of it): the given one, else the one with most effects.

    Raises NoSuchName where no mined session goes by the id, UsageError where the session has no such case.
    """
    stored = list_digests(settings.home, VERSION)
    chosen = [e for e in stored if e.session == session] or [e for e in stored if e.session.startswith(session)]
    if not chosen:
        near = process.extract(session, [e.session for e in stored], limit=3, score_cutoff=60)
        raise NoSuchName("session", session, tuple(n for n, *_ in near))
    entry = chosen[-1]
    digest = msgspec.structs.replace(msgspec.msgpack.decode(entry.read(), type=Digest), transcript=entry.transcript)
    cases = [c for c in digest.cases if any(call.outcome == "ok" for call in c.calls)]
    if not cases or (number is not None and number > len(cases)):
        raise UsageError(f"Session {entry.session} has {len(cases)} cases in which something was done.")
    case = cases[number - 1] if number else max(cases, key=_weight)
    with open_index(settings.home) as index:
        entries = {e.hash: e for e in list_entries(index)}
    return make_draft(settings.home, from_case(digest, case), entries)


def _weight(case: Case) -> tuple[int, int]:
    done = [c for c in case.calls if c.outcome == "ok"]
    return sum(c.role == "effect" for c in done), len(done)
