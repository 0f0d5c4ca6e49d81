"""`runlore issue`: new, list, show, link, close, import."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import click

from runlore.actions.import_issues import Export, import_issues, read_exports
from runlore.actions.issues import NewIssue, Work, close, get_work, link_issue, list_work, new_issue
from runlore.cli.calling import calling
from runlore.cli.clock import minute
from runlore.cli.printing import plural, print_json, print_table, printable
from runlore.cli.problems import has_errors, print_problems
from runlore.errors import UsageError
from runlore.model.issue import Issue
from runlore.settings import Settings


@click.group("issue")
def command() -> None:
    """Write, list, import and close pieces of work."""


@command.command("new")
@click.argument("title")
@click.option(
    "--body",
    type=click.File("r", encoding="utf-8", errors="replace"),
    help="A file with the text, or - for standard input.",
)
@click.option("--field", "fields", multiple=True, help="A value that the steps need: name=value (repeatable).")
@click.option("--label", "labels", multiple=True, help="A label (repeatable).")
@click.option("--url", default="", help="Where the issue stands in another tracker.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON: the issue.")
@click.pass_obj
def new(
    settings: Settings, title: str, body: Any, fields: tuple[str, ...], labels: tuple[str, ...], url: str, as_json: bool
) -> None:
    """Write an issue.

    TITLE says in one line what is to be done. What the body gives by name (`Campaign: spring`, the headings of a form) becomes fields.
    """
    draft = NewIssue(title, body.read() if body else "", labels, url, tuple(_field(text) for text in fields))
    with calling(settings) as caller:
        kept = new_issue(caller, draft)
    print_problems(kept.problems)
    if as_json:
        print_json(issue_form(Work(kept.issue)))
    else:
        click.echo(
            f"Issue {kept.issue.number}. Its context: `runlore context {kept.issue.number}`; give it to a worker: `runlore assign {kept.issue.number} --to WORKER`."
        )


@command.command("list")
@click.option(
    "--state", type=click.Choice(["open", "closed", "all"]), default="open", show_default=True, help="Which issues."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON: a list of issues.")
@click.pass_obj
def list_(settings: Settings, state: Literal["open", "closed", "all"], as_json: bool) -> None:
    """List the issues with who works on them."""
    with calling(settings) as caller:
        found = list_work(caller, None if state == "all" else state)
    if as_json:
        print_json([issue_form(work) for work in found])
    elif found:
        print_issues(found)
    else:
        click.echo("There is no such issue." if state != "open" else "No issue is open.")


@command.command("show")
@click.argument("issue")
@click.option("--link-back", is_flag=True, help="Print only the line to paste into the other tracker.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON: the issue, who works on it and with what.")
@click.pass_obj
def show(settings: Settings, issue: str, link_back: bool, as_json: bool) -> None:
    """Show one issue.

    ISSUE is its number, its URL or its key in another tracker.
    """
    with calling(settings) as caller:
        work = get_work(caller, issue)
        line = link_back_line(caller.company, work.issue)
    if link_back:
        click.echo(line)
    elif as_json:
        print_json({**issue_form(work), "link_back": line})
    else:
        _print_issue(work, line)


@command.command("link")
@click.argument("issue")
@click.argument("url")
@click.pass_obj
def link(settings: Settings, issue: str, url: str) -> None:
    """Say where an issue stands in another tracker.

    ISSUE is its number here, URL its address there. An import updates it from then on.
    """
    with calling(settings) as caller:
        linked = link_issue(caller, issue, url)
        line = link_back_line(caller.company, linked)
    click.echo(f"Issue {linked.number} is linked to {linked.url}. Paste this there:")
    click.echo(line)


@command.command("close")
@click.argument("issue")
@click.option("--done/--dropped", "done", default=True, help="The work is done (the default), or nobody will do it.")
@click.option("--runbook", default="", help="The runbook that served it, where it was not assigned with one.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON: the issue.")
@click.pass_obj
def close_(settings: Settings, issue: str, done: bool, runbook: str, as_json: bool) -> None:
    """Close an issue as done, or as dropped.

    ISSUE is its number, its URL or its key in another tracker. One that is done teaches search what its runbook is for.
    """
    if runbook and not done:
        raise UsageError("A dropped issue was served by no runbook: leave --runbook out.")
    with calling(settings) as caller:
        closed = close(caller, issue, "done" if done else "dropped", runbook)
    if as_json:
        print_json({**issue_form(Work(closed.issue)), "served_by": closed.runbook or None})
    else:
        click.echo(f"Issue {closed.issue.number} is closed as {closed.issue.outcome}.")
        if closed.runbook:
            click.echo(f"{closed.runbook} is known to serve such requests from now on.")


@command.command("import")
@click.argument("files", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON: what became of each issue, and what is wrong.")
@click.pass_context
def import_(context: click.Context, files: tuple[str, ...], as_json: bool) -> None:
    """Take in issues of GitHub, GitLab, Linear or Jira.

    FILES are exports (JSON or CSV) or what `gh issue list --json …` and `glab issue list --output json` print; - is standard input. Done again, it
    changes what changed there and doubles nothing.
    """
    settings: Settings = context.obj
    piped = (Export("standard input", sys.stdin.buffer.read()),) if "-" in files else ()
    exports = (*piped, *read_exports([Path(file) for file in files if file != "-"]))
    with calling(settings) as caller:
        done = import_issues(caller, exports)
    if as_json:
        print_json(
            {
                "issues": [{**issue_form(Work(t.issue)), "import": t.outcome} for t in done.taken],
                "problems": [
                    {"file": p.file, "line": p.line, "slug": p.slug, "message": p.message, "level": p.level}
                    for p in done.problems
                ],
            }
        )
    else:
        print_problems(done.problems)
        for taken in done.taken:
            if taken.outcome != "unchanged":
                click.echo(
                    f"{taken.outcome}: {taken.issue.number}  {printable(taken.issue.key)}  {printable(taken.issue.title)}"
                )
        same = sum(t.outcome == "unchanged" for t in done.taken)
        click.echo(f"{plural(len(done.taken), 'issue')} read, {same} unchanged.")
    if has_errors(done.problems) or not done.taken:
        context.exit(1)


def issue_form(work: Work) -> dict[str, Any]:
    """Give the JSON form of an issue (runlore/schemas/issue.schema.json)."""
    issue = work.issue
    return {
        "number": issue.number,
        "title": issue.title,
        "body": issue.body,
        "state": issue.state,
        "outcome": issue.outcome or None,
        "url": issue.url,
        "source": issue.source,
        "key": issue.key,
        "labels": list(issue.labels),
        "assignees": list(issue.assignees),
        "author": issue.author,
        "fields": [{"name": name, "value": value} for name, value in issue.fields],
        "created": issue.created,
        "updated": issue.updated,
        "closed": issue.closed or None,
        "worker": work.worker or None,
        "runbook": (work.pack.runbook or None) if work.pack else None,
    }


def print_issues(found: Sequence[Work]) -> None:
    """Print a table of issues."""
    columns = (
        ("Issue", "right"),
        ("Title", "left"),
        ("Labels", "left"),
        ("State", "left"),
        ("Worker", "left"),
        ("Elsewhere", "left"),
    )
    rows = [
        (
            str(w.issue.number),
            w.issue.title,
            ", ".join(w.issue.labels),
            w.issue.outcome or w.issue.state,
            w.worker or "–",
            w.issue.key or w.issue.url or "–",
        )
        for w in found
    ]
    print_table(columns, rows)


def link_back_line(company: str, issue: Issue) -> str:
    """Give the line to paste into the other tracker, so that a reader there finds the issue here."""
    return f"Runlore: issue {issue.number} of {company}, `runlore context {issue.number}`"


def _print_issue(work: Work, line: str) -> None:
    issue = work.issue
    click.secho(printable(f"Issue {issue.number}: {issue.title}"), bold=True)
    facts = [
        issue.outcome or issue.state,
        f"written {minute(issue.created)}",
        *([f"by {issue.author}"] if issue.author else []),
    ]
    click.echo(printable(" · ".join(facts)))
    if issue.url or issue.key:
        click.echo(printable(f"Elsewhere: {' '.join(part for part in (issue.key, issue.url) if part)}"))
        click.echo(f"To paste there: {line}")
    if issue.labels:
        click.echo(printable(f"Labels: {', '.join(issue.labels)}"))
    for name, value in issue.fields:
        click.echo(printable(f"{name}: {' '.join(value.split())}"))
    if work.assignment:
        runbook = work.pack.runbook if work.pack and work.pack.runbook else "no runbook"
        click.echo(
            f"Assigned to {work.worker}, {minute(work.assignment.created)}, with {runbook}: `runlore context {issue.number}`"
        )
    if issue.body:
        click.echo("\n" + printable(issue.body))


def _field(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise UsageError(f"--field {text!r} has no value: write --field name=value.")
    return name.strip(), value.strip()
