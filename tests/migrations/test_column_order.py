"""The file of the whole schema: the catalog and the order of columns that the migrations leave."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from schemagen.databases.embedded import embedded_server
from schemagen.databases.scratch import PostgresDatabase
from schemagen.deploy.target import target_of
from schemagen.engines.catalog_differences import differences
from schemagen.project.pipeline import Options, build
from support.engines import run_in_python

if TYPE_CHECKING:
    from pathlib import Path

    from schemagen.engines.catalog import Catalog

FIRST = """schemagen: 1
tables:
  people:
    columns:
      id: {type: integer, primary_key: true, identity: true}
      called: {type: text}
      order: {type: text, nullable: true}
      age: {type: integer, nullable: true}
      kind: {enum: [a, b], default: a}
"""
SECOND = FIRST.replace(
    "      called: {type: text}\n",
    '      more: {type: text, default: ""}\n      name: {type: text, renamed_from: called}\n'
    "      other: {type: text, nullable: true}\n",
)
THIRD = SECOND.replace("      order: {type: text, nullable: true}\n", "").replace(
    "  people:", "  persons:\n    renamed_from: people"
)
FOURTH = THIRD.replace("[a, b]", "[a, b, c]").replace(
    "      id:", "      first: {type: date, nullable: true}\n      id:"
)


def test_the_whole_schema_is_the_chain(engine_name: str, tmp_path: Path) -> None:
    (tmp_path / "specs").mkdir()
    options = Options(tmp_path / "specs", tmp_path / "output")
    for spec in (FIRST, SECOND, THIRD, FOURTH):
        (tmp_path / "specs/people.yaml").write_text(spec, encoding="utf-8")
        build(options, allow=["drop:people.order"] if spec is THIRD else [])
        chain, whole = catalogs(options.output, engine_name, tmp_path)
        assert not differences(chain, whole)
        assert columns(chain) == columns(whole)


def catalogs(output: Path, engine_name: str, folder: Path) -> tuple[Catalog, Catalog]:
    """What the migrations make, and what the one file makes."""
    engine = "sqlite" if engine_name == "sqlite" else "postgres"
    files = [sorted((output / "migrations" / engine).glob("*.sql")), [output / f"schema.{engine}.sql"]]
    found = []
    for each in files:
        if engine == "sqlite":
            path = folder / "some.db"
            path.unlink(missing_ok=True)
            for file in each:
                run_in_python(path, file)
            found.append(target_of(str(path)).catalog())
        else:
            server = embedded_server(int(engine_name.removeprefix("postgres")))
            with server.database() as url, closing(PostgresDatabase(url)) as database:
                for file in each:
                    database.run_script(file)
                found.append(database.catalog())
    return found[0], found[1]


def columns(catalog: Catalog) -> dict[str, list[str]]:
    return {table.name: [column.name for column in table.columns] for table in catalog.tables}
