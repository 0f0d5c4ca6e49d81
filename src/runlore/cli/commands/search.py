"""`runlore search`."""

from __future__ import annotations

from pathlib import Path

import click

from runlore.actions.route import read_queries
from runlore.actions.search import search
from runlore.cli.calling import calling
from runlore.cli.printing import escape, print_json
from runlore.errors import UsageError
from runlore.model.search import Hit
from runlore.settings import Settings


@click.command("search")
@click.argument("words", nargs=-1)
@click.option("--shelf", "shelves", multiple=True, help="Only this shelf (repeatable).")
@click.option(
    "--limit", type=click.IntRange(1, 1000), default=10, show_default=True, help="How many documents at most."
)
@click.option("--lexical", is_flag=True, help="By words alone, without their meaning.")
@click.option(
    "--batch",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A file of JSON lines {query_id, query}.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON lines {query_id, results}.")
@click.pass_obj
def command(
    settings: Settings,
    words: tuple[str, ...],
    shelves: tuple[str, ...],
    limit: int,
    lexical: bool,
    batch: Path | None,
    as_json: bool,
) -> None:
    """Find the approved documents that fit some words, and say why.

    WORDS are what to look for. With --batch every line of a file is searched for, and the answers are JSON lines.
    """
    if (batch is None) == (not words):
        raise UsageError('Give either words, as in `runlore search "post on instagram"`, or --batch FILE.')
    queries = read_queries(batch) if batch else [("", " ".join(words))]
    with calling(settings) as caller:
        found = search(caller, [query for _, query in queries], shelves=shelves, limit=limit, lexical=lexical)
    for (identity, _), hits in zip(queries, found, strict=True):
        if as_json or batch:
            print_json({"query_id": identity, "results": [hit_form(hit) for hit in hits]})
        elif not hits:
            click.echo("Nothing fits. No approved document of the library speaks of this.")
        else:
            for hit in hits:
                click.echo(f"{hit.score:4.2f}  {hit.name}  {escape(hit.title)}")
                click.echo(f"      {escape('; '.join(hit.why))}")


def hit_form(hit: Hit) -> dict[str, object]:
    """Give the JSON form of a hit (runlore/schemas/search.schema.json)."""
    return {
        "name": hit.name,
        "shelf": hit.shelf,
        "score": round(hit.score, 4),
        "why": list(hit.why),
        "title": hit.title,
        "revision": hit.revision,
    }
