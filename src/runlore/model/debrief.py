"""A debrief: the six questions after a run, a session or an incident, and what the answers would change; as values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from runlore.model.source import Source

QuestionKey = Literal[
    "step-failed", "credential-missing", "proof-unclear", "pattern-rejected", "shortcut-emerged", "else-changed"
]
QUESTIONS: dict[QuestionKey, str] = {
    "step-failed": "Did a step fail?",
    "credential-missing": "Was a credential missing?",
    "proof-unclear": "Did the proof requirement need clarification?",
    "pattern-rejected": "Did a reviewer reject a pattern?",
    "shortcut-emerged": "Did a new shortcut emerge?",
    "else-changed": "What else changed?",
}
"""The six questions, in the order in which they are asked."""

SubjectKind = Literal["run", "session", "incident"]
FindingState = Literal["new", "proposed", "accepted", "rejected"]
AnswerSource = Literal["record", "transcript", "worker", "nobody"]

ChangeKind = Literal[
    "failure",  # a row of Failure modes: sign, cause, recovery; seen once more where the sign is known
    "recovery",  # a line *If it fails* of a step
    "prerequisite",  # a line of Prerequisites
    "good",  # a line of What good looks like
    "guard",  # a line *Proceed only if* or *Stop if* of a step
    "binding",  # the source of an argument of a step
    "optional",  # *Optional when* of a step
    "prose",  # a sentence in a step's prose
    "input",  # an input, or what is said of one
    "escalation",  # a line of Escalation
    "question",  # a line of Open questions
    "note",  # a sentence for another document
]


@dataclass(frozen=True, slots=True)
class Change:
    """One small edit of a document. ``step`` is 0 where it is about none. Which of the texts hold depends on the kind.


    failure: ``subject`` sign, ``text`` recovery, ``detail`` cause, ``count`` how often seen · recovery: ``subject`` sign, ``text`` action ·
    guard: ``subject`` ``proceed`` or ``stop``, ``text`` condition · binding: ``subject`` the argument, ``text`` it with its source as the format writes it, ``detail``
    ``replaces`` where a mined one may give way · optional: ``text`` condition · input: ``subject`` name, ``text`` · prerequisite: ``subject`` an integration, or ``text`` ·
    good: ``subject`` what it was (``Rejected 2026-03-02``), ``text`` the person's words, ``detail`` their role ·
    escalation: ``subject`` situation, ``text`` role, ``detail`` within · question: ``subject``, ``text`` · the others: ``text``.
    """

    kind: ChangeKind
    step: int = 0
    subject: str = ""
    text: str = ""
    detail: str = ""
    count: int = 0

    @property
    def field(self) -> str:
        """The part of the document that it changes, as evidence names it."""
        place = f"step-{self.step}/" if self.step else ""
        return f"{place}{self.kind}" + (
            f"/{self.subject[:60]}" if self.subject and self.kind in ("failure", "input") else ""
        )


@dataclass(frozen=True, slots=True)
class Finding:
    """One answer that names the document and the field it changes. ``key`` is equal for findings about the same line, over runs and sessions.

    ``evidence`` is JSON: where it was seen (a run and step, transcript lines), and in whose words. ``number`` is 0 before it is kept.
    """

    question: QuestionKey
    document: str
    change: Change
    why: str
    key: str
    evidence: Any = None
    sources: tuple[Source, ...] = ()
    number: int = 0
    debrief: int = 0
    state: FindingState = "new"
    proposal: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one question: in words, who or what gave it, and what it would change."""

    question: QuestionKey
    text: str
    source: AnswerSource
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Debrief:
    """The six answers about one run, session or incident. ``conclusion`` says what follows: what is proposed, or "nothing changed, because …".

    ``number`` is 0 before it is kept. ``document`` is the runbook that was followed or fits, empty for none.
    """

    company: str
    number: int
    kind: SubjectKind
    subject: str
    document: str
    revision: str
    answers: tuple[Answer, ...]
    conclusion: str
    made_by: str
    made: int

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Every finding, in the order of the questions."""
        return tuple(f for a in self.answers for f in a.findings)


@dataclass(frozen=True, slots=True)
class Incident:
    """Something that went wrong outside a run, or after one: what happened, in people's words, and which document it concerns, if any."""

    company: str
    number: int
    title: str
    text: str
    document: str
    run: int
    by: str
    at: int
