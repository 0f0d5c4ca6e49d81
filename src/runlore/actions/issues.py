"""Issues: pieces of work to be done, kept here or taken from another tracker; a closed one teaches search what its runbook is for."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

from runlore.actions.caller import Caller
from runlore.actions.redact import open_redactor, redact_words
from runlore.context.packing.form import parse_pack
from runlore.context.trackers.fields import issue_fields
from runlore.errors import Conflict, NoSuchName, NotAllowed, UsageError
from runlore.model import Problem
from runlore.model.issue import Issue, IssueState, Outcome
from runlore.model.library import Assignment
from runlore.model.pack import ContextPack, PackRequest
from runlore.record.assignments import find_current
from runlore.record.blobs import get_blob
from runlore.record.canonical import parse_json
from runlore.record.database import Transaction
from runlore.record.documents import resolve_name
from runlore.record.issues import (
    close_issue,
    create_issue,
    find_issue_by_key,
    find_issue_by_url,
    get_issue,
    list_issues,
    update_issue,
)
from runlore.record.principals import get_principal
from runlore.record.requests import add_request
from runlore.redaction import Redactor

LONGEST_TITLE: Final = 1000
LONGEST_BODY: Final = 1 << 20
_LONGEST_REQUEST: Final = 2000
_MOST_NAMES: Final = 100
_URL: Final = re.compile(r"https?://[^\s<>\"'`\\\x00-\x20\x7f]{1,2000}")
_NUMBER: Final = re.compile(r"#?(\d{1,9})")


@dataclass(frozen=True, slots=True)
class NewIssue:
    """An issue as somebody writes it. ``fields`` win over what the body gives by name."""

    title: str
    body: str = ""
    labels: tuple[str, ...] = ()
    url: str = ""
    fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class KeptIssue:
    """An issue as it is kept, and what was replaced in it on the way."""

    issue: Issue
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Work:
    """An issue with who works on it: the current assignment, its worker's name and its pack; None and empty where nobody does."""

    issue: Issue
    assignment: Assignment | None = None
    worker: str = ""
    pack: ContextPack | None = None


@dataclass(frozen=True, slots=True)
class ClosedIssue:
    """A closed issue, and the runbook that has served its request (empty where none did)."""

    issue: Issue
    runbook: str = ""


def new_issue(caller: Caller, draft: NewIssue) -> KeptIssue:
    """Keep a new issue. Raises NotAllowed, UsageError for what is no issue, Conflict where the URL is known already."""
    caller.require("propose", "write an issue")
    check_issue(draft)
    clean, problems = redact_issue(open_redactor(caller.settings), draft, "the issue")
    with caller.record.write(caller.company) as tx:
        issue = Issue(
            caller.company,
            0,
            clean.title,
            clean.body,
            url=clean.url,
            labels=clean.labels,
            author=caller.principal.name,
            fields=clean.fields,
        )
        return KeptIssue(create_issue(tx, issue, caller.principal.id, caller.now), problems)


def list_work(caller: Caller, state: IssueState | None = "open") -> tuple[Work, ...]:
    """List the issues in a state, or all, with who works on each."""
    caller.require("read", "read issues")
    with caller.record.read() as tx:
        return tuple(_work(tx, issue) for issue in list_issues(tx, caller.company, state))


def get_work(caller: Caller, reference: str) -> Work:
    """Give an issue by its number, its URL or its key elsewhere, with who works on it and with what. Raises NoSuchName."""
    caller.require("read", "read issues")
    with caller.record.read() as tx:
        return _work(tx, get_by_reference(tx, caller.company, reference), with_pack=True)


def link_issue(caller: Caller, reference: str, url: str) -> Issue:
    """Say where an issue of our own stands in another tracker; from then on an import updates it. Raises Conflict where either is linked already."""
    caller.require("assign", "link an issue to a tracker")
    _check_url(url)
    url, _ = redact_words(open_redactor(caller.settings), url, "the URL")
    with caller.record.write(caller.company) as tx:
        there = get_by_reference(tx, caller.company, reference)
        if there.url and there.url != url:
            raise Conflict(f"Issue {there.number} is linked to {there.url} already.")
        return update_issue(tx, replace(there, url=url, updated=caller.now), caller.principal.id, caller.now)


def close(caller: Caller, reference: str, outcome: Outcome, runbook: str = "") -> ClosedIssue:
    """Close an issue. One that is done adds its request to those that its runbook has served: the one of its pack, or the one that is named.

    Its worker may close it, and whoever may assign. Raises NotAllowed, NoSuchName, Conflict where it is closed already.
    """
    with caller.record.write(caller.company) as tx:
        there = get_by_reference(tx, caller.company, reference)
        work = _work(tx, there, with_pack=True)
        _check_may_close(caller, work)
        served = _served(tx, caller, work, runbook) if outcome == "done" else ""
        if there.state == "closed" and not there.outcome:  # the tracker closed it and said nothing of how
            issue = update_issue(tx, replace(there, outcome=outcome), caller.principal.id, caller.now)
        else:
            issue = close_issue(tx, caller.company, there.number, outcome, caller.principal.id, caller.now)
        if served:
            add_request(tx, caller.company, served, request_text(issue), f"issue {issue.number}", caller.now)
        return ClosedIssue(issue, served)


def _check_may_close(caller: Caller, work: Work) -> None:
    mine = work.assignment is not None and work.assignment.worker == caller.principal.id
    if not (caller.principal.may("assign") or (mine and caller.principal.may("run"))):
        raise NotAllowed(
            caller.principal.name,
            f"close issue {work.issue.number}",
            "only the worker that it is assigned to may, or who has the scope `assign`.",
        )


def _served(tx: Transaction, caller: Caller, work: Work, runbook: str) -> str:
    if runbook:
        name = runbook if "/" in runbook else f"runbooks/{runbook}"
        return resolve_name(tx, caller.company, name, caller.principal.teams).id
    return work.pack.runbook if work.pack else ""


def get_by_reference(tx: Transaction, company: str, reference: str) -> Issue:
    """Give an issue by its number (``12``, ``#12``), its URL or its key elsewhere; raises NoSuchName."""
    found = find_by_reference(tx, company, reference)
    if found is None:
        raise NoSuchName("issue", reference)
    return found


def find_by_reference(tx: Transaction, company: str, reference: str) -> Issue | None:
    """Find an issue by its URL or its key elsewhere; a number that is none raises NoSuchName, any other text gives None."""
    text = reference.strip()
    number = _NUMBER.fullmatch(text)
    if number:
        return get_issue(tx, company, int(number[1]))
    return find_issue_by_url(tx, company, text) or find_issue_by_key(tx, company, text)


def request_of(issue: Issue) -> PackRequest:
    """Give an issue as a pack asks for it."""
    return PackRequest("issue", issue.title, issue.body, issue.number, issue.url, issue.labels, issue.fields)


def request_text(issue: Issue) -> str:
    """Give the words of an issue that search learns from."""
    return f"{issue.title}\n{issue.body}".strip()[:_LONGEST_REQUEST].strip()


def read_pack(tx: Transaction, assignment: Assignment) -> ContextPack:
    """Read the pack that was given with an assignment, checked against its hash."""
    return parse_pack(parse_json(get_blob(tx, assignment.company, assignment.pack).decode()))


def _work(tx: Transaction, issue: Issue, *, with_pack: bool = False) -> Work:
    assignment = find_current(tx, issue.company, issue.number)
    if assignment is None:
        return Work(issue)
    worker = get_principal(tx, issue.company, assignment.worker).name
    return Work(issue, assignment, worker, read_pack(tx, assignment) if with_pack else None)


def check_issue(draft: NewIssue) -> None:
    """Raise UsageError for what no tracker would take."""
    if not draft.title.strip():
        raise UsageError("An issue needs a title: say in one line what is to be done.")
    if len(draft.title) > LONGEST_TITLE:
        raise UsageError(
            f"The title is longer than {LONGEST_TITLE:,} characters. Say it in one line, and the rest in the body."
        )
    if len(draft.body) > LONGEST_BODY:
        raise UsageError(
            f"The body is longer than {LONGEST_BODY:,} characters. Put what is long in a file, and link to it."
        )
    if len(draft.fields) > _MOST_NAMES or len(draft.labels) > _MOST_NAMES:
        raise UsageError(f"An issue has at most {_MOST_NAMES} fields and as many labels.")
    if any(not name.strip() for name, _ in draft.fields):
        raise UsageError("A field needs a name: write --field name=value.")
    if draft.url:
        _check_url(draft.url)


def _check_url(url: str) -> None:
    if not _URL.fullmatch(url):
        raise UsageError(f"{url!r} is no web address of an issue. It begins with https:// and holds no blank.")


def redact_issue(redactor: Redactor, draft: NewIssue, where: str) -> tuple[NewIssue, tuple[Problem, ...]]:
    """Redact an issue, and take up what its body gives by name; ``where`` names it for people."""
    title, of_title = redact_words(redactor, " ".join(draft.title.split()), f"{where}: title")
    body, of_body = redact_words(redactor, draft.body.strip(), f"{where}: body")
    url, of_url = redact_words(redactor, draft.url, f"{where}: URL")
    own: list[tuple[str, str]] = []
    problems: list[Problem] = [*of_title, *of_body, *of_url]
    for name, value in draft.fields:
        plain_name, of_name = redact_words(redactor, name.strip(), f"{where}: name of a field")
        clean, of_value = redact_words(redactor, value.strip(), f"{where}: field {plain_name}")
        own.append((plain_name, clean))
        problems += (*of_name, *of_value)
    given = {name.lower() for name, _ in own}
    fields = (*own, *((n, v) for n, v in issue_fields(title, body) if n.lower() not in given))
    labels = tuple(
        dict.fromkeys(redact_words(redactor, label.strip(), where)[0] for label in draft.labels if label.strip())
    )
    return NewIssue(title, body, labels, url, tuple(fields)[:_MOST_NAMES]), tuple(problems)
