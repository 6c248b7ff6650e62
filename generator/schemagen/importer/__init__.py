"""From a database that exists to specs that build the same catalog again."""
