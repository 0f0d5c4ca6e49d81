"""A run: one execution of a runbook's revision for an issue, with its steps, proof, approvals and escalations; as values.

Times are whole microseconds since the epoch, UTC; 0 where they have not come. Hashes are ``sha256:…``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

RunState = Literal["blocked", "running", "done", "failed", "dropped"]
StepState = Literal["todo", "done", "failed", "skipped", "adapted"]
ReportKind = Literal["done", "failed", "skipped", "adapted"]
ProofKind = Literal["tool result", "url", "commit", "file", "command", "message", "person", "note"]
Assurance = Literal["", "A1", "A2", "A3"]
ApprovalState = Literal["open", "approved", "rejected", "withdrawn", "expired"]
EscalationState = Literal["open", "answered", "overdue", "withdrawn"]

LEVELS = ("P0", "P1", "P2", "P3")
"""Proof levels, the least first: said by the worker, stored, checked by us, signed by a verifier or a person."""


@dataclass(frozen=True, slots=True)
class Lease:
    """Who may report on a run, and until when. ``fence`` grows by one whenever somebody takes it: an older fence is refused for ever."""

    holder: str
    fence: int
    until: int


@dataclass(frozen=True, slots=True)
class Run:
    """One execution, pinned: ``document`` at ``revision``, with the ``pack`` (hash) that the worker got.

    ``number`` counts within the company. ``inputs`` are the values that the issue or the worker gave, by name. ``nonce`` is 128 random bits
    that proof is bound to. ``mode`` says why a run without a runbook is one: empty where it follows one.
    """

    company: str
    number: int
    issue: int
    document: str
    revision: str
    pack: str
    worker: str
    state: RunState
    lease: Lease
    nonce: str
    inputs: tuple[tuple[str, str], ...] = ()
    created: int = 0
    started: int = 0
    ended: int = 0
    outcome: str = ""
    transcript: str = ""


@dataclass(frozen=True, slots=True)
class RunStep:
    """One step of a run as it stands. ``why`` is the reason of a skip, a failure or a departure; ``attempts`` counts reports of failure and
    what ended them. ``result`` is the step's own result as JSON, for guards and later bindings, None where nobody gave one."""

    number: int
    state: StepState = "todo"
    why: str = ""
    attempts: int = 0
    started: int = 0
    ended: int = 0
    result: Any = None
    judged: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StepReport:
    """What a worker says of a step. ``judged`` names conditions in plain words that the worker vouches for (a claim, recorded as such)."""

    step: int
    kind: ReportKind
    why: str = ""
    result: Any = None
    judged: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ProofItem:
    """One piece of proof, bound to company, run, step (0: the whole run), revision and nonce.

    ``value`` is what the worker gave (a link, a path, a commit, a command's name, words). ``artefact`` is the hash of the stored bytes,
    empty where nothing is stored. ``level`` is what its checker earned, never what was claimed. ``checker`` says who checked: ``worker``,
    ``store``, ``transcript:<session>:<line>:<index>``, ``http``, ``git``, ``command``, ``person:<id>``, ``verifier:<id>``.
    """

    company: str
    id: str
    run: int
    step: int
    revision: str
    nonce: str
    kind: ProofKind
    value: str
    artefact: str
    level: str
    checker: str
    detail: str
    by: str
    at: int


@dataclass(frozen=True, slots=True)
class ApprovalRequest:
    """A yes that a step of a run waits for, over exactly ``shown`` (JSON; ``digest`` is its hash). An answer counts for these bytes alone."""

    company: str
    number: int
    run: int
    step: int
    role: str
    shown: Any
    digest: str
    state: ApprovalState
    asked_by: str
    created: int
    expires: int
    answered_by: str = ""
    assurance: Assurance = ""
    comment: str = ""
    answered: int = 0


@dataclass(frozen=True, slots=True)
class EscalationCase:
    """A question handed to a role, with its deadline and who comes after. ``level`` is 0 for the first role, 1 for the fallback."""

    company: str
    number: int
    run: int
    step: int
    role: str
    fallback: str
    question: str
    state: EscalationState
    asked_by: str
    created: int
    deadline: int
    level: int = 0
    answer: str = ""
    answered_by: str = ""
    answered: int = 0
