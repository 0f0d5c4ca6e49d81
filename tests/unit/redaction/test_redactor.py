"""Planted secrets never survive, JSON stays JSON, and redacting again changes nothing."""

from __future__ import annotations

import json
import string
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runlore.redaction import Redactor

SECRET = b"a local secret of the tests" * 2
FAST = Redactor(SECRET)
PLAIN = Redactor(SECRET, fast=False)

ALNUM = string.ascii_letters + string.digits


def opaque(length: int, alphabet: str = ALNUM) -> st.SearchStrategy[str]:
    """Random text of one length with enough different characters to look like a key."""
    return st.permutations(list(alphabet * (length // len(alphabet) + 1))).map(
        lambda letters: "".join(letters[:length])
    )


HEX = string.digits + "abcdef"
BASE32 = string.ascii_uppercase + "234567"
TOKENS: dict[str, st.SearchStrategy[str]] = {
    "github-token": st.one_of(
        opaque(36).map("ghp_".__add__), opaque(36).map("ghs_".__add__), opaque(36).map("gho_".__add__)
    ),
    "github-fine": st.builds("github_pat_{}_{}".format, opaque(22), opaque(59)),
    "gitlab": opaque(20).map("glpat-".__add__),
    "slack": st.builds("xoxb-{}-{}".format, opaque(12, string.digits), opaque(24)),
    "stripe": opaque(24).map("sk_live_".__add__),
    "openai": opaque(48).map("sk-".__add__),
    "openai-project": opaque(60, ALNUM + "_").map("sk-proj-".__add__),
    "anthropic": opaque(90).map("sk-ant-api03-".__add__),
    "google": opaque(35).map("AIza".__add__),
    "npm": opaque(36).map("npm_".__add__),
    "pypi": opaque(80).map("pypi-AgEIcHlwaS5vcmc".__add__),
    "huggingface": opaque(34).map("hf_".__add__),
    "sendgrid": st.builds("SG.{}.{}".format, opaque(22), opaque(43)),
    "twilio": opaque(32, HEX).map("SK".__add__),
    "digitalocean": opaque(64, HEX).map("dop_v1_".__add__),
    "linear": opaque(40).map("lin_api_".__add__),
    "aws": opaque(16, BASE32).map("AKIA".__add__),
    "vault": opaque(30).map("hvs.".__add__),
    "jwt": st.builds("eyJ{}.eyJ{}.{}".format, opaque(20), opaque(40), opaque(43)),
}
KEYED = (
    "api_key={}",
    "API_KEY: {}",
    'apiKey: "{}"',
    "token: '{}'",
    'export SERVICE_TOKEN="{}"',
    "client_secret={}",
    "curl -H 'X-Api-Key: {}' https://example.com",
    'curl -H "Authorization: Bearer {}" https://example.com',
    "Authorization: Basic {}",
    "deploy --api-key {} --now",
    "deploy --token={}",
    '{{"secret": "{}"}}',
    "https://api.example.com/v1?access_token={}&page=2",
    '{{"env": [{{"name": "SERVICE_TOKEN", "value": "{}"}}]}}',
    "AccountName=a;AccountKey={};EndpointSuffix=core.windows.net",
    "DD_API_KEY={}",
    "aws_secret_access_key = {}",
    "git clone https://x-access-token:{}@github.com/a/b",
    "post to https://hooks.slack.com/services/T01ABCDEF/B01ABCDEF/{}",
    "https://discord.com/api/webhooks/123456789012345678/{}abcdefgh1234",
    "https://acme.blob.core.windows.net/a/b.zip?sv=2024-01-01&sig={}abcdefgh1234%3D",
)
PASSWORDS = (
    "PGPASSWORD={} psql -h db",
    "psql postgres://app:{}@db.example.com:5432/app",
    "login --password {} --user app",
    "login --password='{}'",
    "mysql -u root -p{} app",
    "curl -u app:{} https://example.com",
    "sshpass -p {} ssh host",
    '{{"password": "{}"}}',
    "Server=db;User Id=sa;Password={};Encrypt=yes",
    "DB_PASS={}",
    '[{{"name": "DB_PASSWORD", "value": "{}"}}]',
    "machine example.com login app password {}",
    "machine example.com\n  login app\n  password {}\n",
    "redis://:{}@cache.example.com:6379/0",
    "docker run -e MYSQL_ROOT_PASSWORD={} mysql",
    "the password: {} is new",
)
CONTEXTS = ("{}", "first line\n{}\nlast line", "\t{}", "say “{}”", "x = `{}`", "({})", "{}, and so on", "é\n{}")
PASSWORD = st.text(ALNUM + "!%+^_~?", min_size=6, max_size=24).filter(
    lambda text: (
        any(c.isdigit() for c in text) and text[0].isalpha() and text[-1].isalnum() and "xxx" not in text.lower()
    )
)


def nest(text: str, depth: int) -> str:
    """The text in a JSON string, in a JSON string …"""
    for _ in range(depth):
        text = json.dumps({"arguments": text, "other": 1})
    return text


def line_with(text: str, depth: int) -> bytes:
    return json.dumps({"type": "user", "message": {"content": nest(text, depth)}, "n": 3}).encode()


def check(line: bytes, secret: str) -> bytes:
    redacted = FAST.redact(line)
    assert secret.encode() not in redacted
    json.loads(redacted)
    assert FAST.redact(redacted) == redacted
    assert PLAIN.redact(line) == redacted
    return redacted


@pytest.mark.parametrize("kind", sorted(TOKENS))
@settings(max_examples=20, deadline=None)
@given(data=st.data(), context=st.sampled_from(CONTEXTS), depth=st.integers(0, 3))
def test_provider_tokens_never_survive(kind: str, data: st.DataObject, context: str, depth: int) -> None:
    token = data.draw(TOKENS[kind])
    check(line_with(context.format(token), depth), token)


@pytest.mark.parametrize("form", KEYED)
@settings(max_examples=15, deadline=None)
@given(value=opaque(32), context=st.sampled_from(CONTEXTS), depth=st.integers(0, 3))
def test_keyed_values_never_survive(form: str, value: str, context: str, depth: int) -> None:
    check(line_with(context.format(form.format(value)), depth), value)


@pytest.mark.parametrize("form", PASSWORDS)
@settings(max_examples=25, deadline=None)
@given(value=PASSWORD, context=st.sampled_from(CONTEXTS), depth=st.integers(0, 3))
def test_passwords_never_survive(form: str, value: str, context: str, depth: int) -> None:
    check(line_with(context.format(form.format(value)), depth), value)


@settings(max_examples=60, deadline=None)
@given(middle=st.text('ab1"\\/é$ \n', min_size=4, max_size=18), depth=st.integers(0, 3))
def test_a_password_with_quotes_and_backslashes_goes_as_a_whole(middle: str, depth: int) -> None:
    value = f"a1{middle}1b"
    if value.count(" ") > 4 or "${" in value or "$(" in value:
        return
    inner = json.dumps({"password": value, "user": "app"})
    redacted = json.loads(FAST.redact(line_with(inner, depth)))
    text = redacted["message"]["content"]
    for _ in range(depth):
        text = json.loads(text)["arguments"]
    assert json.loads(text)["user"] == "app"
    assert json.loads(text)["password"].startswith("[SECRET:password:")


@pytest.mark.parametrize("depth", [0, 1, 2])
@pytest.mark.parametrize("prefix", ["", "     1→", "  12\t"])
@pytest.mark.parametrize("head", ["RSA PRIVATE KEY", "OPENSSH PRIVATE KEY", "PRIVATE KEY", "EC PRIVATE KEY"])
def test_private_keys_never_survive(depth: int, prefix: str, head: str) -> None:
    body = ["MIIEpAIBAAKCAQEA7" + (ALNUM * 2)[shift : shift + 47] for shift in range(12)]
    key = "\n".join(prefix + line for line in (f"-----BEGIN {head}-----", *body, f"-----END {head}-----"))
    for text in (key, key.rsplit("\n", 3)[0]):  # whole, and cut off by a viewer
        redacted = check(line_with(f"$ cat key\n{text}\ndone and well", depth), body[0])
        assert all(line.encode() not in redacted for line in body)
        assert b"done and well" in redacted


@settings(max_examples=150, deadline=None)
@given(
    st.recursive(
        st.one_of(
            st.none(),
            st.booleans(),
            st.integers(),
            st.text(),
            st.sampled_from(["password: ", "token=", "sk-", "\\", '"', "api_key"]),
        ),
        lambda inner: st.one_of(
            st.lists(inner, max_size=3),
            st.dictionaries(st.sampled_from(["password", "token", "api_key", "a"]), inner, max_size=3),
            st.lists(inner, max_size=3).map(json.dumps),
            st.tuples(st.sampled_from(["password=", "token: ", "-u a:", "://a:"]), st.text()).map("".join),
        ),
        max_leaves=8,
    )
)
def test_json_stays_json_and_redacting_twice_is_redacting_once(value: object) -> None:
    line = json.dumps(value).encode()
    redacted = FAST.redact(line)
    json.loads(redacted)
    assert FAST.redact(redacted) == redacted
    assert PLAIN.redact(line) == redacted


@pytest.mark.parametrize(
    "text",
    [
        "commit 0123456789abcdef0123456789abcdef01234567",
        "id 123e4567-e89b-42d3-a456-426614174000",
        '"token_count": 123, "input_tokens": 4096',
        "curl -H 'Authorization: Bearer $TOKEN' https://example.com",
        "token: ${{ secrets.DEPLOY_TOKEN }}",
        "api_key: <your-api-key>",
        "password: REDACTED",
        'token := os.Getenv("API_TOKEN")',
        "interface Login { password: string; token: string }",
        "apiKey: process.env.API_KEY",
        "const token = getToken(user)",
        "postgres://${DB_USER}:${DB_PASS}@localhost/app",
        "password is required",
        "the login form password field is empty",
        "--password flag",
        "secret: env.WEBHOOK_SECRET",
        "/etc/ssl/private/key.pem",
        'key: "value"',
        '{"next_page_token": "CAESBgoEGgIIAQ12"}',
        "--- PASS: TestTransitions (0.01s)",
        "all tests pass: `mise run test:ci`",
        "mkdir -p build/output && git push -u origin main",
        'grep -r "-----BEGIN PRIVATE KEY-----" .',
        "toolu_01GhzbG6JsinJL5UaBcDeFgH",
        "see https://example.com/a@b and git@github.com:a/b.git",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    line = line_with(text, 0)
    assert FAST.redact(line) == line
    assert FAST.redact_text(text) == text


def test_equal_values_have_equal_placeholders_at_any_depth_and_other_secrets_give_other_ones() -> None:
    texts = [FAST.redact(line_with('{"password": "a\\"b7\\\\c"}', depth)).decode() for depth in range(3)]
    found = {text[text.index("[SECRET:") : text.index("]", text.index("[SECRET:")) + 1] for text in texts}
    assert len(found) == 1
    assert Redactor(b"another").redact_text("password=hunter22") != FAST.redact_text("password=hunter22")


def test_email_and_home_only_where_configured() -> None:
    text = "write to ann@example.com from /home/ann/src (projects/-home-ann-src) and /Users/bob/src and C:\\Users\\carl\\src"
    assert FAST.redact_text(text) == text
    for fast in (True, False):
        hidden = Redactor(SECRET, email=True, home=True, fast=fast).redact_text(text)
        assert not any(name in hidden for name in ("ann", "bob", "carl"))
        assert hidden.endswith("\\src") and "[SECRET:email:" in hidden and "/home/[SECRET:home:" in hidden


def test_many_lines_at_once_are_the_lines_one_by_one() -> None:
    lines = [line_with(f"line {n} " + ("password=hunter22" if n % 3 == 0 else "nothing"), n % 3) for n in range(20)]
    assert FAST.redact_lines(lines) == [FAST.redact(line) for line in lines] == PLAIN.redact_lines(lines)
    assert FAST.redact_lines([]) == []


def test_a_number_after_a_key_is_left_so_that_the_json_stays() -> None:
    line = b'{"password": 12345678, "token": null, "secret": true}'
    assert FAST.redact(line) == line


@pytest.mark.parametrize(
    "piece",
    [
        "password=",
        "password: a1b2c3d4 ",
        " -p",
        "curl -u ",
        "://a:",
        "eyJ",
        ".eyJ",
        "sk-",
        "token: ",
        '\\\\"',
        "-----BEGIN PRIVATE KEY-----",
        "_" + "a" * 16,
        "://a@",
    ],
)
def test_a_line_made_to_be_slow_is_read_in_time_that_grows_with_its_length(piece: str) -> None:
    line = json.dumps({"text": piece * (100_000 // len(piece))}).encode()
    started = time.process_time()
    redacted = FAST.redact(line)
    assert time.process_time() - started < 5
    json.loads(redacted)
