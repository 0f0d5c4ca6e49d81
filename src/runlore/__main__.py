"""`python -m runlore`."""

from runlore.cli.main import main

main()
