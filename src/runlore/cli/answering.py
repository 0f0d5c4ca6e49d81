"""Answering approvals at the terminal."""

from __future__ import annotations

import sys

import click

from runlore.actions.approve import answer, look_at, withdraw_answer
from runlore.actions.run_view import show_run
from runlore.cli.calling import calling
from runlore.cli.runs import print_question
from runlore.errors import Conflict
from runlore.model.run import Assurance
from runlore.settings import Settings


def answer_step(settings: Settings, run: int, number: int, *, approved: bool, comment: str, sure: bool) -> None:
    """Show the open questions of a step and answer them; raises Conflict where there is none or nobody is at the terminal to look.

    An answer here has assurance A1: a session of the same user, which an agent with a shell could drive as well.
    """
    assurance: Assurance = "A1"
    with calling(settings) as caller:
        questions = look_at(caller, run, number)
        questions = tuple(q for q in questions if q.mine) or questions
        if not questions:
            raise Conflict(
                f"Nothing of run {run}, step {number} waits for an answer. The worker asks with `runlore run ask {run} {number}`."
            )
        for question in questions:
            print_question(question.asked, question.view.issue.title)
            if approved and not sure:
                if not sys.stdin.isatty():
                    raise Conflict("Nobody is at the terminal to look. Say --yes if you have looked.")
                if not click.confirm("Yes to exactly this?"):
                    click.echo("Nothing was answered. `runlore reject` says no, with the reason.")
                    return
            done = answer(
                caller,
                question.asked.number,
                approved=approved,
                digest=question.asked.digest,
                assurance=assurance,
                comment=comment,
            )
            click.echo(
                f"Approval {done.number} is {done.state} ({done.assurance}: a session of this user; an agent with a shell could have given it)."
            )


def withdraw_step(settings: Settings, run: int, number: int) -> None:
    """Take the last yes or open question of each role of a step back; raises Conflict where there is none."""
    with calling(settings) as caller:
        given = {
            a.role: a for a in show_run(caller, run).approvals if a.step == number and a.state in ("open", "approved")
        }
        if not given:
            raise Conflict(f"Nothing of run {run}, step {number} is asked or approved: there is nothing to take back.")
        for asked in given.values():
            done = withdraw_answer(caller, asked.number)
            click.echo(f"Approval {done.number} is {done.state}.")
