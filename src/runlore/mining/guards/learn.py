"""Which of the candidates are the guards of an effect.

1. Good acts are set against one kind of negatives after the other: the tool's refusals, reason by reason; what people rejected or took back;
   what was asked for and rightly not done; acts of cases that ended badly; records that were looked at and left alone.
2. A candidate counts where nearly every good act keeps to it and the negatives break it more often than chance explains (Fisher's exact
   test over pieces of work, corrected for all candidates of its family that could have come out, Tarone 1990). What the tool's own words or the
   effect's name speak of is a family of its own, tested first: few hypotheses, so that few negatives are enough.
3. The one that stops most negatives becomes a guard; what it stops explains nothing else, so that what is only true beside it drops out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from runlore.mining.failures import is_telling
from runlore.mining.guards.acts import Act
from runlore.mining.guards.candidates import Candidate, Material, is_drawn, places
from runlore.mining.guards.chance import count_testable, fisher
from runlore.mining.guards.give import give
from runlore.mining.guards.join import join
from runlore.mining.guards.mention import constants_in, words_in
from runlore.mining.guards.propose import propose, usable
from runlore.mining.guards.relate import relate
from runlore.mining.words import content_words
from runlore.model.condition import ArgumentValue, Comparison, Constant, Expression, Membership, Presence, ResultPath
from runlore.model.workflow import GuardBasis

LEAST_GOOD = 4
"""Pieces of work done well below which nothing is learned."""
CHANCE = 0.05
"""How likely a difference may be by chance, after correction."""
UNSPOKEN = 0.01
"""The same for conditions that nobody's words speak of, and where a bad end alone says that something was wrong: an effect has many reasons to be refused."""
MERE_CHOICE = 0.001
"""The same for what was merely left alone: nobody says that it was refused."""
LEAST_STOPPED = 2
"""Pieces of work that a condition must stop of whose value nobody's words speak: one refusal has a hundred fields that no good act had."""
STOPS = {"errors": 0.5, "people": 0.5, "outcome": 0.1, "choice": 0.3}
"""Share of the negatives of a kind that a guard must stop, of those that it can be decided for."""
MOST_A_KIND = 3
"""Guards learned from one kind of negatives."""


@dataclass(frozen=True, slots=True)
class Learned:
    """A guard as learned, with the masks of the acts for which it holds and does not. ``message`` is the tool's refusal that it explains, if any."""

    candidate: Candidate
    basis: GuardBasis
    message: str
    chance: float

    @property
    def expression(self) -> Expression:
        """The condition."""
        return self.candidate.expression


@dataclass(frozen=True, slots=True)
class _Negatives:
    basis: GuardBasis
    message: str
    mask: int
    words: frozenset[str]
    allowed: float  # how likely a difference may be by chance
    unspoken: float  # the same for conditions that nobody's words speak of


def learn(
    material: Material,
    within: int = -1,
    priors: Sequence[Expression] = (),
    given: Sequence[Learned] = (),
) -> tuple[Learned, ...]:
    """Learn the guards of an effect from some of its acts (a mask; all), beside those given, in the order in which they were found.

    ``priors`` are conditions that guard other effects: where there are any, these few alone are tested, and one negative may be enough.
    """
    acts = material.acts.acts
    mine = material.mask("good") & within
    seen = [a for n, a in enumerate(acts) if within >> n & 1]
    good = [a for a in seen if a.verdict == "good"]
    if len({a.witness for a in good}) < LEAST_GOOD or len(good) == len(seen):
        return ()
    others = [a for a in seen if a.verdict != "good"]
    candidates = material.evaluate(list(priors) or _propose(material, good, others))
    joined = [] if priors else list(join(material, good, usable(good, material.activities, ()), within))
    accepted = mine | material.mask("failed", "taken back") & within
    found: list[Learned] = []
    stopped = 0
    for guard in given:
        stopped |= guard.candidate.false & ~mine
    for negatives in _kinds(material, within):
        # what the tool accepted, it accepted whatever came of it
        ours = accepted if negatives.basis == "errors" else mine
        for _ in range(MOST_A_KIND):
            sides = (ours, negatives.mask & ~stopped)
            best = _best(material, candidates, sides, negatives, known=bool(priors))
            best = best or _best(material, joined, sides, negatives, known=False)
            if best is None:
                break
            found.append(Learned(best[0], negatives.basis, negatives.message, best[1]))
            stopped |= best[0].false & ~mine
    return _needed(material, found)


def _propose(material: Material, good: Sequence[Act], others: Sequence[Act]) -> list[Expression]:
    """All candidates, each once."""
    activities = material.activities
    numbers = usable(good, activities, (material.acts.effect,))
    fields = (e for n in numbers for e in propose(good, others, activities[n - 1], n))
    return list(
        dict.fromkeys((*fields, *relate(good, others, activities, numbers), *give(good, others, activities, numbers)))
    )


def _needed(material: Material, found: Sequence[Learned]) -> tuple[Learned, ...]:
    """Drop what the others together stop as well, the last found first; records left alone do not count."""
    hard = ~material.mask("good", "left", "refused")
    kept = list(found)
    for guard in reversed(found):
        rest = 0
        for other in kept:
            rest |= other.candidate.false if other is not guard else 0
        if len(kept) > 1 and guard.basis != "choice" and not guard.candidate.false & hard & ~rest:
            kept.remove(guard)
    return tuple(kept)


def _kinds(material: Material, within: int) -> Iterator[_Negatives]:
    """The kinds of negatives, the most telling first."""
    acts = material.acts.acts
    name = words_in(material.acts.effect)
    errors = [(n, a.message) for n, a in enumerate(acts) if a.verdict == "error" and within >> n & 1]
    reasons = Counter(m.casefold() for _, m in errors if is_telling(m))
    for reason, _ in sorted(reasons.items(), key=lambda r: (-r[1], r[0])):
        mask = sum(1 << n for n, m in errors if m.casefold() == reason)
        text = next(m for _, m in errors if m.casefold() == reason)
        yield _Negatives("errors", text, mask, frozenset(content_words(reason)), CHANCE, UNSPOKEN)
    yield _Negatives("people", "", material.mask("rejected", "taken back") & within, name, CHANCE, UNSPOKEN)
    yield _Negatives("people", "", material.mask("refused") & within, name, UNSPOKEN, MERE_CHOICE)
    yield _Negatives("outcome", "", material.mask("failed") & within, name, UNSPOKEN, UNSPOKEN)
    yield _Negatives("choice", "", material.mask("left", "refused") & within, name, MERE_CHOICE, MERE_CHOICE)


def _best(
    material: Material, candidates: Sequence[Candidate], sides: tuple[int, int], negatives: _Negatives, *, known: bool
) -> tuple[Candidate, float] | None:
    """The candidate that tells the rest of the negatives (the second side) from the good acts, with its corrected chance; None where none does."""
    rest = sides[1]
    if not rest:
        return None
    # a refusal speaks of a field or a value, the effect's name at most of a value: the "order" in it is in every field
    named = [c for c in candidates if (c.words & negatives.words if negatives.message else _is_told(c, negatives))]
    for family in (candidates,) if known else (named, candidates):
        spoken = known or family is named
        allowed = CHANCE if known else negatives.allowed if spoken else min(negatives.allowed, negatives.unspoken)
        tests = [
            (c, *_chances(material, c, sides))
            for c in family
            if c.false & rest and (known or _is_told(c, negatives) or material.split(c, rest)[0] >= LEAST_STOPPED)
        ]
        number = count_testable([least for _, _, least in tests], allowed)
        passing = [
            (c, chance)
            for c, p, _ in tests
            if (chance := min(1.0, p * number)) <= allowed and _stops_enough(c, rest, negatives.basis)
        ]
        if passing:
            return min(passing, key=lambda item: _preference(item[0], rest, sides[0], negatives.words))
    return None


def _is_told(candidate: Candidate, negatives: _Negatives) -> bool:
    """Say whether the words speak of the very value that a condition wants, not only of its field."""
    said = {w for text in constants_in(candidate.expression) for w in words_in(text)}
    return bool(said & negatives.words)


def _chances(material: Material, candidate: Candidate, sides: tuple[int, int]) -> tuple[float, float]:
    """How likely chance alone makes a candidate's difference, and the least that its margins allow."""
    breaks, of = material.split(candidate, sides[0])
    stopped, decided = material.split(candidate, sides[1])
    breaks = min(breaks + is_drawn(candidate.expression), of)
    most = min(decided, stopped + breaks)
    return fisher(stopped, decided, breaks, of), fisher(most, decided, stopped + breaks - most, of)


def _stops_enough(candidate: Candidate, rest: int, basis: GuardBasis) -> bool:
    stopped, decided = (candidate.false & rest).bit_count(), (candidate.decided & rest).bit_count()
    return stopped >= STOPS[basis] * max(decided, rest.bit_count() if basis in ("errors", "people") else 1)


def _preference(candidate: Candidate, rest: int, mine: int, words: frozenset[str]) -> tuple[object, ...]:
    """Most negatives stopped (within a fifth), then what the words speak of, then the plainer sentence."""
    stopped = (candidate.false & rest).bit_count()
    return (
        -len(candidate.words & words) if stopped * 5 >= 4 * rest.bit_count() else 0,
        -stopped,
        (candidate.false & mine).bit_count(),
        _plainness(candidate.expression),
        repr(candidate.expression),
    )


def _plainness(expression: Expression) -> tuple[int, int]:
    """How plain a sentence is: a field that equals a word before a field that is one of a few, presence, counts, limits."""
    match expression:
        case Comparison(ResultPath(path), "=", Constant(str())):
            return 0, len(path)
        case Comparison(ResultPath(path), "=", Constant()):
            return 1, len(path)
        case Membership(ResultPath(path), _):
            return 2, len(path)
        case Membership(ArgumentValue(), values):
            return 1 + len(values), sum(len(repr(v)) for v in values)
        case Presence(ResultPath(path), _):
            return 4, len(path)
        case _:
            return 5, len(repr(expression))


def numbers_of(guard: Learned, mask: int) -> tuple[int, ...]:
    """Give the numbers of the acts among ``mask`` that a guard would have stopped."""
    return tuple(places(guard.candidate.false & mask))
