"""Secrets that are known by what stands before them: keys in JSON, YAML, code and environments, and options on command lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from runlore.redaction.values import is_secret_value, is_stand_in

Span = tuple[int, int, str]
"""Begin, end and kind of one secret in a line."""

_LONGEST: Final = 8192

_NAME: Final = re.compile(rb"[A-Za-z0-9_.\-]")
_FAMILIES: Final[tuple[tuple[str, re.Pattern[bytes]], ...]] = (
    ("password", re.compile(rb"(?i)(?:passwor[dt]|passwd|passphrase|passcode|(?:^|[_.\-])(?:pwd|pass)|[a-z]pwd)$")),
    ("secret", re.compile(rb"(?i)secret$")),
    ("token", re.compile(rb"(?i)token$")),
    (
        "key",
        re.compile(
            rb"(?i)(?:api|access|secret|private|account|auth|encryption|encrypt|signing|master|service|app|application|admin|client|"
            rb"license|deploy|storage|write|ingest|hmac|webhook|dd|subscription|function)[_.\-]?(?:access)?[_.\-]?key$"
        ),
    ),
)
# Tokens that name a place in a list or a kind of word, never a credential.
_HARMLESS: Final = re.compile(
    rb"(?i)(?:page|cursor|continuation|sync|cancellation|cancel|next|eos|bos|pad|stop|mask|unk|eof|per|max)_?-?token$"
)
_KEYWORD: Final = re.compile(rb"(?i)key|token|secret|pass(?:wor[dt]|wd|phrase|code)?|pwd")
_AFTER: Final = re.compile(
    rb"(?P<close>\\{0,15}[\"'`])?(?:\)|\])?(?P<before>[ \t]{0,3})(?P<delimiter>:=|=>|==?|:|,|)(?P<after>[ \t]{0,4})(?P<open>\\{0,15}[\"'`])?"
)
# A bare value ends where its JSON string could end; \uXXXX and \/ are the only escapes that it may hold.
_BARE: Final = re.compile(rb"[^\s\"'`\\,;&|<>(){}]*(?:(?:\\+u00[0-9a-fA-F]{2}|\\+/)[^\s\"'`\\,;&|<>(){}]*)*")
# A setting written as a pair: {"name": "API_KEY", "value": "…"}.
_PAIR: Final = re.compile(
    rb"\\{0,31}\"[ \t]{0,3},[ \t]{0,3}\\{0,31}\"[Vv]alue\\{0,31}\"[ \t]{0,3}(?P<delimiter>:)[ \t]{0,3}(?P<open>\\{0,31}\")"
)
_QUOTE: Final = re.compile(rb"(\\*)([\"'`])")


def find_keyed(line: bytes, position: int) -> Iterator[Span]:
    """Find the secret after the key whose last word stands at a position; gives nothing or one span."""
    keyword = _KEYWORD.match(line, position)
    if keyword is None:
        return
    start = position
    while start > 0 and position - start < 64 and _NAME.match(line, start - 1):
        start -= 1
    name = line[start : keyword.end()]
    family = _classify(name)
    if family is None:
        return
    pair = _PAIR.match(line, keyword.end())
    if pair is not None:
        yield from _find_paired(line, pair, name, family)
        return
    after = _AFTER.match(line, keyword.end())
    option = name.startswith(b"-") or b"--" in name
    if after is None or not (after["delimiter"] or (option and after["before"] and not after["close"])):
        return
    if after["delimiter"] == b"," and not _is_call(line, start, after):
        return
    if name.lower() == b"pass" and after["delimiter"] == b":" and not after["close"]:
        return  # a verdict: "tests pass: …"
    tight = (not after["before"] and not after["after"]) or option
    span = _find_value(line, after)
    if span is None:
        return
    begin, end, quoted = span
    if after["close"] is not None and not quoted:
        return  # a JSON number, a literal or code: nothing that could be replaced without breaking the document
    value = line[begin:end]
    if not quoted and value[-1:] in b".:!?":
        end -= 1
        value = value[:-1]
    if after["delimiter"] == b"==" and not quoted:
        return
    if is_secret_value(value, family, quoted=quoted, tight=tight):
        yield begin, end, _name_kind(name, family)


def _find_paired(line: bytes, pair: re.Match[bytes], name: bytes, family: str) -> Iterator[Span]:
    span = _find_value(line, pair)
    if span is not None and is_secret_value(line[span[0] : span[1]], family, quoted=True, tight=True):
        yield span[0], span[1], _name_kind(name, family)


def _is_call(line: bytes, start: int, after: re.Match[bytes]) -> bool:
    """Say whether key and value are arguments of a call: ``setenv("API_KEY", "…")``."""
    closing = after["close"]
    opening = start - len(closing or b"")
    return closing is not None and after["open"] is not None and line[max(0, opening - 1) : opening] == b"("


def _classify(name: bytes) -> str | None:
    if _HARMLESS.search(name):
        return None
    return next((family for family, pattern in _FAMILIES if pattern.search(name)), None)


def _name_kind(name: bytes, family: str) -> str:
    lower = name.lower()
    for part, kind in (
        (b"aws", "aws-secret"),
        (b"account", "azure-key"),
        (b"sharedaccess", "azure-key"),
        (b"datadog", "datadog-key"),
    ):
        if part in lower and family in ("key", "secret"):
            return kind
    return {"key": "api-key"}.get(family, family)


def _find_value(line: bytes, after: re.Match[bytes]) -> tuple[int, int, bool] | None:
    """Give begin and end of the value, and whether it is quoted."""
    begin = after.end()
    opening = after["open"]
    if opening is None:
        bare = _BARE.match(line, begin, begin + _LONGEST)
        return None if bare is None or bare.end() == begin else (begin, bare.end(), False)
    # A bare value in a JSON string that ends right after the delimiter: `"… token:"`. The quote is the string's own end.
    end = find_quoted_end(line, begin, len(opening) - 1, opening[-1:])
    if end is None:
        return None
    return begin, end, True


def find_quoted_end(line: bytes, begin: int, depth: int, quote: bytes) -> int | None:
    """Give where a quoted value ends: before the quote that closes it at its own depth of escaping, or the outer string.

    ``depth`` is the number of backslashes before the opening quote: 0 in JSON itself, 1 in a string in it, 3 in a string in that.
    None where no end is near.
    """
    unit = depth + 1
    for match in _QUOTE.finditer(line, begin, begin + _LONGEST):
        run = len(match[1])
        if match[2] != quote and match[2] != b'"':
            continue
        if match[2] != quote and quote != b'"':
            # Another kind of quote: only an unescaped double quote ends the JSON string itself.
            if run % 2 == 0:
                return match.start(1) if run == 0 else match.end(1)
            continue
        if quote != b'"':
            return match.start(1)
        if run < depth:
            return match.start(1)
        if ((run - depth) // unit) % 2 == 0:
            return match.end(1) - depth
    return None


_FLAG_USER: Final = re.compile(
    rb"-(?:u|-user)[ =]?(?:\\{0,15}[\"'])?[^\s:\"'`\\]{0,128}:((?:[^\s\"'`\\]|\\+u00[0-9a-f]{2}){1,256})"
)
_FLAG_PASSWORD: Final = re.compile(rb"-(?:p|a)(?P<gap> ?)(?:\\{0,15}[\"'])?(?P<value>[^\s\"'`\\]{3,256})")
_COMMAND: Final = re.compile(
    rb"(curl|wget|https?|xh|mysql\w*|mariadb\w*|redis-cli|sshpass|docker|podman|helm|7z|zip|unzip)\b[^|;&\n]{0,300}$"
)


def find_flagged(line: bytes, position: int) -> Iterator[Span]:
    """Find the password in a short option at a position: ``curl -u name:password``, ``mysql -ppassword``, ``sshpass -p password``."""
    command = _COMMAND.search(line, max(0, position - 320), position)
    if command is None:
        return
    program = command[1]
    text = line[command.start() : position]
    if rb"\n" in text:
        return
    if program in (b"curl", b"wget", b"http", b"https", b"xh", b"helm"):
        match = _FLAG_USER.match(line, position)
        if match and not is_stand_in(match[1]):
            yield match.start(1), match.end(1), "password"
        return
    match = _FLAG_PASSWORD.match(line, position)
    if match is None:
        return
    letter = line[position + 1 : position + 2]
    attached = not match["gap"]
    if program.startswith((b"mysql", b"mariadb")):
        fits = letter == b"p" and attached
    elif program == b"redis-cli":
        fits = letter == b"a"
    elif program in (b"docker", b"podman"):
        fits = letter == b"p" and b" login" in text
    else:
        fits = letter == b"p" and (program == b"sshpass" or attached)
    if fits and not is_stand_in(match["value"]):
        yield match.start("value"), match.end("value"), "password"
