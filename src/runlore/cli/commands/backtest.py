"""`runlore backtest`."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from runlore.actions.backtest import BacktestRequest, backtest, backtest_form, write_page
from runlore.cli.printing import count, duration, plural, print_json, print_table
from runlore.model.backtest import Backtest
from runlore.report.backtest import rows_of, verdict_of
from runlore.settings import Settings


@click.command("backtest")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--split", default="", help="Where the later part begins: a share of the sessions (0.7), or a day.")
@click.option(
    "--leave-one-project-out", "by_project", is_flag=True, help="Judge each project by a library from the others."
)
@click.option(
    "--page", type=click.Path(path_type=Path, dir_okay=False), help="Also write a page with charts to this file."
)
@click.option("--date", "day", default=None, help="The day to print on the page (default: today).")
@click.option(
    "--json", "as_json", is_flag=True, help="Print JSON lines, one a history (docs/reference/machine-form.md)."
)
@click.pass_obj
def command(
    settings: Settings,
    paths: tuple[Path, ...],
    split: str,
    by_project: bool,
    page: Path | None,
    day: str | None,
    as_json: bool,
) -> None:
    """Make a library from the earlier part of a history, and judge it by the later part.

    PATHS are files or folders of transcripts; without PATHS the corpus is judged. Each figure stands beside what one would have without a library.
    Nothing is kept.
    """
    result = backtest(settings, BacktestRequest(paths, split, by_project))
    for problem in result.problems if not as_json else ():
        click.echo(f"{problem.file}:{problem.line}: {problem.message} [{problem.slug}]", err=True)
    for one in result.backtests:
        if as_json:
            print_json(backtest_form(one))
        else:
            _print(one)
    if page is not None:
        size = write_page(result.backtests, page, day or date.today().isoformat())
        click.echo(f"Wrote {page} ({size / 1024:.0f} KiB).", err=as_json)


def _print(one: Backtest) -> None:
    rows = [
        (
            row.label,
            f"{100 * row.share.share:.0f} %" if row.share.share is not None else "–",
            f"{row.share.hits:,} / {row.share.total:,}",
            f"{100 * row.share.low:.0f}–{100 * row.share.high:.0f} %" if row.share.total else "–",
            str(row.share.sessions),
            "" if row.share.enough else "not enough data",
        )
        for row in rows_of(one)
    ]
    columns = [
        ("Figure", "left"),
        ("Share", "right"),
        ("of", "right"),
        ("95 %", "right"),
        ("Sessions", "right"),
        ("", "left"),
    ]
    print_table(
        columns,
        rows,
        f"{one.name}: {one.division}, {plural(one.cases, 'later case')}, {plural(one.runbooks, 'runbook')}",
    )
    click.echo(verdict_of(one))
    click.echo(
        f"Spent later on what the library would have said: {plural(one.asked_again.calls, 'call')} of {one.spent.calls:,}, "
        f"{duration(one.asked_again.seconds)} of {duration(one.spent.seconds)}, {count(one.asked_again.tokens)} of {count(one.spent.tokens)} tokens."
    )
