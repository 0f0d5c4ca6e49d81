"""The search index: one file derived from the record, which can be dropped and made again."""
