"""How runs, steps and questions are put on a terminal."""

from __future__ import annotations

import json
from typing import Any

import click

from runlore.actions.run_form import step_form
from runlore.actions.run_view import RunView
from runlore.cli.clock import minute
from runlore.cli.printing import printable
from runlore.model.run import ApprovalRequest, EscalationCase
from runlore.running.order import ready

_MARKS = {"todo": "·", "done": "✓", "adapted": "≈", "skipped": "–", "failed": "✗"}


def print_run(view: RunView) -> None:
    """Print a run: its head, its steps with their states, what stands open, and the steps that are ready in full."""
    run = view.run
    outcome = f", {run.outcome}" if run.outcome else ""
    click.echo(printable(f"Run {run.number} · issue {run.issue}: {view.issue.title}"))
    click.echo(
        f"  {run.document}, {run.state}{outcome}; held under fence {run.lease.fence} until {minute(run.lease.until)}"
    )
    for name, value in run.inputs:
        click.echo(printable(f"  {name} = {_short(value)}"))
    click.echo()
    for step in view.steps:
        title = view.step(step.number).title
        why = f" ({step.why})" if step.why else ""
        proof = " ".join(f"{p.kind} {p.level}" for p in view.proofs if p.step == step.number)
        click.echo(printable(f"  {_MARKS[step.state]} {step.number}. {title}{why}{'   ' + proof if proof else ''}"))
    for asked in view.approvals:
        if asked.state == "open":
            click.echo(
                printable(
                    f"\n  Waits for `{asked.role}`: approval {asked.number} over step {asked.step}, until {minute(asked.expires)}"
                )
            )
    for case in view.escalations:
        if case.state in ("open", "overdue"):
            click.echo(
                printable(f"\n  Asked `{case.role}` ({case.state}, until {minute(case.deadline)}): {case.question}")
            )
        elif case.state == "answered":
            click.echo(printable(f"\n  Answered: {case.question} → {case.answer}"))
    if run.state == "running":
        for number in ready(view.runbook, view.steps):
            click.echo()
            print_step(view, number)


def print_step(view: RunView, number: int) -> None:
    """Print a step as a worker needs it."""
    form: dict[str, Any] = step_form(view, view.step(number))
    click.echo(printable(f"Step {number}. {form['title']}"))
    if form["text"]:
        click.echo(printable(f"  {form['text']}"))
    if form["tool"]:
        click.echo(printable(f"  Tool: {form['tool']}"))
    for name, value in form["arguments"].items():
        click.echo(printable(f"    {name} = {_short(json.dumps(value, ensure_ascii=False))}"))
    for name in form["unknown"]:
        click.echo(printable(f"    {name}: not known"))
    for label, key in (
        ("Permission", "permissions"),
        ("Proceed only if", "proceed_only_if"),
        ("Stop if", "stop_if"),
        ("Proof", "proof"),
        ("If it fails", "if_it_fails"),
    ):
        for line in form[key]:
            click.echo(printable(f"  {label}: {line}"))
    for approval in form["approvals"]:
        click.echo(printable(f"  Approval: `{approval['role']}`, over {', '.join(approval['over']) or 'the step'}"))
    if form["optional_when"]:
        click.echo(printable(f"  Optional when: {form['optional_when']}"))


def print_question(asked: ApprovalRequest, title: str) -> None:
    """Print exactly what an approval is about."""
    click.echo(
        printable(
            f"Approval {asked.number} · run {asked.run}, step {asked.step} · for `{asked.role}` · until {minute(asked.expires)}"
        )
    )
    click.echo(printable(f"  {title}: {asked.shown['step']}"))
    for name, value in asked.shown["over"].items():
        click.echo(printable(f"  {name}:"))
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2)
        for line in text.splitlines() or [""]:
            click.echo(printable(f"    {line}"))
    if asked.shown["then"]:
        click.echo(printable(f"  Then: {'; '.join(asked.shown['then'])}"))
    click.echo(f"  {asked.digest[:23]}")


def print_case(case: EscalationCase) -> None:
    """Print an escalation."""
    click.echo(
        printable(
            f"Escalation {case.number} · run {case.run}, step {case.step or '–'} · `{case.role}` · {case.state}, until {minute(case.deadline)}"
        )
    )
    click.echo(printable(f"  {case.question}"))


def _short(text: str, most: int = 160) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"
