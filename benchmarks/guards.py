"""Mined guards beside a written policy: which of its rules are found, which are missed, and which guards nobody wrote.

usage: python benchmarks/guards.py FOLDER [--policy FILE]
FOLDER holds retail trajectories (*.jsonl.gz) and the policy. The rules are written down here from the policy's sentences, and they judge by behaviour
alone: each has scenes in a shop of its own that the rule allows and scenes that it forbids. A guard of the step finds the rule where it stops every
forbidden scene and no allowed one; a guard that stops what the policy allows, or nothing that it or the tool forbids, is invented.
Apart from that each rule counts, over all attempts in the runs, how often it was kept and broken. A rule that no attempt broke was not exercised: nothing
in the runs tells it from chance. Confirmations are approvals in a runbook, so they are looked for there.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from guards_mined import Judged, find_links, judge, mine_runs
from guards_rules import RULES, Rule, read_attempts, tally


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--policy", type=Path)
    given = parser.parse_args()
    policy = (given.policy or given.folder / "policy_tau2.md").read_text("utf-8")
    counts = tally(read_attempts(given.folder))
    judged = {reward: judge(mine_runs(given.folder, with_rewards=reward)) for reward in (True, False)}
    halves = {half: judge(mine_runs(given.folder, with_rewards=True, half=half)) for half in (0, 1)}
    print("\n".join((*_page(policy, counts, judged), "", *_halves(counts, halves))))


def _page(policy: str, counts: dict[str, tuple[int, int]], judged: dict[bool, Judged]) -> Iterator[str]:
    yield "| rule | line of the policy | kept | broken | with rewards | rewards stripped |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for rule in RULES:
        kept, broken = counts[rule.name]
        cells = [_cell(judged[reward], rule) for reward in (True, False)]
        yield f"| {rule.name} | {_line(policy, rule)} | {kept} | {broken} | {cells[0]} | {cells[1]} |"
    yield ""
    for reward, said in ((True, "with rewards"), (False, "rewards stripped")):
        yield from _figures(said, counts, judged[reward])
    yield ""
    yield "Guards with the sentence that they are linked to (by `link_policy`), learned with rewards:"
    yield ""
    yield "| step | guard | judged | linked to line |"
    yield "| --- | --- | --- | --- |"
    links = find_links(judged[True], policy)
    for guard in judged[True].guards:
        yield f"| `{guard.effect}` | {guard.text.replace('|', '&#124;')} | {guard.verdict} | {links.get(guard.key, '–')} |"


def _halves(counts: dict[str, tuple[int, int]], halves: dict[int, Judged]) -> Iterator[str]:
    yield "Learned from every second task alone, with rewards:"
    yield ""
    for half, said in ((0, "even tasks"), (1, "odd tasks")):
        yield from _figures(said, counts, halves[half])


def _figures(said: str, counts: dict[str, tuple[int, int]], judged: Judged) -> Iterator[str]:
    exercised = [r for r in RULES if counts[r.name][1]]
    found = [r for r in exercised if r.name in judged.found]
    every = [r for r in RULES if r.name in judged.found]
    invented = [g for g in judged.guards if g.verdict == "invented"]
    total = len(judged.guards) + len(judged.approvals)
    yield f"- **{said}**: found {len(found)} of {len(exercised)} rules that the runs exercise ({_percent(len(found), len(exercised))}), {len(every)} of all {len(RULES)};"
    yield f"  invented {len(invented)} of {total} guards and approvals ({_percent(len(invented), total)})"


def _cell(judged: Judged, rule: Rule) -> str:
    if rule.name not in judged.found:
        return "missed"
    return "found: " + judged.found[rule.name].replace("|", "&#124;")


def _line(policy: str, rule: Rule) -> str:
    lines = [n for n, line in enumerate(policy.splitlines(), 1) if rule.sentence in line]
    return f"{lines[0]}: “{rule.sentence}”" if lines else "–"


def _percent(part: int, whole: int) -> str:
    return f"{round(100 * part / whole)} %" if whole else "none"


if __name__ == "__main__":
    main()
