"""What a case knew before one of its calls: the records read so far, and where a value stood in them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from runlore.mining.dataflow import Binding
from runlore.mining.digest import Case
from runlore.mining.guards.records import Seen, find_record, list_records, telling
from runlore.mining.guards.shown import Leaf
from runlore.mining.leaves import scalar_text

Scalar = str | int | float | bool | None
Fields = Mapping[str, Leaf]
Rule = tuple[str, str]
"""An activity and a path in its results."""


_FILTER = re.compile(r"\[\?@(?:\[[^\]]*\]|'[^']*'|[^\]'\[])*\]")
DEEPEST = 2
"""How deep a field may stand that names a record."""


@dataclass(frozen=True, slots=True)
class State:
    """What was known before a call. ``known`` gives by activity the fields of the record that the call is about, as it stands,
    ``listed`` the numbers of the calls whose results are read among the values of a list, ``ran`` the activities that went well before."""

    known: Mapping[str, Fields]
    listed: frozenset[int]
    ran: frozenset[str]


class Past:
    """The results of one case, in their order."""

    def __init__(self, case: Case) -> None:
        self._case = case
        shown = [(n, c) for n, c in enumerate(case.calls) if c.outcome == "ok" and c.leaves and c.actor != "person"]
        self._numbers = [n for n, _ in shown]
        self._fields: list[Fields] = [{leaf.path: leaf for leaf in c.leaves} for _, c in shown]
        self._seen = [
            Seen(c.name, telling(b.value for b in c.bindings), plain_fields(f))
            for (_, c), f in zip(shown, self._fields, strict=True)
        ]
        self._where: dict[str, set[tuple[int, str]]] = defaultdict(set)
        for number, call in shown:
            for leaf in call.leaves:
                for value in leaf.values:
                    self._where[scalar_text(value)].add((number, leaf.path))

    def before(self, number: int, wanted: frozenset[str]) -> State:
        """Give what was known before call ``number`` about the things that the wanted values name."""
        count = sum(n < number for n in self._numbers)
        seen = self._seen[:count]
        names = dict.fromkeys(s.activity for s in seen)
        known = {name: self._standing(find_record(seen, name, wanted)) for name in names}
        listed = frozenset(self._numbers[n] for name in names for n in list_records(seen, name, wanted))
        ran = frozenset(c.name for c in self._case.calls[:number] if c.outcome == "ok")
        return State(known, listed, ran)

    def _standing(self, records: Sequence[int]) -> Fields:
        """The fields of a record, of which the newest states stand first: each from the newest that has it."""
        if len(records) == 1:
            return self._fields[records[0]]
        merged: dict[str, Leaf] = {}
        for number in reversed(records):
            merged.update(self._fields[number])
        return merged

    def holding(self, binding: Binding, listed: frozenset[int]) -> frozenset[Rule]:
        """Give the rules that held an argument's value in the results listed: by every path, and by the filters that data flow knows."""
        calls = self._case.calls
        held = {(calls[n].name, path) for n, path in self._where.get(binding.value, ()) if n in listed}
        held |= {(p.activity, p.path) for p in binding.places if p.call in listed and "[?$" not in p.path}
        return frozenset(held)

    def odds(self, binding: Binding, listed: frozenset[int]) -> dict[Rule, float]:
        """Give for each filter that held a value which share of what stands at the same path without it the filter leaves; for that path itself 1."""
        widths = {(p.activity, p.path): p.width for p in binding.places if p.call in listed}
        found: dict[Rule, float] = {}
        for (activity, path), width in widths.items():
            whole = widths.get((activity, unfiltered(path)), 0)
            if "[?@" in path and whole > width:
                found[activity, path] = width / whole
                found[activity, unfiltered(path)] = 1.0
        return found


def unfiltered(path: str) -> str:
    """Give a path with every item where it tells some apart by a field of theirs."""
    return _FILTER.sub("[*]", path)


def plain_fields(fields: Fields) -> dict[str, str]:
    """Give the plain values at the top of a result and one level below, as text."""
    return {
        p: scalar_text(leaf.values[0])
        for p, leaf in fields.items()
        if "[*]" not in p and leaf.count == 1 and leaf.values and p.count(".") + p.count("['") <= DEEPEST
    }


def typed(text: str, kind: str) -> Scalar:
    """Give an argument's value as what it is: flags and numbers are kept as text in a binding."""
    if kind == "flag":
        return text == "True"
    if kind == "number":
        return float(text) if "." in text or "e" in text.lower() or not text.lstrip("-").isdigit() else int(text)
    return text
