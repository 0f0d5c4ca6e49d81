"""`runlore lint`."""

from __future__ import annotations

from datetime import date

import click

from runlore.actions.lint import lint_target
from runlore.actions.machine_form import problem_form
from runlore.cli.printing import plural, print_json
from runlore.settings import Settings


@click.command("lint")
@click.argument("targets", nargs=-1, required=True)
@click.option("--strict", is_flag=True, help="Warnings fail too.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON: a list of problems.")
@click.pass_context
def command(context: click.Context, targets: tuple[str, ...], strict: bool, as_json: bool) -> None:
    """Check a runbook and say what to do about each problem.

    TARGETS are paths (a RUNBOOK.md, a folder of runbooks) or names of drafts. Ends with 1 where something is wrong.
    """
    settings: Settings = context.obj
    problems = [p for target in targets for p in lint_target(settings, target, date.today())]
    failing = [p for p in problems if strict or p.level == "error"]
    if as_json:
        print_json([problem_form(p) for p in problems])
    else:
        for problem in problems:
            click.echo(f"{problem.file}:{problem.line}: {problem.level}: {problem.message} [{problem.slug}]")
        click.echo(
            f"{plural(len(problems), 'problem')}, {plural(sum(p.level == 'error' for p in problems), 'error')}."
            if problems
            else "Nothing to complain about."
        )
    if failing:
        context.exit(1)
