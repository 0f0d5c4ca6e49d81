"""What is mined from the runs, judged by the scenes of the rules."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
from guards_rules import RULES, SAID_BY_TOOLS, Rule, Scene, read_runs, task_of

from runlore.mining.conformance.evaluate import Known, Shown, arguments_of, decide, values_given
from runlore.mining.digest import digest
from runlore.mining.guards.policy import Stated, link_policy, split_policy
from runlore.mining.mine import mine
from runlore.model import Guard, Workflow, WorkflowStep
from runlore.runbooks.conditions import parse_condition
from runlore.transcripts.base import Reading
from runlore.transcripts.reading import read_file


@dataclass(frozen=True)
class MinedGuard:
    """A guard of a step, and what the scenes say of it: ``policy``, ``tool`` (the tools alone say so) or ``invented``."""

    effect: str
    text: str
    guard: Guard
    verdict: str

    @property
    def key(self) -> tuple[str, str]:
        """By what it is found again."""
        return self.effect, self.text


@dataclass(frozen=True)
class Judged:
    """The rules found, each with the guard that finds it, all guards, and the effects that wait for a person's yes."""

    found: dict[str, str]
    guards: tuple[MinedGuard, ...]
    approvals: tuple[str, ...]


def mine_runs(folder: Path, *, with_rewards: bool, half: int | None = None) -> tuple[Workflow, ...]:
    """Mine the runs, with their rewards or without, all or those of every second task; who worked stands beside each."""
    with tempfile.TemporaryDirectory() as place:
        path = Path(place, "runs.jsonl")
        with path.open("w", encoding="utf-8") as out:
            for run in (r for r in read_runs(folder) if half is None or task_of(r) % 2 == half):
                row = {
                    "id": run["trajectory_id"],
                    "messages": run["messages"],
                    "agent": run["agent"],
                    "model": run["model"],
                }
                out.write(json.dumps(row | ({"reward": run["reward"]} if with_rewards else {})) + "\n")
        readings = [r.transcript for r in read_file(path) if isinstance(r, Reading)]
    return mine([msgspec.structs.replace(digest(t), transcript=f"sha256:{t.session}") for t in readings]).workflows


def judge(workflows: Sequence[Workflow]) -> Judged:
    """Judge every guard of every effect by the scenes of all rules that bind it."""
    steps = {s.activity: (w, s) for w in workflows for s in w.steps if s.effect}
    found: dict[str, str] = {}
    guards: list[MinedGuard] = []
    for effect, (workflow, step) in sorted(steps.items()):
        for guard in step.guards:
            policy = [
                r.name
                for r in RULES
                if effect in r.effects and not r.approval and _finds(guard, r, effect, workflow, step)
            ]
            tools = [r.name for r in SAID_BY_TOOLS if effect in r.effects and _finds(guard, r, effect, workflow, step)]
            for name in policy:
                found[name] = guard.text
            guards.append(
                MinedGuard(effect, guard.text, guard, "policy" if policy else "tool" if tools else "invented")
            )
    approvals = tuple(sorted(e for e, (_, s) in steps.items() if s.approval))
    for rule in RULES:
        if rule.approval and rule.effects[0] in approvals:
            known = steps[rule.effects[0]][1].approval
            found[rule.name] = f"approval ({known.evidence.support[0]} of {known.evidence.support[1]})" if known else ""
    return Judged(found, tuple(guards), approvals)


def _finds(guard: Guard, rule: Rule, effect: str, workflow: Workflow, step: WorkflowStep) -> bool:
    """Say whether a guard stops every scene that the rule forbids and none that it allows."""
    forbidden = [_stops(guard, s, workflow, step) for s in rule.forbidden(effect)]
    allowed = [_stops(guard, s, workflow, step) for s in rule.allowed(effect)]
    return bool(forbidden) and all(forbidden) and not any(allowed)


def _stops(guard: Guard, scene: Scene, workflow: Workflow, step: WorkflowStep) -> bool:
    every: list[Shown] = []
    by_tool: dict[str, list[Shown]] = {}
    for tool, arguments, result in scene.before:
        every.append(Shown(result, values_given(arguments_of(arguments)), len(every) + 1))
        by_tool.setdefault(tool, []).append(every[-1])
    results = {s.number: by_tool[s.activity] for s in workflow.steps if s.activity in by_tool}
    known = Known(results, arguments_of(scene.arguments), {}, step.number, None, 0.0, every)
    expression = parse_condition(guard.condition).parsed
    answer = decide(expression, known) if expression is not None else None
    return answer is (guard.kind == "stop") if answer is not None else False


def find_links(judged: Judged, policy: str) -> dict[tuple[str, str], str]:
    """Give for each guard the lines that `link_policy` links it to."""
    sentences = split_policy(policy)
    found: dict[tuple[str, str], str] = {}
    for mined in judged.guards:
        expression = parse_condition(mined.guard.condition).parsed
        if expression is None:
            continue
        links = link_policy([Stated(mined.effect, mined.guard.kind, expression, mined.guard.basis)], sentences)
        told = [
            f"{'contradicts ' if link.relation == 'contradicts' else ''}{link.sentence.line}: “{link.sentence.text}”"
            for link in links
        ]
        if told:
            found[mined.key] = "; ".join(told)
    return found
