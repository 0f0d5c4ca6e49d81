"""How much memory and time `runlore mine` needs when the same sessions come many times over, each time under new ids.

usage: python benchmarks/memory.py FOLDER [--times N] [--jobs N]
FOLDER holds Claude Code transcripts (.jsonl, .jsonl.gz). The repeated corpus is made in a temporary folder: in each copy every UUID, call id
and message id is replaced, so that nothing counts as known. Prints the size, the peak memory of the process and its time, start-up included.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

UUID = re.compile(rb"\b[0-9a-f]{8}(-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\b")
CALL = re.compile(rb"\b(toolu|msg|req)_(?=[0-9A-Za-z]{12})")


def rename(data: bytes, copy: int) -> bytes:
    """Give the transcript under new ids: equal ids stay equal within a copy and differ between copies."""

    def new_uuid(match: re.Match[bytes]) -> bytes:
        return b"%08x" % (int(match[0][:8], 16) ^ (copy * 0x9E3779B1 & 0xFFFFFFFF)) + match[1]

    return CALL.sub(rb"\1_c%dx" % copy, UUID.sub(new_uuid, data))


def repeat(folder: Path, target: Path, times: int) -> tuple[int, int]:
    """Write every transcript of a folder so many times under new ids; gives the number of files and of bytes."""
    files = size = 0
    for path in sorted(folder.rglob("*.jsonl*")):
        if path.name == "sessions.jsonl":
            continue
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        for copy in range(times):
            place = target / f"copy-{copy:02}" / rename(path.name.removesuffix(".gz").encode(), copy).decode()
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(rename(data, copy) if copy else data)
            files, size = files + 1, size + len(data)
    return files, size


def measure(corpus: Path, home: Path, jobs: int) -> dict[str, object]:
    """Run `runlore mine` over a corpus as a process of its own; gives its exit code, seconds and peak megabytes."""
    environment = {
        **os.environ,
        "HOME": str(home),
        "RUNLORE_HOME": str(home / "runlore"),
        "RUNLORE_SECRET": "benchmark",
    }
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "runlore", "mine", str(corpus), "--jobs", str(jobs)],
        env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False,
    )  # fmt: skip
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)
    return {"exit_code": done.returncode, "seconds": round(seconds, 1), "peak_megabytes": round(peak, 1)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--jobs", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="runlore-memory-") as place:
        files, size = repeat(options.folder, Path(place, "corpus"), options.times)
        Path(place, "home").mkdir()
        figures = measure(Path(place, "corpus"), Path(place, "home"), options.jobs)
    print(json.dumps({"files": files, "megabytes": round(size / 1e6, 1), "jobs": options.jobs, **figures}, indent=1))


if __name__ == "__main__":
    main()
