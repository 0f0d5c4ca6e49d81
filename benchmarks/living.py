"""Does the loop learn? Runs streamed in order; after each batch debrief and revise; judged on the next batch, which it has not seen.

usage: python benchmarks/living.py FOLDER [--first 50] [--batch 25] [--most 24]
FOLDER holds the retail runs. The first runs are mined and their drafts stand as the runbooks. After every further batch each arm takes in what it holds:

  ours      findings of every case joined, ripe ones as small edits, behind the gate (lint, and a replay of all earlier runs that went well);
            work that repeats by then and has no runbook gets its draft
  nothing   the runbooks as they were
  notes     append-only: every finding is added as a line, nothing joined, nothing left out
  rewrite   everything so far mined from scratch, the runbooks replaced

Judged on the next batch, before it is taken in:

  foreseen  share of tool errors whose message a failure mode of the runbooks names
  source    share of arguments of writing calls in runs that went well whose rule in the runbook gives the value that was used
  auroc     how well the conformance score tells good runs from bad ones
  good      mean conformance of the runs that went well
  tokens    of all runbooks of the arm
Broken runs: runs that went well and conformed (a score of at least one half) before a revision and not after it.
"""

from __future__ import annotations

import argparse
import gzip
import json
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import msgspec

from runlore.actions.seen_session import seen_case
from runlore.debriefing.answer import answer_all, finding_key
from runlore.debriefing.gather import Joined, by_document, choose_ripe, join
from runlore.mining.conformance.check import Experience, learn_experience, watch_transcript
from runlore.mining.conformance.find import Library
from runlore.mining.conformance.plan import Plan, plan_of_runbook
from runlore.mining.digest import Digest, digest
from runlore.mining.failures import is_telling, template
from runlore.mining.mine import mine
from runlore.mining.words import content_words
from runlore.model import Transcript, Workflow
from runlore.model.debrief import Finding
from runlore.model.runbook import Runbook
from runlore.model.source import Evidence
from runlore.runbooks.amend import amend, is_same_sign
from runlore.runbooks.draft import draft
from runlore.runbooks.inline import parse_code
from runlore.runbooks.learned import learn_changes
from runlore.runbooks.lint import lint
from runlore.runbooks.parse import parse
from runlore.runbooks.paths import select_values
from runlore.runbooks.tokens import count
from runlore.transcripts.base import Reading
from runlore.transcripts.reading import read_lines

CONFORMED = 0.5


@dataclass(frozen=True, slots=True)
class Run:
    """A run, read once."""

    transcript: Transcript
    digest: Digest
    good: bool


@dataclass(slots=True)
class Arm:
    """The runbooks of an arm by name, as text, and what it has done so far."""

    name: str
    texts: dict[str, str]
    evidence: dict[str, dict[str, Evidence]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    accepted: int = 0
    refused: int = 0
    broken: int = 0
    decisions: int = 0
    groups: int = 0
    curve: list[dict[str, float]] = field(default_factory=list)


def load(folder: Path) -> list[Run]:
    """Every run that did not crash, in the order in which they were made, as far as that is recorded; else by file and line."""
    found: list[tuple[str, int, Run]] = []
    for file in sorted(folder.glob("tau*.jsonl.gz")):
        with gzip.open(file, "rt") as lines:
            for row in map(json.loads, lines):
                if not row.get("messages") or row.get("harness_error"):
                    continue
                plain = {"id": row["trajectory_id"], "messages": row["messages"], "reward": row["reward"]}
                [reading] = [r for r in read_lines("run.json", [json.dumps(plain).encode()]) if isinstance(r, Reading)]
                transcript = msgspec.structs.replace(reading.transcript, hash=f"sha256:{row['trajectory_id']}")
                made = msgspec.structs.replace(digest(transcript), transcript=transcript.hash)
                found.append((str(row.get("started_at") or ""), len(found), Run(transcript, made, row["reward"] == 1)))
    return [run for _, _, run in sorted(found, key=lambda f: (f[0], f[1]))]


def books(texts: dict[str, str]) -> dict[str, Runbook]:
    return {name: parse(text, "")[0] for name, text in sorted(texts.items())}


def plans(runbooks: dict[str, Runbook]) -> tuple[Plan, ...]:
    return tuple(
        plan_of_runbook(b, content_words(f"{b.title} {name.replace('-', ' ')}")) for name, b in runbooks.items()
    )


def drafts(workflows: Iterable[Workflow]) -> dict[str, str]:
    return {w.name: draft(w).text for w in workflows}


def judge(arm: Arm, batch: Sequence[Run], experience: Experience) -> dict[str, float]:
    runbooks = books(arm.texts)
    library = Library(plans(runbooks))
    signs = [_plain(row.sign) for b in runbooks.values() for row in b.failure_modes]
    signs += [
        line.removeprefix("- ")
        for b in runbooks.values()
        for s in b.sections
        if s.title.startswith("Note")
        for line in s.text.splitlines()
    ]
    errors = seen = right = asked = 0
    scores: list[tuple[float, bool]] = []
    for run in batch:
        for watched in watch_transcript(run.transcript, library, experience):
            scores.append((watched.checked.score, run.good))
        for case in run.digest.cases:
            for call in case.calls:
                text = template(call.error) if call.outcome == "error" and call.error else ""
                if text and is_telling(text):
                    errors += 1
                    seen += any(is_same_sign(sign, text) for sign in signs)
        if run.good:
            got, of = sources(run.transcript, runbooks)
            right, asked = right + got, asked + of
    good = [s for s, g in scores if g]
    return {
        "foreseen": seen / errors if errors else float("nan"),
        "source": right / asked if asked else float("nan"),
        "auroc": auroc(scores),
        "good": statistics.fmean(good) if good else float("nan"),
        "tokens": float(sum(count(t) for t in arm.texts.values())),
    }


def sources(transcript: Transcript, runbooks: dict[str, Runbook]) -> tuple[int, int]:
    """How many arguments of writing calls the runbooks' own rules give, of how many."""
    words, results = "", {}
    right = asked = 0
    steps = {s.tool: (b, s) for b in runbooks.values() for s in b.steps if s.tool}
    for event in transcript.events:
        if event.kind in ("prompt", "steer"):
            words += "\n" + event.text.lower()
        if event.kind != "call" or event.outcome != "ok" or not isinstance(event.arguments, dict):
            continue
        found = steps.get(event.tool)
        if found and not event.tool.startswith(("get", "list", "find", "search", "calculate", "think", "transfer")):
            book, step = found
            tools = {s.number: s.tool for s in book.steps}
            known = {b.name: b.source for b in step.bindings}
            for name, value in event.arguments.items():
                asked += 1
                right += _gives(known.get(name) or known.get(f"{name}[*]"), value, words, results, tools)
        results.setdefault(event.tool, []).append(event.result)
    return right, asked


def _gives(source: Any, value: Any, words: str, results: dict[str, list[Any]], tools: dict[int, str]) -> bool:
    wanted = value if isinstance(value, list) else [value]
    match source.kind if source else "":
        case "constant":
            return source.value == value
        case "input":
            return all(str(v).lower() in words for v in wanted)
        case "step":
            offered = [v for r in results.get(tools.get(source.step, ""), []) for v in select_values(source.path, r)]
            return all(v in offered for v in wanted)
        case _:
            return False


def take_in(
    arm: Arm,
    number: int,
    batch: Sequence[Run],
    so_far: Sequence[Run],
    experience: Experience,
    mined: Sequence[Workflow],
) -> None:
    """Let an arm learn from a batch, in its own way."""
    if arm.name == "rewrite":
        fresh = drafts(mined)
        arm.broken += len(_broken(arm.texts, fresh, so_far, experience))
        arm.texts, arm.accepted, arm.decisions = fresh, arm.accepted + len(fresh), arm.decisions + len(fresh)
        return
    found = list(_findings(arm, number, batch, experience, mined))
    if arm.name == "notes":
        for finding in found:
            line = f"- {finding.change.subject} {finding.change.text}".strip()
            arm.texts[finding.document] = arm.texts[finding.document].rstrip() + f"\n\n## Note {number}\n\n{line}\n"
            arm.accepted += 1
        return
    arm.findings += found
    before = arm.decisions
    for workflow in mined:  # work that repeats by now and had no runbook: its draft is offered, as `runlore init` does
        if workflow.name not in arm.texts:
            made = draft(workflow)
            arm.texts[workflow.name], arm.evidence[workflow.name] = made.text, dict(made.evidence)
            arm.accepted, arm.decisions = arm.accepted + 1, arm.decisions + 1
    for document, joined in by_document(choose_ripe(join(f for f in arm.findings if f.state == "new"), {})).items():
        _offer(arm, document, joined, so_far, experience)
    arm.groups += arm.decisions > before


def _findings(
    arm: Arm, number: int, batch: Sequence[Run], experience: Experience, mined: Sequence[Workflow]
) -> Iterable[Finding]:
    """What the six questions give for each case of a batch, and what mining over all so far knows better."""
    runbooks = books(arm.texts)
    library = Library(plans(runbooks))
    for at, run in enumerate(batch):
        for watched in watch_transcript(run.transcript, library, experience):
            checked = watched.checked
            if not checked.runbook or checked.case > len(run.digest.cases):
                continue
            seen = seen_case(checked, run.digest.cases[checked.case - 1], library.get(checked.runbook), checked.runbook)
            for answer in answer_all(seen, "transcript"):
                for finding in answer.findings:
                    if finding.document == checked.runbook:
                        yield _with(finding, debrief=number * 1000 + at)
    for workflow in mined:
        if workflow.name in runbooks:
            for learned in learn_changes(runbooks[workflow.name], workflow, arm.evidence.get(workflow.name)):
                key = finding_key(workflow.name, learned.change)
                yield Finding(
                    "else-changed", workflow.name, learned.change, learned.why, key, debrief=number * 1000 + 999
                )


def _with(finding: Finding, **changes: Any) -> Finding:
    return replace(finding, **changes)


def _offer(arm: Arm, document: str, joined: tuple[Joined, ...], so_far: Sequence[Run], experience: Experience) -> None:
    """One proposal for a document: amended, through the gate, accepted where it passes; a change that breaks a run is left out and tried without."""
    keys = {j.key for j in joined}
    while joined:
        amended = amend(arm.texts[document], [j.change for j in joined])
        if not amended.applied or amended.text == arm.texts[document]:
            break
        fresh = {**arm.texts, document: amended.text}
        before = {p.slug for p in lint(arm.texts[document], "") if p.level == "error"}
        errors = [p for p in lint(amended.text, "") if p.level == "error" and p.slug not in before]
        broken = _broken(arm.texts, fresh, so_far, experience)
        arm.decisions += 1
        if not errors and not broken:
            arm.texts, arm.accepted = fresh, arm.accepted + 1
            break
        arm.refused += 1
        arm.decisions -= 1  # the gate refuses by itself; nobody is asked
        guards = [j for j in joined if j.change.kind in ("guard", "binding")]
        joined = tuple(j for j in joined if j not in guards[-1:]) if guards else joined[:-1]
    arm.findings = [_with(f, state="accepted") if f.key in keys and f.document == document else f for f in arm.findings]


def _broken(before: dict[str, str], after: dict[str, str], so_far: Sequence[Run], experience: Experience) -> list[str]:
    """Runs that went well and conformed before, and do not any more."""
    old, new = Library(plans(books(before))), Library(plans(books(after)))
    broken = []
    for run in so_far:
        if not run.good:
            continue
        for a, b in zip(
            watch_transcript(run.transcript, old, experience),
            watch_transcript(run.transcript, new, experience),
            strict=True,
        ):
            if a.checked.score >= CONFORMED > b.checked.score:
                broken.append(run.transcript.session)
    return broken


def auroc(scored: Sequence[tuple[float, bool]]) -> float:
    good, bad = [s for s, g in scored if g], [s for s, g in scored if not g]
    if not good or not bad:
        return float("nan")
    return sum((g > b) + 0.5 * (g == b) for g in good for b in bad) / (len(good) * len(bad))


def _plain(text: str) -> str:
    found = parse_code(text)
    return found[0] if found else text


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--first", type=int, default=50)
    parser.add_argument("--batch", type=int, default=25)
    parser.add_argument("--most", type=int, default=24)
    options = parser.parse_args()
    runs = load(options.folder)
    first, rest = runs[: options.first], runs[options.first :]
    workflows = mine([r.digest for r in first]).workflows
    experience = learn_experience([r.transcript for r in first], Library(plans(books(drafts(workflows)))))
    evidence = {w.name: dict(draft(w).evidence) for w in workflows}
    arms = [Arm(name, drafts(workflows), evidence) for name in ("ours", "nothing", "notes", "rewrite")]
    print(f"{len(runs)} runs; {len(first)} mined first into {len(workflows)} runbooks; then batches of {options.batch}")
    batches = [rest[at : at + options.batch] for at in range(0, len(rest), options.batch)][: options.most]
    so_far = list(first)
    for number, batch in enumerate(batches, 1):
        for arm in arms:
            arm.curve.append(judge(arm, batch, experience))
        so_far += batch
        mined = mine([r.digest for r in so_far]).workflows
        for arm in arms:
            if arm.name != "nothing":
                take_in(arm, number, batch, so_far, experience, mined)
        told = "  ".join(
            f"{a.name} {a.curve[-1]['foreseen']:.2f}/{a.curve[-1]['source']:.2f}/{a.curve[-1]['tokens']:.0f}"
            for a in arms
        )
        print(f"batch {number:2}: {told}", flush=True)
    _print(arms)


def _print(arms: Sequence[Arm]) -> None:
    print(
        "\n| arm | foreseen | source | auroc | good runs | tokens at the end | accepted | decisions | refused by the gate | broken |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for arm in arms:
        half = arm.curve[len(arm.curve) // 2 :]
        means = {k: _mean([c[k] for c in half]) for k in ("foreseen", "source", "auroc", "good")}
        print(
            f"| {arm.name} | {means['foreseen']:.3f} | {means['source']:.3f} | {means['auroc']:.3f} | {means['good']:.3f} | {arm.curve[-1]['tokens']:.0f}"
            f" | {arm.accepted} | {arm.decisions} | {arm.refused} | {arm.broken} |"
        )
    print("\nMeans over the later half of the batches.")
    ours = arms[0]
    every = max(1, len(ours.findings))
    print(
        f"{len(ours.findings)} findings: {ours.decisions} proposals ({50 * ours.decisions / every:.1f} for fifty findings), "
        f"reviewed together in {ours.groups} groups ({50 * ours.groups / every:.1f} for fifty findings)."
    )


def _mean(values: Sequence[float]) -> float:
    known = [v for v in values if v == v]  # noqa: PLR0124 — not a number is unequal to itself
    return statistics.fmean(known) if known else float("nan")


if __name__ == "__main__":
    main()
