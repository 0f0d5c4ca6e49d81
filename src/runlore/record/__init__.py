"""The record: what is decided and done, in tables of SQLite or PostgreSQL; one module of functions a noun."""
