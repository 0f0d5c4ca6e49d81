"""`runlore show`."""

from __future__ import annotations

import shutil

import click

from runlore.actions.caller import Caller, has_record
from runlore.actions.read import ShownDocument, show_document, show_proposal
from runlore.actions.show import get_draft
from runlore.cli.calling import calling
from runlore.cli.documents import print_document
from runlore.cli.printing import print_json
from runlore.corpus import drafts
from runlore.errors import NoSuchName, NotYetMined, UsageError
from runlore.runbooks.show import show
from runlore.settings import Settings


@click.command("show")
@click.argument("name", default="")
@click.option("--revision", default="", help="This revision of the document: its number, or the beginning of its hash.")
@click.option("--proposal", type=click.IntRange(1), default=None, help="The pending text of this proposal instead.")
@click.option("--draft", is_flag=True, help="The draft of that name, even where a document is published.")
@click.option(
    "--evidence", is_flag=True, help="After each line of a runbook: in how many cases it was seen, and where."
)
@click.option("--raw", is_flag=True, help="The text of the main file as it stands.")
@click.option(
    "--json", "as_json", is_flag=True, help="Print JSON: the document, or the draft's runbook and its evidence."
)
@click.pass_obj
def command(
    settings: Settings,
    name: str,
    revision: str,
    proposal: int | None,
    draft: bool,
    evidence: bool,
    raw: bool,
    as_json: bool,
) -> None:
    """Show a document as it is approved, or the draft of a workflow, with its evidence if asked.

    NAME is a document's id (`brand/voice`, `marketing:brand/voice`), or its bare name where only one has it; or a workflow's name, as `runlore workflows` lists it.
    What is published goes before a draft, and a draft is labelled as one.
    """
    if not name and proposal is None:
        raise UsageError("Say which document, or --proposal NUMBER.")
    if has_record(settings) and not draft:
        with calling(settings) as caller:
            shown = show_proposal(caller, proposal) if proposal is not None else _find(caller, settings, name, revision)
            if shown is not None:
                print_document(shown, raw=raw, evidence=evidence, as_json=as_json)
                return
    _print_draft(settings, name, evidence=evidence, raw=raw, as_json=as_json)


def _find(caller: Caller, settings: Settings, name: str, revision: str) -> ShownDocument | None:
    """Find the published document of a name; None where a draft goes by it alone."""
    try:
        return show_document(caller, name, revision=revision)
    except NoSuchName:
        if revision or not _has_draft(settings, name):
            raise
        return None


def _has_draft(settings: Settings, name: str) -> bool:
    if drafts.find_text(settings.home, name) is not None:
        return True
    try:
        get_draft(settings, name)
    except (NoSuchName, NotYetMined):
        return False
    return True


def _print_draft(settings: Settings, name: str, *, evidence: bool, raw: bool, as_json: bool) -> None:
    shown = get_draft(settings, name)
    if as_json:
        print_json({"name": shown.name, "approved": False, **shown.form()})
    elif raw:
        click.echo(shown.text, nl=False)
    else:
        click.secho(f"{shown.name}: draft, not approved", bold=True)
        width = min(shutil.get_terminal_size((100, 40)).columns, 110)
        click.echo(show(shown.runbook, shown.evidence if evidence else None, place=shown.place, width=width), nl=False)
