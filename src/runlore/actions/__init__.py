"""One file per verb; the only writers."""
