"""Which goals a case in a repository has: what its request and its activities say together (mining/goal_table.py)."""

from __future__ import annotations

from runlore.mining.digest import Case, Said
from runlore.mining.goal_table import ENOUGH, GOALS, PLACES, Goal, weights_of

_ASKING = frozenset({"request", "plan", "correction", "followup", "refusal"})


def opening_of(case: Case) -> Said | None:
    """The first thing that was asked for in a case."""
    return next((said for said in case.said if said.kind in _ASKING), None)


def goals_of(case: Case) -> tuple[Goal, ...]:
    """Give the goals of a case, at most two, best first: what its request and its activities say together."""
    opening = opening_of(case)
    said = dict(opening.goals) if opening else {}
    names = {call.name for call in case.calls if call.outcome == "ok"}
    roles = {call.role for call in case.calls if call.outcome == "ok"}
    done = (
        [max(column) for column in zip(*(weights_of(name) for name in names), strict=True)]
        if names
        else [0.0] * len(GOALS)
    )
    scored = []
    for place, goal in enumerate(GOALS):
        score = said.get(place, 0.0) + done[place]
        if score < ENOUGH or (goal.by_deed and not done[place]) or (goal.needs and not roles & set(goal.needs)):
            continue
        scored.append((score, -place, goal))
    scored.sort(key=lambda s: (-s[0], -s[1]))
    return tuple(goal for score, _, goal in scored[:2] if scored[0][0] - score < 1.0)


def is_asked_for(goal: Goal, case: Case) -> bool:
    """Say whether the words of a case ask for the goal; if not, it was only done on the way."""
    opening = opening_of(case)
    return opening is not None and any(place == PLACES[goal.key] for place, _ in opening.goals)


def strong_deeds(goal: Goal, case: Case) -> tuple[int, ...]:
    """The numbers of the calls that make the goal by themselves, whatever was asked for."""
    place = PLACES[goal.key]
    return tuple(
        number
        for number, call in enumerate(case.calls)
        if call.role != "procedure" and call.outcome == "ok" and weights_of(call.name)[place] >= ENOUGH
    )


def is_coding(case: Case) -> bool:
    """Say whether a case is work in a repository: it edits files, or runs commands that build, check or change something."""
    return any(call.role == "edit" or (call.command and call.role in ("check", "effect")) for call in case.calls)
