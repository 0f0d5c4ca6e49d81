"""Findings of several debriefs about one line, joined; and which of them are ripe to be proposed.

Fifty findings must not cost fifty decisions: what names the same line of the same document is one change with all of its evidence, and all ripe changes
of one document are one proposal. A change that a person rejected does not come back until its evidence has doubled.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from runlore.model.debrief import Change, Finding

RIPE_AT: dict[str, int] = {"optional": 3, "prose": 2}
REPEATED_FROM = 3
"""From how many runs on a kind of change is proposed; others at once. A shortcut has to repeat, a failure need not."""
MOST_CHANGES = 8
"""Changes of one proposal; a person decides over what fits on a screen."""


@dataclass(frozen=True, slots=True)
class Joined:
    """One change with every finding that asks for it, the oldest first; ``runs`` counts the debriefs that they come from."""

    document: str
    change: Change
    findings: tuple[Finding, ...]
    runs: int

    @property
    def key(self) -> str:
        """The key that its findings share."""
        return self.findings[0].key


def join(findings: Iterable[Finding]) -> tuple[Joined, ...]:
    """Join findings about the same line. A failure counts as often as it was seen; words are those of the first that has any."""
    groups: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in findings:
        groups[finding.document, finding.key].append(finding)
    joined = []
    for (document, _), group in sorted(groups.items()):
        ordered = sorted(group, key=lambda f: (f.debrief, f.number))
        runs = len({f.debrief for f in ordered})
        base = next((f.change for f in ordered if f.change.text), ordered[0].change)
        count = sum(max(f.change.count, 1) for f in ordered) if base.kind == "failure" else base.count
        joined.append(Joined(document, replace(base, count=count), tuple(ordered), runs))
    return tuple(joined)


def choose_ripe(joined: Iterable[Joined], rejected: Mapping[str, int]) -> tuple[Joined, ...]:
    """Choose what is to be proposed now, by document, the best supported first; ``rejected`` gives, by key, over how much evidence a person said no."""
    ripe = [j for j in joined if j.runs >= ripe_at(j) and j.runs >= 2 * rejected.get(j.key, 0)]
    return tuple(sorted(ripe, key=lambda j: (j.document, -j.runs, j.change.step, j.change.kind, j.key)))


def ripe_at(joined: Joined) -> int:
    """From how many runs on a change is proposed: a worker's own note at once, a departure that only a transcript shows when it repeats."""
    if joined.change.kind == "note" and joined.findings[0].why == joined.change.text:
        return REPEATED_FROM
    return RIPE_AT.get(joined.change.kind, 1)


def by_document(ripe: Iterable[Joined]) -> dict[str, tuple[Joined, ...]]:
    """Give the changes of each document, at most eight, the best supported first; the others wait for the next time."""
    groups: dict[str, list[Joined]] = defaultdict(list)
    for item in ripe:
        groups[item.document].append(item)
    return {document: tuple(group[:MOST_CHANGES]) for document, group in sorted(groups.items())}
