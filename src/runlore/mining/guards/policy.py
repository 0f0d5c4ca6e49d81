"""Which sentence of a written policy a guard rests on, and which one it contradicts: by words and values, nothing more.

1. A sentence is about a step where it, or the heading that it stands under, speaks of what the step does.
2. It supports a guard where it also names the guard's value, or most of the words for what the guard reads and compares with.
3. It contradicts a guard where it speaks of the same field and of other values alone, or forbids what the guard lets pass.

Sentences are read as they stand; a rule put in other words, or over a field that the tools call differently, is not found.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from runlore.mining.guards.mention import constants_in, fields_in
from runlore.mining.words import stem
from runlore.model.condition import ArgumentValue, Comparison, Constant, Expression, Membership, ResultPath
from runlore.model.workflow import GuardBasis, GuardKind

_HEADING = re.compile(r"#{1,6}\s+(.*)")
_LIST = re.compile(r"\s*(?:[-*+]|\d+[.)])\s+")
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z\"'`*])")
_QUOTED = re.compile(r"['\"`“‘]([^'\"`“”‘’]{2,40})['\"`”’]")
_TOKEN = re.compile(r"[A-Za-z][A-Za-z]+")
_FORBIDS = re.compile(
    r"(?i)\b(?:must|may|can|should|do|does|is|are|will)(?:not|n['’]t| not| never)\b|\bcannot\b|\bnever\b|\bno longer\b|\bunless\b"
)
_ONLY = re.compile(
    r"(?i)\bonly\b|\bmust\b|\bunless\b|\bif and only if\b|\bneeds? to\b|\bhas to\b|\bhave to\b|\bat most\b|\bcannot\b"
)
_AGAIN = re.compile(r"(?i)\bonce\b|\bone time\b|\bagain\b|\btwice\b|\bmore than one\b|\balready\b")
_EMPTY = frozenset(
    [
        "the",
        "a",
        "an",
        "of",
        "to",
        "for",
        "and",
        "or",
        "in",
        "on",
        "is",
        "are",
        "be",
        "been",
        "it",
        "its",
        "this",
        "that",
        "with",
        "by",
        "as",
        "at",
        "from",
        "id",
        "ids",
    ]
)
MOST = 0.5
"""Share of a guard's words, by weight, that a sentence must name where the guard has no value to be named."""

Relation = Literal["supports", "contradicts"]


@dataclass(frozen=True, slots=True)
class PolicySentence:
    """One sentence of a policy, with the headings that it stands under and its line."""

    text: str
    heading: str
    line: int


@dataclass(frozen=True, slots=True)
class Stated:
    """A guard as a sentence can speak of it: the effect that it guards and its parsed condition."""

    effect: str
    kind: GuardKind
    expression: Expression
    basis: GuardBasis


@dataclass(frozen=True, slots=True)
class PolicyLink:
    """A guard and the sentence that supports or contradicts it; the share of the guard's words that the sentence names."""

    guard: Stated
    sentence: PolicySentence
    relation: Relation
    share: float


def split_policy(text: str) -> tuple[PolicySentence, ...]:
    """Split a Markdown text into sentences; list items are sentences of their own."""
    found: list[PolicySentence] = []
    heading = ""
    for number, line in enumerate(text.splitlines(), 1):
        title = _HEADING.match(line)
        if title:
            heading = title.group(1).strip()
            continue
        for sentence in _SENTENCE.split(_LIST.sub("", line, count=1).strip()):
            if sentence:
                found.append(PolicySentence(sentence, heading, number))
    return tuple(found)


def link_policy(guards: Sequence[Stated], sentences: Sequence[PolicySentence]) -> tuple[PolicyLink, ...]:
    """Give for each guard the sentence that supports it best, if any does, and every sentence that contradicts it."""
    rows = [(s, _stems(s.text), _stems(s.heading)) for s in sentences]
    seen = Counter(w for _, own, _ in rows for w in own)
    weights = {w: math.log(1 + len(rows) / n) for w, n in seen.items()}
    found: list[PolicyLink] = []
    for guard in guards:
        about = [(s, own) for s, own, above in rows if _is_about(guard, own, above)]
        links = [link for s, own in about if (link := _link(guard, s, own, weights))]
        best = max((link for link in links if link.relation == "supports"), key=lambda k: k.share, default=None)
        found.extend([best] if best else [])
        found.extend(link for link in links if link.relation == "contradicts")
    return tuple(found)


def _stems(text: str) -> frozenset[str]:
    return frozenset(stem(w.lower()) for w in _TOKEN.findall(text)) - _EMPTY


def _is_about(guard: Stated, own: frozenset[str], above: frozenset[str]) -> bool:
    """Say whether a sentence speaks of what the effect does: its verb, in the sentence itself or with the rest of its name above it."""
    name = [stem(w) for w in _TOKEN.findall(guard.effect.lower().replace("_", " "))]
    if not name:
        return False
    return name[0] in own or (name[0] in above and bool(above.intersection(name[1:]) or len(name) == 1))


def _link(guard: Stated, sentence: PolicySentence, own: frozenset[str], weights: dict[str, float]) -> PolicyLink | None:
    if guard.basis == "result":
        return PolicyLink(guard, sentence, "supports", 1.0) if _AGAIN.search(sentence.text) else None
    constants = {stem(w.lower()) for text in constants_in(guard.expression) for w in _TOKEN.findall(text)}
    fields = _stems(" ".join(fields_in(guard.expression)))
    wanted = constants | fields
    total = sum(weights.get(w, max(weights.values(), default=1.0)) for w in wanted)
    share = round(sum(weights[w] for w in wanted & own) / total, 3) if total else 0.0
    if constants and fields & own and not constants & own and _names_others(guard.expression, sentence.text):
        return PolicyLink(guard, sentence, "contradicts", share)
    named = bool(constants & own) and bool(fields & own) if constants else share >= MOST
    if not named:
        return None
    if _forbids(guard, sentence.text):
        return PolicyLink(guard, sentence, "contradicts", share)
    binds = not constants or _ONLY.search(sentence.text)
    return PolicyLink(guard, sentence, "supports", share) if binds else None


def _names_others(expression: Expression, text: str) -> bool:
    """Say whether a sentence binds the field to quoted values, none of which is the guard's."""
    if not isinstance(expression, Comparison | Membership) or not _ONLY.search(text):
        return False
    return bool(_QUOTED.findall(text))


def _forbids(guard: Stated, text: str) -> bool:
    """Say whether a sentence forbids plainly what an equality lets pass ("must not be cancelled if its status is 'pending'")."""
    match guard.expression:
        case Comparison(ResultPath() | ArgumentValue(), "=", Constant()):
            return bool(_FORBIDS.search(text)) and not re.search(r"(?i)\bunless\b|\bonly\b", text)
        case _:
            return False
