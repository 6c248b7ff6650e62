"""Real schemas that nobody here wrote: public packages make their databases; those are imported and built again.

Run by ``make import-real``, not by CI: it installs some gigabytes. Each package has an environment of its own below
``.bench/import-real``; its version is pinned, its code stays out of this repository. The table of results goes to
``docs/import-real.md``.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
import venv
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from schemagen.databases.embedded import embedded_server
from schemagen.importer.importing import import_catalog
from schemagen.importer.losses import Effect
from schemagen.importer.proof import refusals, schema_of
from schemagen.importer.sources import postgres_catalog, sqlite_catalog

if TYPE_CHECKING:
    from schemagen.importer.result import ImportResult
    from schemagen.schema.dialect import DialectName

ROOT = Path(__file__).parents[2]
ENVIRONMENTS = ROOT / ".bench" / "import-real"
PAGE = ROOT / "docs" / "import-real.md"

CREATE_ALL = """
import sys
from importlib import import_module
from sqlalchemy import create_engine
for name in {names!r}:
    module, _, path = name.partition(":")
    found = import_module(module)
    for part in path.split("."):
        found = getattr(found, part)
    found.create_all(create_engine(sys.argv[1]))
"""

ALEMBIC_UPGRADE = """
from importlib import import_module
from pathlib import Path
from alembic import command
from alembic.config import Config
home = Path(import_module({package!r}).__file__).parent
config = Config(home / "alembic.ini")
config.set_main_option("script_location", str(home / "migrations"))
command.upgrade(config, "head")
"""


@dataclass(frozen=True)
class Package:
    """A public package that makes a database: with ``code`` (the URL is its first argument), or with a command.

    ``environment`` is set for both; ``{url}`` in it and in the command is the database's URL, ``{home}`` an empty
    folder. ``drivers`` are what stands in that URL after ``sqlite`` and after ``postgresql``; ``remark`` says why an
    engine is missing. ``needs`` are the only packages that are installed beside it, where all of its own would be too
    many; without them, pip chooses.
    """

    name: str
    version: str
    how: str
    code: str = ""
    command: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)
    drivers: tuple[str, str] = ("", "")
    engines: tuple[str, ...] = ("sqlite", "postgres")
    remark: str = ""
    needs: tuple[str, ...] = ()


DRIVERS = ("psycopg[binary]==3.3.9", "psycopg2-binary==2.9.13", "asyncpg==0.32.0", "aiosqlite==0.22.1")
TITLES = {"sqlite": "SQLite", "postgres": "PostgreSQL"}

PACKAGES = (
    Package(
        "mlflow",
        "3.17.2",
        "its own migrations, `_initialize_tables`",
        code="import sys\nfrom mlflow.store.db import utils\n"
        "utils._initialize_tables(utils.create_sqlalchemy_engine(sys.argv[1]))",
    ),
    Package(
        "optuna",
        "5.0.0",
        "its storage, `RDBStorage`",
        code="import sys, optuna\noptuna.storages.RDBStorage(sys.argv[1])",
        drivers=("", "+psycopg2"),
    ),
    Package(
        "prefect",
        "3.8.8",
        "its own migrations, `prefect server database upgrade`",
        command=("prefect", "server", "database", "upgrade", "-y"),
        environment={"PREFECT_API_DATABASE_CONNECTION_URL": "{url}", "PREFECT_HOME": "{home}"},
        drivers=("+aiosqlite", "+asyncpg"),
        engines=("sqlite",),
        remark="; on PostgreSQL they need the extension pg_trgm, which the embedded server does not have",
    ),
    Package(
        "dagster",
        "1.13.29",
        "`create_all` of its three storages",
        code=CREATE_ALL.format(
            names=[
                "dagster._core.storage.runs.schema:RunStorageSqlMetadata",
                "dagster._core.storage.event_log.schema:SqlEventLogStorageMetadata",
                "dagster._core.storage.schedules.schema:ScheduleStorageSqlMetadata",
            ]
        ),
    ),
    Package(
        "apache-airflow",
        "3.3.2",
        "its own migrations, `airflow db migrate`",
        command=("airflow", "db", "migrate"),
        environment={"AIRFLOW_HOME": "{home}", "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": "{url}"},
    ),
    Package(
        "arize-phoenix",
        "20.26.1",
        "`create_all` of its models",
        code=CREATE_ALL.format(names=["phoenix.db.models:Base.metadata"]),
    ),
    Package(
        "jupyterhub",
        "6.1.1",
        "`new_session_factory` of its models, which makes the tables",
        code="import sys\nfrom jupyterhub import orm\norm.new_session_factory(sys.argv[1])",
    ),
    Package(
        "buildbot",
        "4.3.0",
        "its own migrations, `buildbot create-master`",
        command=("buildbot", "create-master", "--db={url}", "{home}/master"),
    ),
    Package(
        "open-webui",
        "0.12.4",
        "its own migrations, with Alembic's `upgrade`",
        code=ALEMBIC_UPGRADE.format(package="open_webui"),
        environment={
            "DATA_DIR": "{home}",
            "DATABASE_URL": "{url}",
            "ENABLE_DB_MIGRATIONS": "false",
            "WEBUI_SECRET_KEY": "none",
        },
        remark="; without the packages that they do not import, such as torch",
        needs=(
            "alembic==1.18.4",
            "sqlalchemy==2.0.50",
            "typer==0.29.2",
            "uvicorn==0.54.0",
            "markdown==3.10.2",
            "beautifulsoup4==4.14.3",
            "cryptography==48.0.1",
            "aiohttp==3.14.5",
            "python-engineio==4.15.1",
            "orjson==3.11.9",
            "greenlet==3.5.6",
            "bcrypt==5.0.0",
            "python-mimeparse==2.0.0",
            "pillow==13.0.0",
            "pydantic==2.13.4",
        ),
    ),
)


@dataclass(frozen=True)
class Outcome:
    """What one import showed: in order the columns of the table of results."""

    package: str
    engine: str
    tables: str
    columns: int
    left_out: int
    changed: int
    one_engine: int
    law: str
    other_engine: str
    seconds: float


def main() -> int:
    """Import every package from both engines and write the page; 1 where the law does not hold."""
    wanted = sys.argv[1:]
    outcomes: list[Outcome] = []
    problems: list[str] = []
    for package in PACKAGES:
        if wanted and package.name not in wanted:
            continue
        install(package)
        for engine in package.engines:
            sys.stderr.write(f"{package.name} on {engine}\n")
            outcome, found = imported(package, engine)
            outcomes.append(outcome)
            problems += found
    if not wanted:
        PAGE.write_text(page(outcomes), encoding="utf-8")
    sys.stdout.write(table(outcomes) + "\n")
    sys.stderr.write("".join(f"{problem}\n" for problem in problems))
    return 1 if problems else 0


def install(package: Package) -> None:
    """Make the package's environment, unless it is there with this version."""
    home = ENVIRONMENTS / package.name
    mark = home / f"installed-{package.version}"
    if mark.exists():
        return
    if not (home / "bin" / "python").exists():
        venv.create(home, with_pip=True)
    pip = ["nice", str(home / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check"]
    itself = f"{package.name}=={package.version}"
    if package.needs:
        subprocess.run([*pip, "--no-deps", itself], check=True)
        subprocess.run([*pip, *package.needs, *DRIVERS], check=True)
    else:
        subprocess.run([*pip, itself, *DRIVERS], check=True)
    mark.touch()


def make_database(package: Package, url: str) -> None:
    """Let a package make its database.

    Raises:
        subprocess.CalledProcessError: when it does not.
    """
    home = ENVIRONMENTS / package.name
    with TemporaryDirectory() as folder:
        environment = {name: value.format(url=url, home=folder) for name, value in package.environment.items()}
        given = tuple(word.format(url=url, home=folder) for word in package.command)
        program, *arguments = given or ("python", "-c", package.code, url)
        command = ["nice", str(home / "bin" / program), *arguments]
        settings = {"PATH": f"{home / 'bin'}:{os.environ['PATH']}", "HOME": folder, **environment}
        subprocess.run(command, check=True, capture_output=True, text=True, cwd=folder, env=settings)


def imported(package: Package, engine: str) -> tuple[Outcome, list[str]]:
    """One package on one engine: made, imported, built again, and built on the other engine."""
    server = embedded_server()
    if engine == "sqlite":
        with TemporaryDirectory() as folder:
            file = Path(folder) / "database.sqlite"
            make_database(package, f"sqlite{package.drivers[0]}:///{file}")
            start = time.perf_counter()
            result = import_catalog(sqlite_catalog(file))
    else:
        with server.database() as url:
            make_database(package, f"postgresql{package.drivers[1]}://{url.partition('://')[2]}")
            start = time.perf_counter()
            result = import_catalog(postgres_catalog(url), server)
    seconds = time.perf_counter() - start
    other: DialectName = "postgres" if engine == "sqlite" else "sqlite"
    refused = refusals(schema_of(result.files), other, server)
    problems = [f"{package.name} on {engine}: {found.sentence('it', 'the copy')}" for found in result.proof.differences]
    problems += [f"{package.name} from {engine} on {other}: {name}: {words}" for name, words in refused.items()]
    return outcome_of(package, engine, result, refused, seconds), problems


def outcome_of(package: Package, engine: str, result: ImportResult, refused: dict[str, str], seconds: float) -> Outcome:
    """One line of the table."""
    effects = Counter(loss.effect for loss in result.losses)
    tables = result.imported.tables
    return Outcome(
        package=f"{package.name} {package.version}",
        engine=TITLES[engine],
        tables=f"{len(tables)} of {len(result.catalog.tables)}",
        columns=sum(len(table.expected.columns) for table in tables.values()),
        left_out=effects[Effect.LEFT_OUT],
        changed=effects[Effect.CHANGED],
        one_engine=effects[Effect.ONE_ENGINE],
        law="no" if result.proof.tables else "yes",
        other_engine="yes" if not refused else f"but {len(refused)}",
        seconds=seconds,
    )


HEAD = ("package", "from", "tables", "columns", "left out", "said another way", "on one engine only", "same again",
        "builds on the other", "seconds")  # fmt: skip


def table(outcomes: list[Outcome]) -> str:
    """The table of results."""
    rows = [HEAD, ("---",) * len(HEAD)]
    rows += [
        (one.package, one.engine, one.tables, str(one.columns), str(one.left_out), str(one.changed),
         str(one.one_engine), one.law, one.other_engine, f"{one.seconds:.1f}")
        for one in outcomes
    ]  # fmt: skip
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def page(outcomes: list[Outcome]) -> str:
    """The page of results."""
    how = "\n".join(f"- {package.name}: {package.how}{package.remark}" for package in PACKAGES)
    columns = sum(one.columns for one in outcomes)
    return PAGE_TEXT.format(table=table(outcomes), how=how, columns=columns, packages=len(PACKAGES))


PAGE_TEXT = """# Imports of real databases

Schemas that nobody here wrote. `make import-real` installs {packages} public packages, each in an environment of its
own, lets their own code make their databases on SQLite and on PostgreSQL, imports those, builds the specs and compares
the catalogs: {columns} columns in all. It runs outside CI; this page is its last result.

{table}

- **left out**: in the database, and not in the specs. Triggers, collations of SQLite's in an index, a unique constraint
  on the columns of another key, and domains with what they are made of, which come before the migrations.
- **said another way**: names with spaces or more than 63 bytes.
- **on one engine only**: expressions without an equal on the other engine.
- **same again**: built on the engine that it came from, the specs give the same catalog but for these.
- **builds on the other**: every table of the specs is accepted by the other engine, too.

How the databases are made:

{how}

Every difference is listed table by table in the report that `schemagen import` writes beside the specs.
"""

if __name__ == "__main__":
    raise SystemExit(main())
