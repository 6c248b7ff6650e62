"""The catalog of a SQLite database, read without anything that writes DDL."""
