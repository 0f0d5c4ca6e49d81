"""The door for agents: a few well-named tools over the Model Context Protocol. Parse → action → answer; nothing else."""
