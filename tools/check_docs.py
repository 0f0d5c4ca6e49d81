"""Fails where the documentation and the code have parted: links, commands and options in code blocks, slugs of problems, exceptions.

Every slug of a `Problem` in the code has a heading in docs/reference/messages.md or lint.md; every exception of errors.py is named in
messages.md; every link to a file leads somewhere; every `runlore …` line in a code block names a command and options that exist.
"""

from __future__ import annotations

import ast
import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click

from runlore import errors
from runlore.cli.main import COMMANDS, cli

ROOT: Final = Path(__file__).parents[1]
PAGES: Final = (
    *ROOT.glob("*.md"),
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted((ROOT / "benchmarks").rglob("*.md")),
)
LINK: Final = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
FENCE: Final = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
COMMAND: Final = re.compile(r"^(?:\$ )?(?:\S*/)?runlore ((?:[a-z]|--).*)$", re.MULTILINE)


def list_slugs() -> dict[str, str]:
    """List the slugs that stand in the code as the third argument of a `Problem`, each with a file that has it."""
    found: dict[str, str] = {}
    for path in sorted((ROOT / "src").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Problem"):
                continue
            slugs = [*node.args[2:3], *(k.value for k in node.keywords if k.arg == "slug")]
            for slug in slugs:
                if isinstance(slug, ast.Constant) and isinstance(slug.value, str):
                    found[slug.value] = str(path.relative_to(ROOT))
    return found


def check_slugs() -> Iterator[str]:
    reference = ROOT / "docs" / "reference"
    headings = {
        line.lstrip("# ").strip("`")
        for name in ("messages.md", "lint.md")
        for line in (reference / name).read_text("utf-8").splitlines()
        if line.startswith("### ")
    }
    for slug, file in sorted(list_slugs().items()):
        if slug not in headings:
            yield f"{file}: the slug {slug!r} has no heading in docs/reference/messages.md"
    told = (reference / "messages.md").read_text("utf-8")
    for name, value in vars(errors).items():
        if isinstance(value, type) and issubclass(value, errors.RunloreError) and f"`{name}`" not in told:
            yield f"src/runlore/errors.py: {name} is not named in docs/reference/messages.md"


def check_links(page: Path) -> Iterator[str]:
    for target in LINK.findall(FENCE.sub("", page.read_text("utf-8"))):
        file = target.split("#")[0]
        if file and not re.match(r"[a-z]+:", file) and not (page.parent / file).exists():
            yield f"{page.relative_to(ROOT)}: the link {target} leads nowhere"


def check_commands(page: Path) -> Iterator[str]:
    for _, block in FENCE.findall(page.read_text("utf-8")):
        for line in COMMAND.findall(block):
            words = shlex.split(line, comments=True)
            if words[0].startswith("-"):
                continue
            if words[0] not in COMMANDS:
                yield f"{page.relative_to(ROOT)}: there is no command `runlore {words[0]}`"
                continue
            command = cli.get_command(click.Context(cli), words[0])
            if isinstance(command, click.Group) and len(words) > 1:
                if words[1] not in command.commands and not words[1].startswith(("-", "[")):
                    yield f"{page.relative_to(ROOT)}: there is no command `runlore {words[0]} {words[1]}`"
                    continue
                command = command.commands.get(words[1], command)
            known = {name for parameter in (command.params if command else ()) for name in parameter.opts} | {
                "--help",
                "-h",
            }
            for word in words[1:]:
                if word.startswith("--") and word.split("=")[0] not in known:
                    yield f"{page.relative_to(ROOT)}: `runlore {words[0]}` has no option {word}"


def main() -> None:
    found = [*check_slugs(), *(p for page in PAGES for check in (check_links, check_commands) for p in check(page))]
    print("\n".join(found) if found else f"{len(PAGES)} pages agree with the code.")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
