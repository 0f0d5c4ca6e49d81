"""Writes a session the way Claude Code does: one JSON record a line, one content block a record."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from typing import Any

from runlore.demo.company import generator, iso, letters, seconds

REFUSAL = (
    "The user doesn't want to proceed with this tool use. The tool use was rejected "
    "(eg. if it was a file edit, the new_string was NOT written to the file). "
)
REFUSAL_WITH_WORDS = REFUSAL + "To tell you how to proceed, the user said:\n"
REFUSAL_ALONE = REFUSAL + "STOP what you are doing and wait for the user to tell you how to proceed."


@dataclass(frozen=True, slots=True)
class Call:
    """One tool call and what came back: ``structured`` is the host's own form of the result beside it."""

    tool: str
    arguments: dict[str, Any]
    result: Any
    structured: Any = None
    failed: bool = False
    took: float = 0.0


def shell(command: str, output: str, about: str = "", code: int = 0, took: float = 0.0) -> Call:
    """A Bash call; a code other than 0 gives the error form."""
    arguments = {"command": command, "description": about} if about else {"command": command}
    if code:
        text = f"Exit code {code}\n{output}"
        return Call("Bash", arguments, text, f"Error: {text}", True, took)
    structured = {"stdout": output, "stderr": "", "interrupted": False, "isImage": False}
    return Call("Bash", arguments, output or "(Bash completed with no output)", structured, False, took)


def mcp(server: str, tool: str, arguments: dict[str, Any], result: Any, failed: bool = False) -> Call:
    """A call of an MCP server's tool; results are objects, errors are text."""
    text = result if isinstance(result, str) else json.dumps(result, ensure_ascii=False)
    blocks = [{"type": "text", "text": text}]
    return Call(f"mcp__{server}__{tool}", arguments, blocks, f"Error: {text}" if failed else blocks, failed)


def reading(path: str, content: str) -> Call:
    """A Read call over a small file."""
    numbered = "\n".join(f"{n:>6}→{line}" for n, line in enumerate(content.splitlines(), 1))
    count = content.count("\n") + 1
    file = {"filePath": path, "content": content, "numLines": count, "startLine": 1, "totalLines": count}
    return Call("Read", {"file_path": path}, numbered, {"type": "text", "file": file})


def edit(path: str, old: str, new: str) -> Call:
    """An Edit call that worked."""
    structured = {"filePath": path, "oldString": old, "newString": new, "userModified": False, "structuredPatch": []}
    return Call(
        "Edit",
        {"file_path": path, "old_string": old, "new_string": new},
        f"The file {path} has been updated successfully.",
        structured,
    )


def glob(pattern: str, names: tuple[str, ...]) -> Call:
    """A Glob call."""
    structured = {"filenames": list(names), "durationMs": 12, "numFiles": len(names), "truncated": False}
    return Call("Glob", {"pattern": pattern}, "\n".join(names) or "No files found", structured)


def grep(pattern: str, names: tuple[str, ...], path: str = ".") -> Call:
    """A Grep call that lists files."""
    structured = {"mode": "files_with_matches", "numFiles": len(names), "filenames": list(names)}
    text = f"Found {len(names)} files\n" + "\n".join(names) if names else "No files found"
    return Call("Grep", {"pattern": pattern, "path": path, "output_mode": "files_with_matches"}, text, structured)


def question(text: str, header: str, options: tuple[str, ...], answer: str) -> Call:
    """The host's question dialog, answered."""
    asked = [
        {
            "question": text,
            "header": header,
            "options": [{"label": label, "description": ""} for label in options],
            "multiSelect": False,
        }
    ]
    reply = (
        f'User has answered your questions: "{text}"="{answer}". You can now continue with the user\'s answers in mind.'
    )
    return Call("AskUserQuestion", {"questions": asked}, reply, {"questions": asked, "answers": {text: answer}})


@dataclass(slots=True)
class Session:
    """One Claude Code session under construction; each method adds the records that the host would have written."""

    key: str
    start: str
    cwd: str
    branch: str = "main"
    version: str = "2.1.143"
    records: list[dict[str, Any]] = field(default_factory=list)
    torn: str = ""
    agent: str = ""  # the subagent's id, where the records are a subagent's own

    rng: random.Random = field(init=False, repr=False)
    time: float = field(init=False)
    id: str = field(init=False)
    parent: str | None = field(init=False, default=None)
    context: int = field(init=False)

    def __post_init__(self) -> None:
        self.rng = generator(self.key)
        self.time = seconds(self.start)
        self.id = self.uuid()
        self.context = self.rng.randrange(14_000, 21_000)

    def uuid(self) -> str:
        raw = f"{self.rng.getrandbits(128):032x}"
        return f"{raw[:8]}-{raw[8:12]}-4{raw[13:16]}-a{raw[17:20]}-{raw[20:]}"

    def wait(self, least: float, most: float) -> None:
        self.time += round(self.rng.uniform(least, most), 3)

    def record(self, kind: str, **more: Any) -> dict[str, Any]:
        """Add one conversation record with the envelope of this version."""
        uuid = self.uuid()
        made: dict[str, Any] = {
            "parentUuid": self.parent,
            "isSidechain": bool(self.agent),
            "userType": "external",
            "cwd": self.cwd,
            "sessionId": self.id,
            "version": self.version,
            "gitBranch": self.branch,
            "type": kind,
            **({"agentId": self.agent} if self.agent else {}),
            **more,
            "uuid": uuid,
            "timestamp": iso(self.time),
        }
        self.parent = uuid
        self.records.append(made)
        return made

    def prompt(self, words: str) -> None:
        """The person types."""
        if self.records:
            self.wait(20, 140)
        self.record("user", message={"role": "user", "content": words}, permissionMode="default")

    def message(self, blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """One message of the model: a record for each block, usage repeated on all of them."""
        self.wait(2, 9)
        written = sum(len(json.dumps(block)) for block in blocks) // 4 + self.rng.randrange(8, 60)
        fresh = self.rng.randrange(180, 1_900)
        usage = {
            "input_tokens": self.rng.randrange(3, 12),
            "cache_creation_input_tokens": fresh,
            "cache_read_input_tokens": self.context,
            "output_tokens": written,
            "cache_creation": {"ephemeral_5m_input_tokens": fresh, "ephemeral_1h_input_tokens": 0},
            "service_tier": "standard",
        }
        self.context += fresh + written
        head = {
            "id": "msg_01" + letters(self.rng, 22),
            "type": "message",
            "role": "assistant",
            "model": "claude-sonnet-4-5",
        }
        request = "req_011C" + letters(self.rng, 20)
        stop = "tool_use" if blocks[-1]["type"] == "tool_use" else "end_turn"
        records = []
        for position, block in enumerate(blocks):
            last = position == len(blocks) - 1
            message = {
                **head,
                "content": [block],
                "stop_reason": stop if last else None,
                "stop_sequence": None,
                "usage": usage,
            }
            records.append(self.record("assistant", message=message, requestId=request))
            self.wait(0.2, 1.4)
        return records

    def say(self, words: str) -> None:
        """The agent speaks and ends its turn."""
        self.message([{"type": "text", "text": words}])

    def work(self, *calls: Call, say: str = "", think: str = "") -> None:
        """One message with calls side by side, then one record for each result."""
        blocks: list[dict[str, Any]] = []
        if think:
            blocks.append({"type": "thinking", "thinking": think, "signature": letters(self.rng, 24)})
        if say:
            blocks.append({"type": "text", "text": say})
        ids = ["toolu_01" + letters(self.rng, 22) for _ in calls]
        for call, name in zip(calls, ids, strict=True):
            blocks.append({"type": "tool_use", "id": name, "name": call.tool, "input": call.arguments})
        records = self.message(blocks)[-len(calls) :]
        for call, name, made in zip(calls, ids, records, strict=True):
            self.time += call.took or round(self.rng.uniform(0.4, 6.0), 3)
            self.result(name, made["uuid"], call.result, call.failed, call.structured)

    def result(self, call: str, made: str, content: Any, failed: bool, structured: Any, **more: Any) -> None:
        block = {"tool_use_id": call, "type": "tool_result", "content": content}
        if failed or self.rng.random() < 0.5:
            block["is_error"] = failed
        self.record(
            "user",
            message={"role": "user", "content": [block]},
            toolUseResult=structured,
            sourceToolAssistantUUID=made,
            **more,
        )

    def refused(self, call: Call, words: str = "", say: str = "") -> None:
        """The agent wants to call; the person declines, with words or by stopping."""
        blocks: list[dict[str, Any]] = [{"type": "text", "text": say}] if say else []
        name = "toolu_01" + letters(self.rng, 22)
        blocks.append({"type": "tool_use", "id": name, "name": call.tool, "input": call.arguments})
        made = self.message(blocks)[-1]
        self.wait(6, 50)
        text = REFUSAL_WITH_WORDS + words if words else REFUSAL_ALONE
        self.result(name, made["uuid"], text, True, "User rejected tool use")
        if not words:
            self.interrupt(" for tool use")

    def interrupt(self, during: str = "") -> None:
        """The person stops the agent."""
        block = {"type": "text", "text": f"[Request interrupted by user{during}]"}
        self.record("user", message={"role": "user", "content": [block]})

    def queued(self, words: str) -> None:
        """The person types while the agent works."""
        for operation in ("enqueue", "remove"):
            line: dict[str, Any] = {"type": "queue-operation", "operation": operation, "timestamp": iso(self.time)}
            line["sessionId"] = self.id
            if operation == "enqueue":
                line["content"] = words
            self.records.append(line)
        self.record("attachment", attachment={"type": "queued_command", "prompt": words, "commandMode": "prompt"})

    def compacted(self, summary: str) -> None:
        """The host shortens the context and goes on in the same file."""
        before, self.parent = self.parent, None
        self.record(
            "system",
            subtype="compact_boundary",
            content="Conversation compacted",
            logicalParentUuid=before,
            compactMetadata={"trigger": "auto", "preTokens": 155_204},
        )
        text = "This session is being continued from a previous conversation that ran out of context. " + summary
        self.record(
            "user", message={"role": "user", "content": text}, isCompactSummary=True, isVisibleInTranscriptOnly=True
        )

    def snapshot(self) -> None:
        """The host's own note about the files, which has no envelope."""
        name = self.uuid()
        inner = {"messageId": name, "trackedFileBackups": {}, "timestamp": iso(self.time)}
        self.records.append(
            {"type": "file-history-snapshot", "messageId": name, "snapshot": inner, "isSnapshotUpdate": False}
        )

    def text(self) -> str:
        """The whole file."""
        lines = [json.dumps(record, ensure_ascii=False, separators=(",", ":")) for record in self.records]
        return "\n".join(lines) + "\n" + self.torn


def delegated(session: Session, key: str, task: str) -> Session:
    """Give the session of a subagent, with a file of its own under its parent's id; it begins with the task."""
    child = Session(key, session.start, session.cwd, session.branch, session.version)
    child.id = session.id
    child.agent = "a" + letters(child.rng, 6, "0123456789abcdef")
    child.time = session.time
    child.record("user", message={"role": "user", "content": task})
    return child


def resumed(session: Session, key: str, start: str) -> Session:
    """Give a session that the host began as a copy of another: the same records first, under a new session id."""
    copy = Session(key, start, session.cwd, session.branch, session.version)
    copy.records = [{**record, "sessionId": copy.id} if "sessionId" in record else record for record in session.records]
    copy.parent = session.parent
    copy.context = session.context
    return copy
