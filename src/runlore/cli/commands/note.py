"""`runlore note`."""

from __future__ import annotations

import sys

import click

from runlore.actions.machine_form import problem_form
from runlore.actions.note import NewNote, note
from runlore.cli.calling import calling
from runlore.cli.pending import proposal_form
from runlore.cli.printing import print_json
from runlore.cli.problems import print_problems
from runlore.settings import Settings


@click.command("note")
@click.argument("words", nargs=-1, required=True)
@click.option("--title", default="", help="The note that it belongs to (default: its first words).")
@click.option("--about", default="", help="A document that it is about.")
@click.option("--issue", default="", help="An issue that it came from.")
@click.option(
    "--shelf", type=click.Choice(["notes", "lessons"]), default="notes", show_default=True, help="Where it goes."
)
@click.option("--team", default="", help="Make it this team's.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON: the proposal and all problems.")
@click.pass_obj
def command(
    settings: Settings, words: tuple[str, ...], title: str, about: str, issue: str, shelf: str, team: str, as_json: bool
) -> None:
    """Write down what was found out, for review.

    WORDS are the note; - reads it from standard input. It is a proposal until a person accepts it.
    """
    text = sys.stdin.read() if words == ("-",) else " ".join(words)
    with calling(settings) as caller:
        done = note(caller, NewNote(text, title, about, issue, shelf, team))
    if as_json:
        print_json(
            {
                "proposals": [proposal_form(p) for p in done.proposals],
                "unchanged": list(done.unchanged),
                "problems": [problem_form(p) for p in done.problems],
            }
        )
        return
    print_problems(done.problems)
    for proposal in done.proposals:
        click.echo(f"Proposal {proposal.number} for {proposal.document}. It serves nobody before it is accepted.")
    for document in done.unchanged:
        click.echo(f"{document} says so already.")
