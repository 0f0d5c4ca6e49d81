"""One document costs a bounded amount of work: calls are counted, as a clock would count the machine's other work too."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from runlore.model.document import Bundle, FileContent
from runlore.runbooks.formats.bundling import bundle_files
from runlore.runbooks.formats.places import main_file
from runlore.runbooks.formats.recognise import recognise
from runlore.runbooks.formats.to_skill import to_skill
from runlore.runbooks.formats.to_sop import to_sop

SHAPES = {
    "headings": "## A heading\n",
    "deeds": "## Run it\nx\n",
    "same titles": "## Restore\n### Process\nx\n",
    "nested numbers": "## 1. A\n### 1. B\n### 2. C\n",
    "steps": "## Steps\n### Go\nx\n",
    "numbers": "1. Run it\n",
    "bullets": "- Run it now\n",
    "broken lists": "1) Go\n\n```\nx\n```\n\n",
    "deep lists": "- a\n  - b\n    - c\n",
    "links": "[a](b.md) and ![c](d.png)\n",
    "rows": "| a | b |\n|---|---|\n| c | d |\n\n",
    "troubles": "## Troubleshooting\n### a\nx\n",
    "parameters": "## Parameters\n- **a** (required): b\n",
    "paragraphs": "Run it now, please.\n\n",
    "head lines": "> **Owner:** someone\n",
    "quotes": "> " * 40 + "\n",
}


def count_calls(work: Callable[[], Any]) -> int:
    """Count the calls of functions, built-in ones included, that some work makes."""
    counted = 0

    def see(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal counted
        counted += event in ("call", "c_call")

    sys.setprofile(see)
    try:
        work()
    finally:
        sys.setprofile(None)
    return counted


def through(format: Any, text: str) -> None:
    """Import, recognise and export one text."""
    main = main_file(format, "x")
    bundle = Bundle(format, main, (FileContent(main, text.encode()),))
    bundle_files([FileContent(f"in/x/{main}", text.encode())])
    said = recognise("runbooks", "x", bundle)
    to_skill("runbooks", "x", bundle, said)
    to_sop("runbooks", "x", bundle, said)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("format", ["markdown", "skill", "sop"])
def test_work_grows_with_the_text_and_no_faster(shape: str, format: str) -> None:
    head = "---\nname: x\ndescription: y\n---\n\n# T\n\n" if format == "skill" else "# T\n\n"
    few, many = (count_calls(lambda n=n: through(format, head + SHAPES[shape] * n)) for n in (100, 400))
    assert many < 4.6 * few


@pytest.mark.parametrize("text", ["[" * 60_000, "*a " * 30_000, "![a](" * 20_000, "<img src=" * 10_000, "`" * 60_000, "**" * 40_000, "in a, " * 20_000, "<!--" * 20_000, "{{" * 30_000])  # fmt: skip
def test_a_line_that_is_long_makes_few_calls(text: str) -> None:
    assert count_calls(lambda: through("markdown", f"# T\n\n1. {text}\n2. {text}\n")) < 150_000


def test_many_files_are_grouped_in_one_go() -> None:
    def group(n: int) -> int:
        files = [FileContent(f"in/d{k % 50}/{k}.md", b"# T\n\n![p](p.png)\n") for k in range(n)]
        files += [FileContent(f"in/d{k % 50}/{k}/a.csv", b"a\n") for k in range(n)]
        files += [FileContent(f"in/d{k}/same.md", b"# S\n") for k in range(n // 4)]
        return count_calls(lambda: bundle_files(files))

    few, many = group(100), group(400)
    assert many < 4.8 * few
