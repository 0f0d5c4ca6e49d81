"""Packing: from candidates under a budget to a context pack, its text and its JSON form."""
