"""Checks of the steps: proof, approval, references, permissions."""

from __future__ import annotations

from collections import Counter

from runlore.model import Problem
from runlore.model.condition import Condition, ResultPath
from runlore.model.condition_text import list_arguments, list_paths
from runlore.model.runbook import Step
from runlore.runbooks.checked import Check, Checked
from runlore.runbooks.effects import is_effect


def check_proof(checked: Checked) -> list[Problem]:
    """A step with a tool leaves proof; for one that changes the world it is an error not to."""
    found = []
    for step in checked.runbook.steps:
        if not step.tool or step.proof or checked.is_step_asked(step):
            continue
        make = checked.error if is_effect(step) else checked.warning
        found.append(
            make(
                f"step-{step.number}",
                "step-without-proof",
                f"Step {step.number} leaves no proof: add `Proof (P2): …` with what its result must show.",
            )
        )
    return found


def check_effects(checked: Checked) -> list[Problem]:
    """A step that changes the world has a guard, or an approval: its own, or an earlier one over what it uses."""
    steps = checked.runbook.steps
    found = []
    for step in steps:
        if not is_effect(step) or step.approvals or step.proceed_if or step.stop_if or checked.is_step_asked(step):
            continue
        if not _is_covered(step, steps):
            message = f"Step {step.number} changes something without approval or guard: add `Approval:`, `Proceed only if:` or `Stop if:`."
            found.append(checked.error(f"step-{step.number}", "effect-unguarded", message))
    return found


def _is_covered(step: Step, steps: tuple[Step, ...]) -> bool:
    """An approval covers the effects that come after it and use what was shown, directly or through earlier results."""
    shown = {
        name
        for other in steps
        if _comes_before(other, step, steps)
        for approval in other.approvals
        for name in approval.over
    }
    if not shown:
        return any(
            _comes_before(other, step, steps)
            for other in steps
            if other.approvals and not all(a.over for a in other.approvals)
        )
    by_number = {other.number: other for other in steps}
    seen: set[int] = set()
    waiting = [step]
    while waiting:
        here = waiting.pop()
        if here.number in seen:
            continue
        seen.add(here.number)
        for binding in here.bindings:
            if binding.name in shown or (
                binding.source.kind in ("input", "issue", "document") and binding.source.name in shown
            ):
                return True
            if binding.source.kind == "step" and binding.source.step in by_number:
                waiting.append(by_number[binding.source.step])
    return False


def _comes_before(first: Step, second: Step, steps: tuple[Step, ...]) -> bool:
    """Whether the order of the runbook puts ``first`` before ``second``."""
    by_number = {step.number: step for step in steps}
    waiting, seen = list(_before(second)), set()
    while waiting:
        number = waiting.pop()
        if number == first.number:
            return True
        if number in by_number and number not in seen:
            seen.add(number)
            waiting.extend(_before(by_number[number]))
    return False


def _before(step: Step) -> tuple[int, ...]:
    used = tuple(b.source.step for b in step.bindings if b.source.kind == "step")
    after = step.after if step.after is not None else (step.number - 1,)
    return (*after, *used)


def check_actor(checked: Checked) -> list[Problem]:
    """A step names a tool or a person."""
    return [
        checked.warning(
            f"step-{step.number}",
            "step-without-actor",
            f"Step {step.number} names neither a tool nor a person: say what does it, or who.",
        )
        for step in checked.runbook.steps
        if not step.tool and not step.approvals and not checked.is_step_asked(step)
    ]


def check_tools(checked: Checked) -> list[Problem]:
    """Tools and approvers exist, where a catalogue says which do."""
    tools, roles = checked.catalogue.tools, checked.catalogue.roles
    found = []
    for step in checked.runbook.steps:
        key = f"step-{step.number}"
        if tools is not None and step.tool and step.tool not in tools:
            found.append(
                checked.error(
                    f"{key}/tool", "tool-unknown", f"There is no tool `{step.tool}`: use one that exists, or add it."
                )
            )
        for number, approval in enumerate(step.approvals, 1):
            if roles is not None and approval.role and approval.role not in roles:
                found.append(
                    checked.error(
                        f"{key}/approval-{number}",
                        "role-unknown",
                        f"There is no role `{approval.role}`: use one that exists, or add it.",
                    )
                )
    return found


def check_permissions(checked: Checked) -> list[Problem]:
    """Every permission of a step is declared in the frontmatter, and every declared one is used."""
    declared = checked.runbook.permissions
    found = []
    used = set()
    for step in checked.runbook.steps:
        for number, permission in enumerate(step.permissions, 1):
            used.add(permission)
            if permission not in declared:
                message = f"Step {step.number} needs `{permission}`, which the frontmatter does not declare: add it under `permissions`."
                found.append(checked.error(f"step-{step.number}/permission-{number}", "permission-undeclared", message))
    for permission in declared:
        if permission not in used:
            found.append(
                checked.warning(
                    "frontmatter/permissions",
                    "permission-unused",
                    f"No step needs `{permission}`: remove it, or name it at its step.",
                )
            )
    return found


def check_values(checked: Checked) -> list[Problem]:
    """Every argument says where its value comes from, once."""
    found = []
    for step in checked.runbook.steps:
        key = f"step-{step.number}/with"
        for name, times in Counter(b.name for b in step.bindings).items():
            if times > 1:
                found.append(
                    checked.error(
                        key, "duplicate", f"The argument `{name}` stands {times} times in step {step.number}: keep one."
                    )
                )
        unknown = [b.name for b in step.bindings if b.source.kind == "unknown"]
        if unknown and not checked.is_step_asked(step):
            found.append(
                checked.warning(
                    key,
                    "value-unknown",
                    f"Nobody knows where {_listed(unknown)} of step {step.number} comes from: give the source.",
                )
            )
    return found


def check_references(checked: Checked) -> list[Problem]:
    """Results are taken from steps that exist and come before; alternatives exist."""
    steps = checked.runbook.steps
    numbers = {step.number: step for step in steps}
    found = []
    for step in steps:
        key = f"step-{step.number}"
        for number in sorted({b.source.step for b in step.bindings if b.source.kind == "step"} | _read_steps(step)):
            if number not in numbers:
                found.append(
                    checked.error(
                        f"{key}/with",
                        "step-unknown",
                        f"Step {step.number} uses a result of step {number}, which does not exist: correct the number.",
                    )
                )
            elif number != step.number and not _comes_before(numbers[number], step, steps):
                found.append(
                    checked.error(
                        f"{key}/with",
                        "step-order",
                        f"Step {step.number} uses a result of step {number}, which does not come before it: reorder.",
                    )
                )
        for number in (*(step.after or ()), *step.either):
            if number not in numbers:
                found.append(
                    checked.error(
                        f"{key}/after",
                        "after-unknown",
                        f"Step {step.number} refers to step {number}, which does not exist: correct the number.",
                    )
                )
        if step.after is not None and (step.number in step.after or _comes_before(step, step, steps)):
            found.append(
                checked.error(
                    f"{key}/after", "after-cycle", f"Step {step.number} waits for itself: break the circle of `After`."
                )
            )
    return found


def _read_steps(step: Step) -> set[int]:
    conditions: list[Condition] = [*step.proceed_if, *step.stop_if, *(p.condition for p in step.proof)]
    paths: list[ResultPath] = [
        path for condition in conditions if condition.parsed for path in list_paths(condition.parsed)
    ]
    return {path.step for path in paths if path.step}


def check_guards(checked: Checked) -> list[Problem]:
    """A guard that names a path is meant for a program, and must be readable for one."""
    found = []
    for step in checked.runbook.steps:
        for slot, conditions in (("proceed", step.proceed_if), ("stop", step.stop_if)):
            for number, condition in enumerate(conditions, 1):
                if condition.parsed is None and "`$" in condition.text:
                    message = "This guard names a path but is no condition, so a person must judge it: write `PATH = VALUE` or another form of the grammar."
                    found.append(checked.warning(f"step-{step.number}/{slot}-{number}", "guard-unreadable", message))
                named = list_arguments(condition.parsed) if condition.parsed else ()
                for name in sorted({n for n in named if n.replace("[*]", "") not in _given(step)}):
                    message = f"This guard reads the argument `{name}`, which step {step.number} does not give its tool: name it under *With*, or correct it."
                    found.append(checked.warning(f"step-{step.number}/{slot}-{number}", "argument-unknown", message))
    return found


def _given(step: Step) -> set[str]:
    return {binding.name.replace("[*]", "") for binding in step.bindings}


def _listed(names: list[str]) -> str:
    spans = [f"`{name}`" for name in names]
    return spans[0] if len(spans) == 1 else f"{', '.join(spans[:-1])} and {spans[-1]}"


STEP_CHECKS: tuple[Check, ...] = (
    check_proof,
    check_effects,
    check_actor,
    check_tools,
    check_permissions,
    check_values,
    check_references,
    check_guards,
)
