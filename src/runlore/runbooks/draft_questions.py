"""What the evidence could not give, as questions that somebody can answer in one line each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from runlore.model import Workflow
from runlore.model.condition_text import render_code
from runlore.model.runbook import OpenQuestion, Step
from runlore.runbooks.draft_steps import DraftedSteps
from runlore.runbooks.effects import is_shell
from runlore.runbooks.hidden import clean, code_words
from runlore.runbooks.words import list_words, name_steps

_MOST_NAMED = 4


def ask(workflow: Workflow, drafted: DraftedSteps, sessions: int, has_completion: bool) -> tuple[OpenQuestion, ...]:
    """List the open questions of a draft, what blocks use first."""
    steps = drafted.steps
    effects = [n for n, step in enumerate(workflow.steps, 1) if step.effect]
    return (
        *_about_support(sessions),
        *_about_gaps(workflow),
        OpenQuestion("who keeps this runbook true, and reviews it how often?", "Owner"),
        OpenQuestion(f"whom to ask when {_last_effect(steps, effects)}, and how soon?", "Escalation"),
        *_about_effects(steps, effects),
        *_about_arguments(
            drafted.unexplained, "{verb} {names} come from? Neither the request nor an earlier result says."
        ),
        *_about_arguments(
            drafted.withheld,
            "{verb} {names} come from? The one value seen may belong to a person or a single case, so it is not written here.",
        ),
        *_about_commands(workflow),
        *_about_options(steps),
        *_about_completion(has_completion),
        *_about_failures(workflow),
    )


def _about_support(sessions: int) -> Iterator[OpenQuestion]:
    if sessions < 2:
        yield OpenQuestion("one session is no pattern; which of these lines hold the next time?", "Support")


def _about_gaps(workflow: Workflow) -> Iterator[OpenQuestion]:
    if not any(clean(quote.words) for quote in workflow.triggers):
        yield OpenQuestion("what does a request for this work sound like?", "When to start")
    if not workflow.steps:
        yield OpenQuestion("what is done, in which order? The cases share no steps.", "Steps")


def _last_effect(steps: Sequence[Step], effects: Sequence[int]) -> str:
    return f"step {effects[-1]} keeps failing" if effects and effects[-1] <= len(steps) else "a step keeps failing"


def _about_effects(steps: Sequence[Step], effects: Sequence[int]) -> Iterator[OpenQuestion]:
    by_number = {step.number: step for step in steps}
    bare = [
        n
        for n in effects
        if n in by_number and not (by_number[n].approvals or by_number[n].proceed_if or by_number[n].stop_if)
    ]
    if bare:
        it = "it" if len(bare) == 1 else "they"
        yield OpenQuestion(f"when must {it} not be done, and does anybody have to say yes first?", name_steps(bare))
    unproven = [n for n in effects if n in by_number and not by_number[n].proof]
    if unproven:
        yield OpenQuestion("what shows that it worked?", name_steps(unproven))


def _about_arguments(names_by_step: Mapping[int, tuple[str, ...]], words: str) -> Iterator[OpenQuestion]:
    for number, names in names_by_step.items():
        shown = [render_code(name) for name in names[:_MOST_NAMED]]
        if len(names) > _MOST_NAMED:
            shown.append(f"{len(names) - _MOST_NAMED} more")
        if shown:
            text = words.format(verb="does" if len(names) == 1 else "do", names=list_words(shown))
            yield OpenQuestion(f"where {text}", name_steps([number]))


def _about_commands(workflow: Workflow) -> Iterator[OpenQuestion]:
    unlike = [
        n for n, step in enumerate(workflow.steps, 1) if is_shell(step.tool) and not step.command and not step.summary
    ]
    if unlike:
        yield OpenQuestion("which command line? The cases ran different ones.", name_steps(unlike))


def _about_options(steps: Sequence[Step]) -> Iterator[OpenQuestion]:
    optional = [step.number for step in steps if step.optional_when]
    if optional:
        yield OpenQuestion("some cases did without; what decides?", name_steps(optional))
    for either in sorted({step.either for step in steps if step.either}):
        yield OpenQuestion("each case did one of them; what decides which?", name_steps(either))


def _about_completion(has_completion: bool) -> Iterator[OpenQuestion]:
    if not has_completion:
        yield OpenQuestion("what shows that the work is done?", "Proof of completion")


def _about_failures(workflow: Workflow) -> Iterator[OpenQuestion]:
    helpless = sorted(
        (m for m in workflow.failure_modes if not (m.recovery and m.resolved)), key=lambda m: (-m.count, m.template)
    )
    if helpless:
        signs = list_words([code_words(mode.template, 70) for mode in helpless[:2]])
        more = f" (and {len(helpless) - 2} more in the table)" if len(helpless) > 2 else ""
        yield OpenQuestion(f"what helps against {signs}{more}?", "Failure modes")
