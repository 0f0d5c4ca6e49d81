"""Calls that failed, and what the same session did next that worked."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec
from rapidfuzz import fuzz

from runlore.mining.facts.calls import (
    BOOKKEEPING,
    LOOKING,
    Calls,
    command_of,
    edits,
    head_of,
    is_passing,
    is_reading,
    path_of,
    verb_of,
)
from runlore.mining.facts.messages import endpoint_template, list_rules, telling_line, template, text_of
from runlore.mining.facts.values import Observation
from runlore.mining.shell import Command, parse
from runlore.model import Event

LOOK_AHEAD = 10
"""Calls within which a recovery is looked for."""

_NO_PATH = re.compile(
    r"(?:does not exist|no such file or directory|not a directory|ENOENT|cannot find the (?:path|file)|file not found)",
    re.IGNORECASE,
)
_PATH_IN = (
    re.compile(
        r"^(?:/bin/|/usr/bin/)?(?:ls|cat|head|tail|sed|grep|rg|wc|find|stat|less|awk|diff|du"
        r"|tree): (?:cannot (?:access|open) )?['\"]?([^:'\"]+?)['\"]?: (?:IO error[^:]*: )?No such file"
    ),
    re.compile(r"^sed: can't read ([^:]+): No such file"),
    re.compile(r"(?:Path|File|Directory) does not exist: (\S+)"),
)
_NOT_OURS = re.compile(
    r"Request interrupted|doesn't want to|Permission for this tool use was denied|Sibling tool call"
    r"|tool call errored|posix_spawn|Interrupted",
    re.IGNORECASE,
)
_SHELL_ITSELF = re.compile(r"^(?:\(eval\)|zsh|bash|sh|/bin/\w*sh):(?:line )?[\d: ]*\s*")
_REWRITES = re.compile(
    r"\b(?:fmt|format|gofmt|goimports|prettier|black|ruff|rustfmt|--fix|checkout|merge|rebase|pull|stash"
    r"|cherry-pick|reset|sed -i|generate)\b"
)
_CHECKS = re.compile(r"\b(?:lint|vet|clippy|ruff|flake8|mypy|eslint|tsc|shellcheck|check|precommit|pre-commit)\b")
_OK_TROUBLE = re.compile(
    r"\A(?:Exit code \d+\s*)?(?:\(eval\):|zsh: |bash: |error: un|unknown |Unknown |fatal: |gh: |jq: |Error: "
    r"|accepts at most|\w+: command not found)"
)
_WORD = re.compile(r"[A-Za-z_][\w.:]{3,}")


def failures(calls: Calls) -> Iterator[Observation]:
    """Give what failed in a transcript: calls, missing paths, rules of linters, state that was stale."""
    for index, event in enumerate(calls.calls):
        command = command_of(event)
        if event.outcome == "error":
            yield from _shell(calls, index, command) if command else _tool(calls, index)
        elif event.outcome == "ok" and command and isinstance(event.result, str):
            result = event.result
            if len(result) < 700 and _OK_TROUBLE.match(result):
                yield from _shell(calls, index, command)
            elif len(result) < 20000 and _CHECKS.search(command):
                yield from _rules(calls, index, command, result)


def _shell(calls: Calls, index: int, command: str) -> Iterator[Observation]:
    text = text_of(calls.calls[index].result)
    if _NOT_OURS.search(text[:400]):
        return
    if _CHECKS.search(command):
        yield from _rules(calls, index, command, text)
    line = telling_line(text)
    if not line:
        return
    missing = next((found[1] for pattern in _PATH_IN if (found := pattern.search(line))), "")
    if missing:
        yield from _missing(calls, index, missing)
        return
    failing = _failing(command, line)
    if failing is None:
        return
    key = _key(failing, line)
    stale = _made_fresh(calls, index, failing)
    if stale is not None:
        yield calls.observe("stale", key, index, text=failing.text, about=line, remedy=stale[1], until=stale[0])
        return
    recovery = _recovery(calls, index, failing)
    remedy = "" if recovery is None else recovery[1]
    yield calls.observe(
        "failure",
        key,
        index,
        text=failing.text,
        about=line,
        remedy=remedy,
        until=None if recovery is None else recovery[0],
    )


def _key(failing: Command, line: str) -> str:
    """Join what was called and what was said; the shell's own messages and those that begin with the program need no
    more.
    """
    if _SHELL_ITSELF.match(line):
        return template(_SHELL_ITSELF.sub("", line))
    said = template(line)
    if line.startswith(("fatal:", failing.program + ":")):
        head = failing.program if not line.startswith("gh:") else head_of(failing)
    else:
        head = head_of(failing)
    endpoint = (
        next((word for word in failing.arguments if word.count("/") > 1), "")
        if head.endswith("api") or failing.program in {"curl", "http"}
        else ""
    )
    if endpoint:
        head += " " + endpoint_template(endpoint)
    return f"{head}: {said}"


def _failing(command: str, line: str) -> Command | None:
    """Give the simple command that the message is about: the one whose program or flag it names, else the first that
    does something.
    """
    parts = [part for part in parse(command) if not is_passing(part)] or list(parse(command))
    if "[rejected]" in line:
        return next((part for part in parts if "push" in part.arguments), parts[0] if parts else None)
    if ":cd:" in line:
        return next((part for part in parse(command) if part.program == "cd"), None)
    named = line.rsplit(": ", 1)[-1].strip("'\" ")
    for part in parts:
        if _SHELL_ITSELF.match(line) and len(named) > 3 and named in part.text:
            return part
    if line.startswith("fatal:"):
        line = "git: " + line
    for part in parts:
        if part.program and re.match(rf"{re.escape(part.program)}\b", line):
            return part
    flag = re.search(r"(?<!\w)--?[\w-]+", line)
    for part in parts:
        if flag and flag.group(0) in part.arguments:
            return part
    return parts[0] if parts else None


def _is_fine(event: Event) -> bool:
    if event.outcome != "ok":
        return False
    return not (isinstance(event.result, str) and len(event.result) < 700 and _OK_TROUBLE.match(event.result))


def _recovery(calls: Calls, index: int, failing: Command) -> tuple[int, str] | None:
    """Give the next call that does the same thing another way and worked: its index and the command that did.

    The most alike of the next ones counts, since looking around comes between.
    """
    head, best = head_of(failing), (0.0, 0, "")
    for distance, later in enumerate(calls.after(index, LOOK_AHEAD)):
        event = calls.calls[later]
        if not _is_fine(event):
            continue
        for part in parse(command_of(event)):
            if part.text == failing.text or is_passing(part) or part.program != failing.program:
                continue
            alike = (
                fuzz.token_set_ratio(part.text[:300], failing.text[:300])
                - 2 * distance
                - (0 if head_of(part) == head else 25)
            )
            if alike >= 40 and alike > best[0]:
                best = (alike, later, part.text)
    return best[1:] if best[2] else None


def _made_fresh(calls: Calls, index: int, failing: Command) -> tuple[int, str] | None:
    """Give what was run, without any edit, before the very same command passed: stale state was the cause."""
    between: list[str] = []
    for later in calls.after(index, LOOK_AHEAD):
        event = calls.calls[later]
        if edits(event) or event.outcome == "rejected":
            return None
        ran = command_of(event)
        if not ran:
            continue
        for part in parse(ran):
            if part.text == failing.text:
                return (later, between[-1]) if between and _is_fine(event) else None
            if _is_fine(event) and not is_passing(part) and not is_reading(part):
                between.append(part.text)
    return None


def _tool(calls: Calls, index: int) -> Iterator[Observation]:
    event = calls.calls[index]
    text = text_of(event.result).strip()
    if not text or _NOT_OURS.search(text[:400]):
        return
    path = path_of(event)
    first = text.split("\n", 1)[0]
    if path and _NO_PATH.search(first) and not edits(event):
        yield from _missing(calls, index, path)
        return
    said = template(first.removeprefix("Error: ").split(". ", 1)[0])
    key = f"{event.tool}: {said[:1].lower() + said[1:]}"
    about = (_blame(calls, index, path) if edits(event) else "") or first
    found = _next_way(calls, index, path)
    if found is None:
        yield calls.observe("failure", key, index, text=event.tool, about=about)
    else:
        yield calls.observe("failure", key, index, text=event.tool, about=about, remedy=found[1], until=found[0])


def _next_way(calls: Calls, index: int, path: str) -> tuple[int, str] | None:
    """Name what led from a refused call to a success: the tools on the way, then the same tool, the arguments that
    changed, or another tool.
    """
    event, names = calls.calls[index], dict[str, None]()
    for later in calls.after(index, LOOK_AHEAD):
        other = calls.calls[later]
        if other.outcome != "ok" or other.tool.lower() in BOOKKEEPING or (path and path_of(other) not in {path, ""}):
            continue
        if command := command_of(other):
            done = "" if path or _looks(event) else _deed(command)
            if done:
                return later, done
            continue
        if other.tool == event.tool and (not path or path_of(other) == path):
            changed = _changed(event, other)
            last = f"with another {' and '.join(changed)}" if changed else event.tool
            return later, " → ".join([*list(names)[-3:], last])
        if not path and _same_family(event.tool, other.tool):
            return later, other.tool
        if not path and not _looks(other) and not _looks(event):
            return later, other.tool
        names[other.tool] = None
    return None


def _looks(event: Event) -> bool:
    return verb_of(event.tool) in LOOKING or event.tool in {"Read", "Grep", "Glob", "LS"}


def _changed(event: Event, other: Event) -> list[str]:
    """Give the names of the arguments whose values differ, up to three."""
    if not isinstance(event.arguments, dict) or not isinstance(other.arguments, dict):
        return []
    keys = sorted(event.arguments.keys() | other.arguments.keys())
    # The new text differs as a matter of course.
    return [
        f"`{k}`"
        for k in keys
        if event.arguments.get(k) != other.arguments.get(k) and k not in {"new_string", "new_str", "content"}
    ][:3]


def _deed(command: str) -> str:
    """Name what a command line does, ``""`` where it only looks."""
    heads = [head_of(part) for part in parse(command) if not is_passing(part) and not is_reading(part)]
    return next((head for head in heads if head != "git add"), "")


def _same_family(one: str, other: str) -> bool:
    """Say whether two tools do the same by other means: ``find_user_by_email``, ``find_user_by_name``."""
    a, b = one.split("_"), other.split("_")
    same = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    return same >= 2 and one != other


def _blame(calls: Calls, index: int, path: str) -> str:
    """Give the command that may have rewritten the file after the agent last saw it, ``""`` where there was none."""
    for earlier in calls.before(index, 25):
        event = calls.calls[earlier]
        command = command_of(event)
        if (
            command
            and event.outcome == "ok"
            and (found := next((h for p in parse(command) if _REWRITES.search(h := head_of(p))), ""))
        ):
            return f"after {found}"
        if not command and path and path_of(event) == path and event.outcome == "ok":
            return ""
    return ""


def _missing(calls: Calls, index: int, path: str) -> Iterator[Observation]:
    inside = calls.inside(path)
    if not inside or calls.written.get(path, -1) > index or any(c in inside for c in "*$?{<>"):
        return
    name = inside.rsplit("/", 1)[-1]
    for later in calls.after(index, LOOK_AHEAD):
        other = calls.calls[later]
        found = calls.inside(path_of(other)) if other.outcome == "ok" else ""
        if found and found != inside and "." in found and _is_near(inside, name, found):
            yield calls.observe("missing", inside, index, text=path, remedy=found, until=later)
            return
    yield calls.observe("missing", inside, index, text=path)


def _is_near(inside: str, name: str, found: str) -> bool:
    """Say whether a path may be the one that was meant: the same name elsewhere, or a name much like it, in the same
    folder less so.
    """
    stem, other = _stem(name), _stem(found.rsplit("/", 1)[-1])
    alike = fuzz.ratio(stem, other)
    return alike >= 80 or (alike >= 55 and found.rpartition("/")[0] == inside.rpartition("/")[0])


def _stem(name: str) -> str:
    return re.sub(r"[_.-](?:test|spec)$", "", name.rsplit(".", 1)[0] or name)


def _rules(calls: Calls, index: int, command: str, text: str) -> Iterator[Observation]:
    head = next((h for p in parse(command) if _CHECKS.search(h := head_of(p))), "")
    found = list(list_rules(text))
    if not found or not head:
        return
    passed, words = _passes(calls, index, head)
    remedy = " ".join(words) if passed is not None else ""
    for number, (rule, message) in enumerate(found[:6]):
        one = calls.observe("rule", rule, index, text=message, about=head, remedy=remedy, until=passed)
        # One run of the check stopped on all of them: its cost counts once.
        yield one if number == 0 else msgspec.structs.replace(one, calls=0, seconds=0.0, tokens=0)


def _passes(calls: Calls, index: int, head: str) -> tuple[int | None, list[str]]:
    """Give the next run of the same check that passed, and the words that the edits until then brought in."""
    words: dict[str, None] = {}
    for later in calls.after(index, 2 * LOOK_AHEAD):
        event = calls.calls[later]
        if edits(event) and event.outcome == "ok" and isinstance(event.arguments, dict):
            old, new = event.arguments.get("old_string"), event.arguments.get("new_string")
            if isinstance(old, str) and isinstance(new, str) and len(new) < 4000:
                words.update(dict.fromkeys(w for w in _WORD.findall(new) if w not in old))
        command = command_of(event)
        if command and event.outcome == "ok" and any(head_of(part) == head for part in parse(command)):
            text = text_of(event.result)
            return (later if not any(list_rules(text)) else None), list(words)[:8]
    return None, []
