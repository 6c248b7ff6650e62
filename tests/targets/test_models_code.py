"""The generated Python: laid out as ruff leaves it, typed, and with names that Python and SQLModel accept."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemagen.migrations.first_build import first_build
from schemagen.project.pipeline import Options, load
from schemagen.schema import types as t
from schemagen.schema.model import Action, Column, ForeignKey, LiteralDefault, PrimaryKey, Schema, Table, Unique
from schemagen.schema.model_names import RESERVED, model_names
from schemagen.schema.relationships import relationships
from schemagen.targets import sql_files
from schemagen.targets.alembic import revisions as alembic
from schemagen.targets.python_code import Call, Named, Text, block, layout, quoted
from schemagen.targets.sqlmodel import modules as sqlmodel
from support.engines import missing
from support.generated_models import write
from support.models_schema import SCHEMA, key, table, uuid_key

if TYPE_CHECKING:
    from schemagen.schema.relationships import Relationship

ROOT = Path(__file__).parents[2]
CASES, DEMO, STORIES = ROOT / "tests/cases/build", ROOT / "specs", ROOT / "benchmarks/stories/generated.py"

any_text = st.text(st.characters(exclude_categories=["Cs"]))


@given(any_text)
def test_a_text_is_read_back_as_it_was(text: str) -> None:
    for code in (quoted(text), block(text), layout(Text(text), before=95), layout(Text(text), before=5)):
        assert ast.literal_eval(code) == text


@given(st.lists(any_text, min_size=1), st.integers(0, 90))
def test_a_layout_is_the_same_code(texts: list[str], before: int) -> None:
    code = Call("", *(Named(quoted(str(n)), Text(text), ": ") for n, text in enumerate(texts)), brackets="{}")
    assert ast.literal_eval(layout(code, before=before)) == {str(n): text for n, text in enumerate(texts)}


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("output")
    steps = first_build(SCHEMA)
    sql = sql_files.render(SCHEMA, steps)
    write(folder, sqlmodel.render(SCHEMA) | sql | alembic.render(steps, sql))
    return folder


def run(*command: str) -> None:
    done = subprocess.run([sys.executable, "-m", *command], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_ruff_would_change_nothing(output: Path) -> None:
    run("ruff", "format", "--isolated", "--line-length", "100", "--check", "--diff", str(output))
    run("ruff", "check", "--isolated", "--select", "F,I001,B,UP", "--ignore", "UP045,UP037", str(output))


def test_mypy_is_content(output: Path) -> None:
    run("mypy", "--strict", str(output / "models"))


@pytest.mark.tools
def test_pyright_is_content_but_for_a_wrong_call(output: Path, tmp_path: Path) -> None:
    if shutil.which("pyright") is None:
        missing("pyright is not installed, which `make test-tools` does")
    write(tmp_path / "all_types", sqlmodel.render(SCHEMA))
    for specs in (*(CASES / name for name in ("bookshop", "hostile", "python_names", "views_and_objects")), DEMO):
        write(tmp_path / specs.name, sqlmodel.render(load(Options(specs, output)).schema))
    story = STORIES.read_text(encoding="utf-8").replace("from models", f"from {DEMO.name}.models")
    (tmp_path / "right.py").write_text(story, encoding="utf-8")
    (tmp_path / "wrong.py").write_text(story.replace('priority="high"', 'priority="urgent"'), encoding="utf-8")
    command = ["pyright", "--pythonpath", sys.executable, "."]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    errors = [line for line in done.stdout.splitlines() if " - error: " in line]
    assert len(errors) == 1, done.stdout
    assert "wrong.py" in errors[0]
    assert "'urgent'" in errors[0]


def test_rendering_twice_is_the_same() -> None:
    assert sqlmodel.render(SCHEMA) == sqlmodel.render(SCHEMA)


def test_the_reserved_names_are_those_of_the_installed_sqlmodel() -> None:
    from sqlmodel import SQLModel

    assert {name for name in dir(SQLModel) if not name.startswith("_")} <= RESERVED


def attributes(*columns: str, class_name: str = "Thing") -> list[str]:
    made = table("things", class_name, uuid_key(), *(Column(name, t.Text()) for name in columns))
    return list(model_names(Schema((made,)))["things"].attributes.values())[1:]


def test_attributes_that_cannot_be_get_a_trailing_underscore() -> None:
    assert attributes("metadata", "class", "copy", "str", "dt") == ["metadata_", "class_", "copy_", "str_", "dt_"]
    assert attributes("_secret", "_1", "date", "type", "match") == ["secret_", "column_1_", "date", "type", "match"]
    assert attributes("metadata", "metadata_") == ["metadata__", "metadata_"]
    assert attributes("Thing") == ["Thing_"]


def test_a_class_that_would_hide_an_import_is_renamed() -> None:
    names = model_names(Schema((table("fields", "Field", uuid_key()), table("imports", "Import", uuid_key()))))
    assert [(name.class_name, name.module) for name in names.values()] == [("Field_", "field"), ("Import", "import_")]


def links(*tables: Table) -> dict[str, list[Relationship]]:
    schema = Schema(tables)
    return relationships(schema, model_names(schema))


def child(*keys: ForeignKey, nullable: bool = False, **options: object) -> Table:
    names = dict.fromkeys(column for key in keys for column in key.columns)
    columns = (Column(name, t.Uuid(), nullable=nullable) for name in names)
    return table("child_rows", "ChildRow", uuid_key(), *columns, foreign_keys=keys, **options)


PARENT = table("parents", "Parent", uuid_key(), Column("code", t.Text()), uniques=(Unique("uq", ("code",)),))


def names_of(found: list[Relationship]) -> list[str]:
    return [link.name for link in found]


def test_names_come_from_the_column_and_the_child_table() -> None:
    found = links(PARENT, child(key("c", "parent_id", "parents.id", Action.CASCADE)))
    assert names_of(found["child_rows"]) == ["parent"]
    assert names_of(found["parents"]) == ["child_rows"]


def test_several_keys_to_one_table_are_told_apart_by_their_columns() -> None:
    keys = (key("c", "old_id", "parents.id", Action.CASCADE), key("c", "new_id", "parents.id", Action.CASCADE))
    found = links(PARENT, child(*keys))
    assert names_of(found["child_rows"]) == ["old", "new"]
    assert names_of(found["parents"]) == ["old_child_rows", "new_child_rows"]


def test_a_column_without_id_is_followed_by_what_it_refers_to() -> None:
    found = links(PARENT, child(key("c", "owner", "parents.id", Action.CASCADE)))
    assert names_of(found["child_rows"]) == ["owner_parent"]
    found = links(PARENT, child(key("c", "parent_code", "parents.code", Action.CASCADE)))
    assert names_of(found["child_rows"]) == ["parent"]


def test_names_of_the_spec_come_first() -> None:
    keys = (
        key("c", "copy_id", "parents.id", Action.CASCADE),
        key("c", "x_id", "parents.id", Action.CASCADE, relationship="copy", inverse="code"),
    )
    found = links(PARENT, child(*keys))
    assert names_of(found["child_rows"]) == ["copy_parent", "copy_"]
    assert names_of(found["parents"]) == ["copy_child_rows", "code_"]


def test_a_unique_reference_has_one_child() -> None:
    unique = (Unique("uq", ("parent_id",)),)
    found = links(PARENT, child(key("c", "parent_id", "parents.id", Action.CASCADE), uniques=unique))
    assert [(link.name, link.many) for link in found["parents"]] == [("child_row", False)]


def test_a_wider_key_to_the_same_row_has_no_relationship_of_its_own() -> None:
    found = relationships(SCHEMA, model_names(SCHEMA))
    assert names_of(found["messages"]) == ["conversation", "user"]
    assert names_of(found["conversations"]) == ["user", "messages"]
    assert names_of(found["categories"]) == ["parent", "twin", "parent_categories", "twins"]


def test_a_table_without_a_key_has_no_relationships() -> None:
    orphan = Table("logs", (Column("parent_id", t.Uuid()),), class_name="Log",
                   foreign_keys=(key("logs", "parent_id", "parents.id", Action.CASCADE),))  # fmt: skip
    assert links(PARENT, orphan) == {"parents": [], "logs": []}


def test_an_authors_type_is_a_name_and_nothing_else() -> None:
    bad = Column("bad", t.Native("inet", "text", "__import__('os').getcwd()"))
    with pytest.raises(ValueError, match="is not Python type"):
        sqlmodel.render(Schema((table("things", "Thing", uuid_key(), bad),)))


NASTY = '""" + exec("x") + """ \\ \n %s :x {{ y }} {% z %} \u202e \'\'\'\x00'


def test_text_of_a_spec_stays_in_its_string() -> None:
    column = Column("a", t.Text(), default=LiteralDefault(NASTY.replace("\0", "")), description=NASTY)
    made = Table(
        "things", (uuid_key(), column), PrimaryKey("pk", ("id",)), description=NASTY, class_name="Thing",
        notes=(("security", (NASTY,)), ("a_shape", (NASTY,))),
    )  # fmt: skip
    steps = first_build(Schema((made,)))
    sql = sql_files.render(Schema((made,)), steps)
    for files in (
        sqlmodel.render(Schema((made,))),
        alembic.render(steps, sql),
        alembic.render(steps, dict.fromkeys(sql, "")),
    ):
        _find_no_code(files)


def _find_no_code(files: dict[str, str]) -> None:
    for path, text in files.items():
        if path.endswith(".py"):
            tree = ast.parse(text)
            calls = {
                node.func.id
                for node in ast.walk(tree)
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
            }
            assert not calls & {"exec"}
            assert "\u202e" not in text
