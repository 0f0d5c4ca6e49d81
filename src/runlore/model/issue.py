"""An issue as another tracker gives it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

IssueState = Literal["open", "closed"]
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
