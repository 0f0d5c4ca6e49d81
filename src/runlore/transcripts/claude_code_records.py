"""Records of Claude Code as they stand on disk: flat, permissive, only the fields that are used.

msgspec skips what a struct does not name without building it, which is where the reader's speed comes from. The fields
stand in the order that they have on disk, because it looks for the next key where it found the last one.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from runlore.transcripts.decoding import LARGE, is_bomb, mend


class Usage(msgspec.Struct, gc=False):
    """Tokens of one message."""

    input_tokens: int = 0
    cache_creation_input_tokens: int = 0
    cache_read_input_tokens: int = 0
    output_tokens: int = 0


class Block(msgspec.Struct, gc=False):
    """One content block: text, a call, a result."""

    tool_use_id: str = ""
    type: str = ""
    text: str = ""
    id: str = ""
    name: str = ""
    input: Any = None
    content: str | list[Block] | None = None
    is_error: bool | None = None


class Message(msgspec.Struct, gc=False):
    """The message inside a record."""

    model: str = ""
    id: str = ""
    content: str | list[Block] = ""
    usage: Usage | None = None


class Inner(msgspec.Struct, gc=False):
    """A subagent's record inside a progress record."""

    type: str = ""
    uuid: str = ""
    timestamp: str = ""
    message: Message | None = None


class Data(msgspec.Struct, gc=False):
    """What a progress record holds."""

    type: str = ""
    message: Inner | None = None


class Attachment(msgspec.Struct, gc=False):
    """What is attached to a record, a queued prompt for example."""

    type: str = ""
    prompt: str | list[Block] | None = None


class Origin(msgspec.Struct, gc=False):
    """Who a record comes from."""

    kind: str = ""


class Record(msgspec.Struct, gc=False):
    """One line of a session, as far as it is asked for."""

    isSidechain: bool = False
    cwd: str = ""
    sessionId: str = ""
    gitBranch: str = ""
    agentId: str = ""
    type: str = ""
    message: Message | None = None
    isMeta: bool = False
    uuid: str = ""
    timestamp: str = ""
    toolUseResult: msgspec.Raw = msgspec.Raw(b"")
    data: Data | None = None
    parentToolUseID: str = ""
    sourceToolUseID: str = ""
    isCompactSummary: bool = False
    isApiErrorMessage: bool = False
    toolDenialKind: str = ""
    promptSource: str = ""
    origin: Origin | None = None
    attachment: Attachment | None = None
    operation: str = ""
    content: Any = None


decode_sound: Final = msgspec.json.Decoder(Record).decode
"""Decode a sound record; raises on everything that ``decode_record`` mends."""
_VALUES: Final = msgspec.json.Decoder()


def decode_record(line: bytes) -> Record | None:
    """Give the record of a line, or None where the line is no JSON; fields of another type than usual are left out."""
    if len(line) > LARGE and is_bomb(line):
        return None
    try:
        return decode_sound(line)
    except (msgspec.DecodeError, UnicodeDecodeError):
        pass
    except RecursionError:
        return None
    mended = mend(line)
    if mended is None:
        return None
    try:
        return decode_sound(mended)
    except msgspec.ValidationError:
        value = _VALUES.decode(mended)
        record: Record = _salvage(value, Record) if isinstance(value, dict) else Record(type="(no object)")
        return record


def _salvage(value: Any, wanted: Any) -> Any:
    """Convert what can be converted and leave out the rest, field by field; lists element by element."""
    try:
        return msgspec.convert(value, wanted)
    except msgspec.ValidationError:
        pass
    if isinstance(value, list):
        return [_salvage(item, Block) for item in value]
    if not isinstance(value, dict) or not isinstance(wanted, type):
        return wanted() if isinstance(wanted, type) else None
    fields: dict[str, Any] = {}
    for field in msgspec.structs.fields(wanted):
        if field.name not in value:
            continue
        inner = _NESTED.get((wanted, field.name))
        try:
            fields[field.name] = msgspec.convert(value[field.name], field.type)
        except msgspec.ValidationError:
            if inner is not None and isinstance(value[field.name], dict | list):
                fields[field.name] = _salvage(value[field.name], inner)
    return wanted(**fields)


_NESTED: Final[dict[tuple[type, str], type]] = {
    (Record, "message"): Message,
    (Record, "data"): Data,
    (Record, "attachment"): Attachment,
    (Data, "message"): Inner,
    (Inner, "message"): Message,
    (Message, "content"): Block,
    (Message, "usage"): Usage,
    (Block, "content"): Block,
}


def text_of(content: str | list[Block] | None) -> str:
    """Join the text blocks of a content; images and references have none."""
    if content is None or isinstance(content, str):
        return content or ""
    return "\n".join(block.text for block in content if block.text)
