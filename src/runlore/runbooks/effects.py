"""Does a step change the world? Told from its tool's verb, its permissions and its command."""

from __future__ import annotations

import re

from runlore.model.runbook import Step

_WRITING_VERBS = frozenset(
    [
        "add",
        "approve",
        "archive",
        "assign",
        "book",
        "cancel",
        "charge",
        "close",
        "commit",
        "create",
        "delete",
        "deploy",
        "disable",
        "drop",
        "edit",
        "enable",
        "exchange",
        "execute",
        "grant",
        "import",
        "insert",
        "invite",
        "issue",
        "lock",
        "merge",
        "migrate",
        "modify",
        "move",
        "pay",
        "post",
        "provision",
        "publish",
        "purchase",
        "push",
        "put",
        "reboot",
        "refund",
        "register",
        "release",
        "remove",
        "rename",
        "reopen",
        "replace",
        "reply",
        "reset",
        "resolve",
        "restart",
        "restore",
        "return",
        "revoke",
        "rollback",
        "rotate",
        "schedule",
        "send",
        "set",
        "share",
        "ship",
        "submit",
        "subscribe",
        "suspend",
        "transfer",
        "trigger",
        "unlock",
        "unpublish",
        "update",
        "upgrade",
        "upload",
        "upsert",
        "void",
        "write",
    ]
)
_READING_PERMISSIONS = frozenset({"read", "list", "view", "get", "search", "readonly"})
_WRITING_COMMANDS = re.compile(
    r"\b(?:git (?:commit|push|merge|rebase|tag -)|gh (?:pr|release|issue|repo|workflow|api) (?:create|merge|close|edit|comment|review|delete|ready|run|-X (?:POST|PUT|PATCH|DELETE))"
    r"|glab (?:mr|release|issue) (?:create|merge|close|update)|(?:npm|pnpm|yarn|cargo|poetry|uv|twine|gem) (?:publish|upload|push)|(?:kubectl|helm) (?:apply|delete|create|scale|upgrade|install|rollback)"
    r"|terraform (?:apply|destroy)|docker push|curl\b.*-X ?(?:POST|PUT|PATCH|DELETE)|psql\b.*\b(?:INSERT|UPDATE|DELETE|DROP|ALTER)|(?:rsync|scp) )",
    re.IGNORECASE,
)
_SHELLS = frozenset({"bash", "shell", "sh", "exec_command", "run_shell_command", "local_shell", "terminal"})


def is_effect(step: Step) -> bool:
    """Say whether a step changes something outside the working copy, as far as its text tells."""
    scopes = [permission.rpartition(":")[2].lower() for permission in step.permissions]
    if scopes:
        return any(scope not in _READING_PERMISSIONS for scope in scopes)
    if is_shell(step.tool):
        return any(_WRITING_COMMANDS.search(command) for command in list_commands(step))
    words = re.findall(r"[A-Z]?[a-z]+", step.tool.rpartition(".")[2].rpartition("__")[2])
    return bool(words) and words[0].lower() in _WRITING_VERBS


def is_shell(tool: str) -> bool:
    """Say whether a tool runs command lines."""
    return tool.lower() in _SHELLS


def list_commands(step: Step) -> tuple[str, ...]:
    """List the command lines that a step gives as constants."""
    return tuple(
        str(b.source.value) for b in step.bindings if b.name in ("command", "cmd") and b.source.kind == "constant"
    )
