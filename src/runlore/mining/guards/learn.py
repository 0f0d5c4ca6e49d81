"""Which of the candidates are the guards of an effect.

1. Good acts are set against one kind of negatives after the other: the tool's refusals, reason by reason; what people rejected or took back;
   what was asked for and rightly not done; acts of cases that ended badly; records that were looked at and left alone.
2. A candidate counts where nearly every good act keeps to it and the negatives break it more often than chance explains (Fisher's exact
   test, corrected for all candidates of its family, Holm 1979). What the tool's own words or the effect's name speak of is a family of its own,
   tested first: few hypotheses, so that few negatives are enough.
3. The one that stops most negatives becomes a guard; what it stops explains nothing else, so that what is only true beside it drops out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from runlore.mining.failures import is_telling
from runlore.mining.guards.acts import Act, Acts, Verdict
from runlore.mining.guards.chance import fisher, testable
from runlore.mining.guards.decide import decide
from runlore.mining.guards.propose import KEEPS, propose, usable
from runlore.mining.words import content_words
from runlore.model.condition import (
    ArgumentValue,
    Comparison,
    Conjunction,
    Constant,
    Disjunction,
    Duration,
    Expression,
    InputValue,
    Measure,
    Membership,
    Negation,
    Presence,
    ResultPath,
)
from runlore.model.condition_text import list_arguments
from runlore.model.workflow import GuardBasis

LEAST_GOOD = 4
"""Pieces of work done well below which nothing is learned."""
CHANCE = 0.05
"""How likely a difference may be by chance, after correction."""
STOPS = {"errors": 0.5, "people": 0.5, "outcome": 0.1, "choice": 0.3}
"""Share of the negatives of a kind that a guard must stop, of those that it can be decided for."""
MOST_A_KIND = 3
"""Guards learned from one kind of negatives."""
ALLOWED = {"errors": CHANCE, "people": CHANCE, "outcome": 0.01, "choice": 0.001}
"""The same by basis: a bad end says little about which act was wrong, and of what was merely left alone nobody says that it was refused."""


@dataclass(frozen=True, slots=True)
class Learned:
    """A guard as learned: its expression over ``activities`` (steps count these), its acts as places in the list that it was learned from."""

    expression: Expression
    basis: GuardBasis
    message: str
    chance: float
    passes: int
    decided: int
    breaks: tuple[int, ...]
    stopped: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Candidate:
    expression: Expression
    words: frozenset[str]
    true: int  # bit masks over the acts
    false: int


_Pieces = tuple[Sequence[int], Sequence[int]]


@dataclass(frozen=True, slots=True)
class _Negatives:
    basis: GuardBasis
    message: str
    mask: int
    words: frozenset[str]


def learn(
    acts: Acts, activities: Sequence[str], effects: Collection[str], priors: Sequence[Expression] = ()
) -> tuple[Learned, ...]:
    """Learn the guards of an effect from its acts, in the order in which they were found.

    ``effects`` are the effects whose own results may be read; ``priors`` are conditions that guard other effects: where there are any, these few
    alone are tested, and one negative may be enough.
    """
    every = acts.acts
    good = acts.among("good")
    if len({a.witness for a in good}) < LEAST_GOOD or len(good) == len(every):
        return ()
    others = [a for a in every if a.verdict != "good"]
    proposed = list(priors) or propose(good, others, activities, usable(good, activities, effects))
    candidates = _evaluate(proposed, every, activities)
    mine, accepted = _mask(every, {"good"}), _mask(every, {"good", "failed", "taken back"})
    pieces = (_pieces(every, by_values=False), _pieces(every, by_values=True))
    found: list[Learned] = []
    stopped = 0
    for negatives in _kinds(acts):
        ours = (
            accepted if negatives.basis == "errors" else mine
        )  # what the tool accepted, it accepted whatever came of it
        for _ in range(MOST_A_KIND):
            best = _best(candidates, (ours, negatives.mask & ~stopped), negatives, pieces, known=bool(priors))
            if best is None:
                break
            found.append(_learned(*best, negatives, mine, len(every)))
            stopped |= best[0].false & ~mine
    return _needed(found, every)


def _pieces(acts: Sequence[Act], *, by_values: bool) -> tuple[int, ...]:
    """Masks of the acts that are the same piece of work: five agents that were given the same order are one witness, not five.

    With ``by_values`` acts count apart that gave other values: for conditions over these.
    """
    masks: dict[tuple[object, ...], int] = {}
    for number, act in enumerate(acts):
        values = sorted((n, v) for n, v in act.arguments.items()) if by_values else ()
        key = (act.witness, repr(values))
        masks[key] = masks.get(key, 0) | 1 << number
    return tuple(masks.values())


def _needed(found: Sequence[Learned], acts: Sequence[Act]) -> tuple[Learned, ...]:
    """Drop what the others together stop as well, the last found first; records left alone do not count."""
    kept = list(found)
    for guard in reversed(found):
        rest = {n for g in kept if g is not guard for n in g.stopped}
        own = {n for n in guard.stopped if acts[n].verdict not in ("left", "refused")}
        if len(kept) > 1 and own <= rest and guard.basis != "choice":
            kept.remove(guard)
    return tuple(kept)


def _evaluate(proposed: Sequence[Expression], acts: Sequence[Act], activities: Sequence[str]) -> list[_Candidate]:
    """Decide every candidate for every act; one that too many good acts break stops nothing."""
    order = sorted(range(len(acts)), key=lambda n: (acts[n].verdict != "good", n))
    good = sum(a.verdict == "good" for a in acts)
    mine = _mask(acts, {"good"})
    kept = []
    for expression in proposed:
        true = false = 0
        for number in order:
            decided = decide(expression, acts[number], activities)
            if decided is None:
                continue
            if decided:
                true |= 1 << number
                continue
            false |= 1 << number
            if (false & mine).bit_count() * KEEPS > max(good, KEEPS):
                true = false = 0
                break
        if ((true | false) & mine).bit_count() * 2 < good:
            true = false = 0
        kept.append(_Candidate(expression, words_of(expression, activities), true, false))
    return kept


def _mask(acts: Sequence[Act], verdicts: set[Verdict]) -> int:
    return sum(1 << n for n, a in enumerate(acts) if a.verdict in verdicts)


def _kinds(whole: Acts) -> Iterator[_Negatives]:
    """The kinds of negatives, the most telling first."""
    acts = whole.acts
    name = words_in(whole.effect)
    reasons = Counter(a.message.casefold() for a in acts if a.verdict == "error" and is_telling(a.message))
    for reason, _ in sorted(reasons.items(), key=lambda r: (-r[1], r[0])):
        mask = sum(1 << n for n, a in enumerate(acts) if a.verdict == "error" and a.message.casefold() == reason)
        text = next(a.message for a in acts if a.message.casefold() == reason)
        yield _Negatives("errors", text, mask, frozenset(content_words(reason)))
    yield _Negatives("people", "", _mask(acts, {"rejected", "taken back"}), name)
    yield _Negatives("people", "", _mask(acts, {"refused"}), name)
    yield _Negatives("outcome", "", _mask(acts, {"failed"}), name)
    yield _Negatives("choice", "", _mask(acts, {"left", "refused"}), name)


def _best(
    candidates: Sequence[_Candidate], sides: tuple[int, int], negatives: _Negatives, pieces: _Pieces, known: bool
) -> tuple[_Candidate, float] | None:
    """The candidate that tells the rest of the negatives (the second side) from the good acts, with its corrected chance; None where none does."""
    rest = sides[1]
    if not rest:
        return None
    named = [c for c in candidates if c.words & negatives.words]
    allowed = CHANCE if known else ALLOWED[negatives.basis]
    for family in (candidates,) if known else (named, candidates):
        tests = [(c, *_chances(c, sides, pieces)) for c in family if c.false & rest]
        number = testable([least for _, _, least in tests], allowed)
        passing = [
            (c, chance)
            for c, p, _ in tests
            if (chance := min(1.0, p * number)) <= allowed and _stops_enough(c, rest, negatives.basis)
        ]
        if passing:
            return min(passing, key=lambda item: _preference(item[0], rest, sides[0], negatives.words))
    return None


def _chances(candidate: _Candidate, sides: tuple[int, int], pieces: _Pieces) -> tuple[float, float]:
    """How likely chance alone makes a candidate's difference, and the least that its margins allow."""
    own = pieces[list_arguments(candidate.expression) != ()]
    breaks, of = _split(candidate, sides[0], own)
    stopped, decided = _split(candidate, sides[1], own)
    breaks += is_drawn(candidate.expression)
    most = min(decided, stopped + breaks)
    return fisher(stopped, decided, breaks, of), fisher(most, decided, stopped + breaks - most, of)


def _split(candidate: _Candidate, among: int, pieces: Sequence[int]) -> tuple[int, int]:
    """In how many pieces of work of some acts the candidate is false at least once, and in how many it can be decided."""
    false, both = candidate.false & among, (candidate.true | candidate.false) & among
    return sum(1 for p in pieces if p & false), sum(1 for p in pieces if p & both)


def is_drawn(expression: Expression) -> bool:
    """Say whether a limit was drawn at the extreme of the good acts: without that act it would have been another, so it counts as broken once."""
    return isinstance(expression, Comparison) and expression.operator in ("<=", ">=")


def _stops_enough(candidate: _Candidate, rest: int, basis: GuardBasis) -> bool:
    stopped, decided = (candidate.false & rest).bit_count(), ((candidate.true | candidate.false) & rest).bit_count()
    return stopped >= STOPS[basis] * max(decided, rest.bit_count() if basis in ("errors", "people") else 1)


def _preference(candidate: _Candidate, rest: int, mine: int, words: frozenset[str]) -> tuple[object, ...]:
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


def _learned(candidate: _Candidate, chance: float, negatives: _Negatives, mine: int, length: int) -> Learned:
    return Learned(
        candidate.expression,
        negatives.basis,
        negatives.message,
        chance,
        (candidate.true & mine).bit_count(),
        ((candidate.true | candidate.false) & mine).bit_count(),
        _places(candidate.false & mine, length),
        _places(candidate.false & ~mine, length),
    )


def _places(mask: int, length: int) -> tuple[int, ...]:
    return tuple(n for n in range(length) if mask >> n & 1)


def words_in(name: str) -> frozenset[str]:
    """Give the content words of a tool's name."""
    return frozenset(content_words(name.replace("_", " ").replace(".", " ").replace("-", " ").replace("/", " ")))


def words_of(expression: Expression, activities: Sequence[str]) -> frozenset[str]:
    """Give the content words by which a message would speak of a condition: its constants, else the fields and arguments that it reads."""
    said = {w for text in _constants(expression) for w in content_words(text)}
    if said:
        return frozenset(said)
    return frozenset(w for text in _names(expression, activities) for w in words_in(text))


def _constants(expression: Expression) -> Iterable[str]:
    match expression:
        case Comparison(_, _, Constant(str(value))):
            return (value,)
        case Membership(_, values):
            return tuple(v.value for v in values if isinstance(v, Constant) and isinstance(v.value, str))
        case Negation(item):
            return _constants(item)
        case Conjunction(items) | Disjunction(items):
            return tuple(text for item in items for text in _constants(item))
        case _:
            return ()


def _names(expression: Expression, activities: Sequence[str]) -> Iterable[str]:
    match expression:
        case Presence(side):
            sides: tuple[object, ...] = (side,)
        case Comparison(left, _, right):
            sides = (left.path if isinstance(left, Measure) else left, right)
        case Membership(side, values):
            sides = (side, *values)
        case Negation(item):
            return _names(item, activities)
        case Conjunction(items) | Disjunction(items):
            return tuple(text for item in items for text in _names(item, activities))
    return tuple(_name(side, activities) for side in sides)


def _name(side: object, activities: Sequence[str]) -> str:
    match side:
        case ResultPath(path, step):
            last = re.split(r"\.(?![^\[]*\])", path.replace("[*]", ""))[-1]
            told = re.findall(r"@\.?([^\]]*)", path)
            return f"{activities[step - 1] if path == '$' else ''} {last.lstrip('$')} {' '.join(told)}"
        case ArgumentValue(name):
            return name.replace("[*]", "")
        case Constant() | InputValue() | Duration():
            return ""
        case _:
            return ""
