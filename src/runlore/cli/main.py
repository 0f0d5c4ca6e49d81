"""Entry point of the command line: which commands there are, and how a run ends.

A command's module is imported when it is called, so that `runlore --help` answers at once.
"""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path

import click

from runlore import __version__
from runlore.errors import RunloreError
from runlore.settings import Settings

COMMANDS: dict[str, tuple[str, str]] = {
    "mine": ("mine", "Read transcripts and find every repeated workflow."),
    "workflows": ("workflows", "List what repeats, ranked by what it costs."),
    "show": ("show", "Show the runbook of a workflow, with its evidence if asked."),
    "draft": ("draft", "Write a provisional runbook from one session."),
    "route": ("route", "Say which workflow fits a request, or none."),
    "facts": ("facts", "List what sessions keep finding out, asking and being told again."),
    "report": ("report", "Write one self-contained page to look at and send on."),
    "export": ("export", "Write drafts as skills, or events for other tools."),
    "check": ("check", "Say how far sessions did what the runbooks say."),
    "backtest": ("backtest", "Make a library from the earlier part of a history, and judge it by the later part."),
    "trial": ("trial", "Walk a runbook against a tool server as far as it is certain."),
    "drift": ("drift", "List runbooks whose recent runs no longer match, with the change that would fix each."),
    "lint": ("lint", "Check a runbook and say what to do about each problem."),
    "dismiss": ("dismiss", "Hide a workflow until its evidence changes."),
    "forget": ("forget", "Erase transcripts and what was kept of them."),
    "doctor": ("doctor", "Say what Runlore finds on this machine and what is missing."),
}


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands in the order in which one meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"runlore.cli.commands.{COMMANDS[cmd_name][0]}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "auto_envvar_prefix": "RUNLORE"})
@click.version_option(__version__, prog_name="runlore")
@click.option("--home", type=click.Path(path_type=Path, file_okay=False), help="Runlore's own folder (RUNLORE_HOME).")
@click.pass_context
def cli(context: click.Context, home: Path | None) -> None:
    """Find the work that your agents repeat, and write its runbooks with evidence for every line.

    Start with `runlore mine`, which reads the sessions that coding agents left on this machine.
    """
    environment = dict(os.environ)
    if home is not None:
        environment["RUNLORE_HOME"] = str(home)
    try:
        context.obj = Settings.from_environment(environment)
    except ValueError as error:
        raise click.UsageError(f"An environment variable of Runlore's is not what it should be: {error}") from error


def main() -> None:
    """Run the command line and end the process with the code that docs/reference/cli.md promises."""
    try:
        code = cli(prog_name="runlore", standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("Interrupted. What was read so far is kept; run the same command again to go on.", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except click.exceptions.Exit as ended:
        sys.exit(ended.exit_code)
    except RunloreError as error:
        click.echo(f"runlore: {error}", err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    if isinstance(code, int):  # what a command ended with by `context.exit`
        sys.exit(code)
