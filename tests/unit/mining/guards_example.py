"""Cases of a made-up phone company: a line is looked up by its number and then suspended, moved to another plan or left alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from build import DAY, call, digests, said, transcript

from runlore.mining.guards.collect import Found, learn_guards, list_rows
from runlore.model import Event, Transcript
from runlore.model.condition_text import render_condition


def line_id(number: int) -> str:
    """The number of a line, different for each."""
    return f"L{100000 + 7 * number}"


def look(number: int, **fields: Any) -> Event:
    """A line is looked up."""
    return call("get_line", {"line_id": line_id(number)}, {"line_id": line_id(number), **fields})


def suspend(number: int, result: Any = None, **more: Any) -> Event:
    """A line is suspended; an error where ``more`` says so."""
    given = {"line_id": line_id(number), "reason": "asked for"}
    return call("suspend_line", given, {"line_id": line_id(number), "done": True} if result is None else result, **more)


def refused(number: int, message: str) -> Event:
    """The tool refuses to suspend a line."""
    return suspend(number, message, outcome="error")


def case(number: int, *events: Event, reward: float | None = 1.0) -> Transcript:
    """One conversation, on a day of its own."""
    return transcript(
        f"phone-{number:03d}", said("Please suspend my line"), *events, start=DAY + 86_400 * number, reward=reward
    )


def usual(count: int, first: int = 0, reward: float | None = 1.0, **fields: Any) -> list[Transcript]:
    """Cases in which an active line is suspended; a field that is a function is asked for each case's number."""
    return [
        case(n, look(n, **shown(n, {"status": "active"} | fields)), suspend(n), reward=reward)
        for n in range(first, first + count)
    ]


def shown(number: int, fields: dict[str, Any]) -> dict[str, Any]:
    """The fields of one line."""
    return {name: value(number) if callable(value) else value for name, value in fields.items()}


def learned(cases: Iterable[Transcript], effect: str = "suspend_line") -> tuple[Found, ...]:
    """The guards that cases teach for an effect."""
    return learn_guards(list_rows((d.session, d.transcript, c) for d in digests(*cases) for c in d.cases)).get(
        effect, ()
    )


def texts(guards: Iterable[Found]) -> list[str]:
    """The guards as they are written, what they read by activity instead of by step."""
    found = []
    for guard in guards:
        text = render_condition(guard.expression)
        for number, name in enumerate(guard.reads, 1):
            text = text.replace(f"step {number} ", f"{name} ")
        found.append(f"stop if {text}" if guard.kind == "stop" else text)
    return found
