"""`runlore check`."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import click

from runlore.actions.check import CheckRequest, checked_form, parse_since
from runlore.actions.check import check as check_cases
from runlore.cli.printing import plural, print_json, printable
from runlore.model import Problem
from runlore.model.conformance import Checked, Deviation
from runlore.settings import Settings

KINDS = (
    "guard",
    "approval",
    "skipped",
    "out",
    "wrong",
    "added",
    "repeated",
    "failed",
    "not",
    "refused",
    "objected",
    "drawn",
)
"""What `--fail-on` takes: the first word of a kind of deviation."""
MOST_TOLD = 12
"""Deviations printed of one case."""


@click.command("check")
@click.argument("transcripts", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--runbook", "name", default="", help="Check every case against this runbook, not against the one that fits."
)
@click.option(
    "--since",
    default="",
    help="Only what was written since: 24h, 7d, 2w, or a day. Without TRANSCRIPTS: of this machine's hosts.",
)
@click.option(
    "--fail-on",
    "failing",
    multiple=True,
    type=click.Choice(KINDS),
    help="End with 1 where a case has such a deviation, named by its first word (repeatable).",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON lines, one a case (docs/reference/machine-form.md).")
@click.pass_context
def command(
    context: click.Context,
    transcripts: tuple[Path, ...],
    name: str,
    since: str,
    failing: tuple[str, ...],
    as_json: bool,
) -> None:
    """Say how far sessions did what the runbooks say.

    TRANSCRIPTS are files or folders of any supported format. For each case: the runbook that applies, a score between 0 and 1, and each deviation in one
    sentence with its line. Nothing is kept of what is checked.
    """
    if not transcripts and not since:
        raise click.UsageError("Name transcripts, or say how far back to look: `runlore check --since 7d`.")
    settings: Settings = context.obj
    request = CheckRequest(transcripts, parse_since(since, time.time()) if since else 0.0, name)
    result = check_cases(settings, request)
    if as_json:
        for checked in result.checked:
            print_json(checked_form(checked))
    else:
        _print_problems(result.problems)
        for checked in result.checked:
            _print_case(checked)
        click.echo(_summary(result.checked))
    if any(result.has(kind) for kind in failing):
        context.exit(1)


def _print_problems(problems: Sequence[Problem]) -> None:
    for problem in problems:
        click.echo(f"{problem.file}:{problem.line}: {problem.message} [{problem.slug}]", err=True)


def _print_case(checked: Checked) -> None:
    should = {True: ", should act", False: ", should not act", None: ""}[checked.should_act]
    click.echo(
        f"{checked.score:4.2f}  {printable(checked.session)} case {checked.case}: {checked.runbook or 'no runbook'}{should}"
    )
    for deviation in checked.deviations[:MOST_TOLD]:
        click.echo(f"      {deviation.kind}: {printable(deviation.text)}{_place(deviation)}")
    if len(checked.deviations) > MOST_TOLD:
        click.echo(
            f"      … and {plural(len(checked.deviations) - MOST_TOLD, 'deviation')} more; --json lists them all."
        )


def _place(deviation: Deviation) -> str:
    """Where it was: the line, and in a conversation of one line the message."""
    if not deviation.sources:
        return ""
    first = deviation.sources[0]
    return f" (line {first.line}{f', message {first.index}' if first.index else ''})"


def _summary(checked: Sequence[Checked]) -> str:
    ignored = sum(any(d.kind == "guard ignored" for d in c.deviations) for c in checked)
    apart = sum(not c.runbook for c in checked)
    return f"{plural(len(checked), 'case')}: {apart} without a runbook, {ignored} with a guard ignored."
