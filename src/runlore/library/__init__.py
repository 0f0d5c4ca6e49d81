"""Every git command that Runlore runs."""
