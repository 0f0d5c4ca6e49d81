"""Lookups, constants, tasks and searches, brought together over sessions."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator

from runlore.mining.facts.gathering import Found, Sighting, by_key, sessions_of
from runlore.mining.facts.wording import code, joined, sentence

OFTEN = 0.05
"""Share of all sessions that must look the same entity up before it counts as the company's and not as one
customer's.
"""

_SYNTAX_WORDS = "func type struct def class const interface import return function export async void public private"
SPREAD = 3
"""Places at most that searches with a word may have ended at, for the word to say where to look."""

_SYNTAX = frozenset(_SYNTAX_WORDS.split())


def gather_lookups(sightings: list[Sighting], total: int) -> Iterator[Found]:
    """Bring together questions that tools answer the same in every session: three sessions, and for entities those of
    different people.
    """
    entities: dict[str, list[tuple[str, list[Sighting]]]] = defaultdict(list)
    for key, group in by_key(sightings):
        n = sessions_of(group)
        agreeing = _agreeing(group)
        if n < 3 or sessions_of(agreeing) < max(3, 0.8 * n):
            continue
        tool, _, asked = key.partition(" ")
        if not agreeing[0].seen.remedy:
            question = code(key)
        elif not asked:
            question = f"`{tool}`"
        elif n >= OFTEN * total and len({s.seen.about for s in agreeing}) >= 3:
            entities[tool].append((asked, agreeing))
            continue
        else:
            continue
        answer = agreeing[0].seen.text
        text = f"{question} gave the same answer in {sessions_of(agreeing)} of {n} sessions: “{answer}”"
        yield Found(
            "fact",
            f"lookup {key}",
            sentence(text),
            "Take it from here instead of asking again.",
            "notes",
            tuple(agreeing),
        )
    for tool, asked_for in sorted(entities.items()):
        yield _entities(tool, asked_for)


def _entities(tool: str, asked_for: list[tuple[str, list[Sighting]]]) -> Found:
    ranked = sorted(asked_for, key=lambda a: (-sessions_of(a[1]), a[0]))
    every = tuple(s for _, group in ranked for s in group)
    shown = joined([f"{_plain(a)} is {_label(g[0].seen.text)} ({sessions_of(g)} sessions)" for a, g in ranked], 5)
    text = f"`{tool}` was asked the same in {sessions_of(every)} sessions and gave the same answers: {shown}"
    way = "Keep them at hand; look them up again where it matters that they are fresh."
    return Found("fact", f"entities {tool}", sentence(text), way, "notes", every)


def _plain(asked: str) -> str:
    """Give the arguments of a lookup without the punctuation of JSON."""
    return re.sub(r'[{}"]', "", asked).replace(":", " ").replace(",", ", ")


def _label(answer: str) -> str:
    """Give the name that an answer carries, else its beginning."""
    found = re.search(r'"(?:\w*name|title|label)":"([^"]{1,60})"', answer)
    return f"“{found[1]}”" if found else f"“{answer[:60]}”"


def _agreeing(group: list[Sighting]) -> list[Sighting]:
    """Give the sightings with the answer that most sessions got."""
    answers: dict[str, set[str]] = defaultdict(set)
    for s in group:
        answers[s.seen.remedy or s.seen.text].add(s.session)
    best = max(answers, key=lambda a: (len(answers[a]), a))
    return [s for s in group if (s.seen.remedy or s.seen.text) == best]


def gather_constants(sightings: list[Sighting]) -> Iterator[Found]:
    """Bring together arguments to which a tool of the company is always given the same value; four in five of at
    least three sessions.
    """
    tools: dict[str, list[tuple[str, list[Sighting], int]]] = defaultdict(list)
    for key, group in by_key(sightings):
        tool, _, name = key.rpartition(" ")
        value, _ = Counter(s.seen.text for s in group).most_common(1)[0]
        agreeing = [s for s in group if s.seen.text == value]
        n = sessions_of(group)
        if n >= 3 and sessions_of(agreeing) >= max(3, 0.8 * n):
            tools[tool].append((name, agreeing, n))
    for tool, arguments in sorted(tools.items()):
        every = tuple(s for _, group, _ in arguments for s in group)
        shown = joined(
            [f"{name} “{same[0].seen.text}” ({sessions_of(same)} of {n} sessions)" for name, same, n in arguments], 6
        )
        text = f"`{tool}` is called with {shown}"
        way = "Use these values unless the request says otherwise."
        yield Found("fact", f"constants {tool}", sentence(text), way, "notes", every, worth=sessions_of(every))


def gather_tasks(sightings: list[Sighting]) -> Iterator[Found]:
    """Say which tasks of the project's own runner are used; three sessions each."""
    runners: dict[str, dict[str, list[Sighting]]] = defaultdict(dict)
    for task, group in by_key(sightings):
        if sessions_of(group) >= 3:
            runners[task.rsplit(" ", 1)[0]][task] = group
    for runner, tasks in sorted(runners.items()):
        ranked = sorted(tasks, key=lambda t: (-sessions_of(tasks[t]), t))
        every = tuple(s for task in ranked for s in tasks[task])
        shown = joined([f"`{t}` ({sessions_of(tasks[t])} sessions)" for t in ranked], 6)
        text = f"The project's own tasks, as sessions run them: {shown}"
        way = "Start with these, not with the tools behind them."
        # Running them was no loss; only that each session has to find them out is.
        yield Found("fact", f"tasks {runner}", sentence(text), way, "notes", every, worth=sessions_of(every) / 10)


def gather_searches(sightings: list[Sighting]) -> Iterator[Found]:
    """Bring together long searches that ended at the same file: three sessions that looked for some of the same
    words.
    """
    places: dict[str, set[str]] = defaultdict(set)
    for s in sightings:
        for word in _words(s):
            places[word].add(s.seen.key)
    for place, group in by_key(sightings):
        n = sessions_of(group)
        common = _common_terms(group, places)
        if n < 3 or not common:
            continue
        calls = sum(s.seen.calls for s in group)
        wanted = joined([f"`{t}`" for t in common], 4)
        text = f"{n} sessions searched for {wanted} and ended at `{place}`, after {calls} calls in all"
        yield Found(
            "fact", f"search {place}", sentence(text), f"Start reading at `{place}`.", "notes", tuple(group), weight=0.3
        )


def _common_terms(group: list[Sighting], places: dict[str, set[str]]) -> list[str]:
    """Give what most of the sessions looked for; words that searches for many other places use too say nothing."""
    found: dict[str, set[str]] = defaultdict(set)
    for s in group:
        for word in _words(s):
            found[word].add(s.session)
    least = max(2, sessions_of(group) // 2 + 1)
    common = [w for w in found if len(found[w]) >= least and len(places[w]) <= SPREAD]
    return sorted(common, key=lambda w: (-len(found[w]), w))


def _words(sighting: Sighting) -> set[str]:
    """Give the names that a search looked for; short and plain words are no names."""
    names = sighting.seen.text.rstrip("…").split(", ")
    return {n for n in names if len(n) > 5 and n not in _SYNTAX and (not n.islower() or "_" in n)}
