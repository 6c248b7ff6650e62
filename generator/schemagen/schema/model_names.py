"""Names of the models: classes, modules and attributes that Python, pydantic, SQLModel and SQLAlchemy let stand."""

from __future__ import annotations

import re
from dataclasses import dataclass
from keyword import iskeyword
from typing import TYPE_CHECKING

from schemagen.schema.names import is_identifier, words_of

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable

    from schemagen.schema.model import Schema, Table

IMPORTED = frozenset({
    "Annotated", "Any", "Base", "ClassVar", "Decimal", "Field", "Literal", "Optional", "Relationship",
    "TYPE_CHECKING", "UUID", "api", "bool", "bytes", "db", "dict", "dt", "float", "int", "list", "sa", "str", "types",
    "uuid4",
})  # fmt: skip
"""What generated modules use inside their classes: an attribute of that name would hide it from those that follow."""

RESERVED = IMPORTED | {
    "cls", "construct", "copy", "dict", "from_orm", "given", "json", "metadata", "model_computed_fields",
    "model_config", "model_construct", "model_copy", "model_dump", "model_dump_json", "model_extra", "model_fields",
    "model_fields_set", "model_json_schema", "model_parametrized_name", "model_post_init", "model_rebuild",
    "model_validate", "model_validate_json", "model_validate_strings", "parse_file", "parse_obj", "parse_raw",
    "registry", "schema", "schema_json", "self", "sqlmodel_update", "update_forward_refs", "validate",
}  # fmt: skip
"""Names that mean something else on a SQLModel class or a body's; a test compares them with the installed one."""

PACKAGED = frozenset({"api", "aqueries", "fixtures", "handlers", "queries", "views"})
"""Modules that stand beside those of the tables."""


def snake(name: str) -> str:
    """``ConversationAgent`` or ``conversationAgent`` as ``conversation_agent``."""
    return "_".join(words_of(name))


def attribute(name: str, *taken: Container[str], reserved: Container[str] = RESERVED) -> str:
    """An attribute of a model for a name: the name itself, or with a trailing underscore where that cannot be."""
    bare = re.sub(r"\W+", "_", name, flags=re.ASCII).strip("_") if not is_identifier(name) else name.lstrip("_")
    if bare == name and not iskeyword(name) and name not in reserved and not _is_taken(name, taken):
        return name
    return _free(f"{bare if bare[:1].isalpha() else f'column_{bare}'}_", reserved, *taken)


def _free(name: str, *taken: Container[str]) -> str:
    while _is_taken(name, taken):
        name += "_"
    return name


def _is_taken(name: str, taken: Iterable[Container[str]]) -> bool:
    return any(name in names for names in taken)


@dataclass(frozen=True)
class ModelNames:
    """How one table is called in Python; ``attributes`` maps its columns. Without a key it has no class but a Table."""

    table: Table
    class_name: str
    module: str
    attributes: dict[str, str]

    @property
    def is_mapped(self) -> bool:
        """Whether it is a class; SQLAlchemy cannot map a table without a primary key."""
        return self.table.primary_key is not None

    @property
    def export(self) -> str:
        """What its module offers: the class, or the Core table."""
        return self.class_name if self.is_mapped else self.module.rstrip("_") + "_table"


def model_names(schema: Schema) -> dict[str, ModelNames]:
    """The names of every table's model, by table name."""
    classes = _distinct([table.class_name for table in schema.tables], lambda name: name in IMPORTED or iskeyword(name))
    modules = _distinct([snake(name) for name in classes], lambda name: name in PACKAGED or iskeyword(name))
    hidden = frozenset(classes)
    return {
        table.name: ModelNames(table, class_name, module, _attributes(table, hidden))
        for table, class_name, module in zip(schema.tables, classes, modules, strict=True)
    }


def _distinct(names: list[str], is_unusable: Callable[[str], bool]) -> list[str]:
    found: list[str] = []
    taken: set[str] = set()
    for name in names:
        free = _free(f"{name}_" if is_unusable(name) else name, taken)
        taken.add(free)
        found.append(free)
    return found


def _attributes(table: Table, hidden: frozenset[str]) -> dict[str, str]:
    """The attribute of each column; columns that keep their name come first, so that none loses it to another."""
    plain = {column.key for column in table.columns if attribute(column.key, hidden) == column.key}
    found: dict[str, str] = {}
    taken = set(plain)
    for column in table.columns:
        name = column.key if column.key in plain else attribute(column.key, taken, hidden)
        taken.add(name)
        found[column.name] = name
    return found
