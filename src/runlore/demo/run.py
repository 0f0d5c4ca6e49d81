"""The demo: `python -m runlore.demo.run [FOLDER]`, which `make demo` calls after the install.

Writes the transcripts of a small simulated company, mines them in a home of their own, shows what came out of it, and says what to
do next. Every command is printed as one would type it and run as one would run it; nothing is written outside FOLDER (``.demo``).
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from runlore.corpus.discovery import find_host_folders, list_transcript_files
from runlore.demo import company
from runlore.demo.writing import write_demo

FOLDER: Final = ".demo"
SHOWN_EFFECT: Final = "mcp__instagram__publish_media"
"""The effect of the workflow whose runbook is shown: a picture is published on Instagram."""

EXAMPLES: Final = Path(__file__).parents[3] / "examples"
"""The example company, where the demo runs from the repository."""

_MARK: Final = "written-by-runlore-demo"


class Demo:
    """One run of the demo in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.transcripts = folder / "transcripts"
        self.home = folder / "home"
        self.report = folder / "report.html"
        self.environment = {**os.environ, "RUNLORE_HOME": str(self.home)}

    def call(self, *words: str, fine: tuple[int, ...] = (0,)) -> None:
        """Print a command as one would type it, and run it; one that ends with another code than is fine ends the demo with it."""
        typed = shlex.join(words)
        print(f"\n$ RUNLORE_HOME={self.home} runlore {typed}\n", flush=True)
        code = subprocess.run([*_PROGRAM, *words], env=self.environment, check=False).returncode
        if code not in fine:
            sys.exit(code)

    def ask(self, *words: str) -> Any:
        """Run a command with ``--json`` and give what it printed."""
        done = subprocess.run([*_PROGRAM, *words, "--json"], env=self.environment, check=True, stdout=subprocess.PIPE)
        return json.loads(done.stdout)


_PROGRAM: Final = (sys.executable, "-m", "runlore")


def choose(workflows: Sequence[dict[str, Any]]) -> str:
    """Choose the workflow to show: the one that publishes on Instagram, else the first."""
    for workflow in workflows:
        if SHOWN_EFFECT in workflow["effects"]:
            return str(workflow["name"])
    return str(workflows[0]["name"])


def count_own_sessions(user_home: Path) -> list[tuple[str, int]]:
    """Count the files that may be sessions of the user's own, by host, without opening one."""
    counts: dict[str, int] = {}
    for host, folder in find_host_folders(user_home):
        counts[host] = counts.get(host, 0) + len(list_transcript_files([folder]))
    return [(host, number) for host, number in counts.items() if number]


def clear(folder: Path) -> None:
    """Make the folder, and remove what an earlier demo wrote there; a folder that the demo did not make is left as it is."""
    if (folder / _MARK).exists():
        shutil.rmtree(folder / "transcripts", ignore_errors=True)
        shutil.rmtree(folder / "home", ignore_errors=True)
    elif folder.exists() and any(folder.iterdir()):
        sys.exit(f"{folder} is not empty and was not made by the demo; name another folder.")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _MARK).write_text("This folder may be deleted at any time.\n", "utf-8")


def show_library(demo: Demo) -> None:
    """Make a record, import the example company beside what was mined, and assign an issue with its context."""
    print("\n── From drafts to a library ──")
    demo.call("init", "--company", company.NAME)
    if not EXAMPLES.is_dir():
        print("The example company lies in the folder examples of the repository, which is not here.")
        return
    acme = os.path.relpath(EXAMPLES / "acme")
    demo.call("import", acme, "--publish")
    demo.call("search", "put the fog picture on our instagram account")
    demo.call("search", "bake a rye bread")
    demo.call("issue", "import", os.path.relpath(EXAMPLES / "issues.json"))
    demo.call("assign", "1", "--to", "agent", "--budget", "4000", "--yes")
    print("\nThe agent begins, and is told what is missing before the work starts:")
    demo.call("integrations", "check", "instagram-graph", fine=(0, 1))
    demo.environment["RUNLORE_TOKEN"] = (demo.home / "credentials" / "agent").read_text("ascii").strip()
    demo.call("run", "start", "1", fine=(0, 1))
    del demo.environment["RUNLORE_TOKEN"]
    demo.call("verify")


def say_what_next(folder: Path) -> None:
    """Say how many sessions of the user's own there are, and the two next commands."""
    program = _name_program()
    own = count_own_sessions(Path(os.environ.get("HOME") or Path.home()))
    if own:
        found = ", ".join(f"{number:,} of {host}" for host, number in own)
        print(f"Your own agents left sessions on this machine: {found}. Nothing of them has been read.")
    else:
        print(
            "Your own agents left no sessions on this machine that Runlore knows of (`runlore doctor` says where it looks)."
        )
    print("\nNext:\n")
    print(f"  {program} mine{'' if own else ' PATH'}" + " " * (10 if own else 5) + "# find what your own agents repeat")
    print(f"  {program} workflows     # look at it again, ranked by what it costs")
    print(f"  {program} init          # a library of your own, with what was mined as proposals\n")
    print(f"Everything that the demo wrote is in {folder}; delete it whenever you like.")


def _name_program() -> str:
    script = Path(sys.executable).with_name("runlore")
    if shutil.which("runlore") == str(script):
        return "runlore"
    here = Path.cwd()
    return str(script.relative_to(here)) if script.is_relative_to(here) else str(script)


def main() -> None:
    """Run the demo from its first file to its last line."""
    named = sys.argv[1:]
    if len(named) > 1 or any(word.startswith("-") for word in named):
        sys.exit("usage: python -m runlore.demo.run [FOLDER]   (default: .demo)")
    folder = Path(*named or [FOLDER])
    started = time.monotonic()
    demo = Demo(folder)
    clear(folder)
    files = write_demo(demo.transcripts)
    print(
        f"Harbourline is a small company that does not exist. Its agents left {len(files)} files of transcripts in {demo.transcripts}."
    )
    demo.call("mine", str(demo.transcripts))
    name = choose(demo.ask("workflows"))
    demo.call("show", name, "--evidence")
    demo.call("report", str(demo.report))
    print(f"\nThe report: {demo.report.resolve().as_uri()}")
    show_library(demo)
    print(f"That took {time.monotonic() - started:.0f} seconds.\n")
    say_what_next(folder)


if __name__ == "__main__":
    main()
