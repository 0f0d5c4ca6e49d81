"""Prove: a worker leaves something that shows what a step did; its checker earns the level, the worker never raises it.

- P0: the worker says so (a note, a link or a commit that nobody looked at)
- P1: the bytes are stored and hashed (a file, a result)
- P2: checked by us: found in the run's own transcript, a link that answers, an allowed command that ended with 0, a commit that is there
- P3: a person's confirmation, or a verifier's, who is not on the worker's side
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from runlore.actions.allowed import read_allowed
from runlore.actions.caller import Caller
from runlore.actions.reading import read_transcripts
from runlore.actions.redact import open_redactor, redact_words
from runlore.actions.report_step import check_running
from runlore.actions.run_view import RunView, bound_arguments, view_run
from runlore.errors import Conflict, GitError, NotAllowed, StaleLease, UsageError
from runlore.integrations.commands import run_command
from runlore.integrations.web import ask
from runlore.library import git
from runlore.model import Problem
from runlore.model.run import ProofItem, ProofKind
from runlore.model.runbook import Step
from runlore.record.canonical import parse_json, render_json
from runlore.record.database import Transaction
from runlore.record.principals import authors_side, get_principal, works_alone
from runlore.record.proofs import keep_proof
from runlore.record.runs import list_workers
from runlore.running.lease import Refused, renew

KINDS: Final[tuple[ProofKind, ...]] = ("tool result", "url", "commit", "file", "command", "message", "person", "note")
LARGEST: Final = 20 << 20
_LONGEST: Final = 4_000
_COMMIT: Final = re.compile(r"[0-9a-f]{7,64}")
_CLOCKS: Final = 60_000_000
"""By how much the clock of a host may be behind ours, in microseconds."""


@dataclass(frozen=True, slots=True)
class Offered:
    """What a worker leaves: its kind, its value (a link, a commit ``repository@hash``, an allowed command's name, a file's name, words, a result
    as JSON), the bytes of a file, and the transcript in which a result is to be found."""

    kind: ProofKind
    value: str
    content: bytes | None = None
    transcript: Path | None = None


@dataclass(frozen=True, slots=True)
class _Earned:
    level: str
    checker: str
    detail: str
    content: bytes | None = None
    value: str = ""
    """What was found, where it says more exactly what was given; empty: what was given."""


def parse_proof(text: str) -> Offered:
    """Read ``KIND:VALUE`` as it is typed, ``file:PATH`` with the file's bytes; raises UsageError."""
    kind, colon, value = text.partition(":")
    known = next((k for k in KINDS if k == kind.strip().replace("-", " ")), None)
    if known is None or not colon or not value.strip():
        raise UsageError(f"{text!r} is no proof: write KIND:VALUE, where KIND is one of {', '.join(KINDS)}.")
    if known != "file":
        return Offered(known, value.strip())
    path = Path(value.strip())
    try:
        if not path.is_file() or path.is_symlink():
            raise UsageError(f"{path}: there is no such file.")
        if path.stat().st_size > LARGEST:
            raise UsageError(f"{path}: a proof has at most {LARGEST >> 20} MiB. Leave a link or the decisive part.")
        return Offered(known, path.name, path.read_bytes())
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror or error}") from error


def prove(
    caller: Caller, number: int, step: int, offered: Offered, *, fence: int = 0
) -> tuple[ProofItem, tuple[Problem, ...]]:
    """Keep a piece of proof for a step (0: the whole run), at the level that its check earned; gives it, and what was redacted of it.

    The holder of the run's lease leaves proof, naming its fence; a person or verifier who is not on the worker's side confirms.
    Raises NotAllowed, NoSuchName, StaleLease, Conflict where it is bound elsewhere or the run is not running, UsageError for what is empty.
    """
    with caller.record.read() as tx:
        view = view_run(tx, caller.company, number)
        confirms = _may_confirm(tx, caller, view)
    check_running(view)
    clean, problems = _clean(caller, offered)
    runbook_step = view.step(step) if step else None
    if not confirms:
        caller.require("run", "leave proof")
        _check_lease(caller, view, fence)
    earned = _confirm(caller, clean) if confirms else _check(caller, view, runbook_step, clean)
    item = ProofItem(
        caller.company, "", number, step, view.run.revision, view.run.nonce, clean.kind,
        earned.value or clean.value, "",
        earned.level, earned.checker, earned.detail, caller.principal.id, caller.now,
    )  # fmt: skip
    with caller.record.write(caller.company) as tx:
        if not confirms:
            _check_lease(caller, view_run(tx, caller.company, number), fence)
        return keep_proof(tx, item, earned.content), problems


def _may_confirm(tx: Transaction, caller: Caller, view: RunView) -> bool:
    """Say whether the caller confirms instead of claiming: a person, or a service that may verify, off the worker's side."""
    principal = get_principal(tx, caller.company, caller.principal.id)
    workers = list_workers(tx, caller.company, view.run.number)
    if principal.kind == "agent" or principal.id in workers:
        return False
    if not (principal.kind == "human" or principal.may("verify")):
        return False
    caller.require("read", "confirm proof")
    if principal.id in authors_side(tx, caller.company, workers) and not works_alone(
        tx, caller.company, principal.id, caller.now
    ):
        raise NotAllowed(
            principal.name, "confirm this", "whoever operates the agent that does the work does not confirm it."
        )
    return True


def _confirm(caller: Caller, offered: Offered) -> _Earned:
    who = "person" if caller.principal.kind == "human" else "verifier"
    return _Earned("P3", f"{who}:{caller.principal.id}", f"confirmed by {caller.principal.name}", offered.content)


def _check_lease(caller: Caller, view: RunView, fence: int) -> None:
    lease = renew(view.run.lease, caller.principal.id, fence, caller.now)
    if isinstance(lease, Refused):
        raise StaleLease(view.run.number, lease.why)


def _clean(caller: Caller, offered: Offered) -> tuple[Offered, tuple[Problem, ...]]:
    if len(offered.value) > _LONGEST and offered.kind != "tool result":
        raise UsageError(f"A proof's value has at most {_LONGEST:,} characters. Attach what is longer as a file.")
    redactor = open_redactor(caller.settings)
    value, problems = redact_words(redactor, offered.value.strip(), f"the proof {offered.kind}")
    content = redactor.redact(offered.content) if offered.content is not None else None
    if offered.content is not None and not offered.content.strip():
        raise UsageError("The file is empty: it proves nothing.")
    if content != offered.content:
        problems = (
            *problems,
            Problem(
                offered.value,
                0,
                "secret-replaced",
                "A secret stood in the file; it is kept as a placeholder.",
                "warning",
            ),
        )
    if not value:
        raise UsageError("A proof needs a value.")
    return Offered(offered.kind, value, content, offered.transcript), problems


def _check(caller: Caller, view: RunView, step: Step | None, offered: Offered) -> _Earned:
    match offered.kind:
        case "file":
            if offered.content is None:
                raise UsageError("A file needs its bytes.")
            return _Earned("P1", "store", f"{len(offered.content):,} bytes are stored", offered.content)
        case "url":
            answer = ask(offered.value, private=caller.settings.check_private)
            if 200 <= answer.status < 300:
                return _Earned("P2", "http", f"it answers {answer.status}")
            return _Earned(
                "P0", "worker", f"it was asked and did not show: {answer.why or f'it answers {answer.status}'}"
            )
        case "command":
            return _run_allowed(caller, offered.value)
        case "commit":
            return _find_commit(caller, view, offered.value)
        case "tool result":
            return _find_result(caller, view, step, offered)
        case "person":
            raise NotAllowed(
                caller.principal.name,
                "confirm as a person",
                "a person's confirmation comes from that person's own credential.",
            )
        case _:
            return _Earned("P0", "worker", "the worker says so")


def _run_allowed(caller: Caller, name: str) -> _Earned:
    allowed = read_allowed(caller.settings)
    if name not in allowed.commands:
        names = ", ".join(sorted(allowed.commands)) or "none"
        raise Conflict(f"{name!r} is not among the commands that an owner allowed as proof ({names}).")
    ended = run_command(allowed.commands[name])
    content = ended.output or None
    if ended.code == 0:
        return _Earned("P2", "command", "it was run and ended with 0", content)
    return _Earned(
        "P0", "worker", f"it was run and did not show: {ended.why or f'it ended with {ended.code}'}", content
    )


def _find_commit(caller: Caller, view: RunView, value: str) -> _Earned:
    """A commit counts as checked where it is in a repository that an owner named, by its hash and not by a name that moves, made since the run began."""
    place, _, commit = value.rpartition("@")
    allowed = read_allowed(caller.settings)
    if place not in allowed.repositories:
        return _Earned("P0", "worker", "the repository is not among those that an owner named, so nobody looked")
    if not _COMMIT.fullmatch(commit):
        return _Earned("P0", "worker", "that is no commit's hash, so nobody looked")
    repository = Path(allowed.repositories[place])
    try:
        found = git.run(repository, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{commit}^{{commit}}")
        whole = found.decode().strip()
        made = int(git.run(repository, "log", "-1", "--format=%ct", "--end-of-options", whole).decode().strip())
    except (GitError, ValueError):
        return _Earned("P0", "worker", "it was looked for and is not in that repository")
    if made * 1_000_000 < view.run.started - _CLOCKS:
        return _Earned("P0", "worker", "it is in the repository, and older than the run")
    return _Earned("P2", "git", f"it is in the repository as {whole}", value=f"{place}@{whole}")


def _same(result: Any, stored: bytes) -> bool:
    """Say whether a result is the stored one, as JSON: 1 is no true and no 1.0."""
    try:
        return render_json(result).encode() == stored
    except (TypeError, ValueError):
        return False


def _find_result(caller: Caller, view: RunView, step: Step | None, offered: Offered) -> _Earned:
    """A result counts as checked where the run's own transcript holds a call of the step's tool that gave exactly it, after the run began: by
    the call's own time, and where the transcript knows none, by that of the file.

    What was approved must have been given as it was approved; an argument beside that may differ from the runbook's, and the proof says so.
    Where no transcript is named, those are looked through that the hosts of this machine wrote since then.
    """
    try:
        wanted = parse_json(offered.value)
    except ValueError:
        wanted = offered.value
    stored = render_json(wanted).encode()
    known = bound_arguments(view, step) if step else {}
    approved = {name for s in view.runbook.steps for approval in s.approvals for name in approval.over}
    places = [offered.transcript] if offered.transcript is not None else []
    since = view.run.started - _CLOCKS
    for item in read_transcripts(caller.settings, places, since / 1e6):
        if isinstance(item, Problem):
            continue
        for event in item.events:
            if event.kind != "call" or event.outcome != "ok" or (step and step.tool and event.tool != step.tool):
                continue
            if event.time and event.time * 1e6 < since:
                continue
            given = event.arguments if isinstance(event.arguments, dict) else {}
            other = sorted(n for n, v in known.items() if n in given and given[n] != v)
            if _same(event.result, stored) and approved.isdisjoint(other):
                differs = f"; not as the runbook says: {', '.join(other)}" if other else ""
                checker = f"transcript:{item.session}:{event.result_line}:{event.result_index}"
                return _Earned("P2", checker, f"found in {item.hash} line {event.line}{differs}", stored)
    return _Earned("P1", "store", "the result is stored; no transcript holds such a call of this step's tool", stored)
