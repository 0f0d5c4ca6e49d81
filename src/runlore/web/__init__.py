"""Local pages for people: what waits for their yes. Loopback only, opened by a one-time link; nothing changes on a GET."""
