"""`runlore approve`."""

from __future__ import annotations

import click

from runlore.cli.answering import answer_step
from runlore.settings import Settings


@click.command("approve")
@click.argument("run", type=int)
@click.argument("number", type=int)
@click.option("--comment", default="", help="Words for the worker.")
@click.option("--yes", "sure", is_flag=True, help="Do not ask again at the terminal. The answer then counts as A1.")
@click.pass_obj
def command(settings: Settings, run: int, number: int, comment: str, sure: bool) -> None:
    """Say yes to a step of a run, over exactly what is shown.

    RUN and NUMBER name the run and its step. What was shown is kept with the answer; a change of it needs a new yes.
    """
    answer_step(settings, run, number, approved=True, comment=comment, sure=sure)
