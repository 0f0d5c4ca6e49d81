"""What is refused before anything is stored: paths that lead elsewhere, content that is not what it says, sizes beyond the caps."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from runlore.model import Problem
from runlore.model.document import FileContent, Format
from runlore.runbooks.formats.places import is_device
from runlore.runbooks.hidden import HIDDEN

LARGEST_TEXT = 1 << 20
LARGEST_ASSET = 5 << 20
MOST_FILES = 200
LARGEST_DOCUMENT = 20 << 20
_LONGEST_PART = 200
_LONGEST_PATH = 800
_DEEPEST = 16

_DRIVE = re.compile(r"[A-Za-z]:")
_GIT = re.compile(r"(?i)\.git(?:modules|attributes|ignore)?|git~\d+")


def check_path(path: str) -> tuple[Problem, ...]:
    """Check a path from outside: below the folder it came from, of parts that every file system and git take as they stand."""
    parts = path.split("/")
    shown = HIDDEN.sub("�", path)[:200]
    if not path or path.startswith("/") or "\\" in path or _DRIVE.match(path):
        why = "must be relative, with `/` between its parts"
    elif ".." in parts:
        why = "leads out of its folder with `..`"
    elif "" in parts or "." in parts:
        why = "has an empty part or a `.`: write it plainly"
    elif HIDDEN.search(path):
        why = "holds a control or hidden character: rename the file"
    elif any(_GIT.fullmatch(part) for part in parts):
        why = "has a part that git itself reads: leave it out"
    elif device := next((part for part in parts if is_device(part)), ""):
        why = f"has the part `{device}`, a device's name on Windows: rename it"
    elif any(part.endswith((" ", ".")) for part in parts):
        why = "has a part that ends with a space or a full stop: rename it"
    elif _is_long(path, parts):
        why = f"is longer than {_LONGEST_PATH} bytes, has a part longer than {_LONGEST_PART} or more than {_DEEPEST} parts: shorten it"
    else:
        return ()
    return (Problem(shown, 0, "import-path", f"The path {why}."),)


def _is_long(path: str, parts: Sequence[str]) -> bool:
    return (
        len(parts) > _DEEPEST
        or len(path.encode("utf-8", "surrogatepass")) > _LONGEST_PATH
        or any(len(part.encode("utf-8", "surrogatepass")) > _LONGEST_PART for part in parts)
    )


def decode(content: bytes) -> str | None:
    """Give the text of a file, its byte order mark kept; None where it is no UTF-8 or holds a NUL."""
    if b"\0" in content:
        return None
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return None


def check_text(file: FileContent) -> tuple[Problem, ...]:
    """Check a file that is to be read as text."""
    if len(file.content) > LARGEST_TEXT:
        return (_too_large(file.path, len(file.content), LARGEST_TEXT),)
    if decode(file.content) is None:
        what = "a NUL character" if b"\0" in file.content else "bytes that are no UTF-8"
        message = f"The file holds {what}, so it is no text: save it as UTF-8."
        return (Problem(file.path, 0, "import-not-text", message),)
    return ()


def check_asset(file: FileContent, format: Format) -> tuple[Problem, ...]:
    """Check a file beside a main file: text, or an asset that is what its ending says.

    Skills may hold any file; what is neither text nor of a known type is reported there as a warning, elsewhere as an error.
    """
    ending = file.path.rpartition(".")[2].lower()
    asset = _ASSETS.get(ending)
    if asset is None:
        if decode(file.content) is not None:
            return check_text(file)
        if len(file.content) > LARGEST_ASSET:
            return (_too_large(file.path, len(file.content), LARGEST_ASSET),)
        level = "warning" if format == "skill" else "error"
        message = (
            f"The file is neither text nor one of {', '.join(sorted(_ASSETS))}: nobody can review it as it stands."
        )
        return (Problem(file.path, 0, "import-asset", message, level),)
    if len(file.content) > LARGEST_ASSET:
        return (_too_large(file.path, len(file.content), LARGEST_ASSET),)
    if not asset(file.content):
        message = f"The file ends in `.{ending}` and its content is none: rename it or leave it out."
        return (Problem(file.path, 0, "import-asset", message),)
    if ending == "svg":
        message = "The file is an SVG: it is kept as data and never shown as a page, as it can hold scripts."
        return (Problem(file.path, 0, "import-svg", message, "warning"),)
    return ()


def check_whole(name: str, files: Sequence[FileContent]) -> tuple[Problem, ...]:
    """Check a document's files together: how many, and how large all of them."""
    if len(files) > MOST_FILES:
        message = f"The document has {len(files)} files, more than {MOST_FILES}: leave out what nobody reads."
        return (Problem(name, 0, "import-too-large", message),)
    size = sum(len(file.content) for file in files)
    if size > LARGEST_DOCUMENT:
        return (_too_large(name, size, LARGEST_DOCUMENT),)
    folded: dict[str, str] = {}
    for file in files:
        other = folded.setdefault(file.path.casefold(), file.path)
        if other is not file.path:
            message = (
                f"The document holds `{other}` and `{file.path}`, which some file systems take for one: rename one."
            )
            return (Problem(name, 0, "import-path", message),)
    return ()


def is_asset(path: str) -> bool:
    """Say whether a path ends like an asset: a picture, a PDF, a font, CSV or JSON."""
    return path.rpartition(".")[2].lower() in _ASSETS


def _too_large(path: str, size: int, cap: int) -> Problem:
    message = (
        f"There are {size:,} bytes here, more than {cap >> 20} MiB: shorten it, or keep it where it is and link to it."
    )
    return Problem(path, 0, "import-too-large", message)


def _begins(*heads: bytes) -> Callable[[bytes], bool]:
    return lambda content: content.startswith(heads)


def _is_webp(content: bytes) -> bool:
    return content[:4] == b"RIFF" and content[8:12] == b"WEBP"


def _is_text(content: bytes) -> bool:
    return decode(content) is not None


def _is_svg(content: bytes) -> bool:
    text = decode(content)
    return text is not None and re.search(r"<svg[\s>]", text[:4096]) is not None


_ASSETS: dict[str, Callable[[bytes], bool]] = {
    "png": _begins(b"\x89PNG\r\n\x1a\n"),
    "jpg": _begins(b"\xff\xd8\xff"),
    "jpeg": _begins(b"\xff\xd8\xff"),
    "gif": _begins(b"GIF87a", b"GIF89a"),
    "webp": _is_webp,
    "svg": _is_svg,
    "pdf": _begins(b"%PDF-"),
    "csv": _is_text,
    "json": _is_text,
    "txt": _is_text,
    "ttf": _begins(b"\x00\x01\x00\x00", b"true"),
    "otf": _begins(b"OTTO"),
    "woff": _begins(b"wOFF"),
    "woff2": _begins(b"wOF2"),
}
"""Ending → is the content what it says. Everything else has to be text."""
