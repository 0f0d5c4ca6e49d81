"""The six questions answered from what is known, each with what it would change; the worker is asked only what nothing else tells.

Small edits alone: a failure becomes a row of *Failure modes* and, once something helped, a line *If it fails*; a missing credential a prerequisite; a
proof that was refused again and again a sentence at its step; a person's no a line of *What good looks like* in their words; a departure that
worked a proposed shortcut; an answer from above a sentence at the step that asked.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator

from runlore.debriefing.seen import Seen
from runlore.model.debrief import QUESTIONS, Answer, AnswerSource, Change, Finding, QuestionKey

UNCLEAR_FROM = 2
"""How often a proof has to be refused at one step before its wording is in question."""
_LONGEST = 400


def answer_all(seen: Seen, source: AnswerSource) -> tuple[Answer, ...]:
    """Answer the six questions; ``source`` says where what is known comes from (the record, a transcript)."""
    return tuple(_answer(seen, question, source) for question in QUESTIONS)


def _answer(seen: Seen, question: QuestionKey, source: AnswerSource) -> Answer:
    words = "; ".join(dict.fromkeys(_SAID[question](seen)))[:_LONGEST]
    told = " ".join(seen.told.get(question, "").split())[:_LONGEST]
    findings = (*_FINDERS[question](seen), *_from_worker(seen, question, told))
    if told and not words:
        return Answer(question, f"The worker: {told}", "worker", findings)
    if told:
        return Answer(question, f"{words.rstrip('.')}. The worker: {told}", source, findings)
    return Answer(question, f"Yes: {words}." if words else "Nothing shows it.", source if words else "nobody", findings)


def finding_key(document: str, change: Change) -> str:
    """Give the key under which findings about the same line meet: the document, the kind, the step, and the words; of a failure's sign those that carry no number."""
    shown = (
        change.subject
        if change.kind in ("failure", "recovery", "input", "prerequisite") and change.subject
        else f"{change.subject} {change.text}"
    )
    words = sorted(set(shown.lower().split()))
    if change.kind in ("failure", "recovery"):  # ids and times differ from run to run
        words = [w for w in words if not any(c.isdigit() for c in w)] or words
    place = "\n".join((document, change.kind, str(change.step), *words))
    return hashlib.sha256(place.encode("utf-8", "replace")).hexdigest()[:24]


def list_to_ask(seen: Seen) -> tuple[QuestionKey, ...]:
    """List the questions that nothing known answers: these alone are put to the worker."""
    return tuple(q for q in QUESTIONS if not seen.told.get(q) and not any(_SAID[q](seen)))


def _make(
    seen: Seen, question: QuestionKey, change: Change, why: str, item: object = None, document: str = ""
) -> Finding:
    target = document or seen.document
    evidence = getattr(item, "evidence", None)
    sources = getattr(item, "sources", ())
    return Finding(question, target, change, why, finding_key(target, change), evidence, sources)


def _failed(seen: Seen) -> Iterator[Finding]:
    for item in seen.failed:
        helped = f"what helped: {item.recovery}" if item.recovery else "nothing helped"
        where = f"step {item.step}" if item.step else "the work"
        change = Change("failure", item.step, item.sign, item.recovery, count=1)
        yield _make(seen, "step-failed", change, f"{where} failed with “{item.sign}”; {helped}", item)
        if item.step and item.recovery:
            line = Change("recovery", item.step, item.sign, item.recovery)
            yield _make(
                seen, "step-failed", line, f"{item.recovery} helped against “{item.sign}” at step {item.step}", item
            )


def _lacked(seen: Seen) -> Iterator[Finding]:
    for item in seen.lacked:
        if item.kind == "credential":
            line = Change("prerequisite", subject=item.name)
            yield _make(
                seen,
                "credential-missing",
                line,
                f"the work waited for the credential of {item.name}{f' ({item.detail})' if item.detail else ''}",
                item,
            )
        elif item.kind == "access":
            line = Change("prerequisite", text=f"The access to {item.name} is alive: look before the work starts")
            yield _make(seen, "credential-missing", line, f"the access to {item.name} was refused on the way", item)
        elif item.kind == "permission":
            line = Change("prerequisite", text=f"The worker may use {item.name}")
            yield _make(seen, "credential-missing", line, f"the permission {item.name} was missing", item)
        elif item.kind == "input":
            line = Change(
                "input",
                subject=item.name,
                text=f"ask for it where the issue does not give it{': ' + item.detail if item.detail else ''}",
            )
            yield _make(seen, "credential-missing", line, f"the input {item.name} was not given", item)


def _unclear(seen: Seen) -> Iterator[Finding]:
    for item in seen.proof:
        if item.times >= UNCLEAR_FROM and item.satisfied:
            line = Change("prose", item.step, text=f"What counts as proof here: {item.satisfied}.")
            yield _make(seen, "proof-unclear", line, f"its proof was refused {item.times} times: {item.why}", item)


def _rejected(seen: Seen) -> Iterator[Finding]:
    for item in seen.objections:
        lead = f"Rejected {item.day}".strip()
        line = Change("good", subject=lead, text=item.words, detail=item.role)
        where = f" at step {item.step}" if item.step else ""
        yield _make(seen, "pattern-rejected", line, f"a person said no{where}", item)


def _shortcuts(seen: Seen) -> Iterator[Finding]:
    """A departure is a shortcut only where the work went well; it is proposed once it has been seen in several (see gather)."""
    for item in seen.departures:
        if not item.went_well or not item.words:
            continue
        if item.kind == "skipped":
            line = Change("optional", item.step, text=item.words)
            yield _make(seen, "shortcut-emerged", line, f"step {item.step} was left out and the work went well", item)
        else:
            line = Change("prose", item.step, text=f"Also possible: {item.words}")
            yield _make(seen, "shortcut-emerged", line, f"step {item.step} was done in another way and went well", item)


def _changed(seen: Seen) -> Iterator[Finding]:
    for item in seen.asked:
        if not item.answer:
            continue
        words = f"Asked: {item.question} Answered by {item.role}: {item.answer}"
        kind = Change("prose", item.step, text=words) if item.step else Change("good", text=words)
        yield _make(seen, "else-changed", kind, "the runbook did not say, and somebody had to be asked", item)
    for other in seen.others:
        name = seen.document.rpartition("/")[2]
        if name:
            yield _make(seen, "else-changed", Change("note", text=other.words), other.words, other, f"lessons/{name}")


def _from_worker(seen: Seen, question: QuestionKey, told: str) -> Iterator[Finding]:
    """What a worker says in their own words becomes a note for the shelf of lessons: a claim, and labelled as one."""
    if told and told.lower().strip(". ") not in ("no", "none", "nothing", "-", "n/a"):
        name = seen.document.rpartition("/")[2] or "work"
        note = Change("note", text=told)
        yield _make(seen, question, note, "the worker says so", None, f"lessons/{name}")


def _say_failed(seen: Seen) -> Iterable[str]:
    return (f"step {f.step} with “{f.sign}”" if f.step else f"“{f.sign}”" for f in seen.failed)


def _say_lacked(seen: Seen) -> Iterable[str]:
    return (f"the {item.kind} {item.name}" for item in seen.lacked)


def _say_unclear(seen: Seen) -> Iterable[str]:
    return (f"at step {p.step}, refused {p.times} times" for p in seen.proof if p.times >= UNCLEAR_FROM)


def _say_rejected(seen: Seen) -> Iterable[str]:
    return (f"“{o.words}”{f' ({o.role})' if o.role else ''}" for o in seen.objections)


def _say_shortcuts(seen: Seen) -> Iterable[str]:
    return (f"step {d.step} {d.kind}: {d.words}" for d in seen.departures if d.went_well and d.words)


def _say_changed(seen: Seen) -> Iterable[str]:
    return (*(f"asked: {a.question}" for a in seen.asked), *(o.words for o in seen.others))


_FINDERS: dict[QuestionKey, Callable[[Seen], Iterator[Finding]]] = {
    "step-failed": _failed,
    "credential-missing": _lacked,
    "proof-unclear": _unclear,
    "pattern-rejected": _rejected,
    "shortcut-emerged": _shortcuts,
    "else-changed": _changed,
}
_SAID: dict[QuestionKey, Callable[[Seen], Iterable[str]]] = {
    "step-failed": _say_failed,
    "credential-missing": _say_lacked,
    "proof-unclear": _say_unclear,
    "pattern-rejected": _say_rejected,
    "shortcut-emerged": _say_shortcuts,
    "else-changed": _say_changed,
}
