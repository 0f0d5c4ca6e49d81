"""Any document with steps → an Agent SOP that its project's validator passes without a warning, and that loses nothing when it is imported again.

What the format has no place for (owner, review, evidence …) stands in the record beside it, with the very bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from runlore.model.condition_text import render_code
from runlore.model.document import Bundle, FileContent, Recognised
from runlore.model.runbook import Input, Runbook, Section, Step
from runlore.runbooks.bindings import render_source
from runlore.runbooks.formats.detect import detect
from runlore.runbooks.formats.hostile import decode
from runlore.runbooks.formats.kept import keep
from runlore.runbooks.formats.matter import read_matter
from runlore.runbooks.formats.read_markdown import read_markdown
from runlore.runbooks.formats.sop_rules import ACQUISITION, is_unreasoned
from runlore.runbooks.hidden import clean
from runlore.runbooks.inline import render_names, render_numbers
from runlore.runbooks.lines import render_completion, render_escalation, render_proof, render_trigger
from runlore.runbooks.words import list_words

_DIRECTIVES = (
    "If all required parameters are already provided, You MUST proceed to the Steps",
    "If any required parameters are missing, You MUST ask for them before proceeding",
    "When asking for parameters, You MUST request all parameters in a single prompt",
    "When asking for parameters, You MUST use the exact parameter names as defined",
)
_FITS_BEFORE = 12
"""Parameters that may stand before the acquisition block: the validator looks for it in the 20 lines after the heading."""

_HEADING = re.compile(r"^ {0,3}(#{1,6})(?=\s)")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")


def to_sop(shelf: str, name: str, bundle: Bundle, recognised: Recognised) -> tuple[FileContent, ...]:
    """Give the files of an SOP by their paths beside each other: ``<name>.sop.md``, its record ``<name>.sop.json``, others below ``<name>/``.

    An imported SOP comes back byte for byte, without a record; one with texts beside it as a folder. Texts beside other documents, which would
    be documents of their own there, stand in the record alone. A document in which no step is recognised gives no file.
    """
    main, record = f"{name}.sop.md", f"{name}.sop.json"
    if bundle.format == "sop":
        is_folder = any(file.path != bundle.main and detect(file.path, file.content) for file in bundle.files)
        return _placed(name, set() if is_folder else {bundle.main}, bundle.files)
    runbook = recognised.runbook or _steps_of_skill(name, bundle)
    if runbook is None or not runbook.steps:
        return ()
    written = FileContent(main, render_sop(runbook).encode("utf-8", "replace"))
    beside = [file for file in bundle.files if file.path not in (bundle.main, main, record)]
    others = [file for file in beside if detect(file.path, file.content) is None]
    kept = keep(shelf, name, bundle, (written, *others), record)
    return _placed(name, {main, record}, (written, *others, kept))


def _placed(name: str, tops: set[str], files: Sequence[FileContent]) -> tuple[FileContent, ...]:
    placed = (f if f.path in tops else FileContent(f"{name}/{f.path}", f.content, f.executable) for f in files)
    return tuple(sorted(placed, key=lambda file: file.path))


def _steps_of_skill(name: str, bundle: Bundle) -> Runbook | None:
    """A skill's steps, where it has some; it is no runbook of the library for that."""
    text = decode(next(file.content for file in bundle.files if file.path == bundle.main))
    if bundle.format != "skill" or text is None:
        return None
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    return read_markdown(lines, read_matter(text, bundle.main), name, bundle.main, name)[1]


def render_sop(runbook: Runbook) -> str:
    """Give the text of an SOP: overview, parameters, steps with their constraints, examples, troubleshooting, then sections of other titles."""
    parts = [
        f"# {_line(runbook.title) or runbook.name}",
        "## Overview",
        *_overview(runbook),
        "## Parameters",
        *_parameters(runbook.inputs, _loose(runbook, "inputs")),
        "## Steps",
        *_steps(runbook),
        "## Examples",
        *(_examples(runbook) or ["No example is recorded yet."]),
        "## Troubleshooting",
        *(list(_troubleshooting(runbook)) or ["No failure is known yet: stop and ask a person."]),
        *(part for section in runbook.sections if section.title for part in _section(section)),
    ]
    return _reasoned("\n\n".join(part for part in parts if part)) + "\n"


def _overview(runbook: Runbook) -> Iterator[str]:
    """What the loaders take for the overview ends at the first line that begins with a number sign: none here does."""
    text = runbook.purpose or runbook.description or f"How to: {_line(runbook.title)}."
    yield "\n".join(f" {line}" if line.startswith("#") else line for line in text.split("\n"))
    starts = [_line(render_trigger(trigger)) for trigger in runbook.triggers]
    if starts:
        yield "Use it when: " + "; ".join(starts)
    loose = _loose(runbook, "triggers")
    if loose:
        yield "\n".join(f" {line}" if line.startswith("#") else line for line in loose.split("\n"))


def _parameters(inputs: Sequence[Input], loose: str) -> Iterator[str]:
    ordered = sorted(inputs, key=lambda value: not value.required)
    lines = "\n".join(_parameter(value) for value in ordered) or "This procedure has no parameters."
    block = "\n".join([f"**{ACQUISITION}:**", *(f"- {directive}" for directive in _DIRECTIVES)])
    yield from (lines, block) if len(ordered) <= _FITS_BEFORE else (block, lines)
    yield _sunk(loose, 3)


def _parameter(value: Input) -> str:
    name = re.sub(r"\W+", "_", value.name, flags=re.ASCII).strip("_").lower() or "value"
    default = _line(value.default).replace("(", "[").replace(")", "]").replace('"', "'")
    kind = "required" if value.required else f'optional, default: "{default}"' if default else "optional"
    return f"- **{name}** ({kind}): {_line(value.text) or _line(value.name)}"


def _steps(runbook: Runbook) -> Iterator[str]:
    number = 0
    needs = list(_needs(runbook))
    if needs:
        number += 1
        yield from _step(number, "Check prerequisites", "Make sure that the work can be done before it begins.", needs)
    shift = number
    loose = _loose(runbook, "steps")
    if loose:
        yield _sunk(loose, 4)
    last = runbook.steps[-1].number if runbook.steps else 0
    for step in runbook.steps:
        number = step.number + shift
        rules = list(_constraints(step, shift)) or [_follow(step.number == last)]
        yield from _step(number, _line(step.title), _sunk(step.prose, 4) or f"{_line(step.title)}.", rules)
    closing = list(_closing(runbook))
    if closing:
        yield from _step(number + 1, "Prove that it is done", "Show that the work did what it should.", closing)


def _step(number: int, title: str, prose: str, rules: Sequence[str]) -> Iterator[str]:
    yield f"### {number}. {title.rstrip('#').rstrip() or 'Step'}"
    yield prose
    yield "\n".join(["**Constraints:**", *(f"- {rule}" for rule in rules)])


def _follow(is_last: bool) -> str:
    return f"You MUST finish this step before you {'report that the work is done' if is_last else 'begin the next one'}"


def _needs(runbook: Runbook) -> Iterator[str]:
    for text in (*runbook.prerequisites, *_paragraphs(_loose(runbook, "prerequisites"))):
        yield f"You MUST make sure of this first: {_line(text)}"
    if runbook.integrations:
        yield f"You MUST make sure that {render_names(runbook.integrations)} can be reached"
    if runbook.skills:
        yield f"You SHOULD load the skill{'s' if len(runbook.skills) > 1 else ''} {render_names(runbook.skills)}"
    if runbook.permissions:
        yield f"You MUST have the permission{'s' if len(runbook.permissions) > 1 else ''} {render_names(runbook.permissions)}"


def _paragraphs(text: str) -> list[str]:
    return [part for part in text.split("\n\n") if part.strip()]


def _constraints(step: Step, shift: int) -> Iterator[str]:
    if step.for_each:
        yield f"You MUST do this step once for each {_line(step.for_each)}"
    if step.optional_when:
        yield f"You MAY skip this step unless {_line(step.optional_when.text)}"
    if step.tool:
        yield f"You MUST use the tool {render_code(step.tool)}"
    for binding in step.bindings:
        yield f"You MUST give {render_code(binding.name)} {_line(render_source(binding.source))}"
    for permission in step.permissions:
        yield f"You MUST have the permission {render_code(permission)}"
    for condition in step.proceed_if:
        yield f"You MUST NOT do this step unless {_line(condition.text)}, because it is right only then"
    for approval in step.approvals:
        who = render_code(approval.role) if approval.role else _line(approval.words)
        over = f" over {render_names(approval.over)}" if approval.over else ""
        yield f"You MUST NOT continue until {who} has approved{over}, because this step waits for that person's yes"
    for condition in step.stop_if:
        yield f"If this holds, You MUST stop and say so: {_line(condition.text)}"
    for proof in step.proof:
        yield f"You MUST record this proof ({proof.level}): {_line(render_proof(proof))}"
    for recovery in step.recoveries:
        sign = f"If it fails with {_line(recovery.sign)}" if recovery.sign else "If it fails"
        yield f"{sign}, You MUST do this: {_line(recovery.action)}"
    if step.either:
        yield f"You MUST do one of the steps {_numbers(step.either, shift)}"
    if step.after:
        yield f"You MUST have finished {_numbers(step.after, shift)} before this step"


def _numbers(numbers: Sequence[int], shift: int) -> str:
    return list_words([render_numbers((number + shift,)) for number in numbers])


def _closing(runbook: Runbook) -> Iterator[str]:
    for proof in runbook.completion:
        yield f"You MUST show this: {_line(render_completion(proof))}"
    for text in _paragraphs(_loose(runbook, "completion")):
        yield f"You MUST show this: {_line(text)}"
    for text in (*runbook.good, *_paragraphs(_loose(runbook, "good"))):
        yield f"You SHOULD meet this: {_line(text)}"


def _examples(runbook: Runbook) -> list[str]:
    lines = "\n".join(f"- {_line(text)}" for text in runbook.examples)
    return [part for part in (lines, _sunk(_loose(runbook, "examples"), 3)) if part]


def _troubleshooting(runbook: Runbook) -> Iterator[str]:
    for row in runbook.failure_modes:
        yield f"### {_line(row.sign) or 'A failure'}"
        cause = f"Cause: {_line(row.cause)}" if row.cause.strip("–- ") else ""
        seen = f"Seen: {_line(row.seen)}" if row.seen.strip("–- ") else ""
        yield "\n\n".join(part for part in (cause, _line(row.recovery), seen) if part)
    loose = _loose(runbook, "failure_modes")
    if loose:
        yield _sunk(loose, 3)
    rules = [f"- {_line(render_escalation(rule))}" for rule in runbook.escalation]
    asked = [part for part in ("\n".join(rules), _sunk(_loose(runbook, "escalation"), 4)) if part]
    if asked:
        yield "### Whom to ask"
        yield from asked
    if runbook.open_questions:
        yield "### What is not known yet"
        yield "\n".join(f"- {_line(question.subject + ': ' if question.subject else '')} {_line(question.text)}".replace("-  ", "- ") for question in runbook.open_questions)  # fmt: skip


def _section(section: Section) -> Iterator[str]:
    yield f"## {_line(section.title)}"
    yield _sunk(section.text, 3)


def _loose(runbook: Runbook, field: str) -> str:
    return "\n\n".join(s.text for s in runbook.sections if s.after == field and not s.title)


def _line(text: str) -> str:
    """Text on one line, which begins no block of Markdown of its own."""
    return clean(text).lstrip("#").lstrip()


def _sunk(text: str, level: int) -> str:
    """Text with its headings at least at a level, outside code; a numbered one of level 3 would be taken for a step."""
    out, fence = [], ""
    for line in text.split("\n"):
        mark = _FENCE.match(line)
        if mark and (not fence or mark[1].startswith(fence)):
            fence = "" if fence else mark[1]
        found = None if fence else _HEADING.match(line)
        shown = f"{'#' * min(6, max(level, len(found[1])))}{line[found.end() :]}" if found else line
        out.append(f" {shown}" if re.match(r"#{1,3} ", shown) and fence else shown)
    return "\n".join(out).strip("\n")


def _reasoned(text: str) -> str:
    """Give each prohibition without a reason the one that there is: that the procedure says so."""
    return "\n".join(
        f"{line.rstrip()} (because this procedure says so)" if is_unreasoned(line) else line
        for line in text.split("\n")
    )
