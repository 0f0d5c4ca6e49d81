"""The rounds of a case in a repository: a person asks for one kind of work after the other without a break.

A round begins with words that plainly ask for a kind of work (mining/goals.py), or where a written procedure is run, and ends where the
next begins. What leans on the words before ("yes", "also the other file") stays in its round.
"""

from __future__ import annotations

from collections.abc import Sequence

from runlore.mining.digest import Case, Said, part

_OPENS = frozenset({"request", "plan", "correction", "followup", "refusal"})


def rounds_of(case: Case) -> tuple[Case, ...]:
    """Cut a case into its rounds; a case without a cut is given as it is."""
    cuts = _cuts(case)
    if len(cuts) < 2:
        return (case,)
    ends = [*(first for first, _ in cuts[1:]), len(case.calls)]
    pieces = []
    for number, ((first, opening), last) in enumerate(zip(cuts, ends, strict=True)):
        if last <= first:
            continue
        said = _said(case, first, last, opening, number == 0)
        pieces.append(part(case, first, last, said))
    return tuple(pieces)


def _cuts(case: Case) -> list[tuple[int, Said | None]]:
    """Where rounds begin: the number of the first call, and the words that open it (None for a procedure)."""
    cuts: list[tuple[int, Said | None]] = []
    for said in case.said:
        if said.kind in _OPENS and said.asks:
            if cuts and cuts[-1][0] == said.after:
                cuts[-1] = (said.after, said)
            else:
                cuts.append((said.after, said))
    opened = {first for first, _ in cuts}
    cuts.extend((n, None) for n, call in enumerate(case.calls) if call.role == "procedure" and n not in opened)
    if not cuts or min(cuts, key=lambda c: c[0])[0] > 0:
        cuts.append((0, case.said[0] if case.said else None))
    return sorted(cuts, key=lambda c: c[0])


def _said(case: Case, first: int, last: int, opening: Said | None, earliest: bool) -> list[Said]:
    """What is said in a round, its opening words first."""
    inside = [s for s in case.said if (first < s.after <= last or (earliest and s.after <= first)) and s is not opening]
    if last == len(case.calls):
        inside += [s for s in case.said if s.after > last]
    return ([opening] if opening else []) + [s for s in inside if not (s.after == last and s.kind in _OPENS and s.asks)]


def around(case: Case, deeds: Sequence[int]) -> Case:
    """The part of a case that some of its calls belong to: from what was last said before the first of them to the last of them."""
    first, last = min(deeds), max(deeds)
    asked = [s for s in case.said if s.after <= first and s.kind not in ("confirmation", "answer")]
    plain = [s for s in asked if s.asks] or [s for s in asked if s.kind in ("request", "plan")]
    best = plain or asked
    opening = best[-1] if best else None
    start = opening.after if opening else 0
    said = ([opening] if opening else []) + [s for s in case.said if start < s.after <= last + 1 and s is not opening]
    return part(case, start, last + 1, said)
