"""The reduce half of mining: digests in, workflows and facts out. Same digests, same result, in whatever order they come."""

from __future__ import annotations

import math
import re
import statistics
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from hashlib import blake2b

from runlore.mining.advice import advise
from runlore.mining.digest import Call, Case, Digest, distinct
from runlore.mining.facts.collect import collect
from runlore.mining.failures import Seen, is_environmental
from runlore.mining.failures import collect as collect_failures
from runlore.mining.goal_table import belongs_to
from runlore.mining.goals import goals_of, is_asked_for, is_coding, opening_of
from runlore.mining.grouping import Group, Repeated, group, is_effect, measure, pieces_of, plain_name, same_work
from runlore.mining.guards.approval import is_practice
from runlore.mining.guards.attach import GuardsByEffect
from runlore.mining.guards.collect import learn_guards, list_rows
from runlore.mining.guards.contrast import contrast
from runlore.mining.naming import kebab, procedure_title, telling_words, unique
from runlore.mining.people import hear
from runlore.mining.steps import MOST_SOURCES, Member, base_name, generalise, step_name
from runlore.mining.words import content_words
from runlore.model import CaseReference, Fact, FailureMode, Source, Spread, Workflow, WorkflowStep

MOST_FAILURES = 40
ASKED = 0.3
"""Share of a title's words, over the requests, from which on a title says what people ask for."""
_CONFLICT = re.compile(r"CONFLICT|[Mm]erge conflict|could not apply|fix conflicts")
_WORD = re.compile(r"[A-Za-z][a-z]+")


@dataclass(frozen=True, slots=True)
class Known:
    """A workflow found before, so that it keeps its identity: its id, name, anchors and the sessions that it stood in."""

    id: str
    name: str
    anchors: frozenset[str]
    sessions: frozenset[str]


@dataclass(frozen=True, slots=True)
class Mined:
    """What mining gives: workflows ranked by what they cost, facts by what was lost, and each workflow's anchors by its id."""

    workflows: tuple[Workflow, ...]
    facts: tuple[Fact, ...]
    anchors: dict[str, frozenset[str]]
    cases: int
    events: int
    repeated: Repeated


def mine(digests: Iterable[Digest], known: Sequence[Known] = ()) -> Mined:
    """Find every repeated workflow and fact in the digests of some transcripts."""
    rows = distinct(digests)
    pieces = pieces_of(rows)
    groups = group(pieces)
    failures = collect_failures((d.transcript, case) for d in rows for case in d.cases)
    identities = _identify(groups, known)
    guards = learn_guards(list_rows((d.session, d.transcript, case) for d in rows for case in d.cases))
    practice = is_practice([case for d in rows for case in d.cases])
    workflows = [
        _workflow(group, identity, failures, [g for g in groups if g is not group], guards, practice=practice)
        for group, identity in zip(groups, identities, strict=True)
    ]
    told = [n for n, w in enumerate(workflows) if any(not s.activity.startswith("/") for s in w.steps)]
    groups, workflows = [groups[n] for n in told], [workflows[n] for n in told]
    facts = collect((d.session, d.transcript, o) for d in rows for o in d.observations)
    workflows = advise(workflows, groups, facts)
    anchors = {w.id: g.anchors for w, g in zip(workflows, groups, strict=True)}
    named = _named(workflows, {k.id: k.name for k in known})
    return Mined(
        tuple(sorted(named, key=lambda w: (w.common, -w.rank, w.name))),
        facts,
        anchors,
        len(pieces),
        sum(d.events for d in rows),
        measure(pieces, groups),
    )


def _identify(groups: Sequence[Group], known: Sequence[Known]) -> list[str]:
    """Give each group the id of the known workflow that it continues (half of the anchors shared), else a new one of its own."""
    free = {k.id: k for k in known}
    given: dict[int, str] = {}
    pairs = [
        (
            len(g.anchors & k.anchors) / len(g.anchors | k.anchors),
            len({m.session for m in g.members} & k.sessions),
            k.id,
            n,
        )
        for n, g in enumerate(groups)
        for k in known
    ]
    for share, _, identity, number in sorted(pairs, key=lambda p: (-p[0], -p[1], p[2], p[3])):
        if share >= 0.5 and number not in given and identity in free:
            given[number] = identity
            del free[identity]
    return [given.get(n) or _new_id(g.anchors) for n, g in enumerate(groups)]


def _new_id(anchors: frozenset[str]) -> str:
    return "wf-" + blake2b("\n".join(sorted(anchors)).encode(), digest_size=6).hexdigest()


def _named(workflows: Sequence[Workflow], names: dict[str, str]) -> list[Workflow]:
    """Give names: those known stay, new ones are made from titles and are unique."""
    taken = set(names.values())  # a workflow that is not found at the moment keeps its name too
    return [
        replace(w, name=names[w.id]) if w.id in names else replace(w, name=unique(kebab(w.title), taken))
        for w in sorted(workflows, key=lambda w: (-len(w.cases), w.id))
    ]


def _workflow(
    group: Group,
    identity: str,
    failures: dict[tuple[str, str], Seen],
    others: Sequence[Group],
    guards: GuardsByEffect,
    *,
    practice: bool = False,
) -> Workflow:
    """Make the workflow of one group."""
    goal = group.goal
    telling = partial(belongs_to, goal) if goal else lambda _: False
    steps = generalise(group.members, group.anchors, telling, guards, practice=practice)
    references = tuple(_reference(m) for m in group.members)
    title = _title(steps, group)
    people = hear(group.members, steps, title, _asker(group, title))
    # what is said before a procedure is run tells little about it: its draft quotes a request instead
    own = [] if group.procedure else [m.case.words for m in group.members]
    words = telling_words(own, [m.case.words for g in others for m in g.members])
    foreign = frozenset().union(*(g.anchors for g in others)) - group.anchors
    modes = _failure_modes(group.members, steps, failures, foreign)
    tokens = [r.tokens for r in references]
    seconds = [r.seconds for r in references]
    lost = sum(f.count for f in modes) + 3 * (len(people.corrections) + len(people.rejections))
    work = sum(tokens) or 500 * sum(len(m.case.calls) for m in group.members)
    return Workflow(
        id=identity,
        name="",
        title=title,
        description=group.goal.description if group.goal else _description(title, _spoken(words, group.members)),
        effects=_effects(group, steps, group.anchors.union(*(g.anchors for g in others))),
        cases=references,
        steps=steps,
        failure_modes=modes,
        corrections=people.corrections,
        rejections=people.rejections,
        quality=people.quality,
        triggers=people.triggers,
        example=_example(references),
        tokens=Spread(statistics.median(tokens), sum(tokens)),
        seconds=Spread(round(statistics.median(seconds), 3), round(sum(seconds), 3)),
        sessions=group.sessions,
        procedure=group.procedure,
        rank=round(work * (1 + lost / len(references)) * (1 if _is_told(steps) else 0.01), 3),
        contrasts=contrast(group.members, same_work([m.case for m in group.members]), steps),
        judged=2 * sum(m.case.reward is not None for m in group.members) > len(group.members),
        common=not group.goal
        and not group.procedure
        and all(c.common for m in group.members for c in m.case.calls if c.name in group.anchors),
    )


def _asker(group: Group, title: str) -> Callable[[Case], bool]:
    """What says whether a case was asked for: by its goal; in a repository, where an effect alone makes the work, by a word of its title,
    as effects there are mostly done on the way to something else."""
    if group.goal:
        return partial(is_asked_for, group.goal)
    if group.procedure or not all(is_coding(m.case) for m in group.members):
        return lambda _: True
    named = set(content_words(title))

    def asks(case: Case) -> bool:
        opening = opening_of(case)
        return opening is not None and bool(named & set(content_words(opening.text)))

    return asks


def _is_told(steps: Sequence[WorkflowStep]) -> bool:
    """Say whether the steps say more than that something was edited and committed, and perhaps one thing beside: what does not stands last."""
    frame = {"edit", "git add", "git commit"}
    beside = [s for s in steps if s.activity not in frame and not s.activity.startswith(("skill ", "/"))]
    return len(steps) > 1 and (len(beside) > 1 or any(not s.optional for s in beside))


def _effects(group: Group, steps: Sequence[WorkflowStep], anchored: frozenset[str]) -> tuple[str, ...]:
    """What the workflow changes: its anchors, or the effects among its steps; and what its cases tried beside, done or not,
    that stands in too few sessions for a workflow of its own."""
    if group.goal or group.procedure:
        return tuple(sorted(s.activity for s in steps if s.effect))
    beside = {
        c.name
        for m in group.members
        for c in m.case.calls
        if c.role == "effect" and c.actor != "person" and not c.command
    }
    own = {c.name for m in group.members for c in m.case.calls if is_effect(c)}
    return tuple(sorted((group.anchors & own) | (beside - anchored)))


def _title(steps: Sequence[WorkflowStep], group: Group) -> str:
    """The verb phrase of the effect that people ask for: of those that most cases reach, the one whose words stand in most requests, else the last.

    A goal has a title of its own; a written procedure is called by its name.
    """
    if group.goal:
        return group.goal.title
    if group.procedure:
        return procedure_title(group.procedure)
    effects = [s for s in steps if s.activity in group.anchors] or list(steps)
    if not effects:
        return "Repeated work"
    most = max(e.support[0] for e in effects)
    usual = [s for s in effects if s.support[0] * 5 >= 3 * most]
    requests = [set(m.case.words) for m in group.members]

    def asked(step: WorkflowStep) -> float:
        words = set(content_words(step.title))
        return sum(sum(w in r for r in requests) for w in words) / (len(requests) * math.sqrt(len(words) or 1))

    best = max(asked(s) for s in usual)
    title = [s for s in usual if asked(s) >= best - 1e-9][-1].title
    return (
        title
        if best >= ASKED or len(group.anchors) < 3
        else _with_subject(title, group, [w for s in effects for w in content_words(s.title)])
    )


def _with_subject(title: str, group: Group, named: Sequence[str]) -> str:
    """Put the word before a title by which nearly all requests call the work, where no effect bears it ("Onboarding: create a customer")."""
    requests = [set(m.case.words) for m in group.members]
    common = Counter(w for r in requests for w in r if w not in named and len(w) > 4)
    word, count = min(common.items(), key=lambda c: (-c[1], c[0]), default=("", 0))
    if count * 5 < 3 * len(requests):
        return title
    forms = Counter(
        token.lower()
        for m in group.members
        for s in m.case.said[:1]
        for token in _WORD.findall(s.text)
        if word in content_words(token)
    )
    surface = min(forms, key=lambda f: (-forms[f], f), default="")
    return f"{surface.capitalize()}: {title[:1].lower()}{title[1:]}" if surface else title


def _spoken(stems: Sequence[str], members: Sequence[Member]) -> tuple[str, ...]:
    """The words as people wrote them, most frequent form each, no form twice."""
    forms: dict[str, Counter[str]] = {stem: Counter() for stem in stems}
    for member in members[:200]:
        for said in member.case.said[:6]:
            for token in _WORD.findall(said.text):
                for stem in content_words(token):
                    if stem in forms:
                        forms[stem][token.lower()] += 1
    best = [min(seen, key=lambda f: (-seen[f], f)) for stem in stems if (seen := forms[stem])]
    return tuple(dict.fromkeys(w for w in best if len(w) > 3))[:3]


def _description(title: str, words: Sequence[str]) -> str:
    if not words:
        return f"{title}."
    said = ", ".join(words[:-1]) + (" or " if len(words) > 1 else "") + words[-1]
    return f"{title}. Use when a request speaks of {said}."


def _reference(member: Member) -> CaseReference:
    case = member.case
    request = next((s for s in case.said if s.kind in ("request", "plan", "followup")), None)
    sources = [Source(member.transcript, request.line, request.index)] if request else []
    deeds = [
        c for c in case.calls if c.outcome == "ok" and (c.name in member.focus if member.focus else c.role == "effect")
    ]
    sources += [Source(member.transcript, c.line, c.index) for c in deeds or case.calls[:1] + case.calls[-1:]]
    return CaseReference(
        member.transcript,
        member.session,
        tuple(sources[:MOST_SOURCES]),
        member.good,
        request.text[:300] if request else "",
        case.started,
        round(case.seconds, 3),
        case.tokens,
        len(case.calls),
    )


def _example(references: Sequence[CaseReference]) -> CaseReference | None:
    """The good case that is nearest to the median in length, the later one of two."""
    good = [r for r in references if r.good] or list(references)
    if not good:
        return None
    middle = statistics.median([r.seconds or r.tokens for r in good])
    return min(good, key=lambda r: (abs((r.seconds or r.tokens) - middle), -r.started, r.session))


def _failure_modes(
    members: Sequence[Member],
    steps: Sequence[WorkflowStep],
    everywhere: dict[tuple[str, str], Seen],
    foreign: frozenset[str],
) -> tuple[FailureMode, ...]:
    """Errors of the workflow's own cases, and those of its steps' tools wherever they were seen; what failed of other workflows' effects is theirs."""
    numbers = {s.activity: s.number for s in steps}
    commands = {s.activity: s.command for s in steps}
    inside = collect_failures((m.transcript, m.case) for m in members)
    coding = all(is_coding(m.case) for m in members)
    found = []
    for key in {*inside, *(k for k in everywhere if k[0] in numbers)}:
        activity, text = key
        seen = inside.get(key) or everywhere[key]
        call = seen.sources[0][1]
        own = base_name(activity) if call.command else activity
        aside = call.command or coding
        if not is_failure(call, text) or (aside and own not in numbers and not is_environmental(text)):
            continue
        recovery = seen.recoveries.most_common(1)[0][0] if seen.recoveries else ""
        if commands.get(own) and f"`{commands[own]}` instead" == recovery:
            recovery = "run it in the form given here"
        places = tuple(Source(t, c.result_line or c.line, c.result_index) for t, c in seen.sources[:MOST_SOURCES])
        found.append(
            FailureMode(
                activity,
                text,
                seen.count,
                recovery,
                seen.resolved,
                places,
                numbers.get(own, 0),
                seen.example[:300],
                key not in inside or activity in foreign,
            )
        )
    found.sort(key=lambda f: (-f.count, f.activity, f.template))
    firsts = {(f.step or f.activity, f.template): f for f in reversed(found)}
    found = [f for f in found if firsts[f.step or f.activity, f.template] is f]
    return tuple(found[:MOST_FAILURES])


def is_failure(call: Call, text: str) -> bool:
    """Say whether an error tells about the work: a red test or a search without a match does not, nor does an edit that missed."""
    if call.command and call.role in ("check", "edit"):
        return is_environmental(text)
    if call.name.startswith("git ") and _CONFLICT.search(text):
        return False  # resolving it is the work
    return call.role != "edit" and step_name(call) is not None


def from_case(digest: Digest, case: Case) -> Workflow:
    """Make a provisional workflow of one case alone: what it did, as far as one sighting can say."""
    focus = frozenset(c.name for c in case.calls if is_effect(c) and not c.common)
    goal = next(iter(goals_of(case)), None)
    run = next((plain_name(c.name) for c in case.calls if c.role == "procedure" and c.outcome == "ok"), "")
    alone = Group(
        focus, (Member(digest.session, digest.transcript, case, frozenset(), digest.agent),), goal, "" if goal else run
    )
    made = _workflow(alone, f"case-{digest.session[:12]}", collect_failures([(digest.transcript, case)]), [], {})
    return replace(made, name=kebab(made.title))
