"""Secrets out of a transcript's lines, before anything is stored or shown."""

from __future__ import annotations

import hashlib
import json
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from operator import itemgetter
from typing import Final

import msgspec

from runlore.redaction import anchors
from runlore.redaction.keyed import Span, find_flagged, find_keyed
from runlore.redaction.rules import EMAIL_RULE, HOME_RULES, PLACEHOLDER, PROVIDER_RULES, Rule
from runlore.redaction.values import is_stand_in, measure_entropy

_BACK: Final = 160  # how far before its anchor a secret may begin
_REACH: Final = 640  # how far after it a pattern must have matched for the first time
_NEAR: Final = 24  # how near to its anchor a known beginning stands
_PASSES: Final = 8
_ESCAPE: Final = re.compile(rb"\\+u([0-9a-fA-F]{4})|\\+(.)", re.DOTALL)
_UNSAFE: Final = re.compile(rb'\\(?:u[0-9a-fA-F]{4}|.)|["\n]', re.DOTALL)
_GENERIC: Final = frozenset(("password", "secret", "token", "api-key", "authorization", "bearer-token"))
_KEYWORD_ANCHORS: Final = frozenset(("key", "token", "secret", "pass", "pwd"))

Hit = tuple[str, int]
"""An anchor's name and where it stands."""


class Redactor:
    """Replaces secrets in lines of JSON (and in text) by typed placeholders.

    ``secret`` keys the placeholders: the same value under the same secret gives the same placeholder, so values stay joinable. ``email``
    and ``home`` also hide e-mail addresses and the names of home folders. ``rules`` are further rules (``parse_rules``).
    ``fast`` chooses google-re2 where it is installed; the result is the same without it.
    """

    def __init__(
        self, secret: bytes, *, email: bool = False, home: bool = False, rules: Iterable[Rule] = (), fast: bool = True
    ) -> None:
        self._key = hashlib.blake2b(secret, digest_size=32, person=b"runlore-redact").digest()
        further = tuple(rules)
        self._anchors = dict(anchors.ANCHORS)
        self._lower_anchors = dict(anchors.LOWER_ANCHORS)
        chosen = list(PROVIDER_RULES)
        if email:
            self._anchors.update(anchors.EMAIL_ANCHORS)
            chosen.append(EMAIL_RULE)
        if home:
            self._anchors.update(anchors.HOME_ANCHORS)
            chosen.extend(HOME_RULES)
        for keyword in sorted({rule.anchor for rule in further}):
            self._lower_anchors[keyword] = re.compile(re.escape(keyword.removeprefix("keyword:").encode()))
        chosen.extend(further)
        self._rules: dict[str, tuple[Rule, ...]] = {}
        for rule in chosen:
            self._rules[rule.anchor] = (*self._rules.get(rule.anchor, ()), rule)
        self._select = self._make_selector(email, home, further) if fast else None

    def _make_selector(self, email: bool, home: bool, further: tuple[Rule, ...]) -> Callable[[bytes, int], int] | None:
        re2 = anchors.find_re2()
        if re2 is None:
            return None
        extra = [rb"@[A-Za-z0-9]"] if email else []
        if home:
            extra += [rb"[/-]home[/-]", rb"Users[/\\-]"]
        words = sorted({rule.anchor.removeprefix("keyword:") for rule in further})
        extra += [rb"(?i:" + re.escape(word.encode()) + rb")" for word in words]
        return anchors.make_selector(re2, tuple(extra))

    def redact(self, data: bytes) -> bytes:
        """Redact one or many lines of JSON; what was valid JSON stays valid, and redacting again changes nothing.

        Lines may be joined by newlines: large pieces are much faster than single lines. No secret is looked for across a newline.
        """
        parts: list[bytes] = []
        done = 0
        for begin, end, hits in self._list_suspects(data):
            line = data[begin:end]
            redacted = self._redact_line(line, hits)
            if redacted is not line:
                parts += (data[done:begin], redacted)
                done = end
        if not parts:
            return data
        parts.append(data[done:])
        return b"".join(parts)

    def redact_text(self, text: str) -> str:
        """Redact plain text of any number of lines."""
        escaped = json.dumps(text).encode()
        redacted = self.redact(escaped)
        return text if redacted is escaped else str(json.loads(redacted))

    def redact_lines(self, lines: list[bytes]) -> list[bytes]:
        """Redact many lines at once; none may hold a newline."""
        return self.redact(b"\n".join(lines)).split(b"\n") if lines else []

    def _list_suspects(self, data: bytes) -> Iterator[tuple[int, int, list[Hit]]]:
        """Give begin and end of each line that holds an anchor, in order, and its anchors with their places in the line."""
        if self._select is None:
            yield from _group_by_line(data, sorted((position, name) for name, position in self._list_hits(data)))
            return
        position = 0
        while (hit := self._select(data, position)) >= 0:
            begin = data.rfind(b"\n", position, hit) + 1 or position
            end = data.find(b"\n", hit)
            if end < 0:
                end = len(data)
            hits = sorted((place, name) for name, place in self._list_hits(data[begin:end]))
            yield begin, end, [(name, place) for place, name in hits]
            if end == len(data):
                return
            position = end + 1

    def _list_hits(self, data: bytes) -> Iterator[Hit]:
        for name, pattern in self._anchors.items():
            for match in pattern.finditer(data):
                yield name, match.start()
        lower = data.lower()
        for name, pattern in self._lower_anchors.items():
            for match in pattern.finditer(lower):
                yield name, match.start()

    def _redact_line(self, line: bytes, hits: Iterable[Hit]) -> bytes:
        redacted = line
        for _ in range(_PASSES):  # a second secret may stand where the first hid it
            spans = self._list_spans(redacted, hits)
            if not spans:
                break
            redacted = self._replace(redacted, spans)
            hits = sorted(self._list_hits(redacted), key=itemgetter(1))
        if redacted is line or _is_json(redacted) or not _is_json(line):
            return redacted
        return msgspec.json.encode(self._redact_value(msgspec.json.decode(line)))

    def _redact_value(self, value: object) -> object:
        """Redact the strings of a parsed line one by one: the last resort where a rule would have broken the JSON around them."""
        if isinstance(value, str):
            return self.redact_text(value)
        if isinstance(value, list):
            return [self._redact_value(item) for item in value]
        if isinstance(value, dict):
            return {self.redact_text(str(key)): self._redact_value(item) for key, item in value.items()}
        return value

    def _list_spans(self, line: bytes, hits: Iterable[Hit]) -> list[Span]:
        """List the secrets of one line: in order, none overlapping another or a placeholder."""
        found: list[Span] = []
        covered = 0
        for name, hit in hits:
            if name in _KEYWORD_ANCHORS:
                if hit >= covered:  # within a value that goes as a whole nothing more is looked for
                    found += find_keyed(line, hit)
                    covered = max(covered, found[-1][1] if found else 0)
            elif name == "hyphen":
                found += find_flagged(line, hit)
            for rule in self._rules.get(name, ()):
                found += _find_by_rule(rule, line, hit)
        if not found:
            return []
        taken = [match.span() for match in PLACEHOLDER.finditer(line)]
        return _choose((span for span in (_trim(line, *span) for span in found) if span is not None), taken)

    def _replace(self, line: bytes, spans: list[Span]) -> bytes:
        parts: list[bytes] = []
        done = 0
        for begin, end, kind in spans:
            parts += (line[done:begin], self._make_placeholder(kind, line[begin:end]))
            done = end
        parts.append(line[done:])
        return b"".join(parts)

    def _make_placeholder(self, kind: str, value: bytes) -> bytes:
        plain = _ESCAPE.sub(_unescape, value)
        if kind == "private-key":
            plain = re.sub(rb"\s", b"", plain)
        identity = hashlib.blake2b(plain, key=self._key, digest_size=5).hexdigest()
        return f"[SECRET:{kind}:{identity}]".encode()


def _unescape(match: re.Match[bytes]) -> bytes:
    """Give what an escape stands for, at any depth, so that equal values have equal placeholders."""
    if match[1]:
        return chr(int(match[1], 16)).encode("utf-8", "surrogatepass")
    return {b"n": b"\n", b"r": b"\r", b"t": b"\t"}.get(match[2], match[2])


def _is_json(line: bytes) -> bool:
    try:
        msgspec.json.decode(line, type=msgspec.Raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return False
    return True


def _group_by_line(data: bytes, hits: list[tuple[int, str]]) -> Iterator[tuple[int, int, list[Hit]]]:
    begin, end = 0, -1
    group: list[Hit] = []
    for hit, name in hits:
        if hit >= end:
            if group:
                yield begin, end, group
            begin = data.rfind(b"\n", 0, hit) + 1
            end = data.find(b"\n", hit)
            end = len(data) if end < 0 else end
            group = []
        group.append((name, hit - begin))
    if group:
        yield begin, end, group


def _find_by_rule(rule: Rule, line: bytes, hit: int) -> Iterator[Span]:
    """Find what a rule matches around an anchor."""
    if rule.literals:
        near = max(0, hit - _NEAR)
        places = (line.rfind(literal, near, hit + len(literal)) for literal in rule.literals)
        matches = [match for place in places if place >= 0 and (match := rule.pattern.match(line, place))]
    else:
        matches = []
        position = max(0, hit - _BACK)
        while match := rule.pattern.search(line, position, hit + _REACH):
            matches.append(rule.pattern.match(line, match.start()) or match)  # the window may have cut its end
            position = max(matches[-1].end(), match.start() + 1)
    for match in matches:
        span = match.span(rule.group)
        value = line[span[0] : span[1]]
        if span[0] < 0 or not value or (rule.kind != "private-key" and is_stand_in(value)):
            continue
        if any(pattern.search(value) for pattern in rule.allowed) or any(
            word in value.lower() for word in rule.stop_words
        ):
            continue
        if not rule.entropy or measure_entropy(value) >= rule.entropy:
            yield *span, rule.kind


def _trim(line: bytes, begin: int, end: int, kind: str) -> Span | None:
    """Cut a span to what can be replaced without touching an escape, a quote of the JSON around it, or a line end."""
    slashes = begin
    while slashes > 0 and line[slashes - 1] == 0x5C:
        slashes -= 1
    if (begin - slashes) % 2:  # the first byte belongs to an escape
        begin += 5 if line[begin : begin + 1] == b"u" else 1
    position = begin
    for match in _UNSAFE.finditer(line, begin, end + 6):
        if match.start() >= end:
            break
        if match[0][:1] != b"\\" or match.end() > end:
            end = match.start()
            break
        position = match.end()
    return (begin, end, kind) if max(begin, position) <= end and begin < end else None


def _rank(span: Span) -> tuple[int, bool, int, bool]:
    begin, end, kind = span
    return begin, kind != "url-password", -end, kind in _GENERIC


def _choose(spans: Iterator[Span], taken: list[tuple[int, int]]) -> list[Span]:
    """Choose among overlapping spans the one that begins first and, there, the longest; none over what is ``taken``."""
    chosen: list[Span] = []
    last = 0
    ends = [stop for _, stop in taken]
    for begin, end, kind in sorted(spans, key=_rank):
        following = bisect_right(ends, begin)
        if begin < last or (following < len(taken) and taken[following][0] < end):
            continue
        chosen.append((begin, end, kind))
        last = end
    return chosen
