"""`runlore review`."""

from __future__ import annotations

import click

from runlore.actions.merge_stale import merge_stale
from runlore.actions.proposals import choose_proposals
from runlore.actions.publish import Planned, plan_publications
from runlore.actions.review import review
from runlore.cli.calling import calling
from runlore.cli.diffs import print_planned
from runlore.cli.printing import plural, print_json, printable
from runlore.cli.problems import print_problems
from runlore.errors import UsageError
from runlore.library.merging import MergeConflict
from runlore.model.library import Proposal
from runlore.settings import Settings


@click.command("review")
@click.argument("ids", nargs=-1)
@click.option("--group", default="", help="Everything that was proposed together under this name.")
@click.option("--accept", "decision", flag_value="accept", help="Accept: it is published at once.")
@click.option("--reject", "decision", flag_value="reject", help="Reject: it is closed.")
@click.option(
    "--merge",
    "decision",
    flag_value="merge",
    help="Bring a stale proposal and what was published since together, as a new proposal.",
)
@click.option("--comment", default="", help="What you say about it; kept with the review.")
@click.option("--brief", is_flag=True, help="One line a file instead of its whole diff.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON: what came of it.")
@click.pass_context
def command(
    context: click.Context, ids: tuple[str, ...], group: str, decision: str, comment: str, brief: bool, as_json: bool
) -> None:
    """Decide on proposals, or look at them where no decision is given.

    IDS are numbers of proposals, or documents. Several are decided together: all of them or none. Nobody reviews what stands on their own side; a decision is over
    exactly the bytes that are shown, against exactly the approved revision. Ends with 1 where a proposal may not be accepted as it stands.
    """
    settings: Settings = context.obj
    if not ids and not group:
        raise UsageError("Say which: numbers of proposals, or --group NAME. `runlore proposals` lists them.")
    with calling(settings) as caller:
        if decision in ("accept", "reject"):
            caller.require("review", "review proposals")
        chosen = choose_proposals(caller, ids, group)
        if decision == "merge":
            outcomes = [(p, merge_stale(caller, p.number)) for p in chosen]
            if not _print_merges(outcomes, as_json=as_json):
                context.exit(1)
            return
        planned = plan_publications(caller, chosen)
        if not as_json:
            for item in planned:
                print_planned(item, brief=brief)
        print_problems([p for item in planned for p in item.problems])
        if decision == "accept" and any(p.refused for p in planned):
            _print_refused(planned, as_json=as_json)
            context.exit(1)
        if not decision:
            if as_json:
                print_json([_form(p) for p in planned])
            return
        done = review(caller, planned, accept=decision == "accept", comment=comment)
    print_problems(done.problems)
    if as_json:
        published = [{"id": r.document, "revision": r.number, "hash": r.hash} for r in done.revisions]
        print_json({"published": published, "rejected": [p.number for p in done.rejected]})
        return
    for revision in done.revisions:
        click.echo(f"accepted and published: {revision.document}, revision {revision.number}")
    for proposal in done.rejected:
        click.echo(f"rejected: proposal {proposal.number} ({proposal.document})")


def _form(item: Planned) -> dict[str, object]:
    return {
        "proposal": item.proposal.number,
        "document": item.proposal.document,
        "reason": item.proposal.reason,
        "stale": item.stale,
        "files": [
            {"path": c.path, "kind": c.kind, "diff": list(c.lines), "hidden": dict(c.hidden), "comments": c.comments}
            for c in item.changes
        ],
        "problems": [{"slug": p.slug, "level": p.level, "message": p.message} for p in item.problems],
    }


def _print_refused(planned: tuple[Planned, ...], *, as_json: bool) -> None:
    numbers = [p.proposal.number for p in planned if p.refused]
    if as_json:
        print_json({"published": [], "rejected": [], "refused": numbers})
    else:
        click.echo(f"Nothing was accepted: {plural(len(numbers), 'proposal')} may not be published as it stands.")


def _print_merges(outcomes: list[tuple[Proposal, Proposal | tuple[MergeConflict, ...]]], *, as_json: bool) -> bool:
    """Print what the merges gave; says whether all of them went through."""
    fine = True
    for old, outcome in outcomes:
        if isinstance(outcome, Proposal):
            if as_json:
                print_json({"proposal": old.number, "merged": outcome.number})
            else:
                click.echo(
                    f"Proposal {old.number} and what was published since are proposal {outcome.number} now; it needs a review of its own."
                )
            continue
        fine = False
        if as_json:
            print_json(
                {
                    "proposal": old.number,
                    "merged": None,
                    "conflicts": [
                        {"path": c.path, "kind": c.kind, "message": c.message, "text": c.text} for c in outcome
                    ],
                }
            )
            continue
        click.echo(f"Proposal {old.number} ({old.document}) and what was published since changed the same:")
        for conflict in outcome:
            click.secho(printable(f"  {conflict.path}: {conflict.message}"), bold=True)
            if conflict.text:
                click.echo(printable(conflict.text))
    return fine
