"""How far documents fit a query: words, sections, meaning, requests served. No I/O."""
