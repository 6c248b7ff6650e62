"""A database brought to a version of the chain of migrations, on Alembic's machinery and its version table."""
