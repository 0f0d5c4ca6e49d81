"""A workflow as a picture: its steps as boxes in the order that the evidence backs, with what went wrong in place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from runlore.model import FailureMode, Guard, Quote, Workflow, WorkflowStep
from runlore.report.layout import Box, Drawing, Route, lay_out
from runlore.report.wording import count, cut, one_line, plain, wrap

WIDTH = 312.0
PAD = 14.0
ROOM = WIDTH - 2 * PAD
TITLE, SMALL = 14.0, 11.5
LINE = {
    "title": 18.0,
    "activity": 17.0,
    "meta": 17.0,
    "guard": 17.0,
    "failure": 19.0,
    "recovery": 16.0,
    "quote": 19.0,
    "more": 16.0,
}
GATE = 26.0
TIP = 9.0  # length of the triangle at an arrow's end
SIGN = 20.0  # room for the sign before a failure or a remark
SHOWN = 2  # failures and quotes printed on one box; the rest is counted


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text on a box: ``kind`` chooses its look, ``full`` is the text before it was cut."""

    kind: str
    text: str
    full: str
    y: float


@dataclass(frozen=True, slots=True)
class Node:
    """One step as drawn; ``gate`` is the text of the approval above it, empty where nobody is asked."""

    number: int
    title: str
    x: float
    y: float
    width: float
    height: float
    effect: bool
    optional: bool
    repeat: bool
    gate: str
    top: float
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Arrow:
    """One arrow: the path in SVG's own language, the triangle at its end, and how wide it is drawn."""

    path: str
    tip: str
    width: float
    optional: bool


@dataclass(frozen=True, slots=True)
class Graph:
    """A workflow's picture, in pixels; ``label`` says in words what it shows."""

    nodes: tuple[Node, ...]
    arrows: tuple[Arrow, ...]
    width: float
    height: float
    label: str


def draw(workflow: Workflow, most: int = 3, gap: float = 28.0) -> Graph:
    """Draw a workflow's steps from top to bottom, at most ``most`` side by side."""
    failures = place_failures(workflow.steps, workflow.failure_modes)
    quotes = place_quotes(workflow.steps, people(workflow))
    texts = {
        step.number: write(step, failures.get(step.number, ()), quotes.get(step.number, ())) for step in workflow.steps
    }
    boxes = [
        Box(step.number, WIDTH, _height(step, texts[step.number]), step.after, step.optional) for step in workflow.steps
    ]
    drawing = lay_out(boxes, most, gap)
    steps = {step.number: step for step in workflow.steps}
    nodes = tuple(
        Node(
            placed.key,
            steps[placed.key].title,
            placed.x,
            placed.y,
            placed.width,
            placed.height,
            steps[placed.key].effect,
            steps[placed.key].optional,
            steps[placed.key].repeat,
            gate(steps[placed.key]),
            GATE if steps[placed.key].approval else 0.0,
            texts[placed.key],
        )
        for placed in drawing.boxes
    )
    arrows = tuple(draw_arrow(route, steps) for route in drawing.routes)
    return Graph(nodes, arrows, drawing.width, drawing.height, describe(workflow, drawing))


def people(workflow: Workflow) -> tuple[Quote, ...]:
    """Give what people said against something: corrections and rejections, each place once, oldest first."""
    found: dict[tuple[object, str], Quote] = {}
    for quote in (*workflow.rejections, *workflow.corrections):
        found.setdefault((quote.source, one_line(quote.words)), quote)
    return tuple(sorted(found.values(), key=lambda quote: (quote.date, quote.source, quote.words)))


def place_failures(steps: Sequence[WorkflowStep], modes: Iterable[FailureMode]) -> dict[int, tuple[FailureMode, ...]]:
    """Give each failure mode to its step, most frequent first; those of no step stand under 0."""
    by_activity = {step.activity: step.number for step in reversed(steps)}
    numbers = {step.number for step in steps}
    found: dict[int, list[FailureMode]] = {}
    for mode in sorted(modes, key=lambda mode: (-mode.count, mode.activity, mode.template)):
        place = mode.step if mode.step in numbers else by_activity.get(mode.activity, 0)
        found.setdefault(place, []).append(mode)
    return {number: tuple(group) for number, group in found.items()}


def place_quotes(steps: Sequence[WorkflowStep], quotes: Iterable[Quote]) -> dict[int, tuple[Quote, ...]]:
    """Give each quote to the step that it is about; those about no step stand under 0."""
    numbers = number_names(steps)
    found: dict[int, list[Quote]] = {}
    for quote in quotes:
        found.setdefault(numbers.get(quote.about, 0), []).append(quote)
    return {number: tuple(group) for number, group in found.items()}


def number_names(steps: Sequence[WorkflowStep]) -> dict[str, int]:
    """Give the step's number for each name that it goes by; the earliest step of a name wins."""
    return {name: s.number for s in reversed(steps) for name in (s.tool, s.title, s.activity) if name}


def write(step: WorkflowStep, failures: Sequence[FailureMode], quotes: Sequence[Quote]) -> tuple[Line, ...]:
    """Write the lines of a box and give each its place below the box's upper edge."""
    wanted: list[tuple[str, str, str]] = []
    titles = wrap(f"{step.number}. {plain(step.title)}", ROOM, TITLE, 3, bold=True)
    wanted += [("title", text, step.title) for text in titles]
    name = step.command or step.activity
    wanted.append(("activity", cut(name, ROOM, SMALL, mono=True), name))
    wanted.append(("meta", _meta(step), ""))
    wanted += [("guard", cut(_gate(guard), ROOM, SMALL), guard.condition) for guard in step.guards[:SHOWN]]
    for mode in failures[:SHOWN]:
        wanted += _broken("failure", f"{mode.count} × {mode.template}", mode.template)
        if mode.recovery:
            wanted.append(("recovery", cut(f"→ {plain(mode.recovery)}", ROOM - SIGN, SMALL), mode.recovery))
    if len(failures) > SHOWN:
        wanted.append(("more", f"and {count(len(failures) - SHOWN, 'other failure')}", ""))
    for quote in quotes[:SHOWN]:
        wanted += _broken("quote", f"“{quote.words}”", quote.words)
    if len(quotes) > SHOWN:
        wanted.append(("more", f"and {count(len(quotes) - SHOWN, 'other remark')}", ""))
    lines = []
    y = PAD + (GATE + 6 if step.approval else 0.0)
    for kind, text, full in wanted:
        y += LINE[kind.split()[-1]]
        lines.append(Line(kind, text, full, y - 5))
    return tuple(lines)


def _gate(guard: Guard) -> str:
    return f"◇ {'stop' if guard.kind == 'stop' else 'only'} if {plain(guard.condition)}"


def _broken(kind: str, text: str, full: str) -> list[tuple[str, str, str]]:
    """Break a text into two lines; the second has no sign of its own."""
    first, *rest = wrap(text, ROOM - SIGN, SMALL, 2)
    return [(kind, first, full), *((f"{kind} more", line, full) for line in rest)]


def _meta(step: WorkflowStep) -> str:
    """How often the step was seen, and what is special about it."""
    seen, of = step.support
    parts = [f"{seen} of {count(of, 'case')}"] if of else []
    parts += ["↻ repeats"] if step.repeat else []
    parts += ["optional"] if step.optional else []
    return " · ".join(parts)


def gate(step: WorkflowStep) -> str:
    """Say that a person is asked before the step, and how often that was seen."""
    if step.approval is None:
        return ""
    seen, of = step.approval.evidence.support
    return f"A person says yes first · {seen} of {of}" if of else "A person says yes first"


def _height(step: WorkflowStep, lines: Sequence[Line]) -> float:
    return lines[-1].y + 5 + PAD - 2


def draw_arrow(route: Route, steps: dict[int, WorkflowStep]) -> Arrow:
    """Draw one arrow, the wider the more cases went that way."""
    end = route.points[-1]
    points = (*route.points[:-1], (end[0], end[1] - TIP))
    path = [f"M{points[0][0]:.1f} {points[0][1]:.1f}"]
    for (x1, y1), (x2, y2) in pairwise(points):
        if abs(x1 - x2) < 0.5:
            path.append(f"L{x2:.1f} {y2:.1f}")
        else:
            middle = (y1 + y2) / 2
            path.append(f"C{x1:.1f} {middle:.1f} {x2:.1f} {middle:.1f} {x2:.1f} {y2:.1f}")
    x, y = end
    tip = f"{x - 5:.1f},{y - TIP:.1f} {x + 5:.1f},{y - TIP:.1f} {x:.1f},{y:.1f}"
    ends = (steps[route.tail], steps[route.head])
    shares = [step.support[0] / step.support[1] if step.support[1] else 0.0 for step in ends]
    return Arrow(" ".join(path), tip, 1.2 + 2.8 * min(shares), any(step.optional for step in ends))


def describe(workflow: Workflow, drawing: Drawing) -> str:
    """Say in words what the picture shows, for those who cannot see it."""
    effects = [step.title for step in workflow.steps if step.effect]
    rows = len({box.row for box in drawing.boxes})
    text = f"{count(len(workflow.steps), 'step')} in {count(rows, 'row')}"
    if effects:
        text += f"; what changes the world: {', '.join(effects)}"
    return f"{workflow.title}: {text}. The table below says the same in words."
