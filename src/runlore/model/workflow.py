"""What mining finds: workflows with their evidence, and facts beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from runlore.model.source import Evidence, Source


@dataclass(frozen=True, slots=True)
class ValueSource:
    """Where the value of an argument comes from; one row of the table in docs/reference/runbook-format.md.

    ``kind`` says which of the other fields holds: constant → ``value``, input → ``name``, step → ``step`` and ``path``
    (RFC 9535), issue → ``name`` of the field, document → ``name`` as ``shelf/name``, unknown → none.
    """

    kind: Literal["constant", "input", "step", "issue", "document", "unknown"]
    value: Any = None
    name: str = ""
    step: int = 0
    path: str = ""


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a step: its dotted name (``[*]`` for list items) and the one source of its value."""

    name: str
    source: ValueSource
    evidence: Evidence = Evidence((0, 0))
    example: str = ""  # one value seen, redacted


@dataclass(frozen=True, slots=True)
class Quote:
    """A person's own words, where they stand, and on which day (ISO date, may be empty)."""

    words: str
    source: Source
    date: str = ""
    about: str = ""  # the activity or step title that they are about, may be empty
    again: tuple[Source, ...] = ()  # where the same was said in other sessions


@dataclass(frozen=True, slots=True)
class Proof:
    """What shows that a step did what it should: a kind of artefact and a condition over the step's own result."""

    kind: str  # "tool result", "url", "commit", "file", "command"
    condition: str  # in the condition language, e.g. `$.status = "cancelled"`; or plain words
    evidence: Evidence = Evidence((0, 0))


@dataclass(frozen=True, slots=True)
class Approval:
    """A person's yes before an effect: how often it was asked for, over which arguments."""

    over: tuple[str, ...] = ()
    evidence: Evidence = Evidence((0, 0))


GuardKind = Literal["proceed", "stop"]
GuardBasis = Literal[
    "outcome",  # cases with a recorded outcome tell acted-and-went-well from acted-and-failed
    "errors",  # the tool refused where the condition did not hold
    "people",  # rejections, corrections, reverts and hand-overs
    "result",  # the effect's own result no longer meets its guard: it is done once for each thing
    "choice",  # of what was looked at, the effect was only ever done where the condition held
]


@dataclass(frozen=True, slots=True)
class Guard:
    """A condition over what is known before a step, learned from what cases saw before they acted or did not.

    ``condition`` is in the condition language. With ``kind`` ``proceed`` the step is done only where it holds, with ``stop`` only where it does not.
    ``support`` says in how many of the acts that went well and could be judged the guard let the act pass; ``precision`` which share of the acts
    that it would have stopped in cases held out while it was learned were no good ones (0 where none was stopped there).
    ``negatives`` are the acts and refusals against it that it rests on, ``evidence`` places of these, ``counter`` an act that went well in spite of it.
    ``message`` is the tool's own words where it refused, ``accident`` how likely chance alone makes such a difference, after correction for all that was tried.
    """

    kind: GuardKind
    condition: str
    support: tuple[int, int]
    precision: float
    negatives: int
    counter: Source | None
    evidence: Evidence
    basis: GuardBasis
    message: str = ""
    accident: float = 1.0

    @property
    def text(self) -> str:
        """The condition, with "stop if" before it where it stops."""
        return f"stop if {self.condition}" if self.kind == "stop" else self.condition


@dataclass(frozen=True, slots=True)
class WorkflowStep:
    """One step of a workflow. ``after`` holds numbers of earlier steps; support counts cases.

    ``activity`` is the machine's name of it, ``title`` a sentence for people, ``command`` a command line that agents ran with success
    in this step, with ``<name>`` where it varied (empty for tools that are no shell).
    """

    number: int
    title: str
    activity: str
    optional: bool = False
    repeat: bool = False
    after: tuple[int, ...] = ()
    arguments: tuple[Argument, ...] = ()
    guards: tuple[Guard, ...] = ()
    approval: Approval | None = None
    proof: tuple[Proof, ...] = ()
    support: tuple[int, int] = (0, 0)
    sources: tuple[Source, ...] = ()
    effect: bool = False
    command: str = ""
    tool: str = ""
    command_evidence: Evidence = Evidence((0, 0))
    summary: str = ""  # free prose: what happens here where a step sums up editing and reading
    either: tuple[int, ...] = ()  # the steps that stand for one another, this one among them
    repeat_evidence: Evidence = Evidence((0, 0))  # the cases that had it more than once, and where it came again


@dataclass(frozen=True, slots=True)
class FailureMode:
    """An error that cases of the workflow met; ``<*>`` in the template stands for what varies.

    ``recovery`` says what the same runs did next that worked ("" where nothing did), ``resolved`` how many of ``count`` did.
    """

    activity: str
    template: str
    count: int
    recovery: str = ""
    resolved: int = 0
    sources: tuple[Source, ...] = ()
    step: int = 0  # number of the step with this activity, 0 where it is no step
    example: str = ""
    elsewhere: bool = (
        False  # seen in other work with the same tool, or the failure of another workflow's effect: no line of a draft
    )


@dataclass(frozen=True, slots=True)
class CaseReference:
    """A case that supports a workflow: which transcript and session, and where its effect and its request stand."""

    transcript: str
    session: str
    sources: tuple[Source, ...]
    good: bool = True
    request: str = ""
    started: float = 0.0
    seconds: float = 0.0
    tokens: int = 0
    calls: int = 0


@dataclass(frozen=True, slots=True)
class Spread:
    """Median and total over the cases of a workflow; 0 where the transcripts do not say."""

    median: float
    total: float


@dataclass(frozen=True, slots=True)
class Contrast:
    """Something that failed cases did more often than those that went well; ``text`` says it in words.

    ``failed`` and ``good`` are n of m pieces of work on either side, ``chance`` is how likely chance alone makes such a difference, corrected
    for all that was tried: above 0.05 there are too few cases to be sure.
    """

    kind: str  # "left out", "again", "without a yes", "refused", "beside", "after"
    activity: str
    text: str
    failed: tuple[int, int]
    good: tuple[int, int]
    chance: float
    evidence: Evidence = Evidence((0, 0))


@dataclass(frozen=True, slots=True)
class Workflow:
    """The pattern found in the slices of at least three sessions.

    ``id`` and ``name`` stay when the workflow is mined again; ``name`` is kebab-case and unique in one result.
    ``triggers`` are the shortest telling requests in people's own words; ``example`` is the one good case kept whole.
    ``procedure`` names the skill or slash command that the workflow runs, ``""`` otherwise.
    ``rank`` orders workflows by what was lost: greater first.
    """

    id: str
    name: str
    title: str
    description: str
    effects: tuple[str, ...]
    cases: tuple[CaseReference, ...]
    steps: tuple[WorkflowStep, ...]
    failure_modes: tuple[FailureMode, ...] = ()
    corrections: tuple[Quote, ...] = ()
    rejections: tuple[Quote, ...] = ()
    quality: tuple[Quote, ...] = ()
    triggers: tuple[Quote, ...] = ()
    prerequisites: tuple[str, ...] = ()
    example: CaseReference | None = None
    tokens: Spread = Spread(0, 0)
    seconds: Spread = Spread(0, 0)
    sessions: int = 0
    procedure: str = ""
    rank: float = 0.0
    common: bool = False  # what everybody knows: nothing in it is particular to this company
    contrasts: tuple[Contrast, ...] = ()
    judged: bool = False  # an outcome is on record for most of the cases; else good is what nothing speaks against


@dataclass(frozen=True, slots=True)
class Cost:
    """What was lost: calls, seconds, billed tokens."""

    calls: int = 0
    seconds: float = 0.0
    tokens: int = 0


@dataclass(frozen=True, slots=True)
class Fact:
    """What sessions keep finding out (fact), keep stumbling over (trap) or are told again (preference)."""

    id: str
    kind: Literal["fact", "trap", "preference"]
    text: str
    remedy: str
    shelf: str
    occurrences: int
    sessions: tuple[str, ...]
    cost: Cost
    sources: tuple[Source, ...]
