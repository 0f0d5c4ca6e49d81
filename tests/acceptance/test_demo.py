"""`make demo` after the install: what a newcomer sees, from the first line to the last."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from pathlib import Path

from story import make_runlore


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "runlore.demo.run", *words],
        cwd=folder,
        env=make_runlore(folder).environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_demo_shows_everything_and_says_what_to_do_next(tmp_path: Path) -> None:
    sessions = tmp_path / "person" / ".claude" / "projects" / "-srv-app"
    sessions.mkdir(parents=True)
    for number in range(3):
        (sessions / f"{number}.jsonl").write_text("{}\n")
    begun = time.monotonic()
    done = run(tmp_path)
    assert done.returncode == 0, done.stderr
    assert time.monotonic() - begun < 120
    told = done.stdout
    order = [
        "Its agents left",
        "runlore mine .demo/transcripts",
        "Workflow",
        "publish-media-on-instagram",
        "runlore show publish-media-on-instagram --evidence",
        "⟵ 8 of 8",
        "runlore report .demo/report.html",
        "The report: file://",
        "3 of claude-code",
        "Next:",
        " mine ",
        " workflows ",
    ]
    place = 0
    for piece in order:
        assert piece in told[place:], f"{piece!r} does not come after what comes before it"
        place = told.index(piece, place) + len(piece)
    page = Path(re.search(r"file://(\S+)", told)[1])  # type: ignore[index]
    assert page.is_file()
    assert sorted(p.name for p in tmp_path.iterdir()) == [".demo", "person"]


def test_it_runs_again_and_refuses_what_is_not_its_own(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    refused = run(tmp_path, "mine")
    assert refused.returncode == 1
    assert "not made by the demo" in refused.stderr
    assert run(tmp_path, "--help").returncode == 1
    assert [p.name for p in (tmp_path / "mine").iterdir()] == ["letter.txt"]
