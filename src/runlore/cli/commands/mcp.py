"""`runlore mcp`."""

from __future__ import annotations

import click

from runlore.cli.clock import now
from runlore.errors import MissingExtra
from runlore.settings import Settings


@click.command("mcp")
@click.pass_obj
def command(settings: Settings) -> None:
    """Serve the library to an agent over the Model Context Protocol, on standard input and output.

    The agent acts by its own credential (RUNLORE_TOKEN, else the one that `runlore init` made for agents), never by a person's:
    it reads what is approved, and what it writes waits for a review. Nothing is opened on the network.
    """
    try:
        from runlore.mcp_server.server import build_server
    except ModuleNotFoundError as error:
        if error.name and error.name.partition(".")[0] in ("mcp", "pydantic"):
            raise MissingExtra("`runlore mcp`", "server") from error
        raise
    from runlore.mcp_server.opening import open_agent

    with open_agent(
        settings, now
    ):  # what is wrong is said here, where a person looks, and not in the agent's first call
        pass
    build_server(settings, now).run("stdio")
