"""The wheel works outside the checkout, in an environment of its own; it and the sdist hold what they should."""

from __future__ import annotations

import os
import shutil
import site
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from support.built_cases import FOLDERS

ROOT = Path(__file__).parents[2]
COPIED = ("generator", "templates", "specs", "tests", "docs", "README.md", "LICENSE", "Makefile", "pyproject.toml")

pytestmark = pytest.mark.xdist_group("packaging")


def checked(command: list[str | Path], **options: object) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, **options)  # type: ignore[call-overload]
    assert done.returncode == 0, done.stdout + done.stderr
    return str(done.stdout)


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The wheel, built from the sdist, and the sdist."""
    folder = tmp_path_factory.mktemp("packages")
    checkout = folder / "checkout"
    checkout.mkdir()
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, checkout / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, checkout / name)
    (checkout / "output").mkdir()
    (checkout / "output/stray.sql").write_text("", encoding="utf-8")
    checked([sys.executable, "-m", "build", "--outdir", folder / "dist", checkout])
    [wheel] = (folder / "dist").glob("*.whl")
    [sdist] = (folder / "dist").glob("*.tar.gz")
    return wheel, sdist


def test_the_wheel_holds_the_package_and_its_templates_alone(packages: tuple[Path, Path]) -> None:
    with zipfile.ZipFile(packages[0]) as wheel:
        names = set(wheel.namelist())
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"schemagen"}
    templates = {path.relative_to(ROOT).as_posix() for path in (ROOT / "templates").rglob("*") if path.is_file()}
    assert {f"schemagen/{path}" for path in templates} <= names
    assert "schemagen/py.typed" in names
    outside = {name for name in names if not name.startswith("schemagen/templates/")}
    assert not any("__pycache__" in name or name.endswith((".yaml", ".ambr", ".sql")) for name in outside)


def test_the_sdist_holds_what_a_build_and_the_tests_need(packages: tuple[Path, Path]) -> None:
    with tarfile.open(packages[1]) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}
    assert {
        "pyproject.toml",
        "README.md",
        "LICENSE",
        "generator/schemagen/cli/__init__.py",
        "tests/conftest.py",
    } <= names
    assert not any(name.startswith(("output", ".venv", ".git/")) for name in names)


@pytest.fixture(scope="module")
def program(packages: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``schemagen`` in a fresh environment that borrows everything but schemagen from this one."""
    folder = tmp_path_factory.mktemp("fresh") / "venv"
    checked([sys.executable, "-m", "venv", "--without-pip", folder])
    python = folder / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--no-deps", "--no-index"]
    checked([*pip, packages[0]])
    [library] = (folder / "lib").glob("python*/site-packages")
    borrowed = [path for path in site.getsitepackages() if Path(path).is_dir()]
    (library / "borrowed.pth").write_text("\n".join(borrowed), encoding="utf-8")
    return folder / "bin" / "schemagen"


def test_it_builds_a_spec_far_from_the_checkout(program: Path, packages: tuple[Path, Path], tmp_path: Path) -> None:
    assert packages
    shutil.copytree(FOLDERS["library"], tmp_path / "specs")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    where = "import schemagen; print(schemagen.__file__)"
    assert str(program.parents[1]) in checked([program.with_name("python"), "-c", where], cwd=tmp_path, env=environment)
    checked([program, "build"], cwd=tmp_path, env=environment)
    assert "Nothing to do" in checked([program, "check"], cwd=tmp_path, env=environment)
    ours = subprocess.run(
        [sys.executable, "-m", "schemagen", "check"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert ours.returncode == 0, ours.stdout
    assert checked([program, "--version"], env=environment).strip()
