"""Events to cases: where one piece of work ends in a session and the next begins."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from runlore.mining.activities import is_coding_tool, path_of
from runlore.mining.objects import branch_objects, objects_of
from runlore.mining.values import Activity, Span
from runlore.mining.vocabulary import tokens_of, words_of
from runlore.mining.words import PromptKind, classify_prompt, content_words, stem
from runlore.model import Event

_WORDS_DIFFER: Final = 0.34  # share of a request's words that the case has used, from which on it is about the same
_ANSWERS: Final = 0.5  # share of a request's words that the agent has just used, from which on it answers the agent
_FILES_DIFFER: Final = 0.15  # share of the files touched that the case had touched
_LONG_PAUSE: Final = 3 * 3600.0  # seconds
_WORK: Final = frozenset({"edit", "effect", "check"})
_NAMED: Final = ("pr:", "issue:", "branch:")
_TRUNKS: Final = frozenset({"main", "master", "develop", "trunk", "HEAD", ""})
_CALLED: Final = re.compile(r"(?:^|\s)/([a-z][\w-]*(?::[\w-]+)*)(?=\s|$|[.,!?])")
_FEW_WORDS: Final = 3  # a request of fewer words of content leans on what was said before
_QUESTION_DIFFERS: Final = 0.15  # the same for a question: most questions stay on what is going on
_QUESTION: Final = re.compile(
    r"[^.!\n]*\?|(?:what|why|how|where|which|who|when|is|are|was|were|does|do|did|can we|could we|should we)\b",
    re.IGNORECASE,
)
_UPKEEP: Final = re.compile(
    r"\b(?:update|rebase|merge|sync|pull)\b.{0,30}\b(?:from|with|onto|into|main|master|parent|branch|upstream)\b",
    re.IGNORECASE,
)
_MANY_CALLS: Final = 6  # so many calls are work, even where all of them read
_TAIL_SHARE: Final = 0.15
# Words of every session about code: that two requests share them says nothing.
_EVERYWHERE: Final = words_of(
    "push commit pr branch update merge test fix check code change file add run look review main issue linear comment work use"
)
_SAY: Final = 6000  # so many characters of what was said are looked at

Described = Mapping[int, tuple[Activity, ...]]


@dataclass(slots=True)
class _Segment:
    """What lies between one of the person's openings and the next."""

    first: int
    last: int
    kind: PromptKind | None  # None: no opening, the session began without words
    procedure: str = ""
    weight: int = 0  # how many words of content
    words: frozenset[str] = frozenset()
    named: frozenset[str] = frozenset()
    objects: frozenset[str] = frozenset()
    files: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    calls: int = 0
    landed: bool = False  # the last change of anything in it was an effect
    question: bool = False
    upkeep: bool = False  # asks to bring the branch up to date
    before: str = ""  # the agent's last words before it
    started: float = 0.0
    ended: float = 0.0


@dataclass(slots=True)
class _Case:
    segments: list[_Segment] = field(default_factory=list)
    words: set[str] = field(default_factory=set)
    objects: set[str] = field(default_factory=set)
    files: set[str] = field(default_factory=set)
    landed: bool = False

    def add(self, segment: _Segment) -> None:
        self.segments.append(segment)
        self.words |= segment.words
        self.objects |= segment.objects | segment.named
        self.files |= segment.files
        if segment.roles & {"edit", "effect"}:
            self.landed = segment.landed


def split(events: Sequence[Event], described: Described) -> tuple[Span, ...]:
    """Give the cases of a transcript in order; spans never overlap, and what belongs to none is left out.

    ``described`` holds the activities by the events' indices. A conversation without a shell and without files is one case.
    """
    if not events:
        return ()
    if not _is_coding(events, described):
        requests = tuple(i for i, e in enumerate(events) if e.kind == "prompt" and e.text.strip())
        objects = {o for i in range(len(events)) for a in described.get(i, ()) for o in a.objects}
        return (Span(0, len(events) - 1, requests, tuple(sorted(objects))),)
    cases: list[_Case] = []
    for segment in _segments(events, described):
        if segment.kind is None and not segment.calls:
            continue  # what a client writes before anybody has said anything
        if not cases or _opens(segment, cases[-1]):
            cases.append(_Case())
        cases[-1].add(segment)
    for case, after in itertools.pairwise([*cases, _Case()]):
        _hand_on(_take_tail(case), after)
    spans = (_span(case, events) for case in cases)
    return tuple(span for span in spans if span is not None)


def _is_coding(events: Sequence[Event], described: Described) -> bool:
    for index, event in enumerate(events):
        if event.kind == "procedure" or event.cwd or event.branch:
            return True
        if event.kind == "call" and (
            is_coding_tool(event.tool) or any(a.command or a.role == "edit" for a in described.get(index, ()))
        ):
            return True
    return False


def _segments(events: Sequence[Event], described: Described) -> Iterator[_Segment]:
    openings = [i for i, event in enumerate(events) if _is_opening(event)]
    # A procedure whose text the client adds to a prompt belongs to that prompt.
    loaded = {
        i - 1: events[i].tool
        for i in openings
        if events[i].kind == "procedure" and i > 0 and _is_own_prompt(events[i - 1])
    }
    openings = [i for i in openings if i - 1 not in loaded]
    if not openings or openings[0] > 0:
        yield _segment(0, (openings[0] if openings else len(events)) - 1, events, described, None)
    for place, first in enumerate(openings):
        last = (openings[place + 1] if place + 1 < len(openings) else len(events)) - 1
        event = events[first]
        kind: PromptKind = "request" if event.kind == "procedure" else classify_prompt(event.text)
        segment = _segment(first, last, events, described, kind)
        if first in loaded:
            segment.procedure = loaded[first]
        yield segment


def _is_opening(event: Event) -> bool:
    """Say whether a person opens something here: a prompt, or a written procedure they called themselves."""
    if event.parent or event.actor == "subagent":
        return False
    return event.kind == "prompt" or (event.kind == "procedure" and event.actor == "person")


def _is_own_prompt(event: Event) -> bool:
    return event.kind == "prompt" and _is_opening(event)


def _segment(first: int, last: int, events: Sequence[Event], described: Described, kind: PromptKind | None) -> _Segment:
    objects: set[str] = set()
    files: set[str] = set()
    roles: set[str] = set()
    calls, landed = 0, False
    for index in range(first, last + 1):
        event = events[index]
        if event.kind != "call":
            continue
        calls += 1
        path = path_of(event.arguments)
        if path:
            files.add(path.rsplit("/", 1)[-1])
        for activity in described.get(index, ()):
            objects.update(activity.objects)
            roles.add(activity.role)
            if activity.role in ("edit", "effect") and activity.name != "git add":
                landed = activity.role == "effect"
    opening = events[first]
    if opening.kind == "prompt" and (called := _CALLED.search(opening.text[:2000])):
        # "okay, now /review-it": the agent loads the procedure, at the person's word.
        name = called.group(1)
        names = {
            a.name
            for i in range(first, min(last, first + 8) + 1)
            for a in described.get(i, ())
            if a.role == "procedure"
        }
        procedure = name if any(n.endswith((name, name.rpartition(":")[2])) for n in names) else ""
    else:
        procedure = opening.tool if opening.kind == "procedure" else ""
    text = _opening_text(opening) if kind is not None else ""
    words = content_words(text[:_SAY])
    return _Segment(
        first,
        last,
        kind,
        procedure,
        len(words),
        frozenset(words) - _EVERYWHERE,
        frozenset(o for o in objects_of(text) if o.startswith(_NAMED)),
        frozenset(objects),
        frozenset(files),
        frozenset(roles),
        calls,
        landed,
        _QUESTION.match(text.strip()) is not None,
        _UPKEEP.search(text[:200]) is not None,
        _words_before(first, events),
        opening.time,
        max(events[last].end, events[last].time),
    )


def _opening_text(event: Event) -> str:
    """The person's own words: for a procedure what they gave it, not its text."""
    if event.kind != "procedure":
        return event.text
    given = event.arguments.get("args", "") if isinstance(event.arguments, Mapping) else ""
    return str(given or "")


def _words_before(first: int, events: Sequence[Event]) -> str:
    for index in range(first - 1, max(-1, first - 12), -1):
        event = events[index]
        if event.kind == "say" and not event.parent and event.text:
            return event.text[-_SAY:]
        if event.kind in ("prompt", "procedure"):
            break
    return ""


def _opens(segment: _Segment, case: _Case) -> bool:
    """Say whether a segment begins a new case: its words and what it touches differ from the case before."""
    if segment.kind is None:
        return False
    if segment.procedure:
        return not _is_retry(segment, case)
    if segment.kind == "plan":
        return any(s.calls for s in case.segments) or all(s.kind not in ("plan", "noise") for s in case.segments)
    if segment.kind != "request" or not any(s.calls or s.words for s in case.segments):
        return False
    share = len(segment.words & case.words) / len(segment.words) if segment.words else 0.0
    if _names_another(segment.named, case.objects):
        return share < 0.5 and bool(segment.calls)
    if segment.named & case.objects or segment.weight < _FEW_WORDS or (len(segment.words) < 2 and not segment.upkeep):
        return False
    if share >= _WORDS_DIFFER or len(segment.words & _said(segment.before)) / len(segment.words) >= _ANSWERS:
        return False
    if segment.question and (share >= _QUESTION_DIFFERS or not segment.roles & _WORK):
        return False
    known = len(segment.files & case.files) / len(segment.files) if segment.files else None
    if known is not None and case.files and known < _FILES_DIFFER:
        return True
    if segment.started and segment.started - case.segments[-1].ended > _LONG_PAUSE and not known:
        return True
    asked = segment.before.rstrip(" \n*_`)").endswith("?")
    works = bool(segment.roles & _WORK) or segment.calls >= _MANY_CALLS
    return case.landed and not asked and works and share < 0.2 and (known is None or known < 0.5)


def _said(text: str) -> frozenset[str]:
    """The words of what the agent said last, those inside names and code as well: people answer with them."""
    return frozenset(stem(word) for word in tokens_of(text))


def _is_retry(segment: _Segment, case: _Case) -> bool:
    """The same procedure called again before it did anything: an interrupt, a typing error."""
    opening = case.segments[0]
    done = any(s.roles & {"edit", "effect"} for s in case.segments)
    return (opening.procedure == segment.procedure and not done) or not any(s.calls for s in case.segments)


def _names_another(named: frozenset[str], known: set[str]) -> bool:
    """Say whether the words name only pull requests, issues or branches that the case does not know, of a kind that it does."""
    if not named or named & known:
        return False
    kinds = {o.partition(":")[0] for o in named}
    return any(o.partition(":")[0] in kinds for o in known)


def _take_tail(case: _Case) -> list[_Segment]:
    """Take from a case what follows its last effect and is no work: questions, farewells. Corrections stay."""
    tail: list[_Segment] = []
    segments = case.segments
    while len(segments) > 1 and _is_idle(segments[-1]) and any("effect" in s.roles for s in segments[:-1]):
        tail.insert(0, segments.pop())
    while len(segments) > 1 and segments[-1].kind == "noise" and not segments[-1].calls:
        tail.insert(0, segments.pop())
    return tail


def _hand_on(tail: list[_Segment], after: _Case) -> None:
    """Give the talk that led up to the next case to that case, where it shares its words."""
    if not after.segments or after.segments[0].procedure or after.segments[0].kind == "plan":
        return
    while tail and tail[0].kind != "request":
        tail.pop(0)
    words = {word for segment in tail for word in segment.words}
    if words and len(words & after.words) >= _TAIL_SHARE * min(len(words), len(after.words)):
        after.segments[:0] = tail


def _span(case: _Case, events: Sequence[Event]) -> Span | None:
    segments = case.segments
    if all(s.kind == "noise" and not s.calls for s in segments):
        return None
    first, last = segments[0].first, segments[-1].last
    requests = tuple(s.first for s in segments if s.kind not in (None, "noise"))
    objects = {o for s in segments for o in (*s.objects, *s.named)}
    for branch in {events[i].branch for i in range(first, last + 1)} - _TRUNKS:
        objects.update(branch_objects(branch))
    return Span(first, last, requests, tuple(sorted(objects)))


def _is_idle(segment: _Segment) -> bool:
    return segment.kind in ("request", "followup", "noise") and not segment.procedure and not segment.roles & _WORK
