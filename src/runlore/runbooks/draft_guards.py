"""Guards and warnings of a workflow → lines of a draft, with what they rest on."""

from __future__ import annotations

from collections.abc import Mapping

from runlore.model import Contrast, Evidence, Guard, Workflow, WorkflowStep
from runlore.model.condition import Condition
from runlore.model.condition_text import list_arguments, list_paths, renumber
from runlore.model.workflow import GuardKind
from runlore.runbooks.conditions import parse_condition
from runlore.runbooks.hidden import clean, code_words
from runlore.runbooks.words import count_of, keep_code

MOST_SOURCES = 12
SURE = 0.05
"""How likely a difference may be by chance to be told without doubt."""


def draft_guards(
    step: WorkflowStep, kind: GuardKind, key: str, numbers: Mapping[int, int], evidence: dict[str, Evidence]
) -> tuple[Condition, ...]:
    """Give the guards of one kind, each with what it rests on as evidence; one that reads a step that is not there is no line.

    ``support`` counts the good acts that a guard lets pass, its sources are acts that it stops, ``counter`` is a good one that it would have stopped.
    """
    found: list[Condition] = []
    for guard in step.guards:
        condition = _condition(guard, numbers) if guard.kind == kind else None
        if condition is None:
            continue
        found.append(condition)
        evidence[f"{key}/{kind}-{len(found)}"] = Evidence(
            guard.support, guard.evidence.sources[:MOST_SOURCES], guard.precision, guard.counter
        )
    return tuple(found)


def _condition(guard: Guard, numbers: Mapping[int, int]) -> Condition | None:
    parsed = parse_condition(guard.condition)
    told = renumber(parsed, numbers) if parsed.parsed else Condition(keep_code(guard.condition))
    return told if told is not None and told.text else None


def explain_guards(step: WorkflowStep) -> str:
    """Say in one sentence a guard why the step has it; "" where it has none."""
    return " ".join(f"{_subject(guard)}: {_why(guard)}." for guard in step.guards)


def _subject(guard: Guard) -> str:
    """What a guard is about, in code: the argument or the field that it reads first."""
    parsed = parse_condition(guard.condition).parsed
    if parsed is None:
        return "Guard"
    named = list_arguments(parsed) or [path.path for path in list_paths(parsed)]
    return code_words(named[0].replace("[*]", "").rpartition(".")[2] or named[0], 60)


def _why(guard: Guard) -> str:
    kept, of = guard.support
    held = f"{kept} of {of} good ones kept to it"
    match guard.basis:
        case "errors":
            told = f" ({code_words(guard.message, 90)})" if clean(guard.message) else ""
            return f"refused {count_of(guard.negatives, 'time')} otherwise{told}, {held}"
        case "people":
            return f"rejected, taken back or not done {count_of(guard.negatives, 'time')} otherwise, {held}"
        case "outcome":
            return f"{guard.negatives} that failed did not keep to it, {held}"
        case "choice":
            left = f"{count_of(guard.negatives, 'other')} looked at were left alone"
            return f"{left if guard.negatives else 'never otherwise, though there were others to take'}, {held}"
        case "result":
            return f"its own result rules out a second time, {kept} of {of} good ones kept to it"


def draft_warnings(workflow: Workflow, evidence: dict[str, Evidence], first: int) -> tuple[str, ...]:
    """Give what failed cases did more often as lines of *What good looks like*, numbered from ``first``."""
    found = []
    for number, contrast in enumerate(workflow.contrasts, first):
        found.append(_warning(contrast))
        evidence[f"good-{number}"] = Evidence(contrast.failed, contrast.evidence.sources[:MOST_SOURCES])
    return tuple(found)


def _warning(contrast: Contrast) -> str:
    failed, good = contrast.failed, contrast.good
    doubt = "" if contrast.chance <= SURE else "; too few to be sure"
    return (
        f"Failed more often: {keep_code(contrast.text, 160)}: in {failed[0]} of {failed[1]} that failed, "
        f"{good[0]} of {good[1]} that went well (by chance alone: {max(1, round(100 * contrast.chance))} %{doubt})"
    )


def note_basis(workflow: Workflow) -> str:
    """Say what guards rest on where nobody recorded how the cases ended; "" where it is recorded, or there is no guard."""
    if workflow.judged or not any(step.guards for step in workflow.steps):
        return ""
    return "How the cases ended is not on record: the guards rest on errors, refusals, and what was taken back or left alone."
