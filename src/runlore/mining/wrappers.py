"""Commands that only run other commands, and how to see through them (sudo, env, timeout, uv run, docker exec, bash -c …)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Wrapper:
    """How a wrapper is written before the command that it runs.

    ``valued`` are its options that take a value in the next word, ``skip`` how many words that are no option come before the
    command (``timeout 30``, ``docker exec NAME``), ``dashes`` that the command comes only after ``--``,
    ``assignments`` that NAME=value words may precede it.
    """

    valued: frozenset[str] = frozenset()
    skip: int = 0
    dashes: bool = False
    assignments: bool = False


def _wrapper(valued: str = "", skip: int = 0, dashes: bool = False, assignments: bool = False) -> Wrapper:
    return Wrapper(frozenset(valued.split()), skip, dashes, assignments)


_UV_RUN = "--with --extra --group --python -p --package --env-file --directory --project --index-url --with-requirements --no-group"

# By the words that begin the command, longest first where one begins another.
_WRAPPERS: Final[dict[tuple[str, ...], Wrapper]] = {
    ("sudo",): _wrapper("-u -g -h -p -C -D --user --group", assignments=True),
    ("doas",): _wrapper("-u -C"),
    ("env",): _wrapper("-u -C -S --unset --chdir", assignments=True),
    ("time",): _wrapper("-f -o --format --output"),
    ("timeout",): _wrapper("-s -k --signal --kill-after", skip=1),
    ("gtimeout",): _wrapper("-s -k --signal --kill-after", skip=1),
    ("nohup",): _wrapper(),
    ("setsid",): _wrapper(),
    ("nice",): _wrapper("-n --adjustment"),
    ("ionice",): _wrapper("-c -n"),
    ("stdbuf",): _wrapper("-i -o -e"),
    ("caffeinate",): _wrapper("-t -w"),
    ("command",): _wrapper(),
    ("builtin",): _wrapper(),
    ("exec",): _wrapper("-a"),
    ("xargs",): _wrapper("-I -n -P -L -d -E -s -a --max-args --max-procs --delimiter --replace --arg-file"),
    ("uv", "run"): _wrapper(_UV_RUN),
    ("poetry", "run"): _wrapper(),
    ("pipenv", "run"): _wrapper(),
    ("pdm", "run"): _wrapper("-p --project"),
    ("rye", "run"): _wrapper(),
    ("conda", "run"): _wrapper("-n -p --name --prefix --cwd"),
    ("npx",): _wrapper("-p --package -c --call -w --workspace"),
    ("bunx",): _wrapper("-p --package"),
    ("pnpm", "exec"): _wrapper("-C --filter -F"),
    ("pnpm", "dlx"): _wrapper("--package"),
    ("yarn", "dlx"): _wrapper("-p --package"),
    ("npm", "exec"): _wrapper("-p --package -w --workspace"),
    ("bundle", "exec"): _wrapper("--gemfile"),
    ("mise", "exec"): _wrapper(dashes=True),
    ("mise", "x"): _wrapper(dashes=True),
    ("asdf", "exec"): _wrapper(),
    ("direnv", "exec"): _wrapper(skip=1),
    ("op", "run"): _wrapper(dashes=True),
    ("doppler", "run"): _wrapper(dashes=True),
    ("dotenv", "run"): _wrapper(dashes=True),
    ("aws-vault", "exec"): _wrapper(dashes=True),
    ("docker", "exec"): _wrapper("-e -w -u --env --workdir --user --env-file", skip=1),
    ("docker", "compose", "exec"): _wrapper("-e -w -u --env --workdir --user --index", skip=1),
    ("docker-compose", "exec"): _wrapper("-e -w -u --env --workdir --user --index", skip=1),
    ("podman", "exec"): _wrapper("-e -w -u --env --workdir --user", skip=1),
    ("kubectl", "exec"): _wrapper(dashes=True),
}
_FIRST: Final = frozenset(key[0] for key in _WRAPPERS)
_SHELLS: Final = frozenset({"bash", "sh", "zsh", "dash", "ksh", "fish"})
_PYTHONS: Final = frozenset({"python", "python3", "py", "pypy3"})
_KNOWN: Final = _FIRST | _SHELLS | _PYTHONS | {"eval"}


@dataclass(frozen=True, slots=True)
class Unwrapped:
    """What a command line comes down to: its words, the wrappers taken off, assignments met, and a script to be parsed in its place."""

    words: tuple[str, ...]
    wrappers: tuple[str, ...] = ()
    environment: tuple[tuple[str, str], ...] = ()
    script: str = ""


def base(program: str) -> str:
    """Give the program's name without its folders and without ``.exe``; scripts called by a path keep their ending."""
    name = program.rsplit("/", 1)[-1].rsplit("\\", 1)[-1] if program else program
    return name.removesuffix(".exe")


def unwrap(words: Sequence[str]) -> Unwrapped:
    """Take wrappers off the words of a simple command, as many as there are (at most eight)."""
    program = base(words[0]) if words else ""
    if program not in _KNOWN and not program.startswith("python3."):
        return Unwrapped(tuple(words))
    rest = list(words)
    names: list[str] = []
    environment: list[tuple[str, str]] = []
    for _ in range(8):
        program = base(rest[0]) if rest else ""
        script = _script_of(program, rest)
        if script:
            return Unwrapped(tuple(rest), (*names, program), tuple(environment), script)
        if (program in _PYTHONS or program.startswith("python3.")) and len(rest) > 2 and rest[1] == "-m":
            return Unwrapped(tuple(rest[2:]), (*names, "python -m"), tuple(environment))
        found = _find_wrapper(program, rest)
        if found is None:
            break
        key, wrapper = found
        inner = _inner(rest[len(key) :], wrapper, environment)
        if not inner:
            break
        names.append(" ".join(key))
        rest = inner
    return Unwrapped(tuple(rest), tuple(names), tuple(environment))


def _find_wrapper(program: str, words: Sequence[str]) -> tuple[tuple[str, ...], Wrapper] | None:
    if program not in _FIRST or (program == "command" and any(word in ("-v", "-V") for word in words[1:2])):
        return None
    for length in (3, 2, 1):
        key = (program, *words[1:length])
        if len(key) == length and key in _WRAPPERS:
            return key, _WRAPPERS[key]
    return None


def _inner(words: Sequence[str], wrapper: Wrapper, environment: list[tuple[str, str]]) -> list[str]:
    """Give the words of the command inside a wrapper, [] where there is none."""
    if wrapper.dashes:
        return list(words[words.index("--") + 1 :]) if "--" in words else []
    place, skip = 0, wrapper.skip
    while place < len(words):
        word = words[place]
        if word == "--":
            return list(words[place + 1 :])
        if word.startswith("-") and len(word) > 1:
            place += 2 if word in wrapper.valued else 1
        elif wrapper.assignments and "=" in word and word.split("=", 1)[0].isidentifier():
            name, _, value = word.partition("=")
            environment.append((name, value))
            place += 1
        elif skip:
            skip -= 1
            place += 1
        else:
            return list(words[place:])
    return []


def _script_of(program: str, words: Sequence[str]) -> str:
    """Give the script that ``bash -lc SCRIPT`` or ``eval SCRIPT`` runs, "" for anything else."""
    if program == "eval":
        return " ".join(words[1:])
    if program not in _SHELLS:
        return ""
    for place, word in enumerate(words[1:], start=1):
        if not word.startswith("-"):
            if words[place - 1].endswith("o"):
                continue  # the value of `-euo pipefail`
            return ""
        if "c" in word and not word.startswith("--"):
            return words[place + 1] if place + 1 < len(words) else ""
    return ""
