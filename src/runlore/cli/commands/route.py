"""`runlore route`."""

from __future__ import annotations

from pathlib import Path

import click

from runlore.actions.route import read_queries, route
from runlore.cli.printing import print_json
from runlore.errors import UsageError
from runlore.settings import Settings


@click.command("route")
@click.argument("words", nargs=-1)
@click.option(
    "--batch",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A file of JSON lines {query_id, query}.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON lines {query_id, results: [{name, score}]}.")
@click.pass_obj
def command(settings: Settings, words: tuple[str, ...], batch: Path | None, as_json: bool) -> None:
    """Say which workflow fits a request, or none.

    WORDS are the request. With --batch every line of a file is routed, and the answers are JSON lines.
    """
    if (batch is None) == (not words):
        raise UsageError(
            'Give either the words of a request, as in `runlore route "cancel my order"`, or --batch FILE.'
        )
    queries = read_queries(batch) if batch else [("", " ".join(words))]
    for identity, routes in route(settings, queries):
        if as_json or batch:
            print_json({"query_id": identity, "results": [{"name": r.name, "score": r.score} for r in routes]})
        elif not routes:
            click.echo("Nothing fits. No workflow has served a request like this one.")
        else:
            for result in routes[:5]:
                click.echo(f"{result.score:4.2f}  {result.name}")
