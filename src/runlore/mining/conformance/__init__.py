"""Conformance: how far a case did what its runbook says, one event at a time, with the reasons."""
