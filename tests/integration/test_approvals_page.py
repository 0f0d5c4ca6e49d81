"""The page of approvals: who may enter, what is refused, and the answer of a person in a real browser."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from runlore.actions.approve import look_at, request_approval
from runlore.actions.caller import AGENT, OWNER, credential_file, find_credential, open_caller
from runlore.actions.import_documents import ImportRequest, import_documents
from runlore.actions.init import init
from runlore.actions.issues import NewIssue, new_issue
from runlore.actions.run_view import show_run
from runlore.actions.start import start
from runlore.settings import Settings

pytest.importorskip("starlette", reason="the extra `server` is not installed")
from dataclasses import replace

from runlore.web.approvals import Listening
from runlore.web.passphrase import is_passphrase, set_passphrase

NOW = 1_800_000_000_000_000
BOOK = """---
name: say-hello
description: "Say hello in public. Use when a greeting is to be published."
owner: brand-owner
---

# Say hello

## Purpose

A greeting that somebody has read before.

## When to start

- Request: somebody wants a greeting in public

## Inputs

- `text` (required): the greeting

## Steps

### 1. Get the greeting approved

- Approval: `brand-owner`, over `text`
- Stop if: the brand owner rejects it

### 2. Say it

- Tool: `say`
- With: `text` from input `text`
- Proceed only if: it was approved
- Proof (P0): note, it was said

## Proof of completion

- The greeting stands there

## Escalation

- Nobody answers → `founder`, within 1 hour
"""


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Any]:
    """A page that listens, with one approval that waits for the owner."""
    settings = Settings(home=tmp_path / "home", user_home=tmp_path)
    clock = lambda: NOW  # noqa: E731
    init(settings, clock, company="Acme")
    book = tmp_path / "say-hello" / "RUNBOOK.md"
    book.parent.mkdir()
    book.write_text(BOOK, "utf-8")
    with open_caller(settings, clock) as owner:
        import_documents(owner, ImportRequest((book.parent,), publish=True))
        issue = new_issue(
            owner, NewIssue("Say hello <script>alert(1)</script>", fields=(("text", "Hello & <b>welcome</b>"),))
        )
    agent = replace(settings, token=find_credential(settings, AGENT))
    with open_caller(agent, clock) as worker:
        run = start(worker, str(issue.issue.number), runbook="say-hello").view.run
        request_approval(worker, run.number, 1, fence=run.lease.fence)
    listening = Listening(settings, clock)
    thread = listening.serve_beside()
    yield SimpleNamespace(listening=listening, settings=settings, clock=clock, run=run.number, port=listening.port)
    listening.stop()
    thread.join(10)


def ask(
    page: Any, method: str, path: str, body: bytes | None = None, **headers: str
) -> tuple[int, dict[str, str], str]:
    connection = http.client.HTTPConnection("127.0.0.1", page.port, timeout=10)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, body, {"Host": f"127.0.0.1:{page.port}", **named})
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, dict(answer.getheaders()), text


def enter(page: Any) -> str:
    status, headers, _ = ask(page, "GET", "/" + page.listening.link.split("/", 3)[3])
    assert status == 303
    assert "HttpOnly" in headers["set-cookie"] and "samesite=strict" in headers["set-cookie"].lower()
    return headers["set-cookie"].split(";")[0]


def question(page: Any) -> Any:
    with open_caller(page.settings, page.clock) as owner:
        return look_at(owner, page.run)[0].asked


def test_the_link_is_good_for_one_visit_and_nothing_is_shown_without_it(page: Any):
    assert ask(page, "GET", "/")[0] == 403
    assert ask(page, "GET", "/enter?token=guess")[0] == 403
    cookie = enter(page)
    assert ask(page, "GET", "/" + page.listening.link.split("/", 3)[3])[0] == 403
    status, headers, text = ask(page, "GET", "/", Cookie=cookie)
    assert status == 200
    assert "Hello &amp; &lt;b&gt;welcome&lt;/b&gt;" in text and "<script>alert" not in text
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "A1" in text


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("POST", {"Host": "evil.example"}),
        ("POST", {"Origin": "https://evil.example"}),
        ("POST", {"Origin": "null"}),
        ("POST", {"Origin": None}),
        ("POST", {"Content_Type": "text/plain"}),
        ("POST", {"Cookie": "runlore_session=guess"}),
        ("PUT", {}),
        ("DELETE", {}),
    ],
)
def test_what_does_not_come_from_the_page_itself_changes_nothing(
    page: Any, method: str, headers: dict[str, str | None]
):
    asked = question(page)
    sent: dict[str, Any] = {
        "Cookie": enter(page),
        "Origin": f"http://127.0.0.1:{page.port}",
        "Content_Type": "application/json",
        **headers,
    }
    body = json.dumps({"approval": asked.number, "digest": asked.digest, "approved": True}).encode()
    status, _, _ = ask(page, method, "/answer", body, **{k: v for k, v in sent.items() if v is not None})
    assert status == 403
    assert question(page).state == "open"


def test_a_get_changes_nothing_and_odd_bodies_are_refused(page: Any):
    asked = question(page)
    sent = {"Cookie": enter(page), "Origin": f"http://127.0.0.1:{page.port}", "Content_Type": "application/json"}
    assert ask(page, "GET", f"/answer?approval={asked.number}&approved=true", **sent)[0] == 405
    for body in (
        b"",
        b"[]",
        b"{}",
        b"null",
        b"\xff",
        b"{" * 2000,
        b'{"approval": 1, "approved": "yes", "digest": "x"}',
        b" " * 20_000,
    ):
        assert ask(page, "POST", "/answer", body, **sent)[0] == 400
    stale = json.dumps({"approval": asked.number, "digest": "sha256:other", "approved": True}).encode()
    status, _, text = ask(page, "POST", "/answer", stale, **sent)
    assert status == 409 and "Look at it again" in text
    assert question(page).state == "open"


def test_a_passphrase_raises_what_an_answer_is_worth_and_a_wrong_one_answers_nothing(page: Any):
    folder = credential_file(page.settings, OWNER).parent
    set_passphrase(folder, "calm water at ten")
    assert (
        is_passphrase(folder, "calm water at ten")
        and not is_passphrase(folder, "calm water")
        and not is_passphrase(folder, "")
    )
    assert b"calm" not in (folder / "passphrase").read_bytes()
    asked = question(page)
    sent = {"Cookie": enter(page), "Origin": f"http://127.0.0.1:{page.port}", "Content_Type": "application/json"}
    value = {"approval": asked.number, "digest": asked.digest, "approved": True}
    assert ask(page, "POST", "/answer", json.dumps({**value, "passphrase": "guess"}).encode(), **sent)[0] == 403
    assert question(page).state == "open"
    status, _, text = ask(
        page, "POST", "/answer", json.dumps({**value, "passphrase": "calm water at ten"}).encode(), **sent
    )
    assert status == 200 and json.loads(text)["assurance"] == "A2"


def test_a_person_says_no_with_a_reason_and_then_yes_in_a_real_browser(page: Any, chromium: str):
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        seen = browser.new_page()
        complaints: list[str] = []
        seen.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        seen.goto(page.listening.link)
        assert seen.locator("pre").inner_text() == "Hello & <b>welcome</b>"
        seen.get_by_role("button", name="No, and why").click()
        assert "Say why not" in seen.locator(".told").inner_text()
        seen.get_by_label("Words for the worker").fill("Too loud.")
        seen.get_by_role("button", name="No, and why").click()
        seen.get_by_text("Answered: rejected (A1).").wait_for()
        assert complaints == []
        browser.close()
    with open_caller(page.settings, page.clock) as owner:
        (kept,) = show_run(owner, page.run).approvals
    assert (kept.state, kept.comment, kept.assurance) == ("rejected", "Too loud.", "A1")
