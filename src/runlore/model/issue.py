"""An issue: a piece of work to be done, here or in another tracker; and as another tracker gives it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

IssueState = Literal["open", "closed"]
Outcome = Literal["", "done", "dropped"]
Tracker = Literal["github", "gitlab", "linear", "jira"]


@dataclass(frozen=True, slots=True)
class ImportedIssue:
    """One issue out of an export or a program's answer.

    ``key`` is how people call it there (``owner/repo#12``, ``group/project#12``, ``ABC-12``), ``url`` links back and may be empty.
    ``body`` is Markdown or plain text. ``created`` and ``updated`` are ISO 8601, empty where the source gives none. ``fields`` holds
    what the issue gives by name: the answers of its form, ``Field: value`` lines, the tracker's own fields, in the order of the source.
    """

    title: str
    body: str
    state: IssueState
    url: str
    source: Tracker
    key: str
    labels: tuple[str, ...] = ()
    assignees: tuple[str, ...] = ()
    author: str = ""
    created: str = ""
    updated: str = ""
    fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Issue:
    """A piece of work that the company knows of. ``number`` counts within the company from 1.

    ``url``, ``source`` and ``key`` say where it stands in another tracker and are empty for one of our own. Times are whole microseconds since
    the epoch, UTC; ``closed`` is 0 and ``outcome`` empty while it is open.
    """

    company: str
    number: int
    title: str
    body: str = ""
    state: IssueState = "open"
    outcome: Outcome = ""
    url: str = ""
    source: Tracker | Literal[""] = ""
    key: str = ""
    labels: tuple[str, ...] = ()
    assignees: tuple[str, ...] = ()
    author: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    created: int = 0
    updated: int = 0
    closed: int = 0
