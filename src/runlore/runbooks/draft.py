"""Workflow → draft: the runbook, the evidence for its lines, and one good case. Nothing in it is invented.

1. Steps, arguments, approvals and proof are taken over as mined (`draft_steps`).
2. Requests, corrections and rejections stand in people's own words, escaped, with their date.
3. Failures become a table; a cause is a dash, because a transcript shows signs only.
4. What nobody said or showed becomes an open question (`draft_questions`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from runlore.model import Event, Evidence, FailureMode, Quote, Workflow
from runlore.model.runbook import CompletionProof, KnownFailure, Runbook, Section, Step, Trigger
from runlore.runbooks.draft_example import describe_example, draft_example, name_example
from runlore.runbooks.draft_guards import draft_warnings, note_basis
from runlore.runbooks.draft_questions import ask
from runlore.runbooks.draft_steps import MOST_SOURCES, DraftedSteps, draft_steps, trim
from runlore.runbooks.evidence import EvidenceMap
from runlore.runbooks.hidden import clean, code_words, quote_words, shorten
from runlore.runbooks.render import render
from runlore.runbooks.words import (
    count_of,
    keep_code,
    keep_phrase,
    mask_people,
    mask_values,
    name_steps,
    sentence,
    span_of,
    title_of,
)

_MOST_TRIGGERS = 5
_MOST_QUOTES = 8
_MOST_FAILURES = 12


@dataclass(frozen=True, slots=True)
class Drafted:
    """A draft: its text and value, its evidence by anchor, and the example with its path in the runbook's folder (``""``: none)."""

    text: str
    runbook: Runbook
    evidence: EvidenceMap
    example_name: str
    example_text: str


def draft(
    workflow: Workflow, *, transcript_name: Callable[[str], str] | None = None, example_events: Sequence[Event] = ()
) -> Drafted:
    """Draft the runbook of a workflow.

    ``transcript_name`` gives a person's name for a transcript's hash; ``example_events`` are the events of ``workflow.example``.
    A workflow that rests on one session gives a provisional draft, which says so.
    """
    workflow = replace(workflow, failure_modes=tuple(m for m in workflow.failure_modes if not m.elsewhere))
    name_of = transcript_name or _first_letters
    steps = draft_steps(workflow)
    evidence: dict[str, Evidence] = {"purpose": _all_cases(workflow)}
    example = workflow.example
    example_name = name_example(workflow, example) if example else ""
    triggers = _triggers(workflow, evidence)
    for name in steps.inputs:
        evidence[f"input/{name}"] = steps.input_evidence[name]
    evidence.update(steps.evidence)
    completion = _completion(workflow, steps, evidence)
    good = _good(workflow, evidence)
    good = (*good, *draft_warnings(workflow, evidence, len(good) + 1))
    examples: tuple[str, ...] = ()
    if example:
        examples = (describe_example(example_name, example, example_events),)
        evidence["example-1"] = Evidence((1, len(workflow.cases)), example.sources[:1])
    failures, note = _failures(workflow, evidence)
    runbook = Runbook(
        name=workflow.name,
        description=_description(workflow),
        title=title_of(workflow.title, ""),
        skills=_skills(workflow),
        purpose=_purpose(workflow),
        triggers=triggers,
        inputs=tuple(sorted(steps.inputs.values(), key=lambda value: not value.required)),
        prerequisites=tuple(said for text in workflow.prerequisites if (said := keep_phrase(text))),
        steps=tuple(steps.steps),
        completion=completion,
        good=good,
        examples=examples,
        failure_modes=failures,
        open_questions=ask(workflow, steps, sessions_of(workflow), bool(completion)),
        sections=(*_above_steps(workflow, evidence), *note),
    )
    told = draft_example(workflow, example, example_events, name_of) if example else ""
    return Drafted(render(runbook), runbook, evidence, example_name, told)


def sessions_of(workflow: Workflow) -> int:
    """Count the distinct sessions of a workflow."""
    return workflow.sessions or len({case.session for case in workflow.cases})


def _first_letters(transcript: str) -> str:
    return transcript.rpartition(":")[2][:8] or transcript


def _all_cases(workflow: Workflow) -> Evidence:
    sources = tuple(case.sources[0] for case in workflow.cases if case.sources)
    return trim(Evidence((len(workflow.cases), len(workflow.cases)), sources))


def _description(workflow: Workflow) -> str:
    """What it does and when to use it, at most 1,024 characters; the requests say when, where the miner did not."""
    what = re.sub(r"[<>]", "", _plain_sentence(workflow.description or workflow.title))
    words = clean(mask_values(workflow.triggers[0].words)) if workflow.triggers else ""
    said = shorten(re.sub(r"[<>]", "", words).replace('"', "'").rstrip(".!?… "), 120)
    if said and not re.search(r"(?i)\bwhen\b", what):
        what = f"{what} Use when a request reads like: {said}{'' if said[-1] == '…' else '.'}".strip()
    return shorten(what, 1024)


def _plain_sentence(text: str) -> str:
    """Give plain words as a sentence, for places that are no Markdown."""
    words = shorten(clean(text).replace("`", ""), 800)
    return words if not words or words[-1] in ".!?…" else f"{words}."


def _skills(workflow: Workflow) -> tuple[str, ...]:
    procedure = clean(workflow.procedure)
    return (procedure,) if procedure and not procedure.startswith("/") else ()


def _purpose(workflow: Workflow) -> str:
    """What the work is, and how well it is known."""
    what = re.split(r"(?<=\.) (?=Use (?:when|for|on|if)\b)", clean(workflow.description))[0]
    parts = [sentence(what) or sentence(workflow.title)]
    if workflow.procedure and workflow.procedure.lower() not in what.lower():
        parts.append(f"It follows the written procedure {code_words(workflow.procedure)}.")
    cases, sessions = len(workflow.cases), sessions_of(workflow)
    usual = f"; a usual one takes {span_of(workflow.seconds.median)}" if workflow.seconds.median > 0 else ""
    if sessions < 2:
        parts.append("\n\n*Provisional: drawn from one session.*")
    else:
        parts.append(f"\n\nDrawn from {count_of(cases, 'case')} in {count_of(sessions, 'session')}{usual}.")
    return re.sub(r" *\n\n", "\n\n", " ".join(parts)).strip()


def _triggers(workflow: Workflow, evidence: dict[str, Evidence]) -> tuple[Trigger, ...]:
    """Requests in people's words without what belongs to one case; no two alike."""
    found: dict[str, Trigger] = {}
    for quote in workflow.triggers:
        words = clean(mask_values(quote.words))
        if not words or words.lower() in found or len(found) == _MOST_TRIGGERS:
            continue
        found[words.lower()] = Trigger("request", quote_words(words, 160))
        evidence[f"when-{len(found)}"] = Evidence((1, len(workflow.cases)), (quote.source,))
    return tuple(found.values())


def _completion(workflow: Workflow, steps: DraftedSteps, evidence: dict[str, Evidence]) -> tuple[CompletionProof, ...]:
    """What the last effect that nearly every case reaches leaves behind."""
    effects = [
        (mined, step) for mined, step in zip(workflow.steps, steps.steps, strict=True) if mined.effect and step.proof
    ]
    usual = [pair for pair in effects if not pair[0].optional] or effects
    if not usual:  # nothing outside was changed: the last check that cases run shows that it is done
        checks = [(mined, step) for mined, step in zip(workflow.steps, steps.steps, strict=True) if step.proof]
        usual = [pair for pair in checks if pair[0].support[0] * 2 > pair[0].support[1]][-1:]
    if not usual:
        return ()
    linked = [pair for pair in usual if any(proof.kind == "url" for proof in pair[1].proof)]
    step: Step = (linked or usual)[-1][1]
    found = []
    for at, proof in enumerate(step.proof, 1):
        evidence[f"completion-{at}"] = steps.evidence[f"step-{step.number}/proof-{at}"]
        says = (
            f"{proof.condition.text} in the result of step {step.number}"
            if proof.condition.parsed
            else f"{proof.condition.text}, from step {step.number}"
        )
        found.append(CompletionProof(says, proof.kind, proof.level) if proof.kind else CompletionProof(says))
    return tuple(found)


def _good(workflow: Workflow, evidence: dict[str, Evidence]) -> tuple[str, ...]:
    """What people rejected, corrected and accepted, in their words."""
    found: list[str] = []
    seen: set[str] = set()
    for label, quotes in (
        ("Rejected", workflow.rejections),
        ("Corrected", workflow.corrections),
        ("Accepted", workflow.quality),
    ):
        for quote in quotes:
            words = clean(quote.words)
            if not words or words.lower() in seen or len(found) == _MOST_QUOTES:
                continue
            seen.add(words.lower())
            found.append(_quote(label, quote))
            told = (quote.source, *quote.again)
            evidence[f"good-{len(found)}"] = trim(Evidence((len(told), max(len(told), len(workflow.cases))), told))
    return tuple(found)


def _quote(label: str, quote: Quote) -> str:
    date = f" {quote.date}" if re.fullmatch(r"\d{4}-\d\d-\d\d", quote.date) else ""
    about = f" ({keep_code(quote.about, 80)})" if clean(quote.about) else ""
    return f"{label}{date}: {quote_words(mask_people(quote.words))}{about}"


def _above_steps(workflow: Workflow, evidence: dict[str, Evidence]) -> tuple[Section, ...]:
    """What stands above the steps: what often comes more than once, and what the guards rest on where no outcome is on record."""
    said = " ".join(part for part in (_repeats(workflow, evidence), note_basis(workflow)) if part)
    return (Section("", said, "steps"),) if said else ()


def _repeats(workflow: Workflow, evidence: dict[str, Evidence]) -> str:
    """One line for all that often come more than once, where no list says for what."""
    often = [n for n, step in enumerate(workflow.steps, 1) if step.repeat]
    often = [n for n in often if not any(a.source.kind in ("input", "step") for a in workflow.steps[n - 1].arguments)]
    verb = "comes" if len(often) == 1 else "come"
    known = [workflow.steps[n - 1].repeat_evidence for n in often]
    if known:  # the weakest of them speaks for all, with places of each
        each = max(1, MOST_SOURCES // len(known))
        evidence["steps"] = Evidence(
            min((k.support for k in known), key=lambda s: (s[0] / (s[1] or 1), s)),
            tuple(dict.fromkeys(source for k in known for source in k.sources[:each])),
        )
    return f"{name_steps(often)} often {verb} more than once." if often else ""


def _failures(
    workflow: Workflow, evidence: dict[str, Evidence]
) -> tuple[tuple[KnownFailure, ...], tuple[Section, ...]]:
    """The table, most frequent first, and a line above it where it does not hold all."""
    modes = sorted(workflow.failure_modes, key=lambda mode: (-mode.count, mode.step, mode.template))
    numbers = {step.number: at for at, step in enumerate(workflow.steps, 1)}
    rows = []
    for mode in modes[:_MOST_FAILURES]:
        rows.append(_row(mode, numbers.get(mode.step, 0)))
        evidence[f"failure-{len(rows)}"] = trim(Evidence((mode.count, len(workflow.cases)), mode.sources))
    if len(modes) <= _MOST_FAILURES:
        return tuple(rows), ()
    return tuple(rows), (Section("", f"The {_MOST_FAILURES} most frequent of {len(modes)}.", "failure_modes"),)


def _row(mode: FailureMode, number: int) -> KnownFailure:
    where = f" at step {number}" if number else f" in {code_words(mode.activity, 60)}"
    recovery = (keep_phrase(mask_people(mode.recovery)) if mode.resolved else "") or "–"
    if recovery != "–" and mode.resolved < mode.count:
        recovery += f" (helped in {mode.resolved} of {mode.count})"
    return KnownFailure(code_words(mode.template, 140) + where, "–", recovery, str(mode.count))
