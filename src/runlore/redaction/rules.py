r"""What a redaction rule is, and the tokens of providers that are known by their shape.

A pattern works on the raw bytes of a transcript's line: text inside JSON strings, escapes and all. That is why a token's left
boundary also accepts an escape: in ``\nghp_…`` the letter before the token is the escape's own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

PLACEHOLDER: Final = re.compile(rb"\[SECRET:[a-z0-9-]{1,64}:[0-9a-f]{10}\]")
"""What stands where a secret stood: its kind, and a keyed hash of its value."""

LEFT: Final = rb"(?:(?<![A-Za-z0-9])|(?<=\\[nrtbf])|(?<=\\u[0-9a-fA-F]{4}))"
"""The left boundary of a token in JSON text."""

RIGHT: Final = rb"(?![A-Za-z0-9])"


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of secret, found by a pattern near an anchor.

    ``anchor`` names the cheap literal search that finds where to look (a key of ``anchors.ANCHORS``); ``group`` is the group of the
    pattern that holds the secret; ``entropy`` is the least entropy in bits a byte that it must have. ``literals`` are what the pattern
    begins with, where that is known: around an anchor it is then tried only there. Values that match ``allowed`` or hold one of the ``stop_words`` are let through.
    """

    kind: str
    anchor: str
    pattern: re.Pattern[bytes]
    group: int = 0
    entropy: float = 0.0
    literals: tuple[bytes, ...] = ()
    allowed: tuple[re.Pattern[bytes], ...] = ()
    stop_words: tuple[bytes, ...] = ()


def _token(kind: str, anchor: str, literals: str, shape: bytes, entropy: float = 2.5) -> Rule:
    return Rule(kind, anchor, re.compile(LEFT + shape), 0, entropy, tuple(literals.encode().split()))


_PEM_HEAD: Final = rb"-----BEGIN (?:[A-Z0-9]+ ){0,4}PRIVATE KEY(?: BLOCK)?-----"
_PEM_TAIL: Final = rb"-----END (?:[A-Z0-9]+ ){0,4}PRIVATE KEY(?: BLOCK)?-----"
# Between the lines of a key stand line ends in any depth of escaping, and the line numbers that file viewers add.
_PEM_BODY: Final = rb"(?:\\+(?:[nrt/]|u2192)|[A-Za-z0-9+/=:,. \-()|]|\xe2\x86\x92|\t)"

_GAP: Final = rb"(?:[ \t]|\\+[nt]){1,8}"
_NETRC: Final = (
    rb"machine"
    + _GAP
    + rb"[^\s\"\\]{1,128}"
    + _GAP
    + rb"login"
    + _GAP
    + rb"[^\s\"\\]{1,64}"
    + _GAP
    + rb"password"
    + _GAP
)
_HEADER: Final = rb"(?i:authorization)[\\\"'`\])]{0,20}[ \t]{0,3}(?:[:=,]|=>)[ \t]{0,3}[\\\"'`]{0,20}"

PROVIDER_RULES: Final[tuple[Rule, ...]] = (
    _token("github-token", "underscore", "ghp_ gho_ ghu_ ghs_ ghr_", rb"gh[pousr]_[A-Za-z0-9]{30,255}"),
    _token("github-token", "underscore", "github_pat_", rb"github_pat_[A-Za-z0-9_]{22,255}"),
    _token("runlore-token", "underscore", "rlt_", rb"rlt_[0-9a-f]{64}"),
    _token("npm-token", "underscore", "npm_", rb"npm_[A-Za-z0-9]{30,64}"),
    _token("huggingface-token", "underscore", "hf_ api_org_", rb"(?:hf|api_org)_[A-Za-z0-9]{30,64}"),
    _token(
        "stripe-key",
        "underscore",
        "sk_live_ rk_live_ sk_test_ rk_test_ sk_prod_ rk_prod_",
        rb"(?:sk|rk)_(?:live|test|prod)_[A-Za-z0-9]{16,255}",
    ),
    _token("stripe-webhook-secret", "underscore", "whsec_", rb"whsec_[A-Za-z0-9+/=_\-]{24,255}"),
    _token("digitalocean-token", "underscore", "dop_v1_ doo_v1_ dor_v1_", rb"do[opr]_v1_[a-f0-9]{64}"),
    _token("linear-key", "underscore", "lin_api_ lin_oauth_", rb"lin_(?:api|oauth)_[A-Za-z0-9]{32,64}"),
    _token("docker-token", "underscore", "dckr_pat_ dckr_oat_", rb"dckr_(?:pat|oat)_[A-Za-z0-9_\-]{20,64}"),
    _token("shopify-token", "underscore", "shpat_ shpca_ shppa_ shpss_", rb"shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}"),
    _token("grafana-token", "underscore", "glsa_ glc_", rb"gls?[ac]_[A-Za-z0-9_+/=]{32,400}"),
    _token("sentry-token", "underscore", "sntrys_ sntryu_", rb"sntry[su]_[A-Za-z0-9+/=_]{40,400}"),
    _token("rubygems-key", "underscore", "rubygems_", rb"rubygems_[a-f0-9]{48}"),
    _token("groq-key", "underscore", "gsk_", rb"gsk_[A-Za-z0-9]{40,64}"),
    _token("notion-token", "underscore", "ntn_ secret_", rb"(?:ntn|secret)_[A-Za-z0-9]{40,60}"),
    _token("anthropic-key", "hyphen", "sk-ant-", rb"sk-ant-[A-Za-z0-9_\-]{20,200}"),
    _token("openai-key", "hyphen", "sk-", rb"sk-(?:proj|svcacct|admin|None)-[A-Za-z0-9_\-]{20,300}", 3.0),
    _token("openai-key", "hyphen", "sk-", rb"sk-(?:or-v1-|lf-)?[A-Za-z0-9\-]{0,40}[A-Za-z0-9]{20,200}", 3.5),
    _token(
        "gitlab-token",
        "hyphen",
        "glpat- gldt- glrt- glcbt- glptt- glft- glimt- glagent- glsoat- gloas-",
        rb"gl(?:pat|dt|rt|cbt|ptt|ft|imt|agent|soat|oas)-[A-Za-z0-9_.\-]{20,200}",
    ),
    _token("pypi-token", "hyphen", "pypi-", rb"pypi-[A-Za-z0-9_\-]{50,400}"),
    _token("slack-token", "hyphen", "xox", rb"xox[abeoprs](?:\.xox[bp])?-[A-Za-z0-9\-]{10,400}"),
    _token("slack-token", "hyphen", "xapp-", rb"xapp-[0-9]-[A-Za-z0-9\-]{20,400}"),
    Rule(
        "private-key",
        "hyphen",
        re.compile(_PEM_HEAD + rb"(?:(?!-----)" + _PEM_BODY + rb"){32,20000}?" + _PEM_TAIL),
        literals=(b"-----BEGIN ",),
    ),
    # Without its end (a cut output): as far as lines of base64 go.
    Rule(
        "private-key",
        "hyphen",
        re.compile(
            _PEM_HEAD
            + rb"(?:(?:\\+(?:[nrt/]|u2192)|[ \t0-9|]|\xe2\x86\x92){1,16}(?:[A-Za-z0-9+/=]|\\+/){16,100}){1,400}"
        ),
        literals=(b"-----BEGIN ",),
    ),
    _token("aws-access-key", "capital-a", "AKIA ASIA", rb"A(?:KIA|SIA)[A-Z2-7]{16}" + RIGHT),
    _token("google-api-key", "capital-a", "AIza", rb"AIza[A-Za-z0-9_\-]{35}"),
    _token("sendgrid-key", "capital-s", "SG.", rb"SG\.[A-Za-z0-9_\-]{16,32}\.[A-Za-z0-9_\-]{30,64}"),
    _token("twilio-key", "capital-s", "SK", rb"SK[0-9a-f]{32}" + RIGHT),
    _token(
        "jwt", "dot", "", rb"eyJ[A-Za-z0-9_\-]{8,4096}\.eyJ[A-Za-z0-9_\-]{8,16384}(?:\.[A-Za-z0-9_\-]{8,4096})?", 3.0
    ),
    _token("google-oauth-token", "dot", "ya29.", rb"ya29\.[A-Za-z0-9_\-]{20,400}"),
    _token("vault-token", "dot", "hvs. hvb. hvr.", rb"hv[sbr]\.[A-Za-z0-9_\-]{24,300}"),
    Rule(
        "url-password",
        "scheme",
        re.compile(
            rb"[A-Za-z][A-Za-z0-9+.\-]{1,30}://[^\s/@:\"'`\\<>]{0,128}"
            rb":((?:[^\s/\"'`\\<>]|\\+u00[0-9a-f]{2}){1,256})@(?=[A-Za-z0-9\[])"
        ),
        1,
    ),
    Rule(
        "url-token",
        "scheme",
        re.compile(rb"https?://([A-Za-z0-9_\-]{20,256})@(?=[A-Za-z0-9])"),
        1,
        3.0,
    ),
    Rule(
        "webhook-url",
        "scheme",
        re.compile(rb"hooks\.slack\.com/services/(T[A-Za-z0-9]{6,16}/B[A-Za-z0-9]{6,16}/[A-Za-z0-9]{16,40})"),
        1,
    ),
    Rule(
        "webhook-url",
        "scheme",
        re.compile(rb"discord(?:app)?\.com/api/webhooks/([0-9]{15,22}/[A-Za-z0-9_\-]{40,100})"),
        1,
    ),
    Rule("password", "pass", re.compile(_NETRC + rb"([^\s\"'`\\]{4,256})"), 1),
    Rule("azure-signature", "signature", re.compile(rb"(?:[?&;]|\\+u0026)sig=([A-Za-z0-9%+/]{40,120}=?)"), 1, 3.0),
    Rule(
        "authorization",
        "authorization",
        re.compile(_HEADER + rb"(?i:bearer|basic|token|apikey|bot|digest)[ \t]{1,3}([A-Za-z0-9._~+/=\-]{8,8192})"),
        1,
        2.5,
    ),
    Rule(
        "authorization",
        "authorization",
        re.compile(_HEADER + rb"((?=[A-Za-z._~+/=\-]{0,200}[0-9])[A-Za-z0-9._~+/=\-]{16,8192})"),
        1,
        3.0,
    ),
    Rule("bearer-token", "bearer", re.compile(rb"(?i:bearer)[ \t]{1,3}([A-Za-z0-9._~+/=\-]{16,8192})"), 1, 3.0),
)

EMAIL_RULE: Final = Rule(
    "email",
    "at",
    re.compile(rb"[A-Za-z0-9._%+\-]{1,64}@(?:[A-Za-z0-9\-]{1,63}\.){1,8}[A-Za-z]{2,24}" + RIGHT),
)

HOME_RULES: Final[tuple[Rule, ...]] = (
    Rule("home", "home", re.compile(rb"/home/([^/\s\"'`\\:;,<>()|&*$\[\]{}]{1,64})"), 1),
    Rule("home", "users", re.compile(rb"Users(?:/|\\{1,16})([^/\s\"'`\\:;,<>()|&*$\[\]{}]{1,64})"), 1),
    Rule("home", "home", re.compile(rb"-home-([A-Za-z0-9_.]{1,64})"), 1),
    Rule("home", "users", re.compile(rb"-Users-([A-Za-z0-9_.]{1,64})"), 1),
)
