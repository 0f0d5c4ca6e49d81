"""A SKILL.md of anyone's → what it says, read leniently: what its clients would warn of is a warning, and the skill is there."""

from __future__ import annotations

from dataclasses import replace

from runlore.model import Problem
from runlore.model.runbook import Runbook
from runlore.runbooks.formats.matter import Matter, text_of
from runlore.runbooks.formats.read_markdown import read_as_sections, read_markdown
from runlore.runbooks.skill_rules import check_skill


def read_skill(lines: list[str], matter: Matter, name: str, file: str) -> tuple[Runbook, tuple[Problem, ...]]:
    """Give a skill's parts as a runbook (its steps only where it has some), and as warnings what either public validator refuses."""
    said, runbook, problems = read_markdown(lines, matter, name, file, name)
    if runbook is None:
        runbook = read_as_sections(lines, matter, name, name) if not problems else Runbook(name, "", said.title)
    description = text_of(matter.values, "description")
    found = check_skill("\n".join(lines), name)
    unique = dict.fromkeys(replace(problem, file=file, level="warning") for problem in found)
    return replace(runbook, title=said.title, description=description or said.description), (*problems, *unique)
