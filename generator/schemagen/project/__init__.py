"""The stories: build, check, review and rebase of a project, its settings and its files."""
