"""Failures, missing paths, rules and stale state, brought together over sessions."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from rapidfuzz import fuzz

from runlore.mining.facts.gathering import Found, Sighting, by_key, sessions_of, voted_remedy
from runlore.mining.facts.messages import template
from runlore.mining.facts.wording import code, joined, sentence, times

AFTER = "after "
"""How ``about`` begins where a refused edit followed a command that may have rewritten the file."""


def gather_failures(sightings: list[Sighting]) -> Iterator[Found]:
    """Bring together calls that failed with the same message: two sessions, three where nothing on record worked.

    Where the unchanged call passed once something else had been run, the state was stale and not the call wrong.
    """
    for key, group in by_key(sightings):
        n = sessions_of(group)
        if n < 2:
            continue
        shell = any(" " in s.seen.text for s in group)
        found = _stale(group, n) or (_shell_failure(group, n) if shell else _tool_failure(key, group, n))
        if found is not None:
            yield Found("trap", f"failure {key}", sentence(found[0]), sentence(found[1]), "lessons", tuple(group))


def _stale(group: list[Sighting], n: int) -> tuple[str, str] | None:
    stale = [s for s in group if s.seen.sign == "stale"]
    remedy = voted_remedy(stale)
    if remedy is None or 2 * sessions_of(stale) < n or (remedy.sessions < 2 and not _is_about(remedy.sighting)):
        return None
    calls = joined(sorted({code(s.seen.text) for s in group}, key=lambda c: (len(c), c)), 2)
    said = _said(group).rstrip(" :;")
    seen = f"{times(len(group))} in {n} sessions"
    text = f"{calls} stop with “{said}” until {code(remedy.text)} has been run ({seen})"
    return text, f"Run {code(remedy.text)} first; then the same command passes"


def _shell_failure(group: list[Sighting], n: int) -> tuple[str, str] | None:
    remedy = voted_remedy(group)
    shown = remedy.sighting if remedy else min(group, key=lambda s: (len(s.seen.text), s.seen.text))
    # The shell's own complaints are about any command: one that merely came next proves nothing.
    least = 55 if _is_about(shown) else 85
    if remedy and remedy.sessions < 2 and fuzz.token_set_ratio(remedy.text, shown.seen.text) < least:
        remedy = None
    if n < 3 and (remedy is None or (remedy.sessions < 2 and not _is_about(shown))):
        return None
    programs = {s.seen.text.split(None, 1)[0] for s in group if s.seen.text.strip()}
    others = (
        f", and so do {joined(sorted(code(p) for p in programs - {shown.seen.text.split(None, 1)[0]}), 3)}"
        if len(programs) > 1
        else ""
    )
    text = f"{code(shown.seen.text)} fails with “{_said(group)}”{others} ({times(len(group))} in {n} sessions)"
    if remedy is None:
        return text, ""
    if remedy.sessions > 1:
        return text, f"Use {code(remedy.text)}; that worked in {remedy.sessions} of these sessions"
    return text, f"What worked instead: {code(remedy.text)}"


def _said(group: list[Sighting]) -> str:
    """Give what was said, as it was where it was always the same, else with an ellipsis for what varied."""
    messages = {s.seen.about.strip() for s in group}
    if len(messages) == 1:
        return messages.pop()
    shape = group[0].seen.key
    message = shape.split(": ", 1)[-1] if _is_about(group[0]) else shape
    return message.replace("<*>", "…")


def _is_about(sighting: Sighting) -> bool:
    """Say whether the message is the called program's own; the shell's complaints name no program."""
    return ": " in sighting.seen.key and sighting.seen.key.split(" ")[0].rstrip(":") in sighting.seen.text


def _tool_failure(key: str, group: list[Sighting], n: int) -> tuple[str, str] | None:
    tool = group[0].seen.text
    messages = Counter(s.seen.about for s in group if not s.seen.about.startswith(AFTER))
    said = key.split(": ", 1)[-1]
    if len(messages) == 1 or not messages:
        said = next(iter(messages), said).removeprefix("Error: ")
    blamed = Counter(s.seen.about.removeprefix(AFTER) for s in group if s.seen.about.startswith(AFTER)).most_common(1)
    text = f"`{tool}` is refused with “{said.replace('<*>', '…')}” ({times(len(group))} in {n} sessions"
    text += f", {times(blamed[0][1])} right after `{blamed[0][0]}`)" if blamed else ")"
    remedy = voted_remedy(group)
    if remedy is None:
        return text, ""
    return text, _way(tool, remedy.text, remedy.sessions >= max(2, 0.2 * n))


def _way(tool: str, remedy: str, agreed: bool) -> str:
    """Word what followed a refusal: other tools first and then the same, another tool instead, or other arguments."""
    steps = [step for step in remedy.split(" → ") if step]
    before = [f"`{step}`" for step in steps[:-1] if step != tool]
    last = steps[-1] if steps else ""
    if last.startswith("with another "):
        return f"{joined(before)} first; then it went through {last}" if before else f"It went through {last}"
    if last == tool:
        return (
            f"{joined(before)} first, then `{tool}` goes through"
            if before
            else f"The same `{tool}` went through when it was tried again"
        )
    if not agreed:
        return ""
    alike = tool.split("_")[:2] == last.split("_")[:2]
    return f"`{last}` did it instead" if alike else f"What sessions did next, with success: `{last}`"


def gather_missing(sightings: list[Sighting]) -> Iterator[Found]:
    """Bring together paths that sessions expect and do not find; what lies below a missing folder counts for the
    folder.
    """
    groups = dict(by_key(sightings))
    real = {s.seen.remedy for s in sightings}
    for key in sorted(groups, key=len):
        # A folder that holds a file which was found is there; it was only looked for from elsewhere.
        if sessions_of(groups.get(key, ())) >= 2 and not any(path.startswith(key + "/") for path in real):
            for other in sorted(groups):
                if other.startswith(key + "/"):
                    groups[key].extend(groups.pop(other))
    for key, group in sorted(groups.items()):
        n = sessions_of(group)
        remedy = voted_remedy([s for s in group if s.seen.key == key])
        if n < 2:
            continue
        if remedy and (remedy.sessions >= 2 or fuzz.ratio(remedy.text, key) >= 85):
            looked = f"`{key}` was looked for {times(len(group))} in {n} sessions"
            text = f"{looked} and is not there; the file is `{remedy.text}`"
            way = f"Open `{remedy.text}`."
        elif not any(path.startswith(key + "/") for path in real):
            text, way = f"`{key}` does not exist; {n} sessions looked for it, {times(len(group))} in all", ""
        else:
            continue
        yield Found("trap", f"missing {key}", sentence(text), way, "notes", tuple(group))


def gather_rules(sightings: list[Sighting]) -> Iterator[Found]:
    """Bring together the rules on which a check stops again and again; three sessions a rule, one trap a check."""
    checks: dict[str, list[tuple[str, list[Sighting]]]] = defaultdict(list)
    for rule, group in by_key(sightings):
        if sessions_of(group) >= 3:
            check = Counter(s.seen.about for s in group).most_common(1)[0][0]
            checks[check].append((rule, group))
    for check, rules in sorted(checks.items()):
        ranked = sorted(rules, key=lambda r: (-sessions_of(r[1]), r[0]))
        every = tuple(s for _, group in ranked for s in group)
        told = "; ".join(f"{rule} ({sessions_of(group)}): “{_usual(group)}”" for rule, group in ranked[:5])
        more = f"; and {joined([rule for rule, _ in ranked[5:]], 6)}" if ranked[5:] else ""
        text = f"`{check}` stopped in {sessions_of(every)} sessions on the same rules: {told}{more}"
        ways = [f"{rule}: {joined([f'`{w}`' for w in fixes], 3)}" for rule, group in ranked if (fixes := _fixes(group))]
        way = (
            f"Write it so from the start. Before the check passed, this went into the code: {'; '.join(ways)}"
            if ways
            else ""
        )
        yield Found("trap", f"rules {check}", sentence(text), sentence(way), "lessons", every)


def _usual(group: list[Sighting]) -> str:
    shapes = Counter(template(s.seen.text) for s in group)
    shape = min(shapes, key=lambda t: (-shapes[t], len(t), t))
    return min((s.seen.text for s in group if template(s.seen.text) == shape), key=lambda t: (len(t), t))[:110]


def _fixes(group: list[Sighting]) -> list[str]:
    """Give the words that edits of two sessions or more brought in before the check passed; plain words are none."""
    words: dict[str, set[str]] = defaultdict(set)
    for s in group:
        for word in s.seen.remedy.split():
            words[word.rstrip(":.")].add(s.session)
    telling = [w for w, found in words.items() if len(found) >= 2 and any(c in w for c in ".:_(")]
    return sorted(telling, key=lambda w: (-len(words[w]), w))
