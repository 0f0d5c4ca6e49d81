"""Revise: findings that are ripe become one proposal for each document, behind the gate; what may publish itself does, within its limits."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from runlore.actions.caller import PROPOSED_FOR, Caller, show_published
from runlore.actions.debriefer import get_debriefer, publish_by_policy
from runlore.actions.note import NewNote, note
from runlore.actions.offer import day_of, main_text, make_offer, place_of
from runlore.actions.redact import open_redactor
from runlore.actions.replay import replay_runs
from runlore.actions.shelved import Shelved, find_shelved
from runlore.debriefing.gate import Verdict, judge
from runlore.debriefing.gather import Joined, by_document, choose_ripe, join
from runlore.errors import UsageError
from runlore.model.debrief import Finding, FindingState
from runlore.model.document import Bundle
from runlore.model.library import Proposal
from runlore.record.database import Transaction
from runlore.record.debriefs import list_findings, move_findings
from runlore.record.policies import find_policy
from runlore.record.proposals import create_proposal, get_proposal
from runlore.record.runs import get_run
from runlore.runbooks.amend import Amended, amend
from runlore.runbooks.lint import lint
from runlore.runbooks.parse import parse
from runlore.runbooks.tokens import count

GROUP = "debrief"
_SEEN = re.compile(r"\| *\d+ *\|$")


@dataclass(frozen=True, slots=True)
class Revised:
    """What became of the ripe findings of one document: the proposal (None where the gate refused or nothing was left to change), the gate's verdict,
    the changes that it holds, and those that it does not, with the reason. ``published`` where it published itself."""

    document: str
    proposal: Proposal | None
    verdict: Verdict | None
    changes: tuple[Joined, ...]
    left: tuple[tuple[Joined, str], ...]
    published: bool = False


def revise(caller: Caller, document: str = "") -> tuple[Revised, ...]:
    """Propose what the findings so far ask for, of one document or of all. Raises NotAllowed.

    1. Findings whose proposal was decided since are settled: accepted, or rejected, which keeps the same change away until its evidence has doubled.
    2. Findings about one line are joined; those that are ripe are applied to the approved text as small edits.
    3. The gate judges the result. What passes becomes one proposal a document, with evidence and verdict; what does not stays a finding.
    """
    caller.require("propose", "propose revisions")
    with caller.record.write(caller.company) as tx:
        settle(tx, caller)
        ripe = _list_ripe(tx, caller, document)
    done: list[Revised] = []
    for target, joined in by_document(ripe).items():
        done.append(_revise_document(caller, target, joined))
    return tuple(done)


def settle(tx: Transaction, caller: Caller) -> None:
    """Move findings on whose proposal was decided."""
    waiting: dict[int, list[int]] = {}
    for finding in list_findings(tx, caller.company, state="proposed"):
        waiting.setdefault(finding.proposal, []).append(finding.number)
    for number, findings in sorted(waiting.items()):
        state = get_proposal(tx, caller.company, number).state
        if state == "published":
            move_findings(tx, caller.company, findings, "accepted", number, caller.principal.id, caller.now)
        elif state in ("rejected", "withdrawn", "expired"):
            move_findings(tx, caller.company, findings, "rejected", number, caller.principal.id, caller.now)


def _list_ripe(tx: Transaction, caller: Caller, document: str) -> tuple[Joined, ...]:
    new = list_findings(tx, caller.company, state="new", document=document)
    refused = list_findings(tx, caller.company, state="rejected", document=document)
    rejected: dict[str, int] = {}
    for item in join(refused):
        rejected[item.key] = item.runs
    fresh = {f.key for f in new}
    return choose_ripe((j for j in join((*new, *refused)) if j.key in fresh), rejected)


def _revise_document(caller: Caller, document: str, joined: Sequence[Joined]) -> Revised:
    notes = [j for j in joined if j.change.kind == "note"]
    edits = [j for j in joined if j.change.kind != "note"]
    if notes and not edits:
        return _note(caller, document, notes)
    with caller.record.write(caller.company) as tx:
        there = find_shelved(tx, caller.company, document)
        if there is None:
            return Revised(document, None, None, (), tuple((j, "the document is not in the library") for j in joined))
        amended = amend(main_text(there.bundle), [j.change for j in edits])
        held = [j for j in edits if j.change in amended.applied]
        reasons = dict(amended.left)
        left = tuple((j, reasons.get(j.change, "")) for j in edits if j.change not in amended.applied)
        if left:
            _close_left(tx, caller, left)
        if not held:
            return Revised(document, None, None, (), left)
        verdict = _judge(tx, caller, there, amended, held)
        if not verdict.passed:
            return Revised(document, None, verdict, tuple(held), left)
        proposal = _propose(tx, caller, there, amended, held, verdict)
        numbers = [f.number for j in held for f in j.findings if f.state == "new"]
        move_findings(tx, caller.company, numbers, "proposed", proposal.number, caller.principal.id, caller.now)
        published = _publish_itself(tx, caller, there, amended, proposal)
    if published:
        show_published(caller)
    return Revised(document, proposal, verdict, tuple(held), left, published)


def _close_left(tx: Transaction, caller: Caller, left: Sequence[tuple[Joined, str]]) -> None:
    """What the document says already is no finding any more."""
    numbers = [f.number for j, why in left if "already" in why for f in j.findings if f.state == "new"]
    move_findings(tx, caller.company, numbers, "accepted", 0, caller.principal.id, caller.now)


def _judge(tx: Transaction, caller: Caller, there: Shelved, amended: Amended, held: Sequence[Joined]) -> Verdict:
    before, after = main_text(there.bundle), amended.text
    file = place_of(there.document.id, there.bundle)
    redactor = open_redactor(caller.settings)

    def find_secrets(text: str) -> list[tuple[int, int, str]]:
        return [(0, len(text), "secret")] if redactor.redact_text(text) != text else []

    problems = [lint(text, file, today=day_of(caller.now), find_secrets=find_secrets) for text in (before, after)]
    old, new = parse(before, file)[0], parse(after, file)[0]
    claimed = frozenset(
        int(f.evidence["run"])
        for j in held
        if j.change.kind == "guard"
        for f in j.findings
        if isinstance(f.evidence, dict) and "run" in f.evidence
    )
    replayed = replay_runs(tx, caller.company, there.document.id, old, new, claimed)
    return judge(there.document.id, problems[0], problems[1], replayed, (count(before), count(after)))


def _propose(
    tx: Transaction, caller: Caller, there: Shelved, amended: Amended, held: Sequence[Joined], verdict: Verdict
) -> Proposal:
    bundle = with_main(there.bundle, amended.text)
    offer = make_offer(open_redactor(caller.settings), there.document.id, bundle, place_of(there.document.id, bundle))
    runs = len({f.debrief for j in held for f in j.findings})
    reason = (
        f"{len(held)} change{'s' if len(held) != 1 else ''} from {runs} debrief{'s' if runs != 1 else ''}: "
        + "; ".join(_said(j) for j in held)
    )
    own = get_debriefer(tx, caller.company, caller.principal.id, caller.now).id
    counters = is_counters_only(main_text(there.bundle), amended.text)
    authors = (own,) if counters else tuple(dict.fromkeys((own, *_workers(tx, caller.company, held))))
    return create_proposal(
        tx, caller.company, there.document.id, there.revision.hash, offer.bundle, authors, reason[:2000],
        "agent", caller.now, caller.now + PROPOSED_FOR, group=GROUP, evidence=render_evidence(held, verdict),
    )  # fmt: skip


def _workers(tx: Transaction, company: str, held: Sequence[Joined]) -> tuple[str, ...]:
    """Name those whose words a change holds: the workers of the runs that it was seen in stand on its author's side."""
    numbers = {
        int(f.evidence["run"]) for j in held for f in j.findings if isinstance(f.evidence, dict) and "run" in f.evidence
    }
    return tuple(sorted({get_run(tx, company, number).worker for number in numbers}))


def _said(joined: Joined) -> str:
    first: Finding = joined.findings[0]
    return first.why if joined.runs == 1 else f"{first.why} (and {joined.runs - 1} more)"


def render_evidence(held: Sequence[Joined], verdict: Verdict) -> dict[str, Any]:
    """Give what is shown with the diff: each change with where it was seen, and what the gate found."""
    return {
        "changes": [
            {
                "field": j.change.field,
                "change": asdict(j.change),
                "runs": j.runs,
                "findings": [
                    {"finding": f.number, "question": f.question, "why": f.why, "evidence": f.evidence}
                    for f in j.findings
                ],
            }
            for j in held
        ],
        "gate": verdict_form(verdict),
    }


def verdict_form(verdict: Verdict) -> dict[str, Any]:
    """The machine form of what the gate found (docs/reference/machine-form.md)."""
    return {
        "passed": verdict.passed,
        "replayed": verdict.replayed,
        "broken": list(verdict.broken),
        "caught": verdict.caught,
        "missed": list(verdict.missed),
        "tokens": list(verdict.tokens),
        "problems": [p.message for p in verdict.problems],
    }


def with_main(bundle: Bundle, text: str) -> Bundle:
    """Give a document's files with another text of the main one."""
    content = text.encode("utf-8", "surrogatepass")
    return replace(
        bundle, files=tuple(replace(f, content=content) if f.path == bundle.main else f for f in bundle.files)
    )


def _note(caller: Caller, document: str, notes: Sequence[Joined]) -> Revised:
    """What workers said and transcripts show again and again goes to the shelf of lessons, labelled as what it is."""
    _, _, name = document.partition("/")
    text = "\n".join(f"- {_as_lesson(j)}" for j in notes)
    title = name.replace("-", " ")
    try:
        done = note(caller, NewNote(text, f"{title[:1].upper()}{title[1:]}", shelf="lessons"))
    except UsageError as error:
        return Revised(document, None, None, (), tuple((j, str(error)) for j in notes))
    proposal = done.proposals[0] if done.proposals else None
    numbers = [f.number for j in notes for f in j.findings if f.state == "new"]
    with caller.record.write(caller.company) as tx:
        state: FindingState = "proposed" if proposal else "accepted"
        move_findings(
            tx, caller.company, numbers, state, proposal.number if proposal else 0, caller.principal.id, caller.now
        )
    return Revised(document, proposal, None, tuple(notes), ())


def _as_lesson(joined: Joined) -> str:
    """A note as it stands on the shelf: the words, and whether a worker said so or transcripts show it."""
    first = joined.findings[0]
    if first.why == joined.change.text:
        return f"{joined.change.text} (seen in {joined.runs} session{'s' if joined.runs != 1 else ''})"
    return f"{joined.change.text} (said by a worker{f' in {joined.runs} debriefs' if joined.runs > 1 else ''})"


def is_counters_only(before: str, after: str) -> bool:
    """Say whether two texts differ in nothing but how often failures were seen: the one class that an owner may let publish itself."""
    old, new = before.splitlines(), after.splitlines()
    if len(old) != len(new):
        return False
    return all(
        a == b or (_SEEN.search(a) and _SEEN.sub("", a) == _SEEN.sub("", b)) for a, b in zip(old, new, strict=True)
    )


def _publish_itself(tx: Transaction, caller: Caller, there: Shelved, amended: Amended, proposal: Proposal) -> bool:
    """Publish a change of counters where an owner allowed that class; commands, links, approvals, guards, proof and permissions never are."""
    policy = find_policy(tx, caller.company, "counters")
    if policy is None or not is_counters_only(main_text(there.bundle), amended.text):
        return False
    return publish_by_policy(tx, caller, proposal, policy)
