"""The sentences of facts, traps and preferences."""

from __future__ import annotations

import re

from runlore.mining.facts.values import clip
from runlore.mining.facts.wishes import bare

_QUOTED = re.compile(r"\"(?:[^\"\\]|\\.)*\"?|'[^']*'?", re.DOTALL)
_NUMBER = re.compile(r"(?<![\w.])\d{5,}(?![\w.])")
_BRANCH = re.compile(r"\b(origin|upstream)([ /])(?!main\b|master\b|develop\b|HEAD\b)[\w.-]+(?:/[\w./-]+)*")
_EMOJI = re.compile(r"[\U0001F300-\U0001FAFF\u2600-\u27BF\uFE0F\u200D]+")
_POLITE = re.compile(r"[\s,]+(?:please|thanks|thank you)[.!]*\Z", re.IGNORECASE)
_STYLE = re.compile(
    r"\b(?:tone|formal|informal|emoji|exclamation|wording|spelling|spell|british|american|logo|colou?rs?|font"
    r"|voice|headline|caption|hashtags?|slang|brand)\b",
    re.IGNORECASE,
)
_STRATEGY = re.compile(
    r"\b(?:milestone|roadmap|goal|okrs?|budget|quarter|positioning|pricing"
    r"|competitors?)\b",
    re.IGNORECASE,
)
_CUSTOMER = re.compile(r"\b(?:customers?|clients?|account manager|lead|prospect|subscriber)\b", re.IGNORECASE)


def times(n: int) -> str:
    """Give how often in words: once, twice, 5 times."""
    return {1: "once", 2: "twice"}.get(n, f"{n} times")


def code(text: str) -> str:
    """Put a command or path into backticks, a long quoted argument shortened, long numbers as ``<id>``, somebody's branch as ``<branch>``."""
    plain = _NUMBER.sub("<id>", _BRANCH.sub(r"\1\2<branch>", _QUOTED.sub(_shortened, text))).replace("`", "'")
    return f"`{clip(plain, 140)}`"


def _shortened(found: re.Match[str]) -> str:
    quoted = found[0]
    return f"{quoted[0]}…{quoted[0]}" if len(quoted) > 40 and " " in quoted else quoted


def quotes(words: list[str], most: int = 3) -> str:
    """Give people's words, the first few different ones, as quotes."""
    plain = dict.fromkeys(f"“{clip(w, 120)}”" for w in words if w)
    return ", ".join(list(plain)[:most])


def sentence(text: str) -> str:
    """Give the text with a capital letter and a full stop."""
    plain = text.strip()
    if not plain:
        return ""
    first = plain.split(None, 1)[0]
    capital = plain if "_" in first or any(c.isupper() for c in first[1:]) else plain[0].upper() + plain[1:]
    return capital if capital.rstrip("”")[-1:] in tuple(".!?…") else capital + "."


def joined(names: list[str], most: int = 4) -> str:
    """Give names as a list in words."""
    shown = names[:most]
    if len(shown) < 2:
        return "".join(shown)
    return ", ".join(shown[:-1]) + " and " + shown[-1]


def shelf_of(words: str, default: str) -> str:
    """Give the shelf that words belong on: how we sound and look, what we aim at, whom we serve, else the default."""
    if _STYLE.search(words):
        return "brand"
    if _STRATEGY.search(words):
        return "strategy"
    if _CUSTOMER.search(words):
        return "customers"
    return default


def instruction(words: str) -> str:
    """Turn a wish into an instruction: "yes, can you also reply directly?" gives "Reply directly."."""
    return sentence(_POLITE.sub("", clip(bare(_EMOJI.sub("", words).strip())) or words))
