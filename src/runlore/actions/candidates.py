"""Candidates: an approved document as it may stand in a context pack, in its fuller and shorter forms."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from runlore.actions.shelved import Shelved, recognise_shelved
from runlore.model.condition_text import render_code
from runlore.model.document import Link
from runlore.model.library import HealthCheck
from runlore.model.pack import Candidate, GivenInput, PackForm, PackKind, PackText
from runlore.model.search import Passage
from runlore.runbooks.fill import Filled, fill, render_given
from runlore.runbooks.hidden import HIDDEN
from runlore.runbooks.inline import parse_code
from runlore.runbooks.render import render_item

RUNBOOK_SHARE: Final = 0.85
GOOD_SHARE: Final = 0.15
NAMED_SHARE: Final = 0.2
SKILL_SHARE: Final = 0.3
MATCH_SHARE: Final = 0.12
EXAMPLE_SHARE: Final = 0.15
INTEGRATION_SHARE: Final = 0.08
"""What each kind may take of the budget before the others had their turn."""

_SHORT: Final = 1600
"""Characters up to which a document that only matches is shown whole; of a longer one the passages that match are enough."""
_LINE_ENDS: Final = re.compile(r"\r\n?")
_PLACES: Final = {"step": "step", "prerequisite": "prerequisite", "when": "line of *When to start*"}


def runbook_candidates(
    shelved: Shelved, known: Mapping[str, GivenInput], why: Sequence[str]
) -> tuple[tuple[Candidate, ...], Filled | None]:
    """Give the runbook with the issue's values in its steps, what good looks like, and one good example; and what was filled in.

    A document in which no steps are recognised is shown as it stands.
    """
    runbook = recognise_shelved(shelved).runbook
    if runbook is None:
        return (_candidate(shelved, "runbook", "Runbook", (_whole(shelved),), why, RUNBOOK_SHARE),), None
    filled = fill(runbook, known)
    whole = filled.whole if shelved.bundle.format == "runbook" else _with_given(shelved, filled)
    texts = _shorter(("whole", whole), ("essentials", filled.essentials), ("outline", filled.outline))
    found = [_candidate(shelved, "runbook", "Runbook", texts, why, RUNBOOK_SHARE)]
    if runbook.good and shelved.bundle.format == "runbook":
        good = (PackText("whole", shown("\n".join(render_item(line) for line in runbook.good))),)
        found.append(
            _candidate(shelved, "runbook", "What good looks like", good, ("what good looks like",), GOOD_SHARE)
        )
    return (*found, *_example(shelved)), filled


def skill_candidate(shelved: Shelved, why: Sequence[str]) -> Candidate:
    """Give a skill: its text, or what it says it is for."""
    texts = _shorter(("whole", shelved.body), ("outline", shelved.document.description))
    return _candidate(shelved, "skill", "Skills", texts, why, SKILL_SHARE)


def integration_candidate(shelved: Shelved, health: HealthCheck | None, why: Sequence[str]) -> Candidate:
    """Give an integration: its last known health, and its text."""
    note = render_health(shelved.document.id, health)
    return _candidate(shelved, "integration", "Integrations", (_whole(shelved),), why, INTEGRATION_SHARE, note)


def document_candidate(
    shelved: Shelved, passages: Sequence[Passage], why: Sequence[str], *, section: str, share: float
) -> Candidate:
    """Give a document of knowledge: whole, or the passages that match, best first, fewer and fewer."""
    texts: list[PackText] = []
    parts = [shown(_passage(passage)) for passage in passages]
    whole = _whole(shelved)
    if share != MATCH_SHARE or not parts or len(whole.text) <= max(_SHORT, 2 * sum(map(len, parts))):
        texts.append(whole)
    for most in sorted({len(parts), (len(parts) + 1) // 2, 1}, reverse=True) if parts else ():
        text = "\n\n".join(parts[:most])
        if len(text) < len(whole.text) * 0.9:
            texts.append(PackText("passages", text))
    return _candidate(shelved, "document", section, tuple(texts), why, share)


def record_candidate(section: str, *texts: str, document: str = "", why: str = "from the record") -> Candidate:
    """Give what is computed from the record, the fullest text first; the texts are Markdown of our own."""
    forms: tuple[PackForm, ...] = ("whole", "outline")
    found = tuple(PackText(forms[min(n, 1)], text) for n, text in enumerate(texts))
    return Candidate("record", section, document, section, found, (why,), share=NAMED_SHARE)


def render_health(integration: str, health: HealthCheck | None) -> str:
    """Give the last known health of an integration as one line of our own."""
    if health is None or not health.checked:
        return f"`{integration}`: health unknown, nobody has checked"
    at = f"{datetime.fromtimestamp(health.checked / 1e6, UTC):%Y-%m-%d %H:%M} UTC"
    detail = f": {render_code(shown(health.detail).replace(chr(10), ' ')[:80])}" if health.detail.strip() else ""
    return f"`{integration}`: {health.state}, checked {at}{detail}"


def why_linked(links: Sequence[Link]) -> tuple[str, ...]:
    """Say which parts of a runbook name a document."""
    return tuple(dict.fromkeys(_why(link.where) for link in links))


def _why(where: str) -> str:
    part, _, number = where.split("/", maxsplit=1)[0].partition("-")
    return f"{_PLACES[part]} {number} names it" if part in _PLACES else "the runbook names it"


def shown(text: str) -> str:
    """Give a text as a worker may see it: line ends plain, hidden characters as a sign that something stood there."""
    return HIDDEN.sub("�", _LINE_ENDS.sub("\n", text)).strip()


def _passage(passage: Passage) -> str:
    heading = passage.heading.strip()
    return (
        f"## {heading}\n\n{passage.text.strip()}"
        if heading and heading not in passage.text[:200]
        else passage.text.strip()
    )


def _whole(shelved: Shelved) -> PackText:
    return PackText("whole", shown(shelved.body))


def _shorter(*forms: tuple[PackForm, str]) -> tuple[PackText, ...]:
    """The forms that say something, each shorter than the one before it."""
    texts: list[PackText] = []
    for form, text in forms:
        clean = shown(text)
        if clean and (not texts or len(clean) < len(texts[-1].text)):
            texts.append(PackText(form, clean))
    return tuple(texts)


def _with_given(shelved: Shelved, filled: Filled) -> str:
    """The text of a procedure in another format as it stands, and what the issue gives of its inputs beneath it."""
    lines = [f"- {render_code(given.name)} {render_given(given)}" for given in filled.given]
    return "\n\n".join([shelved.body.strip(), *(["\n".join(["Given:", "", *lines])] if lines else [])])


def _example(shelved: Shelved) -> Iterator[Candidate]:
    """The first good example that the runbook names and that is there."""
    files = {file.path: file.content for file in shelved.bundle.files}
    runbook = recognise_shelved(shelved).runbook
    for line in runbook.examples if runbook else ():
        code = parse_code(line)
        content = files.get(code[0]) if code else None
        if code and content is not None:
            text = PackText("whole", shown(content.decode("utf-8", "replace")))
            yield _candidate(shelved, "example", "Example", (text,), (f"a good example: {code[0]}",), EXAMPLE_SHARE)
            return


def _candidate(
    shelved: Shelved,
    kind: PackKind,
    section: str,
    texts: Sequence[PackText],
    why: Sequence[str],
    share: float,
    note: str = "",
) -> Candidate:
    return Candidate(
        kind,
        section,
        shelved.document.id,
        shelved.title,
        tuple(text for text in texts if text.text),
        tuple(why),
        shelved.revision.hash,
        shelved.revision.number,
        share,
        note,
    )
