"""`runlore run`: start, step, ask, prove, show, list, resume, hand-over, finish."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from runlore.actions.approve import request_approval
from runlore.actions.finish import Outcome, finish
from runlore.actions.leases import get_fence, keep_fence
from runlore.actions.prove import Offered, parse_proof, prove
from runlore.actions.report_step import report_step
from runlore.actions.run_form import approval_form, proof_form, run_form, run_head
from runlore.actions.run_view import show_run
from runlore.actions.runs_list import list_own_runs
from runlore.actions.start import Started, hand_over_run, resume, start
from runlore.cli.calling import calling
from runlore.cli.clock import minute
from runlore.cli.printing import print_json, print_table, printable
from runlore.cli.problems import has_errors, print_problems
from runlore.cli.runs import print_question, print_run
from runlore.errors import UsageError
from runlore.model.run import ReportKind, StepReport
from runlore.settings import Settings

_COLUMNS = tuple((name, "left") for name in ("Run", "Issue", "Runbook", "State", "Outcome", "Worker", "Made"))
_FENCE = click.option(
    "--fence", type=int, default=0, help="The fence of the lease (default: the one that this home took)."
)
_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
_INPUT = click.option(
    "--input", "inputs", multiple=True, help="A value of the runbook's inputs: name=value (repeatable)."
)


@click.group("run")
def command() -> None:
    """Follow a runbook for an issue, step by step, with proof."""


@command.command("start")
@click.argument("issue")
@click.option("--runbook", default="", help="Follow this runbook instead of the one that fits.")
@_INPUT
@_JSON
@click.pass_context
def start_(context: click.Context, issue: str, runbook: str, inputs: tuple[str, ...], as_json: bool) -> None:
    """Start a run for an issue: preflight, lease, the pack, the first step.

    ISSUE is its number, URL or key. What is missing is said before the work starts; the run then waits as blocked and ends with 1.
    """
    settings: Settings = context.obj
    with calling(settings) as caller:
        started = start(caller, issue, runbook=runbook, inputs=_pairs(inputs))
        keep_fence(caller, started.view.run)
    _print_started(context, started, as_json)


@command.command("resume")
@click.argument("run", type=int)
@_INPUT
@_JSON
@click.pass_context
def resume_(context: click.Context, run: int, inputs: tuple[str, ...], as_json: bool) -> None:
    """Take a run up again: your own, a free one, one whose lease is over, or a blocked one whose lack was mended."""
    settings: Settings = context.obj
    with calling(settings) as caller:
        started = resume(caller, run, _pairs(inputs))
        keep_fence(caller, started.view.run)
    _print_started(context, started, as_json)


def _print_started(context: click.Context, started: Started, as_json: bool) -> None:
    if as_json:
        print_json({**run_form(started.view, started.problems), "pack": started.pack.markdown})
    else:
        print_problems(started.problems)
        print_run(started.view)
        click.echo(f"\nThe pack: `runlore context {started.view.run.issue}`.")
    if has_errors(started.problems):
        context.exit(1)


@command.command("step")
@click.argument("run", type=int)
@click.argument("number", type=int)
@click.option("--done", "kind", flag_value="done", help="The step was done as it says.")
@click.option("--failed", "kind", flag_value="failed", help="It failed; --why says how.")
@click.option("--skipped", "kind", flag_value="skipped", help="It was left out; --why says why.")
@click.option("--adapted", "kind", flag_value="adapted", help="It was done in another way; --why says how and why.")
@click.option("--why", default="", help="The reason.")
@click.option("--result", default="", help="The step's own result as JSON, or @FILE.")
@click.option(
    "--judged",
    multiple=True,
    help="A condition in plain words that you looked at and that lets the step proceed (repeatable).",
)
@click.option("--proof", "proofs", multiple=True, help="KIND:VALUE, kept before the report (repeatable).")
@click.option("--transcript", type=click.Path(path_type=Path), default=None, help="Where the results can be found.")
@click.option("--key", default="", help="A key under which the same report counts once.")
@_FENCE
@_JSON
@click.pass_context
def step_(
    context: click.Context,
    run: int,
    number: int,
    kind: ReportKind | None,
    why: str,
    result: str,
    judged: tuple[str, ...],
    proofs: tuple[str, ...],
    transcript: Path | None,
    key: str,
    fence: int,
    as_json: bool,
) -> None:
    """Report on step NUMBER of a run: done, failed, skipped or adapted.

    It counts when its guards held, its approvals were given and its proof reached its level; else it says what is missing and ends with 1.
    """
    if kind is None:
        raise UsageError("Say how it went: --done, --failed, --skipped or --adapted.")
    settings: Settings = context.obj
    value = _result(result)
    with calling(settings) as caller:
        held = fence or get_fence(caller, run)
        for text in proofs:
            _keep(caller, run, number, parse_proof(text), held, transcript)
        if result and transcript:
            _keep(
                caller, run, number, Offered("tool result", json.dumps(value), transcript=transcript), held, transcript
            )
        report = StepReport(number, kind, why, value, judged)
        reported = report_step(caller, run, report, fence=held, key=key)
        view = show_run(caller, run)
    if as_json:
        print_json({**run_form(view, reported.problems), "accepted": reported.accepted})
    else:
        print_problems(reported.problems)
        if reported.accepted:
            print_run(view)
        else:
            click.echo(f"Step {number} stays as it was.", err=True)
    if not reported.accepted:
        context.exit(1)


def _keep(caller: Any, run: int, step: int, offered: Offered, fence: int, transcript: Path | None) -> None:
    if transcript is not None and offered.kind == "tool result":
        offered = Offered(offered.kind, offered.value, offered.content, transcript)
    item, problems = prove(caller, run, step, offered, fence=fence)
    print_problems(problems)
    click.echo(printable(f"Proof: {item.kind} earned {item.level} ({item.detail})."), err=True)


@command.command("prove")
@click.argument("run", type=int)
@click.argument("number", type=int)
@click.argument("proof")
@click.option("--transcript", type=click.Path(path_type=Path), default=None, help="Where a result can be found.")
@_FENCE
@_JSON
@click.pass_obj
def prove_(
    settings: Settings, run: int, number: int, proof: str, transcript: Path | None, fence: int, as_json: bool
) -> None:
    """Leave proof for step NUMBER (0: the whole run), or confirm it as a person.

    PROOF is KIND:VALUE: `url:https://…`, `file:PATH`, `commit:REPOSITORY@HASH`, `command:NAME`, `tool result:JSON`, `note:…`, `person:…`.
    What checked it decides its level.
    """
    offered = parse_proof(proof)
    with calling(settings) as caller:
        held = fence or (get_fence(caller, run) if caller.principal.kind == "agent" else _fence_or_none(caller, run))
        item, problems = prove(
            caller, run, number, Offered(offered.kind, offered.value, offered.content, transcript), fence=held
        )
    print_problems(problems)
    if as_json:
        print_json(proof_form(item))
    else:
        click.echo(printable(f"{item.kind} earned {item.level} ({item.detail})."))


def _fence_or_none(caller: Any, run: int) -> int:
    """A person who confirms another's work holds no lease."""
    view = show_run(caller, run)
    return get_fence(caller, run) if view.run.lease.holder == caller.principal.id else 0


@command.command("ask")
@click.argument("run", type=int)
@click.argument("number", type=int)
@_FENCE
@_JSON
@click.pass_obj
def ask_(settings: Settings, run: int, number: int, fence: int, as_json: bool) -> None:
    """Ask for the approvals of step NUMBER of RUN, over what stands now."""
    with calling(settings) as caller:
        asked = request_approval(caller, run, number, fence=fence or get_fence(caller, run))
        view = show_run(caller, run)
    if as_json:
        print_json([approval_form(a) for a in asked])
        return
    for request in asked:
        print_question(request, view.issue.title)
        click.echo(f"  Answer: `runlore approve {run} {number}` or `runlore reject {run} {number} --why …`")


@command.command("show")
@click.argument("run", type=int)
@_JSON
@click.pass_obj
def show(settings: Settings, run: int, as_json: bool) -> None:
    """Show a run: its steps, proof, questions, and what is ready."""
    with calling(settings) as caller:
        view = show_run(caller, run)
    if as_json:
        print_json(run_form(view))
    else:
        print_run(view)


@command.command("list")
@click.option("--all", "every", is_flag=True, help="Those that have ended too.")
@click.option("--issue", type=int, default=0, help="Only runs of this issue.")
@_JSON
@click.pass_obj
def list_(settings: Settings, every: bool, issue: int, as_json: bool) -> None:
    """List runs."""
    with calling(settings) as caller:
        runs, names = list_own_runs(caller, every=every, issue=issue)
    if as_json:
        print_json([run_head(run) for run in runs])
    elif not runs:
        click.echo("There is no such run.")
    else:
        rows = [
            (
                str(r.number),
                str(r.issue),
                r.document,
                r.state,
                r.outcome,
                names.get(r.worker, r.worker),
                minute(r.created),
            )
            for r in runs
        ]
        print_table(_COLUMNS, rows)


@command.command("hand-over")
@click.argument("run", type=int)
@click.option("--to", required=True, help="The worker who goes on.")
@click.pass_obj
def hand_over(settings: Settings, run: int, to: str) -> None:
    """Give a run to another worker, with everything in it. What the old one still sends is refused."""
    with calling(settings) as caller:
        held = show_run(caller, run).run.lease.holder == caller.principal.id
        hand_over_run(caller, run, to, get_fence(caller, run) if held else 0)
    click.echo(f"Run {run} is {to}'s now: `runlore run resume {run}` as {to} goes on.")


@command.command("finish")
@click.argument("run", type=int)
@click.option("--failed", "outcome", flag_value="failed", help="It could not be done; --why says why.")
@click.option("--dropped", "outcome", flag_value="dropped", help="It is not wanted any more; --why says why.")
@click.option("--why", default="", help="The reason.")
@click.option(
    "--transcript", type=click.Path(path_type=Path), default=None, help="The run's transcript, for conformance."
)
@_FENCE
@_JSON
@click.pass_context
def finish_(
    context: click.Context,
    run: int,
    outcome: Outcome | None,
    why: str,
    transcript: Path | None,
    fence: int,
    as_json: bool,
) -> None:
    """End a run as done, failed or dropped. As done only with its proof of completion; what is missing is said and ends with 1."""
    settings: Settings = context.obj
    with calling(settings) as caller:
        finished = finish(
            caller, run, outcome or "done", fence=fence or get_fence(caller, run), why=why, transcript=transcript
        )
    if as_json:
        checked = finished.checked
        print_json(
            {
                **run_form(finished.view, finished.problems),
                "conformance": checked.score if checked else None,
                "deviations": [{"kind": d.kind, "step": d.step, "text": d.text} for d in checked.deviations]
                if checked
                else [],
                "proof_proposal": finished.proof.number if finished.proof else 0,
            }
        )
    else:
        print_problems(finished.problems)
        if finished.ended:
            click.echo(f"Run {run} ended as {finished.view.run.state}: {finished.view.run.outcome}.")
            if finished.checked:
                click.echo(f"Conformance {finished.checked.score:.2f}.")
                for deviation in finished.checked.deviations:
                    click.echo(printable(f"  {deviation.text}"))
            if finished.proof:
                click.echo(
                    f"Its summary is proposal {finished.proof.number}. The six questions: `runlore debrief {run}`."
                )
    if not finished.ended:
        context.exit(1)


def _pairs(inputs: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for text in inputs:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise UsageError(f"--input {text!r}: write name=value.")
        found[name.strip()] = value
    return found


def _result(text: str) -> Any:
    if not text:
        return None
    if text.startswith("@"):
        try:
            text = sys.stdin.read() if text == "@-" else Path(text[1:]).read_text("utf-8", errors="replace")
        except OSError as error:
            raise UsageError(f"--result {text}: {error.strerror or error}") from error
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
