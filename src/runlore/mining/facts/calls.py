"""A transcript's calls as the detectors need them: command lines, paths within the project, what came next."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from runlore.mining.activities import command_line
from runlore.mining.activities import path_of as argued_path
from runlore.mining.facts.values import Observation, Sign, clip
from runlore.mining.shell import Command
from runlore.model import Event, Transcript

LONGEST_WAIT = 300.0
"""Seconds that one call may count at most: the rest is a person away from the desk."""

_TWO_WORDS_WORDS = (
    "apt apt-get aws az brew bun bundle cargo docker deno dotnet gcloud gh git glab go gradle helm just kubectl "
    "make mise mvn nix npm nx pip pip3 pnpm poetry rails rake rustup systemctl terraform turbo uv yarn"
)
_TWO_WORDS = frozenset(_TWO_WORDS_WORDS.split())
_THREE_WORDS = frozenset({"gh", "glab", "docker", "kubectl", "aws", "az", "gcloud"})
_COMMANDS = frozenset({"command", "cmd", "script", "CommandLine"})
_HOME = re.compile(r"(?:/home/[^/]+|/Users/[^/]+|/root|~)/")
LOOKING = frozenset(
    ("get", "list", "find", "search", "read", "fetch", "query", "show", "describe", "lookup", "view", "retrieve")
)
"""Verbs of tools that look and change nothing."""
MAKING = frozenset(("create", "add", "post", "publish", "send", "schedule", "upload", "open", "submit", "insert"))
"""Verbs of tools that make something new."""
BOOKKEEPING = frozenset(
    ("think", "todowrite", "todoread", "taskcreate", "taskupdate", "tasklist", "taskget", "calculate", "update_plan")
)
"""Tools for the agent's own use, in lower case."""
_NAME = re.compile(r"[a-z][\w:.-]*")
_PASSING_WORDS = (
    "cd echo export set true pwd sleep source . printf test [ mkdir env time then do if for while fi done else"
)
_PASSING = frozenset(_PASSING_WORDS.split())
_READING_WORDS = (
    "ls cat head tail grep egrep rg find fd wc sed awk jq tree file stat which type whereis pwd echo du df less "
    "bat sort uniq cut tr diff nl"
)
_READING = frozenset(_READING_WORDS.split())
_READING_PAIRS_WORDS = (
    "git status|git log|git diff|git show|git branch|git blame|git ls-files|git remote|git rev-parse|git config|"
    "git merge-base|git describe|gh pr view|gh pr list|gh pr diff|gh repo view|gh issue view|gh issue list|"
    "gh run view|gh run list|go doc|go list|go env|go version"
)
_READING_PAIRS = frozenset(_READING_PAIRS_WORDS.split("|"))


def head_of(command: Command) -> str:
    """Give a simple command's program, with its sub-command where the program has such."""
    if command.program not in _TWO_WORDS:
        return command.program
    words = command.arguments[2:] if command.arguments[:1] == ("-C",) else command.arguments
    named = [word for word in words[:6] if not word.startswith("-")]
    depth = 2 if command.program in _THREE_WORDS or named[:1] == ["run"] else 1
    return " ".join([command.program, *(word for word in named[:depth] if _NAME.fullmatch(word))])


def command_of(event: Event) -> str:
    """Give the command line of a shell call, ``""`` for other tools."""
    arguments = event.arguments
    if not isinstance(arguments, dict) or not _COMMANDS & arguments.keys():
        return ""
    line = command_line(arguments)
    # An editor's tool has commands too: ``view`` and ``create``, of a path.
    return "" if line.isalpha() and path_of(event) else line


def path_of(event: Event) -> str:
    """Give the file or folder that a call is about, ``""`` where its arguments name none."""
    return argued_path(event.arguments)


@lru_cache(maxsize=4096)
def verb_of(tool: str) -> str:
    """Give the verb in a tool's name, ``""`` where it has none: ``crm.find_contact`` and ``mcp__crm__findContact``
    give ``find``.
    """
    base = re.split(r"\.|__|/|:", tool)[-1]
    words = re.findall(r"[A-Z]?[a-z]+", base)[:2] if len(base) > 3 else []
    return next((w.lower() for w in words if w.lower() in LOOKING or w.lower() in MAKING), "")


def edits(event: Event) -> bool:
    """Say whether the call changes a file by itself: it names one and carries text for it, or is a patch."""
    arguments = event.arguments
    if isinstance(arguments, dict):
        return bool(
            arguments.keys() & {"old_string", "new_string", "content", "edits", "old_str", "new_str", "file_text"}
        ) and bool(path_of(event))
    return "patch" in event.tool


def is_reading(command: Command) -> bool:
    """Say whether a simple command only looks."""
    return command.program in _READING or head_of(command) in _READING_PAIRS


def is_passing(command: Command) -> bool:
    """Say whether a simple command only prepares another (``cd``, ``echo``)."""
    return command.program in _PASSING


def simple_path(path: str, roots: tuple[str, ...]) -> str:
    """Give a path relative to the first of the roots that it lies in, else to a home folder; ``""`` elsewhere."""
    if not path.startswith(("/", "~")) and path[1:3] != ":\\":
        return path.removeprefix("./").rstrip("/")
    for root in roots:
        if path.startswith(root + "/"):
            return path[len(root) + 1 :].rstrip("/")
    home = _HOME.match(path)
    return f"~/{path[home.end() :]}".rstrip("/") if home else ""


@dataclass(slots=True)
class Calls:
    """The calls of one transcript in order, those of a subagent as a chain of their own.

    ``chains`` maps a subagent's parent call (``""`` for the main agent) to indices into ``calls``; ``place`` maps
    an index to its chain's position.
    ``roots`` are the working directories seen, longest first; ``written`` maps a path to the last index at which it
    was written as a whole.
    """

    session: str
    calls: list[Event]
    chains: dict[str, list[int]] = field(default_factory=dict)
    place: list[int] = field(default_factory=list)
    roots: tuple[str, ...] = ()
    written: dict[str, int] = field(default_factory=dict)
    spent: list[int] = field(default_factory=list)  # billed tokens up to and including the call

    def after(self, index: int, limit: int) -> Iterator[int]:
        """Give the indices of the next calls of the same chain."""
        chain = self.chains[self.calls[index].parent]
        place = self.place[index]
        yield from chain[place + 1 : place + 1 + limit]

    def before(self, index: int, limit: int) -> Iterator[int]:
        """Give the indices of the calls before it in the same chain, nearest first."""
        chain = self.chains[self.calls[index].parent]
        place = self.place[index]
        yield from reversed(chain[max(0, place - limit) : place])

    def inside(self, path: str) -> str:
        """Give a path relative to the project, or to the person's home where it lies there; ``""`` elsewhere."""
        return simple_path(path, self.roots)

    def seconds(self, first: int, last: int) -> float:
        """Give the seconds from one call's start to another's end, waits for a person capped."""
        chain = self.chains[self.calls[first].parent]
        total = 0.0
        times = [self.calls[i] for i in chain[self.place[first] : self.place[last] + 1]]
        for event, following in zip(times, [*times[1:], None], strict=True):
            until = following.time if following is not None else event.end
            total += min(max(until - event.time, 0.0), LONGEST_WAIT)
        return round(total, 1)

    def _plain(self, text: str) -> str:
        """Give the text short, with ``.`` for the working folder: where a checkout lies is nobody else's business."""
        for root in self.roots:
            text = text.replace(root, ".")
        return clip(text)

    def observe(self, sign: Sign, key: str, index: int, **more: Any) -> Observation:
        """Make an observation of the call at ``index``; with ``until`` what was lost is counted up to that call."""
        event = self.calls[index]
        until = more.pop("until", None)
        calls, seconds, tokens = 1, min(max(event.end - event.time, 0.0), LONGEST_WAIT), 0
        if until is not None:
            place = self.place
            calls = place[until] - place[index]
            seconds = self.seconds(index, until)
            tokens = self.spent[until] - self.spent[index]
        return Observation(
            sign=sign,
            key=clip(key),
            event=event.id,
            line=event.line,
            index=event.index,
            time=event.time,
            text=self._plain(more.get("text", "")),
            about=self._plain(more.get("about", "")),
            remedy=self._plain(more.get("remedy", "")),
            calls=calls,
            seconds=round(seconds, 1),
            tokens=tokens,
        )


def calls_of(transcript: Transcript) -> Calls:
    """Put the calls of a transcript in order of their chains."""
    result = Calls(session=transcript.session, calls=[])
    roots: dict[str, None] = {}
    spent: dict[str, int] = {}
    for event in transcript.events:
        spent[event.parent] = spent.get(event.parent, 0) + event.tokens
        if event.cwd:
            roots[event.cwd] = None
        if event.kind != "call":
            continue
        index = len(result.calls)
        chain = result.chains.setdefault(event.parent, [])
        result.place.append(len(chain))
        chain.append(index)
        result.calls.append(event)
        result.spent.append(spent[event.parent])
        if (
            isinstance(event.arguments, dict)
            and ("content" in event.arguments or "file_text" in event.arguments)
            and event.outcome == "ok"
        ):
            result.written[path_of(event)] = index
    # A folder that was entered is part of the project, not its root: keep the outermost of nested ones, worktrees
    # excepted.
    tops = [r for r in roots if not any(r != o and r.startswith(o + "/") and "/." not in r[len(o) :] for o in roots)]
    result.roots = tuple(sorted((t.rstrip("/") for t in tops), key=lambda r: (-len(r), r)))
    return result
