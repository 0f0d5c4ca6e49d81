"""Which candidates go into a pack, and how much of each, under a token budget.

1. What says the same twice goes in once: candidates of one document are joined, a text that stands in another already is left out.
2. In order of rank each candidate gets the fullest form within its share of the room, or its shortest where even that is more.
3. In the same order what is left of the room is spent on fuller forms.
4. The whole is counted as it will be read, its receipt included; while it is over the budget, the last in rank is shown shorter or goes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from runlore.context.packing.render import Asking, receipt_line, render_head, render_item, render_pack
from runlore.context.packing.wording import Count, cut, same_words
from runlore.errors import BudgetTooSmall
from runlore.model.pack import (
    SECTIONS,
    Candidate,
    ContextPack,
    GivenInput,
    LeftOut,
    MissingInput,
    PackItem,
    PackRequest,
    PackText,
)

LEAST_BUDGET = 200
"""Tokens below which no pack says anything."""
MARGIN = 15
"""Per cent by which the counter may be wrong (see runlore.runbooks.tokens)."""
ISSUE_SHARE = 0.35
"""The share of the room that the issue's own text may take."""
TITLE_TOKENS = 30
_HEAD_SHARE = 0.45
_RECEIPT = 30
_SECTION = 8
_LABELS = 5
_MOST_LEFT_OUT = 5
_MOST_REPEATED = 20_000
"""Characters beyond which a text is not looked for in another."""
_LEAST_SAID = 8
"""Words below which a text is too short to be called a repetition."""


def with_margin(tokens: int) -> int:
    """Give a count with the counter's margin on top."""
    return -(-tokens * (100 + MARGIN) // 100)


def pack(
    request: PackRequest,
    candidates: Sequence[Candidate],
    *,
    budget: int,
    count: Count,
    given: tuple[GivenInput, ...] = (),
    missing: tuple[MissingInput, ...] = (),
    passed_over: tuple[LeftOut, ...] = (),
    sections: tuple[str, ...] = SECTIONS,
) -> ContextPack:
    """Give the pack of the candidates, which come in order of rank; ``passed_over`` is what the caller left out already, with its reasons.

    ``count`` counts tokens without the margin. The Markdown of the result costs at most ``budget``; raises BudgetTooSmall
    below LEAST_BUDGET.
    """
    if budget < LEAST_BUDGET:
        raise BudgetTooSmall(budget, LEAST_BUDGET)
    room = budget * 100 // (100 + MARGIN) - _RECEIPT
    ranked = joined(candidates)
    runbook = next((c.document for c in ranked if c.kind == "runbook"), "")
    short, head, gone = _head(request, bool(runbook), missing, room, count)
    choices, repeated = _choose(ranked, room - count(head), room, count)
    made = ContextPack(short, budget, 0, (), passed_over, runbook, given, missing, gone)
    while True:
        left_out = (*repeated, *_without_room(ranked, choices, repeated, count), *passed_over)
        made = replace(made, items=tuple(_item(choice, count) for choice in choices), left_out=left_out)
        fitting = _fitted(made, head, sections, count)
        if fitting is not None or not choices:
            return fitting or made
        choices = _shorter(choices)


@dataclass(frozen=True, slots=True)
class _Choice:
    """A candidate in one of its forms; ``costs`` are those of all its forms, in the same order."""

    candidate: Candidate
    costs: tuple[int, ...]
    at: int

    @property
    def cost(self) -> int:
        return self.costs[self.at]

    @property
    def shown(self) -> PackText:
        return _forms(self.candidate)[self.at]


def joined(candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """Join candidates of the same text: one stands where the first stood, with the reasons of all."""
    found: dict[tuple[str, str, str], Candidate] = {}
    for candidate in candidates:
        section = candidate.section if candidate.kind in ("runbook", "record") else ""
        key = (candidate.document, candidate.kind, section)
        first = found.get(key)
        found[key] = candidate if first is None else replace(first, why=_once(first.why, candidate.why))
    return tuple(found.values())


def _once(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*first, *second)))


def _head(
    request: PackRequest, has_runbook: bool, missing: tuple[MissingInput, ...], room: int, count: Count
) -> tuple[PackRequest, str, int]:
    """Give the request as it is shown, the head, and how many tokens of the issue's text had to go."""
    short = replace(request, title=cut(request.title, max(TITLE_TOKENS, room // 10), count), body="")
    bare = replace(short, url="", labels=())
    ways: tuple[tuple[PackRequest, Asking], ...] = (
        (short, "words"),
        (short, "names"),
        (bare, "names"),
        (bare, "number"),
    )
    for shown, asking in ways:
        head = render_head(shown, has_runbook, missing, asking=asking)
        if count(head) <= room * _HEAD_SHARE:
            break
    most = min(int(room * ISSUE_SHARE), room - count(head) - _LABELS)
    body = cut(request.body, most, count) if most > _LEAST_SAID else ""
    gone = with_margin(count(request.body) - count(body)) if body != request.body else 0
    return (
        replace(short, body=body),
        render_head(replace(shown, body=body), has_runbook, missing, cut=gone, asking=asking),
        gone,
    )


def _forms(candidate: Candidate) -> tuple[PackText, ...]:
    """The ways to show a candidate; what is computed from the record has no reference."""
    return candidate.texts if candidate.kind == "record" else (*candidate.texts, PackText("reference"))


def _item(choice: _Choice, count: Count) -> PackItem:
    return _shown_as(choice.candidate, choice.shown, choice.costs[choice.at], choice.costs[0])


def _shown_as(candidate: Candidate, text: PackText, cost: int, whole: int) -> PackItem:
    return PackItem(
        candidate.kind,
        candidate.section,
        candidate.document,
        candidate.revision,
        candidate.number,
        candidate.title,
        text.form,
        text.text,
        candidate.note,
        candidate.why,
        with_margin(cost),
        with_margin(whole),
    )


def _cost(candidate: Candidate, text: PackText, count: Count) -> int:
    """What one form costs: its block, its line in the receipt, and the line ends between."""
    item = _shown_as(candidate, text, 99_999, 99_999)
    return count(render_item(item)) + count(receipt_line(item)) + 2


def _choose(
    ranked: Sequence[Candidate], room: int, whole_room: int, count: Count
) -> tuple[tuple[_Choice, ...], tuple[LeftOut, ...]]:
    """Steps 2 and 3: the choices in order of rank, and what was left out because it says what another one says."""
    chosen: list[_Choice] = []
    repeated: list[LeftOut] = []
    opened: set[str] = set()
    for candidate in ranked:
        costs = tuple(_cost(candidate, text, count) for text in _forms(candidate))
        again = _repeats(candidate, chosen)
        if again:
            reason = f"its text stands in {again} already"
            repeated.append(_left(candidate, reason, costs[-1]))
            continue
        heading = 0 if candidate.section in opened else _SECTION
        limit = min(room - heading, int(candidate.share * whole_room))
        at = next((n for n, cost in enumerate(costs) if cost <= limit), len(costs) - 1)
        if costs[at] + heading > room:
            continue
        chosen.append(_Choice(candidate, costs, at))
        opened.add(candidate.section)
        room -= costs[at] + heading
    return _fuller(chosen, room), tuple(repeated)


def _fuller(chosen: Sequence[_Choice], room: int) -> tuple[_Choice, ...]:
    """Spend what is left of the room on fuller forms, in order of rank."""
    out: list[_Choice] = []
    for choice in chosen:
        at = next(n for n, cost in enumerate(choice.costs) if n == choice.at or cost - choice.cost <= room)
        room -= choice.costs[at] - choice.cost
        out.append(replace(choice, at=at))
    return tuple(out)


def _repeats(candidate: Candidate, chosen: Sequence[_Choice]) -> str:
    """Give the id of a document that is shown already and holds all that this one would say; empty for none."""
    if not candidate.texts or len(candidate.texts[0].text) > _MOST_REPEATED:
        return ""
    words = same_words(candidate.texts[0].text)
    if words.count(" ") < _LEAST_SAID:
        return ""
    for choice in chosen:
        if choice.candidate.document and words in same_words(choice.shown.text):
            return choice.candidate.document
    return ""


def _without_room(
    ranked: Sequence[Candidate], choices: Sequence[_Choice], repeated: Sequence[LeftOut], count: Count
) -> tuple[LeftOut, ...]:
    """What found no room, in order of rank."""
    there = {(c.candidate.kind, c.candidate.section, c.candidate.document) for c in choices}
    again = {(left.kind, left.document) for left in repeated}
    return tuple(
        _left(candidate, "no room", _cost(candidate, _forms(candidate)[-1], count))
        for candidate in ranked
        if (candidate.kind, candidate.section, candidate.document) not in there
        and (candidate.kind, candidate.document) not in again
    )


def _left(candidate: Candidate, reason: str, cost: int) -> LeftOut:
    return LeftOut(
        candidate.kind,
        candidate.document or candidate.section,
        candidate.revision,
        candidate.title,
        candidate.why,
        reason,
        with_margin(cost),
    )


def _shorter(choices: tuple[_Choice, ...]) -> tuple[_Choice, ...]:
    """Show the last in rank that has a shorter form in that form, or drop the last one."""
    for n in range(len(choices) - 1, -1, -1):
        choice = choices[n]
        if choice.at + 1 < len(choice.costs):
            return (*choices[:n], replace(choice, at=choice.at + 1), *choices[n + 1 :])
    return choices[:-1]


def _fitted(made: ContextPack, head: str, sections: tuple[str, ...], count: Count) -> ContextPack | None:
    """The pack with its text and what that costs, its receipt as full as the budget allows; None where even the shortest is over it."""
    for named in range(min(len(made.left_out), _MOST_LEFT_OUT), -1, -1):
        tokens = made.tokens
        for _ in range(4):  # the text says what it costs: a number with more digits may cost one token more
            text = render_pack(replace(made, tokens=tokens), head, named, sections)
            exact = with_margin(count(text))
            if exact == tokens:
                break
            tokens = exact
        if max(exact, tokens) <= made.budget:
            return replace(made, tokens=tokens, markdown=text)
    return None
