"""Judge a library by what happened later. Every figure is over later cases alone, and over what was known when each began.

1. Mine the earlier part. A later case gets the runbook that its request is routed to, before anything of it is known but its words.
2. Failures: errors of the later part that a runbook or a fact beside them lists. Steps: those done later that the runbook has; and the one next step,
   beside a first-order Markov chain. Values: arguments that the runbook's source gives, beside the most frequent value so far.
3. Cost: what later sessions spent on failures and on finding out facts that the library had.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from runlore.mining.backtest.chain import START, Chain, next_of, sequence_of
from runlore.mining.backtest.share import Count
from runlore.mining.dataflow import Binding
from runlore.mining.digest import Call, Case, Digest, distinct
from runlore.mining.facts import collect as collect_facts
from runlore.mining.failures import is_telling, template
from runlore.mining.grouping import pieces_of
from runlore.mining.mine import Mined
from runlore.mining.steps import step_name
from runlore.model import Cost, Fact, Source, ValueSource, Workflow, WorkflowStep
from runlore.model.backtest import Backtest, Foreseen, Warnings

Find = Callable[[Case], Workflow | None]
"""Gives the runbook that a case's request is routed to."""
MOST_UNTIL = 6
"""Calls after a failure that are counted as spent on it, at most."""


@dataclass(slots=True)
class _Tally:
    """What is counted for one runbook."""

    cases: int = 0
    steps: Count = field(default_factory=Count)
    sources: Count = field(default_factory=Count)
    failures: Count = field(default_factory=Count)


@dataclass(slots=True)
class _Judging:
    """Everything that is counted over the later part."""

    mined: Mined
    chain: Chain
    usual: Mapping[tuple[str, str], str]
    seen: frozenset[tuple[str, str]]
    known: frozenset[tuple[str, str]]
    told: frozenset[Source]
    routed: Count = field(default_factory=Count)
    failures: Count = field(default_factory=Count)
    failures_seen: Count = field(default_factory=Count)
    steps: Count = field(default_factory=Count)
    next_step: Count = field(default_factory=Count)
    next_step_chain: Count = field(default_factory=Count)
    values: Count = field(default_factory=Count)
    values_usual: Count = field(default_factory=Count)
    runbooks: dict[str, _Tally] = field(default_factory=lambda: defaultdict(_Tally))
    lost: list[Call] = field(default_factory=list)


def judge(
    name: str,
    division: str,
    earlier: Sequence[Digest],
    later: Sequence[Digest],
    mined: Mined,
    find: Find,
    warnings: Warnings,
) -> Backtest:
    """Judge the library ``mined`` from the earlier digests by the later ones. ``warnings`` were counted over the later transcripts."""
    before = pieces_of(distinct(earlier))
    facts = _facts_again(earlier, later, mined.facts)
    pieces = _later_pieces(earlier, later)
    judging = _Judging(
        mined,
        Chain(sequence_of(case) for _, case in before),
        _usual_values(case for _, case in before),
        frozenset(key for _, case in before for call in case.calls if (key := _failure_of(call)) is not None),
        frozenset((m.activity, m.template.casefold()) for w in mined.workflows for m in w.failure_modes),
        frozenset(source for _, both in facts for source in both.sources),
    )
    for item, case in pieces:
        _judge_case(judging, item, case, find(case))
    again, spent = _asked_again(facts), _spent(pieces)
    again = Cost(
        again.calls + len(judging.lost),
        round(again.seconds + sum(_seconds(c) for c in judging.lost), 1),
        again.tokens + sum(c.tokens for c in judging.lost),
    )
    titles = {w.name: w.title for w in mined.workflows}
    rows = sorted(judging.runbooks.items(), key=lambda r: (-r[1].cases, r[0]))
    return Backtest(
        name, division, len({d.session for d in earlier}), len({d.session for d in later}), len(pieces), len(mined.workflows),
        judging.routed.share(), judging.failures.share(), judging.failures_seen.share(), judging.steps.share(),
        judging.next_step.share(), judging.next_step_chain.share(), judging.values.share(), judging.values_usual.share(),
        warnings, again, spent,
        tuple(Foreseen(n, titles[n], t.cases, t.steps.share(), t.sources.share(), t.failures.share()) for n, t in rows),
    )  # fmt: skip


def _later_pieces(earlier: Sequence[Digest], later: Sequence[Digest]) -> list[tuple[Digest, Case]]:
    """The cases of the later part, without what stood in an earlier transcript already."""
    known = {call.key for item in earlier for case in item.cases for call in case.calls}
    rows = pieces_of(distinct(later))
    return [(item, case) for item, case in rows if case.calls and not any(call.key in known for call in case.calls)]


def _failure_of(call: Call) -> tuple[str, str] | None:
    """What a failed call is known by: its activity and the template of its words."""
    if call.outcome != "error" or not call.error:
        return None
    text = template(call.error)
    return (call.name, text.casefold()) if is_telling(text) else None


def _judge_case(judging: _Judging, item: Digest, case: Case, workflow: Workflow | None) -> None:
    session = item.session
    judging.routed.add(session, workflow)
    tally = judging.runbooks[workflow.name] if workflow is not None else None
    if tally is not None:
        tally.cases += 1
    own = {(m.activity, m.template.casefold()) for m in workflow.failure_modes} if workflow is not None else set()
    for number, call in enumerate(case.calls):
        failure = _failure_of(call)
        if failure is not None:
            places = {
                Source(item.transcript, call.line, call.index),
                Source(item.transcript, call.result_line, call.result_index),
            }
            judging.failures.add(session, failure in judging.known or places & judging.told)
            judging.failures_seen.add(session, failure in judging.seen)
            if failure in judging.known and not call.command and not places & judging.told:
                judging.lost.extend(_until_it_worked(case, number))
            if tally is not None:
                tally.failures.add(session, failure in own)
    _judge_steps(judging, session, case, workflow, tally)
    _judge_values(judging, session, case, workflow, tally)


def _judge_steps(judging: _Judging, session: str, case: Case, workflow: Workflow | None, tally: _Tally | None) -> None:
    sequence = sequence_of(case)
    known = {s.activity for s in workflow.steps} if workflow is not None else set()
    done: set[str] = set()
    last = START
    for name in sequence:
        judging.steps.add(session, name in known)
        if tally is not None:
            tally.steps.add(session, name in known)
        judging.next_step.add(session, workflow is not None and next_of(workflow, done, last) == name)
        judging.next_step_chain.add(session, judging.chain.next(last) == name)
        done.add(name)
        last = name


def _judge_values(judging: _Judging, session: str, case: Case, workflow: Workflow | None, tally: _Tally | None) -> None:
    steps = {s.activity: s for s in workflow.steps} if workflow is not None else {}
    names = {s.number: s.activity for s in workflow.steps} if workflow is not None else {}
    for call in case.calls:
        name = step_name(call)
        if call.outcome != "ok" or call.command or name is None or call.role == "edit":
            continue
        step = steps.get(name)
        for binding in call.bindings:
            if binding.kind == "nothing":
                continue
            hit = step is not None and _is_given(binding, step, names)
            judging.values.add(session, hit)
            judging.values_usual.add(session, judging.usual.get((call.name, binding.name)) == binding.value)
            if tally is not None:
                tally.sources.add(session, hit)


def _is_given(binding: Binding, step: WorkflowStep, names: Mapping[int, str]) -> bool:
    """Say whether the source that the runbook names gives the value that was used."""
    source = next((a.source for a in step.arguments if a.name == binding.name), ValueSource("unknown"))
    match source.kind:
        case "constant":
            return str(source.value) == binding.value
        case "input":
            return bool(binding.words)
        case "step":
            giver = names.get(source.step, "")
            return any(p.activity == giver and p.path == source.path for p in binding.places)
        case _:
            return False


def _usual_values(cases: Iterable[Case]) -> dict[tuple[str, str], str]:
    """The most frequent value so far of every argument: what one would guess without knowing where values come from."""
    seen: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for case in cases:
        for call in case.calls:
            for binding in call.bindings if call.outcome == "ok" else ():
                seen[call.name, binding.name][binding.value] += 1
    return {key: min(values, key=lambda v: (-values[v], v)) for key, values in seen.items()}


def _until_it_worked(case: Case, number: int) -> list[Call]:
    """The failed call and those after it until the same went well, at most MOST_UNTIL; the failed one alone where it never did."""
    failed = case.calls[number]
    following = case.calls[number + 1 : number + 1 + MOST_UNTIL]
    for place, call in enumerate(following):
        if call.name == failed.name and call.outcome == "ok":
            return [failed, *following[:place]]
    return [failed]


def _seconds(call: Call) -> float:
    return max(0.0, call.end - call.time) if call.end and call.time else 0.0


def _facts_again(earlier: Sequence[Digest], later: Sequence[Digest], known: Sequence[Fact]) -> list[tuple[Fact, Fact]]:
    """The facts that the library had, each as it was and as it is with the later part."""
    rows = distinct([*earlier, *later])
    both = {f.id: f for f in collect_facts((d.session, d.transcript, o) for d in rows for o in d.observations)}
    return [(fact, both[fact.id]) for fact in known if fact.id in both]


def _asked_again(facts: Sequence[tuple[Fact, Fact]]) -> Cost:
    """What later sessions spent on facts that the library had: found out, stumbled over or told again."""
    return Cost(
        sum(max(0, now.cost.calls - then.cost.calls) for then, now in facts),
        round(sum(max(0.0, now.cost.seconds - then.cost.seconds) for then, now in facts), 1),
        sum(max(0, now.cost.tokens - then.cost.tokens) for then, now in facts),
    )


def _spent(pieces: Sequence[tuple[Digest, Case]]) -> Cost:
    return Cost(
        sum(len(case.calls) for _, case in pieces),
        round(sum(case.seconds for _, case in pieces), 1),
        sum(case.tokens for _, case in pieces),
    )
