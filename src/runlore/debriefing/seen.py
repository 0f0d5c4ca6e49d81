"""What is known of a piece of work when it is debriefed, whatever it was: a run with its record, a session alone, an incident."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from runlore.model.source import Source


@dataclass(frozen=True, slots=True)
class Failed:
    """Something that failed: at which step (0: beside them), the sign in the tool's or the worker's words, and what then worked (empty: nothing did)."""

    step: int
    sign: str
    recovery: str = ""
    evidence: Any = None
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class Lacked:
    """Something that was missing before or during the work: ``kind`` is credential (of an integration, found before), access (refused on the
    way), permission or input; its name; how it was found."""

    kind: str
    name: str
    detail: str = ""
    evidence: Any = None


@dataclass(frozen=True, slots=True)
class ProofTrouble:
    """A step whose proof was refused before it was accepted: how often, why, and what satisfied it in the end (empty: nothing did)."""

    step: int
    times: int
    why: str
    satisfied: str = ""
    evidence: Any = None


@dataclass(frozen=True, slots=True)
class Objection:
    """What a person said no to, in their words: at which step, in which role, on which day."""

    step: int
    words: str
    role: str = ""
    day: str = ""
    evidence: Any = None
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class Departure:
    """A step that was done in another way, or left out: which, how, and whether the run went well all the same."""

    step: int
    kind: str
    words: str
    went_well: bool
    evidence: Any = None
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that was escalated, and its answer (empty: none)."""

    step: int
    question: str
    answer: str
    role: str
    evidence: Any = None


@dataclass(frozen=True, slots=True)
class Other:
    """Anything else that differed: what it is in a sentence, and where it shows."""

    words: str
    step: int = 0
    evidence: Any = None
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class Seen:
    """All of it. ``document`` is the runbook that was followed or fits; ``effects`` says whether the world was changed at all."""

    document: str = ""
    went_well: bool = True
    effects: bool = True
    failed: tuple[Failed, ...] = ()
    lacked: tuple[Lacked, ...] = ()
    proof: tuple[ProofTrouble, ...] = ()
    objections: tuple[Objection, ...] = ()
    departures: tuple[Departure, ...] = ()
    asked: tuple[Asked, ...] = ()
    others: tuple[Other, ...] = ()
    told: dict[str, str] = field(default_factory=dict)
    """The worker's own answers by question, redacted."""
