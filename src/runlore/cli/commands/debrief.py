"""`runlore debrief`."""

from __future__ import annotations

import time
from pathlib import Path

import click

from runlore.actions.check import parse_since
from runlore.actions.debrief import Debriefed, debrief_incident, debrief_run, debrief_sessions
from runlore.actions.debrief_form import debrief_form
from runlore.actions.debriefer import change_policy
from runlore.cli.calling import calling
from runlore.cli.printing import plural, print_json, printable
from runlore.errors import UsageError
from runlore.model.debrief import QUESTIONS
from runlore.settings import Settings


@click.command("debrief")
@click.argument("subject", default="")
@click.option("--incident", default="", help="Something went wrong: what, in one line.")
@click.option("--text", default="", help="The incident in more words.")
@click.option("--document", default="", help="The document that the incident concerns.")
@click.option("--run", type=int, default=0, help="The run that the incident came from.")
@click.option("--answer", "answers", multiple=True, help="A worker's own answer: question=words (repeatable).")
@click.option("--since", default="", help="Debrief the sessions of this machine since then: 7d, 2026-03-01.")
@click.option(
    "--transcript",
    "paths",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Debrief the sessions in these files (repeatable).",
)
@click.option(
    "--allow", type=click.Choice(["counters"]), default=None, help="Owner: let this class of change publish itself."
)
@click.option("--stop", type=click.Choice(["counters"]), default=None, help="Owner: let it no more.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def command(
    settings: Settings,
    subject: str,
    incident: str,
    text: str,
    document: str,
    run: int,
    answers: tuple[str, ...],
    since: str,
    paths: tuple[Path, ...],
    allow: str | None,
    stop: str | None,
    as_json: bool,
) -> None:
    """Ask the six questions after a run, a session or an incident, and turn the answers into a reviewed revision.

    SUBJECT is a run's number or a session's id. Answers come from the record and the transcript; a worker is asked only what they do not tell.
    """
    with calling(settings) as caller:
        if allow or stop:
            on = change_policy(caller, allow or stop or "", allowed=bool(allow))
            click.echo(f"Changes of {allow or stop} {'publish themselves now' if on else 'wait for a review'}.")
            return
        if incident:
            kept, one = debrief_incident(caller, incident, text, document=document, run=run)
            done: tuple[Debriefed, ...] = (one,)
            if not as_json:
                click.echo(f"Incident {kept.number} is kept.")
        elif subject.isdecimal():
            done = (debrief_run(caller, int(subject), _answers(answers)),)
        elif subject or since or paths:
            start = parse_since(since, time.time()) if since else 0.0
            done = debrief_sessions(caller, paths, subject, start)
        else:
            raise UsageError(
                "Say what: a run's number, a session's id, --since 7d, --transcript FILE, or --incident “…”."
            )
    if as_json:
        print_json([debrief_form(d) for d in done])
        return
    for item in done:
        _print(item)
    if not done:
        click.echo("No session with an effect is waiting for its debrief.")


def _print(done: Debriefed) -> None:
    debrief = done.debrief
    about = f" · {debrief.document}" if debrief.document else ""
    click.echo(printable(f"Debrief {debrief.number} of {debrief.kind} {debrief.subject}{about}\n"))
    for answer in debrief.answers:
        click.echo(f"  {QUESTIONS[answer.question]}")
        click.echo(printable(f"    {answer.text}  [{answer.source}]"))
        for finding in answer.findings:
            click.echo(printable(f"      → {finding.document}, {finding.change.field}: {finding.why}"))
    click.echo(printable(f"\n  {debrief.conclusion}"))
    if done.to_ask:
        click.echo(f"  To ask the worker: {', '.join(done.to_ask)} (--answer question=words)")
    for revised in done.revised:
        verdict = revised.verdict
        if revised.published:
            click.echo(f"  {revised.document}: published itself, as an owner allowed")
        elif revised.proposal:
            gate = (
                f"; gate passed, {plural(verdict.replayed, 'run')} replayed, {verdict.tokens[0]} → {verdict.tokens[1]} tokens"
                if verdict
                else ""
            )
            click.echo(
                f"  {revised.document}: proposal {revised.proposal.number} with {plural(len(revised.changes), 'change')}{gate}. `runlore review {revised.proposal.number}`"
            )
        elif verdict and not verdict.passed:
            for problem in verdict.problems:
                click.echo(printable(f"  {revised.document}: the gate refused: {problem.message}"))
    click.echo()


def _answers(texts: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for text in texts:
        question, equals, words = text.partition("=")
        if not equals:
            raise UsageError(f"--answer {text!r}: write question=words; the questions are {', '.join(QUESTIONS)}.")
        found[question.strip()] = words
    return found
