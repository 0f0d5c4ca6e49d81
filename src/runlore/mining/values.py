"""The values that pass between the stages of mining."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Role = Literal[
    "read",  # looks at something and changes nothing
    "edit",  # changes files in the working tree
    "check",  # runs tests, linters, builds, type checks
    "effect",  # changes the world: commit, push, pull request, release, deployment, migration, record, message
    "dialog",  # asks the person: question tools, plan approvals
    "plan",  # the agent's own bookkeeping: todo lists, thinking aloud, calculators
    "delegate",  # starts a subagent
    "procedure",  # runs a written procedure: skill, slash command
]


@dataclass(frozen=True, slots=True)
class Activity:
    """What one event did, after normalising. One shell call may hold several.

    ``name`` is the machine's name: the tool's name as it stands (``cancel_pending_order``), for shell commands the program with
    its sub-command and salient flags (``git push``, ``go test``, ``gh pr create``, ``git commit --amend``), for HTTP ``POST api.example.com/orders/{id}``,
    for edits ``edit *.go``, for a skill ``skill NAME``, for a slash command ``/NAME``. ``phrase`` is an imperative verb phrase for people, no full
    stop, first letter capital ("Run the Go tests"). ``objects`` are what it touches, as ``kind:value`` (``branch:main``, ``pr:104``, ``package:cli``,
    ``area:cmd/entire/cli``, ``issue:ENT-98``). ``common`` says that every developer knows it (``git add``, ``ls``). ``command`` is the simple command as
    it ran, ``""`` for other tools.
    """

    name: str
    role: Role
    phrase: str
    objects: tuple[str, ...] = ()
    common: bool = False
    command: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """The part of a transcript that is one case: events ``first`` to ``last`` (both included, indices into the events).

    ``requests`` are the indices of the person's words that ask for the work (the opening prompt and the follow-ups that stay on it).
    ``objects`` are those of its activities and words.
    """

    first: int
    last: int
    requests: tuple[int, ...]
    objects: tuple[str, ...] = ()
