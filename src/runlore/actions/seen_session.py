"""What one case of a session says by itself, where no run was kept of it: failures and what helped, people's words, departures from its runbook."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from runlore.debriefing.seen import Failed, Lacked, Objection, Other, Seen
from runlore.mining.conformance.plan import Plan
from runlore.mining.digest import Case
from runlore.mining.failures import collect, is_environmental
from runlore.mining.goals import is_coding
from runlore.mining.mine import is_failure
from runlore.mining.people import is_about_deed, is_guidance, is_judgement, is_rule_of_work
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
    steps = _places(plan) if plan else {}
    programs = frozenset(name.split(" ", 1)[0] for s in plan.steps for name, _ in s.shown) if plan else frozenset()
    failed = tuple(_failed(checked, case, steps, programs))
    objections = tuple(_objections(checked, case, steps))
    lacked = tuple(dict.fromkeys(_lacked(checked, case)))
    others = tuple(
        Other(d.text, d.step, _where(checked), d.sources) for d in checked.deviations if d.kind in _DEVIATIONS
    )
    well = case.reward >= 1.0 if case.reward is not None else not objections and not any(not f.recovery for f in failed)
    return Seen(document, well, checked.acted, failed, lacked, objections=objections, others=others)


def _places(plan: Plan) -> dict[str, int]:
    """The step of each activity: the one that is it, else the first whose text shows it."""
    shown = {name: s.number for s in reversed(plan.steps) for name, _ in reversed(s.shown)}
    return shown | {s.activity: s.number for s in plan.steps if s.activity}


def _where(checked: Checked) -> dict[str, object]:
    return {"session": checked.session, "case": checked.case}


def _failed(checked: Checked, case: Case, steps: dict[str, int], programs: frozenset[str]) -> Iterator[Failed]:
    """Failures of the runbook's own steps, of the programs that it shows, and of the surroundings; as in mining, a red test, an edit that missed
    and a conflict are what the work is about."""
    coding = is_coding(case)
    for (activity, sign), found in sorted(collect([(checked.transcript, case)]).items()):
        call = found.sources[0][1]
        own = activity in steps or (call.command and activity.split(" ", 1)[0] in programs)
        if not is_failure(call, sign) or ((call.command or coding) and not own and not is_environmental(sign)):
            continue
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
    """People's words that guide beyond their case, as mining quotes them: of a change to code, what is about a deed, or about how work is done."""
    coding = is_coding(case)
    for said in case.said:
        words = " ".join(said.text.split())
        if said.kind not in _WORDS or len(words) > _LONGEST or not (is_guidance(words) or is_judgement(words)):
            continue
        if coding and not is_about_deed(case, said) and not is_rule_of_work(words):
            continue
        about = case.calls[said.after - 1].name if 0 < said.after <= len(case.calls) else ""
        place = (Source(checked.transcript, said.line, said.index),)
        yield Objection(steps.get(about, 0), words, "", _day(said.time), _where(checked), place)


def _day(time: float) -> str:
    return datetime.fromtimestamp(time, UTC).date().isoformat() if 0 < time < 4_102_444_800 else ""
