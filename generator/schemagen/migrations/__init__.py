"""The steps of the first and of every next build, the lock, and the history on disk and in git."""
