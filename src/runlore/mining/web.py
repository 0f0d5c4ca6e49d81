"""HTTP calls made from a shell (`curl`, `gh api`): their method and templated path."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from runlore.mining.values import Role
from runlore.mining.vocabulary import words_of


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTP call. ``path`` is templated: ``/repos/{owner}/{repo}/pulls/{n}``; ``operation`` is the mutation of a GraphQL call."""

    program: str
    method: str
    host: str
    path: str
    target: str
    operation: str = ""

    @property
    def name(self) -> str:
        """The activity's name, e.g. ``gh api POST repos/{owner}/{repo}/issues``."""
        if self.operation:
            return f"{self.program} graphql {self.operation}"
        if self.program == "curl":
            return f"curl {self.method} {self.host}{self.path}"
        return f"{self.program} {self.method} {self.path}"


_HEX: Final = re.compile(r"[0-9a-f]{7,64}\Z")
_OPAQUE: Final = re.compile(r"(?=.*\d)[A-Za-z0-9_-]{16,}\Z|[0-9a-f]{8}-[0-9a-f-]{27}\Z|(?:REDACTED|\[SECRET).*")
_NUMBERED: Final = frozenset({"pulls", "issues", "milestones", "merge_requests", "discussions", "pull"})
_WITH_DATA: Final = words_of("-d --data --data-raw --data-binary --data-urlencode --json -F --form -T --upload-file")
_API_FIELDS: Final = frozenset({"-f", "-F", "--field", "--raw-field", "--input"})
_CURL_VALUED: Final = words_of(
    "-H --header -o --output -u --user -A --user-agent -w --write-out -m --max-time -b --cookie -c --cookie-jar -e --referer "
    "--retry --connect-timeout -x --proxy --cacert --cert --key -K --config --resolve -C -r --range --retry-delay"
)
_MUTATION: Final = re.compile(r"\bmutation\b[^{]*\{\s*(?:\w+\s*:\s*)?(\w+)")
_QUERY: Final = re.compile(r"^\s*(?:query\b[^{]*)?\{", re.MULTILINE)
_SUBSTITUTION: Final = re.compile(r"\$\((?:[^()]|\([^()]*\))*\)|\$\{[^}]*\}")
_METHODS: Final = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})
_REPOSITORY_PARTS: Final = frozenset(
    {"pulls", "issues", "actions", "commits", "contents", "git", "releases", "branches", "comments"}
)
_LOCAL: Final = re.compile(r"^(?:localhost|127\.|0\.0\.0\.0|\[::1\]|host\.docker\.internal)")
_READ_PATHS: Final = re.compile(r"/(?:search|query|graphql|validate|preview|_search)\b")
_KNOWN: Final = (
    ("POST", re.compile(r"pulls/(?:\{n\}/)?comments/\{id\}/replies$|pulls/\{n\}/comments$"), "Reply to a review comment"),
    ("POST", re.compile(r"pulls/\{n\}/reviews"), "Review the pull request"),
    ("GET", re.compile(r"pulls/comments/\{id\}$|pulls/\{n\}/comments/\{id\}$"), "Read a review comment"),
    ("GET", re.compile(r"pulls/\{n\}/comments$"), "Read the review comments"),
    ("GET", re.compile(r"pulls/\{n\}/reviews"), "Read the reviews of the pull request"),
    ("GET", re.compile(r"pulls/\{n\}$"), "Read the pull request"),
    ("PATCH", re.compile(r"pulls/\{n\}$"), "Edit the pull request"),
    ("PATCH", re.compile(r"comments/\{id\}$"), "Edit a comment"),
    ("DELETE", re.compile(r"comments/\{id\}$"), "Delete a comment"),
    ("GET", re.compile(r"issues/\{n\}/comments$"), "Read the comments"),
    ("POST", re.compile(r"issues/\{n\}/comments$"), "Comment on the pull request or issue"),
    ("POST", re.compile(r"(?:^|/)pulls$"), "Open a pull request"),
    ("POST", re.compile(r"(?:^|/)issues$"), "Open an issue"),
    ("POST", re.compile(r"(?:^|/)releases$"), "Publish a release"),
)  # fmt: skip
_VERBS: Final = {
    "POST": "Post to",
    "PUT": "Put to",
    "PATCH": "Change",
    "DELETE": "Delete from",
    "GET": "Read from",
    "HEAD": "Read from",
}


def call_of(program: str, arguments: Sequence[str]) -> Call | None:
    """Give the HTTP call that a command makes, None for any other command."""
    if program in ("gh", "glab") and arguments[:1] == ("api",):
        return _api_call(program, arguments[1:])
    if program == "curl":
        return _curl_call(arguments)
    if program in ("wget", "http", "https", "xh"):
        url = next((a for a in arguments if "." in a and not a.startswith("-")), "")
        method = next(
            (a for a in arguments if a in _METHODS),
            "POST" if any("=" in a and "://" not in a for a in arguments) else "GET",
        )
        return _with_url("curl", "GET" if program == "wget" else method, url) if url else None
    return None


def _api_call(program: str, arguments: Sequence[str]) -> Call:
    method, target, fields, place = "", "", False, 0
    while place < len(arguments):
        word = arguments[place]
        if word in ("-X", "--method") and place + 1 < len(arguments):
            method, place = arguments[place + 1].upper(), place + 1
        elif word.startswith("--method="):
            method = word[9:].upper()
        elif word in _API_FIELDS or word.split("=", 1)[0] in ("--field", "--raw-field", "--input"):
            fields, place = True, place if "=" in word else place + 1
        elif word in ("-H", "--header", "-q", "--jq", "-t", "--template", "--hostname", "--cache", "-p", "--preview"):
            place += 1
        elif not word.startswith("-") and not target:
            target = word
        place += 1
    if target == "graphql":
        mutation = _MUTATION.search(" ".join(arguments))
        return Call(
            f"{program} api",
            "POST" if mutation else "GET",
            "",
            "graphql",
            target,
            mutation.group(1) if mutation else "query",
        )
    target = _SUBSTITUTION.sub("$x", target)
    path = template(target.split("?", 1)[0].split("://", 1)[-1].lstrip("/"))
    return Call(f"{program} api", method or ("POST" if fields else "GET"), "", path, target)


def _curl_call(arguments: Sequence[str]) -> Call | None:
    method, url, data, place = "", "", False, 0
    while place < len(arguments):
        word = arguments[place]
        if word in ("-X", "--request") and place + 1 < len(arguments):
            method, place = arguments[place + 1].upper(), place + 1
        elif word.startswith("-X") and word[2:].upper() in _METHODS:
            method = word[2:].upper()
        elif word in _WITH_DATA or word.split("=", 1)[0] in _WITH_DATA:
            data, place = True, place if "=" in word and word.startswith("--") else place + 1
        elif word in ("-I", "--head"):
            method = "HEAD"
        elif word in ("-G", "--get"):
            method = "GET"
        elif word == "--url" and place + 1 < len(arguments):
            url, place = arguments[place + 1], place + 1
        elif word in _CURL_VALUED:
            place += 1
        elif not word.startswith("-") and not url:
            url = word
        place += 1
    return _with_url("curl", method or ("POST" if data else "GET"), url)


def _with_url(program: str, method: str, url: str) -> Call:
    rest = url.split("://", 1)[-1].split("?", 1)[0].split("#", 1)[0]
    host, slash, path = rest.partition("/")
    host = host.rsplit("@", 1)[-1]  # a password may stand before it
    if host.startswith("$"):
        host = "{host}"
    elif _LOCAL.match(host):
        host = "localhost"
    return Call(program, method, host, template(slash + path), url)


def template(path: str) -> str:
    """Put placeholders where a path's segments vary: ``repos/acme/cli/pulls/104/comments`` → ``repos/{owner}/{repo}/pulls/{n}/comments``."""
    parts = path.rstrip("/").split("/") if path != "/" else [path]
    for place, part in enumerate(parts):
        before = parts[place - 1] if place else ""
        if place and before == "repos":
            if part.startswith("$") and parts[place + 1 : place + 2] and parts[place + 1] in _REPOSITORY_PARTS:
                parts[place] = "{owner}/{repo}"  # one variable held both
                continue
            parts[place] = "{owner}"
            if place + 1 < len(parts):
                parts[place + 1] = "{repo}"
        elif part in ("{owner}", "{repo}") or not part:
            continue
        elif part.isdigit() or part.startswith(("$", "{", ":", "<")):
            parts[place] = "{n}" if before in _NUMBERED else "{id}"
        elif before in ("contents", "heads", "compare") or (before == "branches" and part):
            parts[place] = "{path}" if before == "contents" else "{branch}" if before != "compare" else "{range}"
            if before == "contents":
                return "/".join(parts[: place + 1])
        elif _HEX.match(part) and any(c.isdigit() for c in part):
            parts[place] = "{sha}" if before in ("commits", "git", "trees", "blobs") else "{id}"
        elif _OPAQUE.match(part) or "@" in part:
            parts[place] = "{id}"
    return "/".join(parts)


def name_call(call: Call) -> tuple[Role, str]:
    """Give the role and the phrase of an HTTP call."""
    if call.operation:
        if call.operation == "query":
            return "read", "Query the GraphQL API of GitHub"
        words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", call.operation).lower()
        verb, _, rest = words.partition(" ")
        kind = "an" if rest[:1] in tuple("aeiou") else "a"
        return "effect", f"{verb.capitalize()} {kind} {rest} on GitHub" if rest else f"{verb.capitalize()} on GitHub"
    reads = call.method in ("GET", "HEAD", "OPTIONS")
    if call.program == "curl":
        place = call.host + call.path
        if _LOCAL.match(call.host) and reads:
            return "check", f"Call `{call.method} {place}`"
        reads = reads or bool(_READ_PATHS.search(call.path))
        verb = "Fetch" if reads else "Send"
        return ("read" if reads else "effect"), f"{verb} `{place}`" if reads else f"Send `{call.method} {place}`"
    for method, pattern, phrase in _KNOWN:
        if method == call.method and pattern.search(call.path):
            return ("read" if reads else "effect"), phrase
    verb = _VERBS.get(call.method, "Call")
    return ("read" if reads else "effect"), f"{verb} `{call.path}` through the code host's API"
