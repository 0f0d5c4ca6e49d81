"""The candidates for guards, decided for every act once: as bit masks, so that setting one side against another is counting bits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from runlore.mining.guards.acts import Acts, Verdict
from runlore.mining.guards.decide import decide
from runlore.mining.guards.mention import words_of
from runlore.mining.guards.propose import KEEPS
from runlore.model.condition import Comparison, Expression
from runlore.model.condition_text import list_arguments


@dataclass(frozen=True, slots=True)
class Candidate:
    """A condition with the words that speak of it, and the acts (bit n: act n) for which it holds and for which it does not."""

    expression: Expression
    words: frozenset[str]
    true: int
    false: int

    @property
    def decided(self) -> int:
        """The acts for which it can be decided."""
        return self.true | self.false


@dataclass(slots=True)
class Material:
    """The acts of one effect, with what has been decided of them so far. Paths in expressions count ``activities`` as steps."""

    acts: Acts
    activities: Sequence[str]
    known: dict[Expression, Candidate] = field(default_factory=dict)
    order: tuple[int, ...] = ()
    records: tuple[int, ...] = ()
    values: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        acts = self.acts.acts
        self.order = tuple(sorted(range(len(acts)), key=lambda n: (acts[n].verdict != "good", n)))
        self.records = _pieces(a.witness for a in acts)
        self.values = _pieces(f"{a.witness}\0{sorted(a.arguments.items())!r}" for a in acts)

    def mask(self, *verdicts: Verdict) -> int:
        """The acts with one of the verdicts."""
        return sum(1 << n for n, a in enumerate(self.acts.acts) if a.verdict in verdicts)

    def evaluate(self, expressions: Sequence[Expression]) -> list[Candidate]:
        """Decide expressions for every act; one that too many good acts break, or too few can be decided for, stops nothing."""
        missing = [e for e in expressions if e not in self.known]
        self.known.update((e, self.decided(e, self.order)) for e in missing)
        return [self.known[e] for e in expressions]

    def decided(self, expression: Expression, order: Sequence[int] = ()) -> Candidate:
        """Decide one expression for every act. In an ``order``, the good acts first, it stops nothing once too many of them break it."""
        acts, mine = self.acts.acts, self.mask("good")
        words = words_of(expression, self.activities)
        true = false = 0
        for number in order or range(len(acts)):
            decided = decide(expression, acts[number], self.activities)
            true |= (decided is True) << number
            false |= (decided is False) << number
            if order and (false & mine).bit_count() * KEEPS > max(mine.bit_count(), KEEPS):
                return Candidate(expression, words, 0, 0)
        if order and ((true | false) & mine).bit_count() * 2 < mine.bit_count():
            return Candidate(expression, words, 0, 0)
        return Candidate(expression, words, true, false)

    def split(self, candidate: Candidate, among: int) -> tuple[int, int]:
        """In how many pieces of work among some acts the candidate is false at least once, and in how many it can be decided.

        Five agents that were given the same order are one witness, not five; for a condition over arguments those count apart that gave other values.
        """
        pieces = self.values if list_arguments(candidate.expression) else self.records
        false, decided = candidate.false & among, candidate.decided & among
        return sum(1 for p in pieces if p & false), sum(1 for p in pieces if p & decided)


def _pieces(names: Iterable[str]) -> tuple[int, ...]:
    """Masks of the acts that go by one name."""
    masks: dict[str, int] = {}
    for number, name in enumerate(names):
        masks[name] = masks.get(name, 0) | 1 << number
    return tuple(masks.values())


def is_drawn(expression: Expression) -> bool:
    """Say whether a limit was drawn at the extreme of the good acts: without that act it would have been another, so it counts as broken once."""
    return isinstance(expression, Comparison) and expression.operator in ("<=", ">=")


def places(mask: int) -> Iterator[int]:
    """Give the numbers of the bits that are set, in their order."""
    while mask:
        yield (mask & -mask).bit_length() - 1
        mask &= mask - 1
