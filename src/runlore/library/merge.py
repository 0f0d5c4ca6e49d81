"""Three-way merge of one text, by `git merge-file`."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from runlore.errors import GitError


def merge_texts(ours: str, base: str, theirs: str) -> str:
    """Bring what changed from ``base`` to ``theirs`` into ``ours``; where both changed the same lines, ours stays. Raises GitError."""
    with tempfile.TemporaryDirectory(prefix="runlore-merge-") as folder:
        paths = []
        for name, text in (("ours", ours), ("base", base), ("theirs", theirs)):
            path = Path(folder, name)
            path.write_text(text, "utf-8", errors="surrogatepass", newline="")
            paths.append(str(path))
        try:
            done = subprocess.run(
                ["git", "merge-file", "--ours", "-p", *paths], capture_output=True, timeout=30, check=False, cwd=folder
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise GitError("merge-file", str(error)) from error
    if done.returncode:
        raise GitError("merge-file", done.stderr.decode(errors="replace"))
    return done.stdout.decode("utf-8", errors="surrogatepass")
