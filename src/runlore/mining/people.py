"""What people said about the work: corrections, rejections, praise, and the requests that start it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from runlore.mining.digest import Case, Said
from runlore.mining.goals import is_coding
from runlore.mining.steps import Member, step_name
from runlore.mining.words import content_words
from runlore.model import Quote, Source, WorkflowStep

MOST_QUOTES = 6
LONGEST_QUOTE = 400
LATEST = 4_102_444_800.0
"""Seconds since the epoch at the end of the year 2099."""
MOST_COMPARED = 200
"""Requests that are compared with one another to find the typical ones."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A workflow's quotes, the latest first, triggers the most telling first."""

    corrections: tuple[Quote, ...]
    rejections: tuple[Quote, ...]
    quality: tuple[Quote, ...]
    triggers: tuple[Quote, ...]


def hear(
    members: Sequence[Member], steps: Sequence[WorkflowStep], title: str, asks: Callable[[Case], bool] = lambda _: True
) -> Heard:
    """Gather the quotes of a workflow's cases."""
    titles = {s.activity: s.title for s in steps}
    rows = [(m, s) for m in members for s in m.case.said]
    return Heard(
        _quotes(rows, {"correction"}, titles),
        _quotes(rows, {"refusal", "rejection"}, titles),
        _quotes(rows, {"praise"}, titles),
        _triggers([m for m in members if asks(m.case)], title),
    )


def _quotes(rows: Sequence[tuple[Member, Said]], kinds: set[str], titles: dict[str, str]) -> tuple[Quote, ...]:
    chosen: dict[str, tuple[float, Quote]] = {}
    for member, said in rows:
        if _counts(member, said, kinds):
            words = " ".join(said.text.split())[:LONGEST_QUOTE]
            quote = Quote(
                words,
                Source(member.transcript, said.line, said.index),
                _day(said.time),
                _about(member.case, said, titles),
            )
            chosen.setdefault(words.lower(), (said.time, quote))
    latest = sorted(chosen.values(), key=lambda item: (not item[1].about, -item[0], item[1].words))
    return tuple(quote for _, quote in latest[:MOST_QUOTES])


_GUIDES = re.compile(
    r"(?i)\b(?:don'?t|do not|never|always|instead|rather|should|shouldn'?t|must|first|only|no|not|without|before|after|use|using|keep|make|"
    r"remove|drop|add|avoid|stop|wait|leave|let'?s|please|prefer|need|needs|too|sounds?|looks?|reply|rename|move|separate)\b"
)

_PARTICULAR = re.compile(r"https?://|\b[0-9a-f]{12,40}\b|^(?i:i've|i have|i tried|i'm|i am|oh|ok|okay|hmm)\b")


def is_guidance(text: str) -> bool:
    """Say whether words of refusal guide the next one: short enough to be a rule, and more than a question about this time."""
    words = text.split()
    if not 2 <= len(words) <= 45 or not _GUIDES.search(text) or _PARTICULAR.search(text):
        return False
    return not (
        text.rstrip().endswith("?")
        and len(words) < 14
        and not re.search(r"(?i)\b(?:should|instead|can (?:you|we)|could)\b", text)
    )


_JUDGES = re.compile(
    r"(?i)\b(?:sounds?|reads?|looks?) (?:like|too|as)\b|\btoo (?:formal|long|short|many|much|loud|casual|salesy|vague)\b|\bnever\b|\balways\b|\bnot so\b|"
    r"\b(?:don'?t|do not) (?:set|send|publish|post|use|do|write|promise|offer|start|call|create)\b|\bshould(?:n'?t| not| never| always)?\b|\bbefore (?:it|you|we|the)\b"
)
_ASSENT = re.compile(
    r"(?i)\W*(?:yes|yeah|yep|ok(?:ay)?|sure|proceed|confirm\w*|go ahead|order id|perfect|great|thanks?)\b"
)
_OWN_WISH = re.compile(
    r"(?i)\bi(?:'d| would|'ve| have)? (?:like|want|prefer|changed|need|love)|\bmy\b|that'?s (?:all|it)|\bthank|\bbye\b|###"
)


_PROCESS = re.compile(
    r"(?i)(?<![-\w])(?:commit(?:s|ting)?|push|branch|prs?|pull request|lint|fmt|rebase|merge|review(?:er)?|comments?|issue|ticket|plan|discuss|talk|scope|check (?:this|it|that) in|"
    r"separate (?:prs?|pull request|branch|commits?|issue|ticket|session|change)|simplest|docs?|always|never|(?:write|run|fix|add|leave|skip) (?:\w+ )?(?:\S+ )?tests?|tests? (?:first|before)|, not \w+|use \w+ (?:not|instead))(?![-\w])|, not \w|\binstead of\b"
)
_ONE_TIME = re.compile(
    r"(?i)\?|(?-i:[a-z][A-Z])|[A-Za-z]_[A-Za-z]|\w/\w|`|\.\w{2,4}\b|\b(?:maybe|never mind|nah|lol|today|yesterday|the other|the one|just (?:got|did|merged|created|pushed))\b|not correct"
)
LONGEST_RULE = 25
"""Words beyond which what was said of a change to code tells about that change."""


def is_rule_of_work(text: str) -> bool:
    """Say whether words about a change to code hold for the next change too: they speak of how work is done, and of nothing that is this one's."""
    return len(text.split()) <= LONGEST_RULE and bool(_PROCESS.search(text)) and not _ONE_TIME.search(text)


def is_judgement(text: str) -> bool:
    """Say whether words in a conversation judge how the work is done, rather than say what the speaker wants for themselves."""
    return bool(_JUDGES.search(text)) and not _OWN_WISH.search(text)


def _counts(member: Member, said: Said, kinds: set[str]) -> bool:
    """Say whether words are of the kinds wanted: a refusal always guides; in a conversation a judgement corrects, however it is put."""
    if said.kind == "refusal" or is_coding(member.case):
        return (
            said.kind in kinds
            and is_guidance(said.text)
            and (not is_coding(member.case) or is_about_deed(member.case, said) or is_rule_of_work(said.text))
        )
    if not is_judgement(said.text) or not said.after or said.kind in ("confirmation", "refusal"):
        return False
    if _ASSENT.match(said.text):
        return False
    return "rejection" in kinds if said.kind == "rejection" else "correction" in kinds


def is_about_deed(case: Case, said: Said) -> bool:
    """Say whether words refuse a call that does more than edit: then they are about that step, whatever they speak of."""
    return said.kind == "refusal" and said.after > 0 and case.calls[said.after - 1].role == "effect"


def _about(case: Case, said: Said, titles: dict[str, str]) -> str:
    """The step that the words are about: the call that they refuse, else the last one before them if it is a step."""
    if not said.after:
        return ""
    call = case.calls[said.after - 1]
    return titles.get(call.name) or titles.get(step_name(call) or "", "")


def _day(time: float) -> str:
    """The day of a time; a clock that was not set, or counted in something else than seconds, gives none."""
    return datetime.fromtimestamp(time, UTC).date().isoformat() if 0 < time < LATEST else ""


def _triggers(members: Sequence[Member], title: str) -> tuple[Quote, ...]:
    """Three requests that say what the title says and share most words with the others, short ones first, no two alike."""
    wanted = set(content_words(title))
    first = [(m, s) for m in members if (s := _telling(m.case, wanted))]
    if len(first) > MOST_COMPARED:  # a fixed sample, spread evenly
        first = first[:: -(-len(first) // MOST_COMPARED)]
    bags = [frozenset(content_words(s.text)) for _, s in first]
    scored = []
    for number, (_, said) in enumerate(first):
        others = [len(bags[number] & b) / (len(bags[number] | b) or 1) for n, b in enumerate(bags) if n != number]
        length = len(said.text)
        score = sum(others) / (len(others) or 1) + len(bags[number] & wanted) / (len(wanted) or 1)
        scored.append((score - 0.0005 * max(0, length - 120) - (1 if length < 12 else 0), number))
    chosen: list[int] = []
    for _, number in sorted(scored, key=lambda s: (-s[0], s[1])):
        if all(len(bags[number] & bags[c]) * 10 < 7 * max(len(bags[number] | bags[c]), 1) for c in chosen):
            chosen.append(number)
        if len(chosen) == 3:
            break
    return tuple(
        Quote(" ".join(s.text.split())[:200], Source(m.transcript, s.line, s.index), _day(s.time))
        for m, s in (first[n] for n in chosen)
    )


def _telling(case: Case, wanted: set[str]) -> Said | None:
    """The words that ask for the work: in a repository the opening ones, in a conversation those before the first effect that say most of it."""
    asked = [s for s in case.said if s.kind in ("request", "plan", "followup") and len(s.text.split()) >= 2]
    if not asked:
        return None
    if is_coding(case) or asked[0].kind == "plan":
        return asked[0] if not asked[0].after else None
    done = next((n for n, c in enumerate(case.calls) if c.role == "effect" and c.outcome == "ok"), len(case.calls))
    early = [s for s in asked if s.after <= done] or asked[:1]
    return max(early, key=lambda s: (len(wanted & set(content_words(s.text))), -s.after))
