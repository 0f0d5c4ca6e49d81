"""People's wishes, compared over sessions by the words that they share (not by exact sentences).

1. Each sentence becomes its set of content words, stemmed lightly.
2. A pair of words that sentences of several sessions have in common is a candidate; the rarer its words, the more it
   says.
3. The best pair takes its sentences, and the next best is looked for among the rest.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, pairwise

from rapidfuzz import fuzz

MIN_SESSIONS = 2
LIKENESS = 60
"""How alike the most alike sentences of two sessions must be, of 100."""
_WORD = re.compile(r"[A-Za-z][A-Za-z'’-]*[A-Za-z]|[A-Za-z]+/[A-Za-z]+")
_STOP_WORDS = (
    "a about actually after again all also am an and any are as at back be been before both but by can cannot "
    "could did do does doing done down each else even every few for from get gets go goes going good got had has "
    "have he help her here hey hi him his how however i i'd i'll i'm i've if in into is it it's its just kind "
    "know last lets let's like little look looks lot lol made make makes many maybe me mean might mine more most "
    "much must my need needs new next no nah not now of off oh ok okay on once one only or other our out over "
    "please put quite really right same say see seems seen set she should since so some something sorry still "
    "such sure take than thank thanks that that's the their them then there there's these they thing things think "
    "this those though through time to too two um until up upon otherwise us very want wants was wasn't way we "
    "we'll we're we've well were what what's when where which while who why will would wow yeah yes yep yet "
    "you you'd you'll you're you've your yup don't doesn't didn't isn't can't won't work works working try thing"
)
_STOP = frozenset(_STOP_WORDS.split())
_SAME = {
    "respond": "reply",
    "answer": "reply",
    "replies": "reply",
    "responding": "reply",
    "shas": "sha",
    "pull-request": "pr",
    "prs": "pr",
    "docs": "doc",
    "using": "use",
    "invoke": "use",
    "with": "use",
    "via": "use",
}
# A firm word says how work is to be done, not only what is to be done next.
_FIRM = re.compile(
    r"(?i:\b(?:don'?t|do not|never|no need|avoid|stop|without|always|every ?time|remember|prefer|instead|rather"
    r"|make sure|ensure|first|before|must|keep"
    r"|only|directly|separate|separately|don'?t need|hard|simplest|simple|draft|as well|referenc\w+|sha"
    r"|from now on|same|original|own|use|using|invoke|wait)\b|\bwith \w+$)|\b[A-Z][a-z]+: ?[A-Z]\w+"
)
_VAGUE = re.compile(r"\b(?:this|that|it|them|those|these|one|yeah|hmm+|lol)\b", re.IGNORECASE)
_DUTY = re.compile(
    r"\b(?:should(?:n'?t)?|must) (?:not |always |never |also |only |just )?\w+|\b(?:we|you) (?:don'?t"
    r"|do not) need\b|\bno longer\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[,;:]\s+(?:and |then |but |so )?|\s(?:please|and|then)\s|\s[-–—]\s")
_NAMED = re.compile(r"\b[A-Z][a-z]+: ?[A-Z]\w+")
_LEAD = re.compile(
    r"\A(?:(?:yes|yeah|yep|no|nah|ok|okay|hmm+|ah|oh|uh+|so|and|also|but|then|now|well|actually|maybe|cool|great"
    r"|alright|sorry|wait|please|just|perhaps|sure|lol"
    r"|at this point|from now on|next time|in that case|for now|again|still|can (?:you|we)|could (?:you|we)"
    r"|would you|will you|let'?s|let us|you (?:should|must|need to|can)"
    r"|we (?:should|must|need to|always|never)|i(?:'d| would)? (?:like|prefer|want|rather)(?: you| us)?(?: to)?"
    r"|i think|i guess|remember(?: to)?|make sure(?: to| you| that)?|be sure to"
    r"|feel free to|go ahead and|do we|should we|try to)\b[\s,:.!…-]*)+",
    re.IGNORECASE,
)
_VERB = re.compile(
    r"\A(?:do not|don'?t|never|always|no |not |add|apply|approve|ask|avoid|base|be |break|bring|build|bump|call"
    r"|cancel|capture|change|check|choose|clean|close|combine|commit|compare"
    r"|confirm|consolidate|copy|create|cut|debug|delete|deploy|describe|discuss|document|download|draft|drop|edit"
    r"|ensure|exchange|explain|extract|fetch|file|find|fix|fmt|follow"
    r"|format|generate|give|group|handle|ignore|implement|include|install|invoke|keep|leave|limit|link|lint|list"
    r"|log|look|make|mark|match|merge|mention|move|name|note|notify|open"
    r"|paginate|post|prefer|prepend|process|publish|pull|push|put|quote|rather|read|rebase|record|reference|refund"
    r"|release|remember|remove|rename|replace|reply|report|reset|resolve|respond"
    r"|return|reuse|revert|review|rewrite|roll|round|run|save|schedule|send|separate|set|share|show|simplify|skip"
    r"|sort|spell|split|start|stay|step|stick|stop|store|strip|summari[sz]e"
    r"|switch|sync|tag|take|talk|tell|test|tone|track|translate|treat|try|turn|update|upload|use|validate|verify"
    r"|wait|wire|word|write)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence of a person: where it stands in the list of sightings, and in which session."""

    place: int
    session: str
    text: str


@dataclass(frozen=True, slots=True)
class Wish:
    """Sentences of several sessions that wish the same; the first says it best."""

    said: tuple[Said, ...]
    words: tuple[str, ...]

    @property
    def sessions(self) -> int:
        """How many sessions said so."""
        return len({s.session for s in self.said})


@dataclass(frozen=True, slots=True)
class _Table:
    """The content words of each sentence, and the pairs of its words that stand side by side, by its place."""

    words: dict[int, frozenset[str]]
    pairs: dict[int, frozenset[tuple[str, str]]]


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """Give a word without the endings that inflection adds; good enough to compare."""
    plain = word.lower().replace("’", "'").removesuffix("'s")
    plain = _SAME.get(plain, plain)
    for ending in ("ations", "ation", "ions", "ion", "ings", "ing", "ed", "ly", "es", "e", "s"):
        if plain.endswith(ending) and len(plain) - len(ending) >= 3 and not plain.endswith("ss"):
            return plain[: -len(ending)]
    return plain


def content(sentence: str) -> frozenset[str]:
    """Give the stems of a sentence's content words."""
    return frozenset(
        stem(w) for w in _WORD.findall(sentence) if len(w) > 1 and w.lower().replace("’", "'") not in _STOP
    )


def is_directive(sentence: str) -> bool:
    """Say whether a sentence tells somebody what to do: imperative, also as a polite question, or a field to set
    (``Project: Apollo``).
    """
    if _NAMED.search(sentence):
        return True
    if _DUTY.search(sentence) and not sentence.rstrip().endswith("?"):
        return True
    return any(_VERB.match(bare(clause)) for clause in _CLAUSE.split(sentence))


def begins_with_verb(sentence: str) -> bool:
    """Say whether a sentence begins with an imperative."""
    return bool(_VERB.match(sentence))


def is_firm(sentence: str) -> bool:
    """Say whether a sentence says how work is to be done (first, only, instead, never …), not only what is to be done
    next.
    """
    return bool(_FIRM.search(sentence))


def bare(sentence: str) -> str:
    """Give a wish without what leads up to it: "yes, can you also reply directly?" gives "reply directly"."""
    rest = _LEAD.sub("", sentence, count=1)
    return rest.strip(" ,.!?")


def group(sentences: Iterable[Said], minimum: int = MIN_SESSIONS) -> list[Wish]:
    """Give the wishes that people of at least ``minimum`` sessions told, the most telling first.

    At least half of the sentences must say how work is to be done, not only what is to be done next.
    """
    every = [s for s in sentences if 2 <= len(s.text.split()) <= 40]
    table = _Table(
        words={s.place: content(s.text) for s in every},
        pairs={s.place: frozenset(pairwise([stem(w) for w in _WORD.findall(s.text)])) for s in every},
    )
    words = table.words
    spread: dict[str, set[str]] = defaultdict(set)
    for said in every:
        for word in words[said.place]:
            spread[word].add(said.session)
    total = len({s.session for s in every}) or 1
    weight = {w: math.log(1 + total / len(found)) for w, found in spread.items() if len(found) >= minimum}
    pairs: dict[tuple[str, str], list[Said]] = defaultdict(list)
    for said in every:
        known = sorted((w for w in words[said.place] if w in weight), key=lambda w: (-weight[w], w))[:8]
        for pair in combinations(sorted(known), 2):
            pairs[pair].append(said)
    ranked = sorted(
        (pair for pair, found in pairs.items() if len({s.session for s in found}) >= minimum),
        key=lambda p: (-_strength(p, pairs[p], weight, table), p),
    )
    taken: set[int] = set()
    result: list[Wish] = []
    for pair in ranked:
        members = [s for s in pairs[pair] if s.place not in taken]
        wish = _wish(members, pair, table, minimum)
        if wish is not None:
            taken.update(s.place for s in wish.said)
            _put(result, wish, words)
    return result


def _strength(pair: tuple[str, str], members: list[Said], weight: dict[str, float], table: _Table) -> float:
    """Give how much a pair of words says: in many sessions, rare elsewhere, doubly so where the two stand together."""
    together = len({s.session for s in members if pair in table.pairs[s.place] or pair[::-1] in table.pairs[s.place]})
    return (len({s.session for s in members}) + together) * (weight[pair[0]] + weight[pair[1]])


def _put(wishes: list[Wish], wish: Wish, words: dict[int, frozenset[str]]) -> None:
    """Add a wish to the list, or to the wish in it that says the same with more words."""
    best = words[wish.said[0].place]
    for number, other in enumerate(wishes):
        if best <= words[other.said[0].place]:
            wishes[number] = Wish(other.said + wish.said, other.words)
            return
    wishes.append(wish)


def _wish(members: list[Said], pair: tuple[str, str], table: _Table, minimum: int) -> Wish | None:
    """Make a wish of the sentences that share a pair of words, None where they only share a subject."""
    if len({s.session for s in members}) < minimum or _is_machine(members):
        return None
    words, told = table.words, [s for s in members if is_directive(s.text)]
    if len({s.session for s in told}) < minimum:
        return None
    # Two words in common are little where sentences are long: they must stand together, or be much of what is said.
    common = Counter(w for _, w in {(s.session, w) for s in members for w in words[s.place]})
    shared = {w for w, n in common.items() if 2 * n > len({s.session for s in members})}
    together = _neighbours(told, pair, table)
    near = [s for s in told if s.place in together or 2 * len(words[s.place] & shared) >= len(words[s.place])]
    sessions = len({s.session for s in near})
    if sessions < minimum or len({s.session for s in near if is_firm(s.text)}) < max(minimum, sessions / 2):
        return None
    if sessions_likeness(near) < LIKENESS:
        return None
    often = Counter(_plain(s.text) for s in near)
    best = sorted(
        near,
        key=lambda s: (
            not is_firm(s.text),
            bool(_VAGUE.search(s.text)),
            -often[_plain(s.text)],
            -_centre(s, near),
            len(s.text),
            s.place,
        ),
    )
    return Wish(tuple(best), pair)


def _neighbours(members: list[Said], pair: tuple[str, str], table: _Table) -> set[int]:
    """Give the places of the sentences in which the two words stand side by side, in their more usual order."""
    straight = {s.place for s in members if pair in table.pairs[s.place]}
    turned = {s.place for s in members if pair[::-1] in table.pairs[s.place]}
    return straight if len(straight) >= len(turned) else turned


def sessions_likeness(members: list[Said]) -> float:
    """Give how alike the most alike sentences of two different sessions are, 0 to 100."""
    pairs = ((a, b) for i, a in enumerate(members[:40]) for b in members[i + 1 : 40] if a.session != b.session)
    return max((fuzz.token_set_ratio(a.text.lower(), b.text.lower()) for a, b in pairs), default=0.0)


def _plain(text: str) -> str:
    return " ".join(_WORD.findall(text.lower()))


def _centre(said: Said, members: list[Said]) -> int:
    """Give how much a sentence is like the others, in steps of twenty, so that the shorter one wins among equals."""
    return int(
        sum(fuzz.token_set_ratio(said.text, other.text) for other in members[:30]) / (20 * min(len(members), 30))
    )


def _is_machine(members: list[Said]) -> bool:
    """Say whether the sentences are one long text repeated to the letter: a client's message or a pasted prompt."""
    texts = {s.text for s in members}
    return len(texts) == 1 and len(next(iter(texts))) > 40
