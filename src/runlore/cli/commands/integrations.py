"""`runlore integrations`: check, list."""

from __future__ import annotations

import click

from runlore.actions.check_integrations import check_integrations, list_last_checks
from runlore.cli.calling import calling
from runlore.cli.clock import minute
from runlore.cli.printing import print_json, print_table
from runlore.model.library import HealthCheck
from runlore.settings import Settings

_COLUMNS = tuple((name, "left") for name in ("Integration", "State", "Checked", "Owner", "What was found"))


@click.group("integrations")
def command() -> None:
    """Check that the outside systems that runbooks need are ready, and say since when that is known."""


@command.command("check")
@click.argument("name", default="")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def check(context: click.Context, name: str, as_json: bool) -> None:
    """Check all integrations, or NAME, now. Ends with 1 where one is not ready.

    Each document on the shelf says how it is checked (docs/how-to/integrations.md). Credentials are looked for by name and never shown.
    """
    settings: Settings = context.obj
    with calling(settings) as caller:
        found = check_integrations(caller, name)
    _print(tuple((item.check, item.owner) for item in found), as_json)
    if any(item.check.state in ("missing", "rejected", "unreachable") for item in found):
        context.exit(1)


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def list_(settings: Settings, as_json: bool) -> None:
    """List the integrations with what the last check of each found."""
    with calling(settings) as caller:
        found = list_last_checks(caller)
    _print(found, as_json)


def _print(found: tuple[tuple[HealthCheck, str], ...], as_json: bool) -> None:
    if as_json:
        print_json(
            [
                {
                    "integration": c.integration,
                    "state": c.state,
                    "detail": c.detail,
                    "checked": c.checked,
                    "owner": owner,
                }
                for c, owner in found
            ]
        )
    elif found:
        rows = [(c.integration, c.state, minute(c.checked), owner, c.detail) for c, owner in found]
        print_table(_COLUMNS, rows)
    else:
        click.echo("There is no integration in the library.")
