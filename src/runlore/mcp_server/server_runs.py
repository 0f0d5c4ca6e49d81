"""The tools for runs, as the server offers them."""

from __future__ import annotations

from typing import Annotated, Any

from mcp.server import MCPServer
from pydantic import Field

from runlore.actions.caller import Clock
from runlore.actions.finish import Outcome
from runlore.mcp_server import working
from runlore.mcp_server.answers import ApprovalAsked, Debriefing, MyWork, ProofKept, QuestionAsked, RunState
from runlore.mcp_server.opening import open_agent
from runlore.mcp_server.telling import CHANGES, READS, told
from runlore.model.run import ReportKind
from runlore.settings import Settings

Number = Annotated[int, Field(ge=1, description="The run's number.")]
Fence = Annotated[int, Field(ge=0, description="The `fence` that start_run gave.")]
Words = Annotated[str, Field(max_length=8_000)]


def add_runs(server: MCPServer, settings: Settings, clock: Clock) -> None:
    """Add the tools with which an agent works on a run."""
    _add_working(server, settings, clock)
    _add_proving(server, settings, clock)
    _add_asking(server, settings, clock)


def _add_working(server: MCPServer, settings: Settings, clock: Clock) -> None:
    @server.tool(annotations=READS, structured_output=True)
    @told
    def my_work() -> MyWork:
        """What is assigned to you, your runs, and the answers to what you asked. Call it first when you begin to work."""
        with open_agent(settings, clock) as caller:
            return working.my_work(caller)

    @server.tool(annotations=CHANGES, structured_output=True)
    @told
    def start_run(
        issue: Annotated[str, Field(min_length=1, max_length=400, description="The issue's number, URL or key.")],
        runbook: Annotated[str, Field(max_length=200, description="Another runbook than the one that fits.")] = "",
        inputs: Annotated[
            dict[str, str], Field(description="Values of the runbook's inputs that the issue does not give.")
        ] = {},  # noqa: B006 — read, never changed
    ) -> RunState:
        """Start a run for an issue, or go on with yours. What is missing (credentials, permissions, inputs) is said before the work starts."""
        with open_agent(settings, clock) as caller:
            return working.start_run(caller, issue, runbook, inputs)

    @server.tool(annotations=CHANGES, structured_output=True)
    @told
    def report_step(
        run: Number,
        step: Annotated[int, Field(ge=1, description="The step's number.")],
        outcome: Annotated[ReportKind, Field(description="done, failed, skipped or adapted (done in another way).")],
        fence: Fence,
        why: Annotated[Words, Field(description="The reason: needed for everything but done.")] = "",
        result: Annotated[
            Any, Field(description="The tool's own result, as it came: guards and later steps read it.")
        ] = None,
        judged: Annotated[
            list[str], Field(description="Conditions in plain words that you looked at, word for word.")
        ] = [],  # noqa: B006 — read, never changed
        key: Annotated[
            str, Field(max_length=200, description="A key of your own: the same report with it counts once.")
        ] = "",
    ) -> RunState:
        """Report on a step. It counts when its guards held, its approvals were given and its proof reached its level; else it says all that is missing."""
        with open_agent(settings, clock) as caller:
            return working.report(caller, run, step, outcome, why, result, judged, fence, key)


def _add_proving(server: MCPServer, settings: Settings, clock: Clock) -> None:
    @server.tool(annotations=CHANGES, structured_output=True)
    @told
    def attach_proof(
        run: Number,
        step: Annotated[int, Field(ge=0, description="The step; 0 for the whole run.")],
        kind: Annotated[str, Field(description="tool result, url, commit, command, message or note.")],
        value: Annotated[
            Any, Field(description="The result as it came, the link, `repository@commit`, the command's name, words.")
        ],
        fence: Fence,
    ) -> ProofKept:
        """Leave proof for a step before you report it done. What checks it decides its level; you cannot raise it."""
        with open_agent(settings, clock) as caller:
            return working.attach_proof(caller, run, step, kind, value, fence)

    @server.tool(annotations=CHANGES, structured_output=True)
    @told
    def finish_run(
        run: Number,
        fence: Fence,
        outcome: Annotated[Outcome, Field(description="done, failed or dropped.")] = "done",
        why: Annotated[Words, Field(description="The reason where it is not done.")] = "",
    ) -> RunState:
        """End a run. As done only when every step is settled and the proof of completion is there."""
        with open_agent(settings, clock) as caller:
            return working.finish_run(caller, run, outcome, why, fence)


def _add_asking(server: MCPServer, settings: Settings, clock: Clock) -> None:
    @server.tool(annotations=CHANGES, structured_output=True)
    @told
    def request_approval(
        run: Number, step: Annotated[int, Field(ge=1, description="The step's number.")], fence: Fence
    ) -> ApprovalAsked:
        """Ask for a person's yes to a step, over exactly what stands now. Nothing that you or this client answers counts as one."""
        with open_agent(settings, clock) as caller:
            return working.ask_approval(caller, run, step, fence)

    @server.tool(name="escalate", annotations=CHANGES, structured_output=True)
    @told
    def escalate_(
        run: Number,
        question: Annotated[str, Field(min_length=1, max_length=4_000)],
        step: Annotated[int, Field(ge=0)] = 0,
        role: Annotated[str, Field(max_length=100, description="Whom to ask; empty: as the runbook says.")] = "",
    ) -> QuestionAsked:
        """Hand a question to a role that can decide, when the runbook does not say or a guard stops you."""
        with open_agent(settings, clock) as caller:
            return working.ask_role(caller, run, question, step, role)

    @server.tool(annotations=CHANGES, structured_output=True)
    @told
    def answer_debrief(
        run: Number,
        answers: Annotated[
            dict[str, str],
            Field(
                description="Your own answers by question: step-failed, credential-missing, proof-unclear, pattern-rejected, shortcut-emerged, else-changed. Only what the record does not tell."
            ),
        ] = {},  # noqa: B006 — read, never changed
    ) -> Debriefing:
        """The six questions after a run that has ended. What the record tells is answered already; add what only you saw."""
        with open_agent(settings, clock) as caller:
            return working.answer_debrief(caller, run, answers)
