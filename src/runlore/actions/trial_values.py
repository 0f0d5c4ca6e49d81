"""Which values a step is given when a runbook is walked: by the runbook's own sources, and only where they leave no choice.

Nothing here guesses. A value that is not said, or of which there are several, is a reason to stop, in words.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import jsonpath

from runlore.mining.conformance.evaluate import Known, Shown, decide, values_given
from runlore.model import ValueSource
from runlore.model.runbook import Binding, Step

MOST_CHOICES: Final = 64
"""Combinations of values that are looked at; more are no choice that a machine may make."""
_PLAIN: Final = re.compile(r"[^a-z0-9]+")
_ENVIRONMENT: Final = jsonpath.JSONPathEnvironment(strict=True)


@dataclass(frozen=True, slots=True)
class Stop:
    """Why a value is not certain: what is missing or too many, in one sentence. ``missing`` names the argument."""

    why: str
    missing: str = ""


@dataclass(slots=True)
class Ledger:
    """What a walk knows: results by step, what the person gave, the fields of the issue, and how far each constant is backed (1: always)."""

    inputs: Mapping[str, Any] = field(default_factory=dict)
    issue: Mapping[str, Any] = field(default_factory=dict)
    results: dict[int, list[Shown]] = field(default_factory=dict)
    backing: Mapping[str, float] = field(default_factory=dict)
    now: float = 0.0

    def known(self, step: Step, arguments: Mapping[str, Any], result: Any = None) -> Known:
        """What is known when a condition of a step is decided."""
        return Known(self.results, _as_given(arguments), {**self.issue, **self.inputs}, step.number, result, self.now)


def given_for(binding: Binding, ledger: Ledger) -> Any:
    """What the person gave for an argument, by its own name or by that of its input; None where nothing."""
    plain = binding.name.replace("[*]", "")
    for name in (binding.name, plain, plain.replace(".", "_"), binding.source.name):
        if name and name in ledger.inputs:
            return ledger.inputs[name]
    if binding.source.kind in ("issue", "input"):
        return ledger.issue.get(binding.source.name, ledger.issue.get(plain))
    return ledger.issue.get(plain)


def is_list(binding: Binding) -> bool:
    """Whether an argument takes a list."""
    return binding.name.endswith("[*]")


def combinations(step: Step, ledger: Ledger) -> Iterator[dict[str, Any]] | Stop:
    """Every way in which the arguments of a step could be given; one way is certain, none or several are a reason to stop."""
    choices: list[tuple[Binding, list[Any]]] = []
    for binding in step.bindings:
        found = _choices(step, binding, ledger)
        if isinstance(found, Stop):
            return found
        choices.append((binding, found))
    total = 1
    for _, values in choices:
        total *= max(1, len(values))
    if total > MOST_CHOICES:
        many = max(choices, key=lambda c: len(c[1]))[0]
        return Stop(f"there are {total} ways to give its arguments; say which `{many.name}` is meant", many.name)
    ways = (
        {b.name: v for (b, _), v in zip(choices, row, strict=True)}
        for row in itertools.product(*(v for _, v in choices))
    )
    return (way for way in ways if _agrees(step, way, ledger))


def certain(step: Step, ledger: Ledger) -> dict[str, Any] | Stop:
    """The one way to give the arguments of a step, or why there is none."""
    ways = combinations(step, ledger)
    if isinstance(ways, Stop):
        return ways
    found = list(ways)
    if not found:
        return Stop("what was given fits nothing that was found")
    if len(found) > 1:
        names = [n for n in found[0] if len({repr(way[n]) for way in found}) > 1]
        shown = ", ".join(_short(way[names[0]]) for way in found[:5])
        return Stop(f"`{names[0]}` could be any of {len(found)}: {shown}", names[0])
    return found[0]


def nested(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments as a tool takes them: dotted names opened, lists under their own name."""
    found: dict[str, Any] = {}
    for name, value in arguments.items():
        *path, last = name.replace("[*]", "").split(".")
        place = found
        for part in path:
            place = place.setdefault(part, {})
        place[last] = value
    return found


def _as_given(arguments: Mapping[str, Any]) -> dict[str, tuple[Any, ...]]:
    return {n: tuple(v) if isinstance(v, list) else (v,) for n, v in arguments.items()}


def _choices(step: Step, binding: Binding, ledger: Ledger) -> list[Any] | Stop:
    """The values that an argument may have, as far as its source goes."""
    given = given_for(binding, ledger)
    source = binding.source
    if given is None and source.kind == "constant":
        if ledger.backing.get(binding.name, 1.0) < 1.0:
            return Stop(
                f"`{binding.name}` is usually {_short(source.value)}, and not always: say it with --input", binding.name
            )
        return [source.value]
    if source.kind == "step":
        offered = _offered(source, step, ledger)
        if given is None:
            return _ungiven(binding, offered)
        if offered:
            return _fitting(binding, given, offered)
    if given is not None:
        return [_as_list(given) if is_list(binding) else given]
    said = f"input `{source.name}`" if source.kind == "input" else f"`{binding.name}`"
    return Stop(f"{said} was not given", binding.name)


def _ungiven(binding: Binding, offered: Sequence[tuple[Any, Any]]) -> list[Any] | Stop:
    values = list(dict.fromkeys(v for v, _ in offered if isinstance(v, str | int | float | bool)))
    if not values:
        return Stop(
            f"step {binding.source.step} gave nothing at {binding.source.path} for `{binding.name}`", binding.name
        )
    if not is_list(binding):
        return values
    if len(values) > 1:
        return Stop(f"which of {len(values)} is meant by `{binding.name}` was not said", binding.name)
    return [values]


def _fitting(binding: Binding, given: Any, offered: Sequence[tuple[Any, Any]]) -> list[Any] | Stop:
    """What was given, found among what the step offered: the value itself, or words by which its record calls itself."""
    if not is_list(binding):
        fitting = _named(given, offered)
        return fitting or Stop(
            f"{_short(given)} for `{binding.name}` is not among what step {binding.source.step} gave", binding.name
        )
    found: list[Any] = []
    for one in _as_list(given):
        fitting = _named(one, offered)
        if len(fitting) != 1:
            many = f"fits {len(fitting)} of" if fitting else "is not among"
            return Stop(f"{_short(one)} for `{binding.name}` {many} what step {binding.source.step} gave", binding.name)
        found.append(fitting[0])
    return [found]


def _named(given: Any, offered: Sequence[tuple[Any, Any]]) -> list[Any]:
    exact = [v for v, _ in offered if v == given]
    if exact:
        return exact[:1]
    words = _plain(given)
    return list(dict.fromkeys(v for v, record in offered if words and words in _calls_itself(record)))


def _giver(source: ValueSource, step: Step, ledger: Ledger) -> int:
    """The step that a value is taken from: the one named, or where that was left out, another one that this step waits for too."""
    others = [n for n in step.after or () if n in ledger.results]
    return (
        source.step
        if source.step in ledger.results or source.step not in (step.after or ())
        else (*others, source.step)[0]
    )


def _offered(source: ValueSource, step: Step, ledger: Ledger) -> list[tuple[Any, Any]]:
    """The values at a path in a step's results so far, each with the record that it stands in."""
    found: list[tuple[Any, Any]] = []
    for shown in ledger.results.get(_giver(source, step, ledger), ()):
        if not isinstance(shown.result, dict | list):
            found += [(shown.result, None)] if source.path == "$" else []
            continue
        for match in _ENVIRONMENT.finditer(source.path, shown.result):
            parent = match.parent
            found.append((match.obj, parent.obj if parent is not None else None))
    return found


def _calls_itself(record: Any) -> set[str]:
    """The short texts of a record, plainly written: by any of them a person may name it."""
    if not isinstance(record, dict):
        return set()
    return {_plain(v) for v in record.values() if isinstance(v, str) and v}


def _plain(value: Any) -> str:
    return _PLAIN.sub(" ", str(value).casefold()).strip()


def _as_list(value: Any) -> list[Any]:
    if isinstance(value, list | tuple):
        return list(value)
    return [part.strip() for part in str(value).split(",") if part.strip()]


def _agrees(step: Step, arguments: Mapping[str, Any], ledger: Ledger) -> bool:
    """Whether values that come from one record stand in it together: those of one step's results in one result."""
    by_step: dict[int, list[tuple[Binding, Any]]] = {}
    for binding in step.bindings:
        if binding.source.kind == "step":
            by_step.setdefault(_giver(binding.source, step, ledger), []).append((binding, arguments[binding.name]))
    given = values_given(_as_given(arguments))
    for number, pairs in by_step.items():
        shown = ledger.results.get(number, ())
        about = [one for one in shown if one.given & given] or shown
        if len(shown) > 1 and not any(_holds_all(one, pairs) for one in about):
            return False
    return True


def _holds_all(shown: Shown, pairs: Sequence[tuple[Binding, Any]]) -> bool:
    """Whether one result holds all the values."""
    for binding, value in pairs:
        if isinstance(shown.result, dict | list):
            offered = {repr(m.obj) for m in _ENVIRONMENT.finditer(binding.source.path, shown.result)}
        else:
            offered = {repr(shown.result)} if binding.source.path == "$" else set()
        if not {repr(v) for v in (value if isinstance(value, list) else [value])} <= offered:
            return False
    return True


def guards_of(step: Step, ledger: Ledger, arguments: Mapping[str, Any]) -> tuple[str, str]:
    """Decide the guards of a step: (``holds``, ``stops``, ``open``), with the condition that decided it."""
    known = ledger.known(step, arguments)
    opened = ""
    for condition, stops in (*((c, False) for c in step.proceed_if), *((c, True) for c in step.stop_if)):
        answer = decide(condition.parsed, known) if condition.parsed is not None else None
        if answer is None:
            opened = opened or condition.text
        elif answer == stops:
            return "stops", f"{'stop if ' if stops else 'proceed only if '}{condition.text}"
    return ("open", opened) if opened else ("holds", "")


def _short(value: Any) -> str:
    text = str(value)
    return f"“{text[:60]}{'…' if len(text) > 60 else ''}”"
