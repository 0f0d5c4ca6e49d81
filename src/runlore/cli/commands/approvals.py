"""`runlore approvals`."""

from __future__ import annotations

import sys

import click

from runlore.actions.caller import credential_file
from runlore.cli.calling import calling
from runlore.cli.clock import now
from runlore.errors import MissingExtra, NotAllowed, UsageError
from runlore.settings import Settings


@click.command("approvals")
@click.option("--open", "in_browser", is_flag=True, help="Open the page in the browser.")
@click.option("--link", "print_link", is_flag=True, help="Serve the page and print its one-time link alone.")
@click.option("--set-passphrase", "set_words", is_flag=True, help="Set the passphrase that makes your answers A2.")
@click.pass_obj
def command(settings: Settings, in_browser: bool, print_link: bool, set_words: bool) -> None:
    """Show what waits for your yes on one local page: exactly what was shown, yes or no, and what the answer is worth.

    The page listens on 127.0.0.1 alone, opens by a link that is good for one visit, and ends with Ctrl-C.
    """
    try:
        from runlore.web.approvals import Listening
    except ModuleNotFoundError as error:
        if error.name and error.name.partition(".")[0] in ("starlette", "uvicorn", "anyio"):
            raise MissingExtra("`runlore approvals`", "server") from error
        raise
    with calling(settings) as caller:
        if caller.principal.kind != "human":
            raise NotAllowed(caller.principal.name, "open the page of approvals", "a yes is a person's.")
    if set_words:
        _set_passphrase(settings)
        return
    if not (in_browser or print_link):
        raise UsageError("Say --open for the browser, or --link for the link alone. `runlore waiting` lists it here.")
    page = Listening(settings, now)
    click.echo(page.link)
    if in_browser:
        import webbrowser

        webbrowser.open(page.link)
    click.echo("The link is good for one visit. Ctrl-C ends the page.", err=True)
    page.serve()


def _set_passphrase(settings: Settings) -> None:
    from runlore.web.passphrase import set_passphrase

    if not sys.stdin.isatty():
        raise UsageError("A passphrase is typed at a terminal, where no program reads along.")
    words = click.prompt("Passphrase", hide_input=True, confirmation_prompt=True)
    set_passphrase(credential_file(settings, "owner").parent, words)
    click.echo("Answers with it count as A2 from now on.")
