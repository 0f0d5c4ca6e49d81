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

MINING: dict[str, tuple[str, str]] = {
    "mine": ("mine", "Read transcripts and find every repeated workflow."),
    "workflows": ("workflows", "List what repeats, ranked by what it costs."),
    "show": ("show", "Show a document as it is approved, or the draft of a workflow, with its evidence if asked."),
    "draft": ("draft", "Write a provisional runbook from one session."),
    "route": ("route", "Say which workflow fits a request, or none."),
    "facts": ("facts", "List what sessions keep finding out, asking and being told again."),
    "report": ("report", "Write one self-contained page to look at and send on."),
    "export": (
        "export",
        "Write documents as skills or SOPs, the library for agents, a dataset, or events for other tools.",
    ),
    "check": ("check", "Say how far sessions did what the runbooks say."),
    "backtest": ("backtest", "Make a library from the earlier part of a history, and judge it by the later part."),
    "trial": ("trial", "Walk a runbook against a tool server as far as it is certain."),
    "drift": ("drift", "List runbooks whose recent runs no longer match, with the change that would fix each."),
    "lint": ("lint", "Check a runbook and say what to do about each problem."),
    "dismiss": ("dismiss", "Hide a workflow until its evidence changes."),
    "forget": ("forget", "Erase transcripts and what was kept of them."),
    "doctor": ("doctor", "Say what Runlore finds on this machine and what is missing."),
}
LIBRARY: dict[str, tuple[str, str]] = {
    "init": ("init", "Make the company's record and its library."),
    "import": ("import_documents", "Take files and folders into the library."),
    "list": ("list_library", "List the approved documents of the library."),
    "history": ("history", "List the revisions of a document, who wrote and who approved each."),
    "diff": ("diff", "Show what changed from one revision of a document to another."),
    "propose": ("propose", "Offer a document, or a change to one, for review."),
    "proposals": ("proposals", "List what is offered and not yet decided."),
    "proposal": ("proposal", "Look at one proposal, or take it back."),
    "review": ("review", "Decide on proposals, or look at them where no decision is given."),
    "publish": ("publish", "Approve what is offered: drafts, proposals and your own edits in the library folder."),
    "rollback": ("rollback", "Bring an earlier revision of a document back, as its next one."),
    "principal": ("principal", "Say who may act: add, list and revoke people, agents and services."),
    "team": ("team", "Say who stands together: add and list teams, and who is in them."),
    "verify": ("verify", "Prove that the record is whole and that the library folder shows it."),
    "checkpoint": ("checkpoint", "Write down where the log stands, to be kept elsewhere."),
    "backup": ("backup", "Write the whole record into one file, while others go on working."),
    "restore": ("restore", "Bring a record back from its backup, where there is none."),
    "push": ("push", "Send the library's history to another git repository."),
    "pull": ("pull", "Take what others committed to another git repository back as proposals."),
}
WORK: dict[str, tuple[str, str]] = {
    "search": ("search", "Find the approved documents that fit some words, and say why."),
    "issue": ("issue", "Write, list, import and close pieces of work."),
    "context": ("context", "Give the context for an issue or a request, with its receipt."),
    "assign": ("assign", "Give an issue to a worker with its context, pinned."),
    "onboard": ("onboard", "Give a new worker what they need to start."),
    "note": ("note", "Write down what was found out, for review."),
    "run": ("run", "Follow a runbook for an issue, step by step, with proof."),
    "approve": ("approve", "Say yes to a step of a run, over exactly what is shown."),
    "approvals": ("approvals", "Show what waits for your yes on one local page."),
    "reject": ("reject", "Say no to step NUMBER of a run, and why."),
    "escalate": ("escalate", "Hand a question of a run to a role that can decide."),
    "answer": ("answer", "Answer an escalation in WORDS."),
    "debrief": ("debrief", "Ask the six questions, and turn the answers into a reviewed revision."),
    "stats": ("stats", "Say what runbooks, or NAME, cost and save, also when they save nothing."),
    "waiting": ("waiting", "List everything that waits for you."),
    "integrations": ("integrations", "Check that the outside systems that runbooks need are ready."),
    "role": ("role", "Say who stands behind the roles that runbooks name, and what workers may use."),
    "mcp": ("mcp", "Serve the library to an agent over the Model Context Protocol."),
}
SECTIONS: dict[str, dict[str, tuple[str, str]]] = {
    "What repeats": MINING,
    "The library": LIBRARY,
    "Work": WORK,
}
"""The commands by what they are about, each with its module and its one line, in the order in which one meets them."""
COMMANDS: dict[str, tuple[str, str]] = {name: told for part in SECTIONS.values() for name, told in part.items()}


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
        for title, commands in ((title, part) for title, part in SECTIONS.items() if part):
            with formatter.section(title):
                formatter.write_dl([(name, text) for name, (_, text) in commands.items()])


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
