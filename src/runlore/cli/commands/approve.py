"""`runlore approve`."""

from __future__ import annotations

import click

from runlore.cli.answering import answer_step, withdraw_step
from runlore.settings import Settings


@click.command("approve")
@click.argument("run", type=int)
@click.argument("number", type=int)
@click.option("--comment", default="", help="Words for the worker.")
@click.option("--yes", "sure", is_flag=True, help="Do not ask again at the terminal. The answer then counts as A1.")
@click.option(
    "--withdraw", is_flag=True, help="Take the yes, or the question, back: steps after it then wait for another."
)
@click.pass_obj
def command(settings: Settings, run: int, number: int, comment: str, sure: bool, withdraw: bool) -> None:
    """Say yes to a step of a run, over exactly what is shown.

    RUN and NUMBER name the run and its step. What was shown is kept with the answer; a change of it needs a new yes.
    """
    if withdraw:
        withdraw_step(settings, run, number)
        return
    answer_step(settings, run, number, approved=True, comment=comment, sure=sure)
