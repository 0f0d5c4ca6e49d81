"""Outside systems: does the credential exist, does the system answer, does a link or a command show what it should. The only package that opens connections."""
