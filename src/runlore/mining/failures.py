"""Failure modes: error messages reduced to templates, counted, with what the same run did next that worked."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from runlore.mining.commands import form, tokens_of
from runlore.mining.digest import Call, Case

_MASKS = re.compile(r"'[^'\n]{0,200}'|\"[^\"\n]{0,200}\"|`[^`\n]{0,200}`|\S*\d\S*|\S*/\S+/\S*|\S+@\S+")
_MONTH = r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b"
_DAYS = re.compile(
    rf"(?i)\b(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b(?=[\s,])|\b{_MONTH}(?=\s*<\*>)|(?<=<\*> ){_MONTH},?"
)
_MARKS = re.compile(r"(?:<\*>[\s,;]*){2,}")
_IMPERSONAL = re.compile(r"(?:[A-Z][a-z]+)?[^A-Z\d@#]{0,160}")
"""Words that name nobody and nothing in particular: no capital but the first, no number."""
_TORN = re.compile(r"\s*\([^()]*<\*>$")
_TAGS = re.compile(r"</?tool_use_error>|^(?:Exit code \d+|Process exited with code \d+)\s*")
_SPACE = re.compile(r"\s+")
_ALARM = re.compile(
    r"(?i)\b(?:error|failed|failure|fatal|cannot|can't|not found|no such|denied|invalid|unknown|undefined|unexpected|refused|panic|FAIL|conflicts?|could not|rejected|unable|problem|missing|expired|exceeded)\b"
)
_ENVIRONMENT = re.compile(
    r"(?i)command not found|no such file|not installed|permission denied|unsupported|cannot find module|unknown (?:flag|option|command|task|"
    r"shorthand)|missing script|no task|npm err|err_|\be[a-z]{5,}\b: |timed? ?out|refused|unauthori|expired|(?<!unexpected )token|credential|first\b|"
    r"version mismatch|out of (?:memory|space)|no space|not logged in|too many|rate limit|locked"
)
LONGEST = 160
SHORT_COMMAND = 60
"""Characters up to which what helped is named by its command."""
MOST_DIFFERING = 2
"""Words in which two commands may differ for the difference to be named."""
MOST_COMMAND = 200
"""Characters of a command that a recovery names."""


def is_environmental(text: str) -> bool:
    """Say whether an error tells about the surroundings (a tool, an access, a missing step) rather than about the work being checked."""
    return bool(_ENVIRONMENT.search(text))


def template(text: str) -> str:
    """Reduce an error text to what is the same each time: its telling line, with ``<*>`` for quotes, numbers, paths and ids."""
    text = _TAGS.sub("", text.strip())
    line = telling_line(text)
    line = _SPACE.sub(" ", _MASKS.sub("<*>", line)).strip()
    line = _MARKS.sub("<*> ", _DAYS.sub("<*>", line)).strip()
    line = _TORN.sub("", line).rstrip(" ,;:(")
    if len(line) > LONGEST:
        line = line[:LONGEST].rsplit(" ", 1)[0]
    return line


def telling_line(text: str) -> str:
    """Give the line of an error text that says what is wrong: the first that sounds an alarm, else the first."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        return ""
    alarming = [line for line in lines if _ALARM.search(line)]
    return next((line for line in alarming if is_environmental(line)), (alarming or lines)[0])


def is_telling(text: str) -> bool:
    """Say whether a template has at least two words of its own."""
    return len(re.findall(r"[A-Za-z]{3,}", text.replace("<*>", " "))) >= 2


_NUMBERED = re.compile(r"/(?:pulls?|issues?|comments|runs|jobs|merge_requests)/\d+")


@dataclass(slots=True)
class Seen:
    """One template of one activity, while it is being counted."""

    count: int = 0
    resolved: int = 0
    recoveries: Counter[str] = field(default_factory=Counter)
    sources: list[tuple[str, Call]] = field(default_factory=list)
    example: str = ""


def collect(cases: Iterable[tuple[str, Case]]) -> dict[tuple[str, str], Seen]:
    """Count failure modes over cases, each with its transcript: (activity, template) → Seen.

    The recovery of an error is the first later call of the case that went well and has the same activity (tried again, possibly
    after something else); what was done in between, where it did go well, is the recovery's name.
    """
    found: dict[tuple[str, str], Seen] = defaultdict(Seen)
    spelling: dict[tuple[str, str], str] = {}
    for transcript, case in cases:
        for number, call in enumerate(case.calls):
            if call.outcome != "error" or not call.error:
                continue
            text = template(call.error)
            if not is_telling(text) or (call.command and not _ALARM.search(call.error)):
                continue
            key = (call.name, spelling.setdefault((call.name, text.casefold()), text))
            seen = found[key]
            seen.count += 1
            seen.example = seen.example or call.error
            seen.sources.append((transcript, call))
            recovery = _recovery(case, number)
            if recovery:
                seen.resolved += 1
                seen.recoveries[recovery] += 1
    return found


def _recovery(case: Case, number: int) -> str:
    failed = case.calls[number]
    between: list[Call] = []
    for n, call in enumerate(case.calls[number + 1 :], number + 1):
        if (call.line, call.index) <= max((failed.line, failed.index), (failed.result_line, failed.result_index)):
            continue  # begun before the failure was seen: no answer to it
        if call.name == failed.name:
            if call.outcome != "ok":
                return ""
            return _asked(case, number, n, _changed(failed, call)) or _said(failed, call, between)
        if call.outcome == "ok" and call.role != "plan":
            between.append(call)
        if len(between) > 6:
            return ""
    return ""


def _asked(case: Case, failed: int, again: int, changed: list[str]) -> str:
    """A person who spoke between the failure and the success is the recovery: they gave another value, or say what they did.

    Nothing of a conversation with a customer is quoted here.
    """
    words = [s.text for s in case.said if failed < s.after <= again and s.kind not in ("refusal", "plan")]
    text = " ".join(words[0].split()) if words else ""
    if not text:
        return ""
    if changed:
        return f"ask the person for another {' and another '.join(f'`{c}`' for c in changed[:2])}"
    if case.reward is not None and not _IMPERSONAL.fullmatch(text):
        return "ask the person, then try again"
    return f"ask the person, then try again (they said: “{text[:100]}{'…' if len(text) > 100 else ''}”)"


def _said(failed: Call, again: Call, between: list[Call]) -> str:
    """Say the recovery in words: what changed, or what was done before trying again."""
    helpful = [
        c
        for c in between
        if c.role in ("effect", "edit", "procedure") or (c.role in ("check", "read") and not c.common)
    ]
    if helpful:
        phrases = list(dict.fromkeys(_phrase(c) for c in helpful[-2:]))
        return f"{' and '.join(phrases)}, then try again"
    changed = _changed(failed, again)
    if changed:
        return f"try again with another {' and another '.join(f'`{c}`' for c in changed[:2])}"
    differing = _differing(failed.command, again.command) if failed.command and again.command else ""
    if differing:
        return differing
    better = form(again.command)
    if (
        failed.command
        and better
        and better != form(failed.command)
        and len(better) <= MOST_COMMAND
        and "`" not in better
    ):
        return f"`{better}` instead"
    return "" if failed.command else "try again"


def _phrase(call: Call) -> str:
    """Say what was done: a short command as it ran, else in words."""
    ran = form(call.command)
    if ran and len(ran) <= SHORT_COMMAND and "`" not in ran:
        return f"run `{ran}`"
    return call.phrase[:1].lower() + call.phrase[1:]


def _differing(failed: str, again: str) -> str:
    """Say which few words of a command made the difference; "" where it is another command altogether, or only numbers differ."""
    before, after = tokens_of(failed), tokens_of(again)
    known_before, known_after = {form(t) for t in before}, {form(t) for t in after}
    new = [t for t in dict.fromkeys(after) if form(t) not in known_before]
    old = [t for t in dict.fromkeys(before) if form(t) not in known_after]
    if (
        not 1 <= len(new) <= MOST_DIFFERING
        or len(old) > MOST_DIFFERING
        or any("`" in t or len(t) > 80 for t in (*new, *old))
    ):
        return ""
    if any(_NUMBERED.search(t) for t in new):
        return ""  # the number of one pull request helps nobody else
    better = " ".join(f"`{t}`" for t in new)
    return f"with {better} instead of {' '.join(f'`{t}`' for t in old)}" if old else f"with {better}"


def _changed(failed: Call, again: Call) -> list[str]:
    before = defaultdict(list)
    after = defaultdict(list)
    for b in failed.bindings:
        before[b.name].append(b.value)
    for b in again.bindings:
        after[b.name].append(b.value)
    return [name.replace("[*]", "") for name in after if before.get(name) != after[name]]
