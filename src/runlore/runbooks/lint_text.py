"""Checks of the text itself: length, vague sentences, secrets, what a reader does not see."""

from __future__ import annotations

import re
from collections import defaultdict

from runlore.model import Problem
from runlore.runbooks.checked import Check, Checked
from runlore.runbooks.hidden import HIDDEN
from runlore.runbooks.tokens import count

LONG = 1500
TOO_LONG = 5000

_VAGUE: dict[str, re.Pattern[str]] = {
    "say what must be true of it": re.compile(
        r"\b(?:great|awesome|amazing|excellent|outstanding|engaging|compelling|high[- ]quality|world[- ]class|user[- ]friendly|robust|seamless)\b",
        re.IGNORECASE,
    ),
    "say how it is done": re.compile(
        r"\b(?:properly|appropriately|accordingly|correctly and completely|best practices?|do the needful|somehow|in a good way)\b",
        re.IGNORECASE,
    ),
    "say when": re.compile(
        r"\b(?:as|if|when|where) (?:appropriate|needed|necessary|required|applicable|possible)\b|\b(?:in due time|asap|(?<!how )soon)\b",
        re.IGNORECASE,
    ),
    "name them all": re.compile(
        r"\betc\b\.?|\band so (?:on|forth)\b|\bor similar\b|\bvarious (?:things|checks|steps)\b", re.IGNORECASE
    ),
    "say what to look at": re.compile(
        r"\b(?:be careful|use (?:common sense|good judge?ment)|make sure (?:that )?(?:everything|all) (?:is|works|looks)|handle (?:all |any )?(?:errors|edge cases)|double[- ]check everything)\b",
        re.IGNORECASE,
    ),
}
_EXEMPT = re.compile(r"`+[^`]*`+|\"[^\"]*\"|“[^”]*”|^ {0,3}>.*$")
_COMMENT = re.compile(r"<!--|<[a-z]+[^<>]{0,200}\b(?:hidden|display:\s*none)", re.IGNORECASE)


def check_length(checked: Checked) -> list[Problem]:
    """The text costs at most 5,000 tokens, better 1,500."""
    tokens = count(checked.text)
    if tokens > TOO_LONG:
        return [
            checked.error(
                "",
                "too-long",
                f"The runbook costs about {tokens:,} tokens, more than {TOO_LONG:,}: move details into files beside it.",
            )
        ]
    if tokens > LONG:
        return [
            checked.warning("", "long", f"The runbook costs about {tokens:,} tokens: under {LONG:,} it is read whole.")
        ]
    return []


def check_vague(checked: Checked) -> list[Problem]:
    """Sentences that two people would follow differently are named, outside code, quotes and people's words."""
    found = []
    fenced = False
    for number, line in enumerate(checked.text.split("\n"), 1):
        if line.lstrip().startswith(("```", "~~~")):
            fenced = not fenced
        if fenced or not line.strip():
            continue
        words = _EXEMPT.sub(" ", line) if not line.startswith("description:") else line
        for hint, pattern in _VAGUE.items():
            for match in pattern.finditer(words):
                found.append(
                    Problem(
                        checked.file, number, "vague", f'"{match[0]}" leaves open what is meant: {hint}.', "warning"
                    )
                )
    return found


def check_hidden(checked: Checked) -> list[Problem]:
    """Nothing stands in the text that a reader does not see: hidden characters, comments."""
    by_line: dict[int, list[str]] = defaultdict(list)
    for number, line in enumerate(checked.text.removeprefix("\ufeff").split("\n"), 1):
        by_line[number] = [f"U+{ord(char):04X}" for char in HIDDEN.findall(line)]
    found = [
        Problem(
            checked.file,
            number,
            "hidden-character",
            f"{len(chars)} hidden character{'s' if len(chars) > 1 else ''} ({', '.join(sorted(set(chars)))}): remove them.",
        )
        for number, chars in by_line.items()
        if chars
    ]
    for number, line in enumerate(checked.text.split("\n"), 1):
        if _COMMENT.search(re.sub(r"`+[^`]*`+", "", line)):
            found.append(
                Problem(
                    checked.file,
                    number,
                    "hidden-text",
                    "An HTML comment or hidden element is not shown to readers: write it out or remove it.",
                )
            )
    return found


def check_secrets(checked: Checked) -> list[Problem]:
    """No secret stands in the text; the message never repeats it."""
    if checked.find_secrets is None:
        return []
    return [
        Problem(
            checked.file,
            checked.text.count("\n", 0, begin) + 1,
            "secret",
            f"A secret stands here ({kind}): name the credential instead, and replace the secret where it came from.",
        )
        for begin, _, kind in checked.find_secrets(checked.text)
    ]


TEXT_CHECKS: tuple[Check, ...] = (check_length, check_vague, check_hidden, check_secrets)
