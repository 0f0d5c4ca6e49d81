"""How well the score of a checked case tells good runs from bad ones, where the first deviation lies, and what checking costs.

usage: python benchmarks/conformance.py FOLDER [--folds 5] [--only auroc|places|speed]
FOLDER holds the retail runs. Five-fold cross-validation over tasks: runbooks, guards and what is usual are learned from the runs of four fifths of the
tasks, with rewards and again without; the runs of the last fifth are checked one by one, their own reward unseen. Runs whose harness crashed are left out. Intervals are 95 % by
bootstrap over tasks. Places: runbooks from tasks that have no annotated failure; the first deviation that is reported against the message that people annotated.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
import statistics
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from runlore.actions.runbooks import plan_of_mined
from runlore.mining.conformance.check import Experience, Watched, learn_experience, watch_transcript
from runlore.mining.conformance.find import Library
from runlore.mining.conformance.plan import Plan, PlanStep
from runlore.mining.conformance.watch import Watch
from runlore.mining.digest import Digest, digest
from runlore.mining.mine import mine
from runlore.model import Transcript
from runlore.transcripts.base import Reading
from runlore.transcripts.reading import read_lines

READS = re.compile(r"^(get|list|find|search|calculate|think|check|view|read|lookup|transfer)", re.IGNORECASE)
REPEATS = 2000


class Run(msgspec.Struct, frozen=True):
    """A run with its labels, which only judging looks at."""

    id: str
    task: int
    reward: float
    acts: bool
    with_reward: Transcript
    without: Transcript


def load(folder: Path) -> list[Run]:
    """Every run that did not crash, read with its reward and without."""
    runs = []
    for file in sorted(folder.glob("tau*.jsonl.gz")):
        with gzip.open(file, "rt") as lines:
            for row in map(json.loads, lines):
                if not row.get("messages") or row.get("harness_error"):
                    continue
                digits = re.findall(r"\d+", str(row["task_id"]))
                gold = [
                    a for a in row["gold_actions"] or [] if a.get("requestor") != "user" and not READS.match(a["name"])
                ]
                plain = {"id": row["trajectory_id"], "messages": row["messages"]}
                runs.append(
                    Run(
                        row["trajectory_id"],
                        int(digits[-1]) if digits else 0,
                        float(row["reward"]),
                        bool(gold),
                        _read({**plain, "reward": row["reward"]}),
                        _read(plain),
                    )
                )
    return runs


def _read(row: dict[str, Any]) -> Transcript:
    [reading] = [item for item in read_lines("run.json", [json.dumps(row).encode()]) if isinstance(item, Reading)]
    return msgspec.structs.replace(reading.transcript, hash=f"sha256:{row['id']}")


def learn(transcripts: Sequence[Transcript]) -> tuple[Library, Experience]:
    """A library and what is usual, from transcripts."""
    digests: list[Digest] = [msgspec.structs.replace(digest(t), transcript=t.hash) for t in transcripts]
    library = Library(plan_of_mined(w) for w in mine(digests).workflows)
    return library, learn_experience(transcripts, library)


def auroc(scored: Sequence[tuple[float, bool]]) -> float | None:
    """The share of pairs of a good and a bad run in which the good one has the higher score (from ranks, ties shared); None without both."""
    ordered = sorted(scored)
    good = sum(g for _, g in ordered)
    if not 0 < good < len(ordered):
        return None
    ranks, at = 0.0, 0
    while at < len(ordered):
        end = at
        while end < len(ordered) and ordered[end][0] == ordered[at][0]:
            end += 1
        ranks += sum(g for _, g in ordered[at:end]) * (at + 1 + end) / 2
        at = end
    return (ranks - good * (good + 1) / 2) / (good * (len(ordered) - good))


def interval(rows: Sequence[tuple[int, float, bool]]) -> tuple[float, float]:
    """The 95 % interval of the AUROC, tasks drawn with replacement."""
    chance = random.Random(4)
    by_task: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for task, score, good in rows:
        by_task[task].append((score, good))
    tasks = sorted(by_task)
    drawn = []
    for _ in range(REPEATS):
        value = auroc([pair for task in chance.choices(tasks, k=len(tasks)) for pair in by_task[task]])
        if value is not None:
            drawn.append(value)
    drawn.sort()
    return drawn[int(0.025 * len(drawn))], drawn[int(0.975 * len(drawn)) - 1]


def cross_validate(runs: Sequence[Run], folds: int, rewards: bool) -> list[tuple[Run, Watched]]:
    """Check every run by what was learned from the runs of the other folds' tasks."""
    tasks = sorted({run.task for run in runs})
    random.Random(0).shuffle(tasks)
    fold = {task: n % folds for n, task in enumerate(tasks)}
    found = []
    for number in range(folds):
        train = [r.with_reward if rewards else r.without for r in runs if fold[r.task] != number]
        library, experience = learn(train)
        for run in runs:
            if fold[run.task] == number:
                found += [(run, watched) for watched in watch_transcript(run.without, library, experience)]
    return found


def report_auroc(runs: Sequence[Run], folds: int) -> None:
    for rewards in (True, False):
        checked = cross_validate(runs, folds, rewards)
        print(f"learned {'with rewards' if rewards else 'with rewards stripped'}:")
        for name, wanted in (
            ("the task needs an effect", True),
            ("its gold actions hold no effect", False),
            ("all", None),
        ):
            rows = [(r.task, w.checked.score, r.reward >= 1) for r, w in checked if wanted is None or r.acts == wanted]
            low, high = interval(rows)
            good = sum(g for _, _, g in rows)
            value = auroc([(s, g) for _, s, g in rows]) or 0.0
            print(f"  {name}: AUROC {value:.3f} [{low:.3f}, {high:.3f}], {len(rows)} runs, {good} good")
        for wanted in (True, False):
            said = [w.checked.should_act for r, w in checked if r.acts == wanted]
            print(
                f"  should act, where the task needs {'an' if wanted else 'no'} effect: {said.count(True)} true, {said.count(False)} false, {said.count(None)} unknown"
            )


def report_places(runs: Sequence[Run], folder: Path) -> None:
    rows = [json.loads(line) for line in (folder / "failure_annotations.jsonl").read_text("utf-8").splitlines()]
    by_id = {run.id: run for run in runs}
    annotated = [row for row in rows if row["trajectory_id"] in by_id]
    tasks = {by_id[row["trajectory_id"]].task for row in annotated}
    library, experience = learn([run.with_reward for run in runs if run.task not in tasks])
    root = every = 0
    for row in annotated:
        [watched] = watch_transcript(by_id[row["trajectory_id"]].without, library, experience)
        first = next((d.sources[0].index for d in watched.checked.deviations if d.sources), None)
        marked = {f["failure_id"]: f["message_index"] for f in row["failures"]}
        near = {
            key for key, place in marked.items() if first is not None and place is not None and abs(place - first) <= 1
        }
        root += row["root_cause_failure_id"] in near
        every += bool(near)
    print(
        f"first deviation within one message of an annotated failure: {every} of {len(annotated)}; of the one that people call the root cause: {root}"
    )


def report_speed(runs: Sequence[Run]) -> None:
    library, experience = learn([run.with_reward for run in runs[:200]])
    per_event: list[float] = []
    for run in runs[200:400]:
        watch = Watch(library, experience.talk)
        for event in run.without.events:
            started = time.perf_counter()
            watch.foresee(event)
            watch.take(event)
            per_event.append(1000 * (time.perf_counter() - started))
    per_event.sort()
    print(
        f"checking one event: {statistics.mean(per_event):.3f} ms on average, {per_event[int(0.99 * len(per_event))]:.3f} ms for 99 of 100, at most {per_event[-1]:.1f} ms ({len(per_event)} events)"
    )
    many = Library(_copies(library.plans, 1000))
    per_case: list[float] = []
    for run in runs[200:400]:
        watch = Watch(many, experience.talk)
        for event in run.without.events:
            watch.take(event)
        started = time.perf_counter()
        watch.close()
        per_case.append(1000 * (time.perf_counter() - started))
    per_case.sort()
    print(
        f"finding the runbook among {len(many.plans)} and weighing: {statistics.mean(per_case):.2f} ms a case on average, at most {per_case[-1]:.1f} ms"
    )


def _copies(plans: Sequence[Plan], number: int) -> list[Plan]:
    """A library of many runbooks: the real ones, and variants of them with other effects and one other word in the title."""
    found = list(plans)
    while len(found) < number:
        plan = plans[len(found) % len(plans)]
        mark = f"x{len(found)}"
        steps = tuple(
            PlanStep(
                s.number,
                s.title,
                f"{s.activity}_{mark}" if s.effect else s.activity,
                s.effect,
                s.optional,
                s.repeat,
                s.after,
            )
            for s in plan.steps
        )
        found.append(Plan(f"{plan.name}-{mark}", plan.title, steps, (*plan.words, mark), plan.weight, plan.usual))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--only", choices=("auroc", "places", "speed"))
    options = parser.parse_args()
    runs = load(options.folder)
    if options.only in (None, "auroc"):
        report_auroc(runs, options.folds)
    if options.only in (None, "places"):
        report_places(runs, options.folder)
    if options.only in (None, "speed"):
        report_speed(runs)


if __name__ == "__main__":
    main()
