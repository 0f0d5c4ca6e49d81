"""A shell call as activities: what matters in a command line, without the glue around it."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from runlore.mining.files import edit_activity, patched_files
from runlore.mining.invocations import KNOWN_PROGRAMS, Invocation, name_command
from runlore.mining.objects import area_of, branch_objects, objects_of
from runlore.mining.shell import Command, parse
from runlore.mining.values import Activity
from runlore.mining.vocabulary import words_of
from runlore.mining.web import call_of

# Drops out wherever something else is left of the line.
_GLUE: Final = words_of(
    "cd pushd popd echo printf true false : sleep wait test [ pwd export set unset exit return source . trap alias read date "
    "clear break continue shift local declare mkdir kill dirname basename seq which type tput stty ulimit umask shopt"
)
# Drops out behind a pipe, where it only shapes another command's output.
_SHAPING: Final = words_of(
    "head tail grep egrep rg wc sort uniq cut tr awk sed jq yq tee xxd column less more cat xargs tac rev nl fold fmt base64 strings perl "
    "python python3 json.tool node diff paste comm sponge bat hexdump od ls basename dirname echo git"
)
_EDITORS: Final = words_of("sed perl gsed")
_WRITERS: Final = words_of("cat echo printf tee")
_TO_FILE: Final = frozenset({">", ">>", ">|", "&>"})
_BRANCHING: Final = frozenset(
    [
        "git checkout",
        "git checkout -b",
        "git switch",
        "git switch -c",
        "git merge",
        "git rebase",
        "git branch create",
        "git branch -d",
        "git rebase --onto",
    ]
)
_ADDING: Final = re.compile(
    r"(?:npm|pnpm|yarn|bun|pip|uv|uv pip|poetry|cargo|brew|gem|go|uv tool|dotnet) (?:install|add|get|i|remove)\Z"
)
_MAX_COMMAND: Final = 4000
_APART: Final = re.compile(r"(?:^|&&|;|\n)\s*cd (?:/private)?/tmp/?\S*|\bgit init\b")


@lru_cache(maxsize=16384)
def describe_shell(line: str, cwd: str = "") -> tuple[Activity, ...]:
    """Give the activities of a command line in order, each name once; glue alone gives what it is, an empty line nothing."""
    kept: dict[str, Activity] = {}
    dropped: list[tuple[Command, Invocation]] = []
    apart = _APART.search(line) is not None
    for command in parse(line):
        if apart and command.program == "git":
            continue
        edit = _edit_of(command, cwd)
        if edit is not None:
            for activity in () if apart else edit:
                _add(kept, activity)
            continue
        invocation = name_command(command)
        if _is_glue(command, invocation):
            dropped.append((command, invocation))
        else:
            _add(kept, _activity(command, invocation, cwd))
    if not kept and dropped:
        command, invocation = next((d for d in dropped if d[0].program not in _GLUE), None) or next(
            (d for d in dropped if d[1].role != "read"), dropped[0]
        )
        _add(kept, _activity(command, invocation, cwd))
    found = tuple(kept.values())
    if any(activity.role == "effect" or not activity.common for activity in found):
        # Next to something that matters, a look around does not.
        found = tuple(a for a in found if a.role != "read" or not a.common)
    return found


def _add(kept: dict[str, Activity], activity: Activity) -> None:
    before = kept.get(activity.name)
    if before is None:
        kept[activity.name] = activity
    elif set(activity.objects) - set(before.objects):
        objects = tuple(dict.fromkeys((*before.objects, *activity.objects)))
        kept[activity.name] = Activity(before.name, before.role, before.phrase, objects, before.common, before.command)


def _is_glue(command: Command, invocation: Invocation) -> bool:
    if command.program in _GLUE:
        return True
    if command.nested == "substitution":
        return invocation.role != "effect" or command.program not in KNOWN_PROGRAMS
    return command.position > 0 and command.program in _SHAPING and invocation.role != "effect"


def _activity(command: Command, invocation: Invocation, cwd: str) -> Activity:
    return Activity(
        invocation.name,
        invocation.role,
        invocation.phrase,
        _objects(command, invocation, cwd),
        invocation.common,
        command.text if len(command.text) <= _MAX_COMMAND else command.text[:_MAX_COMMAND] + "…",
    )


def _edit_of(command: Command, cwd: str) -> tuple[Activity, ...] | None:
    """Give the edits of files that a command makes (`cat > x`, `sed -i`, `apply_patch`), None where it is none."""
    program, arguments = command.program, command.arguments
    if program in ("apply_patch", "applypatch"):
        return tuple(edit_activity(path, cwd, "") for path in patched_files(command.heredoc or " ".join(arguments)))
    if program in _EDITORS and any(re.match(r"-[a-zA-Z0-9]*i", a) or a.startswith("--in-place") for a in arguments):
        files = [a for a in arguments if re.search(r"[\w)]\.\w{1,5}\Z", a) and not a.startswith(("-", "s/", "s|"))]
        return (edit_activity(files[-1] if files else "", cwd, command.text[:_MAX_COMMAND]),)
    if program in _WRITERS:
        targets = [t for op, t in command.redirects if op in _TO_FILE and not t.startswith("/dev/")]
        if program == "tee" and command.position == 0:
            targets += [a for a in arguments if not a.startswith("-")]
        if targets and (command.heredoc or program != "cat" or not arguments):
            return (edit_activity(targets[-1], cwd, ""),)
    return None


def _objects(command: Command, invocation: Invocation, cwd: str) -> tuple[str, ...]:
    name, positional = invocation.name, invocation.positional
    found: list[str] = []
    if name.startswith(("gh ", "glab ", "curl ")):
        found.extend(_code_host_objects(command, name, positional))
    elif name.startswith("git push"):
        if len(positional) > 1:
            found.extend(branch_objects(positional[1].rsplit(":", 1)[-1]))
    elif name in _BRANCHING:
        for word in positional[:2]:
            found.extend(branch_objects(word))
    elif _ADDING.match(name):
        found.extend(
            f"package:{p.split('@')[0] if p.rfind('@') > 0 else p}"
            for p in positional[:5]
            if not p.startswith((".", "/", "$"))
        )
    elif invocation.role in ("check", "edit"):
        for word in positional[:8]:
            area = area_of(word, cwd) if "/" in word else ""
            if area:
                found.append(area)
    for place, word in enumerate(command.arguments[:-1]):
        if word in ("--filter", "--package", "-p", "--workspace", "--scope") and command.program in (
            "pnpm",
            "turbo",
            "cargo",
            "npm",
            "lerna",
            "nx",
        ):
            found.append(f"package:{command.arguments[place + 1]}")
    return tuple(dict.fromkeys(found))


def _code_host_objects(command: Command, name: str, positional: tuple[str, ...]) -> list[str]:
    found: list[str] = []
    call = call_of(command.program, command.arguments)
    target = call.target if call else positional[0] if positional else ""
    kind = "issue" if name.startswith(("gh issue", "glab issue")) else "pr"
    if target.isdigit() and name.startswith(("gh pr", "gh issue", "glab mr", "glab issue")):
        found.append(f"{kind}:{target}")
    elif target and ("/pull" in target or "/issue" in target or "merge_requests" in target):
        found.extend(objects_of("/" + target if not target.startswith("/") else target))
        # An issue's comments are a pull request's as well: the number is what counts.
    for place, word in enumerate(command.arguments[:-1]):
        if word in ("--head", "-H") and name.startswith("gh pr"):
            found.extend(branch_objects(command.arguments[place + 1]))
    return [o for o in found if "$" not in o]
