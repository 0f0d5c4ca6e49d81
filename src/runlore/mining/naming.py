"""Names, titles and descriptions, as a careful colleague would give them."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence

LONGEST_NAME = 60
COMMON = 1 / 3
"""Share of the requests in which a word must stand to tell of them."""
_NOT_NAME = re.compile(r"[^a-z0-9]+")
_ARTICLES = {"a", "an", "the"}
_DOING = {
    "adding": "add", "analyzing": "analyze", "answering": "answer", "auditing": "audit", "bisecting": "bisect", "brainstorming": "brainstorm",
    "building": "build", "bumping": "bump", "checking": "check", "cleaning": "clean", "closing": "close", "committing": "commit",
    "creating": "create", "debugging": "debug", "deploying": "deploy", "designing": "design", "dispatching": "dispatch",
    "documenting": "document", "drafting": "draft", "editing": "edit", "executing": "execute", "exporting": "export", "finding": "find",
    "finishing": "finish", "fixing": "fix", "generating": "generate", "handling": "handle", "importing": "import", "investigating": "investigate",
    "launching": "launch", "making": "make", "merging": "merge", "migrating": "migrate", "monitoring": "monitor", "opening": "open",
    "optimizing": "optimize", "planning": "plan", "preparing": "prepare", "publishing": "publish", "receiving": "receive",
    "refactoring": "refactor", "releasing": "release", "renaming": "rename", "reporting": "report", "requesting": "request",
    "resolving": "resolve", "restoring": "restore", "reviewing": "review", "running": "run", "sending": "send", "simplifying": "simplify",
    "testing": "test", "tracing": "trace", "triaging": "triage", "updating": "update", "upgrading": "upgrade", "using": "use",
    "validating": "validate", "verifying": "verify", "writing": "write",
}  # fmt: skip
"""What written procedures are called after, and the verb of it."""


def kebab(title: str) -> str:
    """Turn a title into a name by the Agent Skills rules: a–z, 0–9 and single hyphens, at most LONGEST_NAME characters."""
    words = [w for w in _NOT_NAME.sub(" ", title.lower()).split() if w not in _ARTICLES]
    name = "-".join(words)[:LONGEST_NAME]
    return name.rsplit("-", 1)[0] if len("-".join(words)) > LONGEST_NAME and "-" in name else name or "workflow"


def procedure_title(name: str) -> str:
    """The verb phrase of a written procedure that is called after one ("writing-plans": "Write plans"); others are followed by their name."""
    first, *rest = name.split("-")
    verb = _DOING.get(first)
    if verb is None or not all(word.isalpha() for word in rest):
        return f"Follow the {name} procedure"
    return " ".join([verb.capitalize(), *rest])


def unique(name: str, taken: set[str]) -> str:
    """Give the name, numbered where it is taken already, and take it."""
    candidate, number = name, 2
    while candidate in taken:
        candidate = f"{name[: LONGEST_NAME - 3].rstrip('-')}-{number}"
        number += 1
    taken.add(candidate)
    return candidate


def telling_words(own: Sequence[Sequence[str]], others: Iterable[Sequence[str]], most: int = 5) -> tuple[str, ...]:
    """Give the words that requests of this kind use and others do not, best first; each stands in at least two requests and a third of them.

    By weighted log-odds with a prior (Monroe, Colaresi and Quinn 2008) over how many requests hold a word.
    """
    mine = Counter(w for words in own for w in set(words))
    foreign = list(others)
    rest = Counter(w for words in foreign for w in set(words))
    total, beyond = len(own) + 1.0, len(foreign) + 1.0
    scored = []
    for word, count in mine.items():
        if count < max(2, COMMON * len(own)) or len(word) < 3 or any(c.isdigit() for c in word):
            continue
        here = (count + 0.5) / (total - count + 0.5)
        there = (rest[word] + 0.5) / (beyond - rest[word] + 0.5)
        spread = math.sqrt(1 / (count + 0.5) + 1 / (rest[word] + 0.5))
        scored.append((math.log(here / there) / spread * math.sqrt(count), word))
    return tuple(word for _, word in sorted(scored, key=lambda s: (-s[0], s[1]))[:most])
