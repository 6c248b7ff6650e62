"""Names that a spec may leave out, because the derived ones are the same."""

from __future__ import annotations

from schemagen.schema.names import bounded_name, is_database_name


def given(name: str | None, *parts: str, plain: bool = False) -> dict[str, str]:
    """The key ``name`` of a part whose derived name is made of ``parts``; empty where it needs none.

    Args:
        name: as the database has it; None where it has none.
        parts: of the derived name.
        plain: whether to write it even so.
    """
    if name is None or not is_database_name(name) or (name == bounded_name(*parts) and not plain):
        return {}
    return {"name": name}
