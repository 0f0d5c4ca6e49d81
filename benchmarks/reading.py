"""How long reading takes, against what bare parsing of the same lines costs, in the same run.

    python benchmarks/reading.py [FOLDER]

FOLDER holds transcripts (.jsonl, .jsonl.gz); by default the public Claude Code sessions beside the repository. They are
unpacked into a temporary folder first, so that unpacking is not measured. Prints the least of three runs each; the
baseline is ``msgspec.json.Decoder().decode`` over lines that are in memory already.
"""

from __future__ import annotations

import gc
import gzip
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from runlore.transcripts.base import Reading
from runlore.transcripts.reading import read_file

SESSIONS = Path(__file__).parents[1].parent / "shared/data/sessions/claude-code"


def unpack(source: Path, target: Path) -> list[Path]:
    """Write every session of a folder uncompressed into another one; gives the files."""
    files = []
    for number, path in enumerate(sorted(source.rglob("*.jsonl*"))):
        if path.name.startswith("sessions.jsonl"):
            continue
        packed = path.read_bytes()
        to = target / f"{number:04d}-{path.name.removesuffix('.gz')}"
        to.write_bytes(gzip.decompress(packed) if path.suffix == ".gz" else packed)
        files.append(to)
    return files


def measure(*works: Callable[[], int]) -> list[tuple[float, int]]:
    """Give for each work the least wall time of three runs and what it counted; they take turns, as the load varies."""
    best, counts = [float("inf")] * len(works), [0] * len(works)
    for _ in range(3):
        for number, work in enumerate(works):
            gc.collect()
            begun = time.perf_counter()
            counts[number] = work()
            best[number] = min(best[number], time.perf_counter() - begun)
    return list(zip(best, counts, strict=True))


def parse_all(lines: list[bytes]) -> int:
    decode = msgspec.json.Decoder().decode
    for line in lines:
        try:
            decode(line)
        except msgspec.DecodeError:
            continue
    return len(lines)


def read_all(files: list[Path]) -> int:
    events = 0
    for file in files:
        for reading in read_file(file):
            if isinstance(reading, Reading):
                events += len(reading.transcript.events)
    return events


def main() -> None:
    source = Path(sys.argv[1]) if len(sys.argv) > 1 else SESSIONS
    if not source.is_dir():
        sys.exit(f"{source}: no such folder")
    with tempfile.TemporaryDirectory() as folder:
        files = unpack(source, Path(folder))
        lines = [line for file in files for line in file.read_bytes().split(b"\n") if line]
        size = sum(map(len, lines)) / 1e6
        (base, count), (took, events) = measure(lambda: parse_all(lines), lambda: read_all(files))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{len(files)} files, {size:.0f} MB, {count} lines, {events} events")
    print(f"bare parsing  {base:.3f} s")
    print(f"reading       {took:.3f} s   {took / base:.2f} times bare parsing   (peak {peak:.0f} MiB with the lines)")


if __name__ == "__main__":
    main()
