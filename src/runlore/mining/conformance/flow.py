"""Where the values of a case have been: what each activity has shown, what was listed and looked at, whether a value comes from anywhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, Final

from runlore.mining.conformance.evaluate import Known, Shown, arguments_of, values_given
from runlore.mining.conformance.plan import Plan, PlanStep
from runlore.mining.conformance.signs import Tally
from runlore.mining.conformance.things import Things
from runlore.mining.leaves import result_leaves, scalar_text
from runlore.model import Event, Source

MOST_SHOWN: Final = 40
"""Results kept of one activity, the latest."""
MOST_STANDING: Final = 200
"""Results kept of all, the latest: what they say of a record is how it stands now."""
_LONGEST_ID: Final = 40
_SHORTEST_ID: Final = 4
_MOST_WORDS: Final = 60_000


def is_identifier(value: object) -> bool:
    """Whether a value looks like it names one thing: a short text without spaces that holds a digit."""
    return (
        isinstance(value, str)
        and _SHORTEST_ID <= len(value) <= _LONGEST_ID
        and not any(c.isspace() for c in value)
        and any(c.isdigit() for c in value)
    )


class Flow:
    """The values of one case so far."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._shown: dict[str, list[Shown]] = defaultdict(list)
        self._every: list[Shown] = []
        self._order = 1
        self._values: set[str] = set()
        self._texts = ""
        self._listed: dict[str, Source] = {}
        self._given: set[str] = set()
        self._things: set[str] = set()
        self._done: dict[tuple[str, str], Source] = {}
        self.activities: dict[str, int] = {}
        self.shown_things = Things()

    def hear(self, text: str) -> None:
        """Take in the person's words: what they say is a source."""
        self.shown_things.hear(text)
        if len(self._texts) < _MOST_WORDS:
            self._texts += "\n" + text.lower()

    def call(self, name: str, event: Event, place: Source, *, reads: bool) -> None:
        """Take in a call that is over, with its result; ``reads`` says that it changed nothing."""
        arguments = arguments_of(event.arguments)
        given = values_given(arguments)
        self._given |= given
        if reads and isinstance(event.result, dict):
            self._things |= given & {v for v in event.result.values() if is_identifier(v)}
        if event.outcome == "ok":
            self.activities[name] = self.activities.get(name, 0) + 1
        if event.result is None or event.outcome == "rejected":
            return
        shown = self._shown[name]
        if event.outcome == "ok":
            shown.append(Shown(event.result, given, self._order))
            self._every.append(shown[-1])
            self._order += 1
            del shown[:-MOST_SHOWN]
            del self._every[:-MOST_STANDING]
        self._learn(event.result, place if reads else None)

    def _learn(self, result: Any, place: Source | None) -> None:
        if not isinstance(result, dict | list):
            text = scalar_text(result)
            self._values.add(text.strip('"'))
            if len(text) <= _MOST_WORDS and len(self._texts) < _MOST_WORDS:
                self._texts += "\n" + text.lower()
            return
        self._values.update(scalar_text(value) for _, value in result_leaves(result) if value not in (None, ""))
        self._values.update(_keys(result))
        if place is None:
            return
        self.shown_things.show(result, place)
        for listed in _bare_lists(result):
            for value in listed:
                self._listed.setdefault(value, place)

    def do(self, name: str, event: Event, place: Source) -> None:
        """Remember on which things something was done."""
        self.shown_things.touch(values_given(arguments_of(event.arguments)))
        for value in self._things_of(event):
            self._done.setdefault((name, value), place)

    def done_before(self, name: str, event: Event) -> tuple[str, Source] | None:
        """Find the thing on which the same was done before, and where."""
        every = self._things_of(event)
        return next(((value, self._done[name, value]) for value in every if (name, value) in self._done), None)

    def changed_before(self, name: str, event: Event) -> tuple[str, Source] | None:
        """Find what else was done before on the same thing, the latest, and where: a refusal may come of it."""
        every = set(self._things_of(event))
        others = [(place, other) for (other, value), place in self._done.items() if value in every and other != name]
        return (max(others)[1], max(others)[0]) if others else None

    def _things_of(self, event: Event) -> list[str]:
        """The identifiers of what a call is done on: given one by one, and shown by a record of their own; what it is done with has none."""
        arguments = arguments_of(event.arguments)
        return [
            v
            for n, values in arguments.items()
            if "[*]" not in n
            for v in values
            if isinstance(v, str) and v in self._things
        ]

    def untraced(self, event: Event) -> tuple[str, ...]:
        """List the arguments whose identifiers stand in no result and in no words before the call."""
        return tuple(
            name
            for name, values in arguments_of(event.arguments).items()
            if any(is_identifier(v) and v not in self._values and v.lower() not in self._texts for v in values)
        )

    def known(self, plan: Plan, step: PlanStep, event: Event | None, inputs: Mapping[str, Any], now: float) -> Known:
        """Give what is known before a step of a plan is done, with the arguments of the call that is about to do it."""
        results = {s.number: self._shown[s.activity] for s in plan.steps if s.activity in self._shown}
        arguments = arguments_of(event.arguments) if event is not None else {}
        return Known(results, arguments, inputs, step.number, None, now, self._every)

    def shown(self, activity: str) -> tuple[Shown, ...]:
        """Give what an activity has shown so far, the latest last."""
        return tuple(self._shown.get(activity, ()))

    def close(self) -> None:
        """Set the signs of what was listed and not looked at; where nothing of it was looked at, the list was none to go through."""
        unread = [value for value in self._listed if value not in self._given]
        looked = len(self._listed) - len(unread)
        place = next((self._listed[value] for value in unread), None)
        self._tally.set("listed", len(self._listed), next(iter(self._listed.values()), None))
        self._tally.set("unread", len(unread) if looked else 0, place)
        untouched = self.shown_things.untouched() if self._done else ()
        self._tally.set("spoken", len(untouched), untouched[0][1] if untouched else None)


def _keys(result: dict[str, Any] | list[Any]) -> Iterable[str]:
    """The keys of objects: in tables ids stand there too."""
    stack: list[Any] = [result]
    while stack:
        item = stack.pop()
        if isinstance(item, dict):
            yield from item
            stack.extend(value for value in item.values() if isinstance(value, dict | list))
        elif isinstance(item, list):
            stack.extend(value for value in item if isinstance(value, dict | list))


def _bare_lists(result: dict[str, Any] | list[Any]) -> Iterable[list[str]]:
    """Lists of nothing but identifiers among a result's fields: what can be looked at next."""
    fields = result.values() if isinstance(result, dict) else (result,)
    for value in fields:
        if isinstance(value, list) and value and all(is_identifier(item) for item in value):
            yield value
