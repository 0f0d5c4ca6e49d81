"""Steps of a workflow → steps of a runbook, each with the evidence for its lines."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

from runlore.model import Approval, Argument, Evidence, FailureMode, Proof, ValueSource, Workflow, WorkflowStep
from runlore.model.condition import Condition
from runlore.model.condition_text import render_code
from runlore.model.runbook import ApprovalRequirement, Binding, Input, ProofLevel, ProofRequirement, Recovery, Step
from runlore.runbooks.bindings import render_source
from runlore.runbooks.conditions import parse_condition
from runlore.runbooks.draft_guards import draft_guards, explain_guards
from runlore.runbooks.effects import is_shell
from runlore.runbooks.hidden import HIDDEN, clean, code_words
from runlore.runbooks.lines import PROOF_KINDS
from runlore.runbooks.paths import is_path
from runlore.runbooks.words import (
    is_identifier,
    is_personal,
    keep_code,
    keep_phrase,
    mask_command,
    mask_people,
    sentence,
    shape_of,
    title_of,
)

MOST_SOURCES = 12
_LONGEST_CONSTANT = 300
_LONGEST_COMMAND = 600
_MOST_RECOVERIES = 2
_SHELL_NOISE = frozenset(
    {"command", "cmd", "description", "timeout", "timeout_ms", "workdir", "cwd", "run_in_background", "justification"}
)


@dataclass
class DraftedSteps:
    """The steps with what was learnt on the way: inputs in the order of their use, evidence by anchor, and arguments nobody could explain.

    ``unexplained`` maps a step's number to the names of such arguments; ``withheld`` to those whose one value is not written down,
    because it may belong to a person or to a single case.
    """

    steps: list[Step] = field(default_factory=list)
    inputs: dict[str, Input] = field(default_factory=dict)
    evidence: dict[str, Evidence] = field(default_factory=dict)
    input_evidence: dict[str, Evidence] = field(default_factory=dict)
    unexplained: dict[int, tuple[str, ...]] = field(default_factory=dict)
    withheld: dict[int, tuple[str, ...]] = field(default_factory=dict)


def draft_steps(workflow: Workflow) -> DraftedSteps:
    """Give the steps of a workflow, numbered from 1 in its order."""
    drafted = DraftedSteps()
    numbers = {step.number: at for at, step in enumerate(workflow.steps, 1)}
    for step in workflow.steps:
        drafted.steps.append(_step(step, workflow, numbers, drafted))
    _join_alternatives(workflow, drafted)
    return drafted


def _join_alternatives(workflow: Workflow, drafted: DraftedSteps) -> None:
    """Join steps that stand for one another: as mined, else two neighbours of which each case did one, with the same before them and awaited together."""
    numbers = {step.number: at for at, step in enumerate(workflow.steps, 1)}
    for at, step in enumerate(workflow.steps):
        group = tuple(numbers[n] for n in step.either if n in numbers)
        if len(group) > 1:
            drafted.steps[at] = replace(drafted.steps[at], either=group, optional_when=None)
    for at, (one, other) in enumerate(pairwise(workflow.steps)):
        exclusive = (
            one.optional and other.optional and one.support[1] == other.support[1] == one.support[0] + other.support[0]
        )
        awaited = any({one.number, other.number} <= set(later.after) for later in workflow.steps)
        joined = one.either or other.either
        if exclusive and awaited and not joined and set(one.after) == set(other.after):
            both = (at + 1, at + 2)
            for place in (at, at + 1):
                drafted.steps[place] = replace(drafted.steps[place], either=both, optional_when=None)


def trim(evidence: Evidence) -> Evidence:
    """Keep at most twelve sources; the support still counts them all."""
    return Evidence(evidence.support, evidence.sources[:MOST_SOURCES])


def _step(step: WorkflowStep, workflow: Workflow, numbers: Mapping[int, int], drafted: DraftedSteps) -> Step:
    number = numbers[step.number]
    key = f"step-{number}"
    drafted.evidence[key] = trim(Evidence(step.support, step.sources))
    tool = clean(step.tool) or ("" if step.summary or " " in step.activity else clean(step.activity))
    after = tuple(sorted(numbers[n] for n in step.after if n in numbers))
    return Step(
        number=number,
        title=title_of(step.title, step.activity),
        prose=_prose(step),
        tool=tool,
        bindings=_bindings(step, number, numbers, workflow, drafted),
        proceed_if=draft_guards(step, "proceed", key, numbers, drafted.evidence),
        stop_if=draft_guards(step, "stop", key, numbers, drafted.evidence),
        approvals=_approvals(step.approval, key, drafted),
        proof=_proofs(step, workflow, key, drafted),
        recoveries=_recoveries(step, workflow.failure_modes, key, len(workflow.cases), drafted),
        for_each=_for_each(step, numbers),
        optional_when=_optional(step),
        after=None if _is_plain(after, number, workflow) else after,
    )


def _is_plain(after: tuple[int, ...], number: int, workflow: Workflow) -> bool:
    """Whether a step follows the one before it. One session shows one order and no choice, so its order stands as seen."""
    return after == ((number - 1,) if number > 1 else ()) or (not after and _sessions(workflow) < 2)


def _prose(step: WorkflowStep) -> str:
    return " ".join(part for part in (sentence(step.summary), explain_guards(step)) if part)


def _bindings(
    step: WorkflowStep, number: int, numbers: Mapping[int, int], workflow: Workflow, drafted: DraftedSteps
) -> tuple[Binding, ...]:
    if step.summary and not step.command:
        return ()
    key = f"step-{number}/with"
    bindings: dict[str, Binding] = {}
    command = mask_command(HIDDEN.sub("", step.command)).strip()
    if command:
        known = ValueSource("constant", value=command) if len(command) <= _LONGEST_COMMAND else ValueSource("unknown")
        bindings["command"] = Binding("command", known)
        known_by = step.command_evidence if step.command_evidence.support[0] else Evidence(step.support, step.sources)
        drafted.evidence[f"{key}/command"] = trim(known_by)
    for argument in step.arguments:
        name = clean(argument.name)
        if not name or name in bindings or (is_shell(step.tool) and name in _SHELL_NOISE):
            continue
        source = _source(argument, numbers, workflow)
        bindings[name] = Binding(name, source)
        drafted.evidence[f"{key}/{name}"] = trim(argument.evidence)
        if source.kind == "input":
            _note_input(source.name, argument, step, drafted)
    unknown = tuple(b.name for b in bindings.values() if b.source.kind == "unknown")
    constant = {clean(argument.name) for argument in step.arguments if argument.source.kind == "constant"}
    drafted.unexplained[number] = tuple(name for name in unknown if name not in constant)
    drafted.withheld[number] = tuple(name for name in unknown if name in constant)
    return tuple(bindings.values())


def _source(argument: Argument, numbers: Mapping[int, int], workflow: Workflow) -> ValueSource:
    """The source as mined, unless writing it down would invent something or give a person away."""
    source = argument.source
    hits, total = argument.evidence.support
    if source.kind in ("input", "step") and hits * 2 < total:
        return ValueSource("unknown")  # what holds in fewer than half of the runs is no line of a runbook
    if source.kind == "constant":
        return source if _is_sayable(source.value, argument, workflow) else ValueSource("unknown")
    if source.kind == "step":
        known = source.step in numbers and _is_clean_path(source.path)
        return ValueSource("step", step=numbers[source.step], path=source.path) if known else ValueSource("unknown")
    if source.kind == "unknown":
        return source
    name = clean(source.name) or clean(argument.name).replace("[*]", "").replace(".", "_")
    return ValueSource(source.kind, name=name)


def _is_clean_path(path: str) -> bool:
    return clean(path) == path and is_path(path)


def _is_sayable(value: Any, argument: Argument, workflow: Workflow) -> bool:
    """A constant is written where it is short and not one case's: from one session no number, address or long text is known to be constant."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    if (
        len(text) > _LONGEST_CONSTANT
        or clean(text) != text
        or is_personal(text, min(_sessions(workflow), argument.evidence.support[0]))
    ):
        return False
    single = _sessions(workflow) < 2 or argument.evidence.support[0] == 1
    return not (single and (is_identifier(text) or len(text) > 40 or "@" in text))


def _sessions(workflow: Workflow) -> int:
    return workflow.sessions or len({case.session for case in workflow.cases})


def _note_input(name: str, argument: Argument, step: WorkflowStep, drafted: DraftedSteps) -> None:
    known = drafted.inputs.get(name)
    looks = known.text if known and known.text else shape_of(argument.example)
    required = not step.optional or (known.required if known else False)
    drafted.inputs[name] = Input(name, required, text=looks)
    before = drafted.input_evidence.get(name)
    if before is None or argument.evidence.support > before.support:
        drafted.input_evidence[name] = trim(argument.evidence)


def _condition(text: str) -> Condition:
    parsed = parse_condition(text)
    return parsed if parsed.parsed else Condition(keep_code(text))


def _approvals(approval: Approval | None, key: str, drafted: DraftedSteps) -> tuple[ApprovalRequirement, ...]:
    if approval is None:
        return ()
    drafted.evidence[f"{key}/approval-1"] = trim(approval.evidence)
    over = tuple(dict.fromkeys(name for name in map(clean, approval.over) if name))
    return (ApprovalRequirement(words="the person who asked", over=over),)


def _proofs(step: WorkflowStep, workflow: Workflow, key: str, drafted: DraftedSteps) -> tuple[ProofRequirement, ...]:
    """The proof as mined; for a step without one, the field of its result that a later step takes."""
    found = [_proof(proof) for proof in step.proof]
    for at, proof in enumerate(step.proof, 1):
        drafted.evidence[f"{key}/proof-{at}"] = trim(proof.evidence)
    if found or step.summary:
        return tuple(found)
    for later in workflow.steps:
        for argument in later.arguments:
            source = argument.source
            if (
                source.kind == "step"
                and source.step == step.number
                and source.path != "$"
                and _is_clean_path(source.path)
                and argument.evidence.support[0] * 10 >= argument.evidence.support[1] * 9
            ):
                drafted.evidence[f"{key}/proof-1"] = trim(Evidence(argument.evidence.support, step.sources))
                return (ProofRequirement("P2", "tool result", parse_condition(f"{source.path} is present")),)
    return ()


def _proof(proof: Proof) -> ProofRequirement:
    kind = proof.kind if proof.kind in PROOF_KINDS else ""
    level: ProofLevel = (
        "P1" if kind in ("", "file") else "P2"
    )  # files are stored and hashed, the rest is in the transcript
    return ProofRequirement(level, kind, _condition(proof.condition))


def _recoveries(
    step: WorkflowStep, modes: Sequence[FailureMode], key: str, cases: int, drafted: DraftedSteps
) -> tuple[Recovery, ...]:
    """What to do about the two most frequent failures of the step that something helped against."""
    own = sorted((m for m in modes if m.step == step.number and m.resolved), key=lambda m: (-m.count, m.template))
    found: list[Recovery] = []
    for mode in own:
        sign, action = code_words(mode.template, 90), keep_phrase(mask_people(mode.recovery))
        if clean(mode.template) and action and len(found) < _MOST_RECOVERIES:
            found.append(Recovery(sign, action))
            drafted.evidence[f"{key}/fails-{len(found)}"] = trim(Evidence((mode.resolved, mode.count), mode.sources))
    return tuple(found)


def _for_each(step: WorkflowStep, numbers: Mapping[int, int]) -> str:
    """The list that a repeated step goes through, where the data flow names one."""
    if not step.repeat:
        return ""
    for argument in step.arguments:
        source = argument.source
        usual = argument.evidence.support[0] * 2 >= step.support[0]
        if usual and source.kind == "step" and "[*]" in source.path and _is_clean_path(source.path):
            moved = ValueSource("step", step=numbers.get(source.step, source.step), path=source.path)
            return f"{render_code(clean(argument.name))} {render_source(moved)}"
    return next(
        (
            f"{render_code(clean(a.source.name))} in the request"
            for a in step.arguments
            if a.source.kind == "input" and clean(a.source.name)
        ),
        "",
    )


def _optional(step: WorkflowStep) -> Condition | None:
    if not step.optional:
        return None
    done, cases = step.support
    return Condition(f"not needed ({done} of {cases} did it)" if cases else "not needed")
