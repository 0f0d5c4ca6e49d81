"""The backtest of every project under a folder of sessions, as the table of backtest.md.

usage: python benchmarks/backtest.py FOLDER...
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from runlore.actions.backtest import BacktestRequest, backtest
from runlore.model.backtest import Share
from runlore.settings import Settings

COLUMNS = (
    "history", "sessions", "later cases", "runbooks", "routed", "failures foreseen", "seen before", "steps known", "next step", "by a chain",
    "values", "usual value", "bad acts warned of", "good acts warned of", "calls on what was known",
)  # fmt: skip


def told(share: Share) -> str:
    """A share in a cell; in brackets where there is not enough data, a dash where there is none."""
    if share.share is None:
        return "–"
    text = f"{100 * share.share:.0f} % of {share.total} [{100 * share.low:.0f}–{100 * share.high:.0f}]"
    return text if share.enough else f"({text})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    options = parser.parse_args()
    print("| " + " | ".join(COLUMNS) + " |")
    print("|" + " --- |" * len(COLUMNS))
    for folder in options.folders:
        with tempfile.TemporaryDirectory() as home:
            found = backtest(Settings(Path(home, "home"), Path(home)), BacktestRequest((folder,)))
        for one in found.backtests:
            cells = (
                f"{folder.name}: {one.name}", f"{one.earlier} + {one.later}", str(one.cases), str(one.runbooks), told(one.routed),
                told(one.failures), told(one.failures_seen), told(one.steps), told(one.next_step), told(one.next_step_chain),
                told(one.values), told(one.values_usual), told(one.warnings.right), told(one.warnings.false),
                f"{one.asked_again.calls} of {one.spent.calls}",
            )  # fmt: skip
            print("| " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
