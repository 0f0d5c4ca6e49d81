"""Runbook → a folder in the Agent Skills format that any client loads, and back without loss.

The whole record stands as JSON under ``references/``; SKILL.md is what an agent reads.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from runlore.model.runbook import SECTIONS, OpenQuestion, Runbook
from runlore.runbooks.evidence import EvidenceMap, evidence_from_json, evidence_to_json
from runlore.runbooks.hidden import clean, shorten
from runlore.runbooks.inline import render_names
from runlore.runbooks.json_form import from_json, to_json
from runlore.runbooks.lines import render_question
from runlore.runbooks.render import render, render_section
from runlore.runbooks.tokens import count

RECORD = "references/runbook.json"
_MOST_TOKENS = 4500
_MOST_LINES = 480
_MOVABLE = ("failure_modes", "good", "examples", "open_questions")
"""Sections that move to a file of their own when SKILL.md grows too long for a client, the first one first."""


@dataclass(frozen=True, slots=True)
class SkillExport:
    """A skill folder: its name, its files by path inside it, and the points that are still open."""

    name: str
    files: Mapping[str, str]
    open_points: tuple[str, ...]


def export_skill(runbook: Runbook, evidence: EvidenceMap, extra_files: Mapping[str, str] | None = None) -> SkillExport:
    """Export a runbook as a skill that passes both public validators.

    ``extra_files`` are the runbook's own files by path (its examples); they are taken along.
    """
    name = skill_name(runbook.name)
    record = (
        json.dumps({"runbook": to_json(runbook), "evidence": evidence_to_json(evidence)}, ensure_ascii=False, indent=1)
        + "\n"
    )
    digest = hashlib.sha256(render(runbook).encode("utf-8", "surrogatepass")).hexdigest()
    head = _frontmatter(name, runbook, digest)
    body, moved = _body(runbook)
    files = {"SKILL.md": f"{head}\n{body}", **moved, **dict(extra_files or {}), RECORD: record}
    return SkillExport(name, files, tuple(render_question(question) for question in runbook.open_questions))


def read_skill_record(files: Mapping[str, str]) -> tuple[Runbook, dict[str, Any]]:
    """Read back what ``export_skill`` wrote: the runbook and its evidence. KeyError where the record is not among the files."""
    record = json.loads(files[RECORD])
    return from_json(record["runbook"]), dict(evidence_from_json(record["evidence"]))


def skill_name(name: str) -> str:
    """Give a name that both validators accept: ASCII, lower case, single hyphens, at most 64 characters."""
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    return plain[:64].strip("-") or "runbook"


def render_frontmatter(fields: Mapping[str, str], metadata: Mapping[str, str]) -> str:
    """Give frontmatter that both validators accept: ``fields`` are allowed keys with their text, ``metadata`` is flat; empty texts are left out."""
    lines = [f"{key}: {_quoted(text)}" for key, text in fields.items() if clean(text)]
    flat = [f"  {key}: {_quoted(text)}" for key, text in metadata.items() if clean(text)]
    return "\n".join(["---", *lines, *(["metadata:", *flat] if flat else []), "---", ""])


def strict_description(description: str, title: str) -> str:
    """Give a description that both validators accept: at most 1,024 characters on one line, made of the title where there is none."""
    text = description.strip() or f"{title}."
    return shorten(_strict(text), 1024) or "Work that repeats."


def _frontmatter(name: str, runbook: Runbook, digest: str) -> str:
    points = len(runbook.open_questions)
    metadata = {
        "runlore-format": "runbook/1",
        "runlore-source-digest": f"sha256:{digest}",
        "runlore-owner": runbook.owner,
        "runlore-state": f"draft with {points} open points" if points else "",
    }
    description = strict_description(runbook.description, runbook.title)
    return render_frontmatter({"name": name, "description": description}, metadata)


def _quoted(text: str) -> str:
    """A double-quoted scalar on one line without what either validator stumbles over: ``---``, angle brackets."""
    return json.dumps(_strict(text), ensure_ascii=False).replace("\x7f", "")


def _strict(text: str) -> str:
    return re.sub(r"-{3,}", "–", re.sub(r"[<>]", "", clean(text)))


def _body(runbook: Runbook) -> tuple[str, dict[str, str]]:
    """The Markdown below the frontmatter, and the sections that had to move out of it."""
    moved: dict[str, str] = {}
    kept = set(SECTIONS)
    body = _compose(runbook, kept, moved)
    for field in _MOVABLE:
        if count(body) <= _MOST_TOKENS and body.count("\n") <= _MOST_LINES:
            break
        if getattr(runbook, field):
            kept.discard(field)
            path = f"references/{field.replace('_', '-')}.md"
            moved[path] = render_section(runbook, field).removeprefix("#") + "\n"
            body = _compose(runbook, kept, moved)
    return body, moved


def _compose(runbook: Runbook, kept: set[str], moved: Mapping[str, str]) -> str:
    parts = [f"# {runbook.title}"]
    if runbook.open_questions:
        parts.append(_draft_note(runbook.open_questions))
    need = _needs(runbook)
    if need:
        parts.append(need)
    parts.extend(
        text for field in ("", *SECTIONS) if (not field or field in kept) and (text := render_section(runbook, field))
    )
    if moved:
        links = ", ".join(
            f"[{path.removeprefix('references/').removesuffix('.md').replace('-', ' ')}]({path})" for path in moved
        )
        parts.append(f"More: {links}.")
    return "\n\n".join(parts) + "\n"


def _draft_note(questions: tuple[OpenQuestion, ...]) -> str:
    points = "1 point is" if len(questions) == 1 else f"{len(questions)} points are"
    return f"> This is a draft: {points} open (see *Open questions*). Where one of them decides, ask a person before acting."


def _needs(runbook: Runbook) -> str:
    named = {"Integrations": runbook.integrations, "Permissions": runbook.permissions, "Skills": runbook.skills}
    said = [f"{label}: {render_names(names)}." for label, names in named.items() if names]
    return " ".join([*([f"Owner: `{runbook.owner}`."] if runbook.owner else []), *said])
