"""Whether a person says yes before an effect, as a rule and not by the way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from runlore.mining.digest import Call, Case, Said
from runlore.mining.goals import is_coding
from runlore.model import Approval, Evidence, Source

ASKED = 0.5
"""Share of the cases in which a person says yes before the effect."""
MORE = 0.25
"""By how much that share must lie above the one before calls that only look: people say yes to many things."""
FEW = 10
"""Cases below which the practice of all effects counts beside an effect's own."""
MOST_SOURCES = 12
MOST_OVER = 6


class _Member(Protocol):
    @property
    def transcript(self) -> str: ...

    @property
    def case(self) -> Case: ...


class _Occurrence(Protocol):
    @property
    def member(self) -> _Member: ...

    @property
    def number(self) -> int: ...

    @property
    def call(self) -> Call: ...


def approval(items: Sequence[_Occurrence], *, practice: bool = False) -> Approval | None:
    """Give the approval that an effect waits for, from its occurrences; None where people are not asked as a rule.

    ``practice`` says that they are asked as a rule before effects of all kinds: then few cases need not show it by themselves.
    """
    cases = {id(o.member): o.member for o in items}
    asked: dict[int, Source] = {}
    for item in items:
        yes = find_consent(item.member.case, item.number)
        if yes is not None:
            asked.setdefault(id(item.member), Source(item.member.transcript, yes.line, yes.index))
    share = len(asked) / len(cases)
    shown = share >= MORE + _usual(m.case for m in cases.values())
    if share < ASKED or not (shown or (practice and len(cases) < FEW)):
        return None
    over = tuple(dict.fromkeys(b.name.replace("[*]", "") for o in items for b in o.call.bindings))
    return Approval(over[:MOST_OVER], Evidence((len(asked), len(cases)), tuple(asked.values())[:MOST_SOURCES]))


def is_practice(cases: Sequence[Case]) -> bool:
    """Say whether people are asked as a rule before effects, whichever they are, in conversations."""
    talks = [c for c in cases if not is_coding(c)]
    acts = [
        find_consent(c, n) is not None
        for c in talks
        for n, k in enumerate(c.calls)
        if k.role == "effect" and k.outcome == "ok" and k.actor != "person"
    ]
    share = sum(acts) / len(acts) if acts else 0.0
    return len(acts) >= FEW and share >= ASKED and share >= MORE + _usual(talks)


def find_consent(case: Case, number: int) -> Said | None:
    """Give the person's yes on which call ``number`` rests: in a conversation their last words before it, in a repository those right before."""
    before = [s for s in case.said if s.after <= number]
    if is_coding(case):
        return next((s for s in before if s.kind == "confirmation" and s.after == number), None)
    return before[-1] if before and before[-1].consents else None


def _usual(cases: Iterable[Case]) -> float:
    """How often a person's last words before a look are a yes, whatever to."""
    looks = [
        find_consent(c, n) is not None
        for c in cases
        if not is_coding(c)
        for n, k in enumerate(c.calls)
        if k.role == "read"
    ]
    return sum(looks) / len(looks) if looks else 0.0
