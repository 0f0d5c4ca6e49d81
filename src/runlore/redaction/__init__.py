"""Secrets out of text before anything is stored; no I/O."""

from runlore.redaction.redactor import Redactor
from runlore.redaction.rulefile import parse_rules
from runlore.redaction.rules import Rule

__all__ = ["Redactor", "Rule", "parse_rules"]
