"""Answers, refusals and wishes of people, brought together over sessions."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from rapidfuzz import fuzz

from runlore.mining.facts.gathering import Found, Sighting, by_key, sessions_of
from runlore.mining.facts.preferences import COLLEAGUE, CUSTOMER, EDIT, VISITOR, is_personal
from runlore.mining.facts.wishes import Said, begins_with_verb, group, is_directive
from runlore.mining.facts.wording import instruction, quotes, sentence, shelf_of, times

CUSTOMERS = 0.03
"""Share of all sessions in which customers must wish the same before it is worth writing down."""

_ORDER = re.compile(r"\b(?:first|before|don'?t|do not|never|not|until|instead)\b", re.IGNORECASE)
_PLAN, _ASK = "propose a plan", "ask the person"
_NAMES = {EDIT: "an edit of a file", _PLAN: "a plan", _ASK: "the agent's question dialog"}


def gather_asked(sightings: list[Sighting]) -> Iterator[Found]:
    """Bring together questions that agents put to people again, worded differently, and that got the same answer; two
    sessions.
    """
    groups: list[list[Sighting]] = []
    public = _is_public(sightings)
    for s in sightings:
        if s.seen.about == CUSTOMER or (public and s.seen.about == VISITOR):
            continue
        near = next((g for g in groups if fuzz.token_sort_ratio(g[0].seen.key, s.seen.key) >= 80), None)
        if near is None:
            groups.append([s])
        else:
            near.append(s)
    for asked in groups:
        answer = Counter(s.seen.text for s in asked).most_common(1)[0][0]
        agreeing = [s for s in asked if fuzz.token_set_ratio(s.seen.text, answer) >= 85]
        if sessions_of(agreeing) < 2:
            continue
        question = asked[0].seen.key
        text = f"Agents asked in {sessions_of(agreeing)} sessions “{question}” and were told “{answer}”"
        shelf = shelf_of(question, "notes")
        way = sentence(f"No need to ask again: {answer}")
        yield Found("fact", f"asked {question}", sentence(text), way, shelf, tuple(agreeing), told=len(agreeing))


def gather_declined(sightings: list[Sighting]) -> Iterator[Found]:
    """Bring together calls that people declined: three sessions, or a dialog of the agent's own in two."""
    for activity, declined in by_key(sightings):
        n = sessions_of(declined)
        spoken = [s.seen.text for s in declined if s.seen.text]
        dialog = activity in (_PLAN, _ASK)
        if n < (2 if dialog else 3) or len(declined) < 3:
            continue
        advice = [w for w in spoken if len(w) < 90 and is_directive(w) and _ORDER.search(w)]
        words = sorted(spoken, key=lambda w: (w not in advice, not 12 <= len(w) <= 90, len(w), w))
        name = _NAMES.get(activity, f"`{activity}`")
        text = f"People declined {name} {times(len(declined))} in {n} sessions"
        text += f"; they said {quotes(words)}" if words else ", without a word"
        way = _way(activity, sorted(set(advice), key=lambda w: (len(w), w)), bool(words))
        yield Found(
            "trap",
            f"declined {activity}",
            sentence(text),
            way,
            "lessons",
            tuple(declined),
            told=len(declined),
            weight=0.5,
        )


def _way(activity: str, advice: list[str], spoken: bool) -> str:
    if activity == EDIT:
        return "Where the request leaves the way open, say what you are about to change before changing it."
    if activity == _PLAN:
        return "Answer the open questions and settle how simple it should be before the plan is put up for approval."
    if activity == _ASK:
        return "Give the background in words first; people answer with a question of their own."
    if len(advice) > 1:
        return f"Before `{activity}`: {'; '.join(_lower(instruction(w).rstrip('.')) for w in advice[:3])}."
    if spoken:
        return f"See whether one of these reasons holds before running `{activity}`, and ask where it may."
    return f"Ask before running `{activity}`."


def gather_wishes(sightings: list[Sighting], total: int) -> Iterator[Found]:
    """Bring together what people told again, by the words that their sentences share; customers' wishes need a share
    of all sessions.
    """
    public = _is_public(sightings)
    for customers in (False, True):
        told = [
            s for s in sightings if (s.seen.about == CUSTOMER or (public and s.seen.about != COLLEAGUE)) is customers
        ]
        if customers:
            told = [s for s in told if not is_personal(s.seen.text)]
        least = max(3, round(CUSTOMERS * total)) if customers else 2
        said = [Said(i, s.session, s.seen.text) for i, s in enumerate(told)]
        for wish in group(said, least):
            words = [s.text for s in wish.said]
            members = tuple(told[s.place] for s in wish.said)
            who = "Customers asked" if customers else "People said"
            text = f"{who} in {wish.sessions} sessions: {quotes(words)}"
            shelf = "customers" if customers else shelf_of(words[0], "notes")
            way = _expectation(words[0]) if customers else instruction(words[0])
            yield Found(
                "preference", f"wish {' '.join(wish.words)}", sentence(text), way, shelf, members, told=len(members)
            )


def _expectation(words: str) -> str:
    plain = re.sub(r"\bmy\b", "their", _lower(instruction(words)), flags=re.IGNORECASE)
    return f"Expect to be asked to {plain}" if begins_with_verb(plain) else f"Expect this: {plain}"


def _is_public(sightings: list[Sighting]) -> bool:
    """Say whether those of whom nothing is known are customers too: because many around them speak of their own
    orders and accounts.
    """
    sorts = Counter(
        s.seen.about for s in {s.session: s for s in sightings}.values() if s.seen.about in {CUSTOMER, VISITOR}
    )
    return sorts[CUSTOMER] > 0 and sorts[CUSTOMER] >= 0.25 * sum(sorts.values())


def _lower(text: str) -> str:
    return text if re.match(r"I\b", text) else text[:1].lower() + text[1:]
