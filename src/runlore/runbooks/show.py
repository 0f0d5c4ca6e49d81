"""A runbook for the terminal: plain text, wrapped, and on request each line followed by how it is known."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable

from runlore.model import Evidence, Source
from runlore.model.runbook import SECTIONS, Runbook
from runlore.runbooks.bindings import parse_binding
from runlore.runbooks.evidence import EvidenceMap
from runlore.runbooks.hidden import HIDDEN
from runlore.runbooks.inline import split_outside
from runlore.runbooks.render import Piece, render_pieces

_MOST_PLACES = 2
_LABEL = re.compile(
    r"(?:Tool|Permission|Proceed only if|Stop if|Approval|Proof \(P\d\)|If it fails|For each|Optional when|Either|After): "
)
_ESCAPE = re.compile(r"\\([!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~])")


def show(
    runbook: Runbook,
    evidence: EvidenceMap | None = None,
    *,
    place: Callable[[Source], str] | None = None,
    width: int = 100,
) -> str:
    """Give a runbook as plain text, at most ``width`` columns where words allow.

    With ``evidence`` each line is followed by its support and its first places, as ``place`` names them (``session 1a2b, line 45``).
    """
    name = place or _place
    out: list[str] = [*_head(runbook, width)]
    for piece in render_pieces(runbook):
        if piece.key.startswith("frontmatter") or piece.key in ("title", "failures/head"):
            continue
        if not piece.tight or piece.key == "failure-1":
            out.append("")
        if piece.key.endswith("/with"):
            out.extend(_with(piece, evidence, name, width))
            continue
        out.extend(_lines(piece, runbook, width))
        anchor = {"purpose/text": "purpose", "steps/loose": "steps"}.get(piece.key, piece.key)
        if evidence is not None and anchor in evidence and piece.key not in SECTIONS:
            out.append(
                ("       " if piece.key.startswith("step-") else "    ") + _known(anchor, evidence[anchor], name)
            )
    return "\n".join(HIDDEN.sub("�", line).rstrip() for line in out).strip("\n") + "\n"


def _head(runbook: Runbook, width: int) -> list[str]:
    """The title, and beneath it what the frontmatter says."""
    facts = [f"owner {runbook.owner}" if runbook.owner else "no owner yet"]
    facts += [f"team {runbook.team}"] if runbook.team else []
    facts += (
        [f"reviewed {runbook.reviewed}" + (f", every {runbook.review_every}" if runbook.review_every else "")]
        if runbook.reviewed
        else []
    )
    out = [_plain(runbook.title).upper(), f"{runbook.name} · {' · '.join(facts)}"]
    for label, names in (("needs", (*runbook.integrations, *runbook.skills)), ("may", runbook.permissions)):
        if names:
            out.extend(textwrap.wrap(f"{label}: {', '.join(names)}", width, subsequent_indent="  "))
    return out


def _lines(piece: Piece, runbook: Runbook, width: int) -> list[str]:
    """The lines of one piece: headings bare, items hanging, table rows as items."""
    text = piece.text
    if text.startswith("## "):
        head, _, rest = text.partition("\n")
        return [head[3:].upper(), *(rest.strip("\n").split("\n") if rest.strip() else [])]
    if text.startswith("### "):
        return textwrap.wrap(_plain(text[4:]), width, initial_indent="  ", subsequent_indent="     ")
    if piece.key.startswith("failure-"):
        return _failure(runbook, int(piece.key.removeprefix("failure-")), width)
    indent = "     " if piece.key.startswith("step-") else "  "
    if text.startswith("- "):
        return _item(text[2:], indent, width)
    return [
        line
        for part in text.split("\n")
        for line in (textwrap.wrap(_plain(part), width, initial_indent=indent, subsequent_indent=indent) or [""])
    ]


def _item(text: str, indent: str, width: int) -> list[str]:
    first, *rest = text.split("\n")
    bullet = "" if _LABEL.match(first) and indent == "     " else "· "
    return [*_wrapped(first, indent, width, bullet), *(f"{indent}  {_plain(line)}" for line in rest)]


def _with(piece: Piece, evidence: EvidenceMap | None, name: Callable[[Source], str], width: int) -> list[str]:
    """The bindings of a step one a line, each followed by how it is known."""
    out: list[str] = []
    for number, part in enumerate(split_outside(piece.text.removeprefix("- With: "), "; ")):
        lead = "       with " if number == 0 else "            "
        lines = textwrap.wrap(_plain(part), width - len(lead), break_long_words=False, break_on_hyphens=False)
        out.extend((lead if at == 0 else " " * len(lead)) + line for at, line in enumerate(lines))
        binding = parse_binding(part)
        anchor = f"{piece.key}/{binding.name}" if binding else ""
        if evidence is not None and anchor in evidence:
            out.append(" " * 14 + _known(anchor, evidence[anchor], name))
    return out


def _wrapped(text: str, indent: str, width: int, bullet: str) -> list[str]:
    lead = text[: len(text) - len(text.lstrip())]
    return textwrap.wrap(
        _plain(text.strip()),
        width,
        initial_indent=indent + lead + bullet,
        subsequent_indent=indent + lead + " " * max(2, len(bullet)),
        break_long_words=False,
        break_on_hyphens=False,
    ) or [indent + bullet]


def _failure(runbook: Runbook, number: int, width: int) -> list[str]:
    row = runbook.failure_modes[number - 1]
    cause = f" ({row.cause})" if row.cause not in ("", "–", "-") else ""
    recovery = "nothing known" if row.recovery in ("", "–", "-") else row.recovery
    return _wrapped(f"{row.sign}{cause} → {recovery}; {_times(row.seen)}", "  ", width, "· ")


def _plain(text: str) -> str:
    """Markdown's escapes and single-backtick code marks taken away, for eyes that read a terminal."""
    return _ESCAPE.sub(r"\1", re.sub(r"(?<!`)`([^`]+)`(?!`)", r"\1", text)) if "`" not in text else _outside_code(text)


def _outside_code(text: str) -> str:
    """Take escapes away outside code spans only; the spans lose their marks."""
    parts = re.split(r"((?<!`)(`+)(?!`).+?(?<!`)\2(?!`))", text)
    out = []
    for at in range(0, len(parts), 3):
        out.append(_ESCAPE.sub(r"\1", parts[at]))
        if at + 1 < len(parts):
            out.append(parts[at + 1].strip("`").strip(" ") or parts[at + 1])
    return "".join(out)


def _known(anchor: str, known: Evidence, place: Callable[[Source], str]) -> str:
    n, m = known.support
    support = _times(str(n)) if anchor.startswith("failure-") else f"{n} of {m}"
    return f"⟵ {support}{_places(known, place)}"


def _times(count: str) -> str:
    return {"1": "seen once", "2": "seen twice"}.get(count, f"seen {count} times")


def _places(known: Evidence, place: Callable[[Source], str]) -> str:
    if not known.sources:
        return ""
    more = f" and {len(known.sources) - _MOST_PLACES} more" if len(known.sources) > _MOST_PLACES else ""
    return " · " + "; ".join(place(source) for source in known.sources[:_MOST_PLACES]) + more


def _place(source: Source) -> str:
    return f"{source.transcript.rpartition(':')[2][:8]}, line {source.line}"
