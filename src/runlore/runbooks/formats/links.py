"""What a document points to: skills, integrations, roles, documents, other runbooks, assets."""

from __future__ import annotations

import re
from collections.abc import Iterator

from runlore.model.document import SHELVES, Bundle, Link, LinkKind
from runlore.model.runbook import Runbook, Step
from runlore.runbooks.formats.places import Place, document_of, folder_of, is_name
from runlore.runbooks.formats.references import list_targets, resolve
from runlore.runbooks.inline import code_or_none, parse_code

_PREREQUISITE = re.compile(r"(Integration|Document|Skill|Runbook) `([^`]+)`")
_QUALIFIED = re.compile(rf"(?:{'|'.join(SHELVES)})/[a-z0-9-]+")


def links_of(
    shelf: str,
    name: str,
    bundle: Bundle,
    text: str,
    runbook: Runbook | None,
    skills: tuple[str, ...] = (),
    integrations: tuple[str, ...] = (),
) -> tuple[Link, ...]:
    """List the links of a document, each once: what its frontmatter names, what its steps and lines name, what its text points to."""
    found = [
        *(Link("skill", _qualified("skills", skill), "frontmatter/skills") for skill in skills),
        *(Link("integration", _qualified("integrations", i), "frontmatter/integrations") for i in integrations),
        *(_of_runbook(runbook) if runbook is not None else ()),
        *_of_text(shelf, name, bundle, text),
    ]
    return tuple(dict.fromkeys(found))


def _of_runbook(runbook: Runbook) -> Iterator[Link]:
    for number, trigger in enumerate(runbook.triggers, 1):
        if trigger.instead:
            yield Link("runbook", _qualified("runbooks", trigger.instead), f"when-{number}")
    for number, text in enumerate(runbook.prerequisites, 1):
        for kind, target in _PREREQUISITE.findall(text):
            yield _named(kind.lower(), target, f"prerequisite-{number}")
    for step in runbook.steps:
        yield from _of_step(step)
    for number, rule in enumerate(runbook.escalation, 1):
        for role in (rule.role, rule.fallback):
            if role:
                yield Link("role", role, f"escalation-{number}")
    for number, text in enumerate(runbook.examples, 1):
        code = parse_code(text)
        if code and "/" in code[0]:
            yield Link("asset", code[0], f"example-{number}")


def _of_step(step: Step) -> Iterator[Link]:
    where = f"step-{step.number}"
    for binding in step.bindings:
        if binding.source.kind == "document":
            yield Link("document", binding.source.name, f"{where}/with/{binding.name}")
    for number, approval in enumerate(step.approvals, 1):
        if approval.role:
            yield Link("role", approval.role, f"{where}/approval-{number}")


def _of_text(shelf: str, name: str, bundle: Bundle, text: str) -> Iterator[Link]:
    """Links and pictures in the text: to files of the document itself, or to another document where it would stand in the library.

    A path is tried from where the main file stands in the library, then from the document's own folder.
    """
    own = {file.path for file in bundle.files}
    below = folder_of(shelf, name)
    stand = below.rpartition("/")[0] if bundle.format == "markdown" else below
    for target in list_targets(text):
        inner = resolve("", target)
        whole = resolve(f"root/{stand}", target).removeprefix("root/")
        asset = next((path for path in (inner, whole.removeprefix(f"{below}/")) if path and path in own), "")
        place = document_of(_as_document(whole)) if whole else None
        if asset:
            if asset != bundle.main:
                yield Link("asset", asset, "body")
        elif place is not None and _is_main(place) and (place.shelf, place.name) != (shelf, name):
            kind = _KINDS.get(place.shelf, "document")
            yield Link(kind, f"{place.shelf}/{place.name}", "body")


def _is_main(place: Place) -> bool:
    """Say whether a place is that of a document's main file, whatever its format."""
    return place.file in ("RUNBOOK.md", "SKILL.md", f"{place.name}.md", f"{place.name}.sop.md")


def _as_document(path: str) -> str:
    """A path as that of a document's main file: ``brand/voice`` and ``brand/voice/`` mean ``brand/voice.md``."""
    return f"{path}.md" if _QUALIFIED.fullmatch(path) else path


def _named(kind: str, target: str, where: str) -> Link:
    name = code_or_none(target) or target
    match kind:
        case "integration":
            return Link("integration", _qualified("integrations", name), where)
        case "skill":
            return Link("skill", _qualified("skills", name), where)
        case "runbook":
            return Link("runbook", _qualified("runbooks", name), where)
        case _:
            return Link("document", name, where)


def _qualified(shelf: str, name: str) -> str:
    return f"{shelf}/{name}" if is_name(name) else name


_KINDS: dict[str, LinkKind] = {"skills": "skill", "integrations": "integration", "runbooks": "runbook"}
