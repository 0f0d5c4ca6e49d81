"""Where to look: cheap literal searches over large pieces of text, before any rule is tried.

Each anchor is a pattern that begins with a literal, which the standard library finds at memory speed; the few hits are then
looked at by the rules of that anchor alone. Where google-re2 is installed one automaton picks the lines first; it accepts at least
what the anchors accept, so the result is the same.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable
from typing import Any, Final

_KEY_END: Final = rb"[\"'\\`\])]{0,20}[ \t]{0,3}(?:[:=,]|=>)"

ANCHORS: Final[dict[str, re.Pattern[bytes]]] = {
    "underscore": re.compile(rb"_(?:(?=[A-Za-z0-9+/]{16})(?<!toolu_)(?<!msg_)(?<!req_)|(?<=b_pat_)|(?<=r_pat_))"),
    "hyphen": re.compile(
        rb"-(?:(?<=[a-z]-)[A-Za-z0-9](?:(?<=sk-.)|(?<=pypi-.)|(?<=gl[dfr]t-.)|(?<=gl(?:pat|cbt|ptt|imt|oas)-.)|(?<=glsoat-.)|(?<=glagent-.)|(?<=xox.-.)|(?<=xapp-.))"
        rb"|(?<= -)(?=[upa][ =\"'\\A-Za-z0-9]|-user[ =])|----BEGIN )"
    ),
    "capital-a": re.compile(rb"A(?:KIA|SIA|Iza)"),
    "capital-s": re.compile(rb"S(?:K[0-9a-f]{32}|G\.[A-Za-z0-9_\-]{16})"),
    "dot": re.compile(rb"\.(?:eyJ|(?<=ya29\.)|(?<=hv[sbr]\.))"),
    "scheme": re.compile(
        rb"://(?:[^\s/@\"'<>]{0,400}@|hooks\.slack\.com/services/|discord(?:app)?\.com/api/webhooks/)"
    ),
    "signature": re.compile(rb"sig=[A-Za-z0-9%+/]{20}"),
}
"""Searched in the text as it stands."""

_PASS: Final = (
    rb"pass(?:(?:wor[dt]|wd|phrase|code)(?:" + _KEY_END + rb"|[ =])|[\"'\\`\])]{0,20}(?::[\"'\\`]|: (?!test)|=|[ ]=))"
)
_PWD: Final = rb"pwd" + _KEY_END
_AUTHORIZATION: Final = rb"authorization[\\\"'`\])]{0,20}[ \t]{0,3}[:=,]"
_BEARER: Final = rb"bearer[ \t]"

LOWER_ANCHORS: Final[dict[str, re.Pattern[bytes]]] = {
    "key": re.compile(rb"key(?:" + _KEY_END + rb"|(?<=-key)[ =])(?<!\"key\":)"),
    "token": re.compile(rb"token(?:" + _KEY_END + rb"|(?<=-token)[ =])"),
    "secret": re.compile(rb"secret(?:" + _KEY_END + rb"|(?<=-secret)[ =])(?<!\[secret:)"),
    "pass": re.compile(_PASS),
    "pwd": re.compile(_PWD),
    "authorization": re.compile(_AUTHORIZATION),
    "bearer": re.compile(_BEARER),
}
"""Searched in the lower-cased text; positions are the same."""

_LOWER_SELECTOR: Final = rb"|".join(
    (
        rb"(?:key|token|secret)" + _KEY_END,
        rb"-(?:key|token|secret)[ =]",
        _PASS.replace(rb": (?!test)", rb": [^t]|: t[^e]"),
        _PWD,
        _AUTHORIZATION,
        _BEARER,
    )
)

EMAIL_ANCHORS: Final = {"at": re.compile(rb"@(?=[A-Za-z0-9])")}
HOME_ANCHORS: Final = {"home": re.compile(rb"home(?<=[/-]home)[/-]"), "users": re.compile(rb"Users(?=[/\\-])")}

# What the rules of the first group begin with, for one automaton without lookaround.
_SELECTOR: Final = (
    rb"(?:gh[pousr]|npm|rlt|hf|org|live|test|prod|whsec|do[opr]_v1|lin_api|lin_oauth|shp..|gls?[ac]|sntry[su]|rubygems|gsk|ntn|secret)"
    rb"_[A-Za-z0-9+/]{16}|(?:b|r)_pat_|(?:sk|pypi|gl(?:[dfr]t|pat|cbt|ptt|imt|oas|soat|agent)|xox.|xapp)-[A-Za-z0-9]|-----BEGIN "
    rb"| -(?:[upa][ =\"'\\A-Za-z0-9]|-user[ =])|AKIA|ASIA|AIza|SK[0-9a-f]{32}|SG\.[A-Za-z0-9_\-]{16}"
    rb"|\.eyJ|ya29\.|hv[sbr]\.|://(?:[^\s/@\"'<>]{0,400}@|hooks\.slack\.com/services/|discord(?:app)?\.com/api/webhooks/)|sig=[A-Za-z0-9%+/]{20}"
)


def find_re2() -> Any | None:
    """Give the module of google-re2, or None where it is not installed."""
    try:
        return importlib.import_module("re2")
    except ImportError:
        return None


def make_selector(re2: Any, patterns: tuple[bytes, ...]) -> Callable[[bytes, int], int] | None:
    """Make a function that gives the position of the first possible hit at or after a position, or -1.

    None where the automaton cannot be built.
    """
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 64 << 20
    options.encoding = re2.Options.Encoding.LATIN1
    source = rb"|".join((_SELECTOR, rb"(?i:" + _LOWER_SELECTOR + rb")", *patterns))
    try:
        search = re2.compile(source, options).search
    except re2.error:
        return None

    def select(data: bytes, position: int) -> int:
        match = search(data, position)
        return -1 if match is None else int(match.start())

    return select
