"""The formats that Runlore reads: one module each, one line each, asked in this order."""

from __future__ import annotations

from typing import Final

from runlore.transcripts import chat, claude_code, codex, copilot_cli, gemini_cli
from runlore.transcripts.base import Reader

READERS: Final[dict[str, Reader]] = {
    claude_code.name: claude_code,
    codex.name: codex,
    copilot_cli.name: copilot_cli,
    gemini_cli.name: gemini_cli,
    chat.name: chat,
}
