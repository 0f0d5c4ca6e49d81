"""An Agent SOP (``.sop.md``) → Runbook: overview, parameters, steps with their constraints, examples, troubleshooting.

Its format has no frontmatter, owner, proof, permission or escalation. Constraints stay what they are: prose of their step.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from runlore.model import Problem
from runlore.model.runbook import Input, KnownFailure, Runbook, Section, Step
from runlore.runbooks.blocks import raw_text
from runlore.runbooks.formats.outline import Heading, Piece, is_long, plain, read_outline, sink_headings, subtree
from runlore.runbooks.formats.read_markdown import too_long
from runlore.runbooks.formats.sop_rules import check_sop
from runlore.runbooks.hidden import clean, shorten

_PARAMETER = re.compile(
    r"\*\*(?P<name>\w+)\*\*\s*\((?P<kind>required|optional)(?:,\s*default:\s*(?P<default>(?:\"[^\"]*\"|[^()]|\([^()]*\))*))?\)\s*:?\s*(?P<text>.*)",
    re.DOTALL,
)
_STEP = re.compile(r"(\d+)\.\s+(.+)")
_AFTER = {"overview": "purpose", "parameters": "inputs", "steps": "steps", "examples": "examples", "troubleshooting": "failure_modes"}  # fmt: skip


def read_sop(lines: list[str], name: str, file: str) -> tuple[Runbook, tuple[Problem, ...]]:
    """Read an SOP; what that project's validator would say of it are warnings."""
    if is_long(lines):
        title = next((line[2:].strip() for line in lines if line.startswith("# ")), "")
        return Runbook(name, "", plain(title[:200])), (too_long(file),)
    outline = read_outline(lines)
    text = "\n".join(lines)
    title = next((h.title for h in outline if h.level == 1), "")
    runbook = Runbook(name, "", plain(title))
    known, at = "", 0
    sections: list[Section] = []
    while at < len(outline):
        heading = outline[at]
        section = heading.title.strip().lower() if heading.level == 2 else ""
        if section in _AFTER and (section != known or at == 0):
            known, stop = section, subtree(outline, at)
            runbook, loose = _READERS[section](runbook, lines, outline[at:stop])
            sections.extend(loose)
            at = stop
        else:
            stop = subtree(outline, at) if heading.level > 1 else at + 1
            begin = heading.body if heading.level else heading.first
            body = sink_headings(lines, outline[at:stop], begin, outline[stop - 1].end, 3)
            shown = plain(heading.title) if heading.level > 1 else ""
            if body or shown:
                sections.append(Section(shown, body, _AFTER.get(known, "")))
            at = stop
    runbook = replace(runbook, description=_description(runbook.purpose), sections=_joined(sections))
    return runbook, tuple(replace(problem, level="warning") for problem in check_sop(text, file))


def _description(purpose: str) -> str:
    return shorten(clean(plain(purpose.split("\n\n", maxsplit=1)[0][:4000])), 1024)


def _overview(runbook: Runbook, lines: Sequence[str], part: Sequence[Heading]) -> tuple[Runbook, list[Section]]:
    text = sink_headings(lines, part, part[0].body, part[-1].end, 3)
    return replace(runbook, purpose=text), []


def _parameters(runbook: Runbook, lines: Sequence[str], part: Sequence[Heading]) -> tuple[Runbook, list[Section]]:
    inputs: list[Input] = []
    covered: set[int] = set()
    for entry in (entry for piece in part[0].pieces if piece.kind == "bullets" for entry in piece.entries):
        found = _PARAMETER.fullmatch(f"{entry.head}\n{entry.rest}".strip("\n"))
        if found:
            default = (found["default"] or "").strip().strip('"')
            inputs.append(Input(found["name"], found["kind"] == "required", default, found["text"].strip()))
            covered.update(range(entry.first, entry.end))
    rest = [line for n, line in enumerate(lines[part[0].body : part[0].end], part[0].body) if n not in covered]
    below = sink_headings(lines, part[1:], part[0].end, part[-1].end, 3) if len(part) > 1 else ""
    text = "\n\n".join(p for p in (raw_text(rest, 0, len(rest)), below) if p)
    return replace(runbook, inputs=tuple(inputs)), [Section("", text, "inputs")] if text else []


def _steps(runbook: Runbook, lines: Sequence[str], part: Sequence[Heading]) -> tuple[Runbook, list[Section]]:
    heads = [(at, m) for at, h in enumerate(part) if h.level == 3 and (m := _STEP.fullmatch(h.title))]
    steps = []
    for n, (at, found) in enumerate(heads):
        stop = heads[n + 1][0] if n + 1 < len(heads) else len(part)
        prose = sink_headings(lines, part[at:stop], part[at].body, part[stop - 1].end, 4)
        steps.append(Step(n + 1, plain(found[2]) or found[2], prose))
    begin = part[heads[0][0]].first if heads else part[-1].end
    intro = sink_headings(lines, part[1:], part[0].body, begin, 4)
    return replace(runbook, steps=tuple(steps)), [Section("", intro, "steps")] if intro else []


def _examples(runbook: Runbook, lines: Sequence[str], part: Sequence[Heading]) -> tuple[Runbook, list[Section]]:
    text = sink_headings(lines, part, part[0].body, part[-1].end, 3)
    return runbook, [Section("", text, "examples")] if text else []


def _troubleshooting(runbook: Runbook, lines: Sequence[str], part: Sequence[Heading]) -> tuple[Runbook, list[Section]]:
    rows: list[KnownFailure] = []
    kept: list[str] = []
    intro = raw_text(lines, part[0].body, part[0].end)
    for heading in part[1:]:
        body = raw_text(lines, heading.body, heading.end)
        if heading.level == 3 and not any(_is_block(piece) for piece in heading.pieces) and body:
            rows.append(KnownFailure(plain(heading.title), "–", " ".join(body.split()), "–"))
        else:
            kept.append(f"{'#' * max(3, heading.level)} {heading.title}\n\n{body}".strip())
    text = "\n\n".join(p for p in (intro, *kept) if p)
    return replace(runbook, failure_modes=tuple(rows)), [Section("", text, "failure_modes")] if text else []


def _is_block(piece: Piece) -> bool:
    return piece.kind in ("code", "table", "other")


def _joined(sections: Sequence[Section]) -> tuple[Section, ...]:
    """Loose text of one field as one section, where the first of it stands."""
    loose: dict[str, list[str]] = {}
    for section in sections:
        if not section.title:
            loose.setdefault(section.after, []).append(section.text)
    first = [Section("", "\n\n".join(texts), after) for after, texts in loose.items()]
    return (*first, *(section for section in sections if section.title))


_READERS = {
    "overview": _overview,
    "parameters": _parameters,
    "steps": _steps,
    "examples": _examples,
    "troubleshooting": _troubleshooting,
}
