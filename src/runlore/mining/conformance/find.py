"""Which runbook a case follows: by what it does, by what it was asked for, or none. An inverted index, so that a library of thousands answers at once."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from runlore.mining.conformance.plan import Plan, PlanStep

EFFECT = 4.0
"""How much more an effect tells than a read: what changes the world is what the work is for."""
WORD = 1.0
LEAST = 0.25
"""Share of the best score that a plan could reach, from which on it fits."""


class Library:
    """Plans to check against, indexed by their activities and the words of their titles."""

    def __init__(self, plans: Iterable[Plan]) -> None:
        self.plans: tuple[Plan, ...] = tuple(sorted(plans, key=lambda p: p.name))
        self._by_name = {plan.name: number for number, plan in enumerate(self.plans)}
        self._effects: dict[str, list[int]] = defaultdict(list)
        self._terms: dict[str, list[tuple[int, float]]] = defaultdict(list)
        uses: Counter[str] = Counter(term for plan in self.plans for term in _terms(plan))
        total = len(self.plans) + 1
        self._best = [0.0] * len(self.plans)
        for number, plan in enumerate(self.plans):
            for term, weight in _terms(plan).items():
                own = weight * math.log(1 + total / uses[term])
                self._terms[term].append((number, own))
                self._best[number] += own
            for step in plan.steps:
                if step.effect and step.activity:
                    self._effects[step.activity].append(number)
                for activity, changes in step.shown:
                    if changes:
                        self._effects[activity].append(number)

    def get(self, name: str) -> Plan | None:
        """Find a plan by its name."""
        return self.plans[self._by_name[name]] if name in self._by_name else None

    def knows(self, activity: str) -> bool:
        """Say whether any plan has this effect."""
        return activity in self._effects

    def plan_of(self, activity: str, done: Mapping[str, int]) -> tuple[Plan, PlanStep] | None:
        """Find the plan by which an effect is judged: of those that have it, the one of which most was done, the best founded of equals."""
        numbers = self._effects.get(activity)
        if not numbers:
            return None

        def fit(number: int) -> tuple[float, int, int]:
            plan = self.plans[number]
            own = sum(s.activity in done or s.activity == activity for s in plan.steps)
            return own / len(plan.steps), plan.weight, -number

        plan = self.plans[max(numbers, key=fit)]
        step = plan.step(activity)
        return (plan, step) if step is not None else None

    def find(self, effects: Mapping[str, int], done: Mapping[str, int], words: Sequence[str]) -> Plan | None:
        """Find the plan that fits a case best; None where none does.

        A case that changed something is what the effect that it is for says; one that changed nothing is what it did and was asked for.
        """
        scores: dict[int, float] = defaultdict(float)
        for term in [*(f"activity {name}" for name in done), *(f"word {word}" for word in dict.fromkeys(words))]:
            for number, weight in self._terms.get(term, ()):
                scores[number] += weight
        among = {n for name in effects for n in self._effects.get(name, ())}
        if effects and not among:
            return None
        ranked = [n for n in scores if not among or n in among]
        if not ranked:
            return None
        best = max(ranked, key=lambda n: (scores[n] / math.sqrt(self._best[n] or 1.0), self.plans[n].weight, -n))
        return self.plans[best] if among or scores[best] >= LEAST * self._best[best] else None


def _terms(plan: Plan) -> dict[str, float]:
    terms = {f"word {word}": WORD for word in plan.words}
    for step in plan.steps:
        if step.activity:
            terms[f"activity {step.activity}"] = EFFECT if step.effect else 1.0
        for activity, changes in step.shown:
            terms.setdefault(f"activity {activity}", EFFECT if changes else 1.0)
    return terms
