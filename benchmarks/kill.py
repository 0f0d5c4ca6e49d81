"""kill -9 in the middle of publishing, again and again, on one record and one library folder.

    python benchmarks/kill.py random [--points 100] [--seed 1] [--record URL]
    python benchmarks/kill.py calls [--every 1]

`random` starts a process that publishes for ever (a new document, new revisions, a batch of ten, one that is taken out of use; a skill of several files), says
what is acknowledged, and brings the library folder up to the record after each. It is killed after a random time, every second time with the gits that it had started.
`calls` kills a process at its own n-th call that writes (link, rename, unlink, mkdir, fsync, open for writing, a git, the end of a transaction), n = 1, 2, 3 … until it runs clean.

After each kill a fresh process does what every command does at its start, and nothing else. Then: all that was acknowledged is there, the record verifies, the folder equals the
record, and a file that a person had edited before is as they left it.
"""

from __future__ import annotations

import argparse
import builtins
import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from runlore.library.check import verify_folder
from runlore.library.projection import project
from runlore.model.document import Bundle, FileContent, Recognised
from runlore.model.library import Principal
from runlore.record.companies import create_company
from runlore.record.database import Record, open_record
from runlore.record.documents import find_document
from runlore.record.principals import create_principal
from runlore.record.proposals import create_proposal
from runlore.record.publications import publish
from runlore.record.revisions import list_revisions
from runlore.record.verify import verify_record

NOW = 1_760_000_000_000_000
DAY = 86_400_000_000
OWNER = Principal("acme", "ada", "Ada", "human", ("own",), created=NOW)
EDITED = "notes/edited"
MINE = b"edited by hand\n"


def bundle_of(document: str, text: str) -> Bundle:
    name = document.partition("/")[2]
    if document.startswith("skills/"):
        files = (
            FileContent("SKILL.md", text.encode()),
            FileContent("more.txt", text.encode()),
            FileContent("run.sh", b"#!/bin/sh\n", True),
        )
        return Bundle("skill", "SKILL.md", files)
    return Bundle("markdown", f"{name}.md", (FileContent(f"{name}.md", text.encode()),))


def put(record: Record, changes: dict[str, str], retires: str = "") -> None:
    """Publish some documents in one transaction; it is acknowledged when this comes back."""
    with record.write("acme") as tx:
        for document, text in changes.items():
            there = find_document(tx, "acme", document)
            base = there.head if there else ""
            proposal = create_proposal(
                tx,
                "acme",
                document,
                base,
                bundle_of(document, text),
                ("ada",),
                "why",
                "person",
                NOW,
                NOW + DAY,
                retires=document == retires,
            )
            publish(tx, "acme", proposal, OWNER, Recognised(document), (), NOW + 1, True)


def step(record: Record, number: int) -> dict[str, str]:
    """The n-th thing to publish."""
    text = f"# {number}\n" + f"line of {number}\n" * 20
    match number % 5:
        case 0:
            return {f"notes/new-{number}": text}
        case 1:
            return {"notes/same": text}
        case 2:
            return {f"brand/batch-{number}-{part}": text for part in range(10)}
        case 3:
            return {"skills/post": text}
        case _:
            return {"notes/comes-and-goes": text}


def work(url: str, folder: Path, first: int, steps: int) -> None:
    """Publish, say so, project; `steps` times, 0 for ever."""
    with open_record(url) as record:
        number = first
        while not steps or number < first + steps:
            changes = step(record, number)
            put(record, changes, "notes/comes-and-goes" if number % 10 == 9 else "")
            print(number, *changes, flush=True)
            project(record, "acme", folder)
            number += 1


def make(url: str, folder: Path) -> None:
    """Make a record with one document, which a person edits in the folder."""
    with open_record(url, create=True) as record:
        with record.write() as tx:
            create_company(tx, "acme", "Acme", NOW)
        with record.write("acme") as tx:
            create_principal(tx, OWNER)
        put(record, {EDITED: "as it was\n"})
        project(record, "acme", folder)
        (folder / f"{EDITED}.md").write_bytes(MINE)
        put(record, {EDITED: "as it is now\n"})


@dataclass(slots=True)
class Tally:
    """What was seen over all kills."""

    kills: int = 0
    acknowledged: int = 0
    slowest: float = 0.0
    wrong: list[str] = field(default_factory=list)
    said: dict[str, int] = field(default_factory=dict)


def look(url: str, folder: Path, tally: Tally) -> None:
    """Recover as every command does, and compare."""
    done = subprocess.run(
        [sys.executable, __file__, "recover", url, str(folder)], check=False, capture_output=True, text=True
    )
    if done.returncode:
        tally.wrong.append(f"recovery failed: {done.stderr.strip().splitlines()[-1]}")
        return
    tally.slowest = max(tally.slowest, float(done.stdout))
    with open_record(url) as record:
        with record.read() as tx:
            tally.wrong += [f"record: {problem.message}" for problem in verify_record(tx, "acme")]
            for document, number in tally.said.items():
                text = bundle_of(document, f"# {number}\n" + f"line of {number}\n" * 20).files[0].content
                hashes = {file.hash for revision in list_revisions(tx, "acme", document) for file in revision.files}
                if "sha256:" + hashlib.sha256(text).hexdigest() not in hashes:
                    tally.wrong.append(f"lost: {document} of step {number}")
        for problem in verify_folder(record, "acme", folder):
            if not problem.file.startswith(EDITED):
                tally.wrong.append(f"folder: {problem.message}")
    if (folder / f"{EDITED}.md").read_bytes() != MINE:
        tally.wrong.append("the hand edit is lost")
    if (folder / ".git/runlore/kept").exists():
        tally.wrong.append("something was kept aside that nobody wrote")


def hear(process: subprocess.Popen[str], tally: Tally) -> None:
    assert process.stdout
    for line in process.stdout:
        if line.endswith("\n"):  # a line that was cut off acknowledges nothing
            number, *documents = line.split()
            tally.acknowledged += len(documents)
            tally.said.update(dict.fromkeys(documents, int(number)))


def kill_at_random(url: str, folder: Path, points: int, seed: int, tally: Tally) -> None:
    chance = random.Random(seed)
    make(url, folder)
    for point in range(points):
        args = [sys.executable, __file__, "work", url, str(folder), str(point * 1000)]
        process = subprocess.Popen(args, stdout=subprocess.PIPE, text=True, start_new_session=True)
        listener = threading.Thread(target=hear, args=(process, tally))
        before = tally.acknowledged
        listener.start()
        while tally.acknowledged == before and process.poll() is None:
            time.sleep(0.002)
        time.sleep(chance.uniform(0, 0.4))
        if point % 2:
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
        process.wait()
        listener.join()
        tally.kills += 1
        look(url, folder, tally)


def die_at(call: int) -> None:
    """Let this process kill itself at its n-th call that writes."""
    count = 0

    def watch(real: Callable[..., Any], writes: Callable[..., bool]) -> Callable[..., Any]:
        def called(*args: Any, **names: Any) -> Any:
            nonlocal count
            if writes(*args, **names):
                count += 1
                if count == call:
                    os.kill(os.getpid(), signal.SIGKILL)
            return real(*args, **names)

        return called

    def always(*_: Any, **__: Any) -> bool:
        return True

    def opens_to_write(_: Any, flags: int, *__: Any, **___: Any) -> bool:
        return bool(flags & (os.O_WRONLY | os.O_RDWR))

    def wraps_what_was_opened(file: Any, mode: str = "r", *_: Any, **__: Any) -> bool:
        return isinstance(file, int) and "w" in mode  # its content goes out when it is closed

    for name in ("link", "rename", "unlink", "mkdir", "rmdir", "fsync", "replace"):
        setattr(os, name, watch(getattr(os, name), always))
    os.open = watch(os.open, opens_to_write)
    builtins.open = watch(builtins.open, wraps_what_was_opened)
    subprocess.Popen.__init__ = watch(subprocess.Popen.__init__, always)  # type: ignore[method-assign]
    from runlore.record import sqlite

    sqlite.SqliteConnection.commit = watch(sqlite.SqliteConnection.commit, always)  # type: ignore[method-assign]


def kill_at_calls(folder: Path, every: int, tally: Tally) -> None:
    call = 1
    while True:
        with tempfile.TemporaryDirectory(prefix="runlore-kill-") as place:
            url, library = f"sqlite://{place}/record.sqlite3", Path(place, "library")
            make(url, library)
            tally.said.clear()
            if call % 3 == 0:  # sometimes the folder is to be made from nothing as well
                shutil.rmtree(library / ".git")
            args = [sys.executable, __file__, "work", url, str(library), "0", "--steps", "6", "--die-at", str(call)]
            process = subprocess.Popen(args, stdout=subprocess.PIPE, text=True)
            hear(process, tally)
            clean = process.wait() == 0
            look(url, library, tally)
        if clean:
            return
        tally.kills += 1
        call += every


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    at_random = commands.add_parser("random")
    at_random.add_argument("--points", type=int, default=100)
    at_random.add_argument("--seed", type=int, default=1)
    at_random.add_argument(
        "--record", default="", help="URL of an empty record; SQLite in a folder of its own otherwise"
    )
    at_calls = commands.add_parser("calls")
    at_calls.add_argument("--every", type=int, default=1)
    worker = commands.add_parser("work")
    worker.add_argument("url")
    worker.add_argument("folder", type=Path)
    worker.add_argument("first", type=int)
    worker.add_argument("--steps", type=int, default=0)
    worker.add_argument("--die-at", type=int, default=0)
    recover = commands.add_parser("recover")
    recover.add_argument("url")
    recover.add_argument("folder", type=Path)
    given = parser.parse_args()
    if given.command == "work":
        if given.die_at:
            die_at(given.die_at)
        work(given.url, given.folder, given.first, given.steps)
        return 0
    if given.command == "recover":
        start = time.perf_counter()
        with open_record(given.url) as record:
            project(record, "acme", given.folder)
        print(time.perf_counter() - start)
        return 0
    tally = Tally()
    with tempfile.TemporaryDirectory(prefix="runlore-kill-") as place:
        library = Path(place, "library")
        if given.command == "random":
            kill_at_random(given.record or f"sqlite://{place}/record.sqlite3", library, given.points, given.seed, tally)
        else:
            kill_at_calls(library, given.every, tally)
    print(
        f"{tally.kills} kills, {tally.acknowledged} publications acknowledged, slowest recovery {tally.slowest:.2f} s, {len(tally.wrong)} things wrong"
    )
    print("\n".join(tally.wrong[:20]))
    return 1 if tally.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
