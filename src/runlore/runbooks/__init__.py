"""Text and Runbook, each from the other; lint, draft, other formats. No I/O."""
