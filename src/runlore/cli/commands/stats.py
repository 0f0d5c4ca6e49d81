"""`runlore stats`."""

from __future__ import annotations

from dataclasses import asdict

import click

from runlore.actions.stats import RunbookFigures, stats
from runlore.cli.calling import calling
from runlore.cli.printing import count, plural, print_json, printable
from runlore.debriefing.figures import Compared, Spread, Summary
from runlore.settings import Settings


@click.command("stats")
@click.argument("name", default="")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def command(settings: Settings, name: str, as_json: bool) -> None:
    """Say what runbooks, or NAME, cost and save, revision by revision, also when they save nothing.

    Medians with quartiles, n beside each. What nobody measured is not shown, and fewer than five runs on either side are not compared.
    """
    with calling(settings) as caller:
        found = stats(caller, name)
    if as_json:
        print_json([asdict(f) for f in found])
        return
    for figures in found:
        _print(figures)
    if not found:
        click.echo("No runbook has been run yet.")


def _print(figures: RunbookFigures) -> None:
    click.echo(printable(f"{figures.document}"))
    before = figures.before
    click.echo(f"  before it existed: {_said(before) if before.n else 'no case on record'}")
    for revision in figures.revisions:
        click.echo(f"  revision {revision.number}: {_said(revision.summary)}")
        for compared in revision.compared:
            _print_compared(compared, "against the runs before it")
        for mark, verdicts in revision.judged:
            shown = ", ".join(f"{c.figure} {c.verdict}" for c in verdicts if c.verdict in ("less", "more"))
            click.echo(f"    after {mark} runs: {shown or 'no difference that shows'}")
    if len(figures.revisions) > 1:
        click.echo(f"  all revisions: {_said(figures.together)}")
        for compared in figures.compared:
            _print_compared(compared, "against before it existed")
    if figures.unfinished:
        click.echo(f"  {plural(figures.unfinished, 'run')} not finished")
    click.echo()


def _said(summary: Summary) -> str:
    low, high = summary.interval
    parts = [f"{plural(summary.n, 'run')}, {summary.successes} went well ({low:.0%} to {high:.0%})"]
    parts += [
        text
        for text in (
            _spread(summary.seconds, "s"),
            _spread(summary.tokens, " tokens"),
            _spread(summary.failures, " failures"),
            _spread(summary.deviations, " deviations"),
            _spread(summary.corrections, " corrections by people"),
            _spread(summary.waited, "s of waiting for people"),
        )
        if text
    ]
    asked = f"{plural(summary.questions, 'question')} asked, {summary.rejections} rejected, {plural(summary.escalations, 'escalation')}"
    return "; ".join([*parts, asked])


def _spread(spread: Spread | None, unit: str) -> str:
    if spread is None:
        return ""
    return f"{count(spread.median)}{unit} ({count(spread.low)} to {count(spread.high)}, n = {spread.n})"


def _print_compared(compared: Compared, what: str) -> None:
    if compared.verdict == "not measured":
        return
    change = "" if compared.change is None else f" ({compared.change:+.0f} % in the median)"
    click.echo(f"    {compared.figure} {what}: {compared.verdict}{change}")
