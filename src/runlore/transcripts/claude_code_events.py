"""Records of a Claude Code session to events: calls joined with their results, each message's tokens counted once."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any, Final

import msgspec

from runlore.model import Actor, Event, Kind, Outcome
from runlore.model.moments import parse_moment
from runlore.transcripts.claude_code_records import Block, Message, Record, text_of
from runlore.transcripts.claude_code_words import (
    INTERRUPTED,
    find_answers,
    find_refusal,
    is_built_in,
    is_human,
    parse_command,
)
from runlore.transcripts.decoding import parse_result

_EXIT_CODE: Final = re.compile(r"Exit code (-?\d+)")
_SKILL_TEXT: Final = "Base directory for this skill:"
_SHORTEST_PART: Final = 12  # a queued text at least this long is looked for inside a longer prompt


def read_time(text: str) -> float:
    """Give an ISO 8601 time in seconds since the epoch, 0 where it is none; a time without a zone is UTC."""
    return parse_moment(text) or 0.0


class _Speaker(msgspec.Struct, gc=False):
    """Who a record speaks for: the main agent, or a subagent in a record of its own or inside a progress record."""

    line: int
    record: Record
    uuid: str
    timestamp: str
    actor: Actor = "agent"
    parent: str = ""


class _Call(msgspec.Struct, gc=False):
    """A call that waits for its result, or will never have one; ``slot`` is its place among the events."""

    id: str
    slot: int
    speaker: _Speaker
    index: int
    block: Block
    cancelled: bool = False


class Session:
    """Takes the records of one file in their order; ``finish`` gives the events.

    ``sessions`` are the session ids seen, in order; ``agent`` is the subagent's id where the file is a subagent's own.
    """

    def __init__(self) -> None:
        self.sessions: list[str] = []
        self.agent = ""
        self.project = ""
        self.first_time = ""
        self.last_time = ""
        self._begun = False
        self._events: list[Event | None] = []
        self._waiting: dict[str, list[_Call]] = {}
        self._uses: dict[str, int] = {}
        self._skills: dict[str, Block] = {}
        self._seen: set[str] = set()
        self._usage: dict[str, tuple[int, int, int]] = {}
        self._models: Counter[str] = Counter()
        self._command: int | None = None
        self._queue: list[tuple[str, int]] = []

    def add(self, line: int, record: Record) -> None:
        """Take the next record; kinds that say nothing about the work are passed over."""
        if record.sessionId and record.sessionId not in self.sessions:
            self.sessions.append(record.sessionId)
        if record.timestamp:
            self.last_time = record.timestamp
            if not self.first_time:
                self.first_time = record.timestamp
        kind = record.type
        if kind == "assistant" or kind == "user":
            self._add_talk(line, record)
        elif kind == "progress":
            self._add_progress(line, record)
        elif kind == "queue-operation":
            self._add_queue_operation(line, record)
        elif kind == "attachment":
            self._add_attachment(line, record)

    @property
    def model(self) -> str:
        """The model that wrote most of the records, "" where none is named."""
        return min(self._models, key=lambda name: (-self._models[name], name), default="")

    def finish(self) -> tuple[Event, ...]:
        """Give the events; calls without a result are open, or cancelled where a person stopped the agent."""
        for calls in self._waiting.values():
            for call in calls:
                self._close(call, "cancelled" if call.cancelled else "open")
        for slot, tokens, output in self._usage.values():
            if slot >= 0 and (event := self._events[slot]) is not None:
                msgspec.structs.force_setattr(event, "tokens", tokens)
                msgspec.structs.force_setattr(event, "output_tokens", output)
        return tuple(event for event in self._events if event is not None)

    def _is_repeated(self, uuid: str) -> bool:
        if uuid in self._seen:
            return True
        if uuid:
            self._seen.add(uuid)
        return False

    def _add_talk(self, line: int, record: Record) -> None:
        if not self._begun:
            self._begun = True
            self.project = record.cwd
            if record.isSidechain:
                self.agent = record.agentId
        uuid = record.uuid
        if uuid in self._seen or (message := record.message) is None:
            return
        if uuid:
            self._seen.add(uuid)
        actor: Actor = "subagent" if record.isSidechain else "agent"
        speaker = _Speaker(line, record, uuid or f"line {line}", record.timestamp, actor)
        if record.type == "assistant":
            self._command = None
            self._add_message(speaker, message)
        else:
            self._add_user(speaker, message)

    def _add_progress(self, line: int, record: Record) -> None:
        inner = record.data.message if record.data is not None and record.data.type == "agent_progress" else None
        if inner is None or inner.message is None or self._is_repeated(inner.uuid):
            return
        parent = record.parentToolUseID
        if (uses := self._uses.get(parent, 1)) > 1:
            parent = f"{parent}#{uses}"
        speaker = _Speaker(
            line, record, inner.uuid or f"line {line}", inner.timestamp or record.timestamp, "subagent", parent
        )
        if inner.type == "assistant":
            self._add_message(speaker, inner.message)
        elif not isinstance(inner.message.content, str):
            for index, block in enumerate(inner.message.content):
                if block.type == "tool_result":
                    self._add_result(speaker, index, block)

    def _add_message(self, speaker: _Speaker, message: Message) -> None:
        """Take one record of an API message; the client's own messages in the model's place are left out."""
        if message.model == "<synthetic>" or speaker.record.isApiErrorMessage:
            return
        if message.model:
            self._models[message.model] += 1
        content = message.content
        first = -1
        for index, block in enumerate([Block(type="text", text=content)] if isinstance(content, str) else content):
            if block.type == "tool_use":
                self._add_call(speaker, index, block)
            elif block.type == "text" and block.text.strip():
                id_ = speaker.uuid if first < 0 else f"{speaker.uuid}#{index}"
                self._append(speaker, "say", index, id_, speaker.actor, block.text)
            else:
                continue
            if first < 0:
                first = len(self._events) - 1
        usage = message.usage
        if usage is None or not message.id:
            return
        output = usage.output_tokens
        tokens = usage.input_tokens + usage.cache_creation_input_tokens + usage.cache_read_input_tokens + output
        held = self._usage.get(message.id)
        if held is None:
            self._usage[message.id] = (first, tokens, output)
        else:  # usage stands on each record of a message and grows: the largest is the message's
            slot = first if held[0] < 0 else held[0]
            self._usage[message.id] = (slot, tokens, output) if output >= held[2] else (slot, held[1], held[2])

    def _add_call(self, speaker: _Speaker, index: int, block: Block) -> None:
        id_ = block.id or f"{speaker.uuid}:{index}"
        uses = self._uses[id_] = self._uses.get(id_, 0) + 1
        call = _Call(id_ if uses == 1 else f"{id_}#{uses}", len(self._events), speaker, index, block)
        self._events.append(None)
        if (waiting := self._waiting.get(id_)) is None:
            self._waiting[id_] = [call]
        else:
            waiting.append(call)
        if block.name == "Skill":
            self._skills[id_] = block

    def _add_result(self, speaker: _Speaker, index: int, block: Block) -> None:
        waiting = self._waiting.get(block.tool_use_id)
        if not waiting:
            return
        call = waiting.pop(0)
        text = text_of(block.content)
        outcome: Outcome = "ok"
        words = ""
        if block.is_error:
            outcome = "error"
            denial = speaker.record.toolDenialKind
            refusal = find_refusal(text, call.block.input) if denial in ("", "user-rejected") else None
            if refusal is not None:
                outcome, words = "rejected", refusal
            elif text.startswith(INTERRUPTED) or "Sibling tool call errored" in text[:80]:
                outcome = "cancelled"
        result: Any = parse_result(text)
        if call.block.name == "AskUserQuestion" and outcome == "ok":
            answers, words = find_answers(bytes(speaker.record.toolUseResult), text, call.block.input)
            result = answers or result
        self._close(call, outcome, result, words, speaker, index, _exit_code(call.block.name, text, outcome))

    def _close(
        self,
        call: _Call,
        outcome: Outcome,
        result: Any = None,
        words: str = "",
        answer: _Speaker | None = None,
        index: int = 0,
        exit_code: int | None = None,
    ) -> None:
        speaker, block = call.speaker, call.block
        record = speaker.record
        line, end = (answer.line, read_time(answer.timestamp)) if answer is not None else (0, 0.0)
        # Fields by position, in the order of Event: by name they cost six times as much, thousands of times a session.
        self._events[call.slot] = Event(
            call.id,
            "call",
            speaker.line,
            call.index,
            read_time(speaker.timestamp),
            end,
            speaker.actor,
            block.name,
            block.input,
            result,
            line,
            index,
            outcome,
            exit_code,
            "",  # text
            words,
            speaker.parent,
            0,  # tokens and output tokens: set in the end, when the message's usage is known
            0,
            record.cwd,
            record.gitBranch,
        )

    def _append(
        self,
        speaker: _Speaker,
        kind: Kind,
        index: int,
        id_: str,
        actor: Actor,
        text: str,
        tool: str = "",
        args: str = "",
    ) -> int:
        """Append an event of words; gives its slot."""
        record = speaker.record
        self._events.append(
            Event(
                id=id_,
                kind=kind,
                line=speaker.line,
                index=index,
                time=read_time(speaker.timestamp),
                actor=actor,
                tool=tool,
                arguments={"args": args} if kind == "procedure" else None,
                text=text,
                parent=speaker.parent,
                cwd=record.cwd,
                branch=record.gitBranch,
            )
        )
        return len(self._events) - 1

    def _add_user(self, speaker: _Speaker, message: Message) -> None:
        record, content = speaker.record, message.content
        beside = False
        if isinstance(content, str):
            texts = [(0, content)]
        else:
            texts = []
            for index, block in enumerate(content):
                if block.type == "tool_result":
                    beside = True
                    self._add_result(speaker, index, block)
                elif block.type == "text":
                    texts.append((index, block.text))
        if not texts:
            return
        if record.isCompactSummary:
            self._append(speaker, "compaction", 0, speaker.uuid, "agent", "\n".join(text for _, text in texts))
        elif record.isMeta:
            self._add_meta(speaker, "\n".join(text for _, text in texts))
        else:
            self._add_texts(speaker, texts, beside)

    def _add_texts(self, speaker: _Speaker, texts: list[tuple[int, str]], beside: bool) -> None:
        record = speaker.record
        command, self._command = self._command, None
        human: list[tuple[int, str]] = []
        for index, text in texts:
            if text.startswith(INTERRUPTED):
                self._append(speaker, "interrupt", index, speaker.uuid, "person", "")
                for call in (call for calls in self._waiting.values() for call in calls):
                    call.cancelled = True
            elif text.startswith("<command-"):
                self._add_command(speaker, text)
            elif text.startswith(("<local-command-stdout>", "<local-command-stderr>")) and command is not None:
                self._events[command] = None  # the client answered by itself: no procedure was loaded
            elif is_human(text):
                human.append((index, text))
        if not human or record.promptSource == "system" or (record.origin and record.origin.kind not in ("", "human")):
            return
        words = "\n".join(text for _, text in human)
        id_ = speaker.uuid if len(human) == len(texts) else f"{speaker.uuid}#{human[0][0]}"
        if record.isSidechain:  # the task that an agent gave its subagent
            self._append(speaker, "say", human[0][0], id_, "agent", words)
            return
        self._forget_queued(words)
        self._append(speaker, "steer" if beside else "prompt", human[0][0], id_, "person", words)

    def _add_command(self, speaker: _Speaker, text: str) -> None:
        command = parse_command(text)
        if command is None or is_built_in(command[0]):
            return
        tool, args = command
        self._command = self._append(speaker, "procedure", 0, speaker.uuid, "person", "", tool, args)

    def _add_meta(self, speaker: _Speaker, text: str) -> None:
        """Take a text that the client put in: that of a skill, of a slash command, or a remark of its own."""
        if text.startswith("<local-command-caveat>"):
            return
        skill = self._skills.get(speaker.record.sourceToolUseID)
        if skill is None and text.startswith(_SKILL_TEXT) and self._command is None and self._skills:
            skill = next(reversed(self._skills.values()))
        if skill is not None:
            given = skill.input if isinstance(skill.input, dict) else {}
            tool, args = str(given.get("skill") or given.get("command") or ""), str(given.get("args") or "")
            self._append(speaker, "procedure", 0, speaker.uuid, speaker.actor, text, tool, args)
        elif self._command is not None and (event := self._events[self._command]) is not None:
            msgspec.structs.force_setattr(event, "text", text)
            self._command = None

    def _add_queue_operation(self, line: int, record: Record) -> None:
        """Keep what a person typed while the agent worked, until it turns up in a record of its own."""
        if record.operation == "popAll":  # taken back into the input line: what is sent in the end comes as a prompt
            for _, slot in self._queue:
                self._events[slot] = None
            self._queue.clear()
        elif record.operation == "enqueue" and isinstance(record.content, str):
            self._queue_text(line, record, f"{record.sessionId}:{record.timestamp}", record.content)

    def _add_attachment(self, line: int, record: Record) -> None:
        attachment = record.attachment
        if attachment is None or attachment.type != "queued_command":
            return
        text = text_of(attachment.prompt)
        self._forget_queued(text)
        if not record.isMeta and not record.isSidechain:
            self._queue_text(line, record, record.uuid, text)

    def _queue_text(self, line: int, record: Record, id_: str, text: str) -> None:
        if is_human(text) and not text.startswith("/") and not self._is_repeated(id_):
            speaker = _Speaker(line, record, id_, record.timestamp, "person", "")
            self._queue.append((text.strip(), self._append(speaker, "steer", 0, speaker.uuid, "person", text)))

    def _forget_queued(self, words: str) -> None:
        """Drop queued texts that now stand in a record: the record's own id is the one that copies of it share."""
        left: list[tuple[str, int]] = []
        for text, slot in self._queue:
            if text == words.strip() or (len(text) >= _SHORTEST_PART and text in words):
                self._events[slot] = None
            else:
                left.append((text, slot))
        self._queue = left


def _exit_code(tool: str, text: str, outcome: Outcome) -> int | None:
    """Give a shell command's exit code, which stands nowhere but in the text of an error."""
    if tool != "Bash" or outcome in ("rejected", "cancelled"):
        return None
    if outcome == "ok":
        return None if text.startswith("Command running in background") else 0
    found = _EXIT_CODE.match(text)
    return int(found[1]) if found else None
