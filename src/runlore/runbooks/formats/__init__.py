"""Other formats in and out: files → documents, what a document says of itself, documents → skills, SOPs and AGENTS.md."""
