"""Generated models, imported and asked in a process of their own."""
