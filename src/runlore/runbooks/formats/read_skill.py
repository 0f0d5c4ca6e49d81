"""A SKILL.md of anyone's → what it says, read leniently: what its clients would warn of is a warning, and the skill is there."""

from __future__ import annotations

from dataclasses import replace

from runlore.model import Problem
from runlore.model.runbook import Runbook
from runlore.runbooks.formats.matter import Matter, text_of
from runlore.runbooks.formats.outline import is_long, read_outline, whole_outline
from runlore.runbooks.formats.read_markdown import base_runbook
from runlore.runbooks.formats.said import read_head
from runlore.runbooks.skill_rules import check_skill


def read_skill(lines: list[str], matter: Matter, name: str, file: str) -> tuple[Runbook, tuple[Problem, ...]]:
    """Give a skill's head (a skill is a capability: its lists are no steps of ours), and as warnings what either public validator refuses."""
    outline = whole_outline(lines, matter.body) if is_long(lines) else read_outline(lines, matter.body)
    said = read_head(matter, lines, outline, name)
    head = replace(
        base_runbook(name, said, matter), description=text_of(matter.values, "description") or said.description
    )
    found = dict.fromkeys(replace(p, file=file, level="warning") for p in check_skill("\n".join(lines), name))
    return head, tuple(found)
