"""The gate: what a proposed revision must pass before a person sees it.

1. It is of the format, with no error of lint that its base did not have.
2. It fits the token budget, holds no secret and no hidden character.
3. Replay: no recorded run that went well and conformed to the base conforms less to it; every failure that it claims to prevent is caught by it.

What it finds is shown beside the diff. A revision that breaks a run which conformed before is not shown as ready at all.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from runlore.model import Problem

TOLERANCE = 0.02
"""How much a run's score may fall by chance of rounding before it counts as broken."""
MOST_TOKENS = 5000


@dataclass(frozen=True, slots=True)
class Replayed:
    """One recorded run: how it scored against the base and against the revision, and whether it went well."""

    name: str
    before: float
    after: float
    went_well: bool
    claimed: bool = False

    @property
    def is_broken(self) -> bool:
        """A run that went well scores less than before."""
        return self.went_well and self.after < self.before - TOLERANCE

    @property
    def is_missed(self) -> bool:
        """A failure that the revision claims to prevent scores no worse than before: it would not have been caught."""
        return self.claimed and not self.went_well and self.after >= self.before - TOLERANCE


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gate found: ``problems`` with errors refuse. The counts are shown with the diff."""

    problems: tuple[Problem, ...]
    replayed: int = 0
    broken: tuple[str, ...] = ()
    caught: int = 0
    missed: tuple[str, ...] = ()
    tokens: tuple[int, int] = (0, 0)

    @property
    def passed(self) -> bool:
        """Whether a person may be shown it as ready."""
        return not any(p.level == "error" for p in self.problems)


def judge(
    document: str,
    before: Iterable[Problem],
    after: Iterable[Problem],
    replayed: Iterable[Replayed],
    tokens: tuple[int, int],
) -> Verdict:
    """Judge a revision: lint of base and revision, the replay, and the tokens of both."""
    known = {(p.slug, p.message) for p in before}
    found = [p for p in after if p.level == "error" and (p.slug, p.message) not in known]
    runs = list(replayed)
    broken = tuple(r.name for r in runs if r.is_broken)
    missed = tuple(r.name for r in runs if r.is_missed)
    if broken:
        names = ", ".join(broken[:5])
        message = f"{len(broken)} runs that went well and conformed before would not conform any more: {names}."
        found.append(Problem(document, 0, "gate-breaks", message))
    if missed:
        message = f"{len(missed)} failures that the change claims to prevent would not have been caught."
        found.append(Problem(document, 0, "gate-misses", message, "warning"))
    if tokens[1] > MOST_TOKENS and tokens[1] > tokens[0]:
        found.append(Problem(document, 0, "gate-long", f"It would have {tokens[1]:,} tokens, over {MOST_TOKENS:,}."))
    caught = sum(r.claimed and not r.went_well and not r.is_missed for r in runs)
    return Verdict(tuple(found), len(runs), broken, caught, missed, tokens)
