"""Do the debriefs' proposals name the lines that people changed later? Written procedures that were run, corrected and revised by people.

usage: python benchmarks/skillruns.py FOLDER [--all] [--show-text]
FOLDER holds procedures.jsonl.gz and runs.jsonl.gz. Every run becomes a transcript (its command, its calls, what the worker and the person said next), is read and debriefed
as any session is, and its findings are joined over all runs made before a revision was first seen. What is ripe is proposed: as small edits of the procedure that the runs
followed, brought into the format of runbooks. Each proposal stands beside the hunks of the text revision that people made.

Which texts are revisions: texts of one name (a slash command and a skill of one name are one procedure, and so are two names that share a text), in the order in which
they were first run. Texts that differ only by what the client filled in (arguments, ``$1``) are one text.

A hunk is a run of changed lines with at most one unchanged or blank line between; one that changes numbers of headings only is none.

The judgement, by rule, the strictest first:

  says        at least three words of the proposal, and half of its words, stand in the changed lines (old and new) of one hunk
  points      the call that failed or was refused ran what the hunk changed: at least five words, and 60 %, of the hunk's old code stand in the command
  another     neither: no hunk of the next revision has to do with it
Words are runs of letters of two or more, without the commonest words of English. As a measure of chance each proposal is judged by the same rule against the revisions
of other procedures, and of its own that were made before its runs.
"""

from __future__ import annotations

import argparse
import difflib
import gzip
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from runlore.actions.seen_session import seen_case
from runlore.debriefing.answer import answer_all
from runlore.debriefing.gather import Joined, choose_ripe, join
from runlore.mining.conformance.check import Experience, watch_transcript
from runlore.mining.conformance.find import Library
from runlore.mining.conformance.plan import plan_of_runbook
from runlore.mining.digest import digest
from runlore.mining.words import content_words
from runlore.model import Transcript
from runlore.model.debrief import Finding
from runlore.model.document import Bundle, FileContent
from runlore.model.runbook import Runbook
from runlore.runbooks.amend import amend
from runlore.runbooks.formats.recognise import recognise
from runlore.runbooks.lint import lint
from runlore.runbooks.render import render
from runlore.transcripts.base import Reading
from runlore.transcripts.reading import read_lines

SAID_WORDS, SAID_SHARE = 3, 0.5
RAN_WORDS, RAN_SHARE = 5, 0.6
_WORD = re.compile(r"[^\W\d_]{2,}")
_NUMBERED = re.compile(r"^(#+ )\d+\. ")
_COMMON = frozenset(
    "the and for that this with you your are was not but can all have from they will one has had what when out use into then than them its our any "
    "of to in is it on as at be by or an if do so no we he me my us up".split()
)


@dataclass(frozen=True, slots=True)
class Made:
    """One run of a procedure, and the text that it followed; ``commands`` gives what was called, by the lines of its transcript."""

    procedure: str
    started: str
    text: str
    row: dict[str, Any]
    transcript: Transcript
    commands: dict[int, str]


@dataclass(frozen=True, slots=True)
class Hunk:
    """Lines that people took out and put in, at a line of the older text, below a heading."""

    line: int
    heading: str
    old: tuple[str, ...]
    new: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Revision:
    """A text that people replaced by another, with what they changed and when the new one was first run."""

    procedure: str
    before: str
    after: str
    seen: str
    hunks: tuple[Hunk, ...]


@dataclass(frozen=True, slots=True)
class Proposed:
    """A change with the calls that it rests on, and whether the runbook took it (empty) or why it did not."""

    joined: Joined
    ran: tuple[str, ...]
    refused: str

    @property
    def words(self) -> str:
        change = self.joined.change
        return f"{change.subject} {change.text}"


def load(folder: Path) -> list[Made]:
    """Every run with its text, in the order in which they were made; a run that two sessions hold (one was forked from the other) counts once."""
    with gzip.open(folder / "procedures.jsonl.gz", "rt") as lines:
        texts = {p["procedure_id"]: p["text"] for p in map(json.loads, lines)}
    with gzip.open(folder / "runs.jsonl.gz", "rt") as lines:
        rows = sorted(map(json.loads, lines), key=lambda r: (r["started"], r["run_id"]))
    made, known = [], set()
    for row in rows:
        same = (row["name"], row["started"], tuple(s["uuid"] for s in row["steps"]))
        if row["procedure_id"] in texts and not row["launch_error"] and same not in known:
            known.add(same)
            transcript, commands = as_transcript(row)
            text = _unfilled(texts[row["procedure_id"]], row["args"])
            made.append(Made(row["name"].lstrip("/"), row["started"], text, row, transcript, commands))
    return _with_one_name(made)


def _unfilled(text: str, args: str | None) -> str:
    """A text as it was written: without what the client filled in."""
    plain = text.replace(args.strip(), "") if args and args.strip() else text
    return "\n".join(re.sub(r"\$(?:\d|ARGUMENTS)", "", line).rstrip() for line in plain.strip().split("\n"))


def _with_one_name(made: list[Made]) -> list[Made]:
    """Two names that share a text are one procedure: the first of them names it."""
    names: dict[str, str] = {}
    for run in made:
        names.setdefault(run.text, names.get(run.procedure, run.procedure))
        names.setdefault(run.procedure, names[run.text])
    return [replace(run, procedure=names[run.procedure]) for run in made]


def as_transcript(row: dict[str, Any]) -> tuple[Transcript, dict[int, str]]:
    """A run as a session of its host would have recorded it, and the commands by the lines of their calls and results."""
    base = {"sessionId": row["run_id"], "version": "2.1.29", "cwd": "/repo", "userType": "external"}
    records: list[dict[str, Any]] = []
    commands: dict[int, str] = {}

    def add(role: str, content: Any, time: str) -> None:
        number = len(records) + 1
        records.append({**base, "type": role, "uuid": f"u{number}", "parentUuid": f"u{number - 1}" if number > 1 else None,
                        "timestamp": time, "message": {"role": role, "content": content}})  # fmt: skip

    name = row["name"].lstrip("/")
    add("user", f"<command-message>{name}</command-message>\n<command-name>/{name}</command-name>\n<command-args>{row['args'] or ''}</command-args>", row["started"])  # fmt: skip
    for at, step in enumerate(row["steps"]):
        time = step["ts"] or row["started"]
        add("assistant", [{"type": "tool_use", "id": f"t{at}", "name": step["tool"], "input": step["input"]}], time)
        commands[len(records)] = str((step["input"] or {}).get("command", ""))
        if step["result"] is not None:
            result = {"type": "tool_result", "tool_use_id": f"t{at}", "content": step["result"]}
            add("user", [{**result, "is_error": bool(step["is_error"])}], time)
            commands[len(records)] = commands[len(records) - 1]
    ended = row["ended"] or (row["steps"][-1]["ts"] if row["steps"] else row["started"]) or row["started"]
    if row["final_text"]:
        add("assistant", [{"type": "text", "text": row["final_text"]}], ended)
    if row["next_user_prompt"]:
        add("user", row["next_user_prompt"], ended)
    lines = [json.dumps(r).encode() for r in records]
    [reading] = [r for r in read_lines("run.jsonl", lines) if isinstance(r, Reading)]
    return replace_hash(reading.transcript, row["run_id"]), commands


def replace_hash(transcript: Transcript, name: str) -> Transcript:
    import msgspec

    return msgspec.structs.replace(transcript, hash=f"sha256:{name}")


def revisions(made: Sequence[Made]) -> list[Revision]:
    """What people changed, procedure by procedure, in the order in which the texts were first run."""
    chains: dict[str, dict[str, str]] = defaultdict(dict)
    for run in made:
        chains[run.procedure].setdefault(run.text, run.started)
    found = []
    for procedure, texts in sorted(chains.items()):
        ordered = list(texts.items())
        for (before, _), (after, seen) in zip(ordered, ordered[1:], strict=False):
            hunks = tuple(hunks_of(before.split("\n"), after.split("\n")))
            if hunks:
                found.append(Revision(procedure, before, after, seen, hunks))
    return found


def hunks_of(old: list[str], new: list[str]) -> Iterator[Hunk]:
    """What changed between two texts, near changes together."""
    spans: list[list[int]] = []
    for tag, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        if spans and a - spans[-1][1] <= 1:
            spans[-1][1], spans[-1][3] = b, d
        else:
            spans.append([a, b, c, d])
    for a, b, c, d in spans:
        gone, come = [x for x in old[a:b] if x.strip()], [x for x in new[c:d] if x.strip()]
        if [_NUMBERED.sub(r"\1", x) for x in gone] != [_NUMBERED.sub(r"\1", x) for x in come]:
            kept = set(gone) & set(come)
            heading = next((x for x in reversed(old[:a]) if x.startswith("#") and " " in x and len(x) < 90), "")
            yield Hunk(a + 1, heading.strip("# "), tuple(x for x in gone if x not in kept), tuple(x for x in come if x not in kept))  # fmt: skip


def as_runbook(text: str, name: str) -> Runbook | None:
    """What is recognised of a procedure; None where it has no steps."""
    bundle = Bundle("markdown", f"{name}.md", (FileContent(f"{name}.md", text.encode()),))
    return recognise("runbooks", name, bundle).runbook


def debrief(run: Made, number: int) -> Iterator[Finding]:
    """The findings of the six questions about a run, for the procedure that it followed."""
    document = f"runbooks/{run.procedure.replace(':', '-')}"
    runbook = as_runbook(run.text, document.rpartition("/")[2])
    plans = (plan_of_runbook(runbook, content_words(runbook.title)),) if runbook and runbook.steps else ()
    library = Library(plans)
    cases = digest(run.transcript).cases
    for watched in watch_transcript(run.transcript, library, Experience(), plans[0].name if plans else ""):
        checked = watched.checked
        if checked.case <= len(cases):
            seen = seen_case(checked, cases[checked.case - 1], plans[0] if plans else None, document)
            for answer in answer_all(seen, "transcript"):
                for finding in answer.findings:
                    yield replace(finding, debrief=number)


def propose(made: Sequence[Made], text: str, procedure: str) -> tuple[list[Proposed], int, int, int]:
    """What is ripe after some runs, as edits of a text; with the findings, the lines they join to, and the errors of lint that the edits brought."""
    findings = [f for number, run in enumerate(made, 1) for f in debrief(run, number)]
    lines = join(findings)
    ripe = choose_ripe(lines, {})
    runbook = as_runbook(text, procedure.replace(":", "-"))
    base = render(runbook) if runbook else text
    edits = [j for j in ripe if j.change.kind != "note"]
    amended = amend(base, [j.change for j in edits])
    known = {p.message for p in lint(base, "") if p.level == "error"}
    errors = sum(p.level == "error" and p.message not in known for p in lint(amended.text, ""))
    reasons = {id(change): why for change, why in amended.left}
    commands = {run.transcript.hash: run.commands for run in made}
    proposals = [Proposed(j, _ran(j, commands), reasons.get(id(j.change), "")) for j in ripe]
    return proposals, len(findings), len(lines), errors


def _ran(joined: Joined, commands: dict[str, dict[int, str]]) -> tuple[str, ...]:
    found = (commands.get(s.transcript, {}).get(s.line, "") for f in joined.findings for s in f.sources)
    return tuple(dict.fromkeys(c for c in found if c))


def judge(proposal: Proposed, hunks: Iterable[Hunk]) -> tuple[str, Hunk | None]:
    """Judge one proposal against what people changed."""
    own = words(proposal.words)
    best: tuple[str, Hunk | None] = ("another", None)
    for hunk in hunks:
        shared = own & words("\n".join((*hunk.old, *hunk.new)))
        if len(shared) >= SAID_WORDS and len(shared) >= SAID_SHARE * len(own):
            return "says", hunk
        old = words("\n".join(hunk.old))
        for command in proposal.ran:
            ran = old & words(command)
            if len(ran) >= RAN_WORDS and len(ran) >= RAN_SHARE * len(old) and best[1] is None:
                best = ("points", hunk)
    return best


def words(text: str) -> frozenset[str]:
    """The words of a text that tell something."""
    return frozenset(w for w in _WORD.findall(text.lower()) if w not in _COMMON)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--all", action="store_true", help="Show the proposals of procedures that nobody revised too.")
    options = parser.parse_args()
    made = load(options.folder)
    found = revisions(made)
    procedures = sorted({run.procedure for run in made})
    print(f"{len(made)} runs of {len(procedures)} procedures; {len(found)} revisions by people, {sum(len(r.hunks) for r in found)} hunks")  # fmt: skip
    counts: dict[str, int] = defaultdict(int)
    for revision in found:
        report(revision, [r for r in made if r.procedure == revision.procedure], found, counts)
    print("\nproposals: " + json.dumps(dict(sorted(counts.items()))))
    for procedure in procedures if options.all else ():
        runs = [r for r in made if r.procedure == procedure]
        proposals, findings, lines, _ = propose(runs, runs[-1].text, procedure)
        print(f"\n### {procedure}: {len(runs)} runs, {findings} findings, {lines} lines, {len(proposals)} proposals")
        for proposal in proposals:
            print(f"  - {_line(proposal)}")


def report(revision: Revision, runs: Sequence[Made], found: Sequence[Revision], counts: dict[str, int]) -> None:
    """Print a revision: its hunks, and the proposals from the runs before it, each with its judgement; count them."""
    before = [r for r in runs if r.started < revision.seen]
    proposals, findings, lines, errors = propose(before, revision.before, revision.procedure)
    print(f"\n## {revision.procedure}, first run as revised {revision.seen[:16]}")
    print(f"{len(before)} runs before it, {findings} findings on {lines} lines, {len(proposals)} proposed; {errors} errors of lint more than before")  # fmt: skip
    named: dict[int, str] = {}
    others = [h for r in found if r.procedure != revision.procedure or r.seen < revision.seen for h in r.hunks]
    for proposal in proposals:
        verdict, hunk = judge(proposal, revision.hunks)
        counts[verdict] += 1
        counts["by chance"] += judge(proposal, others)[0] != "another"
        counts["all"] += 1
        counts["refused"] += bool(proposal.refused)
        if hunk:
            named[hunk.line] = "says" if "says" in (verdict, named.get(hunk.line, "")) else "points"
        print(f"  proposal [{verdict}{f' line {hunk.line}' if hunk else ''}] {_line(proposal)}")
    for hunk in revision.hunks:
        counts["hunks"] += 1
        counts[f"hunks {named.get(hunk.line, 'missed')}"] += 1
        print(f"  people  [{named.get(hunk.line, 'nobody proposed it')}] line {hunk.line}, below “{hunk.heading}”")
        for sign, changed in (("-", hunk.old), ("+", hunk.new)):
            for line in changed:
                print(f"      {sign} {line[:150]}")


def _line(proposal: Proposed) -> str:
    change = proposal.joined.change
    refused = f" (not taken: {proposal.refused})" if proposal.refused else ""
    return f"{change.kind} at step {change.step}, {proposal.joined.runs} runs: {change.subject} → {change.text}{refused}"


if __name__ == "__main__":
    main()
