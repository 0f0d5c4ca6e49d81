"""What one event did, after normalising: tool calls of every host as activities."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final, cast

from runlore.mining.files import edit_activity, patched_files
from runlore.mining.objects import area_of, objects_of
from runlore.mining.phrases import phrase_tool, split_tool
from runlore.mining.shell_activities import describe_shell
from runlore.mining.values import Activity, Role
from runlore.mining.vocabulary import reading_of, tokens_of, words_of
from runlore.model import Event

_SHELLS: Final = words_of(
    "Bash bash shell exec_command local_shell local_shell_call run_shell_command powershell execute_bash run_terminal_cmd run_command "
    "shell_command container.exec unified_exec terminal run_in_terminal execute_command"
)
_EDITS: Final = words_of(
    "Edit MultiEdit Write NotebookEdit edit create write write_file replace edit_file search_replace create_file str_replace "
    "insert_edit_into_file replace_string_in_file write_to_file replace_in_file multi_edit insert"
)
_READS: Final = words_of("Read NotebookRead read view read_file view_image read_many_files ReadFile open_file cat")
_PATHS: Final = ("file_path", "path", "notebook_path", "filePath", "target_file", "absolute_path", "file", "filename")
_COMMANDS: Final = ("command", "cmd", "script", "CommandLine")
_MAX_LINE: Final = 64 * 1024

# Tools of the hosts themselves: name, role, phrase.
_HOST: Final[dict[str, tuple[str, Role, str]]] = {
    "Grep": ("grep", "read", "Search files"),
    "search_file_content": ("grep", "read", "Search files"),
    "grep_search": ("grep", "read", "Search files"),
    "codebase_search": ("grep", "read", "Search files"),
    "Glob": ("glob", "read", "Find files"),
    "file_search": ("glob", "read", "Find files"),
    "LS": ("ls", "read", "List files"),
    "list_dir": ("ls", "read", "List files"),
    "list_directory": ("ls", "read", "List files"),
    "LSP": ("language server", "read", "Ask the language server"),
    "BashOutput": ("shell output", "read", "Read a background command's output"),
    "TaskOutput": ("shell output", "read", "Read a background command's output"),
    "read_bash": ("shell output", "read", "Read a background command's output"),
    "write_stdin": ("shell input", "plan", "Wait for a command"),
    "write_bash": ("shell input", "plan", "Type into a running command"),
    "stop_bash": ("stop shell", "plan", "Stop a background command"),
    "KillShell": ("stop shell", "plan", "Stop a background command"),
    "KillBash": ("stop shell", "plan", "Stop a background command"),
    "TaskStop": ("stop shell", "plan", "Stop a background task"),
    "WebFetch": ("web fetch", "read", "Read a web page"),
    "web_fetch": ("web fetch", "read", "Read a web page"),
    "WebSearch": ("web search", "read", "Search the web"),
    "web_search": ("web search", "read", "Search the web"),
    "web_search_call": ("web search", "read", "Search the web"),
    "google_web_search": ("web search", "read", "Search the web"),
    "AskUserQuestion": ("ask the person", "dialog", "Ask the person"),
    "ask_user": ("ask the person", "dialog", "Ask the person"),
    "request_user_input": ("ask the person", "dialog", "Ask the person"),
    "ExitPlanMode": ("propose a plan", "dialog", "Propose a plan"),
    "exit_plan_mode": ("propose a plan", "dialog", "Propose a plan"),
    "EnterPlanMode": ("plan", "plan", "Plan the work"),
    "enter_plan_mode": ("plan", "plan", "Plan the work"),
    "TodoWrite": ("todo list", "plan", "Keep the list of tasks"),
    "TodoRead": ("todo list", "plan", "Keep the list of tasks"),
    "write_todos": ("todo list", "plan", "Keep the list of tasks"),
    "update_todo": ("todo list", "plan", "Keep the list of tasks"),
    "TaskCreate": ("todo list", "plan", "Keep the list of tasks"),
    "TaskUpdate": ("todo list", "plan", "Keep the list of tasks"),
    "TaskList": ("todo list", "plan", "Keep the list of tasks"),
    "TaskGet": ("todo list", "plan", "Keep the list of tasks"),
    "update_plan": ("todo list", "plan", "Keep the list of tasks"),
    "report_intent": ("report intent", "plan", "Say what comes next"),
    "ToolSearch": ("tool search", "plan", "Find a tool"),
    "tool_search": ("tool search", "plan", "Find a tool"),
    "think": ("think", "plan", "Think it through"),
    "sequentialthinking": ("think", "plan", "Think it through"),
    "calculate": ("calculate", "plan", "Calculate"),
    "calculator": ("calculator", "plan", "Calculate"),
    "save_memory": ("save memory", "plan", "Keep a note for later sessions"),
    "store_memory": ("save memory", "plan", "Keep a note for later sessions"),
    "wait_agent": ("wait for agents", "delegate", "Wait for a subagent"),
    "wait": ("wait for agents", "delegate", "Wait for a subagent"),
    "send_input": ("message an agent", "delegate", "Tell a subagent more"),
    "close_agent": ("close an agent", "delegate", "Close a subagent"),
}
_DELEGATES: Final = words_of("Task Agent spawn_agent task delegate_to_agent codebase_investigator agent")
_SKILLS: Final = words_of("Skill skill activate_skill")
_HOST_TOOLS: Final = _SHELLS | {
    "Edit",
    "MultiEdit",
    "Write",
    "NotebookEdit",
    "apply_patch",
    "Read",
    "write_file",
    "read_file",
    "str_replace_editor",
}


def is_coding_tool(tool: str) -> bool:
    """Say whether the tool is a shell or works on files, as coding agents have them."""
    return tool in _HOST_TOOLS or tool in ("view", "create", "edit", "Grep", "Glob", "replace", "list_directory")


def describe(event: Event) -> tuple[Activity, ...]:
    """Give what a call or a procedure did; nothing for other events. Pure, and fast where commands repeat."""
    if event.kind == "procedure":
        return (_procedure(event.tool),)
    if event.kind != "call" or not event.tool:
        return ()
    tool, arguments = event.tool, event.arguments
    if tool in _SHELLS:
        line = command_line(arguments)
        if line:
            return describe_shell(line, event.cwd)
    describer = _DESCRIBERS.get(tool)
    if describer is not None:
        found = describer(arguments, event.cwd)
        if found:
            return found
    if tool in _HOST and (tool not in ("think", "calculate", "wait") or not split_tool(tool)[0]):
        name, role, phrase = _HOST[tool]
        return (Activity(name, role, phrase, common=True),)
    return (_named(tool, _told(arguments)),)


def command_line(arguments: Any) -> str:
    """Give the command line of a shell tool's arguments: a string, or a list as `["bash", "-lc", LINE]`; "" where there is none."""
    if isinstance(arguments, Mapping):
        arguments = next((arguments[key] for key in _COMMANDS if arguments.get(key)), "")
    if isinstance(arguments, list | tuple):
        words = [str(word) for word in arguments]
        if len(words) == 3 and words[1] in ("-c", "-lc", "-Command"):
            return words[2][:_MAX_LINE]
        return " ".join(words)[:_MAX_LINE]
    return arguments[: _MAX_LINE + 1] if isinstance(arguments, str) else ""


def path_of(arguments: Any) -> str:
    """Give the file that a tool's arguments name, "" where they name none."""
    if not isinstance(arguments, Mapping):
        return ""
    for key in _PATHS:
        value = arguments.get(key)
        if isinstance(value, str) and value:
            return value
    return ""


def _edit(arguments: Any, cwd: str) -> tuple[Activity, ...]:
    path = path_of(arguments)
    return (edit_activity(path, cwd, ""),) if path else ()


def _read(arguments: Any, cwd: str) -> tuple[Activity, ...]:
    path = path_of(arguments)
    if not path:
        return ()
    area = area_of(path, cwd)
    return (Activity("read", "read", "Read files", (area,) if area else (), common=True),)


def _patch(arguments: Any, cwd: str) -> tuple[Activity, ...]:
    if isinstance(arguments, Mapping):
        arguments = next((v for v in arguments.values() if isinstance(v, str) and "***" in v), "")
    if not isinstance(arguments, str):
        return ()
    merged: dict[str, Activity] = {}
    for path in patched_files(arguments):
        activity = edit_activity(path, cwd, "")
        before = merged.get(activity.name)
        objects = tuple(dict.fromkeys((*before.objects, *activity.objects))) if before else activity.objects
        merged[activity.name] = Activity(activity.name, "edit", activity.phrase, objects)
    return tuple(merged.values()) or (edit_activity("", cwd, ""),)


def _edit_or_view(arguments: Any, cwd: str) -> tuple[Activity, ...]:
    """The editors with sub-commands: view, create, str_replace, insert."""
    if isinstance(arguments, Mapping) and arguments.get("command") == "view":
        return _read(arguments, cwd)
    return _edit(arguments, cwd)


def _delegate(arguments: Any, cwd: str) -> tuple[Activity, ...]:
    kind = ""
    if isinstance(arguments, Mapping):
        if not any(
            key in arguments
            for key in ("prompt", "message", "description", "objective", "subagent_type", "agent_type", "items")
        ):
            return ()
        kind = str(arguments.get("subagent_type") or arguments.get("agent_type") or arguments.get("agent_name") or "")
    name = f"delegate {kind}" if kind else "delegate"
    return (Activity(name, "delegate", f"Hand work to the `{kind}` subagent" if kind else "Hand work to a subagent"),)


def _skill(arguments: Any, cwd: str) -> tuple[Activity, ...]:
    value = arguments
    if isinstance(arguments, Mapping):
        value = next((arguments[k] for k in ("skill", "command", "name", "skill_name") if arguments.get(k)), "")
    return (_procedure(str(value).removeprefix("/")),) if value else ()


def _slash_command(arguments: Any, cwd: str) -> tuple[Activity, ...]:
    value = str(arguments.get("command") or "") if isinstance(arguments, Mapping) else ""
    return (_procedure(value.split()[0] if value.startswith("/") else f"/{value}"),) if value.strip() else ()


_DESCRIBERS: Final[dict[str, Callable[[Any, str], tuple[Activity, ...]]]] = {
    **dict.fromkeys(_EDITS, _edit),
    **dict.fromkeys(_READS, _read),
    **dict.fromkeys(_DELEGATES, _delegate),
    **dict.fromkeys(_SKILLS, _skill),
    "apply_patch": _patch,
    "str_replace_editor": _edit_or_view,
    "str_replace_based_edit_tool": _edit_or_view,
    "SlashCommand": _slash_command,
}


@lru_cache(maxsize=1024)
def _procedure(name: str) -> Activity:
    if name.startswith("/"):
        return Activity(name, "procedure", f"Run the command `{name}`")
    return Activity(f"skill {name}", "procedure", f"Follow the skill `{name}`")


def _told(arguments: Any) -> tuple[str, ...]:
    """Give the objects that short string arguments name: links and ticket keys."""
    if not isinstance(arguments, Mapping):
        return ()
    texts = [v for v in arguments.values() if isinstance(v, str) and 3 < len(v) <= 300 and ("-" in v or "/" in v)]
    return objects_of(" ".join(texts)) if texts else ()


@lru_cache(maxsize=4096)
def _named(tool: str, objects: tuple[str, ...]) -> Activity:
    """An activity of a tool that is known by its name alone."""
    role = reading_of(tokens_of(split_tool(tool)[1]))[0]
    return Activity(tool, cast(Role, role), phrase_tool(tool), objects)
