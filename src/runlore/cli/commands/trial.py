"""`runlore trial`."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from runlore.actions.trial import Happening, TrialRequest, TrialResult, parse_inputs, read_issue, trial
from runlore.cli.printing import print_json, printable
from runlore.integrations.tool_server import open_tools
from runlore.model.runbook import Step
from runlore.settings import Settings

LONGEST = 300
"""Characters of a result that are printed."""


@click.command("trial")
@click.argument("name")
@click.option(
    "--issue",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A file whose lines `name: value` are the issue's fields.",
)
@click.option("--input", "inputs", multiple=True, help="What the request says, as name=value (repeatable).")
@click.option(
    "--tools", "where", required=True, help="The tool server: a command that speaks MCP over stdio, or a URL."
)
@click.option("--act", is_flag=True, help="Send what changes the world, after a yes at the terminal to each.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def command(
    context: click.Context,
    name: str,
    issue: Path | None,
    inputs: tuple[str, ...],
    where: str,
    act: bool,
    as_json: bool,
) -> None:
    """Walk a runbook against a tool server as far as it is certain.

    NAME is a runbook. Reads are run, guards decided, and what would be sent is shown. Without --act nothing that changes the world is sent; with it each
    effect waits for a yes at the terminal. No model is asked. Ends with 1 where the walk stops before its end.
    """
    settings: Settings = context.obj
    request = TrialRequest(name, parse_inputs(inputs), read_issue(issue) if issue else {}, act)
    with open_tools(where) as tools:
        result = trial(settings, request, tools, _ask)
    if as_json:
        print_json(_form(result))
    else:
        for happening in result.happenings:
            _print(happening)
        click.echo(_verdict(result))
    end = result.end
    if end is None or end.outcome in ("stopped", "refused", "failed", "declined"):
        context.exit(1)


def _ask(step: Step, tool: str, arguments: Mapping[str, Any]) -> bool:
    """Ask the person at the terminal; where there is none, the answer is no."""
    if not sys.stdin.isatty():
        click.echo("There is nobody at the terminal to say yes; nothing is sent.", err=True)
        return False
    click.echo(f"Step {step.number}, {step.title}: {tool} {json.dumps(dict(arguments), ensure_ascii=False)}", err=True)
    return click.confirm("Send exactly this?", default=False, err=True)


def _print(happening: Happening) -> None:
    given = f" {json.dumps(dict(happening.arguments), ensure_ascii=False)}" if happening.arguments else ""
    click.echo(f"{happening.step:2}. {happening.title}: {happening.outcome}")
    if happening.tool and happening.outcome != "left out":
        click.echo(f"      {happening.tool}{given}")
    if happening.why:
        click.echo(f"      {printable(happening.why)}")
    elif happening.result is not None:
        text = (
            happening.result if isinstance(happening.result, str) else json.dumps(happening.result, ensure_ascii=False)
        )
        click.echo(f"      → {printable(text[:LONGEST])}{'…' if len(text) > LONGEST else ''}")


def _verdict(result: TrialResult) -> str:
    end = result.end
    if result.complete:
        return "Done: every step was certain, and no model was asked."
    if end is not None and end.outcome in ("stopped", "refused", "failed", "declined"):
        return f"It ends at step {end.step}: {end.outcome}. {end.why[:1].upper()}{end.why[1:]}."
    if any(h.outcome == "would send" for h in result.happenings):
        return "Every step is certain. Nothing was changed: --act sends what is shown, after a yes to each."
    return "Nothing was there to be changed."


def _form(result: TrialResult) -> dict[str, Any]:
    return {
        "runbook": result.runbook,
        "complete": result.complete,
        "steps": [
            {
                "step": h.step,
                "title": h.title,
                "outcome": h.outcome,
                "tool": h.tool,
                "arguments": dict(h.arguments),
                "result": h.result,
                "why": h.why,
            }
            for h in result.happenings
        ],
    }
