"""Two workflows as the miner would give them: one of customer service, one of coding; and the page's own example."""

from __future__ import annotations

from pathlib import Path

import pytest

from runlore.model import (
    Approval,
    Argument,
    CaseReference,
    Event,
    Evidence,
    FailureMode,
    Guard,
    Proof,
    Quote,
    Source,
    Spread,
    ValueSource,
    Workflow,
    WorkflowStep,
)

ROOT = Path(__file__).parents[3]


def at(line: int, letter: str = "a") -> Source:
    return Source("sha256:" + letter * 64, line)


def seen(n: int, m: int, line: int = 1) -> Evidence:
    return Evidence((n, m), (at(line), at(line + 1, "b")))


def from_step(step: int, path: str) -> ValueSource:
    return ValueSource("step", step=step, path=path)


@pytest.fixture
def example_text() -> str:
    """The example of docs/reference/runbook-format.md."""
    page = (ROOT / "docs" / "reference" / "runbook-format.md").read_text(encoding="utf-8")
    return page.split("```markdown\n", 1)[1].split("\n```\n", 1)[0] + "\n"


def case(letter: str, day: int) -> CaseReference:
    return CaseReference(
        transcript="sha256:" + letter * 64,
        session=f"chat-{letter}",
        sources=(at(12, letter), at(3, letter)),
        request="Hi, I'd like to cancel order #W2378156, I no longer need it.",
        started=1_770_000_000.0 + day * 86400,
        seconds=190.0,
        tokens=6200,
    )


@pytest.fixture
def cancel_order() -> Workflow:
    order = from_step(2, "$.orders[*]")
    return Workflow(
        id="wf-1",
        name="cancel-pending-order",
        title="Cancel a pending order",
        description="Cancel a customer's order that has not been shipped. Use when a customer asks to cancel an order.",
        effects=("cancel_pending_order",),
        cases=tuple(case(letter, day) for day, letter in enumerate("abcdefghijkl")),
        sessions=12,
        seconds=Spread(190, 2280),
        tokens=Spread(6200, 74000),
        steps=(
            WorkflowStep(
                1,
                "Find the customer by e-mail",
                "find_user_id_by_email",
                arguments=(
                    Argument(
                        "email", ValueSource("input", name="email"), seen(12, 12, 4), "yusuf.rossi7301@example.com"
                    ),
                ),
                support=(12, 12),
                sources=(at(4), at(5, "b")),
                tool="find_user_id_by_email",
            ),
            WorkflowStep(
                2,
                "get_user_details",
                "get_user_details",
                after=(1,),
                arguments=(Argument("user_id", from_step(1, "$"), seen(12, 12, 6), "yusuf_rossi_9620"),),
                support=(12, 12),
                sources=(at(6),),
                tool="get_user_details",
            ),
            WorkflowStep(
                3,
                "Look up the order",
                "get_order_details",
                after=(2,),
                repeat=True,
                arguments=(Argument("order_id", order, seen(11, 12, 8), "#W2378156"),),
                support=(12, 12),
                sources=(at(8),),
                tool="get_order_details",
            ),
            WorkflowStep(
                4,
                "Work out the refund",
                "calculate",
                optional=True,
                after=(3,),
                arguments=(Argument("expression", ValueSource("unknown"), seen(0, 5, 9), "12.5 + 3"),),
                support=(5, 12),
                sources=(at(9),),
                tool="calculate",
            ),
            WorkflowStep(
                5,
                "Cancel the order",
                "cancel_pending_order",
                after=(3,),
                arguments=(
                    Argument("order_id", from_step(3, "$.order_id"), seen(12, 12, 11), "#W2378156"),
                    Argument("reason", ValueSource("input", name="reason"), seen(10, 12, 11), "no longer needed"),
                    Argument("notify", ValueSource("constant", value="yusuf.rossi7301@example.com"), seen(12, 12, 11)),
                    Argument("channel", ValueSource("constant", value="chat"), seen(12, 12, 11)),
                ),
                guards=(Guard("proceed", '$.status = "pending"', (12, 12), 1.0, 3, None, seen(3, 3, 12), "errors"),),
                approval=Approval(("order_id", "reason"), seen(11, 12, 10)),
                proof=(Proof("tool result", '$.status = "cancelled"', seen(12, 12, 12)),),
                support=(12, 12),
                sources=(at(11), at(12, "b")),
                effect=True,
                tool="cancel_pending_order",
            ),
        ),
        failure_modes=(
            FailureMode(
                "find_user_id_by_email",
                "Error: user not found",
                4,
                "ask for name and zip code, then `find_user_id_by_name_zip`",
                3,
                (at(4),),
                1,
            ),
            FailureMode("cancel_pending_order", "Error: non-pending order cannot be cancelled", 2, "", 0, (at(11),), 5),
        ),
        rejections=(
            Quote(
                "No, don't cancel the *whole* order | just <b>one</b> item", at(13), "2026-02-11", "Cancel the order"
            ),
        ),
        triggers=(
            Quote(
                "Hi, my name is Yusuf Rossi, I'd like to cancel order #W2378156, I no longer need it.",
                at(1),
                "2026-02-02",
            ),
            Quote("cancel both of my pending orders please", at(1, "b"), "2026-02-03"),
        ),
        prerequisites=("The customer's identity has been confirmed",),
        example=case("a", 0),
    )


@pytest.fixture
def cancel_events() -> tuple[Event, ...]:
    request = "Hi, I'd like to cancel order #W2378156, I no longer need it."
    return (
        Event("1", "prompt", 1, text=request),
        Event(
            "2",
            "call",
            4,
            tool="find_user_id_by_email",
            arguments={"email": "y@example.com"},
            result="yusuf_rossi_9620",
        ),
        Event(
            "3",
            "call",
            8,
            tool="get_order_details",
            arguments={"order_id": "#W2378156"},
            result={"status": "pending", "items": [{"x": "<script>" * 40}]},
        ),
        Event("4", "prompt", 9, text="# yes\n\n---\n- go | `ahead`"),
        Event(
            "5",
            "call",
            11,
            tool="cancel_pending_order",
            arguments={"order_id": "#W2378156", "reason": "no longer needed"},
            result={"status": "cancelled"},
        ),
    )


@pytest.fixture
def answer_review() -> Workflow:
    return Workflow(
        id="wf-2",
        name="answer-review-comments",
        title="Answer the review comments on a pull request",
        description="Answer the review comments on a pull request.",
        effects=("git push", "gh api"),
        cases=tuple(case(letter, day) for day, letter in enumerate("abcdef")),
        sessions=5,
        seconds=Spread(1500, 9000),
        steps=(
            WorkflowStep(
                1,
                "Read the review comments",
                "gh pr view",
                command="gh pr view <number> --comments",
                tool="Bash",
                arguments=(
                    Argument("command", ValueSource("unknown"), seen(0, 6)),
                    Argument("number", ValueSource("input", name="pull_request"), seen(6, 6), "482"),
                ),
                support=(6, 6),
                sources=(at(3),),
            ),
            WorkflowStep(
                2,
                "Edit the files",
                "edit",
                after=(1,),
                support=(6, 6),
                sources=(at(9),),
                summary="the files that the comments name, mostly Go code under `cmd/`",
            ),
            WorkflowStep(
                3,
                "Run the Go tests",
                "go test",
                after=(2,),
                repeat=True,
                command="go test ./...",
                tool="Bash",
                support=(6, 6),
                sources=(at(20),),
            ),
            WorkflowStep(
                4,
                "Push the branch",
                "git push",
                after=(3,),
                command="git push",
                tool="Bash",
                proof=(Proof("commit", "the branch on the server holds the new commit", seen(5, 6, 31)),),
                support=(6, 6),
                sources=(at(30),),
                effect=True,
            ),
            WorkflowStep(
                5,
                "Reply to the comments",
                "gh api",
                optional=True,
                after=(4,),
                command="gh api repos/acme/cli/pulls/<number>/comments/<id>/replies -f body=<text>",
                tool="Bash",
                arguments=(
                    Argument("id", from_step(1, "$.comments[*].id"), seen(4, 4, 33), "1998"),
                    Argument("text", ValueSource("unknown"), seen(0, 4, 33)),
                ),
                support=(4, 6),
                sources=(at(33),),
                effect=True,
            ),
        ),
        failure_modes=(
            FailureMode(
                "git push",
                "! [rejected] <*> -> <*> (fetch first)",
                3,
                "`git pull --rebase`, then try again",
                3,
                (at(30),),
                4,
            ),
            FailureMode("gh api", "gh: Not Found (HTTP <*>)", 1, "", 0, (at(34),), 5),
        ),
        corrections=(
            Quote(
                "don't mark comments as resolved, the reviewer does that", at(40), "2026-03-04", "Reply to the comments"
            ),
        ),
        quality=(Quote("perfect, short replies", at(41), "2026-03-05"),),
        triggers=(Quote("address the review comments on PR 482", at(1), "2026-03-01"),),
    )
