"""What a document says of itself, computed from its bytes; one reading for each format."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from runlore.model import Problem
from runlore.model.document import Bundle, Format, Recognised
from runlore.model.runbook import Runbook
from runlore.runbooks.blocks import raw_text
from runlore.runbooks.formats.detect import is_runbook
from runlore.runbooks.formats.hostile import decode
from runlore.runbooks.formats.links import links_of
from runlore.runbooks.formats.matter import Matter, day_of, read_matter, texts_of
from runlore.runbooks.formats.read_markdown import read_markdown
from runlore.runbooks.formats.read_skill import read_skill
from runlore.runbooks.formats.read_sop import read_sop
from runlore.runbooks.parse import parse

_KNOWLEDGE = frozenset(["strategy", "proof", "lessons", "brand", "customers", "integrations"])
"""Shelves of what is known, not of what is done: a list there is no procedure, whatever its words."""


@dataclass(frozen=True, slots=True)
class _Given:
    """One document to read: where it stands, its files, its main file as text and lines, its frontmatter."""

    shelf: str
    name: str
    bundle: Bundle
    file: str
    text: str
    lines: list[str]
    matter: Matter


def recognise(shelf: str, name: str, bundle: Bundle, file: str = "") -> Recognised:
    """Give what a document says of itself. It never raises on content and invents nothing: what is not said is empty.

    ``file`` is the path under which problems name the document; without one they name its main file.
    """
    main = next((f for f in bundle.files if f.path == bundle.main), None)
    content = main.content if main is not None else b""
    file = file or f"{shelf}/{name}/{bundle.main}"
    text = decode(content)
    if text is None:
        message = f"`{bundle.main}` is no text: nothing can be recognised in it."
        return Recognised(name, problems=(Problem(file, 0, "import-not-text", message),))
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    given = _Given(shelf, name, bundle, file, text, text.split("\n"), read_matter(text, file))
    return _READERS[bundle.format](given)


def _runbook(given: _Given) -> Recognised:
    """A runbook of our format; one whose text is none any more is read like any Markdown."""
    if not is_runbook(given.text):
        return _markdown(given)
    runbook, problems = parse(given.text, given.file)
    return _recognised(given, runbook, problems, is_procedure=True)


def _markdown(given: _Given) -> Recognised:
    if given.bundle.format == "markdown" and is_runbook(given.text):
        return _runbook(given)
    said, runbook, problems = read_markdown(given.lines, given.matter, given.name, given.file, given.name)
    base = runbook or Runbook(given.name, said.description, said.title, said.owner, said.team, said.skills, said.integrations, said.permissions, said.reviewed, said.review_every)  # fmt: skip
    runbook = None if given.shelf in _KNOWLEDGE else runbook
    whole = _recognised(given, base, (*given.matter.problems, *problems), is_procedure=given.shelf == "runbooks")
    return replace(
        whole,
        labels=said.labels,
        runbook=runbook,
        missing=whole.missing if runbook or given.shelf == "runbooks" else (),
    )


def _sop(given: _Given) -> Recognised:
    runbook, problems = read_sop(given.lines, given.name, given.file)
    return _recognised(given, runbook, problems, is_procedure=True)


def _skill(given: _Given) -> Recognised:
    runbook, problems = read_skill(given.lines, given.matter, given.name, given.file)
    whole = _recognised(given, runbook, (*given.matter.problems, *problems), is_procedure=False)
    return replace(whole, labels=texts_of(given.matter.values, "labels", "tags", "keywords"), runbook=None, missing=())  # fmt: skip


_READERS: dict[Format, Callable[[_Given], Recognised]] = {
    "runbook": _runbook,
    "skill": _skill,
    "sop": _sop,
    "markdown": _markdown,
}


def _recognised(given: _Given, runbook: Runbook, problems: tuple[Problem, ...], *, is_procedure: bool) -> Recognised:
    body = raw_text(given.lines, given.matter.body, len(given.lines))
    links = links_of(given.shelf, given.name, given.bundle, body, runbook, runbook.skills, runbook.integrations)
    return Recognised(
        title=runbook.title or given.name,
        description=runbook.description,
        owner=runbook.owner,
        team=runbook.team,
        reviewed=day_of(runbook.reviewed),
        review_every=runbook.review_every,
        body=body,
        labels=tuple(t.text.strip("`") for t in runbook.triggers if t.kind == "label"),
        links=links,
        runbook=runbook,
        missing=missing_of(runbook) if is_procedure or runbook.steps else (),
        problems=problems,
    )


def missing_of(runbook: Runbook) -> tuple[str, ...]:
    """Name, in words for people, what a runbook needs and this one does not say."""
    needs = {
        "who owns it": runbook.owner,
        "when it was last reviewed": runbook.reviewed,
        "how often it is reviewed": runbook.review_every,
        "what it is for": runbook.purpose or runbook.description,
        "when to start": runbook.triggers,
        "the steps": runbook.steps,
        "what proves that it is done": runbook.completion or any(step.proof for step in runbook.steps),
        "what goes wrong, and what to do then": runbook.failure_modes or any(step.recoveries for step in runbook.steps),
        "whom to ask when it does not work": runbook.escalation,
    }
    return tuple(words for words, said in needs.items() if not said)
