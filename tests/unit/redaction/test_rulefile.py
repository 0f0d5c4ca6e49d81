"""Rule files in the form of gitleaks become rules, and what cannot be used is said."""

from __future__ import annotations

import json

from runlore.redaction import Redactor, parse_rules

RULES = r"""
[[rules]]
id = "Acme Key"
regex = "(?i)\\b(acme-[[:xdigit:]]{12})(?:['\"\\s;]|$)"
keywords = ["ACME-"]
entropy = 2
  [[rules.allowlists]]
  stopwords = ["000000"]

[[rules]]
id = "late-flag"
regex = "zork(?i)[a-z]{4}\\b"
keywords = ["zork"]

[[rules]]
id = "broken"
regex = '(unclosed'
keywords = ["x"]

[[rules]]
id = "slow"
regex = '[0-9]{16}'

[[rules]]
id = "path-only"
path = '\.pem$'

[[rules]]
id = "card"
regex = '[0-9]{16}'
keywords = ["41111"]
"""


def test_usable_rules_and_problems() -> None:
    rules, problems = parse_rules(RULES, "rules.toml")
    assert [rule.kind for rule in rules] == ["acme-key", "late-flag", "card"]
    assert [(p.slug, p.file) for p in problems] == [
        ("rule-pattern", "rules.toml"),
        ("rule-keywords", "rules.toml"),
        ("rule-pattern", "rules.toml"),
    ]
    assert "broken" in problems[0].message


def test_imported_rules_redact_with_and_without_re2() -> None:
    rules, _ = parse_rules(RULES)
    for fast in (True, False):
        redactor = Redactor(b"s", rules=rules, fast=fast)
        assert redactor.redact_text("use ACME-0a1b2c3d4e5f now").startswith("use [SECRET:acme-key:")
        assert redactor.redact_text("use ACME-000000000000 now") == "use ACME-000000000000 now"
        assert redactor.redact_text("zorkABCD").startswith("[SECRET:late-flag:")


def test_a_rule_that_matches_a_number_keeps_the_line_json() -> None:
    rules, _ = parse_rules(RULES)
    line = b'{"card": 4111111111111111, "text": "4111111111111111"}'
    redacted = json.loads(Redactor(b"s", rules=rules).redact(line))
    assert redacted["text"].startswith("[SECRET:card:")


def test_no_toml_is_one_problem() -> None:
    assert [p.slug for p in parse_rules("= nope", "f")[1]] == ["rule-file"]
    assert [p.slug for p in parse_rules("title = 'x'", "f")[1]] == ["rule-file"]
