"""Secrets out of text before anything is stored; no I/O."""

from runlore.redaction.redactor import Redactor
from runlore.redaction.rulefile import parse_rules
from runlore.redaction.rules import Rule

REDACTION_VERSION = "1"
"""Rises when the same text is redacted otherwise; what was read under another version is read again."""

__all__ = ["REDACTION_VERSION", "Redactor", "Rule", "parse_rules"]
