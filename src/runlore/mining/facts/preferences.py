"""What people say about how they want the work done: calls that they decline, wishes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from runlore.mining.activities import describe
from runlore.mining.facts.calls import Calls, command_of, edits, head_of, is_passing, is_reading
from runlore.mining.facts.values import Observation, clip
from runlore.mining.facts.wishes import is_directive
from runlore.mining.shell import parse
from runlore.model import Event, Transcript

LONGEST_WORDS = 1200
"""Characters above which a person's text is taken for pasted material, not for words."""
_MOST = 100

_DENIED = re.compile(r"Permission for this tool use was denied.*?The user said:\s*(.+)", re.DOTALL)
_CLIENT = re.compile(r"\A(?:The user wants to clarify|Operation stopped by hook|STOP what you are doing)")
_PASTED = re.compile(r"```[\s\S]*?(?:```|\Z)|^\s*(?:[>❯⏺⎿│|+$#{}\[\]]|\d+ [+-])[^\n]*$", re.MULTILINE)
_QUESTION = re.compile(r"(?:\A|[.!?:\n]\s*)([A-Z][^.!?\n]{14,158}\?)\Z")
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+|(?<=\w);\s|\s[-–—]\s(?=\S+(?:\s\S+){2})")
WISHING = re.compile(
    r"\b(?:don'?t|do not|never|no need|not|avoid|stop|without|always|every ?time|each time|remember|prefer(?:red"
    r"|ably)?|instead|rather|make sure|ensure|"
    r"first|before|after|only|should(?:n'?t)?|must|keep|as per|again|from now on|please|directly|use|let'?s|want"
    r"|like|in project|as a|draft)\b"
    r"|\b[A-Z][a-z]+: ?[A-Z]\w+",
    re.IGNORECASE,
)
_CUSTOMER = re.compile(
    r"\bmy (?:order|account|name is|zip|email|e-mail|reservation|booking|flight|subscription|refund|purchase)\b"
    r"|[\w.+-]+@[\w-]+\.\w+",
    re.IGNORECASE,
)

# What a customer says is kept only where it names nobody: no numbers, addresses or names.
_PERSONAL = re.compile(r"[\d@#]|(?<=[a-z,] )(?!I\b|PayPal\b)[A-Z]\w+")


EDIT = "edit"
"""The activity of every call that changes a file."""

COLLEAGUE, CUSTOMER, VISITOR = "colleague", "customer", "visitor"
"""Who speaks: somebody in a working folder, somebody with an order or account of their own, somebody of whom nothing
is known.
"""


def is_personal(sentence: str) -> bool:
    """Say whether a customer's sentence names somebody or something of theirs; such a sentence is not kept."""
    return bool(_PERSONAL.search(sentence))


def preferences(transcript: Transcript, calls: Calls) -> Iterator[Observation]:
    """Give the calls that people declined and what people wished, in their words."""
    who = COLLEAGUE
    if not calls.roots:
        prompts = (e.text[:2000] for e in transcript.events if e.kind == "prompt")
        who = CUSTOMER if any(_CUSTOMER.search(text) for text in prompts) else VISITOR
    numbers = {id(event): index for index, event in enumerate(calls.calls)}
    count = 0
    for place, event in enumerate(transcript.events):
        if event.kind == "call":
            words = _words_of(event)
            if words is None:
                continue
            index = numbers[id(event)]
            words = words or _next_words(transcript.events, place)
            if not _is_handed_over(event, words):
                yield calls.observe("declined", _activity(event), index, text=words, about=_object(event))
                source = event
            else:
                continue
        elif event.kind in ("prompt", "steer") and event.actor == "person":
            words, source = event.text, event
            yield from _answered(transcript.events, place, who)
        else:
            continue
        for sentence in filter(is_directive, sentences(words)):
            if who != COLLEAGUE and (not WISHING.search(sentence) or is_personal(sentence)):
                continue
            count += 1
            if count > _MOST:
                return
            yield Observation(
                "wish", "", source.id, source.line, source.index, source.time, text=clip(sentence), about=who, calls=0
            )


def _answered(events: tuple[Event, ...], place: int, who: str) -> Iterator[Observation]:
    """Give the question that the agent ended with, where the next words answer it with more than yes or no."""
    before, event = events[place - 1] if place else None, events[place]
    answer = event.text.strip()
    if before is None or before.kind != "say" or not 12 <= len(answer) <= 120 or len(answer.split()) < 3:
        return
    asked = _QUESTION.search(before.text[-400:].rstrip("*_ \n"))
    if asked is None or answer.endswith("?") or (who != COLLEAGUE and is_personal(answer)):
        return
    question = clip(asked[1])
    yield Observation("asked", question, event.id, event.line, event.index, event.time, text=answer, about=who)


def sentences(words: str) -> Iterator[str]:
    """Give the sentences of a person's own words; pasted code, logs and texts of the client are left out."""
    if len(words) > LONGEST_WORDS or _CLIENT.match(words):
        return
    for sentence in _SENTENCE.split(_PASTED.sub("\n", words)):
        plain = sentence.strip(" \t-*•.,:")
        if 8 <= len(plain) <= 220 and plain.count("/") < 6:
            yield plain


def _words_of(event: Event) -> str | None:
    """Give a person's words where they declined the call (``""`` where they said nothing), else None."""
    if event.outcome == "rejected":
        return "" if _CLIENT.match(event.words.strip()) else event.words.strip()
    if event.outcome == "error" and isinstance(event.result, str) and "tool use was denied" in event.result[:300]:
        found = _DENIED.search(event.result)
        return found[1].strip() if found else None
    return None


def _next_words(events: tuple[Event, ...], place: int) -> str:
    """Give what the person typed right after an interrupt or a refusal without words."""
    for event in events[place + 1 : place + 5]:
        if event.kind in ("prompt", "steer") and event.actor == "person":
            return "" if _CLIENT.match(event.text) else event.text
        if event.kind == "call" and event.outcome == "ok" and event.time > events[place].end:
            return ""
    return ""


def _is_handed_over(event: Event, words: str) -> bool:
    """Say whether a plan was declined only to be carried out in a fresh session: nothing said, or the plan itself
    pasted.
    """
    arguments = event.arguments
    plan = arguments.get("plan") if isinstance(arguments, dict) else None
    if not isinstance(plan, str):
        return False
    heading = plan.strip().split("\n", 1)[0].strip("# ")
    return not words or len(words) > LONGEST_WORDS or (len(heading) > 8 and heading in words)


def _activity(event: Event) -> str:
    command = command_of(event)
    if command:
        parts = [part for part in parse(command) if not is_passing(part)]
        telling = [part for part in parts if not is_reading(part) and head_of(part) != "git add"] or parts
        return _with_family(head_of(telling[0])) if telling else clip(command, 40)
    done = describe(event)
    if edits(event) or any(activity.role == "edit" for activity in done):
        return EDIT
    return next((activity.name for activity in done if activity.role == "dialog"), event.tool)


def _with_family(head: str) -> str:
    """Leave out a task's variant: ``mise run test:ci`` and ``mise run test:integration`` are declined for the same
    reason.
    """
    return head.split(":", 1)[0]


def _object(event: Event) -> str:
    return clip(command_of(event), 80)
