"""One spec of a database → migrations, models, Alembic revisions and documents for SQLite and PostgreSQL."""

__version__ = "0.1.0"
