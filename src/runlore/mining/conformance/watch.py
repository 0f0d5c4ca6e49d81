"""One case, watched while it happens: an event at a time, with a warning before an effect, and what it comes to at the end.

1. Words and results are taken in as they come (`talk`, `flow`); each is cheap, so that watching costs nothing that one would notice.
2. An effect is judged before it is done, against the runbook that has it: its guards, a person's yes, the steps that it waits for,
   the sources of its values, whether it was done before on the same thing.
3. At the end the signs are weighed (`weigh`), and those that stand out are told, each with its place.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Any, Final

from runlore.mining.activities import describe
from runlore.mining.conformance.evaluate import Known, arguments_of, decide
from runlore.mining.conformance.find import Library
from runlore.mining.conformance.flow import Flow
from runlore.mining.conformance.plan import Plan, PlanGuard, PlanStep
from runlore.mining.conformance.signs import SIGNS, Tally
from runlore.mining.conformance.talk import YES, Talk
from runlore.mining.conformance.weigh import Weights, tell, weigh
from runlore.mining.steps import base_name
from runlore.mining.values import Activity
from runlore.mining.words import content_words
from runlore.model import Event, Source
from runlore.model.condition_text import list_arguments
from runlore.model.conformance import Checked, Deviation, DeviationKind

MOST_WORDS: Final = 400
_ASKING: Final = ("ask the person", "propose a plan")
"""Dialog that asks a person rather than gives the work to one."""
_SIGN_OF: Final[dict[DeviationKind, str]] = {
    "guard ignored": "guard",
    "approval skipped": "approval",
    "skipped": "skipped",
    "out of order": "order",
    "wrong source": "source",
    "added": "added",
    "repeated": "repeated",
    "failed": "failed",
}


_RANK: Final = {sign.name: rank for rank, sign in enumerate(SIGNS)}


@dataclass(frozen=True, slots=True)
class Act:
    """An effect that was tried: where, its name, whether it went well, whether a guard warned of it, and whether any guard could tell."""

    place: Source
    name: str
    good: bool
    warned: bool
    judged: bool


class Watch:
    """A case of a session while it happens. ``name`` is the runbook that it has to follow; empty: the one that fits."""

    def __init__(
        self,
        library: Library,
        weights: Weights,
        *,
        transcript: str = "",
        session: str = "",
        case: int = 1,
        name: str = "",
        inputs: Mapping[str, Any] | None = None,
    ) -> None:
        self._library = library
        self._weights = weights
        self._transcript = transcript
        self._session = session
        self._case = case
        self._plan = library.get(name) if name else None
        self._inputs = dict(inputs or {})
        self._tally = Tally()
        self._talk = Talk(self._tally)
        self._flow = Flow(self._tally)
        self._effects: Counter[str] = Counter()
        self._answers: list[bool | None] = []
        self._told: list[Deviation] = []
        self._refused: set[Source] = set()
        self.acts: list[Act] = []
        self._words: list[str] = []
        self._request = ""
        self._started = 0.0

    def foresee(self, event: Event) -> tuple[Deviation, ...]:
        """Judge a call before it is done; nothing is remembered of it. Only effects are judged."""
        activity = _activity_of(event)
        if activity is None or not _is_act(activity, event):
            return ()
        return self._judge(activity, event, self._place(event))[0]

    def take(self, event: Event) -> tuple[Deviation, ...]:
        """Take in what happened next, and give what it deviates in."""
        place = self._place(event)
        self._started = self._started or event.time
        if event.kind in ("prompt", "steer"):
            self._hear(event, place)
        elif event.kind == "say":
            self._talk.say(event, place)
        elif event.kind == "call":
            return self._call(event, place)
        return ()

    def close(self) -> Checked:
        """Say what the case comes to. The watch can go on afterwards: later events change the answer."""
        self._talk.close()
        self._flow.close()
        acted = bool(self._effects)
        plan = self._plan or self._library.find(self._effects, self._flow.activities, self._words)
        should_act = self._should_act(plan)
        if not acted and should_act is False:
            self._tally.set("idle", 0, None)
        score, parts = weigh(self._tally, self._weights)
        late = tuple(self._settled(deviation) for deviation in self._told)
        return Checked(
            self._case,
            self._session,
            plan.name if plan is not None else "",
            score,
            should_act,
            _ordered(_weighed(late, parts, self._refused), tell(self._tally, parts), self._refused),
            acted,
            self._transcript,
            self._started,
            self._request,
        )

    @property
    def vector(self) -> tuple[float, ...]:
        """The signs of the case so far, for learning; `close` brings it up to date."""
        return self._tally.vector()

    def _place(self, event: Event) -> Source:
        return Source(self._transcript, event.line, event.index)

    def _hear(self, event: Event, place: Source) -> None:
        self._talk.hear(event, place)
        self._flow.hear(event.text)
        self._request = self._request or " ".join(event.text.split())[:300]
        if len(self._words) < MOST_WORDS:
            self._words.extend(content_words(event.text))

    def _call(self, event: Event, place: Source) -> tuple[Deviation, ...]:
        activity = _activity_of(event)
        if activity is None:
            return ()
        name = _name_of(activity)
        found: tuple[Deviation, ...] = ()
        self._tally.note("afterwards", (place,))
        if _is_act(activity, event):
            found, answer = self._judge(activity, event, place)
            if event.outcome == "ok":
                self._act(name, event, place, answer)
            elif event.outcome in ("error", "rejected"):
                self._refused.add(place)
                ignored = tuple(d for d in found if d.kind == "guard ignored")
                found = (*ignored, self._failure(name, event, place))
            for deviation in found:
                self._tally.note(_sign_of(deviation, self._refused), (place,))
            self._told.extend(found)
            warned = any(d.kind == "guard ignored" for d in found)
            self.acts.append(Act(place, name, event.outcome == "ok", warned, answer is not None))
        elif activity.role == "dialog" and activity.name not in _ASKING:
            self._talk.hand_over(place)
        elif activity.role == "dialog" and event.words:
            self._talk.answer(bool(YES.search(event.words)), place)
            self._flow.hear(event.words)
        self._flow.call(name, event, place, reads=activity.role == "read")
        return found

    def _act(self, name: str, event: Event, place: Source, answer: bool | None) -> None:
        self._effects[name] += 1
        self._answers.append(answer)
        self._talk.act(place)
        self._tally.forget("afterwards")
        self._flow.do(name, event, place)

    def _failure(self, name: str, event: Event, place: Source) -> Deviation:
        """What a failed or refused effect is told as; where something else had been done on the same thing before, that stands first."""
        said = " ".join(str(event.words or event.result or "").split())[:160]
        judged = self._judged_by(name)
        how = "a person refused" if event.outcome == "rejected" else "it failed with"
        told = f"`{name}`: {how} “{said}”" if said else f"`{name}`: {how.removesuffix(' with')}"
        before = self._flow.changed_before(name, event) if event.outcome == "error" else None
        number = judged[1].number if judged else 0
        if before is None:
            return Deviation("failed", number, f"{told}.", (place,))
        return Deviation("failed", number, f"{told}, after `{before[0]}` had changed it.", (before[1], place))

    def _judged_by(self, name: str) -> tuple[Plan, PlanStep] | None:
        if self._plan is not None:
            step = self._plan.step(name)
            return (self._plan, step) if step is not None else None
        return self._library.plan_of(name, self._flow.activities)

    def _judge(self, activity: Activity, event: Event, place: Source) -> tuple[tuple[Deviation, ...], bool | None]:
        """Judge an effect before it is done; the second value says whether its guards let it pass, None where they do not tell."""
        name = _name_of(activity)
        judged = self._judged_by(name)
        found: list[Deviation] = []
        answer: bool | None = None
        if judged is not None:
            plan, step = judged
            known = self._flow.known(plan, step, event, self._inputs, event.time)
            found, answer = _check_guards(step, known, place)
            found += self._check_approval(step, place) + self._check_order(plan, step, place)
        elif self._plan is not None or self._is_foreign(activity):
            text = f"`{name}` changes something, and no step of a runbook does it."
            found.append(Deviation("added", 0, text, (place,)))
        if not activity.command:
            found += self._check_values(name, judged[1] if judged else None, event, place)
        return tuple(found), answer

    def _is_foreign(self, activity: Activity) -> bool:
        """Whether an effect is particular to the company and none of its runbooks has it."""
        particular = not activity.common and not activity.command
        return bool(self._library.plans) and particular and not self._library.knows(activity.name)

    def _check_approval(self, step: PlanStep, place: Source) -> list[Deviation]:
        if not step.approval or self._talk.has_agreed:
            return []
        asked = (place, *((self._talk.last_words,) if self._talk.last_words else ()))
        text = f"`{step.activity or step.title}` was done without a person's yes right before it."
        return [Deviation("approval skipped", step.number, text, asked)]

    def _check_values(self, name: str, step: PlanStep | None, event: Event, place: Source) -> list[Deviation]:
        """Values from nowhere, and things on which the same was done before."""
        number = step.number if step else 0
        found = [
            Deviation(
                "wrong source",
                number,
                f"The value of `{argument}` stands in no result and in no words before `{name}`.",
                (place,),
            )
            for argument in self._flow.untraced(event)
            if not _is_constant(step, argument, event)
        ]
        before = self._flow.done_before(name, event)
        if before is not None:
            text = f"`{name}` had been done on {before[0]} before."
            found.append(Deviation("repeated", number, text, (place, before[1])))
        return found

    def _check_order(self, plan: Plan, step: PlanStep, place: Source) -> list[Deviation]:
        """The steps that a step waits for and that were not done by then, each once a case."""
        found = []
        steps = {s.number: s for s in plan.steps}
        for number in _before(step, steps):
            earlier = steps[number]
            alternatives = {earlier.activity, *(steps[n].activity for n in earlier.either if n in steps)}
            if earlier.optional or not earlier.activity or alternatives & self._flow.activities.keys():
                continue
            if any(s is step or s.activity in self._flow.activities for s in _users_of(plan, number)):
                continue  # what it gives came from elsewhere
            if any(d.kind == "skipped" and d.step == number for d in self._told):
                continue
            text = f"Step {number} ({earlier.title}) was not done before `{step.activity or step.title}`."
            found.append(Deviation("skipped", number, text, (place,)))
        return found

    def _settled(self, deviation: Deviation) -> Deviation:
        """What was skipped and done later came out of order."""
        if deviation.kind == "skipped":
            plan = self._plan or self._library.find(self._effects, self._flow.activities, self._words)
            late = next((s for s in plan.steps if s.number == deviation.step), None) if plan is not None else None
            if late is not None and late.activity in self._flow.activities:
                return replace(
                    deviation,
                    kind="out of order",
                    text=deviation.text.replace("was not done before", "was done only after"),
                )
        return deviation

    def _should_act(self, plan: Plan | None) -> bool | None:
        """Whether the world should have been changed: what the guards say of what was done, else of what was looked at."""
        if False in self._answers:
            return False
        if True in self._answers:
            return True
        if self._effects or plan is None:
            return None
        answers = [
            answer for step in plan.steps if step.effect and step.guards for answer in self._possible(plan, step)
        ]
        return True if True in answers else False if answers and None not in answers else None

    def _possible(self, plan: Plan, step: PlanStep) -> list[bool | None]:
        """What the guards of a step that was not done say of each thing that was looked at."""
        found: list[bool | None] = []
        for source in plan.steps:
            for shown in self._flow.shown(source.activity) if source.number != step.number else ():
                known = Known({source.number: (shown,)}, {}, self._inputs, step.number)
                answers = [_holds(guard, known) for guard in step.guards if not _reads_arguments(guard)]
                if any(a is not None for a in answers):
                    found.append(False if False in answers else True if None not in answers else None)
        return found


def _activity_of(event: Event) -> Activity | None:
    """What a call is counted as: the last thing that it did."""
    found = describe(event)
    return found[-1] if found else None


def _name_of(activity: Activity) -> str:
    """The name under which a step knows an activity."""
    if activity.role == "edit":
        return "edit"
    return base_name(activity.name) if activity.command else activity.name


def _is_act(activity: Activity, event: Event) -> bool:
    return activity.role == "effect" and event.actor != "person"


def _holds(guard: PlanGuard, known: Known) -> bool | None:
    """Whether a guard lets the step pass."""
    answer = decide(guard.expression, known) if guard.expression is not None else None
    return (not answer) if guard.stops and answer is not None else answer


def _reads_arguments(guard: PlanGuard) -> bool:
    """Whether a guard is about the call itself: it tells nothing where none is made."""
    return guard.expression is not None and bool(list_arguments(guard.expression))


def _check_guards(step: PlanStep, known: Known, place: Source) -> tuple[list[Deviation], bool | None]:
    found: list[Deviation] = []
    answers: list[bool | None] = []
    for guard in step.guards:
        answer = _holds(guard, known)
        answers.append(answer)
        if answer is False:
            told = (
                f"It holds that {guard.text}, which stops"
                if guard.stops
                else f"It does not hold that {guard.text}, which has to hold before"
            )
            found.append(Deviation("guard ignored", step.number, f"{told} `{step.activity or step.title}`.", (place,)))
    return found, False if False in answers else True if True in answers else None


def _before(step: PlanStep, steps: Mapping[int, PlanStep]) -> list[int]:
    """The numbers of all steps that a step waits for, directly or by others, in their order."""
    seen: set[int] = set()
    pending = list(step.after)
    while pending:
        number = pending.pop()
        if number in steps and number not in seen and number != step.number:
            seen.add(number)
            pending.extend(steps[number].after)
    return sorted(seen)


def _users_of(plan: Plan, number: int) -> list[PlanStep]:
    """The steps that take a value from a step."""
    return [s for s in plan.steps if any(v.kind == "step" and v.step == number for _, v in s.sources)]


def _sign_of(deviation: Deviation, refused: AbstractSet[Source]) -> str:
    """The sign that a deviation counts for; a guard that was ignored and the tool then refused did no harm."""
    if deviation.kind == "guard ignored" and deviation.sources[0] in refused:
        return "stopped"
    return _SIGN_OF[deviation.kind]


def _weighed(
    told: tuple[Deviation, ...], parts: Mapping[str, float], refused: AbstractSet[Source]
) -> tuple[Deviation, ...]:
    """Share what each sign takes from the score among the deviations that it counts."""
    number = Counter(_sign_of(d, refused) for d in told)
    return tuple(
        replace(d, weight=round(parts[sign] / number[sign], 4)) for d in told for sign in (_sign_of(d, refused),)
    )


def _ordered(
    deviations: tuple[Deviation, ...], signs: tuple[tuple[str, Deviation], ...], refused: AbstractSet[Source]
) -> tuple[Deviation, ...]:
    """In the order of SIGNS, those of one sign by place."""
    every = (*((_sign_of(d, refused), d) for d in deviations), *signs)
    return tuple(d for _, d in sorted(every, key=lambda e: (_RANK[e[0]], e[1].sources[:1], e[1].step, e[1].text)))


def _is_constant(step: PlanStep | None, argument: str, event: Event) -> bool:
    """Whether an argument is what the runbook itself says that it always is."""
    said = {name: source.value for name, source in step.sources if source.kind == "constant"} if step else {}
    return argument in said and arguments_of(event.arguments).get(argument) == (said[argument],)
