"""Whose words a text in a Claude Code record holds: a person's, the client's, or a written procedure's."""

from __future__ import annotations

import re
from typing import Any, Final

from runlore.transcripts.decoding import decode

INTERRUPTED: Final = "[Request interrupted"

_CLIENT: Final = (
    "<command-name>",
    "<command-message>",
    "<command-args>",
    "<local-command-stdout>",
    "<local-command-stderr>",
    "<local-command-caveat>",
    "<bash-input>",
    "<bash-stdout>",
    "<bash-stderr>",
    "<task-notification>",
    "<system-reminder>",
    "<ci-monitor-event>",
    "<ide_opened_file>",
    "<ide_selection>",
    "<user-memory-input>",
    "Operation stopped by hook:",
    INTERRUPTED,
)

_BUILT_IN_NAMES: Final = """
/add-dir /agents /bashes /bug /clear /compact /config /context /copy /cost /doctor /exit /export /extra-usage /fast
/feedback /fork /help /hooks /ide /install-github-app /keybindings /login /logout /mcp /memory /model /output-style
/permissions /plan /plugin /plugins /privacy-settings /quit /rate-limit-options /release-notes /remote-control
/remote-env /rename /resume /rewind /sandbox /skills /stats /status /statusline /tasks /terminal-setup /theme /todos
/upgrade /usage /vim
"""
_BUILT_IN: Final = frozenset(_BUILT_IN_NAMES.split())

_COMMAND: Final = re.compile(r"<command-name>\s*/?([^<]*?)\s*</command-name>")
_COMMAND_ARGS: Final = re.compile(r"<command-args>(.*?)</command-args>", re.DOTALL)
# The second form is what a subagent is told when a person refuses one of its calls.
_REFUSALS: Final = ("The user doesn't want to", "Permission for this tool use was denied. The tool use was rejected")
_CORRECTION: Final = re.compile(r"[Tt]he user said:\s*\n(.*)\Z", re.DOTALL)
_CLARIFY: Final = "The user wants to clarify these questions."
_GIVEN_SO_FAR: Final = re.compile(r"^\s*Answer: (.*)$", re.MULTILINE)
_CLIENT_NOTE: Final = re.compile(r"\n\nNote: The user's next message may contain a correction.*\Z", re.DOTALL)
_ANSWER: Final = re.compile(r'"((?:[^"\\]|\\.)*)"="((?:[^"\\]|\\.)*)"')


def is_human(text: str) -> bool:
    """Say whether a person wrote the text, going by how it begins; blank text has no author."""
    return not text.startswith(_CLIENT) and not text.isspace() and text != ""


def is_built_in(command: str) -> bool:
    """Say whether a slash command is the client's own and loads no text."""
    return command in _BUILT_IN


def parse_command(text: str) -> tuple[str, str] | None:
    """Give the slash command (``/review``) and its arguments that a client's record tells of, None where it is none."""
    if not text.startswith("<command-") or (found := _COMMAND.search(text)) is None:
        return None
    words = _COMMAND_ARGS.search(text)
    return "/" + found[1], words[1].strip() if words else ""


def find_refusal(result: str, arguments: Any = None) -> str | None:
    """Give the person's words with which they refused a call (may be empty), None where nobody refused it.

    Who answers questions by "let us talk about it" is quoted by the client in its own words: of those, only answers that
    are none of the options in ``arguments`` are the person's.
    """
    if not result.startswith(_REFUSALS):
        return None
    found = _CORRECTION.search(result)
    said = _CLIENT_NOTE.sub("", found[1]).strip() if found else ""
    if not said.startswith(_CLARIFY):
        return said
    offered = _list_options(arguments)
    return "\n".join(words for given in _GIVEN_SO_FAR.findall(said) for words in _list_own_words(given, offered))


def find_answers(structured: bytes, result: str, arguments: Any) -> tuple[dict[str, Any], str]:
    """Give a person's answers by question, and those of their words that are none of the offered options.

    ``structured`` is the client's own form of the result, which older versions lack; ``result`` is its text.
    """
    value = decode(structured) if structured else None
    answers: dict[str, Any] = {}
    notes: list[str] = []
    if isinstance(value, dict) and isinstance(value.get("answers"), dict):
        answers = value["answers"]
        notes = _find_notes(value.get("annotations"))
    else:
        answers = dict(_ANSWER.findall(result))
    offered = _list_options(arguments)
    own = [words for answer in answers.values() for words in _list_own_words(answer, offered)]
    return answers, "\n".join(own + notes)


def _list_own_words(answer: Any, offered: frozenset[str]) -> list[str]:
    """List what of an answer is no option; several chosen options are joined by commas, options may hold commas too."""
    answers = answer if isinstance(answer, list) else [answer]
    own: list[str] = []
    for each in answers:
        if not isinstance(each, str) or each in offered:
            continue
        rest = each
        for option in sorted(offered, key=len, reverse=True):
            if rest.startswith(option + ", "):
                rest = rest[len(option) + 2 :]
        while (parts := rest.rpartition(", "))[1] and parts[2] in offered:
            rest = parts[0]
        if rest not in offered and rest.strip():
            own.append(rest.strip())
    return own


def _list_options(arguments: Any) -> frozenset[str]:
    questions = arguments.get("questions") if isinstance(arguments, dict) else None
    labels: set[str] = set()
    for question in questions if isinstance(questions, list) else ():
        options = question.get("options") if isinstance(question, dict) else None
        for option in options if isinstance(options, list) else ():
            label = option.get("label") if isinstance(option, dict) else option
            if isinstance(label, str) and label:
                labels.add(label)
    return frozenset(labels)


def _find_notes(annotations: Any) -> list[str]:
    if not isinstance(annotations, dict):
        return []
    notes = (each.get("notes") for each in annotations.values() if isinstance(each, dict))
    return [note.strip() for note in notes if isinstance(note, str) and note.strip()]
