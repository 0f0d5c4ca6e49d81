"""Write a changed runbook into the text that it came from: every byte outside the change stays.

1. Both values give their pieces; the old ones know their lines.
2. Pieces form groups: the frontmatter, the head, each section, each step. Groups are matched by key, steps also by title.
3. Inside a group pieces are matched by text, then by key. A piece with the same text keeps its bytes, a changed one is
   replaced where it stands, a new one goes behind its neighbour, one that is gone takes its lines along.
4. The result is read again; if it does not give the changed value, the canonical text is given instead.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from runlore.model.runbook import Runbook
from runlore.runbooks.parse import Parsed, parse, parse_spans
from runlore.runbooks.render import Piece, render, render_pieces

_ITEM = re.compile(r"(when|prerequisite|completion|good|example|escalation|open|failure)-\d+")
_SECTION_OF = {
    "when": "triggers",
    "prerequisite": "prerequisites",
    "completion": "completion",
    "good": "good",
    "example": "examples",
    "escalation": "escalation",
    "open": "open_questions",
    "failure": "failure_modes",
    "failures": "failure_modes",
    "input": "inputs",
}


@dataclass
class _Group:
    """Pieces that stand together; ``runs`` maps a piece's key to its runs of lines, ``first`` and ``end`` bound the group's lines."""

    key: str
    pieces: list[Piece] = field(default_factory=list)
    runs: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    first: int = 0
    end: int = 0


def edit(text: str, changed: Runbook) -> str:
    """Give the text of ``changed``, keeping the bytes of ``text`` wherever the value did not change."""
    parsed = parse_spans(text, "")
    if parsed.runbook == changed:
        return text
    newline = "\r\n" if "\r\n" in text else "\n"
    lines = text.removeprefix("\ufeff").split("\n")
    old = _old_groups(parsed, lines)
    result = "\n".join(_merged(old, _groups(render_pieces(changed)), lines, newline))
    return result if parse(result, "")[0] == changed else render(changed)


def _groups(pieces: Sequence[Piece]) -> list[_Group]:
    groups: list[_Group] = []
    for piece in pieces:
        key = _group_key(piece.key)
        if not groups or groups[-1].key != key:
            groups.append(_Group(key))
        groups[-1].pieces.append(piece)
    return groups


def _group_key(key: str) -> str:
    head = key.split("/", maxsplit=1)[0]
    if head == "section":
        return key
    if item := _ITEM.fullmatch(head):
        return _SECTION_OF[item[1]]
    return _SECTION_OF.get(head, head)


def _old_groups(parsed: Parsed, lines: Sequence[str]) -> list[_Group]:
    """The groups of the text as it stands, in the text's order, with their lines."""
    texts = {piece.key: piece for piece in render_pieces(parsed.runbook)}
    groups: dict[str, _Group] = {}
    for span in parsed.spans:
        if span.key not in texts:
            continue
        group = groups.setdefault(_group_key(span.key), _Group(_group_key(span.key), first=span.first))
        if span.key not in group.runs:
            group.pieces.append(texts[span.key])
        group.runs.setdefault(span.key, []).append((span.first, span.end))
    ordered = sorted(groups.values(), key=lambda group: group.first)
    for group, following in zip(ordered, [*ordered[1:], None], strict=True):
        group.end = following.first if following else len(lines)
    return ordered


def _merged(old: list[_Group], new: list[_Group], lines: Sequence[str], newline: str) -> list[str]:
    partner = _match_groups(old, new)
    chunks: dict[int, list[str]] = {}
    added: dict[int, list[list[str]]] = {}
    last = -1
    for position, group in enumerate(new):
        if position in partner:
            last = partner[position]
            chunks[last] = _merge_group(old[last], group, lines, newline)
        else:
            added.setdefault(last, []).append(_fresh(group.pieces, newline))
    out = [line for chunk in added.get(-1, []) for line in (*chunk, _blank(newline))]
    for at, group in enumerate(old):
        kept = chunks.get(at, [])
        tail = list(lines[group.end - _trailing(lines, group) : group.end]) if at in chunks else []
        out.extend(kept)
        for chunk in added.get(at, []):
            out.extend([_blank(newline), *chunk])
        out.extend(tail)
    return out if out and not out[-1].strip() else [*out, ""]


def _match_groups(old: list[_Group], new: list[_Group]) -> dict[int, int]:
    """New position → old position. Steps go by their title where it is the only one, then by number."""
    partner: dict[int, int] = {}
    free = set(range(len(old)))
    for same in (_same_title, lambda a, b: a.key == b.key):
        for position, group in enumerate(new):
            found = next((at for at in sorted(free) if same(old[at], group)), None) if position not in partner else None
            if found is not None:
                partner[position] = found
                free.discard(found)
    order = [partner[position] for position in sorted(partner)]
    if order != sorted(order):  # steps that changed places: their bytes cannot stay where they are
        return {p: at for p, at in partner.items() if not old[at].key.startswith("step-")} | {
            p: at for p, at in partner.items() if old[at].key.startswith("step-") and old[at].key == new[p].key
        }
    return partner


def _same_title(old: _Group, new: _Group) -> bool:
    if not (old.key.startswith("step-") and new.key.startswith("step-")):
        return old.key == new.key
    return old.pieces[0].text.partition(". ")[2] == new.pieces[0].text.partition(". ")[2]


def _merge_group(old: _Group, new: _Group, lines: Sequence[str], newline: str) -> list[str]:
    """The lines of a matched group, without the blank ones at its end."""
    pairs = _match_pieces(old, new)
    places = _places(old, new, pairs)
    replaced: dict[int, list[str]] = {}
    removed: set[int] = set()
    behind: dict[int, list[str]] = {}
    kept_keys = {old_piece.key for old_piece in pairs.values()}
    for piece in old.pieces:
        if piece.key not in kept_keys:
            removed.update(line for run in old.runs[piece.key] for line in range(*run))
    place = old.first - 1
    for at, piece in enumerate(new.pieces):
        partner = pairs.get(at)
        if partner is None:
            gap = [] if piece.tight or place < old.first else [_blank(newline)]
            behind.setdefault(place, []).extend([*gap, *_lines(piece.text, newline)])
            continue
        runs = places[at]
        place = runs[-1][1] - 1
        if partner.text != piece.text or runs != old.runs[partner.key]:
            own = [line for run in old.runs[partner.key] for line in lines[slice(*run)]]
            replaced[runs[0][0]] = own if partner.text == piece.text else _lines(piece.text, newline)
            removed.update(line for run in runs for line in range(*run))
    out = list(behind.get(old.first - 1, []))
    for at in range(old.first, old.end - _trailing(lines, old)):
        out.extend(replaced.get(at, [] if at in removed else [lines[at]]))
        out.extend(behind.get(at, []))
    return out


def _places(old: _Group, new: _Group, pairs: dict[int, Piece]) -> dict[int, list[tuple[int, int]]]:
    """New position → the lines where it goes: items of one kind take the places of their kind in the new order."""
    by_slot: dict[str, list[int]] = {}
    for at in sorted(pairs):
        by_slot.setdefault(_slot(new.pieces[at].key), []).append(at)
    places: dict[int, list[tuple[int, int]]] = {}
    for positions in by_slot.values():
        runs = sorted(old.runs[pairs[at].key] for at in positions)
        places.update(zip(positions, runs, strict=True))
    return places


def _match_pieces(old: _Group, new: _Group) -> dict[int, Piece]:
    """New position → old piece: first those of the same text, then those of the same key."""
    pairs: dict[int, Piece] = {}
    free = list(old.pieces)
    slots = {piece.key: _slot(piece.key) for piece in (*old.pieces, *new.pieces)}
    for by_text in (True, False):
        for at, piece in enumerate(new.pieces):
            if at in pairs:
                continue
            for candidate in free:
                same = candidate.text == piece.text if by_text else _tail(candidate.key) == _tail(piece.key)
                if same and slots[candidate.key] == slots[piece.key]:
                    pairs[at] = candidate
                    free.remove(candidate)
                    break
    return pairs


def _slot(key: str) -> str:
    """What kind of piece a key names, without numbers: ``step-2/proof-1`` gives ``step/proof``."""
    return "input" if key.startswith("input/") else re.sub(r"-\d+(?=/|$)", "", key)


def _tail(key: str) -> str:
    return re.sub(r"^step-\d+", "step", key)


def _fresh(pieces: Sequence[Piece], newline: str) -> list[str]:
    out: list[str] = []
    for piece in pieces:
        if out and not piece.tight:
            out.append(_blank(newline))
        out.extend(_lines(piece.text, newline))
    return out


def _lines(text: str, newline: str) -> list[str]:
    return [line + newline[:-1] for line in text.split("\n")]


def _blank(newline: str) -> str:
    return newline[:-1]


def _trailing(lines: Sequence[str], group: _Group) -> int:
    count = 0
    while group.end - count > group.first + 1 and not lines[group.end - count - 1].strip():
        count += 1
    return count
