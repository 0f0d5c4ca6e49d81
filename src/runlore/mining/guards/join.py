"""Candidates of which one of two or three sentences has to hold: an insured booking, or one of the first class, or one made within a day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations

from runlore.mining.guards.acts import Act
from runlore.mining.guards.candidates import Candidate, Material
from runlore.mining.guards.decide import instant
from runlore.mining.guards.past import Scalar
from runlore.mining.guards.propose import KEEPS, KNOWN, LEAST_TIMES, is_choice, standing
from runlore.model.condition import Comparison, Constant, Disjunction, Duration, Expression, Measure, ResultPath

MOST_SENTENCES = 14
"""Sentences that are joined, those that most good acts keep to."""
LEAST_SHARE = 0.1
"""Share of the good acts for which a sentence must hold to be one of several."""
_SPANS = (Duration(1, "hour"), Duration(1, "day"), Duration(7, "day"), Duration(30, "day"))


def join(material: Material, good: Sequence[Act], numbers: Sequence[int], within: int) -> Iterator[Candidate]:
    """Give the joined candidates over fields of the records that the effect's arguments name: together nearly every good act keeps to them."""
    mine = material.mask("good") & within
    keyed = [n for n in numbers if material.activities[n - 1] in material.acts.keys]
    sentences = [material.decided(e) for n in keyed for e in _sentences(good, material.activities[n - 1], n)]
    some = [s for s in sentences if LEAST_SHARE * mine.bit_count() <= (s.true & mine).bit_count() < mine.bit_count()]
    some.sort(key=lambda s: (-(s.true & mine).bit_count(), repr(s.expression)))
    for size in (2, 3):
        for chosen in combinations(some[:MOST_SENTENCES], size):
            if size == 3 and any(_is_enough(pair, mine) for pair in combinations(chosen, 2)):
                continue
            if _is_enough(chosen, mine):
                yield _joined(chosen)


def _is_enough(chosen: Sequence[Candidate], mine: int) -> bool:
    """Say whether nearly every good act keeps to one of the sentences, and none of them could be left out."""
    kept = _any(chosen) & mine
    if (mine.bit_count() - kept.bit_count()) * KEEPS > max(mine.bit_count(), KEEPS):
        return False
    return all(
        (kept & ~_any([c for c in chosen if c is not one])).bit_count() * KEEPS > mine.bit_count() for one in chosen
    )


def _any(chosen: Sequence[Candidate]) -> int:
    true = 0
    for candidate in chosen:
        true |= candidate.true
    return true


def _joined(chosen: Sequence[Candidate]) -> Candidate:
    false = -1
    for candidate in chosen:
        false &= candidate.false
    words = frozenset(w for c in chosen for w in c.words)
    return Candidate(Disjunction(tuple(c.expression for c in chosen)), words, _any(chosen), false)


def _sentences(good: Sequence[Act], activity: str, number: int) -> Iterator[Expression]:
    """Plain sentences over one field: it equals a word that several pieces of work had, or is not older than a round span."""
    for path, seen in sorted(standing(good, activity).items()):
        if "[*]" in path or len(seen) < KNOWN * len(good):
            continue
        witnesses: dict[tuple[type, Scalar], set[str]] = defaultdict(set)
        for act, leaf in seen:
            for value in leaf.values:
                witnesses[type(value), value].add(act.witness)
        for (_, value), who in sorted(witnesses.items(), key=lambda w: repr(w[0][1])):
            if len(who) >= LEAST_TIMES and is_choice(value):
                yield Comparison(ResultPath(path, number), "=", Constant(value))
        if seen[0][1].values and instant(seen[0][1].values[0]) is not None:
            yield from (Comparison(Measure("age", ResultPath(path, number)), "<=", span) for span in _SPANS)
