"""What activities and words are about: pull requests, issues, branches, packages and areas of the code, as ``kind:value``."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_PULL_URL: Final = re.compile(r"/(?:pull|pulls|merge_requests|pull-requests)/(\d+)")
_ISSUE_URL: Final = re.compile(r"/issues?/(\d+)\b")
_PULL: Final = re.compile(
    r"\b(?:PR|pr|MR|[Pp]ull[ -][Rr]equest|[Mm]erge [Rr]equest)s?(?: number| no\.?)?[ :#]*#?(\d{1,6})\b"
)
_ISSUE: Final = re.compile(r"\b(?:[Ii]ssue|[Bb]ug|[Tt]icket)[ :#]*#?(\d{1,6})\b")
_HASH: Final = re.compile(r"(?<![\w/&#])#(\d{2,6})\b")
_TICKET: Final = re.compile(r"(?<![\w-])([A-Z][A-Z0-9]{1,9})-(\d{1,6})(?![\w.])")
_TICKET_IN_NAME: Final = re.compile(r"(?:^|[/_-])([a-z]{2,6})-(\d{1,6})(?=$|[/_-])")
_BRANCH: Final = re.compile(
    r"\b(?:branch|from|onto|into|parent|rebase|merge)\s+[`'\"]?((?:origin/)?[A-Za-z][\w.-]*/[\w./-]*\w)"
)
# Standards and names that look like ticket keys.
_NO_TICKETS: Final = frozenset(
    [
        "UTF",
        "SHA",
        "ISO",
        "HTTP",
        "RFC",
        "CVE",
        "GPT",
        "AES",
        "TLS",
        "UTC",
        "PEP",
        "MD",
        "RSA",
        "GMT",
        "COVID",
        "HTTPS",
        "IPV",
        "ES",
        "CP",
        "US",
        "CWE",
        "X86",
        "ARM",
        "USB",
        "HDMI",
        "MP",
        "PCI",
        "EC",
        "P",
        "H",
        "V",
        "STEP",
        "PART",
        "PHASE",
        "TASK",
        "LINE",
        "NODE",
        "CLAUDE",
        "OPUS",
        "SONNET",
    ]
)
_NO_BRANCHES: Final = frozenset(["and/or", "either/or", "yes/no", "he/she", "i/o", "n/a", "w/o"])
_FILE_ENDING: Final = re.compile(r"\.[A-Za-z]\w{0,4}$")
_MAX_TEXT: Final = 20_000


@lru_cache(maxsize=4096)
def objects_of(text: str) -> tuple[str, ...]:
    """Give the objects that a person's words name, sorted, each once. Only the first 20,000 characters are looked at."""
    text = text[:_MAX_TEXT]
    found: set[str] = set()
    if "/" in text:
        found.update(f"pr:{n}" for n in _PULL_URL.findall(text))
        found.update(f"issue:{n}" for n in _ISSUE_URL.findall(text))
        found.update(o for name in _BRANCH.findall(text) for o in branch_objects(name))
    found.update(f"pr:{n}" for n in _PULL.findall(text))
    if "#" in text:
        told = {o.partition(":")[2] for o in found}
        issues = set(_ISSUE.findall(text))
        found.update(f"pr:{n}" for n in _HASH.findall(text) if n not in told and n not in issues)
    found.update(f"issue:{n}" for n in _ISSUE.findall(text))
    found.update(f"issue:{key}-{n}" for key, n in _TICKET.findall(text) if key not in _NO_TICKETS)
    return tuple(sorted(found))


def branch_objects(name: str) -> tuple[str, ...]:
    """Give the branch, and the ticket that its name carries (``alex/ent-221-x`` → issue:ENT-221); nothing for HEAD, paths and expansions."""
    name = name.removeprefix("refs/heads/").removeprefix("origin/").removeprefix("upstream/").strip("`'\"")
    if (
        not name
        or name in _NO_BRANCHES
        or name[0] in "-$.:~@/"
        or name.startswith("HEAD")
        or "://" in name
        or _FILE_ENDING.search(name)
    ):
        return ()
    found = [f"branch:{name}"]
    ticket = _TICKET_IN_NAME.search(name)
    if ticket and ticket.group(1).upper() not in _NO_TICKETS:
        found.append(f"issue:{ticket.group(1).upper()}-{ticket.group(2)}")
    return tuple(found)


def relative(path: str, cwd: str) -> str:
    """Give a path relative to the project, "" where it lies outside.

    A worktree's own folder counts as the project; where the working folder lies deeper than the file, what both share is taken off
    (at least three folders).
    """
    path = path.replace("\\", "/")
    if ".worktrees/" in path or "/worktrees/" in path:
        return re.split(r"/?\.?worktrees/", path, maxsplit=1)[1].partition("/")[2]
    if not path.startswith(("/", "~")) and path[1:3] != ":/":
        return path.removeprefix("./")
    cwd = cwd.replace("\\", "/").rstrip("/")
    if cwd and path.startswith(cwd + "/"):
        return path[len(cwd) + 1 :]
    theirs, ours = path.split("/"), cwd.split("/")
    shared = 0
    while shared < min(len(theirs), len(ours)) and theirs[shared] == ours[shared]:
        shared += 1
    return "/".join(theirs[shared:]) if shared >= 4 else ""


@lru_cache(maxsize=16384)
def area_of(path: str, cwd: str = "") -> str:
    """Give ``area:`` with the first folders of a file (at most three), "" for files at the top or outside the project.

    ``cmd/app/cli/strategy/x.go`` → ``area:cmd/app/cli``; ``./pkg/...`` → ``area:pkg``.
    """
    path = relative(path, cwd)
    folders = (
        [f for f in path.split("/")[:-1] if f not in ("", ".")] if not path.endswith("/...") else path.split("/")[:-1]
    )
    folders = [f for f in folders if f not in (".", "")]
    if (
        not folders
        or folders[0] == ".."
        or any("$" in f or "*" in f for f in folders[:3])
        or folders[0] in ("tmp", "dev")
    ):
        return ""
    return "area:" + "/".join(folders[:3])
