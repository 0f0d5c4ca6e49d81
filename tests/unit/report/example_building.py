"""Short words for writing the example's workflows down."""

from __future__ import annotations

from runlore.model import (
    Approval,
    Argument,
    CaseReference,
    Evidence,
    Guard,
    Source,
    ValueSource,
    WorkflowStep,
)

FIRST_DAY = 1_768_300_000.0  # 2026-01-13


def transcript(name: str, number: int) -> str:
    return f"sha256:{name.encode().hex()[:10]}{number:04d}{'0' * 50}"


def source(name: str, number: int, line: int) -> Source:
    return Source(transcript(name, number), line)


def cases(
    name: str, asked: tuple[str, ...], every: float, bad: frozenset[int] = frozenset()
) -> tuple[CaseReference, ...]:
    return tuple(
        CaseReference(
            transcript(name, number),
            f"{name}-{number:04d}-4f2b-9c11-000000000000"[:36],
            (source(name, number, 3), source(name, number, 40 + number)),
            number not in bad,
            words,
            FIRST_DAY + number * every * 86_400 + 9_000,
            480 + 37 * number,
            210_000 + 13_000 * number,
        )
        for number, words in enumerate(asked)
    )


def step(
    number: int, title: str, activity: str, after: tuple[int, ...] = (), seen: int = 8, of: int = 8, **more: object
) -> WorkflowStep:
    return WorkflowStep(number, title, activity, after=after, support=(seen, of), **more)  # type: ignore[arg-type]


def from_step(name: str, number: int, path: str) -> Argument:
    return Argument(name, ValueSource("step", step=number, path=path))


def constant(name: str, value: object) -> Argument:
    return Argument(name, ValueSource("constant", value))


def given(name: str, example: str) -> Argument:
    return Argument(name, ValueSource("input", name=name), example=example)


def guard(condition: str) -> Guard:
    return Guard("proceed", condition, (8, 8), 1.0, 2, None, Evidence((2, 2)), "errors")


def yes(seen: int, of: int) -> Approval:
    return Approval(("caption",), Evidence((seen, of)))
