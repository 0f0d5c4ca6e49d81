"""Outside systems that runbooks need: the one place from which Runlore talks to anything beyond this machine's files."""
