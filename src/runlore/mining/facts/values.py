"""What one transcript says about facts, traps and preferences, before sessions are compared."""

from __future__ import annotations

from typing import Literal

import msgspec

Sign = Literal[
    "failure",  # a call that failed; key: what was called and the template of the message
    "missing",  # a path that was asked for and is not there; key: the path within the project
    "rule",  # a rule of a linter or type checker that a check complained about; key: the rule's name
    "stale",  # a call that failed, and passed unchanged once something else had been run; key as for a failure
    "lookup",  # a question put to a tool, and its short answer; key: the call
    "search",  # a search of several calls that ended at a path; key: that path
    "constant",  # an argument of a tool; key: tool and argument
    "task",  # a task of the project's own runner that passed; key: the task
    "asked",  # a question put to a person, and the answer; key: the question
    "declined",  # a person refused a call, in their words; key: the activity
    "wish",  # a person said how they want things; key: empty, the words are compared in the reduce
]


class Observation(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """One sighting in one transcript; small, so that the map phase can be cached.

    ``key`` is what sightings of different sessions have in common, with ``<*>`` for what varies. ``text`` is the call,
    the answer or the person's words as they stand; ``about`` the message or the object they are about; ``remedy`` a
    call that the same session made next and that worked, ``""`` where none did. ``calls``, ``seconds`` and ``tokens``
    were lost until then. ``event`` is the id of the event, by which a record that stands in several files is counted
    once; ``line`` and ``index`` say where it stands.
    """

    sign: Sign
    key: str
    event: str
    line: int
    index: int = 0
    time: float = 0.0
    text: str = ""
    about: str = ""
    remedy: str = ""
    calls: int = 1
    seconds: float = 0.0
    tokens: int = 0


TEXT_LIMIT = 160
"""Characters that ``text``, ``about`` and ``remedy`` keep at most."""


def clip(text: str, limit: int = TEXT_LIMIT) -> str:
    """Give the text on one line, cut at a word with an ellipsis where it is longer than ``limit`` characters."""
    flat = " ".join(text[: limit * 4].split())
    if len(flat) <= limit:
        return flat
    cut = flat[: limit - 1]
    space = cut.rfind(" ")
    return (cut[:space].rstrip(",;:") if space > limit - 30 else cut) + "…"
