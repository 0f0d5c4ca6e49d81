"""Secrets out of text before anything is stored. No I/O."""
