"""The migrations in the forms of other runners: one list of statements, never split, each runner's own frame."""
