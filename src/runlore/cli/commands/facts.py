"""`runlore facts`."""

from __future__ import annotations

import click

from runlore.actions.machine_form import fact_form
from runlore.cli.printing import count, duration, escape, plural, print_json
from runlore.corpus.findings import get_findings
from runlore.settings import Settings

HEADINGS = {
    "trap": "Traps: what sessions keep stumbling over",
    "preference": "Preferences: what people keep telling agents",
    "fact": "Facts: what sessions keep finding out",
}


@click.command("facts")
@click.option("--kind", type=click.Choice(["fact", "trap", "preference"]), help="Only this kind.")
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="How many of each kind.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON: a list of facts in the machine form.")
@click.pass_obj
def command(settings: Settings, kind: str | None, limit: int, as_json: bool) -> None:
    """List what sessions keep finding out, asking and being told again, with a place to write it down."""
    facts = [f for f in get_findings(settings.home).facts if kind in (None, f.kind)]
    if as_json:
        print_json([fact_form(f) for f in facts])
        return
    if not facts:
        click.echo("Nothing was found out, asked or told again in more than one session.")
        return
    from rich.console import Console

    console = Console(highlight=False)
    for name, heading in HEADINGS.items():
        rows = [f for f in facts if f.kind == name]
        if not rows:
            continue
        console.print(f"\n[bold]{heading}[/bold]")
        for fact in rows[:limit]:
            lost = ", ".join(
                part
                for part in (
                    plural(fact.cost.calls, "call") if fact.cost.calls else "",
                    duration(fact.cost.seconds) if fact.cost.seconds else "",
                    f"{count(fact.cost.tokens)} tokens" if fact.cost.tokens else "",
                )
                if part
            )
            console.print(f"• {escape(fact.text)}")
            if fact.remedy:
                console.print(f"  → {escape(fact.remedy)}")
            seen = f"{fact.occurrences}× in {plural(len(fact.sessions), 'session')}"
            console.print(f"  [dim]{seen}{'; lost: ' + lost if lost else ''}; write it down in {fact.shelf}[/dim]")
        if len(rows) > limit:
            console.print(f"  … and {len(rows) - limit} more (--limit)")
