"""SQLite: types, DDL, alterations and triggers."""
