"""What cases did or left undone with one effect, and what each of them knew before: the material that guards are learned from."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from runlore.mining.digest import Call, Case
from runlore.mining.failures import template
from runlore.mining.guards.past import Fields, Past, Rule, Scalar, typed
from runlore.mining.guards.records import telling
from runlore.mining.words import content_words
from runlore.model import Source

Verdict = Literal[
    "good",  # done, and the case went well as far as anything on record says
    "failed",  # done, and the case ended badly
    "taken back",  # done, and the person corrected or rejected it
    "error",  # the tool refused
    "rejected",  # a person refused
    "refused",  # asked for and not done, in a case that went well
    "left",  # looked at and left alone, in a case that went well
]

_UNDOES = re.compile(
    r"(?i)(?:^|[_.\W])(?:undo|revert|roll_?back|restore|reopen|resume|reactivate|reinstate|un(?:do|cancel|publish|archive|delete|block|suspend|assign)\w*)(?:$|[_.\W])"
)
KEYED = 0.8
"""Share of the acts that name the record that an activity showed, for the records it showed beside to count as left alone."""
MOST_LEFT = 400
"""Records left alone that are looked at, a fixed sample spread evenly."""


@dataclass(frozen=True, slots=True)
class Act:
    """One act on something, tried or left undone, with what was known before.

    ``known`` holds, by activity, the fields of the record that the act is about, as it stands; of what was left alone only that record's.
    ``arguments`` are the values given, by name; ``places`` for each of them the rules (activity, path) of the records read that held it.
    ``odds`` give for each value, by the filter that held it, which share of what was on offer the filter leaves.
    ``result`` is what the effect gave, where it did. ``piece`` names the piece of work: the same thing acted upon in several sessions is one.
    """

    session: str
    source: Source
    verdict: Verdict
    message: str
    known: Mapping[str, Fields]
    arguments: Mapping[str, tuple[Scalar, ...]]
    places: Mapping[str, tuple[frozenset[Rule], ...]]
    ran: frozenset[str]
    time: float = 0.0
    result: Fields | None = None
    piece: str = ""
    effect: str = ""
    odds: Mapping[str, tuple[Mapping[Rule, float], ...]] = field(default_factory=dict)

    @property
    def witness(self) -> str:
        """By what it is told from other witnesses: its piece of work, else its session."""
        return self.piece or self.session


@dataclass(frozen=True, slots=True)
class Row:
    """A case with its session, its transcript's hash and its past, which all effects share."""

    session: str
    transcript: str
    case: Case
    past: Past


@dataclass(frozen=True, slots=True)
class Acts:
    """The acts of one effect. ``keys`` gives by activity the effect's argument that names the record which the activity shows."""

    effect: str
    acts: tuple[Act, ...]
    keys: Mapping[str, str]

    def among(self, *verdicts: Verdict) -> list[Act]:
        """List those with one of the verdicts, in their order."""
        return [a for a in self.acts if a.verdict in verdicts]


def list_acts(effect: str, rows: Sequence[Row]) -> Acts:
    """List the acts of one effect over all cases: those tried, in their order, then the records that were looked at and left alone."""
    tried = [
        (row, n)
        for row in rows
        for n, c in enumerate(row.case.calls)
        if _is_try(c, effect) and not (c.outcome == "error" and _is_passing(row.case, n))
    ]
    keys = _keys(tried)
    left = [act for row in rows for act in _left(effect, row, keys)] if keys else []
    sample = left[:: -(-len(left) // MOST_LEFT)] if left else []
    return Acts(effect, (*(_tried(row, n, keys) for row, n in tried), *sample), keys)


def _is_try(call: Call, effect: str) -> bool:
    return call.name == effect and call.actor != "person" and call.outcome in ("ok", "error", "rejected")


def _tried(row: Row, number: int, keys: Mapping[str, str]) -> Act:
    call = row.case.calls[number]
    wanted = telling(b.value for b in call.bindings)
    state = row.past.before(number, wanted)
    named = set(keys.values())
    arguments: dict[str, list[Scalar]] = defaultdict(list)
    places: dict[str, list[frozenset[Rule]]] = defaultdict(list)
    odds: dict[str, list[Mapping[Rule, float]]] = defaultdict(list)
    for b in call.bindings:
        if b.kind != "nothing":
            arguments[b.name].append(typed(b.value, b.kind))
            places[b.name].append(row.past.holding(b, state.listed))
            odds[b.name].append(row.past.odds(b, state.listed))
    return Act(
        row.session,
        Source(row.transcript, call.line, call.index),
        _verdict(row.case, number),
        template(call.error) if call.outcome == "error" else "",
        state.known,
        {k: tuple(v) for k, v in arguments.items()},
        {k: tuple(v) for k, v in places.items()},
        state.ran,
        call.time,
        {leaf.path: leaf for leaf in call.leaves} if call.outcome == "ok" else None,
        "\n".join(sorted({b.value for b in call.bindings if b.name in named})) or "\n".join(sorted(wanted)),
        call.name,
        {k: tuple(v) for k, v in odds.items() if all(v)},
    )


def _verdict(case: Case, number: int) -> Verdict:
    call = case.calls[number]
    if call.outcome == "rejected":
        return "rejected"
    if call.outcome == "error":
        return "error"
    if case.reward is not None:
        return "good" if case.reward >= 1 else "failed"
    if case.interrupted:
        return "failed"
    after = [s for s in case.said if s.after == number + 1]
    if after and after[0].kind in ("correction", "rejection"):
        return "taken back"
    return "taken back" if _is_undone(case, number) else "good"


def _is_undone(case: Case, number: int) -> bool:
    """Say whether a later effect on the same thing is by its name an undoing, and this one is none."""
    call = case.calls[number]
    things = telling(b.value for b in call.bindings)
    return not _UNDOES.search(call.name) and any(
        _UNDOES.search(later.name) and later.outcome == "ok" and _changes(later, things)
        for later in case.calls[number + 1 :]
    )


def _is_passing(case: Case, number: int) -> bool:
    """Say whether an error went away by itself: the same call with the same values went well later, and nothing was changed in between."""
    failed = case.calls[number]
    given = [(b.name, b.value) for b in failed.bindings]
    for call in case.calls[number + 1 :]:
        if call.outcome == "ok" and call.name == failed.name and [(b.name, b.value) for b in call.bindings] == given:
            return True
        if call.role == "effect" and call.outcome == "ok":
            return False
    return False


def _keys(tried: Sequence[tuple[Row, int]]) -> dict[str, str]:
    """Give by activity the argument of the effect that names the record which the activity showed: most acts share it."""
    shared: Counter[tuple[str, str]] = Counter()
    done = [(row, n) for row, n in tried if row.case.calls[n].outcome == "ok"]
    for row, number in done:
        call = row.case.calls[number]
        own = {b.value: b.name for b in call.bindings if b.value in telling((b.value,))}
        shared.update(
            {
                (c.name, own[b.value])
                for c in row.case.calls[:number]
                if c.outcome == "ok" and c.role == "read" and c.leaves
                for b in c.bindings
                if b.value in own
            }
        )
    keys: dict[str, str] = {}
    for (activity, name), count in sorted(shared.items(), key=lambda s: (-s[1], s[0])):
        if count >= KEYED * len(done) and "[*]" not in name:
            keys.setdefault(activity, name)
    return keys


def _left(effect: str, row: Row, keys: Mapping[str, str]) -> Iterator[Act]:
    """The records that a case looked at and did not act upon, as they stood before anything was done with them."""
    case = row.case
    if (case.reward is not None and case.reward < 1) or case.interrupted:
        return
    tries = [c for c in case.calls if _is_try(c, effect)]
    touched = {b.value for c in tries for b in c.bindings}
    asked = not tries and _is_asked(effect, case)
    done: set[str] = set()
    for n, call in enumerate(case.calls):
        if call.name not in keys or call.outcome != "ok" or not call.leaves:
            continue
        record = telling(b.value for b in call.bindings)
        if not record or record & touched or record & done:
            continue
        done |= record
        upto = next((m for m in range(n + 1, len(case.calls)) if _changes(case.calls[m], record)), len(case.calls))
        state = row.past.before(upto, record)
        yield Act(
            row.session,
            Source(row.transcript, call.line, call.index),
            "refused" if asked else "left",
            "",
            {call.name: state.known[call.name]},
            {},
            {},
            frozenset({call.name}),
            call.time,
            None,
            "\n".join(sorted(record)),
            effect,
        )


def _changes(call: Call, record: frozenset[str]) -> bool:
    return call.role == "effect" and any(b.value in record for b in call.bindings)


def _is_asked(effect: str, case: Case) -> bool:
    """Say whether the person's words ask for the effect: they hold its first word and another one of its name."""
    words = content_words(effect.replace("_", " ").replace(".", " ").replace("-", " "))
    said = {w for s in case.said for w in content_words(s.text)}
    return bool(words) and words[0] in said and (len(words) == 1 or any(w in said for w in words[1:]))
