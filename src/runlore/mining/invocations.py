"""A simple command as an activity: its name (program, sub-command, salient flags), its role and its phrase."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from runlore.mining.programs import FORMS
from runlore.mining.shell import Command
from runlore.mining.values import Role
from runlore.mining.vocabulary import CHANGING, EITHER, READING, tokens_of, words_of
from runlore.mining.web import call_of, name_call


@dataclass(frozen=True, slots=True)
class Invocation:
    """What one simple command does; fields as in Activity. ``positional`` are the arguments after the sub-command that are no flags."""

    name: str
    role: Role
    phrase: str
    common: bool = False
    positional: tuple[str, ...] = ()


# Options that stand before the sub-command and take a value in the next word.
_VALUED: Final = {
    "git": words_of("-C -c --git-dir --work-tree --namespace"),
    "gh": words_of("-R --repo --hostname"),
    "glab": words_of("-R --repo"),
    "docker": words_of(
        "-H --host --context -c --config -l --log-level -f --file -p --project-name --profile --env-file"
    ),
    "docker-compose": words_of("-f --file -p --project-name --profile --env-file"),
    "kubectl": words_of("-n --namespace --context --kubeconfig --cluster --user -s --server"),
    "helm": words_of("-n --namespace --kube-context --kubeconfig"),
    "terraform": words_of(""),
    "npm": words_of("--prefix -C -w --workspace"),
    "pnpm": words_of("-C --dir -F --filter"),
    "yarn": words_of("--cwd"),
    "bun": words_of("--cwd --filter"),
    "make": words_of("-C -f -j -I -o -W"),
    "mise": words_of("-C --cd -E --env"),
    "just": words_of("-f --justfile -d --working-directory"),
    "go": words_of("-C"),
    "cargo": words_of("--manifest-path --color --config -Z -C"),
    "aws": words_of("--profile --region --output --endpoint-url --query"),
    "gcloud": words_of("--project --region --zone --account --format"),
    "az": words_of("--subscription -o --output"),
    "poetry": words_of("-C --directory -P --project"),
    "uv": words_of("--directory --project --python -p --config-file"),
    "alembic": words_of("-c --config -x -n --name"),
}
# How many words name the sub-command where the tables do not know it; one elsewhere.
_DEPTH: Final = {
    "gh": 2,
    "glab": 2,
    "aws": 2,
    "gcloud": 3,
    "az": 2,
    "supabase": 2,
    "flyctl": 2,
    "vercel": 2,
    "netlify": 2,
    "prisma": 2,
    "docker compose": 2,
    "doctl": 3,
    "fly": 2,
}
_CLOUDS: Final = frozenset(
    {
        "aws",
        "gcloud",
        "az",
        "doctl",
        "oci",
        "linode-cli",
        "hcloud",
        "scw",
        "fly",
        "flyctl",
        "heroku",
        "vercel",
        "netlify",
    }
)
_PLAIN: Final = frozenset(name for name in FORMS if " " not in name) - frozenset(
    name.split(" ")[0] for name in FORMS if " " in name
)
# Programs that run named tasks, and the word that the task follows, if any.
_RUNNERS: Final = {
    "mise": ("run", "r"), "npm": ("run", "run-script"), "pnpm": ("run",), "yarn": ("run",), "bun": ("run",), "deno": ("task",), "make": (),
    "gmake": (), "just": (), "task": (), "rake": (), "turbo": ("run",), "nx": ("run",), "gradle": (), "gradlew": (), "invoke": (), "inv": (),
    "mvn": (), "mvnw": (), "composer": ("run", "run-script"), "hatch": ("run",), "poe": (), "tox": (), "lerna": ("run",), "grunt": (), "gulp": (),
    "ant": (), "earthly": (), "moon": ("run",), "bazel": ("run",), "rush": (),
}  # fmt: skip
_BARE_RUNNERS: Final = frozenset(name for name, verbs in _RUNNERS.items() if not verbs)
_TASK_WORD: Final = {
    "make": "target",
    "gmake": "target",
    "just": "recipe",
    "npm": "script",
    "pnpm": "script",
    "yarn": "script",
    "bun": "script",
}
_PROGRAM_NAMES: Final = {
    "gradlew": "gradle",
    "mvnw": "mvn",
    "gmake": "make",
    "pip3": "pip",
    "nodejs": "node",
    "inv": "invoke",
    "podman": "docker",
}
_ALIASES: Final = {
    "git push -f": "--force", "git push -d": "--delete", "git branch -D": "-d", "git branch --delete": "-d", "git branch -M": "-m",
    "git branch --move": "-m", "git checkout -B": "-b", "git switch -C": "-c", "git switch --create": "-c", "git rebase --interactive": "-i",
    "git tag --delete": "-d", "git commit -n": "--no-verify", "gh pr create -d": "--draft", "gh pr edit -B": "--base", "gh pr review -a": "--approve",
    "gh pr review -r": "--request-changes", "git pull -r": "--rebase",
}  # fmt: skip
_SUBCOMMAND: Final = re.compile(r"[a-z][a-z0-9]*(?:[:_-][a-z0-9]+)*\Z", re.IGNORECASE)
_SCRIPT: Final = re.compile(r"\.(?:sh|bash|zsh|py|js|mjs|ts|rb|pl|php)\Z")
_INTERPRETERS: Final = frozenset(
    {"bash", "sh", "zsh", "python", "python3", "node", "ruby", "perl", "deno", "bun", "tsx", "ts-node", "php"}
)
_CHECKS: Final = words_of(
    "test tests testing lint check checks build ci fmt format typecheck type types verify e2e unit integration compile bench benchmark cover coverage "
    "vet validate spec smoke doctor audit qa all tsc eslint doctest dev start serve watch run bench clean docs preview storybook generate gen"
)
# Sub-commands that change records elsewhere, of programs that no table knows: trackers and the like.
_WORLDLY: Final = words_of(
    "create update close reopen delete send comment assign submit approve reject merge tag label transition resolve cancel note"
)
KNOWN_PROGRAMS: Final = frozenset(name.split(" ")[0] for name in FORMS)
"""The programs that the tables know."""
_CLOUD_VERBS: Final = words_of("cp mv rm mb rb up down sync put ssh scp")
_EFFECTS: Final = words_of(
    "deploy release publish migrate migration push upload rollback provision seed promote ship apply destroy notify send post rollout "
    "announce restore backup sync import reindex"
)
_DATABASE_WRITES: Final = re.compile(
    r"\b(?:insert\s+into|update\s+\S+\s+set|delete\s+from|drop\s|alter\s|create\s|truncate\s|grant\s|revoke\s|copy\s+\S+\s+from)",
    re.IGNORECASE,
)


def name_command(command: Command) -> Invocation:
    """Name a simple command. Never raises; programs that no table knows get "Run `program sub`"."""
    program = _PROGRAM_NAMES.get(command.program, command.program)
    if program.find("@") > 0:
        program = program.partition("@")[0]  # `npx eslint@9`
    call = call_of(program, command.arguments)
    if call is not None:
        role, phrase = name_call(call)
        return Invocation(call.name, role, phrase, positional=())
    words = _words_after_options(program, command.arguments)
    if program == "docker-compose":
        program, words = "docker", ["compose", *words]
    if program in _INTERPRETERS and "python -m" not in command.wrappers:
        script = _script(command.arguments)
        if script is not None and not _is_subcommand(program, script):
            return _name_script(program, script, command.arguments)
    if _SCRIPT.search(program) and program != "manage.py":
        return _name_script(program, program, (program, *command.arguments))
    asked = _asked_about_itself(program, words, command.arguments)
    if asked is not None:
        return asked
    task = _task(program, words)
    if task is not None:
        return _name_task(program, task, command)
    return _name_by_table(program, words, command)


def _asked_about_itself(program: str, words: Sequence[str], arguments: tuple[str, ...]) -> Invocation | None:
    """`--help` and `--version` of any program, whatever its sub-command would do."""
    version = "--version" in arguments or arguments in (("-v",), ("-V",), ("version",))
    if not version and "--help" not in arguments and arguments != ("-h",):
        return None
    name = " ".join([program, *(word for word in _subcommands(program, words) if word != "version")])
    flag, about = ("--version", "the version of") if version else ("--help", "the help of")
    return Invocation(f"{name} {flag}", "read", f"Show {about} `{name}`", common=True)


def _words_after_options(program: str, arguments: Sequence[str]) -> list[str]:
    """Leave out the options (and their values) that stand before the sub-command."""
    valued = _VALUED.get(program, frozenset())
    place = 0
    while place < len(arguments):
        word = arguments[place]
        if word in valued:
            place += 2
        elif word.startswith(("-", "+")) and len(word) > 1:
            place += 1
        else:
            break
    return list(arguments[place:])


def _subcommands(program: str, words: Sequence[str]) -> list[str]:
    """Give the words that name the sub-command: as many as the tables know, else as many as look like one."""
    if program in _PLAIN:
        return []
    for length in (3, 2, 1):
        if len(words) >= length and " ".join([program, *words[:length]]) in FORMS:
            return list(words[:length])
    depth = 2 if program == "docker" and words[:1] == ["compose"] else _DEPTH.get(program, 1)
    if len(words) > 1 and (not _is_verb(words[0]) or words[0] in EITHER) and _is_verb(words[1]):
        depth = max(depth, 2)  # `stripe refunds create`
    found: list[str] = []
    for word in words[:depth]:
        if not _SUBCOMMAND.match(word) or len(word) > 30 or not word.islower():
            break
        found.append(word)
    return found


def _is_verb(word: str) -> bool:
    return word in READING or word in CHANGING


def _script(arguments: Sequence[str]) -> str | None:
    """Give the script that an interpreter runs, None where it is given inline or on standard input."""
    option = ""
    for word in arguments:
        if word in ("-c", "-e", "-", "-p", "--eval") or (
            word.startswith("-") and word.endswith("c") and not word.startswith("--")
        ):
            return None
        if not word.startswith("-") and not (option.endswith("o") and not option.startswith("--")):
            return word
        option = word if word.startswith("-") else ""
    return None


def _is_subcommand(program: str, word: str) -> bool:
    """Say whether the word after ``bun`` or ``deno`` is a sub-command or a named task, and no script."""
    return program in _RUNNERS and not _SCRIPT.search(word) and "/" not in word


def _name_script(program: str, script: str, arguments: Sequence[str]) -> Invocation:
    name = script.rsplit("/", 1)[-1]
    if name == "manage.py":
        return _name_by_table(
            "manage.py", [a for a in arguments[1:] if not a.startswith("-")], Command("manage.py", tuple(arguments[1:]))
        )
    rest = list(arguments[list(arguments).index(script) + 1 :]) if script in arguments else []
    sub = [w for w in rest[:1] if _SUBCOMMAND.match(w) and w.islower()]
    words = tokens_of(re.sub(r"\.\w+$", "", name)) + tuple(t for w in sub for t in tokens_of(w))
    full = " ".join([name, *sub])
    temporary = script.startswith(("/tmp/", "/var/folders/", "$TMP")) or "XXXX" in script  # noqa: S108 - a prefix of foreign commands, nothing is written
    return Invocation(full, _role_of_words(words), f"Run `{full}`", common=temporary, positional=tuple(rest))


def _task(program: str, words: Sequence[str]) -> str | None:
    verbs = _RUNNERS.get(program)
    if verbs is None or not words:
        return None
    if words[0] in verbs:
        return next((w for w in words[1:] if not w.startswith("-")), None)
    if program in _BARE_RUNNERS and " ".join((program, words[0])) not in FORMS and "=" not in words[0]:
        return words[0]
    if program in ("yarn", "pnpm", "bun") and _SUBCOMMAND.match(words[0]) and f"{program} {words[0]}" not in FORMS:
        # `yarn build` runs the script; the package managers' own sub-commands are few.
        return (
            words[0]
            if words[0]
            not in ("why", "info", "list", "up", "upgrade", "remove", "workspace", "init", "create", "dlx", "exec")
            else None
        )
    return None


def _name_task(program: str, task: str, command: Command) -> Invocation:
    if _SCRIPT.search(task) and program in _INTERPRETERS:
        return _name_script(program, task, command.arguments)
    task = task if len(task) <= 60 else task[:60]
    verb = _RUNNERS[program][0] + " " if _RUNNERS[program] else ""
    kind = _TASK_WORD.get(program, "task")
    role = _role_of_words(tokens_of(task))
    if role == "effect" and ("--dry-run" in command.arguments or "-n" in command.arguments):
        role = "check"
    return Invocation(f"{program} {verb}{task}", role, f"Run the `{task}` {kind} with {program}")


def _role_of_words(words: Sequence[str]) -> Role:
    """The role of a task or script by the words of its name: what changes the world, else a check."""
    if any(word in _EFFECTS for word in words) and words[0] not in (
        "test",
        "lint",
        "check",
        "dry",
        "verify",
        "validate",
    ):
        return "effect"
    return "check"


def _flags(arguments: Sequence[str]) -> Iterator[str]:
    for word in arguments:
        if word == "--":
            yield word
            return
        if word.startswith("-") and len(word) > 1:
            yield word.split("=", 1)[0]


def _name_by_table(program: str, words: list[str], command: Command) -> Invocation:
    sub = _subcommands(program, words)
    name = " ".join([program, *sub])
    rest = words[len(sub) :]
    positional = tuple(word for word in rest if not word.startswith("-"))
    if program == "git":
        name = _git_variant(name, rest, positional)
    elif program in ("psql", "mysql", "sqlite3"):
        sql = " ".join(command.arguments) + command.heredoc
        writes = (
            _DATABASE_WRITES.search(sql) or "-f" in command.arguments or any(op == "<" for op, _ in command.redirects)
        )
        name = f"{program} change" if writes else program
    for given in _flags(rest):
        flag = _ALIASES.get(f"{name} {given}", given)
        if f"{name} {flag}" in FORMS:
            name = f"{name} {flag}"
            break
    if name == "go test" and "-c" in rest:
        return Invocation("go test -c", "check", "Build the Go tests", positional=positional)
    suffix = _tags(rest) if name == "go test" else ""
    form = FORMS.get(name)
    if form is not None:
        shown = (
            name.removesuffix(" change").removesuffix(" create") if program in ("psql", "mysql", "sqlite3") else name
        )
        phrase = f"{form.phrase} with the tag `{suffix}`" if suffix else form.phrase
        if form.role == "effect" and any(word.startswith("--dry-run") for word in rest):
            return Invocation(
                f"{shown} --dry-run",
                "check",
                f"Try out: {form.phrase[:1].lower()}{form.phrase[1:]}",
                positional=positional,
            )
        return Invocation(f"{shown} -tags {suffix}" if suffix else shown, form.role, phrase, form.common, positional)
    return Invocation(name, _unknown_role(program, sub, command), f"Run `{name}`", positional=positional)


def _tags(words: Sequence[str]) -> str:
    """Give the value of ``-tags X`` or ``-tags=X``: a tagged test run is another suite."""
    for place, word in enumerate(words):
        flag, equals, value = word.lstrip("-").partition("=")
        if flag == "tags" and word.startswith("-"):
            return value if equals else (words[place + 1] if place + 1 < len(words) else "")
    return ""


def _git_variant(name: str, rest: Sequence[str], positional: Sequence[str]) -> str:
    """Tell apart git's sub-commands that read without arguments and write with them."""
    flags = {word.split("=", 1)[0] for word in rest if word.startswith("-")}
    if (
        name == "git tag"
        and positional
        and not flags & {"-l", "--list", "-d", "--delete", "--contains", "--points-at", "--merged"}
    ):
        return "git tag"
    if name == "git tag" and not flags & {"-d", "--delete"}:
        return "git tag --list"
    if name == "git branch" and positional and not flags - {"-f", "--force", "--track", "-t", "--no-track"}:
        return "git branch create"
    if (
        name == "git config"
        and (len(positional) > 1 or flags & {"--unset", "--add", "--replace-all"})
        and not flags & {"--get", "--get-all", "-l"}
    ):
        return "git config set"
    if (
        name == "git checkout"
        and "--" not in rest
        and positional
        and ("." in positional[:2] or _is_file(positional[-1]))
    ):
        return "git checkout --" if not flags & {"--ours", "--theirs"} else name
    return name


def _is_file(word: str) -> bool:
    return bool(
        re.search(r"\.(?:go|py|ts|tsx|js|jsx|md|json|ya?ml|toml|rs|rb|java|sh|css|html|lock|mod|sum|txt)\Z", word)
    )


def _unknown_role(program: str, sub: Sequence[str], command: Command) -> Role:
    """The role of a program that no table knows, by its words: clouds by their verb, others a check unless a word says more."""
    words = [token for word in sub for token in tokens_of(word)]
    if "--dry-run" in command.arguments:
        return "check"
    if program in _CLOUDS or program in ("gh", "glab", "kubectl", "helm", "terraform"):
        verb = next((w for w in reversed(words) if w in READING or w in CHANGING or w in _CLOUD_VERBS), "")
        return "effect" if verb in CHANGING - READING or verb in _CLOUD_VERBS else "read"
    if any(word in _EFFECTS for word in [*words, *tokens_of(program)]) or (
        program not in KNOWN_PROGRAMS and any(w in _WORLDLY for w in words)
    ):
        return "effect"
    if any(word in READING and word not in _CHECKS for word in (words[:1] + words[-1:])):
        return "read"
    if program == "git":
        return "read" if "-" in " ".join(sub) else "edit"
    return "check"
