"""What a transcript found out: short answers to questions put to tools, places found by searching, answers given by
people.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import Any

import msgspec

from runlore.mining.facts.calls import (
    BOOKKEEPING,
    LOOKING,
    MAKING,
    Calls,
    command_of,
    edits,
    head_of,
    is_passing,
    is_reading,
    path_of,
    verb_of,
)
from runlore.mining.facts.values import Observation, clip
from runlore.mining.shell import parse
from runlore.model import Event

LONGEST_ANSWER = 160
LONGEST_QUESTION = 160
SEARCHES = 3
"""Searching calls from which on a search is long enough to be worth a note."""
_MOST = 60

# What these answer is true of the moment, not of the project.
_OF_THE_MOMENT = re.compile(
    r"\A(?:git (?:status|log|diff|branch|show|stash|ls-files|blame|rev-parse|merge-base)|pwd|date|gh pr (?:list"
    r"|view|diff|checks)|gh run.*|ps|df|du|wc|stat|tail|diff)\b"
)
_VALUE = re.compile(r"(?=.*[A-Za-z]|\d{6})[^\n{}\[\]]{2,60}")
_RUNNER = re.compile(r"\b(?:mise|make|just|npm|pnpm|yarn|bun|task|nx|turbo|rake|poe|nox|tox|invoke|hatch)\b")
_TASK = re.compile(
    r"(?:mise run|just|task|npm run|pnpm run|yarn run|bun run|nx run|turbo run|rake|poe|nox -s|tox -e|invoke"
    r"|hatch run|make) [\w:.-]*[A-Za-z][\w:-]*(?![\w./])"
    r"|(?:npm|pnpm|yarn|bun) (?:test|lint|build|format|check)(?![\w./])"
)
_EMPTY = re.compile(
    r"\A(?:ok|done|none|null|true|false|yes|no|n/?a|\W*|.*\b(?:not found|no such|no matches|nothing|error)\b.*)\Z",
    re.IGNORECASE | re.DOTALL,
)
_ANSWERED = re.compile(r"\"([^\"]{8,300})\"=\"([^\"]{1,300})\"")
_SEARCH_TOOLS = frozenset(
    {"grep", "glob", "ls", "search", "codebase_search", "grep_search", "file_search", "find", "rg"}
)
_SEARCH_PROGRAMS = frozenset({"grep", "egrep", "rg", "find", "fd", "ls", "ag", "tree"})


def findings(calls: Calls) -> Iterator[Observation]:
    """Give what a transcript looked up, searched for and asked."""
    yield from _lookups(calls)
    yield from _constants(calls)
    yield from _tasks(calls)
    yield from _searches(calls)
    yield from _asked(calls)


def _lookups(calls: Calls) -> Iterator[Observation]:
    subject, seen = "", set()
    for index, event in enumerate(calls.calls):
        if event.outcome != "ok":
            continue
        command = command_of(event)
        found = _shell_lookup(calls, event, command) if command else _tool_lookup(event)
        if not command and not subject:
            subject = clip(_flat(event.result), 60)
        if found is None or found[0] in seen:
            continue
        seen.add(found[0])
        yield calls.observe("lookup", found[0], index, text=found[1], about=subject, remedy=found[2])
        if len(seen) >= _MOST:
            return


def _shell_lookup(calls: Calls, event: Event, command: str) -> tuple[str, str, str] | None:
    result = event.result
    if not isinstance(result, str) or not 2 <= len(result) <= LONGEST_ANSWER or len(command) > LONGEST_QUESTION:
        return None
    answer = result.strip()
    if _EMPTY.match(answer) or not any(c.isalpha() for c in answer):
        return None
    parts = [part for part in parse(command) if not is_passing(part)]
    if (
        not parts
        or not all(is_reading(part) for part in parts)
        or any(_OF_THE_MOMENT.match(head_of(part)) for part in parts)
    ):
        return None
    key = " | ".join(part.text for part in parts)
    for root in calls.roots:
        key = key.replace(root, ".")
    return key, answer, ""


def _tool_lookup(event: Event) -> tuple[str, str, str] | None:
    if verb_of(event.tool) not in LOOKING or path_of(event) or event.tool.lower() in BOOKKEEPING:
        return None
    question = _flat(event.arguments)
    answer = _flat(event.result)
    if len(question) > LONGEST_QUESTION or len(answer) < 3 or _EMPTY.match(answer[:200]):
        return None
    # The whole answer is compared, its beginning is kept.
    return f"{event.tool} {question}", answer, _hash(answer)


def _hash(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).hexdigest()


def _flat(value: Any) -> str:
    if isinstance(value, str):
        return value.strip()
    if value in (None, {}, []):
        return ""
    return msgspec.json.encode(value, order="sorted").decode()


def _constants(calls: Calls) -> Iterator[Observation]:
    """Give the short arguments that the company's own tools were given, each tool's argument and value once."""
    seen: set[tuple[str, str]] = set()
    for index, event in enumerate(calls.calls):
        if (
            event.outcome != "ok"
            or verb_of(event.tool) not in MAKING
            or event.tool.lower() in BOOKKEEPING
            or path_of(event)
            or not isinstance(event.arguments, dict)
        ):
            continue
        for name, value in event.arguments.items():
            if isinstance(value, str) and _VALUE.fullmatch(value) and (event.tool + name, value) not in seen:
                seen.add((event.tool + name, value))
                yield _at_no_cost(calls.observe("constant", f"{event.tool} {name}", index, text=value))


def _at_no_cost(observation: Observation) -> Observation:
    """Say that nothing was lost: the call did its work."""
    return msgspec.structs.replace(observation, calls=0, seconds=0.0, tokens=0)


def _tasks(calls: Calls) -> Iterator[Observation]:
    """Give each task of the project's own runner that passed, once."""
    seen: set[str] = set()
    for index, event in enumerate(calls.calls):
        command = command_of(event)
        if not command or event.outcome != "ok" or not _RUNNER.search(command):
            continue
        for part in parse(command):
            found = _TASK.match(part.text)
            if found and found[0] not in seen:
                seen.add(found[0])
                yield _at_no_cost(calls.observe("task", found[0], index, text=part.text))


def _searches(calls: Calls) -> Iterator[Observation]:
    """Give each stretch of searching and reading that ended in an edit: what was looked for and where it was."""
    for chain in calls.chains.values():
        first, terms, count = -1, dict[str, None](), 0
        for index in chain:
            event = calls.calls[index]
            looked = _term(event)
            if looked is not None:
                if count == 0:
                    first = index
                count += 1
                terms.update(dict.fromkeys(looked))
            elif edits(event) and count >= SEARCHES and (place := calls.inside(path_of(event))):
                yield calls.observe("search", place, first, text=", ".join(list(terms)[:12]), until=index)
                first, terms, count = -1, {}, 0
            elif not _looks(event):
                first, terms, count = -1, {}, 0


def _term(event: Event) -> list[str] | None:
    """Give the words that a searching call looks for, None where the call does not search."""
    arguments = event.arguments
    if isinstance(arguments, dict) and event.tool.lower() in _SEARCH_TOOLS:
        pattern = arguments.get("pattern") or arguments.get("query") or ""
        return re.findall(r"[A-Za-z_]\w{3,}", str(pattern))[:4]
    command = command_of(event)
    if not command or len(command) > 400:
        return None
    parts = [part for part in parse(command) if not is_passing(part)]
    if not parts or parts[0].program not in _SEARCH_PROGRAMS:
        return None
    wanted = next((a for a in parts[0].arguments if not a.startswith("-") and "/" not in a), "")
    return re.findall(r"[A-Za-z_]\w{3,}", wanted)[:4]


def _looks(event: Event) -> bool:
    if command := command_of(event):
        return all(is_reading(part) or is_passing(part) for part in parse(command))
    return bool(path_of(event)) and not edits(event)


def _asked(calls: Calls) -> Iterator[Observation]:
    for index, event in enumerate(calls.calls):
        arguments = event.arguments
        if event.outcome == "ok" and isinstance(arguments, dict) and isinstance(arguments.get("questions"), list):
            text = event.result if isinstance(event.result, str) else _flat(event.result)
            for question, answer in _ANSWERED.findall(text[:4000])[:6]:
                yield calls.observe("asked", question, index, text=answer)
