"""A company whose agents follow runbooks, for tests of proof, approvals and leases: Ada owns it, Bea answers for the brand; each operates an agent."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from runlore.actions.allowed import allowed_file
from runlore.actions.caller import AGENT, Caller, find_credential, open_caller
from runlore.actions.import_documents import ImportRequest, import_documents
from runlore.actions.init import init
from runlore.actions.issues import NewIssue, new_issue
from runlore.actions.principals import PrincipalRequest, add_principal
from runlore.actions.prove import Offered, prove
from runlore.actions.report_step import Reported, report_step
from runlore.actions.roles import give_role
from runlore.actions.run_view import RunView, show_run
from runlore.actions.start import start
from runlore.library import git
from runlore.model.run import ProofItem, StepReport
from runlore.settings import Settings

MINUTE = 60_000_000
RUNBOOK = """---
name: send-word
description: "Send word to the harbours. Use when an issue asks to send word."
owner: brand-owner
---

# Send word to the harbours

## Purpose

Every harbour knows it within the hour.

## When to start

- Request: somebody asks to send word

## Inputs

- `text` (required): what is sent

## Steps

### 1. Find the harbours

- Tool: `book.find`
- Proof (P2): tool result, `$.id` is present
- After: nothing

### 2. See it on the site

- Tool: `site.get_page`
- Proof (P2): url, `$.link` is present
- After: nothing

### 3. Try the site

- Proof (P2): command, the checks of the site end well
- After: nothing

### 4. Keep the picture

- Proof (P1): file, the picture as it went out
- After: nothing

### 5. Get it approved

- Approval: `brand-owner`, over `text`
- Proof (P3): person, the answer is a yes
- After: nothing

### 6. Commit the text

- Proof (P2): commit, the text is in the repository
- After: nothing

### 7. Find them again

- Tool: `book.find`
- Proof (P2): tool result, `$.count` = 1
- After: nothing

### 8. Send it

- Tool: `mail.send`
- With: `text` from input `text`
- Proof (P1): tool result, `$.sent` = true
- After: 5

## Proof of completion

- url (P2): the page of step 2

## What good looks like

- One sentence

## Failure modes

| Sign | Cause | Recovery | Seen |
| --- | --- | --- | --- |
| `Unauthorized` at step 1 | the token is old | renew it | 1 |

## Escalation

- Nobody answers the question of step 5 → `brand-owner`, within 1 hour, then `owner`
"""


@dataclass
class Company:
    """The company at work: its settings, the credentials of everyone by name, a clock that tests may put forward, and a folder for files."""

    settings: Settings
    folder: Path
    tokens: dict[str, str] = field(default_factory=dict)
    later: int = 0

    @contextmanager
    def as_(self, who: str, **changes: Any) -> Iterator[Caller]:
        """Act as somebody; ``changes`` are settings of this one call."""
        settings = replace(self.settings, token=self.tokens[who], **changes)
        with open_caller(settings, lambda: time.time_ns() // 1000 + self.later) as caller:
            yield caller

    def start(self, who: str = "agent", text: str = "The lock opens at nine.") -> RunView:
        """A run of a new issue, held by somebody."""
        with self.as_("Ada") as ada:
            issue = new_issue(ada, NewIssue("Send word about the lock", f"Text: {text}")).issue
        with self.as_(who) as caller:
            return start(caller, str(issue.number), runbook="send-word").view

    def prove(self, who: str, view: RunView, step: int, offered: Offered, fence: int = -1) -> ProofItem:
        with self.as_(who) as caller:
            return prove(caller, view.run.number, step, offered, fence=view.run.lease.fence if fence < 0 else fence)[0]

    def report(
        self, who: str, view: RunView, step: int, result: Any = None, kind: str = "done", **given: Any
    ) -> Reported:
        with self.as_(who) as caller:
            told = StepReport(step, kind, given.get("why", ""), result)  # type: ignore[arg-type]
            fence = given.get("fence", view.run.lease.fence)
            return report_step(caller, view.run.number, told, fence=fence, key=given.get("key", ""))

    def look(self, view: RunView) -> RunView:
        with self.as_("Ada") as ada:
            return show_run(ada, view.run.number)

    def session(self, name: str, *calls: tuple[str, Any], first: str = "Go on.", older: float = 0.0) -> Path:
        """Write what a host recorded: calls with their results; ``older`` than now by so many seconds."""
        messages: list[Any] = [{"role": "user", "content": first}]
        for at, (tool, result) in enumerate(calls):
            call = {"id": f"c{at}", "name": tool, "arguments": {}}
            messages.append({"role": "assistant", "content": "", "tool_calls": [call]})
            content = result if isinstance(result, str) else json.dumps(result)
            messages.append({"role": "tool", "tool_call_id": f"c{at}", "content": content})
        path = self.folder / f"{name}-{len(calls)}.jsonl"
        path.write_text(json.dumps({"id": name, "messages": messages}) + "\n", "utf-8")
        os.utime(path, (time.time() - older, time.time() - older))
        return path


def make_people(company: Company) -> None:
    """Bea with the role, her agent, a second agent of Ada's, a service that verifies and one that does not."""
    with company.as_("Ada") as ada:
        for name, kind, operator in (
            ("Bea", "human", ""),
            ("Cid", "human", ""),
            ("bee", "agent", "Bea"),
            ("twin", "agent", "Ada"),
            ("checker", "service", ""),
        ):
            request = PrincipalRequest(name, kind, operator=operator)  # type: ignore[arg-type]
            company.tokens[name] = add_principal(ada, request).token
        scopes = ("read", "propose", "run")
        company.tokens["worker-service"] = add_principal(ada, PrincipalRequest("machine", "service", scopes)).token  # type: ignore[arg-type]
        give_role(ada, "brand-owner", "Bea")


def make_company(folder: Path, record: str) -> Company:
    """Found the company with its runbook, people, an allowed command and a repository."""
    home, person = folder / "home", folder / "person"
    person.mkdir(parents=True)
    settings = Settings(home, person, "a secret of tests", record=record)
    company = Company(settings, folder)
    init(settings, lambda: time.time_ns() // 1000, company="Acme", person="Ada")
    company.tokens |= {"Ada": find_credential(settings), "agent": find_credential(settings, AGENT)}
    place = folder / "docs" / "send-word" / "RUNBOOK.md"
    place.parent.mkdir(parents=True)
    place.write_text(RUNBOOK, "utf-8")
    with company.as_("Ada") as ada:
        done = import_documents(ada, ImportRequest((place.parent,), "", "", True), lambda *_: None)
        assert [d.outcome for d in done.documents] == ["published"], done
    make_people(company)
    repository = folder / "repository"
    repository.mkdir()
    git.run(repository, "init", "--quiet")
    allowed = {
        "commands": {"fine": "true", "broken": "false"},
        "repositories": {"site": str(repository)},
    }
    allowed_file(settings).write_text(json.dumps(allowed), "utf-8")
    return company


def commit(company: Company, words: str) -> str:
    """Commit something to the company's repository, and give its hash."""
    place = company.folder / "repository"
    (place / "text").write_text(words, "utf-8")
    git.run(place, "add", "text")
    who = ("-c", "user.name=t", "-c", "user.email=t@example.org")
    git.run(place, *who, "commit", "--quiet", "-m", "text")
    return git.run(place, "rev-parse", "HEAD").decode().strip()
