"""All guards that some cases give: for each effect what was learned of it alone, what its siblings teach, and what its own result rules out.

1. Every effect is learned by itself (`learn`).
2. What guards one effect is tried on the others: one sentence instead of hundreds, so that a single refusal may be enough.
3. A tool whose name claims a value (``cancel_pending_order``) as a sibling's does, which is known to need it, needs it too where no act contradicts.
4. Where the effect's own result no longer meets its guard (``pending`` became ``cancelled``), it is done once for each thing.
5. Of what was on offer the effect only ever took what a flag tells apart (`pick`).
6. Guards are tried on pieces of work that they were not learned from (`folds`); what does not hold there is dropped.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from runlore.mining.digest import Case
from runlore.mining.guards.acts import Act, Row, list_acts
from runlore.mining.guards.candidates import Material, places
from runlore.mining.guards.decide import decide
from runlore.mining.guards.folds import Fit, cross_fit
from runlore.mining.guards.learn import LEAST_GOOD, Learned, learn
from runlore.mining.guards.mention import words_in
from runlore.mining.guards.past import Past, plain_fields
from runlore.mining.guards.pick import pick
from runlore.mining.guards.records import is_telling
from runlore.model.condition import ArgumentValue, Comparison, Constant, Expression, Membership, ResultPath
from runlore.model.condition_text import list_paths, renumbered
from runlore.model.source import Source
from runlore.model.workflow import GuardBasis, GuardKind

MOST_SOURCES = 12
CLOSES = 0.95
"""Share of an effect's results that must break its guard for it to be done once for each thing."""
CLAIMS = 3
"""Good acts that must keep to what a tool's name claims."""
LEAST_HELD_OUT = 3
"""Acts stopped in pieces of work held out from which on a guard is judged by them."""
LEAST_PRECISION = 0.5


@dataclass(frozen=True, slots=True)
class Found:
    """A guard of an effect before its workflow's steps have numbers: ``reads`` are the activities that its expression's steps count, in their order."""

    effect: str
    kind: GuardKind
    expression: Expression
    reads: tuple[str, ...]
    basis: GuardBasis
    message: str
    chance: float
    support: tuple[int, int]
    precision: float
    negatives: int
    counter: Source | None
    sources: tuple[Source, ...]


def list_rows(cases: Iterable[tuple[str, str, Case]]) -> list[Row]:
    """Prepare cases, each with its session and transcript, for learning; those without any structured result can teach nothing."""
    return [Row(s, t, c, Past(c)) for s, t, c in cases if any(call.leaves for call in c.calls)]


def learn_guards(rows: Sequence[Row]) -> dict[str, tuple[Found, ...]]:
    """Learn the guards of every effect of some cases."""
    calls = [c for row in rows for c in row.case.calls if c.actor != "person"]
    activities = tuple(sorted({c.name for c in calls if c.leaves}))
    effects = sorted({c.name for c in calls if c.role == "effect" and c.outcome == "ok" and not c.command})
    material = {effect: Material(list_acts(effect, rows), activities) for effect in effects}
    alone = {effect: learn(material[effect]) for effect in effects}
    found: dict[str, tuple[Found, ...]] = {}
    for effect in effects:
        own = (*alone[effect], *_taught(effect, material[effect], alone))
        own = (*own, *_claimed(effect, material[effect], own, alone))
        fits = cross_fit(material[effect], own)
        kept = [(g, f) for g, f in zip(own, fits, strict=True) if _is_borne_out(g, f)]
        kept += [(g, Fit(0, 0, 0)) for g in pick(material[effect], own)]
        once = _once(material[effect], [g for g, _ in kept])
        found[effect] = (*(_found(material[effect], g, f) for g, f in kept), *([once] if once else []))
    return {effect: guards for effect, guards in found.items() if guards}


def _taught(effect: str, material: Material, alone: Mapping[str, Sequence[Learned]]) -> tuple[Learned, ...]:
    """What guards other effects, where this one's own refusals bear it out."""
    own = {g.expression for g in alone[effect]}
    priors = dict.fromkeys(g.expression for other in sorted(alone) for g in alone[other] if other != effect)
    fresh = [p for p in priors if p not in own]
    return learn(material, priors=fresh, given=alone[effect]) if fresh else ()


def _claimed(
    effect: str, material: Material, own: Sequence[Learned], alone: Mapping[str, Sequence[Learned]]
) -> list[Learned]:
    """Values that this tool's name claims as a sibling's name does, of the same field, where no act that was accepted contradicts."""
    read = {path for g in own for path in list_paths(g.expression)}
    found: list[Learned] = []
    for other in sorted(alone):
        for guard in alone[other]:
            claim = _claim(guard.expression)
            if other == effect or not claim or read & set(list_paths(guard.expression)):
                continue
            if not claim <= words_in(effect) & words_in(other):
                continue
            candidate = material.evaluate([guard.expression])[0]
            accepted = material.mask("good", "failed", "taken back")
            if (candidate.true & accepted).bit_count() >= CLAIMS and not candidate.false & accepted:
                found.append(Learned(candidate, guard.basis, "", guard.chance))
                read |= set(list_paths(guard.expression))
    return found


def _claim(expression: Expression) -> frozenset[str]:
    match expression:
        case Comparison(ResultPath(), "=", Constant(str(value))):
            return words_in(value)
        case _:
            return frozenset()


def _is_borne_out(guard: Learned, fit: Fit) -> bool:
    """Say whether a guard holds where it was not learned; what rests on a difference of ends or choices alone must have been found again there."""
    if fit.stopped >= LEAST_HELD_OUT and fit.rightly < LEAST_PRECISION * fit.stopped:
        return False
    return fit.again > 0 or guard.basis not in ("outcome", "choice")


def _found(material: Material, guard: Learned, fit: Fit) -> Found:
    acts = material.acts.acts
    mine = material.mask("good")
    candidate = guard.candidate
    hard = [n for n in places(candidate.false & ~mine) if acts[n].verdict not in ("left", "refused", "failed")]
    soft = [n for n in places(candidate.false & ~mine) if n not in hard]
    breaks = list(places(candidate.false & mine))
    places_of = tuple(dict.fromkeys(acts[n].source for n in (*hard, *soft)))
    return Found(
        material.acts.effect,
        "proceed",
        *_narrow(guard.expression, material.activities),
        guard.basis,
        _told(guard, [acts[n].message for n in hard]),
        guard.chance,
        ((candidate.true & mine).bit_count(), (candidate.decided & mine).bit_count()),
        round(fit.rightly / fit.stopped, 3) if fit.stopped else 0.0,
        len(hard) if guard.basis == "errors" and hard else len(hard) + len(soft),
        acts[breaks[0]].source if breaks else None,
        places_of[:MOST_SOURCES],
    )


def _told(guard: Learned, messages: Sequence[str]) -> str:
    """The tool's words where the guard was broken: the most frequent ones, those that it was learned from among equals."""
    counts = Counter(m for m in messages if m)
    return min(counts, key=lambda m: (-counts[m], m != guard.message, m), default=guard.message)


def _narrow(expression: Expression, activities: Sequence[str]) -> tuple[Expression, tuple[str, ...]]:
    """Let the steps of an expression count only the activities that it reads."""
    used = sorted({path.step for path in list_paths(expression)})
    return renumbered(expression, {step: n for n, step in enumerate(used, 1)}), tuple(activities[s - 1] for s in used)


def _once(material: Material, guards: Sequence[Learned]) -> Found | None:
    """The guard that an effect is done once for each thing: nearly all of its own results break the guard that let it be done."""
    done = [a for a in material.acts.acts if a.verdict in ("good", "failed") and a.result]
    for guard in guards:
        paths = list_paths(guard.expression)
        activity = material.activities[paths[0].step - 1] if len(paths) == 1 else ""
        key = material.acts.keys.get(activity, "")
        if not key or len({a.witness for a in done}) < LEAST_GOOD:
            continue
        closed = [a for a in done if _closes(guard.expression, a, activity, material.activities)]
        path = _named(key, closed)
        if len(closed) >= CLOSES * len(done) and path and material.acts.effect in material.activities:
            return _once_found(material, key, path, closed)
    return None


def _closes(expression: Expression, act: Act, activity: str, activities: Sequence[str]) -> bool:
    """Say whether an act's own result, as the record now stands, breaks the guard."""
    result = act.result or {}
    after = replace(act, known={activity: result})
    return decide(expression, after, activities) is False


def _named(key: str, acts: Sequence[Act]) -> str:
    """The path at which the effect's results name what it was done with; "" where they do not."""
    paths: set[str] | None = None
    for act in acts:
        values = {str(v) for v in act.arguments.get(key, ()) if is_telling(str(v))}
        here = {p for p, v in plain_fields(act.result or {}).items() if v in values}
        paths = here if paths is None else paths & here
    return min(paths or {""}, key=lambda p: (len(p), p))


def _once_found(material: Material, key: str, path: str, closed: Sequence[Act]) -> Found:
    effect = material.acts.effect
    number = material.activities.index(effect) + 1
    expression = Membership(ArgumentValue(key), (ResultPath(path, number),))
    good = material.acts.among("good")
    again = [n for n, a in enumerate(material.acts.acts) if decide(expression, a, material.activities) is True]
    repeated = [material.acts.acts[n] for n in again]
    stopped = [a for a in repeated if a.verdict not in ("good", "left", "refused")]
    kept = len(good) - sum(a.verdict == "good" for a in repeated)
    return Found(
        effect,
        "stop",
        *_narrow(expression, material.activities),
        "result",
        "",
        0.0,
        (kept, len(good)),
        1.0 if stopped and kept == len(good) else 0.0,
        len(stopped),
        next((a.source for a in repeated if a.verdict == "good"), None),
        tuple(dict.fromkeys(a.source for a in (*stopped, *closed)))[:MOST_SOURCES],
    )
