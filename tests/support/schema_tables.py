"""Tables of random specs: their columns, their keys, and the references that join them."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from schemagen.resolve.resolver import default_class_name
from support.schema_drafts import Chance, Draft
from support.schema_kinds import BY_NAME, INTEGER_KINDS, KEY_KINDS, KINDS, TEXT_KINDS, Kind

if TYPE_CHECKING:
    from support.schema_values import Data

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


class TableMaker(Chance):
    """Makes tables with columns and keys, and foreign keys between them."""

    def table_names(self, size: int) -> list[str]:
        """Names that differ for SQLite, and whose classes differ."""
        import inflection

        found: dict[str, str] = {}
        for name in self.random.sample(TABLE_NAMES, len(TABLE_NAMES)):
            found.setdefault(inflection.underscore(default_class_name(name)), name)
        names = list(found.values())[:size]
        self.relations.update(name.lower() for name in names)
        return names

    def table(self, name: str) -> Draft:
        draft = Draft(name, {"description": self.text(), "columns": {}})
        self._primary_key(draft)
        for _ in range(self.random.randint(0 if draft.columns else 1, 6)):
            self._column(draft, self.random.choice(KINDS))
        if self.chance(0.2):
            draft.spec["notes"] = self.notes()
        if self.chance(0.2):
            draft.spec["volume"] = {"rows": self.random.choice([500, 2000]), "growth_per_month": 100}
        if self.chance(0.1):
            draft.spec["class_name"] = f"Class{self.number()}"
        return draft

    def new_name(self, draft: Draft, *preferred: str) -> str:
        taken = {name.lower() for name in draft.columns}
        for name in (*preferred, *self.random.sample(COLUMN_NAMES, 12)):
            if name.lower() not in taken:
                return name
        return f"c{self.number()}"

    def _column(self, draft: Draft, kind: Kind, *names: str, **keys: Any) -> str:
        name = self.new_name(draft, *names)
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
            numbered = self.random.choice([True, "always", "serial"])
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
            name = self.new_name(draft, f"{parent.name}_{of}"[:40], f"{parent.name}_{of}_2"[:40])
            written: Data = {
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

    def reference(self, draft: Draft) -> None:
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
        elif self.chance(0.1):
            options["state"] = self.random.choice(["not_valid", "not_enforced"])
        if self.chance(0.15) and parent is not draft:
            options |= {"relationship": f"parent_{self.number()}", "inverse": f"children_{self.number()}"}
        return options

    def _foreign_default(self, draft: Draft, name: str, column: Data) -> None:
        kind = draft.kinds[name]
        written = column if "type" in column or "enum" in column else None
        if written is not None:
            column["default"] = kind.value(written, 1, self.random)
        elif kind.name in INTEGER_KINDS:
            column["default"] = 1
