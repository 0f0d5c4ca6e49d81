"""Small sessions in the hosts' own form, written by the tests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def claude_lines(session: str, turns: int, *, first: int = 0, word: str = "") -> list[str]:
    """A Claude Code session of some turns: a prompt, a command with its result."""
    lines: list[str] = []

    def add(kind: str, number: int, content: Any, **more: Any) -> None:
        lines.append(
            json.dumps(
                {
                    "type": kind,
                    "uuid": f"{session}-{number}-{kind}",
                    "parentUuid": None,
                    "sessionId": session,
                    "timestamp": f"2026-01-0{1 + number % 9}T10:00:{number % 60:02}.000Z",
                    "cwd": "/srv/app",
                    "gitBranch": "main",
                    "version": "2.1.0",
                    "userType": "external",
                    "isSidechain": False,
                    "message": {"role": kind, "content": content, **more},
                }
            )
        )

    for turn in range(first, first + turns):
        number = turn * 3
        add("user", number, f"please release version {turn} {word}".strip())
        use = {
            "type": "tool_use",
            "id": f"toolu_{session}_{turn}",
            "name": "Bash",
            "input": {"command": f"make release V={turn}"},
        }
        usage = {"input_tokens": 5, "output_tokens": 7}
        add("assistant", number + 1, [use], id=f"msg_{session}_{turn}", model="m", usage=usage)
        add("user", number + 2, [{"type": "tool_result", "tool_use_id": use["id"], "content": f"released {turn}"}])
    return lines


def write_claude(path: Path, session: str, turns: int, *, torn: bool = False, word: str = "") -> Path:
    """Write a session file; ``torn`` leaves out the second half of the last line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "\n".join(claude_lines(session, turns, word=word)) + "\n"
    path.write_text(text[: -len(text.rsplit("\n", 2)[-2]) // 2] if torn else text)
    return path


def chat_line(name: str, words: str) -> str:
    """A conversation as OpenAI messages, on one line."""
    call = {
        "id": "c1",
        "type": "function",
        "function": {"name": "cancel_order", "arguments": json.dumps({"order": words})},
    }
    messages = [
        {"role": "user", "content": f"cancel {words}"},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "c1", "content": json.dumps({"status": "cancelled"})},
    ]
    return json.dumps({"id": name, "messages": messages})
