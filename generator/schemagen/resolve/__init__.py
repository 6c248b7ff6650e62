"""The steps of ``build.py``: one kind of part a module."""
