"""Any document → a skill folder that both public validators accept, and that loses nothing when it is imported again."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from runlore.model.document import Bundle, FileContent, Recognised
from runlore.model.runbook import Runbook
from runlore.runbooks.blocks import raw_text
from runlore.runbooks.evidence import EvidenceMap, evidence_from_json
from runlore.runbooks.formats.hostile import decode
from runlore.runbooks.formats.kept import IN_SKILL, keep
from runlore.runbooks.formats.matter import Matter, read_matter, text_of
from runlore.runbooks.formats.references import list_targets
from runlore.runbooks.hidden import clean
from runlore.runbooks.inline import render_names
from runlore.runbooks.skill import export_skill, render_frontmatter, strict_description
from runlore.runbooks.skill_rules import check_skill
from runlore.runbooks.tokens import count

_MOST_TOKENS = 4500
_MOST_LINES = 480
_LONGEST_COMPATIBILITY = 500
_KEY = re.compile(r"[^A-Za-z0-9_.-]+")
_EVIDENCE = "evidence.json"


def to_skill(shelf: str, name: str, bundle: Bundle, recognised: Recognised) -> tuple[FileContent, ...]:
    """Give the files of a skill folder called ``name``, sorted by path.

    An imported skill that passes both validators comes back byte for byte. Anything else is made strict, with what it was made from
    in ``references/runlore.json``: importing the folder again gives the document byte for byte.
    """
    text = decode(_main(bundle).content) or ""
    if bundle.format == "skill" and not check_skill(text, name):
        return bundle.files
    if bundle.format == "runbook" and recognised.runbook is not None:
        written = _of_runbook(replace(recognised.runbook, name=name), bundle)
    elif bundle.format == "skill":
        written = _made_strict(name, bundle, recognised, text)
    else:
        written = _of_text(name, bundle, recognised, text)
    used = {file.path for file in written} | {IN_SKILL}
    beside = [FileContent(path, f.content, f.executable) for path, f in _beside(name, bundle, text) if path not in used]
    files = (*written, *beside)
    return tuple(sorted((*files, keep(shelf, name, bundle, files, IN_SKILL)), key=lambda file: file.path))


def _main(bundle: Bundle) -> FileContent:
    return next(file for file in bundle.files if file.path == bundle.main)


def _beside(name: str, bundle: Bundle, text: str) -> list[tuple[str, FileContent]]:
    """The other files with their paths in the skill: where the text points to them."""
    others = [
        f for f in bundle.files if f.path != bundle.main and not (bundle.format == "runbook" and f.path == _EVIDENCE)
    ]
    if bundle.format != "markdown":
        return [(file.path, file) for file in others]
    targets = set(list_targets(text))
    return [(f"{name}/{f.path}" if f"{name}/{f.path}" in targets else f.path, f) for f in others]


def _of_runbook(runbook: Runbook, bundle: Bundle) -> list[FileContent]:
    exported = export_skill(runbook, _evidence(bundle))
    return [FileContent(path, text.encode("utf-8")) for path, text in exported.files.items()]


def _evidence(bundle: Bundle) -> EvidenceMap:
    """The evidence beside a runbook; none where the file is missing or is no evidence."""
    file = next((file for file in bundle.files if file.path == _EVIDENCE), None)
    try:
        return evidence_from_json(json.loads(file.content)) if file else {}
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError):
        return {}


def _made_strict(name: str, bundle: Bundle, recognised: Recognised, text: str) -> list[FileContent]:
    """The same skill under frontmatter that passes: six keys, what else was there as flat metadata; the body as it stands."""
    matter = read_matter(text, bundle.main)
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    compatibility = text_of(matter.values, "compatibility")
    tools = matter.values.get("allowed-tools", "")
    fields = {
        "name": name,
        "description": strict_description(
            text_of(matter.values, "description") or recognised.description, recognised.title
        ),
        "license": text_of(matter.values, "license"),
        "compatibility": compatibility[:_LONGEST_COMPATIBILITY],
        "allowed-tools": " ".join(_flat(tool) for tool in tools) if isinstance(tools, tuple) else _flat(tools),
    }
    head = render_frontmatter(fields, _metadata(matter, fields))
    body = "\n".join(lines[matter.body :])
    return [FileContent("SKILL.md", f"{head}{body}".encode())]


def _metadata(matter: Matter, fields: Mapping[str, str]) -> dict[str, str]:
    """Frontmatter that strict skills have no place for, each value as one text: the keys of *metadata*, and all unknown keys."""
    own = matter.values.get("metadata", {})
    found: dict[str, str] = {}
    for key, value in [*(own.items() if isinstance(own, dict) else []), *matter.values.items()]:
        plain = _KEY.sub("-", key).strip("-.")
        if key not in fields and key != "metadata" and plain:
            found.setdefault(plain, _flat(value))
    return found


def _flat(value: Any) -> str:
    return clean(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def _of_text(name: str, bundle: Bundle, recognised: Recognised, text: str) -> list[FileContent]:
    """A document of any other format: its text under strict frontmatter; a long one stands beside, with its steps named in SKILL.md."""
    digest = hashlib.sha256(_main(bundle).content).hexdigest()
    metadata = {
        "runlore-format": f"{bundle.format}/1",
        "runlore-source-digest": f"sha256:{digest}",
        "runlore-owner": recognised.owner,
    }
    description = strict_description(recognised.description, recognised.title)
    head = render_frontmatter({"name": name, "description": description}, metadata)
    matter = read_matter(text, bundle.main)
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    body = raw_text(lines, matter.body, len(lines))
    titled = body if re.match(r"#{1,2} ", body) else f"# {clean(recognised.title)}\n\n{body}"
    if count(titled) <= _MOST_TOKENS and titled.count("\n") <= _MOST_LINES:
        return [FileContent("SKILL.md", f"{head}\n{titled}\n".encode())]
    path = f"references/{bundle.main}"
    return [
        FileContent("SKILL.md", f"{head}\n{_summary(recognised, path)}\n".encode()),
        FileContent(path, _main(bundle).content),
    ]


def _summary(recognised: Recognised, path: str) -> str:
    parts = [f"# {clean(recognised.title)}", clean(recognised.description)]
    runbook = recognised.runbook
    if runbook is not None and runbook.steps:
        parts.append("\n".join(f"{step.number}. {step.title}" for step in runbook.steps[:100]))
    if runbook is not None and runbook.inputs:
        parts.append(f"Inputs: {render_names(tuple(value.name for value in runbook.inputs))}.")
    parts.append(f"Read the whole text before you begin: [{path}]({path}).")
    return "\n\n".join(part for part in parts if part)
