"""Takes the pictures of docs/images from the demo: the terminal as SVG, the report as PNG. Needs Chromium and the extra `dev`.

Both are what a reader gets who runs `make demo`; they are taken again when they no longer look like it.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from playwright.sync_api import sync_playwright
from rich.console import Console
from rich.terminal_theme import DIMMED_MONOKAI
from rich.text import Text

from runlore.demo import write_demo

ROOT: Final = Path(__file__).parents[1]
IMAGES: Final = ROOT / "docs" / "images"
WIDTH: Final = 132
sys.path.insert(0, str(ROOT / "tests"))
from conftest import find_chromium  # noqa: E402 - one place that knows where browsers are


def run(folder: Path, *words: str) -> str:
    """Run a command of Runlore's in the demo's home and give what it printed."""
    environment = {**os.environ, "RUNLORE_HOME": str(folder / "home"), "COLUMNS": str(WIDTH), "FORCE_COLOR": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "runlore", *words],
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def draw_terminal(text: str, path: Path) -> None:
    """Draw what a command printed as an SVG that loads nothing."""
    console = Console(record=True, width=WIDTH, file=open(os.devnull, "w", encoding="utf-8"), force_terminal=True)  # noqa: SIM115
    console.print(Text.from_ansi(text))
    svg = console.export_svg(title="runlore", theme=DIMMED_MONOKAI, unique_id="runlore")
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    path.write_text(re.sub(r"font-family: ?Fira Code", "font-family: ui-monospace, Menlo, Consolas", svg), "utf-8")


def photograph(page_file: Path, folder: Path) -> None:
    """Photograph the first screen of the report, and its section about one workflow."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1180, "height": 1060}, color_scheme="light")
        page.goto(page_file.as_uri())
        page.screenshot(path=folder / "report.png")
        section = page.locator("section.workflow", has_text="Instagram").first
        box = section.bounding_box()
        if box is None:
            sys.exit("the report shows no workflow about Instagram")
        graph = section.locator("svg").first.bounding_box() or box
        clip = {
            "x": box["x"],
            "y": box["y"],
            "width": box["width"],
            "height": graph["y"] + graph["height"] + 50 - box["y"],
        }
        page.screenshot(path=folder / "workflow.png", full_page=True, clip=clip)
        browser.close()


def main() -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        write_demo(folder / "transcripts")
        told = run(folder, "mine", "transcripts")
        told = told.replace(str(folder / "home"), "~/.local/share/runlore")
        draw_terminal("$ runlore mine transcripts\n" + told, IMAGES / "mine.svg")
        run(folder, "report", "report.html", "--date", "2026-11-22")
        photograph(folder / "report.html", IMAGES)
    print(f"Wrote mine.svg, report.png and workflow.png in {IMAGES}.")


if __name__ == "__main__":
    main()
