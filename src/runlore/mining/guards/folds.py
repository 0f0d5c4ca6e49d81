"""How guards fare on pieces of work that they were not learned from (cross-fitting, Chernozhukov et al. 2018)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

from runlore.mining.guards.candidates import Material
from runlore.mining.guards.learn import Learned, learn
from runlore.model.condition import (
    Comparison,
    Conjunction,
    Constant,
    Disjunction,
    Expression,
    Membership,
    Negation,
)

FOLDS = 5


@dataclass(frozen=True, slots=True)
class Fit:
    """How a guard fared where it was not learned: in how many folds it was found again, how many acts it stopped there, how many of these were no good ones."""

    again: int
    stopped: int
    rightly: int


def cross_fit(material: Material, guards: Sequence[Learned]) -> tuple[Fit, ...]:
    """Learn from four fifths of the pieces of work, try on the fifth, five times; give each guard its fit, in their order."""
    if not guards:
        return ()
    folds = [_fold(a.witness) for a in material.acts.acts]
    good = material.mask("good")
    counts = {shape(g.expression): [0, 0, 0] for g in guards}
    for fold in range(FOLDS):
        held = sum(1 << n for n, f in enumerate(folds) if f == fold)
        for guard in learn(material, within=~held):
            count = counts.get(shape(guard.expression))
            if count is not None:
                stopped = guard.candidate.false & held
                count[0] += 1
                count[1] += stopped.bit_count()
                count[2] += (stopped & ~good).bit_count()
    return tuple(Fit(*counts[shape(g.expression)]) for g in guards)


def _fold(witness: str) -> int:
    return int.from_bytes(blake2b(witness.encode(errors="replace"), digest_size=4).digest(), "big") % FOLDS


def shape(expression: Expression) -> Expression:
    """Give the expression without its constants: by it a guard that was learned again is known."""
    match expression:
        case Comparison(left, sign, Constant()):
            return Comparison(left, "=" if sign == "=" else sign, Constant(None))
        case Membership(side, values) if all(isinstance(v, Constant) for v in values):
            return Comparison(side, "=", Constant(None))
        case Negation(item):
            return Negation(shape(item))
        case Conjunction(items):
            return Conjunction(tuple(shape(i) for i in items))
        case Disjunction(items):
            return Disjunction(tuple(shape(i) for i in items))
        case _:
            return expression
