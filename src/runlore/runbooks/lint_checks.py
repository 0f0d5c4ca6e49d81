"""Checks of the frontmatter and the sections."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, timedelta
from pathlib import PurePosixPath

from runlore.model import Problem
from runlore.model.condition_text import list_inputs
from runlore.model.runbook import SECTIONS
from runlore.runbooks.checked import Check, Checked
from runlore.runbooks.hidden import shorten
from runlore.runbooks.lines import render_question

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_REVIEW = re.compile(r"(\d{1,4}) (day|week|month|year)s?")
_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}
_REQUIRED = {
    "purpose": "say in one or two sentences what is true afterwards",
    "triggers": "say what a request for this work looks like",
    "steps": "number what is to be done",
    "completion": "say what shows that the work is done",
    "escalation": "say whom to ask when it goes wrong, and how soon",
}
_EXPECTED = {"failure_modes": "say what has gone wrong before and what helped"}


def check_name(checked: Checked) -> list[Problem]:
    """The name follows the Agent Skills rules and equals the folder."""
    name = checked.runbook.name
    at = "frontmatter/name"
    if not name:
        return [checked.error(at, "name-missing", "The runbook has no name: add `name:` to the frontmatter.")]
    found = []
    if len(name) > 64 or not _NAME.fullmatch(name):
        found.append(
            checked.error(
                at,
                "name-invalid",
                f"`{shorten(name, 80)}` is no name: use 1 to 64 characters of a–z, 0–9 and single hyphens.",
            )
        )
    path = PurePosixPath(checked.file.replace("\\", "/"))
    if path.name == "RUNBOOK.md" and path.parent.name and path.parent.name != name:
        found.append(
            checked.error(at, "name-folder", f"The folder is `{path.parent.name}`, the name `{name}`: make them equal.")
        )
    return found


def check_description(checked: Checked) -> list[Problem]:
    """The description is there, within 1,024 characters, and says when to use the runbook."""
    text = checked.runbook.description
    at = "frontmatter/description"
    if not text.strip():
        return [
            checked.error(
                at, "description-missing", "The runbook has no description: say what it does and when to use it."
            )
        ]
    if len(text) > 1024:
        return [checked.error(at, "description-long", f"The description has {len(text)} characters: cut it to 1,024.")]
    if not re.search(r"\b(when|whenever|if|for|on|after|before)\b", text, re.IGNORECASE):
        return [
            checked.warning(
                at, "description-when", "The description does not say when to use the runbook: add `Use when …`."
            )
        ]
    return []


def check_owner(checked: Checked) -> list[Problem]:
    """Somebody owns the runbook, or the question stands open."""
    owner, roles = checked.runbook.owner, checked.catalogue.roles
    if not owner:
        return (
            []
            if checked.is_asked("Owner")
            else [checked.error("frontmatter", "owner-missing", "Nobody owns this runbook: add `owner:` with a role.")]
        )
    if roles is not None and owner not in roles:
        return [
            checked.error(
                "frontmatter/owner", "role-unknown", f"There is no role `{owner}`: use one that exists, or add it."
            )
        ]
    return []


def check_sections(checked: Checked) -> list[Problem]:
    """The title and the sections without which nobody can follow are there."""
    found = []
    if not checked.runbook.title:
        found.append(
            checked.error("title", "title-missing", "The runbook has no title: add a line `# …` before the sections.")
        )
    for field, hint in (*_REQUIRED.items(), *_EXPECTED.items()):
        if getattr(checked.runbook, field) or checked.is_asked(SECTIONS[field]):
            continue
        message = f"The section *{SECTIONS[field]}* is missing or empty: {hint}."
        found.append((checked.error if field in _REQUIRED else checked.warning)("title", "section-missing", message))
    return found


def check_questions(checked: Checked) -> list[Problem]:
    """Every open question is a warning; publishing refuses them."""
    return [
        checked.warning(
            f"open-{number}",
            "open-question",
            f"Open: {question.subject + ': ' if question.subject else ''}{question.text}",
        )
        for number, question in enumerate(checked.runbook.open_questions, 1)
    ]


def check_review(checked: Checked) -> list[Problem]:
    """The dates are dates, and the last review is not longer ago than `review-every` allows."""
    runbook = checked.runbook
    found = []
    reviewed: date | None = None
    if runbook.reviewed:
        try:
            reviewed = date.fromisoformat(runbook.reviewed)
        except ValueError:
            found.append(
                checked.error(
                    "frontmatter/reviewed",
                    "review-unreadable",
                    f"`{runbook.reviewed}` is no date: write it as 2026-03-02.",
                )
            )
    every = _REVIEW.fullmatch(runbook.review_every)
    if runbook.review_every and every is None:
        found.append(
            checked.error(
                "frontmatter/review-every",
                "review-unreadable",
                f"`{runbook.review_every}` is no length of time: write `90 days`.",
            )
        )
    if reviewed and every and checked.today:
        due = reviewed + timedelta(days=int(every[1]) * _DAYS[every[2]])
        if due < checked.today:
            found.append(
                checked.warning(
                    "frontmatter/reviewed",
                    "review-stale",
                    f"The review was due on {due}: read it again and set `reviewed`.",
                )
            )
    return found


def check_duplicates(checked: Checked) -> list[Problem]:
    """No input, permission, skill, integration or step title stands twice."""
    runbook = checked.runbook
    found = []
    named = {
        "input": [(f"input/{value.name}", value.name) for value in runbook.inputs],
        "permission": [("frontmatter/permissions", name) for name in runbook.permissions],
        "skill": [("frontmatter/skills", name) for name in runbook.skills],
        "integration": [("frontmatter/integrations", name) for name in runbook.integrations],
        "step": [(f"step-{step.number}", step.title) for step in runbook.steps],
        "question": [(f"open-{n}", render_question(q)) for n, q in enumerate(runbook.open_questions, 1)],
    }
    for what, names in named.items():
        last = {name: key for key, name in names}
        make = checked.warning if what == "step" else checked.error
        for name, times in Counter(name for _, name in names).items():
            if times > 1:
                message = f"The {what} `{shorten(name, 60)}` stands {times} times: keep one, or tell them apart."
                found.append(make(last[name], "duplicate", message))
    return found


def check_inputs(checked: Checked) -> list[Problem]:
    """Every input is used by a step, an approval or a condition, and every used one is declared."""
    runbook = checked.runbook
    used: dict[str, str] = {}
    shown: set[str] = set()
    for step in runbook.steps:
        for binding in step.bindings:
            if binding.source.kind == "input":
                used.setdefault(binding.source.name, f"step-{step.number}/with")
        for condition in (
            *step.proceed_if,
            *step.stop_if,
            *(p.condition for p in step.proof),
            *([step.optional_when] if step.optional_when else []),
        ):
            for name in list_inputs(condition.parsed) if condition.parsed else ():
                used.setdefault(name, f"step-{step.number}")
        shown.update(name for approval in step.approvals for name in approval.over)
    declared = {value.name for value in runbook.inputs}
    texts = " ".join(
        [
            *(f"{step.prose} {step.for_each}" for step in runbook.steps),
            *(c.text for step in runbook.steps for c in (*step.proceed_if, *step.stop_if)),
        ]
    )
    found = [
        checked.error(key, "input-unknown", f"The input `{name}` is used but not declared: add it under *Inputs*.")
        for name, key in used.items()
        if name not in declared
    ]
    for value in runbook.inputs:
        if value.name not in used and value.name not in shown and f"`{value.name}`" not in texts:
            found.append(
                checked.warning(
                    f"input/{value.name}",
                    "input-unused",
                    f"No step uses the input `{value.name}`: use it or remove it.",
                )
            )
    return found


def check_names_known(checked: Checked) -> list[Problem]:
    """Skills and integrations exist, where a catalogue says which do."""
    runbook, catalogue = checked.runbook, checked.catalogue
    found = []
    for what, names, known in (
        ("skill", runbook.skills, catalogue.skills),
        ("integration", runbook.integrations, catalogue.integrations),
    ):
        for name in names if known is not None else ():
            if known is not None and name not in known:
                found.append(
                    checked.error(
                        f"frontmatter/{what}s",
                        f"{what}-unknown",
                        f"There is no {what} `{name}`: use one that exists, or add it.",
                    )
                )
    for number, rule in enumerate(runbook.escalation, 1):
        for role in (rule.role, rule.fallback):
            if role and catalogue.roles is not None and role not in catalogue.roles:
                found.append(
                    checked.error(
                        f"escalation-{number}",
                        "role-unknown",
                        f"There is no role `{role}`: use one that exists, or add it.",
                    )
                )
        if not rule.role:
            found.append(
                checked.warning(
                    f"escalation-{number}",
                    "escalation-role",
                    "This line names no role: write `what happens → `role`, within 1 hour`.",
                )
            )
    return found


STRUCTURE_CHECKS: tuple[Check, ...] = (
    check_name,
    check_description,
    check_owner,
    check_sections,
    check_questions,
    check_review,
    check_duplicates,
    check_inputs,
    check_names_known,
)
