"""Rank documents for a request. No I/O."""
