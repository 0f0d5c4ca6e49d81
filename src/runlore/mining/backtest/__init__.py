"""Backtest: what a library made from the earlier part of a history would have foreseen in the later part."""
