"""Synthetic specs of any size: the tables that the benchmarks build."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

TABLES_A_FILE = 20

_TABLE = """\
  {name}:
    description: Synthetic table number {number}
    columns:
      id: {{type: uuid, primary_key: true, default: {{sql: gen_random_uuid()}}, description: Unique identifier}}
      first_id: {{type: uuid, {first}on_delete: cascade, description: The first parent}}
      second_id: {{type: uuid, nullable: true, {second}on_delete: set null, description: The second parent}}
      name: {{type: varchar(255), description: Name that people see}}
      email: {{type: varchar(255), description: Address for messages}}
      status: {{enum: [active, archived, deleted], default: active, description: State of the row}}
      amount: {{type: "numeric(10,2)", default: 0, description: Amount in the currency of the owner}}
      details: {{type: jsonb, default: {{}}, description: Room to grow without a migration}}
      created_at: {{type: timestamptz, default: {{sql: now()}}, description: When the row was made (UTC)}}
      updated_at: {{type: timestamptz, default: {{sql: now()}}, description: When the row was changed (UTC)}}
    unique:
      - {{columns: [first_id, email], description: An address is used once by each parent}}
    checks:
      amount_not_negative: {{sql: amount >= 0, description: No debts}}
    indexes:
      - {{columns: [first_id, created_at desc], description: Rows of a parent in order}}
      - {{columns: [second_id], description: Rows of the second parent}}
      - {{columns: [name], where: status = 'active', description: Active rows by name}}
"""


def name_of(number: int) -> str:
    """The name of a table, counted from 0."""
    return f"table_{number:05d}"


def parents_of(number: int) -> tuple[int, int]:
    """The tables that a table refers to."""
    return max(0, number - 1), number // 2


def spec_files(tables: int) -> dict[str, str]:
    """File names and texts: every table refers to two earlier ones, the first one to itself."""
    files = {}
    for start in range(0, tables, TABLES_A_FILE):
        texts = [_table(number) for number in range(start, min(start + TABLES_A_FILE, tables))]
        head = f'schemagen: 1\ntitle: Part {start // TABLES_A_FILE}\nversion: "1.0"\n\ntables:\n'
        files[f"part_{start // TABLES_A_FILE:04d}.yaml"] = head + "\n".join(texts)
    return files


def _table(number: int) -> str:
    first, second = (f"references: {name_of(parent)}.id, " for parent in parents_of(number))
    return _TABLE.format(name=name_of(number), number=number, first=first, second=second)


def write_specs(folder: Path, tables: int) -> None:
    """Write the files of a synthetic spec."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in spec_files(tables).items():
        (folder / name).write_text(text, encoding="utf-8")


def add_a_column(folder: Path, tables: int) -> None:
    """Change one table in the middle: a new column that may be NULL."""
    number = tables // 2
    file = folder / f"part_{number // TABLES_A_FILE:04d}.yaml"
    before, after = file.read_text(encoding="utf-8").split(f"  {name_of(number)}:\n")
    added = "      nickname: {type: text, nullable: true, max_length: 80, description: Added later}\n"
    first, rest = after.split("    unique:\n", 1)
    file.write_text(f"{before}  {name_of(number)}:\n{first}{added}    unique:\n{rest}", encoding="utf-8")
