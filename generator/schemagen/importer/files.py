"""Imported tables → the text of spec files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from schemagen.schema.naming import Naming
from schemagen.schema.places import place_of, whole_name
from schemagen.spec.definition import LANGUAGE_VERSION

from .file_layout import grouped
from .yaml_text import attached, document

if TYPE_CHECKING:
    from schemagen.schema.types import Enum

    from .translate import Imported


def spec_files(imported: Imported) -> dict[str, str]:
    """File names and texts of the specs; none where there is nothing to say."""
    if imported.is_empty:
        return {}
    tables = {table.key: table for table in imported.tables.values()}
    parents = {
        key: [imported.tables[one.parent].key for one in table.expected.foreign_keys if one.parent in imported.tables]
        for key, table in tables.items()
    }
    files: dict[str, str] = {}
    unsaid = {type_.name: type_ for type_ in imported.types}
    groups = grouped(parents)
    if not groups and (unsaid or imported.extensions or imported.domains):
        groups = {"types": ()}
    for group, names in groups.items():
        common, specs = _common_options({name: tables[name].spec for name in names})
        spec: dict[str, Any] = {
            "schemagen": LANGUAGE_VERSION,
            "title": group.replace("-", " ").capitalize(),
            **common,
            **({} if imported.naming is Naming.OWN else {"naming": imported.naming.value}),
            "tables": specs,
        }
        used = {str(keys.get("type")) for table in specs.values() for keys in table["columns"].values()}
        own = [name for name in unsaid if name in used or len(files) + 1 == len(groups)]
        if imported.extensions and not files:
            spec["extensions"] = list(imported.extensions)
        if own:
            spec["types"] = {name: _enum(unsaid.pop(name), imported) for name in own}
        if imported.domains and not files:
            spec["types"] = {**spec.get("types", {}), **imported.domains}
        files[f"{group}.yaml"] = document(spec)
    beside = imported.own
    if beside.views or beside.objects:
        name = "views-and-objects"
        head = {"schemagen": LANGUAGE_VERSION, "title": "Views and objects"}
        while f"{name}.yaml" in files:
            name += "-1"
        files[f"{name}.yaml"] = attached(head, {"views": beside.views, "objects": beside.objects})
    return files


def _enum(type_: Enum, imported: Imported) -> dict[str, Any]:
    place = place_of(type_.name)
    comment = imported.comments.get(whole_name(place))
    spec: dict[str, Any] = {"enum": list(type_.values)}
    if place.schema:
        local = {"name": place.name} if place.name != type_.name else {}
        spec["postgres"] = {"schema": place.schema, **local}
    return {**spec, "description": comment} if comment else spec


def _common_options(tables: dict[str, dict[str, Any]]) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """The options of SQLite that all tables of a file have, as the file's; the tables without them."""
    options = [spec.get("sqlite") for spec in tables.values()]
    first = options[0] if len(options) > 1 else None
    if not first or any(each != first for each in options):
        return {}, tables
    without = {name: {key: value for key, value in spec.items() if key != "sqlite"} for name, spec in tables.items()}
    return {"sqlite": first}, without
