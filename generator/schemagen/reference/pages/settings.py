"""Pages of errors in settings, in what a command is given, and in where it runs."""

from __future__ import annotations

from .form import page

PAGES = {
    "SG430": page(
        "SG430",
        "Settings that are not TOML",
        """\
`schemagen.toml`, or `pyproject.toml`, can't be read as TOML.
""",
        wrong="""\
[tool.schemagen]
specs = specs
""",
        right="""\
[tool.schemagen]
specs = "specs"
""",
        fence="toml",
    ),
    "SG431": page(
        "SG431",
        "An unknown setting",
        """\
The settings are `specs`, `output` and the tables `lint`, `verify` (with a list `ignore`), `models`, `docs`,
`migrations`, `alembic`, `postgres` and `layouts`: `schemagen guide settings` has them all.
""",
        wrong="""\
[tool.schemagen]
spec = "specs"
""",
        right="""\
[tool.schemagen]
specs = "specs"
""",
        fence="toml",
    ),
    "SG432": page(
        "SG432",
        "A setting of the wrong kind",
        """\
`specs` and `output` are paths of folders, `lint`, `verify`, `models` and `docs` are tables, `ignore` of `verify` is a
list of texts, `queries` of `models` is true or false, `pages` of `docs` is `"document"` or `"table"`.
""",
        wrong="""\
[tool.schemagen]
specs = 1
""",
        right="""\
[tool.schemagen]
specs = "specs"
""",
        fence="toml",
    ),
    "SG433": page(
        "SG433",
        "A lint setting that names no rule or no level",
        """\
A key of `[tool.schemagen.lint]` is the code or the name of a rule, its value `error`, `warning` or `ignore`; or it is
`profile`, its value `safety` (what may lose rows, wait or read too much), `documented` (and what a reader misses) or
`strict` (every rule). `safety` is what counts when nothing is said.
""",
        wrong="""\
[tool.schemagen.lint]
SG507 = "off"
""",
        right="""\
[tool.schemagen.lint]
profile = "documented"
SG507 = "ignore"
query-without-owner = "error"
""",
        fence="toml",
    ),
    "SG434": page(
        "SG434",
        "A spec can't be fixed",
        """\
`lint --fix` was to write into a file that can't be written. Nothing of it has been changed.
""",
    ),
    "SG435": page(
        "SG435",
        "An unknown code",
        """\
`schemagen explain` without a code lists all.
""",
        wrong="""\
$ schemagen explain SG999
""",
        right="""\
$ schemagen explain SG501
""",
        fence="console",
    ),
    "SG436": page(
        "SG436",
        "A folder of a new project is something else",
        """\
`init` keeps every file that is there and writes what is missing, but it follows no link and makes no folder of a file.
""",
        wrong="""\
$ schemagen init .
""",
        right="""\
$ schemagen init new-project
""",
        fence="console",
    ),
    "SG437": page(
        "SG437",
        "A project that can't be begun",
        """\
The disk refuses a file of the new project. Begin in a folder that is yours.
""",
    ),
    "SG438": page(
        "SG438",
        "A folder outside of the project",
        """\
The settings come with the repository, so they name folders in it alone, and no link in it leads anywhere else: who
builds somebody else's repository has nothing written or read outside of it. The project is the git repository, else the
current folder. A folder elsewhere is named on the command line, by its own name.
""",
        wrong="""\
$ cat schemagen.toml
output = "/srv/schema"
""",
        right="""\
$ schemagen build --output /srv/schema
""",
        fence="console",
    ),
    "SG439": page(
        "SG439",
        "A folder of the settings that holds something else",
        """\
`path` below `[tool.schemagen.models]`, `migrations`, `alembic` and `docs` names a folder for one kind of files. A build
overwrites no file there that it has not written, and leaves no second copy in the output folder: who names another
folder moves what has been built.
""",
        wrong="""\
$ cat schemagen.toml
[models]
path = "src/app/models"
$ ls output/models
__init__.py  user.py
$ schemagen build
""",
        right="""\
$ git mv output/models src/app/models
$ schemagen build
""",
        fence="console",
    ),
    "SG440": page(
        "SG440",
        "No spec of this project",
        """\
`lint FILE` tells of files below the folder of the specs, which the settings or `--specs` name.
""",
        wrong="""\
$ schemagen lint README.md
""",
        right="""\
$ schemagen lint specs/tasks.yaml
""",
        fence="console",
    ),
    "SG441": page(
        "SG441",
        "The current folder is gone",
        """\
The folder in which the command runs was removed while the shell stood in it, so no path leads anywhere.
""",
        wrong="""\
$ cd project && rm -r ../project && schemagen check
""",
        right="""\
$ cd .. && schemagen check --specs other/specs --output other/output
""",
        fence="console",
    ),
}
