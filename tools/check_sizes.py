"""Fails where a file is longer than 500 lines or a function longer than 60; says how the rest stand.

A function's lines are counted from its `def` to its end without its docstring. Tests and benchmarks obey the limit of files alone.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
LONGEST_FILE: Final = 500
LONGEST_FUNCTION: Final = 60
FOLDERS: Final = ("src", "tools", "tests", "benchmarks")

Function = ast.FunctionDef | ast.AsyncFunctionDef


def list_functions(text: str) -> Iterator[tuple[str, int, int]]:
    """Give each function's name, line and length."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, Function):
            yield node.name, node.lineno, (node.end_lineno or node.lineno) - node.lineno + 1 - count_docstring(node)


def count_docstring(function: Function) -> int:
    """Count the lines of a function's docstring."""
    first = function.body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        return (first.end_lineno or first.lineno) - first.lineno + 1
    return 0


def main() -> None:
    found: list[str] = []
    files: list[int] = []
    functions: list[int] = []
    for path in sorted(p for folder in FOLDERS for p in (ROOT / folder).rglob("*.py")):
        text = path.read_text("utf-8")
        place = path.relative_to(ROOT)
        length = text.count("\n")
        if length > LONGEST_FILE:
            found.append(f"{place}: {length} lines, at most {LONGEST_FILE}: split it by its nouns")
        if place.parts[0] not in ("src", "tools"):
            continue
        files.append(length)
        for name, line, size in list_functions(text):
            functions.append(size)
            if size > LONGEST_FUNCTION:
                found.append(
                    f"{place}:{line}: {name} has {size} lines, at most {LONGEST_FUNCTION}: give its parts names"
                )
    print("\n".join(found))
    middle = sorted(functions)[len(functions) // 2]
    print(
        f"{len(files)} files, the longest {max(files)} lines; {len(functions)} functions, median {middle}, the longest {max(functions)} lines."
    )
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
