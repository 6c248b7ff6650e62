# ruff: noqa: E501  (a rule a line)
"""Rules of the mutation test for files: one place of one artefact is changed, so that artefacts disagree."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from programs.mutant import PER_RULE, Mutant, Rule
from programs.mutations_of_history import STRANGERS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from random import Random


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
    Rule("words not taken out", "migrations", SQL, r"SELECT 'delete', doc", "SELECT 'delete', doc + 1"),
    Rule("words of another column", "migrations", SQL, r"r\.(\w+) AS text1, r\.(\w+) AS", r"r.\2 AS text1, r.\1 AS"),
    Rule("words not filled", "migrations", SQL, r"SELECT doc, NEW\.", "SELECT doc + 1, NEW."),
    Rule("words with their punctuation", "migrations", SQL, r"translate\((\w+), '[^\n]*?', repeat\(' ', 31\)\)", r"\1"),
    Rule("rollback incomplete", "rollbacks", r"migrations/\w+/rollback/.*", r"(?m)^DROP TABLE [^;]*;", ""),
    Rule("rollback incomplete", "rollbacks", r"migrations/postgres/rollback/.*", r"(?m)^DROP FUNCTION [^;]*;", ""),
    Rule("wrong ondelete", "models", r"models/\w+\.py", r'ondelete="CASCADE"', 'ondelete="SET NULL"'),
    Rule("ondelete lost", "models", r"models/\w+\.py", r',\s*ondelete="CASCADE"', ""),
    Rule("model nullable", "models", r"models/\w+\.py", r"nullable=False", "nullable=True"),
    Rule("model length", "models", r"models/(?!a?queries)\w+\.py", r"types\.Varchar\(255\)", "types.Varchar(200)"),
    Rule("model type", "models", r"models/(?!a?queries)\w+\.py", r"types\.Integer\(\)", "types.Text()"),
    Rule("parameter type", "models", r"models/queries\.py", r'": types\.Integer\(\)', '": types.Text()'),
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
    Rule("value let through", "models", TYPES, r"(?s)(class _Characters.*?)isinstance\(value, str\) and ", r"\1False and ", r"types\.(Text|Varchar)"),
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
