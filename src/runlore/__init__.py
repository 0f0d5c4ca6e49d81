"""Runlore: a living operations manual for companies whose work is done by AI agents."""

__version__ = "0.1.0"
