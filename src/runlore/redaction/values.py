"""Whether what stands after a key is a secret, or only looks like one."""

from __future__ import annotations

import math
import re
from collections import Counter
from typing import Final

# What people and programs write where a secret would stand.
_STAND_IN: Final = re.compile(
    rb"(?i)^(?:\$|%[a-z_{(]|\{|<|\[|\*|\.\.\.|#|@|&|-|=|~/|\.{0,2}/|https?:|file:|x{3,}|_+$|\.+$|\\u003c|\\+u0024"
    rb"|your[_-]?|my[_-]?(?:api|secret|token|key|pass)|example|sample|dummy|fake|placeholder|insert|change[_-]?me|redacted|todo"
    rb"|null$|none$|nil$|true$|false$|undefined$|string$|str$|int$|bool(?:ean)?$|number$|bytes$|any$|optional|required|unset$|empty$"
    rb"|process\.|os\.|env\.|env\[|secrets\.|config\.|self\.|this\.|args\.|opts\.|options\.|vault:|op://|arn:|sha256:|ref:|var\."
    rb"|\(|function|async|await|new\s|import|return|const$|let$|var$|type$|interface$)"
)
_REDACTED: Final = re.compile(
    rb"(?i)redacted|\[secret:|<omitted>|\*{3,}|\.{3}|\xe2\x80\xa6|\$\{|\{\{|\$\(|%\(|<[a-z_ -]+>"
)
_CODE: Final = re.compile(rb"^[A-Za-z_$][\w$]*(?:(?:\.|->|::)[A-Za-z_$][\w$]*|\[[^\]]*\]|\([^)]*\)?)+$")
_WORDS: Final = re.compile(rb"^[A-Za-z]+(?:[ _.\-/:][A-Za-z]+)*$")
_PROSE: Final = re.compile(
    rb"(?i)^(?:is|are|was|the|an?|and|or|for|from|in|of|on|to|with|without|that|this|which|will|must|should|can|cannot|not|no|yes|"
    rb"flag|option|argument|field|value|values|auth|authentication|reset|prompt|based|manager|file|hash|hashing|protected|input|"
    rb"types?|as|at|by|if|into|it|via|when|stored|store|set|get|length|count|usage|tokens?|passwords?|secrets?|keys?|header|parameter)$"
)


def measure_entropy(value: bytes) -> float:
    """Give the Shannon entropy of a value's first 1,024 bytes, in bits a byte."""
    value = value[:1024]
    size = len(value)
    return -sum(n / size * math.log2(n / size) for n in Counter(value).values()) if size else 0.0


def is_stand_in(value: bytes) -> bool:
    """Say whether a value is a variable, a type, a path or an obvious placeholder, and no secret."""
    return _STAND_IN.match(value) is not None or _REDACTED.search(value, 0, 512) is not None


def is_secret_value(value: bytes, family: str, *, quoted: bool, tight: bool) -> bool:
    """Say whether a value after a key is worth hiding.

    ``family`` is ``password``, ``secret``, ``token`` or ``key``; ``quoted`` says that the value stood in quotes; ``tight`` that
    nothing stood around the delimiter, as in environment variables and on command lines.
    """
    if not value or is_stand_in(value):
        return False
    if family == "password":
        return _is_password(value, quoted, tight)
    if len(value) < 8 or value.isdigit() or b" " in value:
        return False
    if _CODE.match(value) and not quoted:
        return False
    if _WORDS.match(value):  # words alone, however joined: only long and mixed ones are keys
        return len(value) >= 24 and not re.search(rb"[ _.\-/:]", value) and measure_entropy(value) >= 4.0
    digits = sum(48 <= byte <= 57 for byte in value)
    if digits == 0 and len(value) < 20:
        return False
    return measure_entropy(value) >= (2.5 if family != "token" or digits > 1 else 3.0)


def _is_password(value: bytes, quoted: bool, tight: bool) -> bool:
    value = re.sub(rb"\\+", rb"\\", value)  # the depth of escaping says nothing about its length
    if len(value) < (4 if quoted or tight else 6) or len(value) > 512:
        return False
    if not quoted and (_PROSE.match(value) or _CODE.match(value)):
        return False
    if b" " in value:
        return quoted and len(value) <= 64 and value.count(b" ") <= 4
    if quoted or tight:
        return not re.match(rb"(?i)^(?:pass(?:word|wd|phrase)?|pwd|secret|token|text|hidden|input)[s:]?$", value)
    return bool(re.search(rb"[0-9]", value) or re.search(rb"[^A-Za-z_\-.]", value))
