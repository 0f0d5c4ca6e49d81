"""How long reading, mining and the whole of `mine` take, against bare msgspec parsing of the same bytes in the same run.

usage: python benchmarks/mining.py FOLDER [--repeat N]
FOLDER holds transcripts; compressed ones are unpacked into a temporary folder first. One process, start-up excluded, the least of N runs.
"""

from __future__ import annotations

import argparse
import gzip
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import msgspec


def unpack(folder: Path, target: Path) -> list[Path]:
    """Put every transcript of a folder into another one, uncompressed; label files stay behind."""
    files = []
    for path in sorted(folder.rglob("*.jsonl*")):
        if path.name == "sessions.jsonl":
            continue
        place = target / path.name.removesuffix(".gz")
        if path.suffix == ".gz":
            with gzip.open(path) as source, place.open("wb") as sink:
                shutil.copyfileobj(source, sink)
        else:
            shutil.copy(path, place)
        files.append(place)
    return files


def bare(files: list[Path]) -> None:
    """Parse every line and throw it away."""
    decode = msgspec.json.Decoder().decode
    for path in files:
        for line in path.read_bytes().split(b"\n"):
            if line:
                try:
                    decode(line)
                except msgspec.DecodeError:
                    continue


def read(files: list[Path]) -> int:
    """Read every transcript."""
    from runlore.transcripts.base import Reading
    from runlore.transcripts.reading import read_file

    return sum(len(item.transcript.events) for path in files for item in read_file(path) if isinstance(item, Reading))


def read_and_mine(files: list[Path]) -> int:
    """Read every transcript, digest it and find what repeats."""
    from runlore.mining.digest import digest
    from runlore.mining.mine import mine as find_workflows
    from runlore.transcripts.base import Reading
    from runlore.transcripts.reading import read_file

    digests = []
    for path in files:
        for item in read_file(path):
            if isinstance(item, Reading):
                made = digest(item.transcript)
                digests.append(msgspec.structs.replace(made, transcript=made.session))
    return len(find_workflows(digests).workflows)


def everything(files: list[Path], jobs: int) -> float:
    """Time what `runlore mine` does, into a new home, in a new process with nothing remembered; its start-up is left out. In seconds."""
    command = [sys.executable, __file__, str(files[0].parent), "--only", str(jobs)]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def mine_once(folder: Path, jobs: int) -> float:
    """Mine a folder into a new home; gives the seconds it took."""
    from runlore.actions.mine import MineRequest, mine
    from runlore.settings import Settings

    with tempfile.TemporaryDirectory() as home:
        settings = Settings(home=Path(home), user_home=Path(home), secret="benchmark")
        began = time.perf_counter()
        mine(settings, MineRequest((folder,), jobs=jobs))
        return time.perf_counter() - began


def again(files: list[Path]) -> float:
    """Time a second `mine` with nothing new, in seconds."""
    from runlore.actions.mine import MineRequest, mine
    from runlore.settings import Settings

    with tempfile.TemporaryDirectory() as home:
        settings = Settings(home=Path(home), user_home=Path(home), secret="benchmark")
        request = MineRequest((files[0].parent,))
        mine(settings, request)
        began = time.perf_counter()
        mine(replace(settings), request)
        return time.perf_counter() - began


def least(repeat: int, work: Callable[[], object]) -> float:
    """Time the work, the least of some runs, in seconds."""
    times = []
    for _ in range(repeat):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return min(times)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--only", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.only:
        print(mine_once(options.folder, options.only))
        return
    with tempfile.TemporaryDirectory() as place:
        files = unpack(options.folder, Path(place))
        size = sum(path.stat().st_size for path in files)
        base = least(options.repeat, lambda: bare(files))
        rows = {
            "reading": least(options.repeat, lambda: read(files)),
            "reading and mining": least(options.repeat, lambda: read_and_mine(files)),
            "everything, one process": min(everything(files, 1) for _ in range(options.repeat)),
            "everything, two processes": min(everything(files, 2) for _ in range(options.repeat)),
        }
        second = again(files)
    out = {
        "megabytes": round(size / 1e6, 1),
        "bare_seconds": round(base, 3),
        **{name: {"seconds": round(t, 3), "times_bare": round(t / base, 2)} for name, t in rows.items()},
        "two_over_one": round(rows["everything, two processes"] / rows["everything, one process"], 2),
        "second_mine_seconds": round(second, 3),
        "peak_megabytes": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
    }
    json.dump(out, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
