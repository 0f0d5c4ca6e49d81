"""`python -m runlore`: the command line without its script."""

from __future__ import annotations

from runlore.cli.main import main

if __name__ == "__main__":
    main()
