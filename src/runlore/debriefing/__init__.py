"""The six questions: what the record and the transcript answer by themselves, what that would change, and whether the change may be shown to a person. Pure functions."""
