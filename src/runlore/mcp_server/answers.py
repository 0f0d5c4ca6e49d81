"""What the tools answer, as the client's schema shows it. Every text in an answer fits the budget that was asked for."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Answer(BaseModel):
    """The root of every answer: fields as declared and no others."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class FoundDocument(Answer):
    """One document that fits."""

    name: str = Field(description="The document's id: `shelf/name`, or `team:shelf/name`. Give it to `read`.")
    shelf: str
    title: str
    score: float = Field(description="From 0 to 1: how sure we are that it fits. Comparable between searches.")
    why: list[str] = Field(description="What speaks for it.")


class Found(Answer):
    """What a search found, best first."""

    results: list[FoundDocument]
    nothing_fits: bool = Field(description="True where the library has nothing for these words. That is an answer.")


class PageOfDocument(Answer):
    """A page of an approved document."""

    name: str
    title: str
    revision: str = Field(description="The hash of the approved revision that this text is from.")
    number: int = Field(description="The revision's number.")
    owner: str
    reviewed: str
    text: str
    first_line: int
    last_line: int
    lines: int
    next_line: int = Field(description="Give this as `line` to read on; 0 where this page is the last.")
    tokens: int
    headings: list[str] = Field(description="`line: heading` of the whole document, for reading only one part.")
    files: list[str] = Field(description="Other files of the document; give one as `file` to read it.")
    links: list[str] = Field(description="What it points to: `kind target`.")


class PackPart(Answer):
    """One document in a pack."""

    document: str
    revision: str
    section: str
    form: str = Field(description="How much of it is in: whole, essentials, outline, passages, reference.")
    tokens: int
    why: list[str]


class LeftOutPart(Answer):
    """One document that is not in a pack."""

    document: str
    reason: str
    tokens: int


class FoundContext(Answer):
    """The operating context of an issue or a request: its text, and the receipt."""

    text: str = Field(description="The pack as Markdown: follow the runbook in it; the other documents are reference.")
    runbook: str = Field(description="The id of the runbook that fits, empty where none does.")
    tokens: int
    budget: int
    ask_for: list[str] = Field(description="What the steps need and nobody has said yet: ask before you begin.")
    parts: list[PackPart]
    left_out: list[LeftOutPart]


class Offered(Answer):
    """What became of a proposal or a note: it waits for a person and changes nothing until then."""

    proposal: int = Field(description="Its number; 0 where nothing had to be proposed.")
    document: str
    state: str
    message: str
    problems: list[str] = Field(description="What a reviewer will stumble over; mend it and propose again.")


class WorkItem(Answer):
    """One piece of work that is the agent's."""

    issue: int
    title: str
    run: int = Field(description="The run that is under way, 0 where none was started.")
    state: str


class MyWork(Answer):
    """What is assigned to the agent, and what waits for it."""

    work: list[WorkItem]
    answered: list[str] = Field(description="Answers to what you escalated.")


class StepToDo(Answer):
    """A step that is ready, with everything that it asks for."""

    number: int
    title: str
    text: str
    tool: str
    arguments: dict[str, Any] = Field(description="What the tool is given, as far as it is known.")
    unknown: list[str] = Field(description="Arguments that nothing gives: find them, or ask.")
    permissions: list[str]
    proceed_only_if: list[str]
    stop_if: list[str]
    approvals: list[str]
    proof: list[str]
    if_it_fails: list[str]
    optional_when: str
    for_each: str


class RunState(Answer):
    """A run as it stands after a call."""

    run: int
    issue: int
    runbook: str
    state: str
    fence: int = Field(
        description="Give it with every call about this run. After another worker took the run it is refused."
    )
    accepted: bool = Field(
        description="False where what was reported does not count; `problems` says why, all at once."
    )
    problems: list[str]
    ready: list[StepToDo] = Field(description="The steps that may be done now.")
    open_approvals: list[str]
    outcome: str = ""


class ProofKept(Answer):
    """A piece of proof as it was kept, at the level that its check earned."""

    level: str
    detail: str
    checker: str


class ApprovalAsked(Answer):
    """Questions for a person's yes."""

    approvals: list[str]
    message: str


class QuestionAsked(Answer):
    """A question that was handed to a role."""

    escalation: int
    role: str
    state: str
    message: str


class Debriefing(Answer):
    """The six answers, what nothing known tells, and what follows."""

    answers: dict[str, str]
    to_ask: list[str] = Field(description="Questions that only you can answer: call answer_debrief again with them.")
    conclusion: str
    proposals: list[int]
