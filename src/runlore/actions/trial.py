"""Trial: walk a runbook against a tool server as far as it is certain.

1. Reads are run, each with every value that its source offers. 2. An effect is prepared only where its values leave no choice.
3. Its guards are decided: one that does not hold refuses it, one that cannot be decided stops the walk. 4. What would be sent is shown; it is sent
only with ``act`` and a person's yes to exactly that. No model is asked, so a runbook that has become certain costs no tokens.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal, Protocol

from runlore.actions.show import get_draft
from runlore.actions.trial_values import Ledger, Stop, certain, combinations, guards_of, nested
from runlore.errors import UsageError
from runlore.integrations.tool_server import Answer, Tool
from runlore.mining.activities import describe
from runlore.mining.conformance.evaluate import Shown, arguments_of, decide, values_given
from runlore.model import Event
from runlore.model.runbook import Runbook, Step
from runlore.runbooks.evidence import EvidenceMap
from runlore.settings import Settings

MOST_READS: Final = 20
"""How often one reading step is run with different values."""

Outcome = Literal["read", "would send", "sent", "left out", "stopped", "refused", "failed", "declined"]


@dataclass(frozen=True, slots=True)
class Happening:
    """What became of one step: what was sent or would be, what came back, and why the walk stopped there, where it did."""

    step: int
    title: str
    outcome: Outcome
    tool: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    result: Any = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class TrialResult:
    """A walk: everything that happened, in order. ``complete`` says that it came to its end with every effect sent."""

    runbook: str
    happenings: tuple[Happening, ...]
    complete: bool

    @property
    def end(self) -> Happening | None:
        """The last thing that happened."""
        return self.happenings[-1] if self.happenings else None


class Tools(Protocol):
    """What a walk needs of a tool server."""

    def list_tools(self) -> tuple[Tool, ...]:
        """List the tools."""
        ...

    def call(self, name: str, arguments: Mapping[str, Any]) -> Answer:
        """Call one."""
        ...


Ask = Callable[[Step, str, Mapping[str, Any]], bool]
"""Asks the person at the terminal whether exactly this may be sent: the step, the tool, the arguments."""


@dataclass(frozen=True, slots=True)
class TrialRequest:
    """Which runbook, with what the person gave (``inputs``) and the fields of the issue; ``act`` lets effects be sent after a yes to each."""

    name: str
    inputs: Mapping[str, Any] = field(default_factory=dict)
    issue: Mapping[str, Any] = field(default_factory=dict)
    act: bool = False


def trial(settings: Settings, request: TrialRequest, tools: Tools, ask: Ask) -> TrialResult:
    """Walk a runbook of the library. Raises NoSuchName, NotYetMined, ToolServerFailed."""
    shown = get_draft(settings, request.name)
    return walk(shown.runbook, shown.evidence, request, tools, ask, time.time())


def walk(
    runbook: Runbook, evidence: EvidenceMap, request: TrialRequest, tools: Tools, ask: Ask, now: float
) -> TrialResult:
    """Walk a runbook against tools; ``now`` is in seconds since the epoch, for ages."""
    offered = {tool.name: tool for tool in tools.list_tools()}
    ledger = Ledger(dict(request.inputs), dict(request.issue), now=now)
    happenings: list[Happening] = []
    for step in runbook.steps:
        ledger.backing = _backing(step, evidence)
        found = _take(step, runbook, ledger, offered, request, tools, ask)
        happenings.extend(found)
        if found and found[-1].outcome in ("stopped", "refused", "failed", "declined"):
            return TrialResult(runbook.name, tuple(happenings), complete=False)
    sent = [h for h in happenings if h.outcome in ("sent", "would send")]
    return TrialResult(runbook.name, tuple(happenings), bool(sent) and all(h.outcome == "sent" for h in sent))


def _backing(step: Step, evidence: EvidenceMap) -> dict[str, float]:
    """How far each constant of a step is backed: the share of the cases that had it, 1 where a person wrote it."""
    found = {}
    for binding in step.bindings:
        known = evidence.get(f"step-{step.number}/with/{binding.name}")
        if known is not None and known.support[1]:
            found[binding.name] = known.support[0] / known.support[1]
    return found


def _take(
    step: Step,
    runbook: Runbook,
    ledger: Ledger,
    offered: Mapping[str, Tool],
    request: TrialRequest,
    tools: Tools,
    ask: Ask,
) -> list[Happening]:
    """Do one step, or say why not."""

    def stop(why: str) -> list[Happening]:
        return [Happening(step.number, step.title, "stopped", step.tool, {}, None, why)]

    if any(n in ledger.results for n in step.either if n != step.number):
        return [Happening(step.number, step.title, "left out", step.tool, {}, None, "another way was taken")]
    if not step.tool:
        return stop("this step is a person's to do or to judge")
    if step.tool not in offered:
        return stop(f"the tool server has no tool `{step.tool}`")
    if _reads(offered[step.tool]):
        return _read(step, runbook, ledger, tools)
    if step.optional_when is not None:
        answer = decide(step.optional_when.parsed, ledger.known(step, {})) if step.optional_when.parsed else None
        if answer is False:
            return [
                Happening(
                    step.number, step.title, "left out", step.tool, {}, None, f"only when {step.optional_when.text}"
                )
            ]
        if answer is None:
            return stop(f"whether this is wanted is a person's to say: only when {step.optional_when.text}")
    return _change(step, ledger, request, tools, ask)


def _reads(tool: Tool) -> bool:
    """Whether a tool only looks: the server says so, or it says nothing and the tool's name does."""
    if tool.reads is not None:
        return tool.reads
    done = describe(Event(id="", kind="call", line=0, tool=tool.name, arguments={}))
    return bool(done) and done[-1].role == "read"


def _read(step: Step, runbook: Runbook, ledger: Ledger, tools: Tools) -> list[Happening]:
    """Look with every value that the source offers; a step without values is left out where nothing later rests on it alone."""
    ways = combinations(step, ledger)
    rows = [] if isinstance(ways, Stop) else list(ways)
    if not rows:
        why = ways.why if isinstance(ways, Stop) else "what was given fits nothing that was found"
        if step.optional_when is not None or step.either or not _is_needed(step, runbook):
            return [Happening(step.number, step.title, "left out", step.tool, {}, None, why)]
        return [Happening(step.number, step.title, "stopped", step.tool, {}, None, why)]
    if len(rows) > MOST_READS:
        why = f"{len(rows)} things would have to be looked at; say which is meant"
        return [Happening(step.number, step.title, "stopped", step.tool, {}, None, why)]
    found: list[Happening] = []
    for arguments in rows:
        answer = tools.call(step.tool, nested(arguments))
        if answer.failed:
            outcome: Outcome = (
                "left out" if step.optional_when is not None or step.either or len(rows) > 1 else "failed"
            )
            found.append(
                Happening(step.number, step.title, outcome, step.tool, arguments, answer.result, str(answer.result))
            )
            continue
        shown = Shown(answer.result, values_given(arguments_of(nested(arguments))))
        ledger.results.setdefault(step.number, []).append(shown)
        found.append(Happening(step.number, step.title, "read", step.tool, arguments, answer.result))
    failed = [h for h in found if h.outcome == "failed"]
    return [*(h for h in found if h.outcome != "failed"), *failed]


def _is_needed(step: Step, runbook: Runbook) -> bool:
    """Whether a later step takes a value from this one."""
    return any(b.source.kind == "step" and b.source.step == step.number for s in runbook.steps for b in s.bindings)


def _change(step: Step, ledger: Ledger, request: TrialRequest, tools: Tools, ask: Ask) -> list[Happening]:
    """Prepare an effect, decide its guards, and send it where that is certain, allowed and confirmed."""

    def at(outcome: Outcome, arguments: Mapping[str, Any], why: str = "", result: Any = None) -> list[Happening]:
        return [Happening(step.number, step.title, outcome, step.tool, arguments, result, why)]

    arguments = certain(step, ledger)
    if isinstance(arguments, Stop):
        return at("stopped", {}, arguments.why)
    verdict, condition = guards_of(step, ledger, arguments)
    if verdict == "stops":
        return at("refused", arguments, f"a guard forbids it: {condition}")
    if verdict == "open":
        return at("stopped", arguments, f"a guard cannot be decided: {condition}")
    if not request.act:
        return at("would send", arguments)
    if not ask(step, step.tool, nested(arguments)):
        return at("declined", arguments, "the person at the terminal said no")
    answer = tools.call(step.tool, nested(arguments))
    if answer.failed:
        return at("failed", arguments, str(answer.result), answer.result)
    ledger.results.setdefault(step.number, []).append(
        Shown(answer.result, values_given(arguments_of(nested(arguments))))
    )
    missing = _unproven(step, ledger, arguments, answer.result)
    if missing:
        return [*at("sent", arguments, "", answer.result), *at("stopped", {}, f"its proof is not there: {missing}")]
    return at("sent", arguments, "", answer.result)


def _unproven(step: Step, ledger: Ledger, arguments: Mapping[str, Any], result: Any) -> str:
    """The first proof of a step that its result does not give; one that a machine cannot decide is left to people."""
    known = ledger.known(step, arguments, result)
    for proof in step.proof:
        if proof.condition.parsed is not None and decide(proof.condition.parsed, known) is False:
            return proof.condition.text
    return ""


def parse_inputs(pairs: Iterable[str]) -> dict[str, Any]:
    """Read ``name=value`` pairs; a value with commas is a list where the argument takes one. Raises UsageError."""
    found: dict[str, Any] = {}
    for pair in pairs:
        name, sign, value = pair.partition("=")
        if not sign or not name.strip():
            raise UsageError(f"--input {pair!r} is not of the form name=value.")
        found[name.strip()] = value.strip()
    return found


def read_issue(file: Path) -> dict[str, Any]:
    """Read the fields of an issue from a file: its lines of the form ``name: value``; the rest is for people. Raises UsageError."""
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file}: the issue cannot be read: {error}") from error
    found: dict[str, Any] = {}
    for line in text.splitlines():
        name, sign, value = line.partition(":")
        if (
            sign
            and value.strip()
            and name.strip().replace("_", "").replace("-", "").isalnum()
            and " " not in name.strip()
        ):
            found.setdefault(name.strip(), value.strip())
    return found
