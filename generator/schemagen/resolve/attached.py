"""Views and objects of one's own: resolved, with what they need, in no particular order."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from schemagen.base.diagnostics import Origin
from schemagen.base.spelling import did_you_mean
from schemagen.changes.attached import is_partition
from schemagen.schema import types as t
from schemagen.schema.dialect import DIALECTS, Sql
from schemagen.schema.model import Column, Table
from schemagen.schema.objects import STANDALONE, OwnObject, View
from schemagen.schema.places import HERE, placed_name, shows
from schemagen.schema.query import ResultColumn
from schemagen.spec.column_definition import ColumnSpec
from schemagen.spec.definition import TableSpec
from schemagen.spec.sql_definition import SqlByEngine
from schemagen.sql.own_partitions import made_partition

from .context import Draft, own_texts
from .indexes import resolve_indexes
from .places import claim_view, in_schema_of_file, place

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from schemagen.schema.index import Index
    from schemagen.schema.objects import Attached
    from schemagen.spec.language import ReadSpec
    from schemagen.spec.object_definition import ObjectSpec, ViewSpec

    from .context import Context

BAD_VIEW = "SG225"
BAD_NEED = "SG226"
BAD_OBJECT = "SG227"


def resolve_attached(
    specs: Sequence[ReadSpec], tables: Mapping[str, Table], context: Context
) -> tuple[tuple[View, ...], tuple[OwnObject, ...]]:
    """All views and objects, each with the names of what it needs; what is wrong is reported and left out."""
    views = {
        name: (in_schema_of_file(view, read.spec), read.name, Origin(read.file, ("views", name)))
        for read in specs
        for name, view in read.spec.views.items()
    }
    objects = {
        name: (own, read.name, Origin(read.file, ("objects", name)))
        for read in specs
        for name, own in read.spec.objects.items()
    }
    _claim_names(specs, context)
    known = frozenset((*tables, *views, *objects))
    made = _Made(context, tables, known)
    for name, (own, document, origin) in objects.items():
        made.object(name, own, document, origin)
    made.views(views)
    made.report_cycles()
    return tuple(made.found_views.values()), tuple(made.found_objects.values())


def as_tables(views: Iterable[View]) -> dict[str, Table]:
    """Views as tables, for what reads both."""
    return {
        view.name: Table(
            view.name,
            tuple(Column(one.name, one.type, one.nullable) for one in view.columns),
            postgres=view.postgres,
        )
        for view in views
    }


def _claim_names(specs: Sequence[ReadSpec], context: Context) -> None:
    for read in specs:
        for section in ("views", "objects"):
            for name in getattr(read.spec, section):
                context.relations.claim(name, Origin(read.file, (section, name)), context.reporter)
        for name, view in read.spec.views.items():
            claim_view(name, view, read, context)


class _Made:
    """What has been resolved so far."""

    def __init__(self, context: Context, tables: Mapping[str, Table], known: frozenset[str]) -> None:
        self.context = context
        self.readable = dict(tables)
        """The tables, and each view once its columns are known, for the views that come after it."""
        self.known = known
        self.places = {placed_name(name, table.postgres) for name, table in tables.items() if table.postgres != HERE}
        """The tables that PostgreSQL has elsewhere."""
        self.keys = {table.key: name for name, table in tables.items()}
        self.found_views: dict[str, View] = {}
        self.found_objects: dict[str, OwnObject] = {}
        self.called: dict[str, list[str]] = {}
        """The keys of functions and the like by the name that SQL calls them by."""

    # Objects

    def object(self, name: str, written: ObjectSpec, document: str, origin: Origin) -> None:
        from schemagen.sql import SqlError
        from schemagen.sql.own_statements import checked_drop, drop_of, made_name, plain

        texts: dict[str, str | None] = {"postgres": None, "sqlite": None}
        drops: dict[str, str | None] = dict(texts)
        for engine in DIALECTS:
            text = getattr(written.sql, engine)
            if text is None:
                continue
            texts[engine] = plain(text)
            own_drop = getattr(written.drop, engine) if written.drop else None
            at = origin.child("sql", engine)
            try:
                drops[engine] = drop_of(written.kind, plain(text), engine)
                if own_drop is not None:
                    at = origin.child("drop", engine)
                    drops[engine] = checked_drop(written.kind, own_drop, engine)
            except SqlError as problem:
                self.context.reporter.error(BAD_OBJECT, str(problem), at, hint=problem.hint)
                return
        if texts["postgres"] is None and texts["sqlite"] is None:
            hint = "give the text for `postgres`, for `sqlite`, or for both"
            self.context.reporter.error(BAD_OBJECT, f"`{name}` has no SQL", origin.child("sql"), key=True, hint=hint)
            return
        if written.kind in STANDALONE and texts["postgres"]:
            self.called.setdefault(made_name(texts["postgres"]) or name, []).append(name)
        self.found_objects[name] = OwnObject(
            name=name,
            kind=written.kind,
            sql=Sql(texts["postgres"], texts["sqlite"]),
            drop=Sql(drops["postgres"], drops["sqlite"]),
            needs=self._written_needs(written.needs, origin),
            description=written.description,
            document=document,
            origin=origin,
        )

    def _written_needs(self, needs: Iterable[str], origin: Origin) -> tuple[str, ...]:
        called = [self.keys.get(need, need) for need in needs]
        for number, need in enumerate(called):
            if need not in self.known and not self.context.incomplete:
                hint = did_you_mean(need, self.known) or "it names tables, views and objects of the specs"
                message = f"`{need}` is not a table, view or object"
                self.context.reporter.error(BAD_NEED, message, origin.child("needs", number), hint=hint)
        return tuple(need for need in dict.fromkeys(called) if need in self.known)

    def _with_shown(self, item: Attached) -> Attached:
        """An object or view that needs what its texts show as well."""
        from schemagen.sql.own_statements import header, words

        texts = [text for text in (item.sql.postgres, item.sql.sqlite) if text]
        shown = {name for text in texts for name in words(header(text) if item.kind in STANDALONE else text)}
        said = words(header(item.sql.postgres or "") if item.kind in STANDALONE else item.sql.postgres or "")
        shown |= {name for name in self.places if shows(said, name)}
        keys = dict.fromkeys(need for need in sorted(shown & self.known) if need != item.name)
        others = [name for name in sorted(shown & self.called.keys()) if item.name not in self.called[name]]
        keys |= dict.fromkeys(key for name in others for key in self.called[name])
        keys.pop(item.name, None)
        needs = tuple(dict.fromkeys((*item.needs, *(key for key in keys if self._may_be_needed(key)))))
        return replace(item, needs=needs)

    def _find_partitioned(self) -> None:
        """Say of each partition whose rows it holds; one of no partitioned table is reported."""
        parents = {
            name: made_partition(own).parent_name for name, own in self.found_objects.items() if is_partition(own)
        }
        called = {made_partition(self.found_objects[name]).own_name: name for name in parents}
        for name, first in parents.items():
            parent, seen = first, {name}
            while parent in called and parent not in seen:
                seen.add(parent)
                parent = parents[called[parent]]
            table, own = self.readable.get(parent), self.found_objects[name]
            if table is not None and table.partition is not None:
                self.found_objects[name] = replace(own, partition_of=parent)
            elif own.origin and not self.context.incomplete:
                message = f"`{parent}` is not a partitioned table of the specs, so it can't have a partition `{name}`"
                hint = "write `partition: {range: …}`, `{list: …}` or `{hash: …}` on it"
                self.context.reporter.error(BAD_OBJECT, message, own.origin, key=True, hint=hint)

    def _may_be_needed(self, key: str) -> bool:
        """Whether a name that a text shows can be what has to be there first: a trigger never is."""
        other = self.found_objects.get(key)
        return other is None or other.kind in {*STANDALONE, "partition"}

    # Views

    def views(self, written: Mapping[str, tuple[ViewSpec, str, Origin]]) -> None:
        """Each after those that it names, so that it knows their columns."""
        from schemagen.sql.own_statements import words

        self.found_objects = {name: self._with_shown(own) for name, own in self.found_objects.items()}  # type: ignore[misc]
        self._find_partitioned()
        reads = {name: sorted(words(_whole(view)) & written.keys() - {name}) for name, (view, _, _) in written.items()}
        ordered, cycle = _layers(reads)
        for name in ordered:
            self._view(name, *written[name])
        if cycle:
            self._report_cycle(cycle, {name: written[name][2] for name in cycle})

    def _view(self, name: str, written: ViewSpec, document: str, origin: Origin) -> None:
        resolved = self._select(name, written, origin)
        if resolved is None:
            self.context.reporter.damage(origin)
            return
        sql, columns, reads = resolved
        if written.indexes and not written.materialized:
            hint = "add `materialized: true`, or index what it reads"
            self.context.reporter.error(
                BAD_VIEW, f"`{name}` keeps no rows to index", origin.child("indexes"), hint=hint
            )
            return
        if written.materialized and (written.security_barrier or written.check_option):
            key = "security_barrier" if written.security_barrier else "check_option"
            message = f"a materialized view has no `{key}`"
            self.context.reporter.error(BAD_VIEW, message, origin.child(key), key=True, hint="leave it out")
            return
        view = View(
            name=name,
            sql=sql,
            columns=columns,
            security_invoker=written.security_invoker,
            security_barrier=written.security_barrier,
            check_option=written.check_option,
            materialized=written.materialized,
            indexes=self._indexes(name, written, columns, origin, document),
            needs=tuple(dict.fromkeys((*reads, *self._written_needs(written.needs, origin)))),
            description=written.description,
            document=document,
            origin=origin,
            postgres=place(name, written.postgres),
        )
        self.found_views[name] = view if reads else self._with_shown(view)  # type: ignore[assignment]
        self.readable |= as_tables([view])

    def _select(
        self, name: str, written: ViewSpec, origin: Origin
    ) -> tuple[Sql, tuple[ResultColumn, ...], tuple[str, ...]] | None:
        """Both texts, the columns, and what is read where the text was translated."""
        from schemagen.sql import SqlError
        from schemagen.sql.errors import ViewError
        from schemagen.sql.own_statements import plain
        from schemagen.sql.views import star_of, view_query

        at = origin.child("sql")
        reads: tuple[str, ...] = ()
        try:
            if isinstance(written.sql, SqlByEngine) or written.only:
                sql = own_texts(written.sql, written.only)
                sql = Sql(sql.postgres and plain(sql.postgres), sql.sqlite and plain(sql.sqlite))
                for text in (sql.postgres, sql.sqlite):
                    if text and (star := star_of(text)):
                        raise star
                found = tuple(ResultColumn(column, t.Native()) for column in written.columns)
                if not found:
                    raise ViewError(
                        "the columns of a view that is not translated are not written", "add `columns: […]`"
                    )
            else:
                parsed = view_query(written.sql, self.readable)
                sql, found, reads = parsed.sql, parsed.result.columns, parsed.tables
        except SqlError as problem:
            if not self.context.incomplete:
                code = BAD_VIEW if isinstance(problem, ViewError) else "SG302"
                self.context.reporter.error(code, str(problem), at, hint=problem.hint)
            return None
        columns = self._named(name, written, found, origin)
        return (sql, columns, reads) if columns else None

    def _named(
        self, name: str, written: ViewSpec, found: tuple[ResultColumn, ...], origin: Origin
    ) -> tuple[ResultColumn, ...] | None:
        """The columns under the names that are written; reported where there are too few, or none for one of them."""
        names = tuple(written.columns) or tuple(column.name for column in found)
        reporter = self.context.reporter
        if len(names) != len(found):
            message = f"`{name}` has {len(found)} columns, and `columns` names {len(names)}"
            reporter.error(BAD_VIEW, message, origin.child("columns"), hint="name as many as the SELECT gives")
            return None
        nameless = [column for column in names if not column.isidentifier()]
        if nameless:
            message = f"a column of `{name}` has no name"
            reporter.error(BAD_VIEW, message, origin.child("sql"), hint="write `AS name` behind it, or `columns: […]`")
            return None
        lowered = [column.lower() for column in names]
        twice = next((column for column in lowered if lowered.count(column) > 1), None)
        if twice:
            message = f"`{name}` has two columns `{twice}`"
            reporter.error(BAD_VIEW, message, origin.child("sql"), hint="write `AS name` behind one of them")
            return None
        return tuple(replace(column, name=new) for column, new in zip(found, names, strict=True))

    def _indexes(
        self, name: str, written: ViewSpec, columns: Sequence[ResultColumn], origin: Origin, document: str
    ) -> tuple[Index, ...]:
        """The indexes of a materialized view, which PostgreSQL alone has."""
        if not written.indexes:
            return ()
        spec = TableSpec.model_construct(
            columns={column.name: ColumnSpec.model_construct(type="text") for column in columns},
            indexes=[index.model_copy(update={"only": "postgres"}) for index in written.indexes],
        )
        types = {column.name: column.type for column in columns}
        return resolve_indexes(Draft(name, spec, document, origin), types, self.context)

    # Circles

    def report_cycles(self) -> None:
        """Report objects and views that need themselves."""
        items: tuple[Attached, ...] = (*self.found_views.values(), *self.found_objects.values())
        needs = {item.name: item.needs for item in items}
        origins = {item.name: item.origin for item in items}
        _, cycle = _layers(needs)
        if cycle:
            self._report_cycle(cycle, {name: at for name in cycle if (at := origins[name])})

    def _report_cycle(self, names: Sequence[str], origins: Mapping[str, Origin]) -> None:
        message = f"{', '.join(f'`{name}`' for name in names)} need one another, so that none can be made first"
        hint = "take one of them out of `needs`, or out of the text"
        self.context.reporter.error(BAD_NEED, message, origins[names[0]], key=True, hint=hint)


def _layers(needs: Mapping[str, Iterable[str]]) -> tuple[list[str], list[str]]:
    """Names after all that they need, and those that none of this reaches: they need one another."""
    ordered: list[str] = []
    waiting = dict(needs)
    while ready := [name for name, wanted in waiting.items() if waiting.keys().isdisjoint(wanted)]:
        ordered += ready
        for name in ready:
            del waiting[name]
    return ordered, list(waiting)


def _whole(written: ViewSpec) -> str:
    """Both texts of a view, and what it needs."""
    sql = written.sql
    texts = (sql.postgres, sql.sqlite) if isinstance(sql, SqlByEngine) else (sql,)
    return " ".join((*texts, *written.needs))
