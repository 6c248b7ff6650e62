"""Random valid specs as plain data, with every feature of the language, and random successors of a spec.

``specs()`` and ``successors(spec)`` are strategies of hypothesis; ``random_spec`` makes the same specs of any source of
random numbers. A spec is what stands in a YAML file; ``write_spec`` dumps it.
"""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml
from hypothesis import strategies as st

from schemagen.engines.dialects import POSTGRES
from schemagen.resolve.resolver import default_class_name
from support.schema_examples import add_examples
from support.schema_kinds import (
    BY_NAME,
    INTEGER_KINDS,
    KEY_KINDS,
    KINDS,
    NAMED_ENUMS,
    ODD_TEXTS,
    TEXT_KINDS,
    TIME_KINDS,
    Data,
    Kind,
)
from support.schema_queries import add_queries

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path
    from random import Random

TABLE_NAMES = (
    "users", "posts", "order", "group", "select", "ArtistAlbum", "userLogins", "sessions", "statuses", "data",
    "values", "conversation_agents", "metadata", "Employees", "x", "class", "imports", "sqlmodels", "fields",
    "index", "trigger_logs", "a_table_with_a_name_that_is_as_long_as_postgresql_takes_it_63by", "table",
    "models", "text", "news", "_private", "t1",
)  # fmt: skip
COLUMN_NAMES = (
    "name", "order", "Title", "createdAt", "class", "metadata", "registry", "model_config", "_hidden", "type",
    "value", "from", "json", "copy", "user", "position", "key", "Self", "schema", "a", "b", "c", "amount",
    "is_active", "state", "notes", "date", "timestamp", "import", "None", "length", "default", "check", "end",
    "group", "rank", "updated_at", "created_at", "x1", "text",
    "a_column_with_a_name_that_is_as_long_as_postgresql_takes_it_63b", "uuid", "sa", "desc", "model_fields",
    "datetime", "rowid",
)  # fmt: skip
NOTE_KEYS = (
    "security",
    "performance",
    "ordering",
    "design_decisions",
    "phase",
    "concurrency",
    "evolution",
    "anything_else",
)


def specs() -> st.SearchStrategy[Data]:
    """Random valid specs."""
    return st.builds(random_spec, st.randoms(use_true_random=False))


def random_spec(random: Random) -> Data:
    """A valid spec, made of nothing but what ``random`` gives."""
    maker = _Maker(random)
    return maker.spec()


def write_spec(spec: Data, folder: Path) -> None:
    """Dump a spec to a folder, which is made; one of many tables becomes two files."""
    folder.mkdir(parents=True, exist_ok=True)
    tables = list(spec["tables"].items())
    half = len(tables) // 2 if len(tables) > 4 else 0
    first = spec | {"tables": dict(tables[half:])}
    (folder / "spec.yaml").write_text(as_yaml(first), encoding="utf-8")
    if half:
        second = {"schemagen": 1, "title": "The other half", "tables": dict(tables[:half])}
        (folder / "other.yaml").write_text(as_yaml(second), encoding="utf-8")


class _Dumper(yaml.SafeDumper):
    """Quotes every text that is no plain word, so that YAML's guesses cannot matter."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        return True


_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*( [A-Za-z0-9_]+)*")
_GUESSED = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    plain = _PLAIN.fullmatch(text) and text.lower() not in _GUESSED
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=None if plain else '"')


_Dumper.add_representer(str, _represent_text)


def as_yaml(data: Data) -> str:
    """Plain data as YAML."""
    return yaml.dump(data, Dumper=_Dumper, sort_keys=False, width=10_000, default_flow_style=None)


def quoted(name: str) -> str:
    """A name as it stands in SQL."""
    return POSTGRES.quote(name)


@dataclass
class Draft:
    """A table under way: its spec, the kinds of its columns, and what may refer to it."""

    name: str
    spec: Data
    kinds: dict[str, Kind] = field(default_factory=dict)
    key: tuple[str, ...] = ()
    targets: list[tuple[str, ...]] = field(default_factory=list)
    generated: set[str] = field(default_factory=set)
    referring: set[str] = field(default_factory=set)

    @property
    def columns(self) -> dict[str, Data]:
        """The columns as they are written."""
        columns: dict[str, Data] = self.spec["columns"]
        return columns

    def references(self) -> Iterable[tuple[list[str], str, list[str], Data]]:
        """Every foreign key: its columns, the parent, the parent's columns, and where it is written."""
        for name, column in self.columns.items():
            if "references" in column:
                parent, _, parent_column = column["references"].partition(".")
                yield [name], parent, [parent_column], column
        for key in self.spec.get("foreign_keys", []):
            yield key["columns"], key["references"]["table"], key["references"]["columns"], key

    def uniques(self) -> Iterable[tuple[str, ...]]:
        """Columns that no two rows may share: the primary key, unique constraints, and unique indexes."""
        if self.key:
            yield self.key
        yield from ((name,) for name, column in self.columns.items() if column.get("unique"))
        yield from (tuple(unique["columns"]) for unique in self.spec.get("unique", []))
        for index in self.spec.get("indexes", []):
            if index.get("unique"):
                yield tuple(e.split()[0] if isinstance(e, str) else e["column"] for e in index["columns"])


class _Maker:
    """Makes one spec: columns and keys of all tables first, then what joins them, then what looks into them."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.drafts: list[Draft] = []
        self.relations: set[str] = set()
        self.serial = 0

    def spec(self) -> Data:
        size = self.random.choice([1, 2, 2, 3, 3, 4, 5]) if self.chance(0.9) else self.random.randint(6, 9)
        for name in self._table_names(size):
            self.drafts.append(self._table(name))
        for draft in self.drafts:
            for _ in range(self.random.choice([0, 1, 1, 2])):
                self._reference(draft)
        for draft in self.drafts:
            self._rules(draft)
        for draft in self.drafts:
            self._generated(draft)
            self._uniques(draft)
            self._checks(draft)
            self._indexes(draft)
            self._sqlite(draft)
        add_examples(self.drafts, self.random)
        spec: Data = {"schemagen": 1, "title": self.text(), "version": "1.0", "description": self.text()}
        spec["tables"] = {draft.name: draft.spec for draft in self.drafts}
        written = [column.get("type") for draft in self.drafts for column in draft.spec["columns"].values()]
        if types := {name: {"enum": list(labels)} for name, labels in NAMED_ENUMS.items() if name in written}:
            spec["types"] = types
        if self.chance(0.12):  # synthetic rows for their plans take most of a proof's time
            add_queries(spec, self.drafts, self.random, quoted)
        if self.chance(0.3):
            spec["notes"] = self._notes()
        return spec

    # What chance decides

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def text(self) -> str:
        return self.random.choice(ODD_TEXTS)

    def _some(self, listed: Sequence[Any], most: int) -> list[Any]:
        return self.random.sample(listed, min(len(listed), self.random.randint(1, most)))

    def _notes(self) -> Data:
        return {key: self.text() if self.chance(0.7) else [self.text(), "more"] for key in self._some(NOTE_KEYS, 3)}

    def _number(self) -> int:
        self.serial += 1
        return self.serial

    def _table_names(self, size: int) -> list[str]:
        """Names that differ for SQLite, and whose classes differ."""
        import inflection

        found: dict[str, str] = {}
        for name in self.random.sample(TABLE_NAMES, len(TABLE_NAMES)):
            found.setdefault(inflection.underscore(default_class_name(name)), name)
        names = list(found.values())[:size]
        self.relations.update(name.lower() for name in names)
        return names

    def relation_name(self, stem: str) -> str:
        """A new name for an index or a key, now and then in mixed case."""
        name = f"{stem}_{self._number()}"
        return name.title() if self.chance(0.2) else name

    # Columns and keys

    def _table(self, name: str) -> Draft:
        draft = Draft(name, {"description": self.text(), "columns": {}})
        self._primary_key(draft)
        for _ in range(self.random.randint(0 if draft.columns else 1, 6)):
            self._column(draft, self.random.choice(KINDS))
        if self.chance(0.2):
            draft.spec["notes"] = self._notes()
        if self.chance(0.2):
            draft.spec["volume"] = {"rows": self.random.choice([500, 2000]), "growth_per_month": 100}
        if self.chance(0.1):
            draft.spec["class_name"] = f"Class{self._number()}"
        return draft

    def _new_name(self, draft: Draft, *preferred: str) -> str:
        taken = {name.lower() for name in draft.columns}
        for name in (*preferred, *self.random.sample(COLUMN_NAMES, 12)):
            if name.lower() not in taken:
                return name
        return f"c{self._number()}"

    def _column(self, draft: Draft, kind: Kind, *names: str, **keys: Any) -> str:
        name = self._new_name(draft, *names)
        column = kind.write(self.random) | keys
        draft.columns[name] = column
        draft.kinds[name] = kind
        if not keys and self.chance(0.35):
            column["nullable"] = True
        if not keys and self.chance(0.35):
            self._default(column, kind)
        if kind.name in TEXT_KINDS and self.chance(0.2):
            column["collation"] = self.random.choice(["C", "C", "POSIX"])
        if self.chance(0.5):
            column["description"] = self.text()
        if not keys and self.chance(0.1):
            column["external_reference"] = self.text() or "elsewhere"
        return name

    def _default(self, column: Data, kind: Kind) -> None:
        if kind.sql_defaults and self.chance(0.5):
            column["default"] = {"sql": copy.deepcopy(self.random.choice(kind.sql_defaults))}
        elif kind.name in {"json", "jsonb"}:
            column["default"] = self.random.choice([{}, {"json": {"a": self.text(), "b": [1, None, "1e3"]}}])
        else:
            column["default"] = kind.value(column, self.random.randrange(100), self.random)

    def _primary_key(self, draft: Draft) -> None:
        form = self.random.choice(
            ["uuid", "identity", "identity", "natural", "number", "composite", "shared", "named", "none"]
        )
        parents = [parent for parent in self.drafts if parent.key]
        if form == "none" and self.chance(0.5):
            return
        if form == "uuid":
            default = {} if self.chance(0.3) else {"default": {"sql": "gen_random_uuid()"}}
            self._single_key(draft, self._column(draft, BY_NAME["uuid"], "id", primary_key=True, **default))
        elif form == "identity":
            kind = BY_NAME[self.random.choice(INTEGER_KINDS)]
            numbered = self.random.choice([True, "serial"])
            self._single_key(draft, self._column(draft, kind, "id", primary_key=True, identity=numbered))
        elif form == "number":
            kind = BY_NAME[self.random.choice(INTEGER_KINDS)]
            self._single_key(draft, self._column(draft, kind, "id", primary_key=True))
        elif form == "natural":
            self._single_key(draft, self._column(draft, self.random.choice(KEY_KINDS), primary_key=True))
        elif form == "shared" and parents:
            self._shared_key(draft, self.random.choice(parents))
        else:
            listed = [
                self._column(draft, self.random.choice(KEY_KINDS), not_null=True) for _ in range(1 + (form != "named"))
            ]
            self._listed_key(draft, listed)

    def _single_key(self, draft: Draft, name: str) -> None:
        draft.key = (name,)
        draft.targets.append(draft.key)

    def _listed_key(self, draft: Draft, names: list[str]) -> None:
        for name in names:
            draft.columns[name].pop("not_null", None)
        named = len(names) == 1 or self.chance(0.3)
        draft.key = tuple(names)
        draft.targets.append(draft.key)
        draft.spec["primary_key"] = {"columns": names, "name": self.relation_name("the_key")} if named else names

    def _shared_key(self, draft: Draft, parent: Draft) -> None:
        """A key that is a foreign key, alone or with a column of its own."""
        target = self.random.choice(parent.targets)
        names = self._foreign_columns(draft, parent, target, nullable=False)
        self._write_reference(draft, names, parent, target)
        if self.chance(0.5):
            own = self._column(draft, self.random.choice(KEY_KINDS), not_null=True)
            names = [*names, own] if self.chance(0.5) else [own, *names]
        self._listed_key(draft, names)

    # Foreign keys

    def _foreign_columns(self, draft: Draft, parent: Draft, target: tuple[str, ...], *, nullable: bool) -> list[str]:
        names = []
        for of in target:
            kind = parent.kinds[of]
            name = self._new_name(draft, f"{parent.name}_{of}"[:40], f"{parent.name}_{of}_2"[:40])
            written = {
                key: parent.columns[of][key] for key in ("type", "enum", "max_length") if key in parent.columns[of]
            }
            inherits = self.chance(0.6) or "type" not in {*written, *(["type"] if "enum" in written else [])}
            column: Data = {} if inherits and parent is not draft else copy.deepcopy(written)
            if nullable:
                column["nullable"] = True
            draft.columns[name] = column
            draft.kinds[name] = kind
            draft.referring.add(name)
            names.append(name)
        return names

    def _reference(self, draft: Draft) -> None:
        candidates = [parent for parent in self.drafts if parent.targets]
        if not candidates:
            return
        parent = self.random.choice(candidates)
        target = self.random.choice(parent.targets)
        is_late = self.drafts.index(parent) >= self.drafts.index(draft)
        nullable = is_late or self.chance(0.4)
        names = self._foreign_columns(draft, parent, target, nullable=nullable)
        self._write_reference(draft, names, parent, target)

    def _write_reference(self, draft: Draft, names: list[str], parent: Draft, target: tuple[str, ...]) -> None:
        options = self._reference_options(draft, names, parent)
        if len(names) == 1 and self.chance(0.8):
            draft.columns[names[0]] |= {"references": f"{parent.name}.{target[0]}", **options}
            return
        if self.chance(0.3):
            options["name"] = self.relation_name("the_fk")
        if self.chance(0.5):
            options["description"] = self.text()
        references = {"table": parent.name, "columns": list(target)}
        draft.spec.setdefault("foreign_keys", []).append({"columns": names, "references": references, **options})

    def _reference_options(self, draft: Draft, names: list[str], parent: Draft) -> Data:
        columns = [draft.columns[name] for name in names]
        actions = ["cascade", "restrict", "no action"]
        if all(column.get("nullable") for column in columns):
            actions.append("set null")
        if self.chance(0.05):
            for name, column in zip(names, columns, strict=True):
                self._foreign_default(draft, name, column)
            if all("default" in column for column in columns):
                actions = ["set default"]
        options: Data = {"on_delete": self.random.choice(actions)}
        if self.chance(0.3):
            options["on_update"] = self.random.choice(actions)
        if self.chance(0.3):
            options["deferrable"] = self.random.choice([True, False, "immediate", "deferred", "deferred"])
        if self.chance(0.1):
            options["enforced"] = False
        if self.chance(0.15) and parent is not draft:
            options |= {"relationship": f"parent_{self._number()}", "inverse": f"children_{self._number()}"}
        return options

    def _foreign_default(self, draft: Draft, name: str, column: Data) -> None:
        kind = draft.kinds[name]
        written = column if "type" in column or "enum" in column else None
        if written is not None:
            column["default"] = kind.value(written, 1, self.random)
        elif kind.name in INTEGER_KINDS:
            column["default"] = 1

    # Rules, generated columns, uniques, checks, indexes

    def _rules(self, draft: Draft) -> None:
        """Columns that refuse updates or are filled by them, and touches of parents; as far as the foreign keys let."""
        updated = {
            name
            for names, _, _, written in draft.references()
            for name in names
            if {written.get("on_delete"), written.get("on_update")} & {"set null", "set default"}
            or written.get("on_update") == "cascade"
        }
        if not updated and self.chance(0.1):
            draft.spec["append_only"] = True
        for name, column in draft.columns.items():
            if name not in updated and self.chance(0.1):
                column["immutable"] = True
            elif self._may_update(draft, name) and draft.kinds[name].updates and self.chance(0.25):
                column["on_row_update"] = {"sql": self.random.choice(draft.kinds[name].updates)}
        for _, parent_name, _, written in draft.references():
            self._touch(written, next(parent for parent in self.drafts if parent.name == parent_name), draft)

    def _may_update(self, draft: Draft, name: str) -> bool:
        is_used = name in draft.key or name in draft.referring or any(name in target for target in draft.targets)
        return not is_used and not draft.spec.get("append_only")

    def _touch(self, written: Data, parent: Draft, draft: Draft) -> None:
        times = [
            name
            for name, kind in parent.kinds.items()
            if kind.name in TIME_KINDS and self._may_update(parent, name) and not parent.columns[name].get("immutable")
        ]
        decided = parent is draft or self.drafts.index(parent) < self.drafts.index(draft)
        if times and decided and self.chance(0.3):
            written["touch"] = self.random.choice(times)

    def _changing(self, draft: Draft) -> set[str]:
        """The columns that triggers set: two rows may well get the same value."""
        touched = {
            written["touch"]
            for child in self.drafts
            for _, parent, _, written in child.references()
            if parent == draft.name and "touch" in written
        }
        return touched | {name for name, column in draft.columns.items() if "on_row_update" in column}

    def _generated(self, draft: Draft) -> None:
        sources = [
            name for name, kind in draft.kinds.items() if kind.generated and not draft.columns[name].get("identity")
        ]
        for source in self._some(sources, 2) if sources and self.chance(0.3) else []:
            sql, written = self.random.choice(draft.kinds[source].generated)
            name = self._new_name(draft, f"{source}_made"[:50])
            draft.columns[name] = copy.deepcopy(written) | {"generated": {"sql": sql.format(c=quoted(source))}}
            if draft.columns[source].get("nullable"):
                draft.columns[name]["nullable"] = True
            draft.kinds[name] = BY_NAME["enum" if "enum" in written else _kind_of(written["type"])]
            draft.generated.add(name)

    def _uniques(self, draft: Draft) -> None:
        if not self.chance(0.4):
            return
        whole = [
            n
            for n, k in draft.kinds.items()
            if k.distinct and k.sorts and n not in draft.generated and n not in draft.key
        ]
        changing = self._changing(draft)
        whole = [name for name in whole if draft.kinds[name].name not in {"jsonb", "interval"} and name not in changing]
        if not whole:
            return
        first, *rest = self._some(whole, 2)
        if not rest and self.chance(0.5):
            draft.columns[first]["unique"] = True
        else:
            unique: Data = {"columns": [first, *rest], "description": self.text()}
            if self.chance(0.3):
                unique["name"] = self.relation_name("the_unique")
            if self.chance(0.3):
                unique["nulls_distinct"] = False
            draft.spec["unique"] = [unique]

    def _checks(self, draft: Draft) -> None:
        checked = [name for name, kind in draft.kinds.items() if kind.checks]
        for name in self._some(checked, 3) if checked and self.chance(0.6) else []:
            sql = self.random.choice(draft.kinds[name].checks).format(c=quoted(name))
            if self.chance(0.4):
                draft.columns[name]["check"] = sql
                continue
            check: Data = {
                "sql": {"postgres": sql, "sqlite": "1 = 1"} if self.chance(0.1) else sql,
                "description": self.text(),
            }
            if self.chance(0.15):
                check |= {"only": "postgres", "sql": sql}
            if self.chance(0.2):
                check["name"] = self.relation_name("the_check")
            draft.spec.setdefault("checks", {})[f"rule_{self._number()}"] = check
        if len(draft.columns) > 1 and self.chance(0.2):
            one, other = map(quoted, self.random.sample(list(draft.columns), 2))
            sql = f"{one} IS NOT NULL OR {other} IS NULL OR {other} IS NOT NULL"
            draft.spec.setdefault("checks", {})["Together"] = {"sql": sql}

    def _indexes(self, draft: Draft) -> None:
        usable = [name for name, kind in draft.kinds.items() if kind.sorts]
        for name in usable:
            if (
                "references" in draft.columns[name]
                and draft.columns[name].get("enforced") is not False
                and self.chance(0.4)
            ):
                draft.columns[name]["index"] = True
        for _ in range(self.random.choice([0, 0, 1, 2]) if usable else 0):
            index = self._index(draft, self._some(usable, 3))
            draft.spec.setdefault("indexes", []).append(index)

    def _index(self, draft: Draft, names: list[str]) -> Data:
        kind = draft.kinds[names[0]]
        special = [(method, opclass) for method, opclass in kind.methods if method != "btree"]
        if special and self.chance(0.5):
            method, opclass = self.random.choice(special)
            element = {"column": names[0], "opclass": opclass} if opclass else names[0]
            index: Data = {"columns": [element], "method": method}
            if self.chance(0.3):
                index["only"] = "postgres"
        else:
            index = {"columns": [self._element(draft, name) for name in names]}
        if self.chance(0.25):
            index["where"] = self._predicate(draft)
        others = [name for name in draft.columns if name not in names]
        if others and "method" not in index and self.chance(0.15):
            index["include"] = self._some(others, 2)
        if self.chance(0.4):
            index["name"] = self.relation_name("the_index")
        plain = all(isinstance(element, str) for element in index["columns"])
        distinct = any(draft.kinds[name].distinct and name not in draft.generated for name in names)
        distinct = (
            distinct
            and not self._changing(draft) & set(names)
            and "jsonb" not in {draft.kinds[name].name for name in names}
        )
        if plain and distinct and "method" not in index and self.chance(0.2):
            index["unique"] = True
            if self.chance(0.3):
                index["nulls_distinct"] = False
        if "method" not in index and self.chance(0.08):
            index["only"] = self.random.choice(["postgres", "sqlite"])
            if index["only"] == "sqlite":
                index.pop("where", None)
                index["columns"] = names
        return index | {"description": self.text(), "reason": "Made by chance"}

    def _element(self, draft: Draft, name: str) -> Any:
        kind = draft.kinds[name]
        if kind.expressions and self.chance(0.2):
            element: Data = {"sql": self.random.choice(kind.expressions).format(c=quoted(name))}
        elif self.chance(0.25):
            element = {"column": name}
            if kind.name in TEXT_KINDS and self.chance(0.5):
                element["collation"] = "C"
            opclasses = [opclass for method, opclass in kind.methods if method == "btree"]
            if opclasses and self.chance(0.4):
                element["opclass"] = opclasses[0]
        else:
            return name + self.random.choice(["", "", " desc", " asc"])
        if self.chance(0.4):
            element["order"] = self.random.choice(["asc", "desc"])
        if self.chance(0.3):
            element["nulls"] = self.random.choice(["first", "last"])
        return element

    def _predicate(self, draft: Draft) -> str:
        name = self.random.choice(list(draft.columns))
        kind = draft.kinds[name]
        stable = [check for check in kind.checks if kind.name not in TIME_KINDS]
        form = self.random.choice([*stable, "{c} IS NOT NULL", "{c} IS NULL"])
        return form.format(c=quoted(name))

    def _sqlite(self, draft: Draft) -> None:
        options: Data = {}
        if self.chance(0.1):
            options["strict"] = False
            if self.chance(0.3):
                options["parity"] = False
        if draft.key and self.chance(0.1):
            options["without_rowid"] = True
        if options:
            draft.spec["sqlite"] = options


def _kind_of(spelling: str) -> str:
    name = spelling.partition("(")[0]
    return name if name in BY_NAME else "text"
