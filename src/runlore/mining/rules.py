"""Which of the places that held a value is the rule.

Exact matching explains nearly every argument of a writing call, but about half the values stand in more than one place.
The rule is chosen over all runs by description length (Rissanen 1978): a rule that gives the value among w candidates costs
log2 w bits for that run, a run that it does not explain costs MISS bits, and the rule itself costs what it takes
to say it. Ties go to the nearest field name, then to the nearest producer.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Indel

from runlore.mining.dataflow import Binding

MISS = 8.0
"""Bits for a value that the rule does not give: about what it costs to look it up among 250."""
SPREAD = 0.02
"""Bits for every further candidate, beyond the logarithm: a reader has to look at each."""
LONGEST_CONSTANT = 120


@dataclass(frozen=True, slots=True)
class Rule:
    """Where an argument comes from: ``kind`` is ``constant``, ``input``, ``step`` or ``unknown``.

    ``hits`` of ``total`` runs are explained by it, with ``width`` candidates on average.
    """

    kind: str
    value: str = ""
    activity: str = ""
    path: str = ""
    hits: int = 0
    total: int = 0
    width: float = 1.0


Key = tuple[str, str, str]  # kind, activity or "", path or value


def choose_all(
    seen: Mapping[str, Sequence[tuple[str, Binding]]], producers: Iterable[str] | None = None
) -> dict[str, Rule]:
    """Choose the rules for the arguments of one step, by argument name.

    Arguments that stand together in one record of a result (street, town, postcode) are read there together: where most of the others
    come from one record, a rule that reads a field of the same record wins over one that is a little better by itself.
    """
    rules = {name: choose(votes, producers) for name, votes in seen.items()}
    records = Counter(
        (r.activity, _record(r.path)) for r in rules.values() if r.kind == "step" and _record(r.path) != "$"
    )
    for (activity, record), count in sorted(records.items(), key=lambda r: (-r[1], r[0]))[:1]:
        if count < 2:
            continue
        for name, votes in seen.items():
            if (rules[name].activity, _record(rules[name].path)) == (activity, record):
                continue
            other = choose(votes, producers, (activity, record))
            if other.kind == "step" and other.hits * 5 >= rules[name].hits * 4 and rules[name].kind != "constant":
                rules[name] = other
    return rules


def _record(path: str) -> str:
    """The path of the record that a field stands in."""
    return path.rpartition(".")[0] if "." in path else "$"


def choose(
    seen: Sequence[tuple[str, Binding]], producers: Iterable[str] | None = None, record: tuple[str, str] | None = None
) -> Rule:
    """Choose the rule for one argument from its bindings, each with its session.

    ``producers`` restricts the steps that may be named (None: any), ``record`` to a field of one activity's record that is named
    like the argument. Values that nobody gave (nothing, empty) do not vote.
    """
    votes = [(session, b) for session, b in seen if b.kind != "nothing"]
    if not votes:
        return Rule("unknown")
    allowed = None if producers is None else set(producers)
    varies = "[*]" not in votes[0][1].name and _varies_within(votes)
    gain: dict[Key, float] = defaultdict(float)
    hits: Counter[Key] = Counter()
    widths: Counter[Key] = Counter()
    for _, binding in votes:
        for key, width in _offers(binding, allowed):
            if varies and key[0] == "constant":
                continue
            if record is not None and not _is_field(key, record, binding.name):
                continue
            gain[key] += MISS - math.log2(width) - SPREAD * (width - 1)
            hits[key] += 1
            widths[key] += width
    if not gain:
        return Rule("unknown", total=len(votes))
    users: dict[str, set[str]] = defaultdict(set)
    for session, binding in votes:
        users[binding.value].add(session)
    spread = {key: len(users[key[2]]) for key in gain if key[0] == "constant"}
    sessions = len({session for session, _ in votes})
    values = len({b.value for _, b in votes})
    name = votes[0][1].name
    best = max(gain, key=lambda k: (gain[k] - _price(k, spread, sessions, values, name), -len(k[2]), k))
    if gain[best] - _price(best, spread, sessions, values, name) <= 0 or hits[best] * 5 < len(votes):
        return Rule("unknown", total=len(votes))
    kind, activity, rest = best
    return Rule(
        kind,
        rest if kind == "constant" else "",
        activity,
        rest if kind == "step" else "",
        hits[best],
        len(votes),
        widths[best] / hits[best],
    )


def _offers(binding: Binding, allowed: set[str] | None) -> Iterable[tuple[Key, int]]:
    if len(binding.value) <= LONGEST_CONSTANT:
        yield ("constant", "", binding.value), 1
    if binding.words:
        yield ("input", "", ""), binding.words
    for place in binding.places:
        if allowed is None or place.activity in allowed:
            yield ("step", place.activity, place.path), place.width


def _varies_within(votes: Sequence[tuple[str, Binding]]) -> bool:
    """Say whether one session gave the argument different values: then none of them is the company's constant."""
    seen: dict[str, str] = {}
    return any(seen.setdefault(session, binding.value) != binding.value for session, binding in votes)


def _is_field(key: Key, record: tuple[str, str], name: str) -> bool:
    kind, activity, path = key
    return kind == "step" and (activity, _record(path)) == record and _likeness(name, path.rpartition(".")[2]) > 0.9


def _price(key: Key, spread: dict[Key, int], sessions: int, values: int, name: str) -> float:
    """What it costs to state the rule, in bits; a constant that only one session used is no rule."""
    kind, _, rest = key
    if kind == "input":
        return 2.0
    if kind == "constant":
        if spread[key] < 2 or (values > 1 and spread[key] * 5 < 4 * sessions):
            return 1e9
        return 4.0 + len(rest) / 4 + (MISS if values > 1 or _is_identifier(rest) else 0)
    filters = rest.count("[?")
    fixed = rest.count("[0]") + rest.count("[-1]")
    last = rest.replace("[*]", "").rsplit(".", 1)[-1].rstrip("]'\"")
    return (
        3.0
        + 5.0 * filters
        + 3.0 * fixed
        + rest.count(".") * 0.5
        + (1 - _likeness(name, last)) * 4.0
        + (4.0 if rest == "$" else 0)
    )


def _is_identifier(text: str) -> bool:
    return sum(c.isdigit() for c in text) >= 3


def _likeness(name: str, field: str) -> float:
    """How alike an argument's name and a field's name are, 0 to 1, by their last parts."""
    return float(Indel.normalized_similarity(name.replace("[*]", "").rsplit(".", 1)[-1].rstrip("s"), field.rstrip("s")))
