"""The catalog of a PostgreSQL database, read without anything that writes DDL."""
