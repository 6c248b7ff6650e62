"""PostgreSQL: types, DDL, alterations and triggers."""
