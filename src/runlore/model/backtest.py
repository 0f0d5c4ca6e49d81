"""What a library that was made from the earlier part of a history would have foreseen in the later one."""

from __future__ import annotations

from dataclasses import dataclass

from runlore.model.workflow import Cost


@dataclass(frozen=True, slots=True)
class Share:
    """``hits`` of ``total``, over ``sessions`` sessions in which there was something to foresee.

    ``low`` and ``high`` bound the share with 95 %, sessions taken as the units that vary. ``enough`` says that there is enough to go by; where it
    is False the share is shown as it is and says little.
    """

    hits: int
    total: int
    sessions: int
    low: float = 0.0
    high: float = 1.0
    enough: bool = False

    @property
    def share(self) -> float | None:
        """The share itself; None where there was nothing to foresee."""
        return self.hits / self.total if self.total else None


@dataclass(frozen=True, slots=True)
class Foreseen:
    """One runbook in the later part: how many of its cases came, and what it knew beforehand of their steps, values and failures."""

    name: str
    title: str
    cases: int
    steps: Share
    sources: Share
    failures: Share


@dataclass(frozen=True, slots=True)
class Warnings:
    """What the guards would have said before effects: of the acts that went wrong and of those that went well, how many they warn of."""

    right: Share
    false: Share
    guards: int = 0


@dataclass(frozen=True, slots=True)
class Backtest:
    """One judgement: what it is about, how it was divided, and each figure beside what one would have without a library and with the simplest one.

    ``next_step`` and ``next_step_chain`` are the shares of later steps that the runbook and a first-order Markov chain name right, as the one next step.
    ``values`` and ``values_usual`` are the shares of arguments whose source is known, and whose most frequent value so far it was.
    ``asked_again`` is what later sessions spent on what the library would have said, of ``spent`` in all.
    """

    name: str
    division: str
    earlier: int
    later: int
    cases: int
    runbooks: int
    routed: Share
    failures: Share
    failures_seen: Share
    steps: Share
    next_step: Share
    next_step_chain: Share
    values: Share
    values_usual: Share
    warnings: Warnings
    asked_again: Cost
    spent: Cost
    by_runbook: tuple[Foreseen, ...] = ()
