"""`runlore import`."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import click

from runlore.actions.import_documents import Imported, ImportedDocument, ImportRequest, import_documents
from runlore.actions.machine_form import problem_form
from runlore.cli.calling import calling
from runlore.cli.printing import plural, print_json, printable
from runlore.cli.problems import has_errors, print_problems
from runlore.cli.progress import Progress
from runlore.settings import Settings

MOST_TOLD = 20
"""Documents that are told one by one; of more, only those with something to say."""


@click.command("import")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--shelf", default="", help="Put everything on this shelf (default: as the folders say, or as the documents are)."
)
@click.option("--team", default="", help="Make everything this team's.")
@click.option("--publish", is_flag=True, help="Publish at once, as the owner; without it everything is proposed.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON: what became of each document, and all problems.")
@click.pass_context
def command(
    context: click.Context, paths: tuple[Path, ...], shelf: str, team: str, publish: bool, as_json: bool
) -> None:
    """Take files and folders into the library.

    PATHS are SKILL.md folders, RUNBOOK.md folders, .sop.md files, plain Markdown, whole folders of these, or archives of them. A document's name is its file's stem.
    What is recognised and what is missing is told for each. Ends with 1 where something was refused.
    """
    settings: Settings = context.obj
    with calling(settings) as caller, Progress(quiet=as_json) as progress:
        done = import_documents(caller, ImportRequest(paths, shelf, team, publish), progress)
    problems = (*done.problems, *(p for d in done.documents for p in d.problems))
    if as_json:
        print_json(
            {
                "documents": [document_form(d) for d in done.documents],
                "problems": [problem_form(p) for p in done.problems],
                "group": done.group,
            }
        )
    else:
        print_problems(problems)
        _print(done, publish)
    if has_errors(problems) or not done.documents:
        context.exit(1)


def document_form(document: ImportedDocument) -> dict[str, Any]:
    """The JSON form of what became of one document."""
    return {
        "id": document.id,
        "source": document.source,
        "outcome": document.outcome,
        "format": document.format,
        "title": document.title,
        "owner": document.owner,
        "reviewed": document.reviewed,
        "steps": document.steps,
        "missing": list(document.missing),
        "proposal": document.proposal,
        "revision": document.revision,
        "problems": [problem_form(p) for p in document.problems],
    }


def _print(done: Imported, publish: bool) -> None:
    counts = Counter(d.outcome for d in done.documents)
    few = len(done.documents) <= MOST_TOLD
    for document in done.documents:
        if few or document.outcome == "refused":
            click.echo(printable(_line(document)))
    lacking: Counter[str] = Counter(word for d in done.documents for word in d.missing)
    if not few and lacking:
        told = "; ".join(f"{word} ({number})" for word, number in lacking.most_common(6))
        click.echo(f"Missing most often: {printable(told)}. `--json` says it for each document.")
    told = ", ".join(
        f"{counts[o]:,} {o}" for o in ("published", "proposed", "waiting", "refused", "unchanged") if counts[o]
    )
    click.echo(f"{plural(len(done.documents), 'document')}{': ' + told if told else ''}.")
    if counts["proposed"] or counts["waiting"] or counts["refused"]:
        how = f" --group {done.group}" if done.group and counts["proposed"] + counts["waiting"] > 1 else ""
        click.echo(f"Look at what waits with `runlore proposals`; approve it with `runlore publish{how}`.")


def _line(document: ImportedDocument) -> str:
    what = f"{document.outcome}: {document.id} ({document.format}"
    what += f", {plural(document.steps, 'step')}" if document.steps else ""
    what += f") {document.title!r}"
    if document.owner:
        what += f", owner {document.owner}"
    if document.reviewed:
        what += f", reviewed {document.reviewed}"
    if document.missing:
        what += f"; missing: {', '.join(document.missing)}"
    return what
