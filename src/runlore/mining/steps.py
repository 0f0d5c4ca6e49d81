"""Generalise the cases of one workflow: steps, their partial order, arguments, approval and proof."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from runlore.mining.commands import is_run_of, typical_command
from runlore.mining.dataflow import Binding
from runlore.mining.digest import Call, Case
from runlore.mining.guards.approval import approval
from runlore.mining.guards.attach import GuardsByEffect, attach, read_by
from runlore.mining.order import STABLE, arrange, arrows, either, precedence
from runlore.mining.proof import proofs
from runlore.mining.rules import Rule, choose_all
from runlore.model import Argument, Evidence, Source, ValueSource, WorkflowStep

_FLAGS = re.compile(r" (?!--?(?:force|amend|abort|continue|delete|hard|prune|dry-run|rebase|[a-z]$))--?[\w-]+")
"""Flags that make no step of their own; those that change what is done stay."""
TELLING = 0.2
"""Share of the good cases in which an activity that belongs to the goal must stand to be a step."""
LEAST_CASES = 3
"""Cases from which on what a single one of them gave is no rule."""
USUAL = 0.5
"""Share of the good cases in which an activity must stand to be a step without a data edge."""
ALWAYS = 0.8
"""Share below which a step is optional."""
MOST_SOURCES = 12
_PLACE = {"read": 0, "edit": 1, "check": 2, "effect": 3, "dialog": 4}
"""Which comes first where the cases do not say: looking, changing, checking, publishing."""


@dataclass(frozen=True, slots=True)
class Member:
    """A case of a workflow: its session, its transcript's hash, and the names of the effects that make it one; ``agent`` tells who worked, where known."""

    session: str
    transcript: str
    case: Case
    focus: frozenset[str]
    agent: str = ""

    @property
    def good(self) -> bool:
        """Whether the case ended well, as far as anything on record says."""
        if self.case.reward is not None:
            return self.case.reward >= 1
        return not self.case.interrupted


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A call that belongs to a step, with its case."""

    member: Member
    number: int
    call: Call
    name: str

    @property
    def source(self) -> Source:
        """Where the call stands."""
        return Source(self.member.transcript, self.call.line, self.call.index)


def step_name(call: Call) -> str | None:
    """Give the name under which a call counts as a step; None for what is no step of its own.

    Editing is one step whatever the file; common reads, questions to the person and the agent's own bookkeeping are none. Of what a person did
    with tools of their own, only what changes something is a step; handing the work over is one.
    """
    if call.role == "plan" or (call.role == "dialog" and not is_handover(call)):
        return None
    if call.actor == "person" and call.role != "effect":
        return None
    if call.common and (call.role == "read" or (call.command and call.role == "edit")):
        return None
    if call.role == "edit":
        return "edit"
    return base_name(call.name) if call.command else call.name


def base_name(activity: str) -> str:
    """A command's activity without the flags that make no step of their own."""
    return _FLAGS.sub("", activity)


def is_handover(call: Call) -> bool:
    """Say whether the agent gave the work to a person, rather than asked one."""
    return call.role == "dialog" and call.name not in ("ask the person", "propose a plan") and not call.command


def relevant(member: Member, is_telling: Callable[[str], bool] = lambda _: False) -> list[Occurrence]:
    """The calls of a case that can be steps: what went well, up to its last focus effect, other effects left out."""
    calls = member.case.calls
    ends = [n for n, c in enumerate(calls) if c.name in member.focus and c.outcome == "ok"]
    last = ends[-1] if ends else len(calls) - 1
    found = []
    for number, call in enumerate(calls[: last + 1]):
        name = call.name if is_telling(call.name) else step_name(call)
        if call.outcome != "ok" or name is None:
            continue
        name = base_name(name) if call.command else name
        if (
            (call.role == "effect" or is_handover(call))
            and member.focus
            and call.name not in member.focus
            and not call.common
        ):
            continue
        found.append(Occurrence(member, number, call, name))
    return found


def generalise(
    members: Sequence[Member],
    focus: frozenset[str],
    is_telling: Callable[[str], bool] = lambda _: False,
    guards: GuardsByEffect | None = None,
    *,
    practice: bool = False,
) -> tuple[WorkflowStep, ...]:
    """Give the steps of a workflow from its good cases (from all, where fewer than three went well).

    ``is_telling`` says which activities belong to what the cases are for: these are steps where fewer cases have them, common or not.
    ``guards`` are those of all effects; what they read is a step. ``practice`` says that people are asked as a rule before effects of all kinds.
    """
    guards = guards or {}
    good = [m for m in members if m.good]
    cases = good if len(good) >= LEAST_CASES else list(members)
    occurrences = [relevant(m, is_telling) for m in cases]
    by_name: dict[str, list[Occurrence]] = defaultdict(list)
    for row in occurrences:
        for item in row:
            by_name[item.name].append(item)
    counts = Counter(name for row in occurrences for name in {o.name for o in row})
    rules = _rules(by_name, counts, focus, len(cases))
    chosen = _choose_steps(counts, rules, focus, len(cases), is_telling)
    chosen |= _alternatives(occurrences, counts, chosen, by_name)
    if len(cases) >= LEAST_CASES:
        chosen = {n for n in chosen if counts[n] > 1 or n in focus}
    read = {(a, e) for a, e in read_by(chosen, guards) if a in counts}
    chosen |= {activity for activity, _ in read}
    sequences = [[o.name for o in row if o.name in chosen] for row in occurrences]
    seen = precedence(sequences, [m.agent for m in cases])
    ordered = arrange(
        [n for n in counts if n in chosen], seen.before, {n: _PLACE.get(by_name[n][0].call.role, 1) for n in counts}
    )
    looks = frozenset(n for n in chosen if all(o.call.role == "read" and not o.call.command for o in by_name[n]))
    must = arrows(ordered, seen, _data(by_name, rules, chosen) | read, looks)
    numbers = {name: number for number, name in enumerate(ordered, 1)}
    steps = [
        _step(name, by_name[name], counts[name], len(cases), numbers, must[name], rules, focus, practice)
        for name in ordered
    ]
    for group in either(ordered, must, sequences):
        together = tuple(sorted(numbers[n] for n in group))
        steps = [replace(s, either=together) if s.number in together else s for s in steps]
    return attach(steps, guards)


def _data(
    by_name: dict[str, list[Occurrence]], rules: dict[tuple[str, str], Rule], chosen: set[str]
) -> set[tuple[str, str]]:
    """The pairs of which the second takes a value from the first: by the rule of an argument, and by what gave the value where that did not."""
    found: set[tuple[str, str]] = set()
    for (name, argument), rule in rules.items():
        if rule.kind != "step" or name not in chosen:
            continue
        found.add((rule.activity, name))
        uses = [b for o in by_name[name] for b in o.call.bindings if b.name == argument and b.kind != "nothing"]
        rest = [givers for b in uses if rule.activity not in (givers := {p.activity for p in b.places})]
        instead = Counter(giver for givers in rest for giver in givers if giver in chosen and giver != name)
        found |= {(giver, name) for giver, n in instead.items() if n * 2 >= len(rest) and n >= STABLE}
    return found


def _rules(
    by_name: dict[str, list[Occurrence]], counts: Counter[str], focus: frozenset[str], cases: int
) -> dict[tuple[str, str], Rule]:
    producers = {n for n in by_name if counts[n] * 5 >= cases or n in focus}
    rules: dict[tuple[str, str], Rule] = {}
    for name, items in by_name.items():
        votes: dict[str, list[tuple[str, Binding]]] = defaultdict(list)
        for item in items:
            for binding in item.call.bindings:
                votes[binding.name].append((item.member.session, binding))
        chosen = choose_all(votes, producers - {name})
        rules.update({(name, argument): rule for argument, rule in chosen.items()})
    return rules


def _choose_steps(
    counts: Counter[str],
    rules: dict[tuple[str, str], Rule],
    focus: frozenset[str],
    cases: int,
    is_telling: Callable[[str], bool],
) -> set[str]:
    chosen = {
        name
        for name, count in counts.items()
        if name in focus or count >= USUAL * cases or (is_telling(name) and count >= max(2, TELLING * cases))
    }
    pending = list(chosen)
    while pending:
        name = pending.pop()
        for (user, _), rule in rules.items():
            if user == name and rule.kind == "step" and rule.activity not in chosen:
                chosen.add(rule.activity)
                pending.append(rule.activity)
    return chosen


def _alternatives(
    occurrences: Sequence[Sequence[Occurrence]],
    counts: Counter[str],
    chosen: set[str],
    by_name: dict[str, list[Occurrence]],
) -> set[str]:
    """Names that replace one another: rarely in one case together, one of them in nearly every case."""
    present = [{o.name for o in row} for row in occurrences]
    total = len(present)
    rare = sorted(
        n for n, c in counts.items() if 0.1 * total <= c < ALWAYS * total and by_name[n][0].call.role == "read"
    )
    found: set[str] = set()
    for position, one in enumerate(rare):
        for other in rare[position + 1 :]:
            both = sum(one in p and other in p for p in present)
            either = sum(one in p or other in p for p in present)
            if both <= 0.2 * min(counts[one], counts[other]) and either >= ALWAYS * total:
                found |= {one, other}
    return found - chosen


def _step(
    name: str,
    items: Sequence[Occurrence],
    count: int,
    cases: int,
    numbers: dict[str, int],
    after: Sequence[str],
    rules: dict[tuple[str, str], Rule],
    focus: frozenset[str],
    practice: bool,
) -> WorkflowStep:
    calls = [o.call for o in items]
    lead = Counter((c.phrase, c.tool, c.name) for c in calls).most_common(1)[0][0]
    per_case = Counter(id(o.member) for o in items)
    effect = any(c.role == "effect" for c in calls)
    shell = [(o.member.session, o.call.command) for o in items if o.call.command and name != "edit"]
    command = typical_command(shell)
    ran = [o for o in items if command and is_run_of(o.call.command, command)]
    again = Evidence((sum(1 for n in per_case.values() if n > 1), len(per_case)), _second_times(items))
    return WorkflowStep(
        number=numbers[name],
        title=_step_title(name, lead[0], calls),
        activity=name,
        optional=count < ALWAYS * cases,
        repeat=again.support[0] * 5 >= 2 * len(per_case),
        repeat_evidence=again,
        after=tuple(sorted(numbers[a] for a in after)),
        arguments=_arguments(name, items, numbers, rules),
        approval=approval(items, practice=practice) if effect else None,
        proof=proofs(items) if effect or name in focus or any(c.role == "check" for c in calls) else (),
        support=(count, cases),
        sources=_sources(items),
        effect=effect,
        command=command,
        command_evidence=Evidence((len({id(o.member) for o in ran}), len(per_case)), _sources(ran)),
        tool="" if name == "edit" else lead[1],
        summary=_files(calls) if name == "edit" else "",
    )


def _step_title(name: str, phrase: str, calls: Sequence[Call]) -> str:
    if name == "edit":
        return "Make the change"
    if all(c.actor == "person" for c in calls):
        return f"Have the person {phrase[:1].lower()}{phrase[1:]}"
    return phrase


def _files(calls: Sequence[Call]) -> str:
    """Say which kinds of files an editing step touches, most frequent first."""
    kinds = Counter(c.name.removeprefix("edit ") for c in calls if c.name.startswith("edit *"))
    shown = [f"`{kind}`" for kind, _ in kinds.most_common(3)]
    return f"Mostly {' and '.join(shown[:2])} files." if shown else ""


def _sources(items: Sequence[Occurrence]) -> tuple[Source, ...]:
    """One place a case, the first, at most MOST_SOURCES."""
    firsts: dict[int, Source] = {}
    for item in items:
        firsts.setdefault(id(item.member), item.source)
    return tuple(list(firsts.values())[:MOST_SOURCES])


def _second_times(items: Sequence[Occurrence]) -> tuple[Source, ...]:
    """Where a step came for the second time, one place a case, at most MOST_SOURCES."""
    seen: Counter[int] = Counter()
    found = []
    for item in items:
        seen[id(item.member)] += 1
        if seen[id(item.member)] == 2:
            found.append(item.source)
    return tuple(found[:MOST_SOURCES])


def _arguments(
    name: str, items: Sequence[Occurrence], numbers: dict[str, int], rules: dict[tuple[str, str], Rule]
) -> tuple[Argument, ...]:
    order: dict[str, list[tuple[Occurrence, Binding]]] = defaultdict(list)
    for item in items:
        for binding in item.call.bindings:
            order[binding.name].append((item, binding))
    found = []
    for argument, uses in order.items():
        givers, cases = len({id(o.member) for o, _ in uses}), len({id(o.member) for o in items})
        if givers * 10 < cases or (givers < 2 and cases >= LEAST_CASES):
            continue  # given in fewer than one case of ten, or in a single one: somebody's whim
        rule = rules[name, argument]
        source = _value_source(argument, rule, uses, numbers)
        places = tuple(dict.fromkeys(o.source for o, _ in uses))[:MOST_SOURCES]
        example = next((b.value for _, b in uses if b.value), "")
        found.append(Argument(argument, source, Evidence((rule.hits, rule.total), places), example[:80]))
    return tuple(found)


def _value_source(
    argument: str, rule: Rule, uses: Sequence[tuple[Occurrence, Binding]], numbers: dict[str, int]
) -> ValueSource:
    if rule.kind == "constant":
        kind = next((b.kind for _, b in uses if b.value == rule.value), "text")
        return ValueSource("constant", value=_typed(rule.value, kind))
    if rule.kind == "input":
        return ValueSource("input", name=argument.replace("[*]", "").replace(".", "_"))
    if rule.kind == "step" and rule.activity in numbers:
        return ValueSource("step", step=numbers[rule.activity], path=rule.path)
    return ValueSource("unknown")


def _typed(text: str, kind: str) -> str | float | bool:
    if kind == "flag":
        return text == "True"
    if kind == "number":
        if text.lstrip("-").isdigit():
            return int(text) if len(text) < 19 else text  # beyond 64 bits no number can be stored
        return float(text) if math.isfinite(float(text)) else text
    return text
