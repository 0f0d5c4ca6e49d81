"""Words for drafts: plain sentences from names, numbers and values seen; nothing personal, no Markdown by accident."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime

from runlore.model.condition_text import render_code
from runlore.runbooks.hidden import clean, escape_words, shorten
from runlore.runbooks.inline import parse_code

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_ROLE_MAILBOX = re.compile(
    r"(?i)(?:info|support|billing|sales|team|no-?reply|admin|hello|office|marketing|security|help|contact|press)@"
)
_PHONE = re.compile(r"(?<!\w)\+?\d[\d ()/-]{7,}\d(?!\w)")
_NUMBERED = re.compile(r"#?\b[\w-]*\d[\w-]*\d[\w-]*\d[\w-]*\b")
_OWN_ID = re.compile(
    r"\b[a-z][a-z_]*_\d{4,}\b|\b\d{1,5} (?:[A-Z][a-z]+ ){1,3}(?:Street|St|Avenue|Ave|Road|Rd|Drive|Lane|Boulevard|Way|Court)\b"
)
_LONG_NUMBER = re.compile(r"#?\b[A-Z]{0,3}\d{6,}\b")
_NAMED = re.compile(
    r"(\b(?:[Mm]y (?:full )?name is|[Ii]'m|[Ii] am|[Tt]his is|[Nn]ame:|[Aa]uthor:))(?: [A-Z][\w'’-]+){1,3}"
)
_VERBS_WITH_ARTICLE = frozenset(
    [
        "get",
        "list",
        "find",
        "search",
        "read",
        "fetch",
        "look",
        "check",
        "create",
        "update",
        "delete",
        "add",
        "set",
        "send",
        "publish",
        "cancel",
        "close",
        "open",
        "start",
        "stop",
        "run",
    ]
)


def list_words(items: Sequence[str]) -> str:
    """Join with commas and ``and``."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}" if items else ""


def name_steps(numbers: Sequence[int]) -> str:
    """Give ``Step 3``, or ``Steps 3, 4 and 7``."""
    return f"Step{'s' if len(numbers) > 1 else ''} {list_words([str(number) for number in numbers])}"


def count_of(number: int, noun: str) -> str:
    """Give ``1 case``, ``12 cases``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def span_of(seconds: float) -> str:
    """Give a length of time in the unit that a person would use; ``""`` for none."""
    if seconds <= 0:
        return ""
    for limit, unit, size in ((90, "second", 1), (90 * 60, "minute", 60), (36 * 3600, "hour", 3600)):
        if seconds < limit:
            return count_of(max(1, round(seconds / size)), unit)
    return count_of(round(seconds / 86400), "day")


def day_of(seconds: float) -> str:
    """Give the ISO date (UTC) of a time since the epoch; ``""`` for none."""
    return datetime.fromtimestamp(seconds, UTC).date().isoformat() if seconds > 0 else ""


def sentence(text: str) -> str:
    """Give a sentence: escaped outside its code spans, first letter capital, full stop at its end; ``""`` for nothing."""
    words = keep_code(text)
    if not words:
        return ""
    return words[0].upper() + words[1:] + ("" if words[-1] in ".!?…:" else ".")


def keep_code(text: str, limit: int = 600) -> str:
    """Give foreign words on one line, escaped outside code spans; code spans stay code."""
    text = shorten(clean(text), limit)
    parts: list[str] = []
    at = begin = 0
    while at < len(text):
        code = parse_code(text, at) if text[at] == "`" else None
        if code is None:
            at += 1
            continue
        parts.extend([_escaped(text[begin:at]), render_code(code[0].strip()) if code[0].strip() else ""])
        at = begin = code[1]
    return "".join([*parts, _escaped(text[begin:])]).strip()


def keep_phrase(text: str) -> str:
    """Give foreign words like ``keep_code``, without a full stop at their end."""
    return keep_code(text).rstrip(". ")


def title_of(title: str, activity: str) -> str:
    """Give a step's title: the given phrase, or one made from the activity's name where the title is that name."""
    words = clean(title).rstrip(".")
    if not words or words == activity or re.fullmatch(r"\w+[_.]\w+", words):
        words = phrase_of(words or activity)
    title = keep_code(words[0].upper() + words[1:], 100) if words else ""
    return re.sub(r"(?<=\s)(#+)$", r"\\\1", title) or "Work"  # a heading's last number signs would close it


def phrase_of(name: str) -> str:
    """Make a verb phrase of a tool's name: ``get_order_details`` gives ``get the order details``."""
    tail = re.split(r"__|[./:]", name)[-1]
    words = [word.lower() for word in re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])", tail)]
    if len(words) > 1 and words[0] in _VERBS_WITH_ARTICLE and words[1] not in ("by", "for", "to", "with", "in"):
        words.insert(1, "the")
    return " ".join(words)


def mask_values(words: str) -> str:
    """Take what belongs to one case out of a request: addresses, numbers with three digits and more, names that introduce themselves."""
    words = _EMAIL.sub("…", words)
    words = _NAMED.sub(r"\1 …", words)
    return _NUMBERED.sub("…", _PHONE.sub("…", words))


def mask_people(words: str) -> str:
    """Take addresses, telephone numbers, long numbers and names that introduce themselves out of words that are quoted."""
    words = _OWN_ID.sub("…", _NAMED.sub(r"\1 …", _EMAIL.sub("…", words)))
    return _LONG_NUMBER.sub("…", _PHONE.sub("…", words))


def mask_command(command: str) -> str:
    """Take people's addresses and secrets' placeholders out of a command line, with a name in angle brackets in their place."""
    command = re.sub(r"\[SECRET:([\w-]+):[^\]]*\]", r"<\1>", command)
    return _EMAIL.sub(lambda found: found[0] if _ROLE_MAILBOX.match(found[0]) else "<e-mail>", command)


def is_personal(text: str, sessions: int = 1) -> bool:
    """Say whether a value names a person or holds a secret's placeholder: such a value is never written as a constant.

    A number that could be somebody's telephone is taken for the company's own where at least three sessions used it.
    """
    address = _EMAIL.search(text)
    return (
        "[SECRET:" in text
        or (address is not None and not _ROLE_MAILBOX.match(address[0]))
        or (sessions < 3 and bool(_PHONE.fullmatch(text)))
    )


def is_identifier(text: str) -> bool:
    """Say whether a value looks like the number of one thing: three digits or more in one word."""
    return bool(_NUMBERED.fullmatch(text.strip()))


def shape_of(example: str) -> str:
    """Say what a value looks like without giving it; ``""`` where there is nothing to say."""
    text = clean(example)
    if not text:
        return ""
    if _EMAIL.fullmatch(text):
        return "an e-mail address"
    if re.match(r"https?://\S+$", text):
        return "a link"
    if re.fullmatch(r"\d{4}-\d\d-\d\d(?:[T ].*)?", text):
        return "a date, as YYYY-MM-DD" if len(text) == 10 else "a time, as YYYY-MM-DDThh:mm"
    if re.fullmatch(r"-?\d+(?:\.\d+)?", text):
        return "a number" if len(text) < 5 else f"a number of {len(text.lstrip('-'))} digits"
    if text.lower() in ("true", "false"):
        return "true or false"
    if text[0] in "[{" and _is_json(text):
        return "a list" if text[0] == "[" else "an object"
    if is_identifier(text) and len(text) <= 40:
        return f"looks like {render_code(_shape(text))}"
    return "one word" if " " not in text and len(text) <= 30 else "free text"


def _shape(text: str) -> str:
    """Digits become 0; letters that are mixed with digits become their kind; words of letters alone are kept only as ``name``."""
    runs = re.findall(r"[A-Za-z]+|\d+|[^A-Za-z\d]", text)
    short = [
        ("0" * len(run) if run.isdigit() else run if not run.isalpha() or len(run) <= 3 else "name") for run in runs
    ]
    return "".join(short)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _escaped(text: str) -> str:
    """Escape and keep the spaces at both ends, which ``escape_words`` strips."""
    if not text.strip():
        return " " if text else ""
    return (" " if text[0] == " " else "") + escape_words(text, 10_000) + (" " if text[-1] == " " else "")
