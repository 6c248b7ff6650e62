"""Rows that a schema accepts, or has to reject."""
