"""Everything that Runlore raises on purpose.

RunloreError
├── UsageError           the person asked for something that cannot be (exit code 2)
│   ├── NothingToRead    no transcript under the given paths (exit code 1)
│   ├── NoSuchName       no workflow, draft or session goes by that name
│   └── NotYetMined      the command needs the result of `runlore mine`
├── BadDocument          a document that cannot be read at all; carries its problems (exit code 1)
├── ToolServerFailed     a tool server does not start or does not answer (exit code 3)
├── MissingExtra         an optional extra is needed and not installed
├── StoreError           the home folder cannot be read or written (exit code 3)
└── GitError             git is missing, too old, or failed

A person's mistakes in documents and transcripts are values (`runlore.model.Problem`), all of them at once.
"""

from __future__ import annotations

from runlore.model.source import Problem


class RunloreError(Exception):
    """The root; ``exit_code`` is what the command line ends with."""

    exit_code = 3


class UsageError(RunloreError):
    exit_code = 2


class NothingToRead(UsageError):
    exit_code = 1

    def __init__(self, where: str, why: str) -> None:
        super().__init__(f"{where}: {why}")


class NoSuchName(UsageError):
    def __init__(self, what: str, name: str, near: tuple[str, ...] = ()) -> None:
        hint = f" Did you mean {', '.join(near)}?" if near else ""
        super().__init__(f"There is no {what} named {name!r}.{hint}")


class NotYetMined(UsageError):
    def __init__(self, stale: bool = False) -> None:
        if stale:
            super().__init__(
                "The findings were made by another version of Runlore. Run `runlore mine` again: nothing has to be read anew."
            )
            return
        super().__init__(
            "Nothing has been mined yet. Run `runlore mine` first, or `runlore mine PATH` for a folder of transcripts."
        )


class BadDocument(RunloreError):
    exit_code = 1

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(f"{p.file}:{p.line}: {p.message} [{p.slug}]" for p in problems))


class MissingExtra(RunloreError):
    exit_code = 2

    def __init__(self, feature: str, extra: str) -> None:
        super().__init__(f"{feature} needs an extra: install it with `pip install 'runlore[{extra}]'`.")


class ToolServerFailed(RunloreError):
    def __init__(self, where: str, why: str) -> None:
        super().__init__(f"The tool server `{where}`: {why}.")


class StoreError(RunloreError):
    def __init__(self, path: str, why: str) -> None:
        super().__init__(f"{path}: {why}")


class GitError(RunloreError):
    def __init__(self, command: str, output: str) -> None:
        super().__init__(f"`git {command}` failed: {output.strip() or 'no output'}")
