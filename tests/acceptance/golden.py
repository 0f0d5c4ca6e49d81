"""The golden example of the machine form: four small conversations, and what `runlore mine --json` prints about them.

`python tests/acceptance/golden.py` mines the example anew and writes the golden file; the difference is for a person to read.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
from story import make_runlore

FOLDER = Path(__file__).parent / "golden"
EXAMPLE = FOLDER / "orders.jsonl"
GOLDEN = FOLDER / "orders.mined.json"


def mine_example(folder: Path) -> Any:
    """Mine the example with a home in a folder; its path is given as it stands in the repository."""
    form = make_runlore(folder)("mine", EXAMPLE, "--json").json
    for transcript in form["transcripts"]:
        transcript["file"] = Path(transcript["file"]).name
    return form


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        GOLDEN.write_text(json.dumps(mine_example(Path(place)), ensure_ascii=False, indent=1) + "\n", "utf-8")
    print(f"Wrote {GOLDEN}.")
