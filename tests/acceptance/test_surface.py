"""The face of the command line: every command explains itself, an option has its twin in the environment, and it starts at once."""

from __future__ import annotations

import subprocess
import sys
import time

import click
import pytest
from story import Runlore, make_runlore

from runlore.cli.main import COMMANDS, cli


@pytest.fixture
def runlore(tmp_path):  # type: ignore[no-untyped-def]
    return make_runlore(tmp_path)


def load(name: str) -> click.Command:
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    return command


def test_help_lists_every_command(runlore: Runlore) -> None:
    told = runlore("--help").out
    assert all(name in told for name in COMMANDS)
    assert "Usage: " in runlore(code=2).err


def check_parameters(name: str, command: click.Command) -> None:
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, f"{name} {parameter.opts[0]} has no help"
        else:
            assert (
                parameter.human_readable_name.upper().split("...")[0]
                in (command.help or "").upper().replace(" ", "_") + (command.help or "").upper()
            ), f"{name}: what {parameter.name} is, the help does not say"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_explains_itself(name: str) -> None:
    command = load(name)
    first = (command.help or "").split("\n")[0]
    assert first == COMMANDS[name][1] or first.rstrip(".").startswith(COMMANDS[name][1].rstrip(".").split(",")[0])
    parts = {name: command}
    if isinstance(command, click.Group):
        parts |= {f"{name} {part}": child for part, child in command.commands.items()}
    for part, child in parts.items():
        assert child.help, f"{part} does not say what it does"
        check_parameters(part, child)
    with click.Context(command, info_name=name) as context:
        assert command.get_help(context).startswith("Usage: ")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_prints_its_help(name: str, runlore: Runlore) -> None:
    assert f" {name} " in runlore(name, "--help").out.splitlines()[0] + " "


def test_an_option_can_be_given_by_the_environment(runlore: Runlore) -> None:
    assert runlore("doctor", RUNLORE_DOCTOR_AS_JSON="1").out.startswith("[")


def test_the_version_is_printed(runlore: Runlore) -> None:
    assert runlore("--version").out.startswith("runlore, version ")


def test_nothing_heavy_is_imported_for_help() -> None:
    """Imports decide how fast `runlore --help` is; the time itself is measured in benchmarks."""
    code = (
        "import sys\nfrom runlore.cli.main import cli\n"
        "try: cli(['--help'])\nexcept SystemExit: pass\n"
        "print(*sorted({m.split('.')[0] for m in sys.modules}), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {
        "rich",
        "jinja2",
        "markdown_it",
        "yaml",
        "tree_sitter",
        "rapidfuzz",
        "zstandard",
        "sqlite3",
        "apsw",
        "psycopg",
        "pyarrow",
        "asyncio",
    }
    assert heavy & set(done.stderr.split()) == set()


def test_help_answers_at_once(runlore: Runlore) -> None:
    """Under 150 ms on a quiet machine; the best of five may take three times that on a loaded one."""
    took = []
    for _ in range(5):
        begun = time.perf_counter()
        runlore("--help")
        took.append(time.perf_counter() - begun)
    assert min(took) < 0.45
