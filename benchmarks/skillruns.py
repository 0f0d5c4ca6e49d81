"""Do the debriefs' proposals name the lines that people changed later? Written procedures that were run, corrected and revised by people.

usage: python benchmarks/skillruns.py FOLDER [--all]
FOLDER holds procedures.jsonl.gz and runs.jsonl.gz. Every run becomes a transcript (its command, its calls, what the worker and the person said next), is read and debriefed
as any session is, and its findings are joined over all runs made before a revision was first seen. What is ripe is proposed: as small edits of the procedure that the runs
followed, brought into the format of runbooks. Each proposal stands beside the hunks of the text revision that people made next; it is judged once, by the first
revision after it: later ones find it decided.

Which texts are revisions: texts of one name (a slash command and a skill of one name are one procedure, and so are two names that share a text), in the order in which
they were first run. Texts that differ only by what the client filled in (arguments, ``$1``) are one text.

A hunk is a run of changed lines with at most one unchanged or blank line between; one that changes numbers of headings only is none.

The judgement, by rule, the strictest first:

  says        at least three words of the proposal, and half of its words, stand in the changed lines (old and new) of one hunk
  points      the call that failed or was refused ran what the hunk changed: of a piece of code that only the old or only the new lines hold, at least
              five words, and four fifths of them, stand in its command (a piece is an inline code span, or all lines of a hunk that lies in a code block)
  section     it names the step under whose heading a hunk is
  another     none of these: no hunk of the next revision has to do with it
Words are runs of letters of two or more, without the commonest words of English; what stands in braces is a placeholder and none. A measure of chance:
the proposals of all other procedures judged by the same rule against the same hunks.
"""

from __future__ import annotations

import argparse
import difflib
import gzip
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec

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
RAN_WORDS, RAN_SHARE = 5, 0.8
GRADES = ("says", "points", "section", "another")
_WORD = re.compile(r"[^\W\d_]{2,}")
_NUMBERED = re.compile(r"^(#+ )\d+\. ")
_CODE = re.compile(r"(?<!`)`([^`]+)`(?!`)")
_PLACE = re.compile(r"\$?\{\w+\}")
_COMMON_WORDS = """
the and for that this with you your are was not but can all have from they will one has had what when out use into then than them its our any
of to in is it on as at be by or an if do so no we he me my us up
"""
_COMMON = frozenset(_COMMON_WORDS.split())


@dataclass(frozen=True, slots=True)
class Made:
    """One run of a procedure, and the text that it followed; ``commands`` gives what was called, by the lines of its transcript."""

    procedure: str
    started: str
    text: str
    transcript: Transcript
    commands: dict[int, str]


@dataclass(frozen=True, slots=True)
class Hunk:
    """Lines that people took out and put in, at a line of the older text, below a heading; ``fenced`` where it lies in a code block."""

    line: int
    heading: str
    fenced: bool
    old: tuple[str, ...]
    new: tuple[str, ...]

    def pieces(self) -> tuple[frozenset[str], ...]:
        """Give the words of each piece of code that only the one side holds."""
        old, new = self._code(self.old), self._code(self.new)
        return tuple(words(_PLACE.sub(" ", code)) for code in (*(old - new), *(new - old)))

    def _code(self, lines: tuple[str, ...]) -> set[str]:
        return {"\n".join(lines)} if self.fenced else {code for line in lines for code in _CODE.findall(line)}


@dataclass(frozen=True, slots=True)
class Revision:
    """A text that people replaced by another, with what they changed and when the new one was first run."""

    procedure: str
    before: str
    seen: str
    hunks: tuple[Hunk, ...]


@dataclass(frozen=True, slots=True)
class Proposed:
    """A change with the commands that it rests on, and why the runbook did not take it (empty where it did)."""

    joined: Joined
    ran: tuple[str, ...]
    refused: str

    def told(self) -> str:
        """Give the change on one line."""
        change = self.joined.change
        refused = f" (not taken: {self.refused})" if self.refused else ""
        return (
            f"{change.kind} at step {change.step}, {self.joined.runs} runs: {change.subject} → {change.text}{refused}"
        )


@dataclass(frozen=True, slots=True)
class Offered:
    """The proposals after some runs, and the counts in words."""

    proposals: tuple[Proposed, ...]
    told: str


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
            text = _unfilled(texts[row["procedure_id"]], row["args"])
            made.append(Made(row["name"].lstrip("/"), row["started"], text, *as_transcript(row)))
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
        above = f"u{number - 1}" if number > 1 else None
        message = {"role": role, "content": content}
        records.append(
            {**base, "type": role, "uuid": f"u{number}", "parentUuid": above, "timestamp": time, "message": message}
        )

    name = row["name"].lstrip("/")
    args = f"<command-args>{row['args'] or ''}</command-args>"
    add("user", f"<command-message>{name}</command-message>\n<command-name>/{name}</command-name>\n{args}", row["started"])  # fmt: skip
    time = row["started"]
    for at, step in enumerate(row["steps"]):
        time = step["ts"] or time
        add("assistant", [{"type": "tool_use", "id": f"t{at}", "name": step["tool"], "input": step["input"]}], time)
        commands[len(records)] = str((step["input"] or {}).get("command", ""))
        if step["result"] is not None:
            result = {"type": "tool_result", "tool_use_id": f"t{at}", "content": step["result"]}
            add("user", [{**result, "is_error": bool(step["is_error"])}], time)
            commands[len(records)] = commands[len(records) - 1]
    time = row["ended"] or time
    if row["final_text"]:
        add("assistant", [{"type": "text", "text": row["final_text"]}], time)
    if row["next_user_prompt"]:
        add("user", row["next_user_prompt"], time)
    found = read_lines("run.jsonl", [json.dumps(r).encode() for r in records])
    [reading] = [r for r in found if isinstance(r, Reading)]
    return msgspec.structs.replace(reading.transcript, hash=f"sha256:{row['run_id']}"), commands


def revisions(made: Sequence[Made]) -> list[Revision]:
    """What people changed, procedure by procedure, in the order in which the texts were first run."""
    chains: dict[str, dict[str, str]] = defaultdict(dict)
    for run in made:
        chains[run.procedure].setdefault(run.text, run.started)
    return [
        Revision(procedure, before, seen, hunks)
        for procedure, texts in sorted(chains.items())
        for (before, _), (after, seen) in pairwise(texts.items())
        if (hunks := tuple(hunks_of(before.split("\n"), after.split("\n"))))
    ]


def hunks_of(old: list[str], new: list[str]) -> Iterator[Hunk]:
    """What changed between two texts, near changes together."""
    spans: list[list[int]] = []
    for tag, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal" and spans and a - spans[-1][1] <= 1:
            spans[-1][1], spans[-1][3] = b, d
        elif tag != "equal":
            spans.append([a, b, c, d])
    for a, b, c, d in spans:
        gone, come = [x for x in old[a:b] if x.strip()], [x for x in new[c:d] if x.strip()]
        if [_NUMBERED.sub(r"\1", x) for x in gone] != [_NUMBERED.sub(r"\1", x) for x in come]:
            kept = set(gone) & set(come)
            fenced, heading = place_of(old[:a])
            yield Hunk(
                a + 1, heading, fenced, tuple(x for x in gone if x not in kept), tuple(x for x in come if x not in kept)
            )


def place_of(lines: list[str]) -> tuple[bool, str]:
    """Where a text goes on after some lines: whether in a code block, and below which heading (without its number)."""
    fenced, heading = False, ""
    for line in lines:
        if line.lstrip().startswith("```"):
            fenced = not fenced
        elif line.startswith("#") and not fenced:
            heading = _NUMBERED.sub(r"\1", line).strip("# ")
    return fenced, heading


def as_runbook(text: str, name: str) -> Runbook | None:
    """What is recognised of a procedure; None where it has no steps."""
    bundle = Bundle("markdown", f"{name}.md", (FileContent(f"{name}.md", text.encode()),))
    return recognise("runbooks", name, bundle).runbook


def debrief(run: Made, number: int) -> Iterator[Finding]:
    """The findings of the six questions about a run, for the procedure that it followed."""
    name = run.procedure.replace(":", "-")
    runbook = as_runbook(run.text, name)
    plan = plan_of_runbook(runbook, content_words(runbook.title)) if runbook and runbook.steps else None
    library = Library((plan,) if plan else ())
    cases = digest(run.transcript).cases
    for watched in watch_transcript(run.transcript, library, Experience(), plan.name if plan else ""):
        checked = watched.checked
        if checked.case <= len(cases):
            seen = seen_case(checked, cases[checked.case - 1], plan, f"runbooks/{name}")
            for answer in answer_all(seen, "transcript"):
                for finding in answer.findings:
                    yield replace(finding, debrief=number)


def propose(made: Sequence[Made]) -> Offered:
    """What is ripe after some runs of a procedure, as edits of the text that the last of them followed."""
    findings = [f for number, run in enumerate(made, 1) for f in debrief(run, number)]
    lines = join(findings)
    ripe = choose_ripe(lines, {})
    text = made[-1].text
    runbook = as_runbook(text, "procedure")
    base = render(runbook) if runbook else text
    amended = amend(base, [j.change for j in ripe if j.change.kind != "note"])
    known = {p.message for p in lint(base, "") if p.level == "error"}
    errors = sum(p.level == "error" and p.message not in known for p in lint(amended.text, ""))
    reasons = dict(amended.left)
    commands = {run.transcript.hash: run.commands for run in made}
    proposals = tuple(Proposed(j, _ran(j, commands), reasons.get(j.change, "")) for j in ripe)
    told = f"{len(made)} runs, {len(findings)} findings on {len(lines)} lines, {len(proposals)} proposed, {errors} errors of lint from them"
    return Offered(proposals, told)


def _ran(joined: Joined, commands: dict[str, dict[int, str]]) -> tuple[str, ...]:
    found = (commands.get(s.transcript, {}).get(s.line, "") for f in joined.findings for s in f.sources)
    return tuple(dict.fromkeys(c for c in found if c))


def judge(proposal: Proposed, hunks: Iterable[Hunk], titles: dict[int, str]) -> tuple[str, Hunk | None]:
    """Judge one proposal against what people changed; ``titles`` are those of the steps of the text that they changed."""
    best: tuple[str, Hunk | None] = ("another", None)
    for hunk in hunks:
        grade = _grade(proposal, hunk, titles.get(proposal.joined.change.step, ""))
        if GRADES.index(grade) < GRADES.index(best[0]):
            best = (grade, hunk)
    return best


def _grade(proposal: Proposed, hunk: Hunk, title: str) -> str:
    own = words(f"{proposal.joined.change.subject} {proposal.joined.change.text}")
    shared = own & words("\n".join((*hunk.old, *hunk.new)))
    if len(shared) >= SAID_WORDS and len(shared) >= SAID_SHARE * len(own):
        return "says"
    for command in map(words, proposal.ran):
        if any(len(p & command) >= RAN_WORDS and len(p & command) >= RAN_SHARE * len(p) for p in hunk.pieces()):
            return "points"
    return "section" if title and title == hunk.heading else "another"


def words(text: str) -> frozenset[str]:
    """The words of a text that tell something."""
    return frozenset(w for w in _WORD.findall(text.lower()) if w not in _COMMON)


def report(
    revision: Revision,
    runs: Sequence[Made],
    decided: set[tuple[str, str]],
    grades: Counter[str],
    hunks: Counter[str],
) -> None:
    """Print a revision: the proposals from the runs before it with their judgement, and what people changed; count both."""
    offered = propose([r for r in runs if r.started < revision.seen])
    before = sum((revision.procedure, p.joined.key) in decided for p in offered.proposals)
    print(f"\n## {revision.procedure}, first run as revised {revision.seen[:16]}\n{offered.told}, {before} of them decided before")  # fmt: skip
    named: dict[int, str] = {}
    fresh = [p for p in offered.proposals if (revision.procedure, p.joined.key) not in decided]
    decided.update((revision.procedure, p.joined.key) for p in fresh)
    for proposal in fresh:
        grade, hunk = judge(proposal, revision.hunks, titles_of(revision))
        grades[grade] += 1
        if hunk:
            named[hunk.line] = min(grade, named.get(hunk.line, "another"), key=GRADES.index)
        print(f"  proposal [{grade}{f', line {hunk.line}' if hunk else ''}] {proposal.told()}")
    for hunk in revision.hunks:
        grade = named.get(hunk.line, "another")
        hunks[grade] += 1
        print(f"  people [{grade}] line {hunk.line}, below “{hunk.heading}”")
        for sign, changed in (("-", hunk.old), ("+", hunk.new)):
            for line in changed:
                print(f"      {sign} {line[:150]}")


def titles_of(revision: Revision) -> dict[int, str]:
    """The titles of the steps of a text, by their numbers."""
    runbook = as_runbook(revision.before, "procedure")
    return {s.number: s.title for s in runbook.steps} if runbook else {}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--all", action="store_true", help="Show the proposals of every procedure from all its runs too.")  # fmt: skip
    options = parser.parse_args()
    made = load(options.folder)
    found = revisions(made)
    procedures = sorted({run.procedure for run in made})
    print(f"{len(made)} runs of {len(procedures)} procedures; {len(found)} revisions by people")
    whole = {name: propose([r for r in made if r.procedure == name]) for name in procedures}
    grades: Counter[str] = Counter()
    hunks: Counter[str] = Counter()
    chance: Counter[str] = Counter()
    decided: set[tuple[str, str]] = set()
    for revision in found:
        report(revision, [r for r in made if r.procedure == revision.procedure], decided, grades, hunks)
        others = [p for name in procedures if name != revision.procedure for p in whole[name].proposals]
        chance.update(judge(p, revision.hunks, {})[0] for p in others)
    print()
    for name, counts in (("proposals", grades), ("hunks", hunks), ("proposals of other procedures", chance)):
        print(f"{name}: {sum(counts.values())}, " + ", ".join(f"{counts[g]} {g}" for g in GRADES))
    for name in procedures if options.all else ():
        print(f"\n### {name}: {whole[name].told}")
        for proposal in whole[name].proposals:
            print(f"  - {proposal.told()}")


if __name__ == "__main__":
    main()
