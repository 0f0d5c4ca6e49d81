"""`runlore mine`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from runlore.actions.drafts import draft_states
from runlore.actions.mine import MineRequest, MineResult, machine_form, mine
from runlore.cli.printing import count, plural, print_json
from runlore.cli.problems import print_problems
from runlore.cli.progress import Progress
from runlore.cli.tables import print_workflows
from runlore.errors import NothingToRead
from runlore.settings import Settings


@click.command("mine")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--project", help="Only sessions of this project: part of its folder's path.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Only transcripts written to on or after this day.")
@click.option("--exclude", multiple=True, help="Leave out files whose path matches this pattern (repeatable).")
@click.option(
    "--jobs", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes that read transcripts."
)
@click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object about PATHS alone (docs/reference/machine-form.md)."
)
@click.pass_context
def command(
    context: click.Context,
    paths: tuple[Path, ...],
    project: str | None,
    since: datetime | None,
    exclude: tuple[str, ...],
    jobs: int,
    as_json: bool,
) -> None:
    """Read transcripts and find every repeated workflow.

    PATHS are files or folders of any supported format (.gz and .zst too), or git repositories with Entire checkpoints. Without PATHS the
    folders are read where Claude Code, Codex, Copilot CLI and Gemini CLI keep their sessions. Drafts are written to the home folder; nothing leaves this machine.
    """
    settings: Settings = context.obj
    request = MineRequest(paths, project or "", since.timestamp() if since else 0.0, exclude, jobs)
    with Progress(quiet=as_json) as progress:
        result = mine(settings, request, progress)
    if as_json:
        print_json(machine_form(settings, result))
    if not as_json:
        print_problems(result.ingested.problems)
    if not result.read and len(result.ingested.problems) == 1 and not as_json:
        context.exit(1)
    if not result.read and (paths or not result.findings.sessions):
        where = ", ".join(str(p) for p in paths) or "the usual folders"
        raise NothingToRead(
            where, "no transcript was found there that Runlore can read. `runlore doctor` says where it looks."
        )
    if not as_json:
        _print_result(settings, result)


def _print_result(settings: Settings, result: MineResult) -> None:
    findings = result.findings
    click.echo(
        f"Read {plural(result.read, 'transcript')} ({result.ingested.new:,} new, {result.ingested.known:,} known already); "
        f"the corpus now holds {plural(len(findings.sessions), 'transcript')} with {plural(findings.cases, 'case')} and {count(findings.events)} events."
    )
    if result.unknown or result.unreadable:
        kinds = ", ".join(
            f"{name} {number:,}" for name, number in sorted(result.unknown.items(), key=lambda u: (-u[1], u[0]))[:8]
        )
        click.echo(
            f"Not understood: {plural(sum(result.unknown.values()), 'record')} of unknown kinds ({kinds or 'none'}), {plural(result.unreadable, 'unreadable line')}."
        )
    if not findings.workflows:
        click.echo(
            "No work repeats over three sessions yet. `runlore draft SESSION` writes a provisional runbook from one."
        )
        return
    print_workflows(result.shown, draft_states(settings.home, result.shown))
    click.echo(f"{plural(len(findings.facts), 'fact')}, traps and preferences beside them: `runlore facts`.")
    click.echo(
        f"Drafts: {result.drafts}. Look at one with `runlore show {result.shown[0].name if result.shown else 'NAME'} --evidence`."
    )
