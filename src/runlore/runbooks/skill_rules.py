"""The rules of the two public validators for Agent Skills, as functions.

Sources: agentskills/agentskills (skills-ref, its reference validator) and anthropics/skills (quick_validate.py of skill-creator),
as described in docs/reference/skills.md. Both are stricter than what clients load; a folder that passes both loads everywhere.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from runlore.model import Problem
from runlore.runbooks.frontmatter import parse_frontmatter

ALLOWED = frozenset({"name", "description", "license", "compatibility", "metadata", "allowed-tools"})


def check_skill(text: str, folder: str) -> tuple[Problem, ...]:
    """Check a SKILL.md by both validators' rules; ``folder`` is the name of the folder that holds it."""
    return (*check_by_reference(text, folder), *check_by_creator(text))


def check_by_reference(text: str, folder: str) -> tuple[Problem, ...]:
    """The rules of skills-ref: a plain split at ``---``, strict block YAML, six keys, name equal to the folder."""
    file = f"{folder}/SKILL.md"
    parts = text.split("---", 2)
    if not text.startswith("---") or len(parts) < 3:
        return (_problem(file, "SKILL.md must start with frontmatter closed by `---`."),)
    entries, _, problems = parse_frontmatter(f"---{parts[1]}---\n", file)
    if problems:
        return problems
    values = {entry.key: entry.value for entry in entries}
    found = [_problem(file, f"The key `{key}` is not allowed.") for key in sorted(values.keys() - ALLOWED)]
    name = values.get("name")
    if not isinstance(name, str) or not name.strip():
        found.append(_problem(file, "The name is missing."))
    else:
        found.extend(
            _check_name(unicodedata.normalize("NFKC", name.strip()), unicodedata.normalize("NFKC", folder), file)
        )
    found.extend(_check_description(values.get("description"), file))
    compatibility = values.get("compatibility")
    if compatibility is not None and len(str(compatibility)) > 500:
        found.append(_problem(file, "`compatibility` is longer than 500 characters."))
    return tuple(found)


def check_by_creator(text: str) -> tuple[Problem, ...]:
    """The rules of skill-creator: ASCII names, no angle brackets in the description, frontmatter closed on a line of its own."""
    file = "SKILL.md"
    match = re.match(r"^---\n(.*?)\n---", text, re.DOTALL)
    if match is None:
        return (_problem(file, "The frontmatter must be closed by `---` on a line of its own."),)
    entries, _, problems = parse_frontmatter(f"---\n{match[1]}\n---\n", file)
    if problems:
        return problems
    values: dict[str, Any] = {entry.key: entry.value for entry in entries}
    found = [_problem(file, f"The key `{key}` is not allowed.") for key in sorted(values.keys() - ALLOWED)]
    name, description = values.get("name"), values.get("description")
    if (
        not isinstance(name, str)
        or not re.fullmatch(r"[a-z0-9-]+", name)
        or name[0] == "-"
        or name[-1] == "-"
        or "--" in name
        or len(name) > 64
    ):
        found.append(_problem(file, "The name must be 1 to 64 characters of a–z, 0–9 and single inner hyphens."))
    if not isinstance(description, str) or not description.strip():
        found.append(_problem(file, "The description is missing."))
    elif "<" in description or ">" in description:
        found.append(_problem(file, "The description must not hold `<` or `>`."))
    elif len(description.strip()) > 1024:
        found.append(_problem(file, "The description is longer than 1,024 characters."))
    return tuple(found)


def _check_name(name: str, folder: str, file: str) -> list[Problem]:
    found = []
    if len(name) > 64:
        found.append(_problem(file, "The name is longer than 64 characters."))
    if name != name.lower():
        found.append(_problem(file, "The name must be in lower case."))
    if name.startswith("-") or name.endswith("-") or "--" in name:
        found.append(_problem(file, "The name must not begin or end with a hyphen, nor hold two in a row."))
    if not all(char.isalnum() or char == "-" for char in name):
        found.append(_problem(file, "The name may hold letters, digits and hyphens only."))
    if name != folder:
        found.append(_problem(file, f"The name `{name}` must equal the folder `{folder}`."))
    return found


def _check_description(description: Any, file: str) -> list[Problem]:
    if not isinstance(description, str) or not description.strip():
        return [_problem(file, "The description is missing.")]
    if len(description) > 1024:
        return [_problem(file, "The description is longer than 1,024 characters.")]
    return []


def _problem(file: str, message: str) -> Problem:
    return Problem(file, 1, "skill-invalid", message)
