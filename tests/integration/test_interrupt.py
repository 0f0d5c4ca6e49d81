"""Ctrl-C while several processes read: no noise, nothing lost, the next run goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sessions import write_claude

from runlore.actions.ingest import ingest
from runlore.corpus.index import list_entries, open_index
from runlore.corpus.verify import check_corpus
from runlore.settings import Settings

PROGRAM = """
import sys
from pathlib import Path
from runlore.actions.ingest import ingest
from runlore.settings import Settings

def tell(done, total, file):
    print(done, flush=True)

if __name__ == "__main__":
    home, source, jobs = sys.argv[1:]
    try:
        ingest((Path(source),), Settings(Path(home), Path(home), secret="s", jobs=int(jobs)), progress=tell)
    except KeyboardInterrupt:
        sys.exit(130)
"""


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.skipif(sys.platform == "win32", reason="signals to a process group are POSIX")
def test_an_interrupt_is_quiet_and_loses_nothing(tmp_path: Path, jobs: int) -> None:
    for number in range(60):
        write_claude(tmp_path / f"in/{number:02}.jsonl", f"s{number}", 40)
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    command = [sys.executable, str(program), str(tmp_path / "home"), str(tmp_path / "in"), str(jobs)]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    assert process.stdout is not None
    for _ in range(3):
        process.stdout.readline()
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (130, "")
    home = tmp_path / "home"
    assert check_corpus(home) == ()
    with open_index(home) as index:
        kept = len(list_entries(index))
    assert 3 <= kept < 60
    result = ingest((tmp_path / "in",), Settings(home, tmp_path, secret="s", jobs=jobs))
    assert (len(result.transcripts), result.new) == (60, 60 - kept)
