"""Which cases are the same kind of work.

An anchor is what a case is about: an effect, a written procedure. Anchors that go together are one workflow: the one feeds the
other with a value that nothing else gave, or they stand in the same cases far more often than not. The number of workflows is found, not given.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from runlore.mining.digest import Call, Case, Digest
from runlore.mining.goal_table import GOALS, Goal
from runlore.mining.goals import goals_of, is_asked_for, is_coding, strong_deeds
from runlore.mining.rounds import around, rounds_of
from runlore.mining.steps import Member, is_handover

LEAST_SESSIONS = 3
"""Distinct sessions that make a pattern; fewer is a coincidence."""
TOGETHER = 0.6
"""Share of the cases of each of two anchors in which the other stands, for them to be one workflow."""
WITHIN = 0.9
"""Share of the cases of the rarer of two anchors in which the other stands and is fed by it: then the rarer is an optional step of it."""


@dataclass(frozen=True, slots=True)
class Group:
    """Cases of one kind, by their anchors: effects, or a goal (``goal:KEY``), or a written procedure (``procedure:NAME``)."""

    anchors: frozenset[str]
    members: tuple[Member, ...]
    goal: Goal | None = None
    procedure: str = ""

    @property
    def sessions(self) -> int:
        """How many distinct sessions it stands in."""
        return len({m.session for m in self.members})


def is_effect(call: Call) -> bool:
    """Say whether the call changed the world: the agent's own, and it went well."""
    return call.role == "effect" and call.outcome == "ok" and call.actor != "person"


def effects_of(case: Case) -> frozenset[str]:
    """The names of a case's effects, those that everybody knows left out where there are others.

    A case without any is about handing the work over, if it ends so, or about what the person did with tools of their own.
    """
    every = {c.name: c.common for c in case.calls if is_effect(c)}
    particular = frozenset(n for n, common in every.items() if not common)
    if every:
        return particular or frozenset(every)
    done = [c for c in case.calls if c.outcome == "ok"]
    handed = frozenset(c.name for c in done if is_handover(c) and c.actor != "person")
    return handed or frozenset(c.name for c in done if c.role == "effect" and c.actor == "person")


Rows = Sequence[tuple[Digest, Case]]


def pieces_of(digests: Sequence[Digest]) -> list[tuple[Digest, Case]]:
    """The cases of digests, those in repositories cut into their rounds."""
    return [(d, r) for d in digests for c in d.cases for r in (rounds_of(c) if is_coding(c) else (c,))]


def group(pieces: Rows) -> list[Group]:
    """Group cases: outside repositories by their effects, inside them by goal, procedure and particular effect.

    Only groups of at least LEAST_SESSIONS sessions are patterns.
    """
    outside = [(d, c) for d, c in pieces if not is_coding(c)]
    inside = [(d, c) for d, c in pieces if is_coding(c)]
    goals = by_goal(inside)
    spoken = {
        n
        for g in goals
        if g.goal
        for _, p in g.goal.activities
        for m in g.members
        for n in _effect_names(m.case)
        if p.search(n)
    }
    groups = [
        *by_effect([*((d, c, effects_of(c)) for d, c in outside), *_narrowed(inside, spoken)]),
        *goals,
        *by_procedure([*outside, *inside]),
    ]
    return _distinct([g for g in groups if g.sessions >= LEAST_SESSIONS])


def _distinct(groups: list[Group]) -> list[Group]:
    """Drop effects' groups that are another one's work under a second name: four of five of their cases are cases of a goal or a procedure,
    and of that one's cases most are theirs."""
    keys = [{c.key for m in g.members for c in m.case.calls} for g in groups]
    kept = []
    for one, own in zip(groups, keys, strict=True):
        named = one.goal is not None or one.procedure
        twin = not named and any(
            (other.goal or other.procedure)
            and len(own & theirs) * 5 >= 4 * len(own)
            and len(own & theirs) * 2 >= len(theirs)
            for other, theirs in zip(groups, keys, strict=True)
            if other is not one
        )
        if not twin:
            kept.append(one)
    return kept


def _narrowed(rows: Sequence[tuple[Digest, Case]], spoken: set[str]) -> list[tuple[Digest, Case, frozenset[str]]]:
    """Cases in repositories by their particular effects, each cut to the part in which these were asked for and done."""
    found = []
    for item, case in rows:
        effects = _particular(case) - spoken
        deeds = [n for n, c in enumerate(case.calls) if c.name in effects and is_effect(c)]
        if deeds:
            found.append((item, around(case, deeds), effects))
    return found


@dataclass(frozen=True, slots=True)
class Repeated:
    """How much of the work repeats: cases with a call in some group, and the tokens and seconds of those calls' share."""

    cases: int = 0
    tokens: int = 0
    seconds: float = 0.0


def measure(pieces: Rows, groups: Sequence[Group]) -> Repeated:
    """Measure the share of cases that groups cover, each call once."""
    covered = {c.key for g in groups for m in g.members for c in m.case.calls}
    cases, tokens, seconds = 0, 0, 0.0
    for _, case in pieces:
        own = [c for c in case.calls if c.key in covered]
        if own:
            cases += 1
            tokens += case.tokens if len(own) == len(case.calls) else sum(c.tokens for c in own)
            seconds += case.seconds * len(own) / len(case.calls)
    return Repeated(cases, tokens, round(seconds, 3))


def _effect_names(case: Case) -> frozenset[str]:
    return frozenset(c.name for c in case.calls if is_effect(c))


def _particular(case: Case) -> frozenset[str]:
    """Effects that are not the frame of all coding work: git by itself tells nothing about what the work was for."""
    return frozenset(c.name for c in case.calls if is_effect(c) and not c.common and not c.name.startswith("git "))


def by_goal(rows: Sequence[tuple[Digest, Case]]) -> list[Group]:
    """Group cases in repositories by what they are for."""
    members: dict[str, list[Member]] = defaultdict(list)
    for item, case in rows:
        named = goals_of(case)
        asked = any(is_asked_for(goal, case) for goal in named)
        for goal in GOALS:
            deeds = strong_deeds(goal, case)
            if goal in named and (is_asked_for(goal, case) or not deeds or not asked):
                own = case
            elif deeds:
                own = around(case, deeds)  # done on the way: only the part of the case that it takes
            else:
                continue
            members[goal.key].append(Member(item.session, item.transcript, own, frozenset(), item.agent))
    return [Group(frozenset({f"goal:{g.key}"}), tuple(members[g.key]), g) for g in GOALS if members[g.key]]


def by_procedure(rows: Sequence[tuple[Digest, Case]]) -> list[Group]:
    """Group cases in repositories by the written procedure that they run: a skill, a slash command."""
    members: dict[str, list[Member]] = defaultdict(list)
    for item, case in rows:
        for name in sorted({plain_name(c.name) for c in case.calls if c.role == "procedure" and c.outcome == "ok"}):
            members[name].append(Member(item.session, item.transcript, case, frozenset(), item.agent))
    return [Group(frozenset({f"procedure:{n}"}), tuple(m), None, n) for n, m in sorted(members.items())]


def plain_name(procedure: str) -> str:
    """A written procedure's name without how it was called: ``skill tools:review`` and ``/review`` are the same text."""
    return procedure.removeprefix("skill ").removeprefix("/").rpartition(":")[2]


def by_effect(rows: Sequence[tuple[Digest, Case, frozenset[str]]]) -> list[Group]:
    """Group cases by their effects; a case with effects of two workflows belongs to both."""
    sessions: dict[str, set[str]] = defaultdict(set)
    for item, _, effects in rows:
        for effect in effects:
            sessions[effect].add(item.session)
    kept = {e for e, where in sessions.items() if len(where) >= LEAST_SESSIONS}
    root = _join(kept, [(case, effects & kept) for _, case, effects in rows])
    groups: dict[str, list[Member]] = defaultdict(list)
    for item, case, effects in rows:
        parts: dict[str, set[str]] = defaultdict(set)
        for effect in effects & kept:
            parts[root[effect]].add(effect)
        for head, part in parts.items():
            groups[head].append(Member(item.session, item.transcript, case, frozenset(part), item.agent))
    return [
        Group(frozenset(e for e in kept if root[e] == head), tuple(members)) for head, members in sorted(groups.items())
    ]


def _join(kept: set[str], rows: Sequence[tuple[Case, frozenset[str]]]) -> dict[str, str]:
    alone = Counter(e for _, effects in rows for e in effects)
    pairs: Counter[tuple[str, str]] = Counter()
    fed: Counter[tuple[str, str]] = Counter()
    for case, effects in rows:
        names = sorted(effects)
        pairs.update((a, b) for i, a in enumerate(names) for b in names[i + 1 :])
        fed.update(_feeds(case, effects))
    root = {e: e for e in kept}

    def find(name: str) -> str:
        while root[name] != name:
            name = root[name]
        return name

    for (one, other), both in sorted(pairs.items()):
        least, most = sorted((alone[one], alone[other]))
        edges = max(fed[one, other], fed[other, one])
        within = both >= WITHIN * least and edges * 2 >= least
        if both >= TOGETHER * most or (edges * 2 >= least and both >= 0.5 * most) or within:
            first, second = sorted((find(one), find(other)))
            root[second] = first
    return {e: find(e) for e in kept}


def _feeds(case: Case, effects: frozenset[str]) -> set[tuple[str, str]]:
    """Pairs of effects of which the second used a value that the first one's result was the first to hold."""
    found = set()
    for call in case.calls:
        if call.name in effects and is_effect(call):
            for edge in call.edges:
                giver = case.calls[edge]
                if giver.name in effects and giver.name != call.name:
                    found.add((giver.name, call.name))
    return found


def same_work(cases: Sequence[Case]) -> list[int]:
    """Number the pieces of work behind cases: two cases are the same piece done again when their effects were given the same identifier."""
    root = list(range(len(cases)))

    def find(number: int) -> int:
        while root[number] != number:
            root[number] = root[root[number]]
            number = root[number]
        return number

    holder: dict[str, int] = {}
    for number, case in enumerate(cases):
        values = {
            b.value for c in case.calls if is_effect(c) for b in c.bindings if sum(ch.isdigit() for ch in b.value) >= 5
        }
        for value in sorted(values):
            if value in holder:
                first, second = sorted((find(number), find(holder[value])))
                root[second] = first
            else:
                holder[value] = number
    return [find(number) for number in range(len(cases))]
