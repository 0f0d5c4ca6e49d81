"""What comes in from outside while it is read: counted, bounded, and everything that is left out with its reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from runlore.model import Problem
from runlore.model.document import FileContent
from runlore.runbooks.formats.hostile import check_path

REPOSITORIES = frozenset({".git", ".hg", ".svn", ".bzr", ".jj"})
"""What version control systems call their own folders."""

_MOST_PROBLEMS = 1000
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one path may bring in. Sizes in bytes; ``ratio`` is of an archive's content to the archive, above ``free`` bytes of content."""

    file: int = 8 << 20
    total: int = 1 << 30
    files: int = 200_000
    depth: int = 24
    archive: int = 64 << 20
    unpacked: int = 128 << 20
    entries: int = 20_000
    ratio: int = 100
    free: int = 1 << 20


LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class FileTree:
    """What one path held: its files sorted by path, the folder's or the archive's own name at their head, and what was left out."""

    source: str
    files: tuple[FileContent, ...]
    problems: tuple[Problem, ...] = ()


@dataclass(slots=True)
class Intake:
    """Counts what comes in while it is read; refuses what goes over the limits."""

    source: str
    limits: Limits
    files: dict[str, FileContent] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    size: int = 0

    def refuse(self, path: str, slug: str, message: str, level: str = "error") -> None:
        """Keep a problem with a path; beyond a thousand they are no longer told apart."""
        if len(self.problems) < _MOST_PROBLEMS:
            self.problems.append(Problem(readable(path), 0, slug, message, level))
        elif len(self.problems) == _MOST_PROBLEMS:
            self.problems.append(
                Problem(
                    self.source,
                    0,
                    "import-limit",
                    f"More than {_MOST_PROBLEMS} files were left out; the others are not named.",
                )
            )

    def is_full(self) -> bool:
        """Say whether the limits are reached, and say so once as a problem."""
        limits = self.limits
        if len(self.files) < limits.files and self.size < limits.total:
            return False
        what = f"{limits.files:,} files" if len(self.files) >= limits.files else f"{limits.total >> 20:,} MiB"
        message = f"{what} were read, which is the most for one path: import the rest by itself."
        if all(problem.message != message for problem in self.problems):
            self.problems.append(Problem(self.source, 0, "import-limit", message))
        return True

    def take(self, path: str, content: bytes, *, executable: bool) -> None:
        """Take a file in, unless its path is hostile or there already."""
        if found := check_name(path):
            self.refuse(path, found.slug, found.message)
        elif path in self.files:
            self.refuse(path, "import-twice", f"`{readable(path)}` is there twice: only the first is taken.")
        else:
            self.files[path] = FileContent(path, content, executable)
            self.size += len(content)

    def too_large(self, path: str) -> None:
        """Refuse a file for its size."""
        most = self.limits.file
        self.refuse(
            path,
            "import-too-large",
            f"`{readable(path)}` has more than {most >> 20} MiB: shorten it, or link to it where it is.",
        )

    def tree(self) -> FileTree:
        """Give what came in."""
        return FileTree(self.source, tuple(self.files[path] for path in sorted(self.files)), tuple(self.problems))


def check_name(path: str) -> Problem | None:
    """Say what is wrong with a path from outside, None where nothing is; line ends and tabs are refused as other control characters are."""
    if any(c in path for c in "\n\r\t"):
        return Problem(
            readable(path), 0, "import-path", f"The path `{readable(path)}` holds a line end or a tab: rename the file."
        )
    return next(iter(check_path(path)), None)


def read_at_most(read: Callable[[int], bytes | None], most: int) -> bytes | None:
    """Read to the end; None where there is more than ``most`` bytes."""
    pieces: list[bytes] = []
    size = 0
    while piece := read(min(_BLOCK, most + 1 - size)):
        pieces.append(piece)
        size += len(piece)
        if size > most:
            return None
    return b"".join(pieces)


def readable(name: str) -> str:
    """Give a name that can be shown: characters that do not print stand as their escapes."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in name)[:300]
