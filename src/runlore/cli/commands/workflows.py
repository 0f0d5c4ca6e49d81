"""`runlore workflows`."""

from __future__ import annotations

import click

from runlore.actions.drafts import draft_states
from runlore.actions.machine_form import workflow_form
from runlore.actions.mine import undismissed
from runlore.cli.printing import plural, print_json
from runlore.cli.tables import print_workflows
from runlore.corpus.findings import get_findings
from runlore.settings import Settings


@click.command("workflows")
@click.option("--all", "every", is_flag=True, help="Dismissed ones too.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON: a list of workflows in the machine form.")
@click.pass_obj
def command(settings: Settings, every: bool, as_json: bool) -> None:
    """List what repeats, ranked by what it costs.

    Work that everybody knows how to do stands below what is particular to you.
    """
    findings = get_findings(settings.home)
    shown = findings.workflows if every else undismissed(findings)
    if as_json:
        print_json([workflow_form(w) for w in shown])
        return
    if not shown:
        click.echo("No work repeats over three sessions yet.")
        return
    print_workflows(shown, draft_states(settings.home, shown))
    hidden = len(findings.workflows) - len(shown)
    if hidden:
        click.echo(f"{plural(hidden, 'workflow is', 'workflows are')} dismissed; `runlore workflows --all` shows them.")
