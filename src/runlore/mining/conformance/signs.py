"""The signs by which a case is judged: how often each was seen and where, and what each takes from the score as long as no outcome says otherwise.

A sign is a count. Its logarithm is compared with how often the sign is seen in such cases anyway, so that a long list of small things weighs
no more than it should. The weights stand here as round numbers: what the literature and people's habits suggest (mining does not tune them).
Where outcomes are on record they are corrected by these (mining/conformance/weigh.py).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from runlore.model.conformance import DeviationKind
from runlore.model.source import Source

MOST_PLACES: Final = 6
"""Places kept of one sign."""


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign: the deviation that it is, what one standard deviation of it weighs, and how it is told.

    ``text`` has a place for the number (``{n}``) where it is worth telling. ``usual`` and ``spread`` are mean and standard deviation of the
    logarithm of one plus the count, as long as nothing was learned. ``always`` says that it is told whenever it is seen, others where they stand out.
    """

    name: str
    kind: DeviationKind
    weight: float
    text: str = ""
    many: str = ""
    always: bool = False
    usual: float = 0.5
    spread: float = 0.5

    def tell(self, count: int) -> str:
        """The sentence for a count."""
        return (self.many if count != 1 and self.many else self.text).format(n=count)


SIGNS: Final[tuple[Sign, ...]] = (
    # what was done against the runbook, refused by the tool, or not what the person wanted
    Sign("guard", "guard ignored", 1.5, always=True, usual=0.0, spread=0.4),
    Sign("added", "added", 0.2, always=True, usual=0.0, spread=0.3),
    Sign(
        "objections", "objected", 0.4, "The person was not content with what was done.",
        "The person objected {n} times after it was done.", usual=0.6, spread=0.6,
    ),
    Sign(
        "thoughts", "objected", 0.3, "The person thought otherwise after it was done.",
        "The person thought otherwise {n} times after it was done.", usual=0.3, spread=0.4,
    ),
    Sign("stopped", "guard ignored", 0.1, always=True, usual=0.1, spread=0.3),
    Sign("failed", "failed", 0.1, always=True, usual=0.1, spread=0.3),
    Sign("approval", "approval skipped", 0.1, always=True, usual=0.1, spread=0.3),
    Sign(
        "unagreed", "approval skipped", 0.4, "Something was changed, and the person's words before it were no plain yes.",
        "{n} times something was changed, and the person's words before it were no plain yes.", usual=0.4, spread=0.5,
    ),
    Sign("source", "wrong source", 0.2, always=True, usual=0.1, spread=0.3),
    Sign("repeated", "repeated", 0.3, always=True, usual=0.1, spread=0.3),
    Sign("skipped", "skipped", 0.2, always=True, usual=0.2, spread=0.4),
    Sign("order", "out of order", 0.1, always=True, usual=0.1, spread=0.3),
    # what was left undone
    Sign(
        "handed", "not done", 0.2, "The work was handed over while a proposal to the person was open.",
        usual=0.05, spread=0.2,
    ),
    Sign("open", "not done", 0.4, "It ends on a proposal that was never carried out.", usual=0.2, spread=0.4),
    Sign(
        "refusals", "refused", 0.4, "The agent said once that it could not.", "The agent said {n} times that it could not.",
        usual=0.7, spread=0.5,
    ),
    Sign(
        "missing", "refused", 0.2, "The agent did not find what was asked for, and nothing was done.",
        usual=0.05, spread=0.2,
    ),
    Sign("idle", "not done", 0.4, "Nothing was changed.", usual=0.1, spread=0.25),
    Sign(
        "proposals", "not done", 0.4, "A proposal was made, and nothing was done after it.",
        "{n} proposals were made, and nothing was done after them.", usual=0.3, spread=0.5,
    ),
    Sign(
        "spoken", "not done", 0.3, "One thing was shown and spoken of, and nothing was done with it.",
        "{n} things were shown and spoken of, and nothing was done with them.", usual=0.3, spread=0.5,
    ),
    Sign(
        "unread", "skipped", 0.5, "One of what was listed was never looked at.",
        "{n} of what was listed were never looked at.", usual=0.3, spread=0.5,
    ),
    Sign("lukewarm", "objected", 0.3, "The person's last words take note of it, no more.", usual=0.2, spread=0.3),
    # what makes work long, and error likely
    Sign("turns", "drawn out", 0.3, "", "It took {n} turns of the person.", usual=1.9, spread=0.4),
    Sign("waiting", "drawn out", 0.3, "", "It took {n} turns until something was done.", usual=1.6, spread=0.4),
    Sign(
        "afterwards", "drawn out", 0.4, "One more call followed after the last change.",
        "{n} more calls followed after the last change.", usual=0.6, spread=0.7,
    ),
    Sign("listed", "drawn out", 0.2, "", "{n} things were there to choose from.", usual=1.2, spread=0.6),
    Sign("wishes", "drawn out", 0.2, "", "The person asked for more than one thing ({n} words of it).", usual=1.0, spread=0.6),
    Sign("several", "drawn out", 0.2, "", "The person spoke of several things at once ({n} words of it).", usual=1.0, spread=0.6),
)  # fmt: skip
"""In the order in which deviations are told."""

BY_NAME: Final = {sign.name: sign for sign in SIGNS}


@dataclass(slots=True)
class Tally:
    """The signs seen so far: how often each, and where."""

    counts: dict[str, int] = field(default_factory=dict)
    places: dict[str, list[Source]] = field(default_factory=dict)

    def note(self, name: str, places: Sequence[Source], times: int = 1) -> None:
        """Count a sign, seen at places."""
        self.counts[name] = self.counts.get(name, 0) + times
        kept = self.places.setdefault(name, [])
        if len(kept) < MOST_PLACES:
            kept.extend(place for place in places if place not in kept)

    def set(self, name: str, count: int, place: Source | None) -> None:
        """Set a sign that is counted otherwise."""
        self.counts[name] = count
        self.places[name] = [place] if place is not None else []

    def forget(self, name: str) -> None:
        """Begin anew with a sign that counts from the last change on."""
        self.counts.pop(name, None)
        self.places.pop(name, None)

    def vector(self) -> tuple[float, ...]:
        """The logarithms of one plus the counts, in the order of SIGNS."""
        return tuple(math.log1p(self.counts.get(sign.name, 0)) for sign in SIGNS)
