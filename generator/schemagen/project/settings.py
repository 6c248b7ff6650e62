"""Settings of a project: ``schemagen.toml``, else ``[tool.schemagen]`` of ``pyproject.toml``.

They are those of the nearest folder that has some, from the current one up to the repository's.

(See ``layout`` for imports.)
"""

from __future__ import annotations

import os

from schemagen.base.layout import is_below, is_inside, project_folder
from schemagen.base.tree import KINDS, PACKAGE

TYPE_CHECKING = False  # mypy and ruff take this name for typing's
if TYPE_CHECKING:
    from typing import Any

    from schemagen.base.diagnostics import SchemagenError
    from schemagen.schema.model import Pages

DEFAULTS = {"specs": "specs", "output": "output"}
"""Every key that may be set, and what it is when nothing is said."""

MEANINGS = {
    "specs": "the folder of the spec files",
    "output": "the folder that `schemagen build` writes",
}
"""What each of them is for."""

LINT, VERIFY, MODELS, DOCS, LAYOUTS, POSTGRES = "lint", "verify", "models", "docs", "layouts", "postgres"
"""Tables of their own: levels of lint rules, what `verify --database` accepts, what comes with models, pages, the
folders of other runners, and the oldest server."""

IGNORE, QUERIES, PAGES_KEY = "ignore", "queries", "pages"
PAGES: tuple[Pages, ...] = ("document", "table")


def read_settings(**flags: str | None) -> dict[str, str]:
    """The settings in force: those of the command line, else those of the project, else the defaults.

    A folder of the settings lies in the project, which is the git repository where there is one; the command line may
    name any other. No link inside of the project leads out of it.

    Raises:
        SchemagenError: SG430 for a file that is not TOML, SG431 for an unknown key, SG432 for a value that is not a
            text, SG438 for a folder outside of the project.
    """
    given = {key: value for key, value in flags.items() if value is not None}
    table, where, folder = _project_table()
    written = {**DEFAULTS, **_checked(table, where)}
    settings = {**{key: os.path.join(folder, value) for key, value in written.items()}, **given}  # noqa: PTH118
    project = project_folder(os.curdir)
    for key, path in settings.items():
        is_written_inside = is_below(os.path.abspath(path), project)  # noqa: PTH100  (as in layout)
        if (is_written_inside or key not in given) and not is_below(os.path.realpath(path), project):
            raise _outside(key, path, project, linked=is_written_inside)
    return settings


def _outside(key: str, path: str, project: str, *, linked: bool) -> SchemagenError:
    problem = "leads through a link to a place" if linked else "lies"
    message = f"`{key}` is {path}, which {problem} outside of the project {project}"
    return _mistake("SG438", message, f"if that is meant, name the place itself on the command line: `--{key} DIR`")


def read_rule_levels() -> dict[str, Any]:
    """The table ``lint`` of the settings as it is written; ``lint.read_lint_settings`` knows its keys.

    Raises:
        SchemagenError: SG430 for a file that is not TOML, SG432 for a ``lint`` that is not a table.
    """
    table, where, _ = _project_table()
    levels = table.get(LINT, {}) if isinstance(table, dict) else {}
    if not isinstance(levels, dict):
        raise _mistake("SG432", f"`lint` in {where} is not a table", "write its keys below `[tool.schemagen.lint]`")
    return levels


def read_ignored() -> tuple[str, ...]:
    """The list ``ignore`` of the table ``verify``: what a live database may have that the specs do not say.

    Raises:
        SchemagenError: SG430 for a file that is not TOML, SG431 for another key, SG432 for what is not a list of texts.
    """
    settings, where, _ = _project_table()
    table = settings.get(VERIFY, {}) if isinstance(settings, dict) else {}
    hint = f'write `{IGNORE} = ["spatial_*"]` below `[tool.schemagen.{VERIFY}]`'
    if not isinstance(table, dict):
        raise _mistake("SG432", f"`{VERIFY}` in {where} is not a table", hint)
    if unknown := next((key for key in table if key != IGNORE), None):
        raise _mistake("SG431", f"unknown key `{VERIFY}.{unknown}` in {where}", hint)
    found = table.get(IGNORE, [])
    if not isinstance(found, list) or not all(isinstance(text, str) and text for text in found):
        raise _mistake("SG432", f"`{VERIFY}.{IGNORE}` in {where} is not a list of patterns", hint)
    return tuple(found)


def read_query_functions() -> bool:
    """The flag ``queries`` of the table ``models``: whether queries become functions, as they do by themselves.

    Raises:
        SchemagenError: SG430 for a file that is not TOML, SG431 for another key, SG432 for what is not a flag.
    """
    found = _own_table(MODELS).get(QUERIES, True)
    if not isinstance(found, bool):
        hint = f"write `{QUERIES} = false` below `[tool.schemagen.{MODELS}]`"
        raise _mistake("SG432", f"`{MODELS}.{QUERIES}` in {_project_table()[1]} is not true or false", hint)
    return found


def read_pages() -> Pages:
    """How documents are cut, the key ``pages`` of the table ``docs``: one page each, or an index and a page a table.

    Raises:
        SchemagenError: SG430 for a file that is not TOML, SG431 for another key, SG432 for what is no such word.
    """
    found = _own_table(DOCS).get(PAGES_KEY, PAGES[0])
    for known in PAGES:
        if found == known:
            return known
    hint = f'write `{PAGES_KEY} = "table"` below `[tool.schemagen.{DOCS}]`, or leave it out'
    where = _project_table()[1]
    raise _mistake("SG432", f"`{DOCS}.{PAGES_KEY}` in {where} is none of {', '.join(PAGES)}", hint)


def read_oldest_server() -> int:
    """The key ``version`` of the table ``postgres``: the oldest PostgreSQL that is used; 0 where nothing says it.

    Raises:
        SchemagenError: SG430 for a file that is not TOML, SG431 for another key, SG432 for what is no such version.
    """
    found = _own_table(POSTGRES).get("version", 0)
    if isinstance(found, int) and (found == 0 or found >= OLDEST):
        return int(found)
    hint = f"write `version = 16` below `[tool.schemagen.{POSTGRES}]`"
    where = _project_table()[1]
    raise _mistake("SG432", f"`{POSTGRES}.version` in {where} is not a version of PostgreSQL from {OLDEST} on", hint)


OLDEST = 14
"""What migrations need at least (CREATE OR REPLACE TRIGGER)."""

_TABLE_KEYS = {
    POSTGRES: {"version": "16"},
    MODELS: {QUERIES: "false", "path": '"src/app/models"', "package": '"app.models"'},
    DOCS: {PAGES_KEY: '"table"', "path": '"docs/database"'},
    "migrations": {"path": '"migrations"'},
    "alembic": {"path": '"alembic"', "ini": '"alembic.ini"'},
}
"""The keys of tables that are about one kind of files, each with an example."""


def _own_table(name: str) -> dict[str, Any]:
    """The table of one kind of files.

    Raises:
        SchemagenError: SG430 for a file that is not TOML, SG431 for an unknown key, SG432 for what is not a table.
    """
    settings, where, _ = _project_table()
    table = settings.get(name, {}) if isinstance(settings, dict) else {}
    keys = _TABLE_KEYS[name]
    example = next(iter(keys.items()))
    hint = f"write `{example[0]} = {example[1]}` below `[tool.schemagen.{name}]`"
    if not isinstance(table, dict):
        raise _mistake("SG432", f"`{name}` in {where} is not a table", hint)
    if unknown := next((key for key in table if key not in keys), None):
        raise _mistake("SG431", f"unknown key `{name}.{unknown}` in {where}", f"the keys are {', '.join(keys)}")
    return table


def read_places(output: str | None = None) -> dict[str, Any]:
    """Which kinds of files lie elsewhere than in the output folder, as ``Tree`` takes it, and where the paths begin.

    They belong to the output folder of the settings: what is built into another one, which ``output`` names, lies there
    as a whole.

    Raises:
        SchemagenError: SG430 for a file that is not TOML, SG431 for an unknown key, SG432 for what is not a folder of
            its own or no package of it, SG438 for a place outside of the project.
    """
    settings, _, root = _project_table()
    tables = {name: _own_table(name) for name in KINDS}
    if output is not None and isinstance(settings, dict):
        own = os.path.join(root, settings.get("output", DEFAULTS["output"]))  # noqa: PTH118
        if os.path.realpath(own) != os.path.realpath(output):
            return {}
    said = tuple((f"{name}.{key}", table[key]) for name, table in tables.items() for key in _PLACE_KEYS if key in table)
    layouts = _layouts_table()[0].items()
    said += tuple((f"{name}.path", place["path"]) for name, place in layouts if isinstance(place, dict))
    if said:
        _refuse_places(said, root)
    return {"places": said, "root": root} if said else {}


_PLACE_KEYS = ("path", "package", "ini")


def _refuse_places(said: tuple[tuple[str, Any], ...], root: str) -> None:
    _, where, _ = _project_table()
    project, taken = project_folder(os.curdir), [os.path.realpath(path) for path in read_settings().values()]
    for key, value in said:
        name, _, part = key.partition(".")
        hint = _hint_of_place(name, part)
        if not isinstance(value, str) or not all(map(_is_plain, value.split("/"))):
            problem = "is not a relative path of letters, digits, `_`, `-` and `.`, or names a hidden folder"
            raise _mistake("SG432", f"`{key}` in {where} {problem}", hint)
        if part == "package":
            continue
        place = os.path.realpath(os.path.join(root, value))  # noqa: PTH118
        if not is_below(place, project):
            raise _outside_place(key, value, project)
        if part == "path":
            if any(is_below(place, other) or is_below(other, place) for other in taken):
                message = (
                    f"`{key}` in {where} is not a folder of its own: it holds another one that is named, or lies in it"
                )
                raise _mistake("SG432", message, hint)
            taken.append(place)
    _refuse_package(dict(said), where)


def _hint_of_place(name: str, part: str) -> str:
    if name in _TABLE_KEYS:
        return f"write `{part} = {_TABLE_KEYS[name][part]}` below `[tool.schemagen.{name}]`"
    return f'write `{name} = {{path = "{name}/migrations"}}` below `[tool.schemagen.{LAYOUTS}]`'


def _is_plain(name: str) -> bool:
    """Whether a part of a path can stand as it is in Python, in Alembic's settings and in a link."""
    return name[:1] not in {"", "."} and all(each.isalnum() or each in "_-." for each in name)


def _refuse_package(texts: dict[str, str], where: str) -> None:
    """The last folders of the path are the package's names, so that Python finds it above them."""
    package = texts.get("models.package")
    path = texts.get("models.path", PACKAGE)
    parts = package.split(".") if package else path.split("/")[-1:]
    if not all(map(str.isidentifier, parts)) or path.split("/")[-len(parts) :] != parts:
        message = f"`models.package` in {where} is not a package whose folder is {path}"
        raise _mistake("SG432", message, 'for `path = "src/app/models"` it is `app.models`, or `models` alone')


def _outside_place(key: str, path: str, project: str) -> SchemagenError:
    message = f"`{key}` is {path}, which lies outside of the project {project}, or leads there through a link"
    return _mistake("SG438", message, "name a folder of the project")


def read_layouts() -> tuple[tuple[str, str], ...]:
    """The table ``layouts``: a runner, and the folder of its migrations below the output.

    That of a runner whose files lie elsewhere (``read_places``) has its name.

    Raises:
        SchemagenError: SG430 for a file that is not TOML, SG432 for what is no such folder, or another one's.
    """
    table, where, hint = _layouts_table()
    folders: list[str] = []
    for name, said in table.items():
        folder = name if isinstance(said, dict) else said
        first = folder.split("/")[0] if isinstance(folder, str) else ""
        overlaps = any(is_below(folder, other) or is_below(other, folder) for other in folders) if first else True
        if overlaps or not is_inside(folder) or first in _OWN_FOLDERS or first.startswith((".", "schema.")):
            raise _mistake("SG432", f"`{LAYOUTS}.{name}` in {where} is not a folder of its own below the output", hint)
        folders.append(folder)
    return tuple(sorted(zip(table, folders, strict=True)))


def _layouts_table() -> tuple[dict[str, Any], str, str]:
    """The table, where it stands, and how it is written."""
    settings, where, _ = _project_table()
    table = settings.get(LAYOUTS, {}) if isinstance(settings, dict) else {}
    hint = (
        f'write `dbmate = "dbmate"` below `[tool.schemagen.{LAYOUTS}]`: a folder of its own below the output, '
        'or `{path = "db/migrations"}` for one of the project'
    )
    if not isinstance(table, dict):
        raise _mistake("SG432", f"`{LAYOUTS}` in {where} is not a table", hint)
    for name, said in table.items():
        if isinstance(said, dict) and set(said) != {"path"}:
            raise _mistake("SG432", f"`{LAYOUTS}.{name}` in {where} names no folder", hint)
    return table, where, hint


_OWN_FOLDERS = frozenset({"alembic", "docs", "migrations", "models", "seeds"})
"""What a build writes below the output."""


def read_written(output: str | None = None) -> dict[str, Any]:
    """What else than the specs decides what a build writes, as ``pipeline.Options`` takes it.

    ``output`` is the folder that the command line names, if it does.

    Raises:
        SchemagenError: as of each of its parts.
    """
    own: dict[str, Any] = {"queries": read_query_functions(), "pages": read_pages(), "layouts": read_layouts()}
    own["server"] = read_oldest_server()
    return {**own, **read_places(output)}


def settings_key(
    *,
    queries: bool = True,
    pages: str = "document",
    layouts: tuple[tuple[str, str], ...] = (),
    places: tuple[tuple[str, str], ...] = (),
    server: int = 0,
    root: str = "",  # noqa: ARG001  (where the project is no matter)
) -> str:
    """A text that differs where these settings do; empty for those that hold when nothing is said."""
    parts = [QUERIES] * (not queries) + [pages] * (pages != PAGES[0]) + [f"{POSTGRES} {server}"] * bool(server)
    return "\0".join([*parts, *(f"{one}={other}" for one, other in (*layouts, *places))])


def _project_table() -> tuple[Any, str, str]:
    """The settings of the project, the words for where they stand, and the way to their folder ("" for this one)."""
    folder, highest = "", project_folder(os.curdir)
    while True:
        own = _read_toml(os.path.join(folder, "schemagen.toml"))  # noqa: PTH118  (here and below: as in layout)
        if own is not None:
            return own, "schemagen.toml", folder
        shared = _read_toml(os.path.join(folder, "pyproject.toml"), mentions=b"schemagen") or {}  # noqa: PTH118
        tools = shared.get("tool", {})
        if isinstance(tools, dict) and "schemagen" in tools:
            return tools["schemagen"], "[tool.schemagen] of pyproject.toml", folder
        if os.path.realpath(folder or os.curdir) == highest:
            return {}, "", ""
        folder = os.path.join(folder, os.pardir)  # noqa: PTH118


_PARSED: dict[bytes, dict[str, Any]] = {}
"""Files as tables, by content: a command asks for each kind of setting by itself."""


def _read_toml(file: str, mentions: bytes = b"") -> dict[str, Any] | None:
    """A TOML file as a table; None when it is not there, or does not say ``mentions`` anywhere."""
    try:
        with open(file, "rb") as stream:  # noqa: PTH123
            content = stream.read()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _mistake("SG430", f"{file} cannot be read: {error.strerror}", "make it readable") from error
    if mentions not in content:
        return None
    if content in _PARSED:
        return _PARSED[content]
    import tomllib  # 10 ms that most runs need not spend

    try:
        return _PARSED.setdefault(content, tomllib.loads(content.decode()))
    except ValueError as error:
        raise _mistake("SG430", f"{file} is not valid TOML: {error}", "correct it") from None


def _checked(settings: Any, where: str) -> dict[str, str]:
    if isinstance(settings, dict):
        settings = {
            key: value for key, value in settings.items() if key not in {LINT, VERIFY, LAYOUTS, POSTGRES, *KINDS}
        }
    if isinstance(settings, dict) and all(key in DEFAULTS and _is_path(value) for key, value in settings.items()):
        return settings
    raise _mistakes(settings if isinstance(settings, dict) else {}, where)


def _is_path(value: Any) -> bool:
    return isinstance(value, str) and value != ""


def _mistakes(settings: dict[str, Any], where: str) -> SchemagenError:
    from schemagen.base.diagnostics import Diagnostic, SchemagenError
    from schemagen.base.spelling import did_you_mean

    found = []
    for key, value in settings.items():
        if key not in DEFAULTS:
            hint = did_you_mean(key, DEFAULTS) or f"the keys are {', '.join(DEFAULTS)}"
            found.append(Diagnostic("SG431", f"unknown key `{key}` in {where}", hint=hint))
        elif not _is_path(value):
            hint = f'write `{key} = "{DEFAULTS[key]}"`'
            found.append(Diagnostic("SG432", f"`{key}` in {where} is not the path of a folder", hint=hint))
    return SchemagenError(found or [Diagnostic("SG432", f"{where} is not a table", hint="write its keys below it")])


def _mistake(code: str, message: str, hint: str) -> SchemagenError:
    from schemagen.base.diagnostics import Diagnostic, SchemagenError

    return SchemagenError([Diagnostic(code, message, hint=hint)])
