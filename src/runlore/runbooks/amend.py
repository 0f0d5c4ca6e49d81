"""Small edits of a runbook: one line each, every byte outside stays, and the runbook stays short.

What says the same twice is said once: a failure that is known counts once more, a line that stands there is not added. Where a table or a list
has its most, the line that was seen least, or stands longest, makes room: a runbook holds the pattern and not its history.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from runlore.model.condition import Condition
from runlore.model.debrief import Change
from runlore.model.runbook import (
    EscalationRule,
    Input,
    KnownFailure,
    OpenQuestion,
    Recovery,
    Runbook,
    Step,
)
from runlore.runbooks.bindings import parse_binding
from runlore.runbooks.conditions import parse_condition
from runlore.runbooks.edit import edit
from runlore.runbooks.hidden import clean, code_words, escape_words, quote_words, shorten
from runlore.runbooks.inline import parse_code
from runlore.runbooks.parse import parse

MOST_FAILURES = 12
MOST_GOOD = 12
MOST_RECOVERIES = 4
MOST_GUARDS = 6
MOST_LINES = 12
_LONGEST = 240
_WORD = re.compile(r"[^\W_]+")
_ROLE = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_INPUT = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}")
_WITHIN = re.compile(r"\d{1,5} (?:minute|hour|day|week|month|year)s?")
_SPAN = re.compile(r"(?<!`)`([^`]+)`(?!`)")


@dataclass(frozen=True, slots=True)
class Amended:
    """A runbook's text after some changes: which of them it holds now, and which it held already or could not take, each with the reason."""

    text: str
    applied: tuple[Change, ...]
    left: tuple[tuple[Change, str], ...]


def amend(text: str, changes: Sequence[Change]) -> Amended:
    """Apply changes to the text of a runbook, one after the other; a text that is no runbook takes none."""
    runbook, problems = parse(text, "")
    if not runbook.steps or any(
        p.slug in ("frontmatter-missing", "frontmatter-unreadable", "too-large") for p in problems
    ):
        return Amended(text, (), tuple((c, "the document is no runbook of our format") for c in changes))
    applied: list[Change] = []
    left: list[tuple[Change, str]] = []
    for change in changes:
        changed = apply_change(runbook, change)
        if isinstance(changed, str):
            left.append((change, changed))
        else:
            runbook = changed
            applied.append(change)
    return Amended(edit(text, runbook), tuple(applied), tuple(left))


def apply_change(runbook: Runbook, change: Change) -> Runbook | str:
    """Give the runbook with a change, or the reason why it has none to make."""
    said = change.subject if change.kind in _BY_SUBJECT else change.text
    if change.kind == "prerequisite":
        said = change.subject or change.text
    if not _line(said).strip():
        return "it says nothing"
    if change.kind in _ON_STEPS:
        return _on_step(runbook, change)
    done = _ON_RUNBOOK.get(change.kind)
    return done(runbook, change) if done else f"a runbook takes no {change.kind}"


def _failure(runbook: Runbook, change: Change) -> Runbook | str:
    rows = list(runbook.failure_modes)
    for at, row in enumerate(rows):
        if is_same_sign(_plain(row.sign), change.subject):
            seen = _seen(row.seen) + max(change.count, 1)
            unknown = row.recovery.strip() in ("", "–", "-")
            rows[at] = replace(
                row, seen=str(seen), recovery=_line(change.text) if change.text and unknown else row.recovery
            )
            return replace(runbook, failure_modes=tuple(rows))
    place = f" at step {change.step}" if change.step else ""
    rows.append(
        KnownFailure(
            f"{code_words(change.subject)}{place}",
            _line(change.detail) or "–",
            _line(change.text) or "–",
            str(max(change.count, 1)),
        )
    )
    if len(rows) > MOST_FAILURES:
        rows.remove(min(rows[:-1], key=lambda r: (_seen(r.seen), -rows.index(r))))
    return replace(runbook, failure_modes=tuple(rows))


def is_same_sign(one: str, other: str) -> bool:
    """Say whether two signs of failure name the same: equal words, apart from numbers and ids, or the one within the other; signs without any word where they are equal."""
    a, b = _sign_words(one), _sign_words(other)
    if not a or not b:
        return a == b and one.strip() == other.strip() != ""
    shorter, longer = sorted((a, b), key=len)
    return len(shorter & longer) >= 0.8 * len(shorter)


def _sign_words(text: str) -> frozenset[str]:
    place = re.sub(r" at step \d+$", "", text)
    return frozenset(w for w in _words(place) if not any(c.isdigit() for c in w))


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.lower()))


def _prerequisite(runbook: Runbook, change: Change) -> Runbook | str:
    line = f"Integration {code_words(change.subject)} is ready" if change.subject else _line(change.text)
    if any(_words(line) == _words(p) for p in runbook.prerequisites):
        return "it stands there already"
    return replace(runbook, prerequisites=(*runbook.prerequisites, line)[-MOST_LINES:])


def _good(runbook: Runbook, change: Change) -> Runbook | str:
    if any(_words(change.text) <= _words(line) for line in runbook.good):
        return "it stands there already"
    words = quote_words(change.text) if change.subject else _line(change.text)
    role = f" ({_line(change.detail)})" if change.detail else ""
    lines = [*runbook.good, f"{_line(change.subject)}: {words}{role}" if change.subject else words]
    if len(lines) > MOST_GOOD:
        lines.remove(next((line for line in lines if line.startswith(("Rejected", "Corrected"))), lines[0]))
    return replace(runbook, good=tuple(lines))


def _input(runbook: Runbook, change: Change) -> Runbook | str:
    for at, item in enumerate(runbook.inputs):
        if item.name == change.subject:
            if not change.text or _words(change.text) <= _words(item.text):
                return "it stands there already"
            told = replace(item, text="; ".join(part for part in (item.text, _line(change.text)) if part))
            return replace(runbook, inputs=(*runbook.inputs[:at], told, *runbook.inputs[at + 1 :]))
    if not _INPUT.fullmatch(change.subject):
        return "that is no name of an input"
    return replace(runbook, inputs=(*runbook.inputs, Input(change.subject, True, "", _line(change.text))))


def _escalation(runbook: Runbook, change: Change) -> Runbook | str:
    if any(_words(rule.situation) == _words(change.subject) for rule in runbook.escalation):
        return "it stands there already"
    if not _ROLE.fullmatch(change.text):
        return "it names nobody whom a runbook could name"
    within = change.detail if _WITHIN.fullmatch(change.detail) else ""
    rule = EscalationRule(_line(change.subject), change.text, within)
    return replace(runbook, escalation=(*runbook.escalation, rule)[-MOST_LINES:])


def _question(runbook: Runbook, change: Change) -> Runbook | str:
    if any(_words(q.text) == _words(change.text) for q in runbook.open_questions):
        return "it stands there already"
    return replace(
        runbook, open_questions=(*runbook.open_questions, OpenQuestion(_line(change.text), _line(change.subject)))
    )


def _on_step(runbook: Runbook, change: Change) -> Runbook | str:
    at = next((n for n, s in enumerate(runbook.steps) if s.number == change.step), -1)
    if at < 0:
        return f"there is no step {change.step}"
    step = _ON_STEPS[change.kind](runbook.steps[at], change)
    if isinstance(step, str):
        return step
    changed = replace(runbook, steps=(*runbook.steps[:at], step, *runbook.steps[at + 1 :]))
    return _with_input(changed, change) if change.kind == "binding" else changed


def _with_input(runbook: Runbook, change: Change) -> Runbook:
    """The runbook with the input that a source names, where it has none of that name yet."""
    binding = parse_binding(change.text)
    name = binding.source.name if binding and binding.source.kind == "input" else ""
    if not name or any(item.name == name for item in runbook.inputs):
        return runbook
    return replace(runbook, inputs=(*runbook.inputs, Input(name)))


def _recovery(step: Step, change: Change) -> Step | str:
    for at, known in enumerate(step.recoveries):
        if is_same_sign(_plain(known.sign), change.subject):
            if known.action.strip():
                return "it stands there already: the runbook has an answer to this"
            better = replace(known, action=_line(change.text))
            return replace(step, recoveries=(*step.recoveries[:at], better, *step.recoveries[at + 1 :]))
    added = Recovery(code_words(change.subject), _line(change.text))
    return replace(step, recoveries=(*step.recoveries, added)[-MOST_RECOVERIES:])


def _guard(step: Step, change: Change) -> Step | str:
    condition = _condition(change.text)
    if condition is None:
        return "it says nothing"
    known = step.proceed_if if change.subject == "proceed" else step.stop_if
    if any(c.text == condition.text for c in known):
        return "it stands there already"
    if len(known) >= MOST_GUARDS:
        return "the step has its most guards: one has to go before another comes"
    if change.subject == "proceed":
        return replace(step, proceed_if=(*known, condition))
    return replace(step, stop_if=(*known, condition))


def _binding(step: Step, change: Change) -> Step | str:
    binding = parse_binding(change.text)
    if binding is None or binding.name != change.subject:
        return "it is no source of an argument"
    for at, known in enumerate(step.bindings):
        if known.name == binding.name:
            if known.source.kind != "unknown" and change.detail != "replaces":
                return "it stands there already: the runbook names a source"
            return replace(step, bindings=(*step.bindings[:at], binding, *step.bindings[at + 1 :]))
    return replace(step, bindings=(*step.bindings, binding))


def _optional(step: Step, change: Change) -> Step | str:
    if step.optional_when is not None:
        return "the step is optional already"
    condition = _condition(change.text)
    return replace(step, optional_when=condition) if condition else "it says nothing"


def _condition(text: str) -> Condition | None:
    """A condition of the language as it stands; anything else as foreign words, None where there are none."""
    found = parse_condition(clean(text))
    if found.parsed is None:
        found = parse_condition(_line(text))
    return found if found.text.strip() else None


def _prose(step: Step, change: Change) -> Step | str:
    paragraphs = [p for p in step.prose.split("\n\n") if p.strip()]
    if any(_words(change.text) <= _words(p) for p in paragraphs):
        return "it stands there already"
    return replace(step, prose="\n\n".join([*paragraphs[: MOST_LINES - 1], _line(change.text)]))


_BY_SUBJECT = frozenset({"failure", "escalation", "input"})
_ON_RUNBOOK: dict[str, Callable[[Runbook, Change], Runbook | str]] = {
    "failure": _failure,
    "prerequisite": _prerequisite,
    "good": _good,
    "input": _input,
    "escalation": _escalation,
    "question": _question,
}
_ON_STEPS: dict[str, Callable[[Step, Change], Step | str]] = {
    "recovery": _recovery,
    "guard": _guard,
    "binding": _binding,
    "optional": _optional,
    "prose": _prose,
}


def _seen(text: str) -> int:
    found = re.search(r"\d+", text)
    return int(found[0]) if found else 0


def _plain(text: str) -> str:
    """The sign of a failure without its code marks and its place."""
    code = parse_code(text)
    return code[0] if code else re.sub(r" at step \d+$", "", text)


def _line(text: str) -> str:
    """Foreign words on one line, so that they stay words; what stands between single backticks stays code."""
    line = shorten(" ".join(text.split()), _LONGEST)
    pieces = _SPAN.split(line)
    return "".join(
        (
            code_words(piece)
            if at % 2
            else f"{' ' * (piece[:1] == ' ')}{escape_words(piece, _LONGEST)}{' ' * (piece[-1:] == ' ')}"
        )
        if piece.strip()
        else piece
        for at, piece in enumerate(pieces)
    )
