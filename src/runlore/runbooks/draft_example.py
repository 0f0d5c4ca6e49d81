"""The good case that a draft attaches, told briefly: request, calls, results."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any

from runlore.model import CaseReference, Event, Workflow
from runlore.runbooks.hidden import clean, code_words, escape_words, shorten
from runlore.runbooks.words import count_of, day_of, span_of

_MOST_LINES = 40
_REQUEST = 600
_VALUE = 60
_RESULT = 120
_MOST_ALIKE = 3


def name_example(workflow: Workflow, case: CaseReference) -> str:
    """Give the path of the example within the runbook's folder."""
    return f"examples/{day_of(case.started) or 'undated'}-{workflow.name}.md"


def draft_example(
    workflow: Workflow, case: CaseReference, events: Sequence[Event], transcript_name: Callable[[str], str]
) -> str:
    """Tell one case as Markdown: the request, then each call with its arguments and its result, shortened. Foreign text is escaped."""
    calls = [event for event in events if event.kind == "call"]
    facts = [count_of(len(calls), "call")] if calls else []
    facts += [span_of(case.seconds)] if case.seconds > 0 else []
    facts += [count_of(case.tokens, "token")] if case.tokens else []
    lines = [source.line for source in case.sources]
    where = f"Session {code_words(transcript_name(case.transcript), 80)}"
    if lines:
        where += f", line{'s' if len(set(lines)) > 1 else ''} {min(lines)}" + (
            f"–{max(lines)}" if max(lines) > min(lines) else ""
        )
    parts = [f"# A good case{' of ' + day_of(case.started) if case.started else ''}", ", ".join([where, *facts]) + "."]
    request = case.request or next((event.text for event in events if event.kind == "prompt"), "")
    if request:
        parts.append("> " + escape_words(request, _REQUEST))
    told = _tell_all(events, request)
    if told:
        parts.append("\n".join(f"{number}. {line}" for number, line in enumerate(told[:_MOST_LINES], 1)))
    if len(told) > _MOST_LINES:
        parts.append(f"… and {count_of(len(told) - _MOST_LINES, 'line')} more in the transcript.")
    return "\n\n".join(parts) + "\n"


def describe_example(path: str, case: CaseReference, events: Sequence[Event]) -> str:
    """Give the line of *Examples* that names the file."""
    calls = sum(event.kind == "call" for event in events)
    facts = [part for part in (count_of(calls, "call") if calls else "", span_of(case.seconds)) if part]
    return f"`{path}`: a good case" + (f" ({', '.join(facts)})" if facts else "")


def _tell_all(events: Sequence[Event], request: str) -> list[str]:
    """One line an event; of more than three calls of one tool in a row only the first is told."""
    told: list[str] = []
    said = [(event, line) for event in events if (line := _tell(event, is_request=event.text == request))]
    for tool, run in groupby(said, key=lambda pair: pair[0].tool if pair[0].outcome == "ok" else pair[0].id):
        lines = [line for _, line in run]
        if tool and len(lines) > _MOST_ALIKE:
            told.extend([lines[0], f"{count_of(len(lines) - 1, 'more call')} of {code_words(tool, 60)}"])
        else:
            told.extend(lines)
    return told


def _tell(event: Event, *, is_request: bool) -> str:
    if event.kind == "call":
        outcome = {
            "ok": "",
            "error": "failed: ",
            "rejected": "rejected: ",
            "cancelled": "cancelled",
            "open": "no result",
        }[event.outcome]
        result = event.words if event.outcome == "rejected" else event.result
        shown = _result(result) if event.outcome in ("ok", "error", "rejected") else ""
        arrow = f" → {outcome}{shown}".rstrip() if outcome or shown else ""
        return f"{code_words(event.tool, 60)}{_arguments(event.arguments)}{arrow}"
    if event.kind in ("prompt", "steer") and event.text and not is_request:
        return f"The person: {escape_words(event.text, _RESULT)}"
    if event.kind == "procedure":
        return f"The procedure {code_words(event.tool, 60)} was loaded"
    return ""


def _arguments(arguments: Any) -> str:
    if not isinstance(arguments, dict):
        return f" {code_words(_short(arguments), _VALUE)}" if arguments else ""
    shown = [f"{clean(str(name))} = {_short(value)}" for name, value in list(arguments.items())[:5]]
    if len(arguments) > 5:
        shown.append("…")
    return f" with {code_words(', '.join(shown), 240)}" if shown else ""


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=False, default=str)
    return shorten(clean(text), _VALUE)


def _result(result: Any) -> str:
    if result is None or result == "":
        return ""
    text = result if isinstance(result, str) else json.dumps(result, ensure_ascii=False, default=str)
    return code_words(text, _RESULT)
