"""What one case of a session says by itself, where no run was kept of it: failures and what helped, people's words, departures from its runbook."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from runlore.debriefing.seen import Failed, Lacked, Objection, Other, Seen
from runlore.mining.conformance.plan import Plan
from runlore.mining.digest import Case
from runlore.mining.failures import collect
from runlore.mining.people import is_guidance, is_judgement
from runlore.model.conformance import Checked
from runlore.model.source import Source

_DEVIATIONS = frozenset({"guard ignored", "skipped", "out of order", "wrong source", "added", "approval skipped"})
_WORDS = frozenset({"refusal", "rejection", "correction"})
_ACCESS = re.compile(
    r"(?i)oauth|unauthori[sz]ed|\b40[13]\b|(?:token|credential|session|login|key)s?\b.{0,40}\b(?:expired|invalid|revoked|missing|dead)|"
    r"(?:expired|invalid|revoked|missing)\b.{0,30}\b(?:token|credential|session|login|api key)|not logged in|permission denied|access denied"
)
_LONGEST = 200


def seen_case(checked: Checked, case: Case, plan: Plan | None, document: str) -> Seen:
    """Gather what a checked case says. ``plan`` is that of the runbook it was checked against; without one nothing belongs to a step."""
    steps = {s.activity: s.number for s in plan.steps if s.activity} if plan else {}
    failed = tuple(_failed(checked, case, steps))
    objections = tuple(_objections(checked, case, steps))
    lacked = tuple(dict.fromkeys(_lacked(checked, case)))
    others = tuple(
        Other(d.text, d.step, _where(checked), d.sources) for d in checked.deviations if d.kind in _DEVIATIONS
    )
    well = case.reward >= 1.0 if case.reward is not None else not objections and not any(not f.recovery for f in failed)
    return Seen(document, well, checked.acted, failed, lacked, objections=objections, others=others)


def _where(checked: Checked) -> dict[str, object]:
    return {"session": checked.session, "case": checked.case}


def _failed(checked: Checked, case: Case, steps: dict[str, int]) -> Iterator[Failed]:
    for (activity, sign), found in sorted(collect([(checked.transcript, case)]).items()):
        recovery = found.recoveries.most_common(1)[0][0] if found.recoveries else ""
        places = tuple(Source(t, call.result_line or call.line, call.result_index) for t, call in found.sources)
        yield Failed(steps.get(activity, 0), sign, recovery, _where(checked), places)


def _lacked(checked: Checked, case: Case) -> Iterator[Lacked]:
    """An access that was refused: what the tools themselves call a dead token, a missing login, a missing right."""
    for call in case.calls:
        if call.outcome == "error" and _ACCESS.search(call.error):
            parts = [part for part in call.tool.split("__") if part not in ("", "mcp")]
            yield Lacked("access", call.name if call.command or not parts else parts[0], "", None)


def _objections(checked: Checked, case: Case, steps: dict[str, int]) -> Iterator[Objection]:
    """People's words that guide beyond their case, as mining quotes them."""
    for said in case.said:
        words = " ".join(said.text.split())
        if said.kind not in _WORDS or len(words) > _LONGEST or not (is_guidance(words) or is_judgement(words)):
            continue
        about = case.calls[said.after - 1].name if 0 < said.after <= len(case.calls) else ""
        place = (Source(checked.transcript, said.line, said.index),)
        yield Objection(steps.get(about, 0), words, "", _day(said.time), _where(checked), place)


def _day(time: float) -> str:
    return datetime.fromtimestamp(time, UTC).date().isoformat() if 0 < time < 4_102_444_800 else ""
