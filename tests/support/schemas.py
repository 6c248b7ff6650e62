"""Random valid specs as plain data, with every feature of the language, and random successors of a spec.

``specs()`` and ``successors(spec)`` are strategies of hypothesis; ``random_spec`` makes the same specs of any source of
random numbers. A spec is what stands in a YAML file; ``write_spec`` dumps it.
"""

from __future__ import annotations

import copy
import re
from typing import TYPE_CHECKING, Any

import yaml
from hypothesis import strategies as st

from support.schema_drafts import Draft, quoted
from support.schema_examples import add_examples
from support.schema_kinds import BY_NAME, TEXT_KINDS, TIME_KINDS
from support.schema_queries import add_queries
from support.schema_tables import TableMaker
from support.schema_values import NAMED_ENUMS, Data

if TYPE_CHECKING:
    from pathlib import Path
    from random import Random


def specs() -> st.SearchStrategy[Data]:
    """Random valid specs."""
    return st.builds(random_spec, st.randoms(use_true_random=False))


def random_spec(random: Random) -> Data:
    """A valid spec, made of nothing but what ``random`` gives."""
    generator = _SpecMaker(random)
    return generator.spec()


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
    """Quotes every text that is not a plain word, so that YAML's guesses cannot matter."""

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


def with_extensions(data: Data) -> Data:
    """A spec that names the extension of its vectors."""
    return {**data, "extensions": ["vector"]} if "vector(" in str(data) else data


class _SpecMaker(TableMaker):
    """Makes one spec: columns and keys of all tables first, then what joins them, then what looks into them."""

    def spec(self) -> Data:
        size = self.random.choice([1, 2, 2, 3, 3, 4, 5]) if self.chance(0.9) else self.random.randint(6, 9)
        for name in self.table_names(size):
            self.drafts.append(self.table(name))
        for draft in self.drafts:
            for _ in range(self.random.choice([0, 1, 1, 2])):
                self.reference(draft)
        for draft in self.drafts:
            self._rules(draft)
        for draft in self.drafts:
            self._generated(draft)
            self._uniques(draft)
            self._checks(draft)
            self._indexes(draft)
            self._virtual(draft)
            self._full_text(draft)
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
            spec["notes"] = self.notes()
        if self.chance(0.2):
            self._place()
        return spec

    def _place(self) -> None:
        """Some tables are elsewhere on PostgreSQL, two of which may have one name there."""
        for number, draft in enumerate(self.drafts):
            if self.chance(0.6):
                names = [{"schema": "auth"}, {"schema": "app data"}, {"schema": f"s{number}", "name": "Its Rows"}]
                draft.spec["postgres"] = self.random.choice(names)

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
        for source in self.some(sources, 2) if sources and self.chance(0.3) else []:
            sql, written = self.random.choice(draft.kinds[source].generated)
            name = self.new_name(draft, f"{source}_made"[:50])
            draft.columns[name] = copy.deepcopy(written) | {"generated": {"sql": sql.format(c=quoted(source))}}
            if draft.columns[source].get("nullable"):
                draft.columns[name]["nullable"] = True
            draft.kinds[name] = BY_NAME["enum" if "enum" in written else _kind_of(written["type"])]
            draft.generated.add(name)

    def _virtual(self, draft: Draft) -> None:
        """Some generated columns are computed when they are read: such as no index names, and of no named type."""
        indexes = as_yaml({"indexes": draft.spec.get("indexes", [])})
        for name in sorted(draft.generated):
            column = draft.columns[name]
            if name not in indexes and "index" not in column and column.get("type") not in NAMED_ENUMS:
                column["generated"] |= {"stored": False} if self.chance(0.4) else {}

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
        first, *rest = self.some(whole, 2)
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
        for name in self.some(checked, 3) if checked and self.chance(0.6) else []:
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
            elif self.chance(0.15):
                check["state"] = self.random.choice(["not_valid", "not_enforced"])
            if self.chance(0.2):
                check["name"] = self.relation_name("the_check")
            draft.spec.setdefault("checks", {})[f"rule_{self.number()}"] = check
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
            index = self._index(draft, self.some(usable, 3))
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
            index["include"] = self.some(others, 2)
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

    def _full_text(self, draft: Draft) -> None:
        texts = [name for name, column in draft.columns.items() if _has_words(column)]
        if draft.key and texts and self.chance(0.4):
            index: Data = {"columns": self.some(texts, 2), "description": self.text(), "reason": "Made by chance"}
            if self.chance(0.3):
                index["name"] = self.relation_name("the_words")
            draft.spec["full_text"] = [index]

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


def _has_words(column: Data) -> bool:
    """Whether a column is a text of a limited length that nothing but its row decides."""
    if "on_row_update" in column or column.get("generated", {}).get("stored") is False or "enum" in column:
        return False
    type_ = str(column.get("type", ""))
    return type_.startswith(("varchar(", "char(")) or (type_ == "text" and "max_length" in column)


def _kind_of(spelling: str) -> str:
    name = spelling.partition("(")[0]
    return name if name in BY_NAME else "text"
