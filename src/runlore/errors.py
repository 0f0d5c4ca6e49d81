"""Everything that Runlore raises on purpose.

RunloreError
├── UsageError           the person asked for something that cannot be (exit code 2)
│   ├── NothingToRead    no transcript under the given paths (exit code 1)
│   ├── NoSuchName       nothing goes by that name: no workflow, draft, session, document, principal …
│   ├── AmbiguousName    several documents go by that name
│   ├── NoRecord         there is no record here yet
│   ├── NoCredential     who acts is not known: no credential, or one that the record does not honour
│   ├── NotAllowed       the principal may not do that
│   ├── StaleBase        the document has moved on since the proposal was written or reviewed
│   ├── KeyReused        an idempotency key came again with another body
│   ├── Conflict         what is asked for contradicts what the record holds
│   ├── UnfitText        a text that no record can hold
│   ├── RemoteMoved      others have committed to the branch that the library is pushed to
│   ├── BudgetTooSmall   no context pack says anything in so few tokens
│   └── NotYetMined      the command needs the result of `runlore mine`
├── BadDocument          a document that cannot be read at all; carries its problems (exit code 1)
├── MissingExtra         an optional extra is needed and not installed
├── StoreError           the home folder or the record cannot be read or written (exit code 3)
│   ├── DamagedRecord    what the record holds is not what was written
│   ├── RecordBusy       others held the record for too long; nothing was changed
│   ├── OutcomeUnknown   the link was cut while the record answered
│   ├── LibraryDamaged   the library folder's git repository is not what Runlore made
│   └── NoLibrary        the library folder is something else: another repository, other files, another company's
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


class AmbiguousName(UsageError):
    def __init__(self, what: str, name: str, found: tuple[str, ...]) -> None:
        super().__init__(f"Several {what}s go by the name {name!r}: {', '.join(found)}. Say which one in full.")


class NoRecord(UsageError):
    def __init__(self, where: str) -> None:
        super().__init__(f"There is no record at {where}. Run `runlore init` first.")


class NoCredential(UsageError):
    def __init__(self, where: str, why: str) -> None:
        super().__init__(
            f"{where}: {why}. Set RUNLORE_TOKEN to a credential of yours, or run `runlore init` for a record of your own."
        )


class NotAllowed(UsageError):
    """``principal`` by name, ``what`` as an infinitive without "to", ``why`` as a clause that also says what to do."""

    def __init__(self, principal: str, what: str, why: str) -> None:
        super().__init__(f"{principal} may not {what}: {why}")


class StaleBase(UsageError):
    def __init__(self, document: str, base: str, head: str) -> None:
        self.document, self.base, self.head = document, base, head
        super().__init__(
            f"{document} has moved on: the proposal was written against {base[:19] or 'no revision'}, "
            f"and the approved revision is {head[:19] or 'none'}. Merge it with the approved revision, and have it reviewed again."
        )


class KeyReused(UsageError):
    def __init__(self, key: str) -> None:
        super().__init__(
            f"The idempotency key {key!r} was used before with another body. Use a new key for a new request."
        )


class Conflict(UsageError):
    """The message is the constructor's own argument: what contradicts what, and what to do."""


class UnfitText(UsageError):
    def __init__(self, where: str, what: str) -> None:
        super().__init__(f"{where} holds {what}, which the record cannot keep as text. Take it out and try again.")


class RemoteMoved(UsageError):
    def __init__(self, remote: str, branch: str) -> None:
        super().__init__(
            f"The branch `{branch}` of {remote} holds commits that are not of this library, and nothing there is overwritten. `runlore pull` takes "
            "them up as proposals; then move that branch back to the last commit of the library, or push to another repository."
        )


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


class BudgetTooSmall(UsageError):
    def __init__(self, budget: int, least: int) -> None:
        super().__init__(
            f"A budget of {budget} tokens is too small for a context pack. Give at least {least}; 4000 suits most work."
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


class StoreError(RunloreError):
    def __init__(self, path: str, why: str) -> None:
        super().__init__(f"{path}: {why}")


class DamagedRecord(StoreError):
    def __init__(self, where: str, why: str) -> None:
        super().__init__(
            where, f"the record is damaged: {why}. It was left as it is. Restore a backup with `runlore restore FILE`."
        )


class RecordBusy(StoreError):
    def __init__(self, where: str, why: str) -> None:
        super().__init__(where, f"the record is busy: {why}. Nothing was changed; try again.")


class OutcomeUnknown(StoreError):
    def __init__(self, where: str, why: str) -> None:
        super().__init__(
            where,
            f"the link was cut before the record answered ({why}). Whether the change was kept is not known: "
            "look, or send the same request again with the same idempotency key.",
        )


class LibraryDamaged(StoreError):
    def __init__(self, folder: str, why: str) -> None:
        super().__init__(
            folder,
            f"{why}. The record is not touched by that: `runlore verify --rebuild` makes the library folder anew from it.",
        )


class NoLibrary(StoreError):
    """``why`` says what is there instead, as a clause."""

    def __init__(self, folder: str, why: str) -> None:
        super().__init__(folder, f"this cannot be the library folder: {why}. Name another folder with RUNLORE_LIBRARY.")


class GitError(RunloreError):
    def __init__(self, command: str, output: str) -> None:
        super().__init__(f"`git {command}` failed: {output.strip() or 'no output'}")
