"""Debrief: the six questions about a run, a session or an incident, answered from what is known, kept, and turned into a reviewed revision."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from runlore.actions.caller import Caller
from runlore.actions.learn import learn
from runlore.actions.reading import read_transcripts
from runlore.actions.redact import open_redactor, redact_words
from runlore.actions.revise import Revised, revise
from runlore.actions.run_view import view_run
from runlore.actions.runbooks import get_experience, get_library
from runlore.actions.seen_run import seen_run
from runlore.actions.seen_session import seen_case
from runlore.debriefing.answer import answer_all, list_to_ask
from runlore.debriefing.seen import Objection, Seen
from runlore.errors import AmbiguousName, Conflict, NoSuchName, UsageError
from runlore.mining.conformance.check import watch_transcript
from runlore.mining.digest import digest
from runlore.model import Problem
from runlore.model.conformance import Checked
from runlore.model.debrief import QUESTIONS, Answer, AnswerSource, Debrief, Incident, QuestionKey, SubjectKind
from runlore.record.database import Transaction
from runlore.record.debriefs import create_debrief, create_incident, find_debrief
from runlore.record.documents import resolve_name

LONGEST_ANSWER = 2_000
NOTHING = "Nothing changed, because nothing failed, was missing, was refused, was rejected, was done in another way or was asked."


@dataclass(frozen=True, slots=True)
class Debriefed:
    """A debrief as it was kept, which of its questions nothing known answers, and what became of the findings that are ripe by now."""

    debrief: Debrief
    to_ask: tuple[QuestionKey, ...]
    revised: tuple[Revised, ...]


def debrief_run(caller: Caller, number: int, told: Mapping[str, str] | None = None) -> Debriefed:
    """Debrief a run from its record; ``told`` holds the worker's own answers by question. It can be made at any time, again and by anybody who may propose.

    Raises NotAllowed, NoSuchName, UsageError for a question that there is not, Conflict while the run goes on.
    """
    caller.require("propose", "debrief a run")
    words = clean_answers(caller, told or {})
    with caller.record.write(caller.company) as tx:
        view = view_run(tx, caller.company, number)
        if not view.run.ended:
            raise Conflict(f"Run {number} goes on. `runlore run finish {number}` ends it; then it is debriefed.")
        seen = seen_run(tx, view, words)
        made = _keep(tx, caller, "run", str(number), seen, view.run.revision, "record")
    return Debriefed(made, list_to_ask(seen), revise(caller))


def debrief_sessions(
    caller: Caller, paths: tuple[Path, ...] = (), session: str = "", since: float = 0.0
) -> tuple[Debriefed, ...]:
    """Debrief every case of sessions that changed something: those under paths, those of this machine's hosts since a time, or one by its id.

    A session that was debriefed already is left alone unless it is named. Raises NotAllowed, NothingToRead, NoSuchName, NotYetMined.
    """
    caller.require("propose", "debrief sessions")
    found = [(c, s) for c, s in _watch(caller, paths, since) if not session or c.session.startswith(session)]
    if session:
        sessions = sorted({c.session for c, _ in found})
        if not found:
            raise NoSuchName("session with an effect", session)
        if len(sessions) > 1:
            raise AmbiguousName("session", session, tuple(sessions[:5]))
    made: list[tuple[Debrief, Seen]] = []
    with caller.record.write(caller.company) as tx:
        for checked, seen_of in found:
            subject = f"{checked.session}#{checked.case}"
            if not session and find_debrief(tx, caller.company, "session", subject):
                continue
            seen = seen_of(_document_of(tx, caller, checked))
            made.append((_keep(tx, caller, "session", subject, seen, "", "transcript"), seen))
        learned = learn(tx, caller)
    revised = revise(caller) if made or learned else ()
    return tuple(
        Debriefed(debrief, list_to_ask(seen), tuple(r for r in revised if r.document == debrief.document))
        for debrief, seen in made
    )


def _watch(caller: Caller, paths: tuple[Path, ...], since: float) -> Iterator[tuple[Checked, Callable[[str], Seen]]]:
    """Watch every case that changed something, each with what it says once its document is known."""
    library = get_library(caller.settings)
    experience = get_experience(caller.settings, library)
    for item in read_transcripts(caller.settings, paths, since):
        if isinstance(item, Problem) or (since and item.ended and item.ended < since):
            continue
        cases = digest(item).cases
        for watched in watch_transcript(item, library, experience):
            checked = watched.checked
            if checked.acted and checked.case <= len(cases):
                plan = library.get(checked.runbook) if checked.runbook else None
                yield checked, partial(seen_case, checked, cases[checked.case - 1], plan)


def debrief_incident(
    caller: Caller, title: str, text: str, *, document: str = "", run: int = 0
) -> tuple[Incident, Debriefed]:
    """Keep an incident and debrief it: what people say of it, beside what the record of its run holds. Raises NotAllowed, NoSuchName, UsageError."""
    caller.require("propose", "report an incident")
    if not title.strip():
        raise UsageError("Say in one line what happened.")
    redactor = open_redactor(caller.settings)
    clean_title, _ = redact_words(redactor, " ".join(title.split())[:300], "the incident")
    clean_text, _ = redact_words(redactor, text.strip()[:20_000], "the incident")
    with caller.record.write(caller.company) as tx:
        target = resolve_name(tx, caller.company, document, caller.principal.teams).id if document else ""
        seen = Seen(target, False)
        if run:
            view = view_run(tx, caller.company, run)
            target = target or view.run.document
            seen = seen_run(tx, view, {})
        incident = create_incident(
            tx, Incident(caller.company, 0, clean_title, clean_text, target, run, caller.principal.id, caller.now)
        )
        objection = Objection(0, clean_title, "incident", "", {"incident": incident.number})
        seen = Seen(
            target, False, True, seen.failed, seen.lacked, seen.proof, (objection, *seen.objections), (), seen.asked, seen.others,
            {"else-changed": clean_text} if clean_text else {},
        )  # fmt: skip
        made = _keep(tx, caller, "incident", str(incident.number), seen, "", "record")
    return incident, Debriefed(made, list_to_ask(seen), revise(caller))


def clean_answers(caller: Caller, told: Mapping[str, str]) -> dict[str, str]:
    """Redact a worker's answers; raises UsageError for a question that there is not, or an over-long answer."""
    redactor = open_redactor(caller.settings)
    clean: dict[str, str] = {}
    for question, words in told.items():
        if question not in QUESTIONS:
            raise UsageError(f"There is no question {question!r}. The six are {', '.join(QUESTIONS)}.")
        if len(words) > LONGEST_ANSWER:
            raise UsageError(f"An answer has at most {LONGEST_ANSWER:,} characters.")
        clean[question], _ = redact_words(redactor, words, f"the answer to {question}")
    return clean


def _document_of(tx: Transaction, caller: Caller, checked: Checked) -> str:
    """The library's runbook that a case was checked against; empty where the library has none of that name."""
    if not checked.runbook:
        return ""
    try:
        return resolve_name(
            tx,
            caller.company,
            checked.runbook if "/" in checked.runbook else f"runbooks/{checked.runbook}",
            caller.principal.teams,
        ).id
    except NoSuchName:
        return ""


def _keep(
    tx: Transaction, caller: Caller, kind: SubjectKind, subject: str, seen: Seen, revision: str, source: AnswerSource
) -> Debrief:
    answers = answer_all(seen, source)
    if (
        not seen.document
    ):  # nothing of the library can be changed by it: what people and workers said is kept in the answers
        answers = tuple(
            Answer(a.question, a.text, a.source, tuple(f for f in a.findings if f.document)) for a in answers
        )
    debrief = Debrief(
        caller.company, 0, kind, subject, seen.document, revision, answers, conclude(seen, answers), caller.principal.id, caller.now,
    )  # fmt: skip
    return create_debrief(tx, debrief)


def conclude(seen: Seen, answers: tuple[Answer, ...]) -> str:
    """Say what follows from the answers, in a sentence."""
    findings = [f for a in answers for f in a.findings]
    if findings:
        documents = sorted({f.document for f in findings})
        number = len(findings)
        return f"{number} finding{'s' if number != 1 else ''} about {', '.join(documents)}."
    if not seen.effects:
        return "Nothing changed, because nothing was done in the world."
    if not seen.document and any(a.source != "nobody" for a in answers):
        return "Nothing changed, because no runbook of the library fits this work: what was seen is kept here."
    return NOTHING
