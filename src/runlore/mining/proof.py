"""What shows that an effect took place: fields of its own result that are the same, or there, each time."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Protocol

from runlore.mining.digest import LINK, Call
from runlore.model import Evidence, Proof, Source

_SETTLED = re.compile(r"(?i)(status|state|result|outcome|success|ok|message|published|sent)")
_NAMED = re.compile(r"(?i)(url|link|permalink|(^|[._])id$|number|sha|reference|receipt)")


class _Occurrence(Protocol):
    @property
    def call(self) -> Call: ...

    @property
    def source(self) -> Source: ...


def _command_proof(items: Sequence[_Occurrence]) -> tuple[Proof, ...]:
    """A command that went well shows it by its exit code, and by the link that it prints where it prints one."""
    places = tuple(Source(i.source.transcript, i.call.result_line or i.call.line, i.call.result_index) for i in items)
    linked = [i for i in items if any(path == LINK for path, _ in i.call.scalars)]
    evidence = Evidence((len(items), len(items)), places[:6])
    found = [Proof("command", "it ends with exit code 0", evidence)]
    if len(linked) * 3 >= len(items) * 2:
        found.append(Proof("url", "the link that the command prints", Evidence((len(linked), len(items)), places[:6])))
    return tuple(found)


def proofs(items: Sequence[_Occurrence]) -> tuple[Proof, ...]:
    """Give at most two proofs for an effect: a field that says it is done (same value in nine of ten results), a field that names the outcome."""
    total = len(items)
    if total and all(item.call.command for item in items):
        return _command_proof(items)
    values: dict[str, Counter[str]] = defaultdict(Counter)
    places: dict[str, list[Source]] = defaultdict(list)
    for item in items:
        for path, value in item.call.scalars:
            values[path][value] += 1
            places[path].append(
                Source(item.source.transcript, item.call.result_line or item.call.line, item.call.result_index)
            )
    given = {b.value for item in items for b in item.call.bindings}
    found: list[Proof] = []
    settled = [
        (path, seen.most_common(1)[0])
        for path, seen in values.items()
        if seen.most_common(1)[0][1] * 10 >= 9 * total and (_SETTLED.search(path) or path == "$")
    ]
    for path, (value, count) in sorted(settled, key=lambda s: (-s[1][1], len(s[0])))[:1]:
        text = value if value in ("True", "False") else f'"{value}"'
        condition = f"{path} = {text.lower() if value in ('True', 'False') else text}"
        found.append(Proof("tool result", condition, Evidence((count, total), tuple(places[path][:6]))))
    named = [
        path
        for path, seen in values.items()
        if sum(seen.values()) * 10 >= 9 * total
        and _NAMED.search(path)
        and len(seen) * 2 > total
        and not set(seen) & given
    ]
    for path in sorted(named, key=lambda p: ("url" not in p and "link" not in p, len(p), p))[:1]:
        kind = "url" if re.search(r"(?i)url|link", path) else "tool result"
        found.append(
            Proof(kind, f"{path} is present", Evidence((sum(values[path].values()), total), tuple(places[path][:6])))
        )
    return tuple(found)
