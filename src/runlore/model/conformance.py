"""What comparing a case with a runbook gives: deviations with their places, one score, and whether the case should have acted at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from runlore.model.source import Source

DeviationKind = Literal[
    "guard ignored",  # a condition of the runbook did not hold, and the step was done
    "approval skipped",  # nobody had said yes to what was done
    "skipped",  # a step that comes before was not done
    "out of order",  # a step was done before one that it waits for
    "wrong source",  # a value comes from elsewhere than the runbook says, or from nowhere
    "added",  # an effect that the runbook does not have
    "repeated",  # done again on the same thing
    "failed",  # the tool refused, or the call failed
    "not done",  # proposed, asked for or agreed, and not done
    "refused",  # the agent said that it could not
    "objected",  # the person was not content with what was done
    "drawn out",  # took longer than the work does when it goes well
]


@dataclass(frozen=True, slots=True)
class Deviation:
    """One difference between a case and its runbook, in one sentence. ``step`` is the runbook's, 0 where it is about none;
    ``weight`` is how much it takes from the score, before the logistic function."""

    kind: DeviationKind
    step: int
    text: str
    sources: tuple[Source, ...]
    weight: float = 0.0


@dataclass(frozen=True, slots=True)
class Checked:
    """A case, checked. ``case`` counts from 1 within its session, ``runbook`` is ``""`` where none applies, ``score`` is between 0 and 1.

    ``should_act`` says whether the world should have been changed for this request, None where nothing tells; ``acted`` whether it was.
    """

    case: int
    session: str
    runbook: str
    score: float
    should_act: bool | None
    deviations: tuple[Deviation, ...]
    acted: bool = False
    transcript: str = ""
    started: float = 0.0
    request: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """What is otherwise in recent runs, and the change to the runbook that would fix it, in one sentence.

    ``kind`` is ``step``, ``addition``, ``value`` or ``failure``; ``recent`` and ``before`` say in how many cases of how many it is so;
    ``accident`` how likely chance alone makes the difference, after correction for all that was compared.
    """

    kind: str
    step: int
    text: str
    recent: tuple[int, int]
    before: tuple[int, int]
    accident: float
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Drift:
    """How far recent runs of a runbook no longer match it: ``score`` is the greatest difference of shares, 0 where nothing is otherwise.

    ``enough`` is False where there are too few cases to say.
    """

    runbook: str
    title: str
    score: float
    recent: int
    before: int
    changes: tuple[Change, ...]
    enough: bool
