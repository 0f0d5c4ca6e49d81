"""What comes next: the first-order Markov chain to compare with, and what a runbook says."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet

from runlore.mining.digest import Case
from runlore.mining.steps import step_name
from runlore.model import Workflow

START = ""


def sequence_of(case: Case) -> tuple[str, ...]:
    """The steps of a case as they were begun, repetitions in a row once; what is no step of its own is left out."""
    names = [name for call in case.calls if call.outcome == "ok" and (name := step_name(call))]
    return tuple(name for n, name in enumerate(names) if n == 0 or names[n - 1] != name)


class Chain:
    """Counts of what followed what."""

    def __init__(self, sequences: Iterable[Sequence[str]]) -> None:
        self._after: dict[str, Counter[str]] = defaultdict(Counter)
        for sequence in sequences:
            for one, other in zip((START, *sequence), sequence, strict=False):
                self._after[one][other] += 1

    def next(self, name: str) -> str | None:
        """The step that followed most often, the first by name of equals; None where the step was never seen."""
        seen = self._after.get(name)
        return min(seen, key=lambda n: (-seen[n], n)) if seen else None


def next_of(workflow: Workflow, done: AbstractSet[str], last: str) -> str | None:
    """The step that a runbook names next: the first that is not done, none of those that it waits for open, optional ones last.

    A step that is repeated for each item is named again as long as it was the last one done and nothing else is open.
    """
    finished = {s.number for s in workflow.steps if s.activity in done}
    open_steps = [s for s in workflow.steps if s.number not in finished]
    ready = [s for s in open_steps if set(s.after) <= finished] or open_steps
    if not ready:
        return last if any(s.repeat and s.activity == last for s in workflow.steps) else None
    return min(ready, key=lambda s: (s.optional, s.number)).activity
