"""Laws of a build: the same bytes from everywhere, in any order of the files, and nothing touched the second time."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemagen.project import fingerprint
from schemagen.project.pipeline import Options, build, make_plan
from support.built_cases import FOLDERS

if TYPE_CHECKING:
    from support.built_cases import Case

CASE = "library"
"""Two files in two folders that refer to each other."""


def tree(folder: Path) -> dict[str, bytes]:
    """Every file that a build has written, without its own notes and what Python keeps beside imported models."""
    hidden = {".schemagen", "__pycache__"}
    files = (path for path in folder.rglob("*") if path.is_file() and hidden.isdisjoint(path.parts))
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


BUILDS = """
import os, sys
from schemagen import cli
for project in sys.argv[1:]:
    os.chdir(project)
    sys.argv = ["schemagen", "build", "--specs=here/specs", "--output", "there/deep/output"]
    assert cli.main() == 0
"""


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All cases, built in another place by a process with other hashes, another time zone and another language."""
    folder = tmp_path_factory.mktemp("elsewhere")
    for name, specs in FOLDERS.items():
        shutil.copytree(specs, folder / name / "here" / "specs")
    environment = {"PYTHONHASHSEED": "4242", "TZ": "Pacific/Auckland", "LC_ALL": "C", "COLUMNS": "30"}
    projects = [folder / name for name in FOLDERS]
    subprocess.run(
        [sys.executable, "-c", BUILDS, *projects], env=os.environ | environment, capture_output=True, check=True
    )
    return folder


def test_another_place_another_hash_seed_another_locale(case: Case, elsewhere: Path) -> None:
    """The specs lie elsewhere and are named by a relative path."""
    assert tree(elsewhere / case.name / "there/deep/output") == tree(case.output)


def test_a_second_build_touches_nothing(case: Case) -> None:
    options = Options(FOLDERS[case.name], case.output)
    before = {file: file.stat().st_mtime_ns for file in case.output.rglob("*") if ".schemagen" not in file.parts}
    build(options)
    fingerprint.forget(str(case.output))
    assert build(options).files.written == ()
    after = {file: file.stat().st_mtime_ns for file in case.output.rglob("*") if ".schemagen" not in file.parts}
    assert after == before


def test_nothing_of_this_machine_is_in_the_output(case: Case) -> None:
    machine = (str(Path.home()), str(case.output.parent), str(Path(__file__).parents[2]), os.uname().nodename)
    for path, content in tree(case.output).items():
        for word in machine:
            assert word.encode() not in content or len(word) < 3, path


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    folder = tmp_path_factory.mktemp("laws")
    return folder, dict(make_plan(Options(FOLDERS[CASE], folder / "output")).files)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_comments_quotes_and_the_order_of_keys_change_nothing(
    library: tuple[Path, dict[str, str]], data: st.DataObject
) -> None:
    """Keys whose order has a meaning stay: tables, columns, queries, notes, and what has its place in lists."""
    folder, expected = library
    specs = folder / "specs"
    shutil.rmtree(specs, ignore_errors=True)
    for file in sorted(path for path in FOLDERS[CASE].rglob("*") if path.is_file()):
        place = specs / file.relative_to(FOLDERS[CASE])
        place.parent.mkdir(parents=True, exist_ok=True)
        content = shuffled(yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.BaseLoader), data)
        text = yaml.safe_dump(
            content,
            sort_keys=False,
            allow_unicode=data.draw(st.booleans()),
            default_style=data.draw(st.sampled_from(["'", '"'])),
            indent=data.draw(st.integers(2, 6)),
            width=data.draw(st.sampled_from([40, 80, 10_000])),
        )
        place.write_text(
            f"# {data.draw(st.sampled_from(['a comment', 'schemagen: 2', '{}']))}\n{text}", encoding="utf-8"
        )
    assert dict(make_plan(Options(specs, folder / "output")).files) == expected


IN_ORDER = {"tables", "columns", "queries", "notes", "checks", "examples", "default"}


def shuffled(node: object, data: st.DataObject, key: str = "") -> object:
    if isinstance(node, list):
        return [shuffled(item, data, key) for item in node]
    if not isinstance(node, dict):
        return node
    names = list(node) if key in IN_ORDER else data.draw(st.permutations(list(node)))
    return {name: shuffled(node[name], data, name if key not in {"tables", "columns"} else "") for name in names}
