"""A small simulated company whose agents leave transcripts: to try Runlore on, and to test it with."""

from runlore.demo.writing import write_demo

__all__ = ["write_demo"]
