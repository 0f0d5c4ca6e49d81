"""What the page's template prints: a report's values, counted, ordered and put into words."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from runlore.model import Argument, Fact, FailureMode, Quote, Source, Workflow, WorkflowStep
from runlore.report.graph import Graph, draw, number_names, people
from runlore.report.maps import DAY, Area, divide, dodge, mark_days
from runlore.report.values import Report
from runlore.report.wording import (
    count,
    cut,
    day,
    duration,
    one_line,
    plain,
    short_day,
    short_id,
    short_number,
    shorten,
    wrap,
)

LEVELS = (0.0, 0.25, 0.5, 1.0)  # upper bounds of trouble per case; above the last is the worst level
LANES = 20  # workflows drawn over time; the map would not be legible with more
TILES = 24  # workflows drawn as areas, for the same reason


@dataclass(frozen=True, slots=True)
class Section:
    """One workflow with what is derived from it; ``trouble`` counts failures and people's objections.

    ``objections`` pairs each quote with what it is about, in words.
    """

    anchor: str
    workflow: Workflow
    graph: Graph
    narrow: Graph
    sessions: int
    trouble: int
    level: int
    objections: tuple[tuple[Quote, str], ...]
    inputs: tuple[tuple[str, str], ...]
    steps: tuple[tuple[WorkflowStep, tuple[str, ...]], ...]
    failures: tuple[FailureMode, ...]
    bound: bool  # some step takes values
    proven: bool  # some step leaves proof


@dataclass(frozen=True, slots=True)
class Tile:
    """One workflow in the map of areas."""

    area: Area
    section: Section
    lines: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Dot:
    """One case in the map of time."""

    x: float
    y: float
    good: bool
    title: str


@dataclass(frozen=True, slots=True)
class Lane:
    """One workflow in the map of time, ``y`` the middle of its lane."""

    section: Section
    y: float
    label: str
    dots: tuple[Dot, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """Cases over time: lanes, and the marks of the axis as (x, day)."""

    lanes: tuple[Lane, ...]
    marks: tuple[tuple[float, str], ...]
    left: float
    width: float
    height: float
    untimed: int


def section_of(position: int, workflow: Workflow) -> Section:
    """Derive what is printed of one workflow."""
    numbers = number_names(workflow.steps)
    titles = {step.number: f"step {step.number}, {step.title}" for step in workflow.steps}
    objections = tuple((quote, titles.get(numbers.get(quote.about, 0), quote.about)) for quote in people(workflow))
    trouble = sum(mode.count for mode in workflow.failure_modes) + len(objections)
    sessions = workflow.sessions or len({case.session for case in workflow.cases})
    steps = tuple((step, say_arguments(step.arguments)) for step in workflow.steps)
    failures = tuple(sorted(workflow.failure_modes, key=lambda mode: (-mode.count, mode.activity, mode.template)))
    return Section(
        f"workflow-{position}",
        workflow,
        draw(workflow),
        draw(workflow, most=1, gap=8.0),
        sessions,
        trouble,
        level_of(trouble, len(workflow.cases)),
        objections,
        inputs_of(workflow),
        steps,
        failures,
        any(arguments for _, arguments in steps),
        any(step.proof for step in workflow.steps),
    )


def level_of(trouble: int, cases: int) -> int:
    """Give how much trouble a case meets, as a level from 0 (none) to 4 (more than once a case)."""
    rate = trouble / max(cases, 1)
    return sum(rate > bound for bound in LEVELS)


def sections_of(report: Report) -> tuple[Section, ...]:
    """Order the workflows: greatest loss first, what everybody knows last."""
    ordered = sorted(report.workflows, key=lambda workflow: (workflow.common, -workflow.rank, workflow.name))
    return tuple(section_of(position, workflow) for position, workflow in enumerate(ordered, 1))


def inputs_of(workflow: Workflow) -> tuple[tuple[str, str], ...]:
    """Give the inputs of a workflow, each once, with one value that was seen."""
    found: dict[str, str] = {}
    for step in workflow.steps:
        for argument in step.arguments:
            if argument.source.kind == "input":
                name = argument.source.name or argument.name
                found[name] = found.get(name) or argument.example
    return tuple(found.items())


def say_arguments(arguments: Sequence[Argument]) -> tuple[str, ...]:
    """Say where each argument's value comes from, and in one line for which of them that is not known."""
    known = tuple(say_argument(argument) for argument in arguments if argument.source.kind != "unknown")
    unknown = ", ".join(argument.name for argument in arguments if argument.source.kind == "unknown")
    return (*known, f"not known: {unknown}") if unknown else known


def say_argument(argument: Argument) -> str:
    """Say where an argument's value is known to come from, in the words of the runbook format."""
    source = argument.source
    if source.kind == "constant":
        return f"{argument.name} = {shorten(json.dumps(source.value, ensure_ascii=False, default=str), 80)}"
    if source.kind == "step":
        return f"{argument.name} from step {source.step} at {source.path}"
    return f"{argument.name} from {source.kind} {source.name or argument.name}"


@dataclass(frozen=True, slots=True)
class Measure:
    """What the areas show: its name in a sentence, and the size of each workflow in it."""

    name: str
    sizes: tuple[float, ...]
    texts: tuple[str, ...]


def measure(sections: Sequence[Section]) -> Measure:
    """Choose what the areas show: tokens, time or calls where every workflow has them, else the steps done."""
    tokens = tuple(float(section.workflow.tokens.total) for section in sections)
    if all(tokens):
        return Measure("tokens spent", tokens, tuple(f"{short_number(value)} tokens" for value in tokens))
    seconds = tuple(float(section.workflow.seconds.total) for section in sections)
    if all(seconds):
        return Measure("time spent", seconds, tuple(duration(value) for value in seconds))
    calls = tuple(float(sum(case.calls for case in section.workflow.cases)) for section in sections)
    if all(calls):
        return Measure("tool calls", calls, tuple(count(round(value), "call") for value in calls))
    done = tuple(float(max(sum(step.support[0] for step in s.workflow.steps), 1)) for s in sections)
    return Measure("steps done", done, tuple(count(round(value), "step") for value in done))


def tiles(sections: Sequence[Section], width: float, height: float) -> tuple[str, tuple[Tile, ...]]:
    """Lay the workflows out as areas; gives what the areas measure and the tiles, greatest first."""
    if not sections:
        return "", ()
    measured = measure(sections)
    together = sorted(
        zip(measured.sizes, measured.texts, sections, strict=True), key=lambda row: (-row[0], row[2].anchor)
    )
    together = together[:TILES]
    areas = divide([size for size, _, _ in together], Area(0, 0, width, height))
    made = []
    for area, (_, text, section) in zip(areas, together, strict=True):
        room, high = area.width - 26, area.height - 14
        most = min(int(high // 21), 3)
        lines = wrap(plain(section.workflow.title), room, 16.0, most, bold=True) if most > 0 and room > 50 else ()
        notes = [count(len(section.workflow.cases), "case"), text, say_trouble(section)]
        if room > 180:
            notes[:2] = [" · ".join(notes[:2])]
        fitting = int((high - 21 * len(lines)) // 18) if lines else 0
        made.append(Tile(area, section, lines, tuple(cut(note, room, 13.0) for note in notes[:fitting])))
    return measured.name, tuple(made)


def say_trouble(section: Section) -> str:
    """Say how many failures were met and how often people objected."""
    objected = len(section.objections)
    failed = section.trouble - objected
    parts = [count(failed, "failure")] if failed else []
    parts += [count(objected, "objection")] if objected else []
    return ", ".join(parts) or "no trouble"


def timeline(sections: Sequence[Section], width: float, left: float) -> Timeline | None:
    """Lay the cases out over time, labels above where there is no room at the left; None where no case has a time."""
    times = [case.started for section in sections for case in section.workflow.cases if case.started > 0]
    if not times:
        return None
    untimed = sum(case.started <= 0 for section in sections for case in section.workflow.cases)
    first, last = min(times), max(times)
    pad = max((last - first) * 0.02, DAY / 2)
    first, last = first - pad, last + pad
    scale = (width - left - 12) / (last - first)
    step, above = (40.0, 0.0) if left else (56.0, 20.0)
    lanes = []
    shown = [section for section in sections if any(case.started > 0 for case in section.workflow.cases)][:LANES]
    for position, section in enumerate(shown):
        middle = position * step + above + (step - above) / 2
        room = (left or width) - 20
        label = cut(plain(section.workflow.title), room, 13.5)
        lanes.append(Lane(section, middle, label, dots(section, first, scale, left, middle)))
    marks = tuple((left + (mark - first) * scale, short_day(mark)) for mark in mark_days(first, last, 8 if left else 5))
    return Timeline(tuple(lanes), marks, left, width, len(lanes) * step + 26, untimed)


def dots(section: Section, first: float, scale: float, left: float, middle: float) -> tuple[Dot, ...]:
    """Place the cases of one workflow; those of the same time stand beside each other."""
    cases = sorted((case for case in section.workflow.cases if case.started > 0), key=lambda case: case.started)
    across = [left + (case.started - first) * scale for case in cases]
    beside = dodge(across, 11.0, 3)
    offset = (0.0, -9.0, 9.0)
    return tuple(
        Dot(
            x,
            middle + offset[lane],
            case.good,
            f"{day(case.started)} · {'went well' if case.good else 'did not go well'}"
            f" · {shorten(case.request, 120) or 'no request on record'}",
        )
        for x, lane, case in zip(across, beside, cases, strict=True)
    )


@dataclass(frozen=True, slots=True)
class Priority:
    """Something worth fixing first: what it is, how often, where, what helps, and where on the page it stands."""

    text: str
    times: int
    where: str
    remedy: str
    anchor: str


def priorities(sections: Sequence[Section], facts: Sequence[Fact], most: int = 5) -> tuple[Priority, ...]:
    """Give what was met most often, failures and facts together, each at least twice and told once.

    A fact that cost nothing to find out is worth writing down, but there is nothing to fix in it.
    """
    told = {source for fact in facts for source in fact.sources}
    found = [
        Priority(
            one_line(mode.template),
            mode.count,
            section.workflow.title,
            mode.recovery,
            section.anchor,
        )
        for section in sections
        for mode in section.failures
        if mode.count > 1 and told.isdisjoint(mode.sources)
    ]
    found += [
        Priority(fact.text, fact.occurrences, "", fact.remedy, "facts")
        for fact in facts
        if fact.occurrences > 1 and (fact.kind != "fact" or fact.cost.calls)
    ]
    lookups = {fact.text for fact in facts if fact.kind == "fact"}
    return tuple(sorted(found, key=lambda item: (item.text in lookups, -item.times, item.text))[:most])


def origins(report: Report) -> Mapping[str, str]:
    """Give the session of each transcript's hash: as the report says, and as the cases say."""
    cases = (case for workflow in report.workflows for case in workflow.cases)
    known = {case.transcript: case.session for case in cases if case.transcript}
    return {**known, **dict(report.origins)}


def say_sources(sources: Sequence[Source], sessions: Mapping[str, str], most: int = 3) -> str:
    """Say where evidence stands: sessions with their lines, the first few of them."""
    lines: dict[str, list[int]] = {}
    for source in sorted(set(sources)):
        name = short_id(sessions.get(source.transcript, source.transcript))
        lines.setdefault(name, []).append(source.line)
    parts = [f"{name} line {', '.join(str(n) for n in sorted(set(found))[:4])}" for name, found in lines.items()]
    more = f" and {len(parts) - most} more" if len(parts) > most else ""
    return "; ".join(parts[:most]) + more
