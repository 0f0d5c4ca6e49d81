"""The runbook: how a company does one kind of work, as a value. Its text form stands in docs/reference/runbook-format.md."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from runlore.model.condition import Condition
from runlore.model.workflow import ValueSource

TriggerKind = Literal["request", "label", "schedule", "not", "other"]
ProofLevel = Literal["P0", "P1", "P2", "P3"]


@dataclass(frozen=True, slots=True)
class Trigger:
    """One line of *When to start*. ``instead`` names the runbook that fits better, for ``not`` lines."""

    kind: TriggerKind
    text: str
    instead: str = ""


@dataclass(frozen=True, slots=True)
class Input:
    """What the request must or may say. ``default`` is text, empty where there is none."""

    name: str
    required: bool = True
    default: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Binding:
    """One argument of a step's tool and where its value comes from."""

    name: str
    source: ValueSource


@dataclass(frozen=True, slots=True)
class ApprovalRequirement:
    """A person's yes that a step waits for: ``role`` by name, or ``words`` where no role is named; over which values."""

    role: str = ""
    words: str = ""
    over: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ProofRequirement:
    """What a step leaves behind: the least level that counts, the kind of artefact, and what must hold of it."""

    level: ProofLevel
    kind: str
    condition: Condition


@dataclass(frozen=True, slots=True)
class Recovery:
    """What to do when a step fails with a sign. The sign is empty where the line covers every failure."""

    sign: str
    action: str


@dataclass(frozen=True, slots=True)
class Step:
    """One numbered instruction. ``after`` is None where the step follows the one before it, ``()`` where it follows nothing.

    ``prose`` is Markdown, also holding every bullet that is no labelled one. ``for_each`` and ``optional_when`` are empty or None
    where they do not apply. ``either`` holds the numbers of the alternatives.
    """

    number: int
    title: str
    prose: str = ""
    tool: str = ""
    bindings: tuple[Binding, ...] = ()
    permissions: tuple[str, ...] = ()
    proceed_if: tuple[Condition, ...] = ()
    stop_if: tuple[Condition, ...] = ()
    approvals: tuple[ApprovalRequirement, ...] = ()
    proof: tuple[ProofRequirement, ...] = ()
    recoveries: tuple[Recovery, ...] = ()
    for_each: str = ""
    optional_when: Condition | None = None
    either: tuple[int, ...] = ()
    after: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class CompletionProof:
    """One line of *Proof of completion*. ``kind`` and ``level`` are empty where the line is prose alone."""

    text: str
    kind: str = ""
    level: str = ""


@dataclass(frozen=True, slots=True)
class KnownFailure:
    """One row of *Failure modes*; each cell is Markdown. An unknown cause is a dash."""

    sign: str
    cause: str
    recovery: str
    seen: str


@dataclass(frozen=True, slots=True)
class EscalationRule:
    """One line of *Escalation*: what happens → whom to ask, within which time, and who comes after. ``role`` may be empty: prose."""

    situation: str
    role: str = ""
    within: str = ""
    fallback: str = ""


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """What the evidence could not give. ``subject`` names the part it is about (``Owner``, ``Step 3``), empty where it names none."""

    text: str
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """Text that the format does not know, kept where it stands: after the known section ``after`` (a key of SECTIONS,
    ``""`` for before all). ``title`` is empty for loose text that opens the known section ``after``."""

    title: str
    text: str
    after: str = ""


@dataclass(frozen=True, slots=True)
class Runbook:
    """A runbook. ``reviewed`` is an ISO date as text; ``extra`` holds unknown frontmatter keys with their lines as they stand."""

    name: str
    description: str
    title: str
    owner: str = ""
    team: str = ""
    skills: tuple[str, ...] = ()
    integrations: tuple[str, ...] = ()
    permissions: tuple[str, ...] = ()
    reviewed: str = ""
    review_every: str = ""
    extra: tuple[tuple[str, str], ...] = ()
    purpose: str = ""
    triggers: tuple[Trigger, ...] = ()
    inputs: tuple[Input, ...] = ()
    prerequisites: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    completion: tuple[CompletionProof, ...] = ()
    good: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    failure_modes: tuple[KnownFailure, ...] = ()
    escalation: tuple[EscalationRule, ...] = ()
    open_questions: tuple[OpenQuestion, ...] = ()
    sections: tuple[Section, ...] = ()


SECTIONS: dict[str, str] = {
    "purpose": "Purpose",
    "triggers": "When to start",
    "inputs": "Inputs",
    "prerequisites": "Prerequisites",
    "steps": "Steps",
    "completion": "Proof of completion",
    "good": "What good looks like",
    "examples": "Examples",
    "failure_modes": "Failure modes",
    "escalation": "Escalation",
    "open_questions": "Open questions",
}
"""The known sections in their order: the field of Runbook and the heading."""
