"""The archive of transcripts and their event files."""
