"""The map half of mining: what one transcript says, small enough to keep for thousands of them.

A digest holds no whole result and no whole conversation: calls with their bindings, the person's words (bounded), errors'
first lines. Everything that the reduce half needs is here, and digests are cached by content and VERSION.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import Any

import msgspec

from runlore.mining.activities import command_line, describe
from runlore.mining.cases import split
from runlore.mining.dataflow import Binding, Results, Words, bind
from runlore.mining.facts import Observation, observe
from runlore.mining.goal_table import asks_for_something, spoken_goals
from runlore.mining.guards.consent import asks_consent, gives_consent
from runlore.mining.guards.shown import Leaf, show
from runlore.mining.leaves import render_path, result_leaves, scalar_text
from runlore.mining.values import Activity, Span
from runlore.mining.words import classify_prompt, content_words
from runlore.model import Event, Transcript

VERSION = 12

MOST_WORDS = 1500
"""Characters kept of one thing that a person said."""
MOST_SCALARS = 14
MOST_GIVEN = 40
"""Characters of a value that is a name or a choice rather than a text."""
MOST_LINES = 40
"""Lines of a request that are indexed for routing."""
_MOST_ERROR = 400
_PIPED = re.compile(r"\|\s*(?:head|tail|grep|tee|sed|awk|less|cat|sort)\b|;\s*echo\b|\|\| ")
_RED = re.compile(
    r"(?m)^(?:FAIL\b|--- FAIL|FAILED\b|E {3}|error(?:\[|:)|Error:)|ERROR task failed|command not found|no matches found|"
    r"\b[1-9]\d* (?:failed|failing|issues?:|errors?\b)"
)
_REFUSED = re.compile(r"(?m)^gh: [^\n]{1,200} \(HTTP [45]\d\d\)$")
_POLITE = re.compile(
    r"(?i)error|expired|invalid|denied|forbidden|unauthori[sz]ed|not_?found|failed|missing|exceeded|conflict"
)
LINK = "link"
"""Stands for a path in ``Call.scalars``: the link that a command's output ends with."""
_NAME_PARTS = re.compile(r"[_.:/-]+")
_PICKED = re.compile(r'"[^"\n]*"\s*=\s*"([^"\n]*)"')
_YES = re.compile(
    r"(?i)^\W*(?:yes|yep|ok(?:ay)?|approved?|go ahead|publish|confirm|looks good|ship it|send it|do it|proceed)\b|user has approved"
)
_URL = re.compile(r"https?://[^\s\"'<>]{4,}")


class Said(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Something that a person said: its kind (mining/words.py; ``refusal`` for a rejected call), where, and after how many calls of the case;
    ``goals`` is what it says for each goal, ``asks`` whether it asks plainly for a kind of work (mining/goal_table.py),
    ``consents`` whether it says yes to what the agent had put to the person."""

    kind: str
    text: str
    line: int
    index: int
    time: float
    after: int
    goals: tuple[tuple[int, float], ...] = ()
    asks: bool = False
    consents: bool = False


class Call(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One activity of one call. ``scalars`` are (path, value) of the result's plain fields, ``edges`` numbers of earlier calls whose
    results first held a value that this call used; ``key`` tells the same call in two files; ``tokens`` are those spent since the call before,
    ``leaves`` what the result of a tool with structured results holds, by generalised path."""

    key: int
    name: str
    role: str
    phrase: str
    tool: str
    common: bool
    command: str
    line: int
    index: int
    result_line: int
    result_index: int
    time: float
    end: float
    outcome: str
    error: str
    words: str
    bindings: tuple[Binding, ...]
    scalars: tuple[tuple[str, str], ...]
    edges: tuple[int, ...]
    objects: tuple[str, ...]
    actor: str = "agent"
    tokens: int = 0
    leaves: tuple[Leaf, ...] = ()


class Case(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The events of one attempt at one piece of work, digested. ``reward`` is the outcome on record, if any;
    ``interrupts`` are the numbers of calls after which a
    person stopped the agent; ``asked`` are the content words of what was asked for before anything was changed, line by line."""

    calls: tuple[Call, ...]
    said: tuple[Said, ...]
    asked: tuple[tuple[str, ...], ...]
    objects: tuple[str, ...]
    started: float
    seconds: float
    tokens: int
    reward: float | None
    interrupts: tuple[int, ...]

    @property
    def interrupted(self) -> bool:
        """Whether the case ended in an interrupt: nothing went well after it."""
        return any(not any(c.outcome == "ok" for c in self.calls[at:]) for at in self.interrupts)

    @property
    def words(self) -> tuple[str, ...]:
        """The content words of what was asked for."""
        return tuple(word for line in self.asked for word in line)


class Digest(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One transcript, digested. ``transcript`` (the content hash) is filled in by whoever stores it."""

    session: str
    format: str
    project: str
    started: float
    events: int
    cases: tuple[Case, ...]
    observations: tuple[Observation, ...]
    parent: str = ""
    transcript: str = ""
    agent: str = ""


def digest(transcript: Transcript) -> Digest:
    """Digest one transcript."""
    events = transcript.events
    described = {number: describe(event) for number, event in enumerate(events) if _acts(event)}
    spans = split(events, described)
    prefix = transcript.session + "/" if transcript.format == "chat" else ""
    cases = tuple(_case(events, described, span, transcript.reward, prefix) for span in spans)
    return Digest(
        transcript.session,
        transcript.format,
        transcript.project,
        transcript.started,
        len(events),
        tuple(case for case in cases if case.calls or case.said),
        observe(transcript),
        transcript.parent,
        agent=transcript.agent,
    )


def _acts(event: Event) -> bool:
    """Say whether the event is something done: a call, or a slash command (a skill's text comes with its call, which counts)."""
    return event.kind == "call" or (event.kind == "procedure" and event.tool.startswith("/"))


def encode_digest(transcript: Transcript) -> bytes:
    """Digest one transcript, as bytes to keep. It stands here and not in an action, so that a process that reads imports no more than it needs."""
    return msgspec.msgpack.encode(digest(transcript))


class _Reading:
    """What has been gathered of a case so far."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.words = Words()
        self.results = Results()
        self.calls: list[Call] = []
        self.said: list[Said] = []
        self.interrupts: list[int] = []
        self.tokens = 0
        self.put = ""  # what the agent said last


def _case(
    events: Sequence[Event], described: dict[int, tuple[Activity, ...]], span: Span, reward: float | None, prefix: str
) -> Case:
    state = _Reading(prefix)
    requests = set(span.requests)
    tokens = 0
    asked: list[str] = []
    for number in range(span.first, span.last + 1):
        event = events[number]
        tokens += event.tokens
        state.tokens += event.tokens
        if event.kind in ("prompt", "steer"):
            _hear(state, event, number in requests)
            if number in requests and not _has_acted(state):
                asked.append(event.text)
        elif event.kind == "say" and not event.parent:
            state.put = event.text or state.put
        elif event.kind == "interrupt":
            state.interrupts.append(len(state.calls))
        elif number in described:
            _take_call(state, event, described[number])
    times = [time for e in events[span.first : span.last + 1] for time in (e.time, e.end) if time]
    started = min(times, default=0.0)
    return Case(
        tuple(state.calls),
        tuple(state.said),
        _asked(asked, _given(state.calls)),
        span.objects,
        started,
        max(times, default=0.0) - started,
        tokens,
        reward,
        tuple(state.interrupts),
    )


def _asked(texts: Sequence[str], given: frozenset[str] = frozenset()) -> tuple[tuple[str, ...], ...]:
    """The content words of requests, line by line, without the values that the calls were given: a name says who asks, not for what."""
    lines = [line for text in texts for line in text[:MOST_WORDS].split("\n") if line.strip()]
    rows = (tuple(w for w in content_words(line) if w not in given) for line in lines[:MOST_LINES])
    return tuple(row for row in rows if row)


def _given(calls: Sequence[Call]) -> frozenset[str]:
    """The words of short values that calls took from the request, those that name what the calls do aside."""
    values = {b.value for c in calls for b in c.bindings if b.words and b.kind == "text" and len(b.value) <= MOST_GIVEN}
    named = {w for c in calls if c.bindings for w in content_words(_NAME_PARTS.sub(" ", c.name))}
    return frozenset(w for value in values for w in content_words(value)) - named


def _has_acted(state: _Reading) -> bool:
    return any(call.role == "effect" and call.outcome == "ok" and call.actor == "agent" for call in state.calls)


def _hear(state: _Reading, event: Event, request: bool) -> None:
    kind = classify_prompt(event.text)
    if kind == "noise":
        return
    if request and not state.said:
        kind = "plan" if kind == "plan" else "request"
    state.words.add(event.text)
    consents = asks_consent(state.put) and gives_consent(event.text)
    state.said.append(_heard(kind, event.text, (event.line, event.index), event.time, len(state.calls), consents))


def _heard(kind: str, text: str, place: tuple[int, int], time: float, after: int, consents: bool = False) -> Said:
    text = text[:MOST_WORDS]
    consents = consents or kind == "confirmation"
    return Said(kind, text, *place, time, after, spoken_goals(text), asks_for_something(text), consents)


def _take_call(state: _Reading, event: Event, activities: tuple[Activity, ...]) -> None:
    if not activities:
        return
    bindings: tuple[Binding, ...] = ()
    main = activities[-1]
    structured = not main.command and main.role in ("read", "effect", "check", "dialog")
    if structured:
        bindings = bind(event.arguments, state.words, state.results)
    result = event.result
    edges = tuple(sorted({p.call for b in bindings for p in b.places if p.fresh and not b.words}))
    outcome = _outcome(event, main)
    error = _error(event, outcome)
    for activity in activities:
        own = activity is main
        state.calls.append(
            Call(
                _key(state.prefix + event.id + activity.name),
                activity.name,
                activity.role,
                activity.phrase,
                event.tool,
                activity.common,
                activity.command[:600],
                event.line,
                event.index,
                event.result_line,
                event.result_index,
                event.time,
                event.end,
                outcome,
                error if own else "",
                event.words[:MOST_WORDS],
                bindings if own else (),
                _shown(result, structured)
                if own and outcome == "ok" and activity.role in ("effect", "check", "read")
                else (),
                edges if own else (),
                activity.objects,
                event.actor,
                state.tokens,
                show(result) if own and structured and outcome == "ok" else (),
            )
        )
        state.tokens = 0
        if not own:
            continue
        _hear_words(state, event)
        if activity.role == "dialog" and event.outcome == "ok":
            _hear_answer(state, event)
    if structured and event.actor != "person" and event.outcome != "rejected":
        state.results.add(len(state.calls) - 1, main.name, result)


def _hear_words(state: _Reading, event: Event) -> None:
    """What a person said beside a call: why it was refused, or a word on the way."""
    if not event.words:
        return
    if event.outcome == "rejected":
        place = (event.result_line, event.result_index)
        state.said.append(_heard("refusal", event.words, place, event.end, len(state.calls)))
    state.words.add(event.words)


def _hear_answer(state: _Reading, event: Event) -> None:
    """A question put to the person and answered: a yes before an effect is an approval like a spoken one."""
    answer = event.words or _answer(event.result)
    picked = _PICKED.findall(answer)
    text = picked[-1] if picked else answer
    kind = "confirmation" if _YES.search(text) else classify_prompt(text) if event.words else "answer"
    if kind != "noise" and text:
        place = (event.result_line or event.line, event.result_index)
        state.said.append(_heard(kind, text, place, event.end, len(state.calls)))


def _answer(result: Any) -> str:
    """The person's answer in the result of a question tool: text, or the last of the answers by question."""
    if isinstance(result, dict):
        answers = result.get("answers", result)
        values = list(answers.values()) if isinstance(answers, dict) else answers if isinstance(answers, list) else []
        return next((v for v in reversed(values) if isinstance(v, str)), "")
    return result if isinstance(result, str) else ""


def _key(text: str) -> int:
    return int.from_bytes(blake2b(text.encode("utf-8", "replace"), digest_size=7).digest(), "big")


def _outcome(event: Event, main: Activity) -> str:
    """The outcome of a call; an error may arrive politely, inside a result that the host took for a good one."""
    result = event.result
    if event.outcome == "ok" and isinstance(result, str) and main.command:
        line = command_line(event.arguments)
        if main.role == "check" and _PIPED.search(line) and _RED.search(result[-4000:]):
            return "error"  # the exit code is the pager's, not the check's
        if main.command.startswith("gh ") and "|" in line and _REFUSED.search(result[-4000:]):
            return "error"  # the exit code is that of what reads the answer
    if event.outcome != "ok" or not isinstance(result, dict) or len(result) > 12:
        return event.outcome
    status = next(
        (result[k] for k in ("status", "statusCode", "status_code", "http_status") if isinstance(result.get(k), int)), 0
    )
    if status >= 400 or result.get("success") is False or result.get("ok") is False:
        return "error"
    code = next((result[k] for k in ("code", "errorCode", "error_code") if isinstance(result.get(k), str)), "")
    return "error" if _POLITE.search(code) else "ok"


def _error(event: Event, outcome: str) -> str:
    if outcome not in ("error", "rejected"):
        return ""
    result = event.result
    if isinstance(result, dict):
        fields = ("error", "code", "serviceErrorCode", "message", "detail", "reason")
        named = [result[k] for k in fields if isinstance(result.get(k), str)]
        inner = result.get("error")
        if isinstance(inner, dict):
            named = [v for k in ("type", "code", "message") if isinstance(v := inner.get(k), str)]
        result = ": ".join(dict.fromkeys(named)) or msgspec.json.encode(result).decode()
    return scalar_text(result if result is not None else "")[:_MOST_ERROR]


def _shown(result: Any, structured: bool) -> tuple[tuple[str, str], ...]:
    """What a result shows at a glance: its plain fields, or of a command's output the link on its last line."""
    if structured or isinstance(result, dict):
        return _scalars(result)
    lines = result.rstrip().rsplit("\n", 1)[-1:] if isinstance(result, str) else []
    link = _URL.search(lines[0]) if lines else None
    return ((LINK, link.group()[:120]),) if link else ()


def _scalars(result: Any) -> tuple[tuple[str, str], ...]:
    """The plain fields at the top of a result, or its short text."""
    if isinstance(result, str):
        return (("$", result[:80]),) if result and len(result) <= 80 else ()
    if not isinstance(result, dict):
        return ()
    top = [(p, v) for p, v in result_leaves(result) if 1 <= len(p) <= 2 and not any(isinstance(s, int) for s in p)]
    return tuple((render_path(p), scalar_text(v)[:80]) for p, v in top[:MOST_SCALARS] if v is not None)


def distinct(digests: Iterable[Digest]) -> list[Digest]:
    """Drop what stands in several transcripts: a call counts in the session that had it first, a case without a call of its own goes.

    Order is by start, session and transcript, so that the outcome does not depend on the order of reading.
    """
    seen: set[int] = set()
    kept = []
    for item in sorted(digests, key=lambda d: (d.started, d.session, d.transcript)):
        cases = []
        for case in item.cases:
            fresh = [number for number, call in enumerate(case.calls) if call.key not in seen]
            if len(fresh) == len(case.calls):
                cases.append(case)
            elif fresh:
                said = [s for s in case.said if s.after >= fresh[0]]
                cases.append(_piece(case, fresh, said or case.said))
        for case in item.cases:
            seen.update(call.key for call in case.calls)
        kept.append(msgspec.structs.replace(item, cases=tuple(cases)))
    return kept


def part(case: Case, first: int, last: int, said: Sequence[Said]) -> Case:
    """The part of a case from call ``first`` to before call ``last``, opened by its own words; times and tokens are the part's."""
    return _piece(case, range(first, last), said)


def _piece(case: Case, numbers: Sequence[int], said: Sequence[Said]) -> Case:
    """Some calls of a case with their own times and tokens; words said before the first of them open it, but cost it no time."""
    first = min(numbers, default=0)
    piece = pick(case, numbers, said)
    calls = piece.calls
    times = [time for c in calls for time in (c.time, c.end) if time]
    times += [s.time for s in said if s.time and s.after >= first]
    started = min(times, default=case.started)
    asked = _asked(
        [s.text for s in said if s.kind in ("request", "plan", "followup", "correction") and s.after <= first]
    )
    return msgspec.structs.replace(
        piece,
        asked=asked or case.asked,
        started=started,
        seconds=max(times, default=started) - started,
        tokens=sum(c.tokens for c in calls),
    )


def pick(case: Case, numbers: Sequence[int], said: Sequence[Said]) -> Case:
    """A case with only some of its calls, everything that counts calls numbered anew."""
    renumber = {number: place for place, number in enumerate(numbers)}
    calls = tuple(
        msgspec.structs.replace(
            case.calls[number],
            edges=tuple(renumber[e] for e in case.calls[number].edges if e in renumber),
            bindings=tuple(_renumbered(b, renumber) for b in case.calls[number].bindings),
        )
        for number in numbers
    )
    moved = tuple(msgspec.structs.replace(s, after=sum(1 for n in renumber if n < s.after)) for s in said)
    ends = (min(numbers, default=0), max(numbers, default=-1) + 1)
    stops = tuple(sum(1 for n in renumber if n < at) for at in case.interrupts if ends[0] < at <= ends[1])
    return msgspec.structs.replace(case, calls=calls, said=moved, interrupts=stops)


def _renumbered(binding: Binding, renumber: dict[int, int]) -> Binding:
    if not binding.places:
        return binding
    places = tuple(msgspec.structs.replace(p, call=renumber[p.call]) for p in binding.places if p.call in renumber)
    return msgspec.structs.replace(binding, places=places)
