"""The target `alembic`."""
