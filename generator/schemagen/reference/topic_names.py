"""The topics of the guide by name; apart from their pages, as the command line knows them before it does anything."""

from enum import StrEnum


class Topic(StrEnum):
    """The pages beside the guide."""

    SQL = "sql"
    RECIPES = "recipes"
    VERIFY = "verify"
    DRAFTS = "drafts"
    LIMITS = "limits"
    SETTINGS = "settings"
