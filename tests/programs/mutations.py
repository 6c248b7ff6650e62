# ruff: noqa: E501  (a rule a line)
"""The mutation test: generated output is broken in many ways, and `verify` has to notice each one.

Two sorts of mutants. Of files: one place in one artefact is changed, so that artefacts disagree. Of the schema: all
artefacts are made from a schema with one thing changed, so that they agree with each other and not with the spec.

The rules for a project that has been changed are in ``mutations_of_history.py``.

    python tests/programs/mutations.py [--sample N] [--seed N]
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from programs.mutations_of_history import FILES_RULES, ROWS_RULES, STRANGERS, Rule
from schemagen.databases.embedded import embedded_server
from schemagen.datagen.test_rows import Material
from schemagen.migrations.first_build import first_build
from schemagen.project.output import render
from schemagen.project.pipeline import Options, build, load
from schemagen.schema import types as t
from schemagen.schema.dialect import Sql
from schemagen.schema.model import Action, Column, Example, LiteralDefault, Schema, Table
from schemagen.verify.models.process import Models
from schemagen.verify.runner import Scope, prove

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from schemagen.schema.index import Index

ROOT = Path(__file__).parents[2]
SPECS = (ROOT / "specs", ROOT / "tests/cases/build/booking", ROOT / "tests/cases/verify/models_of_every_type")
EVOLVED = ROOT / "tests/cases/mutations/evolved"
"""Specs that are built one after the other, into one output."""
PER_RULE = 2


@dataclass(frozen=True)
class Mutant:
    """One way to break an output: what kind of claim, in which artefact, and how the files change."""

    kind: str
    artefact: str
    what: str
    files: dict[str, str]
    written: bool = False


UNCHANGED = Mutant("none", "none", "nothing", {}, written=True)

SQL = r"migrations/(sqlite|postgres)/\d.*\.sql"
LINE = r"(?m)^    CONSTRAINT "
MODEL = r"models/[a-z]\w*\.py"
TYPES = r"models/_types\.py"

RULES = (
    Rule("cascade lost", "migrations", SQL, r" ON DELETE CASCADE(?=[^\n]*\n)", " ON DELETE NO ACTION"),
    Rule("delete restricted", "migrations", SQL, r" ON DELETE CASCADE", " ON DELETE RESTRICT"),
    Rule("wrong delete action", "migrations", SQL, r" ON DELETE SET NULL", " ON DELETE CASCADE"),
    Rule("update action lost", "migrations", SQL, r" ON UPDATE CASCADE", ""),
    Rule("NOT NULL lost", "migrations", SQL, r"(?m)^(    \w+ .*?) NOT NULL", r"\1"),
    Rule("default lost", "migrations", SQL, r"(?m)^(    \w+ .*?) DEFAULT ('[a-z{}]*'|\d+|false|true)", r"\1"),
    Rule("default changed", "migrations", SQL, r"DEFAULT '(low|normal|web|requested)'", "DEFAULT 'high'"),
    Rule("default expression changed", "migrations", SQL, r"DEFAULT now\(\)", "DEFAULT '2020-01-01'"),
    Rule("index lost", "migrations", SQL, r"(?m)^CREATE INDEX [^;]*;", ""),
    Rule("unique index made plain", "migrations", SQL, r"CREATE UNIQUE INDEX", "CREATE INDEX"),
    Rule("direction lost", "migrations", SQL, r"(?m)(^CREATE[^\n]*) DESC\)", r"\1)"),
    Rule("predicate lost", "migrations", SQL, r"(?m)(^CREATE (?:UNIQUE )?INDEX[^\n]*?) WHERE [^;]*;", r"\1;"),
    Rule("index columns swapped", "migrations", SQL, r"(?m)^(CREATE INDEX .*)\((\w+), (\w+)( DESC)?\)", r"\1(\3\4, \2)"),
    Rule("check lost", "migrations", SQL, r"(?m)^    CONSTRAINT ck_\w+ CHECK [^\n]*,\n", ""),
    Rule("check weakened", "migrations", SQL, r"(?m)^(    CONSTRAINT ck_\w+ CHECK \([^\n]*?) >= 0", r"\1 >= -1"),
    Rule("enum value lost", "migrations", SQL, r"IN \('\w+', ", "IN ("),
    Rule("enum value added", "migrations", SQL, r"IN \('", "IN ('other', '"),
    Rule("length changed", "migrations", SQL, r"(?m)^(    \w+ +)varchar\(255\)", r"\1varchar(254)"),
    Rule("length changed", "migrations", SQL, r"<= (255|100000|10000)\b", "<= 99"),
    Rule("type changed", "migrations", SQL, r"(?m)^(    \w+ +)timestamptz", r"\1timestamp"),
    Rule("type changed", "migrations", SQL, r"(?m)^(    \w+ +)integer ", r"\1bigint "),
    Rule("type changed", "migrations", SQL, r"(?m)^(    \w+ +)jsonb", r"\1json"),
    Rule("STRICT lost", "migrations", SQL, r"\) STRICT;", ");"),
    Rule("unique constraint lost", "migrations", SQL, r"(?m)^    CONSTRAINT uq_\w+ UNIQUE [^\n]*,\n", ""),
    Rule("foreign key lost", "migrations", SQL, r"(?m)^    CONSTRAINT fk_\w+ FOREIGN KEY [^\n]*,\n", ""),
    Rule("trigger lost", "migrations", SQL, r"(?ms)^CREATE (?:OR REPLACE )?TRIGGER .*?(?:END;|\(\);)\n", ""),
    Rule("trigger event lost", "migrations", SQL, r"AFTER INSERT OR UPDATE OR DELETE", "AFTER INSERT"),
    Rule("trigger does nothing", "migrations", SQL, r"SELECT RAISE\(ABORT, '[^']*'\);", "SELECT 1;"),
    Rule("trigger sets something else", "migrations", SQL, r"NEW\.(\w+) := now\(\);", r"NEW.\1 := OLD.\1;"),
    Rule("rollback incomplete", "rollbacks", r"migrations/\w+/rollback/.*", r"(?m)^DROP TABLE [^;]*;", ""),
    Rule("rollback incomplete", "rollbacks", r"migrations/postgres/rollback/.*", r"(?m)^DROP FUNCTION [^;]*;", ""),
    Rule("wrong ondelete", "models", r"models/\w+\.py", r'ondelete="CASCADE"', 'ondelete="SET NULL"'),
    Rule("ondelete lost", "models", r"models/\w+\.py", r',\s*ondelete="CASCADE"', ""),
    Rule("model nullable", "models", r"models/\w+\.py", r"nullable=False", "nullable=True"),
    Rule("model length", "models", r"models/\w+\.py", r"types\.Varchar\(255\)", "types.Varchar(200)"),
    Rule("model type", "models", r"models/\w+\.py", r"types\.Integer\(\)", "types.Text()"),
    Rule("model index lost", "models", r"models/\w+\.py", r"(?m)^        sa\.Index\([^\n]*\),\n", ""),
    Rule("model unique lost", "models", r"models/\w+\.py", r"(?m)^        sa\.UniqueConstraint\([^\n]*\),\n", ""),
    Rule("model check lost", "models", r"models/\w+\.py", r'(?m)^        "ck_\w+_type": "[^\n]*",\n', ""),
    Rule("model STRICT lost", "models", r"models/\w+\.py", r'"sqlite_strict": True', '"sqlite_strict": False'),
    Rule("model trigger lost", "models", r"models/\w+\.py", r"(?s)(triggers=\[).*\n    \],\n\)", r"\1],\n)"),
    Rule("model default", "models", r"models/\w+\.py", r'postgres="now\(\)"', 'postgres="clock_timestamp()"'),
    Rule("model default in Python", "models", r"models/\w+\.py", r'default="normal"', 'default="high"'),
    Rule(
        "relationship lost",
        "models",
        r"models/\w+\.py",
        r'(?m)^    \w+: "\w+" = Relationship\(back_populates="\w+"\)\n',
        "",
    ),
    Rule("inverse lost", "models", r"models/\w+\.py", r'(?ms)^    \w+: list\["\w+"\] = Relationship\(.*?^    \)\n', ""),
    Rule("column lost from the model", "models", r"models/\w+\.py", r"(?ms)^    (title|email|notes): .*?^    \)\n", ""),
    Rule("session delete", "models", r"models/\w+\.py", r"passive_deletes=True,\s*", ""),
    Rule("session delete", "models", r"models/\w+\.py", r'\{"cascade": "all, delete-orphan"\}', "{}"),
    Rule("class lost", "models", r"models/__init__\.py", r"(?m)^from \.(task|conversation_agent|booking_event) .*\n", ""),
    Rule("uuid stored otherwise", "models", r"models/_types\.py", r"return str\(value\)", "return value.hex"),
    Rule("time zone lost", "models", r"models/_types\.py", r"(?<=value|tored)\.astimezone\(dt\.UTC\)", ""),
    Rule("foreign keys off", "models", r"models/_support\.py", r"PRAGMA foreign_keys = ON", "PRAGMA foreign_keys = OFF"),
    Rule("model default changed", "models", MODEL, r'default="none"', 'default="b c"'),
    Rule("model default changed", "models", MODEL, r'default=Decimal\("[\d.]*"\)', 'default=Decimal("7.00")'),
    Rule("model default changed", "models", MODEL, r"default_factory=uuid4", "default_factory=lambda: UUID(int=0)"),
    Rule("model default changed", "models", MODEL, r"default_factory=(list|dict)\b", r"default_factory=lambda: \1([(1, 2)])"),
    Rule("model default changed", "models", MODEL, r"default_factory=lambda: \{", "default_factory=lambda: {'other': 1, "),
    Rule("given NULL lost", "models", r"models/_support\.py", r'event.listen\(model, "before_insert", _keep_null\)', "pass", r"sa\.Column\(types\.\w+\(\), nullable=True, server_default"),
    Rule("not read again", "models", MODEL, r",\s*(server_onupdate=sa\.FetchedValue\(\)|onupdate=db\.utc_now)", ""),
    Rule("value let through", "models", TYPES, r"if value\.utcoffset\(\) is None:", "if False:", r"types\.TimestampTz"),
    Rule("value let through", "models", TYPES, r"if value\.tzinfo is not None:", "if False:", r"types\.Time\(\)[^$]*types\.Timestamp\(\)"),
    Rule("value let through", "models", TYPES, r"and number != self\._scaled\(number\)", "and False", r"types\.Numeric\(\d"),
    Rule("value let through", "models", TYPES, r"if not number\.is_finite\(\):", "if False:", r"types\.Numeric\(\)"),
    Rule("value let through", "models", TYPES, r"if not math\.isfinite\(number\):", "if False:", r"types\.Double"),
    Rule("value let through", "models", TYPES, r"isinstance\(value, str\) and ", "False and ", r"types\.(Text|Varchar)"),
    Rule("read as stored", "models", TYPES, r"return UUID\(stored\)", "return stored", r"types\.Uuid"),
    Rule("read as stored", "models", TYPES, r"return bool\(stored\)", "return stored", r"types\.Boolean"),
    Rule("read as stored", "models", TYPES, r"return self\._scaled\(Decimal\(str\(stored\)\)\)", "return stored", r"types\.Numeric"),
    Rule("read as stored", "models", TYPES, r"return dt\.date\.fromisoformat\(stored\)", "return stored", r"types\.Date\(\)"),
    Rule("annotation", "models", MODEL, r"(?m)^(    \w+): (Decimal|bool|dt\.date)\b", r"\1: str"),
    Rule("annotation", "models", MODEL, r"(?m)^(    \w+: \w+) \| None", r"\1"),
    Rule("annotation", "models", MODEL, r'Literal\["\w+", ', "Literal["),
    Rule("limit", "models", MODEL, r"max_length=(\d)\d+", r"max_length=\1"),
    Rule("attribute renamed", "models", MODEL, r"(?s)^(.*    )(visits|completed)(: (?:int|bool) .*?)(types\.)", r'\1value\3"\2", \4'),
    Rule("session cascade", "models", MODEL, r'"cascade": "all, delete-orphan"', '"cascade": "all"'),
    Rule("relationship option", "models", MODEL, r'(?<="cascade": "all, delete-orphan")', ', "lazy": "noload"'),
    Rule("relationship option", "models", MODEL, r'(?<="foreign_keys": "Purchase\.giver_id")', ', "viewonly": True'),
    Rule("relationship option", "models", MODEL, r'(?<="Purchase\.account_id"), "cascade"', ', "uselist": False, "cascade"'),
    Rule("revision out of step", "alembic", r"alembic/versions/.*\.py", r"down_revision = '?\"?(?!None)(\w+)'?\"?", "down_revision = None"),
    Rule("revision of another file", "alembic", r"alembic/versions/.*\.py", r'FILE = "00\d', 'FILE = "999'),
    Rule("revision of an edited file", "alembic", r"alembic/versions/.*\.py", r'(?m)^    "[0-9a-f]{8}', '    "00000000'),
    Rule("revision does nothing", "alembic", r"alembic/versions/.*\.py", r"(?m)^upgrade, ", "upgrade = str\n_, "),
    Rule("revision stays", "alembic", r"alembic/versions/.*\.py", r"(?m)^upgrade, downgrade", "downgrade = str\nupgrade, _"),
    Rule("statements not sent", "alembic", r"alembic/statements\.py", r"(?m)^            send\(statements\)", "            pass"),
    Rule("edited files run", "alembic", r"alembic/statements\.py", r"!= sha256", "== ''"),
    Rule("document edited", "docs", r"docs/.*\.md", r"\bcascade", "restrict"),
    Rule("document edited", "docs", r"docs/.*\.md", r"idx_(\w+)", r"ix_\1"),
    Rule("guide edited", "docs", r"migrations/README\.md", r"001_create", "002_create"),
)  # fmt: skip


def of_files(files: dict[str, str], random: Random, rules: Sequence[Rule]) -> Iterator[Mutant]:
    """A few places for each rule, chosen at random: every engine and artefact that it matches."""
    classes = "\n".join(text for path, text in files.items() if re.fullmatch(MODEL, path))
    for rule in rules:
        places = [
            (path, match)
            for path, text in files.items()
            if re.fullmatch(rule.files, path) and re.search(rule.needs, classes)
            for match in re.finditer(rule.pattern, _shown(rule, path, text))
            if not _is_equal(rule, match)
        ]
        for path, match in random.sample(places, min(PER_RULE, len(places))):
            text = _shown(rule, path, files[path])
            changed = text[: match.start()] + match.expand(rule.replacement) + text[match.end() :]
            line = text.count("\n", 0, match.start()) + 1
            yield Mutant(rule.kind, rule.artefact, f"{path}:{line}", {path: changed}, rule.written)


def of_strangers() -> Iterator[Mutant]:
    """Files beside those of a build."""
    for path, text in STRANGERS.items():
        yield Mutant("stranger", "files", path, {path: text}, written=True)


def _is_equal(rule: Rule, match: re.Match[str]) -> bool:
    """Whether the change means nothing: a primary key is never NULL, written or not."""
    if rule.kind != "NOT NULL lost":
        return False
    column = match[0].split()[0]
    return bool(re.search(rf"PRIMARY KEY \([^)]*\b{column}\b", match.string))


def _shown(rule: Rule, path: str, text: str) -> str:
    """SQL without its comment lines, so that no mutant is one of prose; all of it where that is what is compared."""
    if rule.written or not path.endswith(".sql"):
        return text
    return "".join(line for line in text.splitlines(keepends=True) if not line.startswith("--"))


def _columns(change: Callable[[Column, Table], Column | None]) -> Callable[[Table], Iterator[Table]]:
    def tables(table: Table) -> Iterator[Table]:
        for number, column in enumerate(table.columns):
            changed = change(column, table)
            if changed is not None and changed != column:
                yield replace(table, columns=(*table.columns[:number], changed, *table.columns[number + 1 :]))

    return tables


def _each(field: str, change: Callable[[object], object | None]) -> Callable[[Table], Iterator[Table]]:
    """Change one of the parts of a table, or drop it where the change gives None."""

    def tables(table: Table) -> Iterator[Table]:
        parts = getattr(table, field)
        for number, part in enumerate(parts):
            changed = change(part)
            if changed != part:
                kept = () if changed is None else (changed,)
                yield replace(table, **{field: (*parts[:number], *kept, *parts[number + 1 :])})

    return tables


def _nullable(column: Column, table: Table) -> Column | None:
    keys = table.primary_key.columns if table.primary_key else ()
    return None if column.name in keys or column.identity else replace(column, nullable=not column.nullable)


def _other_type(column: Column, table: Table) -> Column | None:
    bound = {name for key in table.foreign_keys for name in key.columns}
    if column.name in bound or (table.primary_key and column.name in table.primary_key.columns):
        return None
    other = _OTHER_TYPES.get(type(column.type))
    return replace(column, type=other(column.type), default=None) if other else None


_OTHER_TYPES: dict[type[t.Type], Callable[[Any], t.Type]] = {
    t.Varchar: lambda type_: t.Varchar((type_.length or 100) - 1),
    t.Text: lambda type_: t.Text((type_.max_length or 100) + 1),
    t.Enum: lambda type_: t.Enum((*type_.values, "other")),
    t.Integer: lambda _: t.BigInt(),
    t.Jsonb: lambda _: t.Json(),
    t.TimestampTz: lambda _: t.Timestamp(),
    t.Boolean: lambda _: t.SmallInt(),
}


def _fewer_values(column: Column, _: Table) -> Column | None:
    if isinstance(column.type, t.Enum) and not isinstance(column.default, LiteralDefault):
        return replace(column, type=t.Enum(column.type.values[:-1]))
    return None


def _reversed_index(index: Index) -> Index:
    return replace(index, elements=tuple(reversed(index.elements)))


def _turned(index: Index) -> Index:
    last = index.elements[-1]
    return replace(index, elements=(*index.elements[:-1], replace(last, descending=not last.descending)))


def _negated(sql: Sql) -> Sql:
    return Sql(*(None if text is None else f"NOT ({text})" for text in (sql.postgres, sql.sqlite)))


def _without_a_column(table: Table) -> Iterator[Table]:
    used = {name for index in table.indexes for name in index.columns}
    used |= {name for key in table.foreign_keys for name in key.columns}
    used |= {name for unique in table.uniques for name in unique.columns}
    used |= set(table.primary_key.columns if table.primary_key else ())
    texts = " ".join(check.sql.postgres or "" for check in table.checks)
    texts += " ".join(column.generated.postgres or "" for column in table.columns if column.generated)
    for column in table.columns:
        if column.name not in used and column.name not in texts and column.on_row_update is None:
            yield replace(
                table,
                columns=tuple(other for other in table.columns if other is not column),
                examples=tuple(_without_a_value(example, column) for example in table.examples),
            )


def _without_a_value(example: Example, column: Column) -> Example:
    return replace(example, values=tuple(value for value in example.values if value[0] != column.name))


SCHEMA_RULES: dict[str, Callable[[Table], Iterator[Table]]] = {
    "cascade lost": _each("foreign_keys", lambda key: replace(key, on_delete=Action.NO_ACTION)),
    "delete cascades": _each(
        "foreign_keys", lambda key: replace(key, on_delete=Action.CASCADE) if key.enforced else key
    ),
    "update action": _each("foreign_keys", lambda key: replace(key, on_update=Action.CASCADE) if key.enforced else key),
    "update action lost": _each("foreign_keys", lambda key: replace(key, on_update=Action.NO_ACTION)),
    "update restricted": _each(
        "foreign_keys", lambda key: replace(key, on_update=Action.RESTRICT) if key.enforced else key
    ),
    "foreign key lost": _each("foreign_keys", lambda _: None),
    "foreign key not enforced": _each("foreign_keys", lambda key: replace(key, enforced=False)),
    "touch lost": _each("foreign_keys", lambda key: replace(key, touch=None)),
    "nullable flipped": _columns(_nullable),
    "type changed": _columns(_other_type),
    "enum value lost": _columns(_fewer_values),
    "default lost": _columns(lambda column, _: replace(column, default=None)),
    "immutable lost": _columns(lambda column, _: replace(column, immutable=False)),
    "row update lost": _columns(lambda column, _: replace(column, on_row_update=None)),
    "generated lost": _columns(lambda column, _: replace(column, generated=None)),
    "identity lost": _columns(lambda column, _: replace(column, identity=False)),
    "unique lost": _each("uniques", lambda _: None),
    "check lost": _each("checks", lambda _: None),
    "check negated": _each("checks", lambda check: replace(check, sql=_negated(check.sql))),
    "index lost": _each("indexes", lambda _: None),
    "index columns swapped": _each("indexes", _reversed_index),
    "index direction": _each("indexes", _turned),
    "index unique": _each("indexes", lambda index: replace(index, unique=not index.unique)),
    "predicate lost": _each("indexes", lambda index: replace(index, where=None)),
    "append-only lost": lambda table: iter([replace(table, append_only=False)] if table.append_only else []),
    "deletes accepted": lambda table: iter([replace(table, keeps_rows=False)] if table.keeps_rows else []),
    "column lost": _without_a_column,
}


def of_schema(schema: Schema, random: Random) -> Iterator[Mutant]:
    """Outputs of schemas that differ in one thing; their documents are those of the spec."""
    for kind, change in SCHEMA_RULES.items():
        changed = [
            (table, other)
            for table in schema.tables
            for other in change(table)
            if other != table and _has_what_is_touched(schema, other)
        ]
        for table, other in random.sample(changed, min(PER_RULE, len(changed))):
            tables = tuple(other if one is table else one for one in schema.tables)
            mutated = replace(schema, tables=tables)
            files = {
                path: text
                for path, text in render(mutated, None, first_build(mutated)).items()
                if not path.endswith(".md")
            }
            yield Mutant(kind, "every artefact", f"{table.name}", files)


def _has_what_is_touched(schema: Schema, table: Table) -> bool:
    return all(key.touch in table.by_name for _, key in schema.children(table.name) if key.touch)


@dataclass(frozen=True)
class Original:
    """A schema and its output, which verify proves, and what all runs share; ``rules`` are those of its files."""

    schema: Schema
    output: Path
    models: Models
    material: Material
    rules: Sequence[Rule]


def noticed_by(original: Original, mutant: Mutant, folder: Path) -> str:
    """The first claim that verify finds broken in the output with the mutant's files; empty where there is none."""
    output = Path(tempfile.mkdtemp(dir=folder))
    shutil.copytree(original.output, output, dirs_exist_ok=True)
    for path, text in mutant.files.items():
        (output / path).parent.mkdir(exist_ok=True)
        (output / path).write_bytes(text.encode())
    scope = Scope(embedded_server(), stop_at_failure=True, as_written=mutant.written)
    report = prove(original.schema, output, scope, models=original.models, material=original.material)
    shutil.rmtree(output)
    return next((f"{failure.claim} on {failure.engine}" for failure in report.failures), "")


def originals(folder: Path, models: Models) -> list[Original]:
    found = []
    for number, specs in enumerate(SPECS):
        options = Options(specs, folder / str(number))
        build(options)
        schema = load(options).schema
        found.append(Original(schema, options.output, models, Material(schema), RULES))
    return [*found, evolved(folder, models)]


def evolved(folder: Path, models: Models) -> Original:
    """A project that was built from one spec after the other."""
    options = Options(folder / "specs", folder / "evolved")
    options.specs.mkdir()
    for spec in sorted(EVOLVED.iterdir()):
        shutil.copy(spec, options.specs / "spec.yaml")
        build(options)
    schema = load(options).schema
    return Original(schema, options.output, models, Material(schema), (*ROWS_RULES, *FILES_RULES))


def mutants(original: Original, seed: int) -> list[Mutant]:
    random = Random(seed)
    files = {
        path.relative_to(original.output).as_posix(): path.read_bytes().decode()
        for path in sorted(original.output.rglob("*"))
        if path.is_file() and ".schemagen" not in path.parts
    }
    found = list(of_files(files, random, original.rules))
    return [*found, *(of_schema(original.schema, random) if original.rules is RULES else of_strangers())]


def run(
    sample: int | None, seed: int, progress: Callable[[str], None], only: str = ""
) -> tuple[Counter[str], Counter[str], list[str]]:
    """Make mutants and prove each: how many were killed and made by kind, and who survived."""
    killed, made = Counter[str](), Counter[str]()
    survivors = []
    with tempfile.TemporaryDirectory() as name, Models() as models:
        folder = Path(name)
        found = originals(folder, models)
        todo = [(original, mutant) for original in found for mutant in mutants(original, seed)]
        todo = [(original, mutant) for original, mutant in todo if only in f"{mutant.artefact}: {mutant.kind}"]
        if sample is not None:
            todo = Random(seed).sample(todo, min(sample, len(todo)))
        for number, (original, mutant) in enumerate(todo, start=1):
            started = time.monotonic()
            noticed = noticed_by(original, mutant, folder)
            kind = f"{mutant.artefact}: {mutant.kind}"
            made[kind] += 1
            killed[kind] += bool(noticed)
            if not noticed:
                survivors.append(f"{kind}, {mutant.what}")
            verdict = f"noticed by {noticed}," if noticed else "SURVIVED"
            progress(f"{number}/{len(todo)} {verdict} {time.monotonic() - started:.1f} s {kind}, {mutant.what}")
        for original in (one for one in found if any(one is other for other, _ in todo)):
            broken = noticed_by(original, UNCHANGED, folder)
            if broken:
                raise RuntimeError(f"the output without any mutant is not proved: {broken}")
    return killed, made, survivors


def _tell(text: str) -> None:
    print(text, file=sys.stderr)  # noqa: T201


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, help="only so many, chosen at random")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default="", help="only mutants of these kinds, such as `models`")
    arguments = parser.parse_args()
    killed, made, survivors = run(arguments.sample, arguments.seed, _tell, arguments.only)
    for kind in sorted(made):
        print(f"{killed[kind]:>4}/{made[kind]:<4} {kind}")  # noqa: T201
    print(f"{killed.total()} of {made.total()} mutants noticed, seed {arguments.seed}")  # noqa: T201
    for survivor in survivors:
        print(f"survived: {survivor}")  # noqa: T201
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
