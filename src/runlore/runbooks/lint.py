"""Everything that is wrong with a runbook, at once."""

from __future__ import annotations

from datetime import date

from runlore.model import Problem
from runlore.runbooks.checked import Catalogue, Check, Checked, SecretFinder
from runlore.runbooks.lint_checks import STRUCTURE_CHECKS
from runlore.runbooks.lint_steps import STEP_CHECKS
from runlore.runbooks.lint_text import TEXT_CHECKS
from runlore.runbooks.parse import Parsed, parse_spans

CHECKS = (*STRUCTURE_CHECKS, *STEP_CHECKS, *TEXT_CHECKS)
"""Reading this tuple is reading the rules; each function gives its problems."""

_UNREADABLE = frozenset({"too-large", "frontmatter-missing", "frontmatter-unreadable"})
_MOST_STEPS = 200


def lint(
    text: str,
    file: str,
    *,
    catalogue: Catalogue | None = None,
    today: date | None = None,
    find_secrets: SecretFinder | None = None,
) -> tuple[Problem, ...]:
    """Check the text of a runbook: all problems, in the order of its lines.

    ``file`` is the path as the person knows it; its folder must bear the runbook's name where the file is ``RUNBOOK.md``.
    Without a catalogue nothing is called unknown, without ``today`` no review is stale, without ``find_secrets`` no secret is found.
    """
    parsed = parse_spans(text, file)
    checked = Checked(text, file, parsed, catalogue or Catalogue(), today, find_secrets)
    checks = _choose(parsed)
    found = [problem for check in checks for problem in check(checked)]
    return tuple(sorted({*parsed.problems, *found}, key=lambda p: (p.line, p.level, p.slug, p.message)))


def _choose(parsed: Parsed) -> tuple[Check, ...]:
    """A text that could not be read is only checked as text; one with very many steps is not walked step by step."""
    if any(problem.slug in _UNREADABLE for problem in parsed.problems):
        return TEXT_CHECKS
    if len(parsed.runbook.steps) > _MOST_STEPS:
        return (*STRUCTURE_CHECKS, check_many, *TEXT_CHECKS)
    return CHECKS


def check_many(checked: Checked) -> list[Problem]:
    """A runbook has at most 200 steps."""
    steps = len(checked.runbook.steps)
    message = f"The runbook has {steps} steps, more than {_MOST_STEPS}: split it. Its steps were not checked."
    return [checked.error("steps", "too-many-steps", message)]
