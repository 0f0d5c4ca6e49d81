"""Writes the demo's transcripts to a folder, the same bytes every time."""

from __future__ import annotations

import re
from pathlib import Path

from runlore.demo import asides, figures, instagram, linkedin, onboarding, release, restore
from runlore.demo.chat import Conversation
from runlore.demo.claude import Session, resumed, shell

TORN = '{"parentUuid":"5d0c1f6e-77aa-4c2b-a0b1-1f2e3d4c5b6a","type":"assistant","message":{"id":"msg_01'


def claude_sessions() -> tuple[Session, ...]:
    """Every Claude Code session of the demo, one repeating another's records, one ending in half a line."""
    restores = restore.sessions()
    restores[3].torn = TORN
    first = instagram.sessions()
    again = resumed(first[5], "ig-6-resumed", "2026-03-10T15:40:00")
    again.prompt("Did the night harbour post get any comments yet?")
    again.work(
        shell(
            "curl -s https://stats.harbourline.example/instagram/latest",
            '{"likes":212,"comments":9}',
            "Read the figures",
        )
    )
    again.say("Nine comments and 212 likes so far.")
    return (*first, again, *release.sessions(), *restores, *figures.sessions(), *asides.sessions())


def folder_name(cwd: str) -> str:
    """Name a project's folder as Claude Code does: every character that is no letter or digit becomes a hyphen."""
    return re.sub(r"[^A-Za-z0-9]", "-", cwd)


def place(session: Session) -> Path:
    """Give the path of a session's file under the projects' folder; a subagent's stands below its parent's."""
    project = Path(folder_name(session.cwd))
    if session.agent:
        return project / session.id / "subagents" / f"agent-{session.agent}.jsonl"
    return project / f"{session.id}.jsonl"


def write_demo(folder: Path) -> tuple[Path, ...]:
    """Write the demo's transcripts under ``folder`` and give their paths, sorted.

    Claude Code sessions go to ``claude-code/<project>/<session>.jsonl`` (a subagent's below), chat transcripts to
    ``chat/*.jsonl`` with one conversation a line. What stands there under these names is replaced.
    """
    files: dict[Path, str] = {}
    for session in claude_sessions():
        files[folder / "claude-code" / place(session)] = session.text()
    chats: dict[str, tuple[Conversation, ...]] = {
        "linkedin.jsonl": linkedin.conversations(),
        "onboarding.jsonl": onboarding.conversations(),
    }
    for name, conversations in chats.items():
        files[folder / "chat" / name] = "".join(talk.line() + "\n" for talk in conversations)
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    return tuple(sorted(files))
