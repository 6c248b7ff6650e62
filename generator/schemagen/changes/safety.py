"""What of a change may lose data or lock a table for long: refused until it is allowed by name."""

from __future__ import annotations

from dataclasses import dataclass, replace
from shlex import quote
from typing import TYPE_CHECKING

from schemagen.base.diagnostics import Diagnostic, Origin, SchemagenError
from schemagen.base.spelling import nearest
from schemagen.schema.model import PrimaryKey
from schemagen.schema.types import Enum

from . import changes as c
from .attached import ChangeAttached, DropAttached, is_partition, is_sequence, stays, tables_of
from .conversions import conversion_of, fill_of_nulls, is_lossy
from .placed import on_postgres
from .renames import in_cycles, mentions, unfollowed
from .type_changes import type_change
from .types_in_use import types_in_use
from .uniqueness import lost_rules

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from schemagen.schema.model import Column, Table
    from schemagen.schema.own_steps import OwnStep
    from schemagen.spec.source import Sources

    from .diff import Evolution

REFUSED = "SG410"
NOT_NEEDED = "SG411"
SWAPPED = "SG415"
UNFOLLOWED = "SG417"
RECASED = "SG419"
REPARTITIONED = "SG460"

RULES = "rules:"
"""How the words begin that let a table lose rules which no spec knows."""

UNIQUE = "unique:"
"""How the words begin that let a key or a unique rule go."""

_FILL = "give it `backfill: {sql: …}`"
_OTHER_FILL = "give it another `backfill: {sql: …}`: the one that it has was the last build's"


@dataclass(frozen=True, slots=True)
class Loss:
    """Something that has to be allowed: the words that do so, what would happen, and where the spec says so.

    ``lost`` is what a header lists after "This loses:"; empty for what loses nothing but holds up others. ``stops``
    says of which rows the migration stops instead, before it changes anything.
    """

    allow: str
    reason: str
    lost: str
    origin: Origin | None = None
    hint: str = ""
    stops: str = ""


def losses(evolution: Evolution) -> tuple[Loss, ...]:
    """Everything of an evolution that has to be allowed, in the order of its changes."""
    return tuple(_losses(evolution))


def refuse(
    evolution: Evolution,
    allowed: Iterable[str],
    sources: Sources,
    left_out: Mapping[str, Sequence[str]] | None = None,
    steps: Iterable[OwnStep] = (),
) -> tuple[Loss, ...]:
    """The losses of an evolution, all of them allowed.

    Args:
        evolution: what changes.
        allowed: the words that allow something.
        sources: of the specs.
        left_out: the rules that an import left out, of the tables that SQLite recreates, by their old names.
        steps: the author's own, which may read what is dropped before.

    Raises:
        SchemagenError: SG410 for each that is not, SG411 for words that allow nothing that happens, SG415 for names
            that change places so that a second run could not be distinguished from the first, SG417 for a
            ``renamed_from`` that cannot be followed, SG419 for a table that gives way to one whose name differs in case
            alone, and SG460 for one that would be divided otherwise among its partitions.
    """
    own = tuple(steps)
    found = tuple(_with_reader(loss, own) for loss in losses(evolution))
    words = dict.fromkeys(allowed)
    found += tuple(_lost_rules(evolution, words, left_out or {}))
    needed = {loss.allow for loss in found}
    wrong = [_refusal(loss, sources) for loss in found if loss.allow not in words]
    wrong += [_not_needed(word, needed) for word in words if word not in needed]
    wrong += [_swapped(change, sources) for change in _refused_swaps(evolution)]
    lost = unfollowed(evolution.old, evolution.new, evolution.renames)
    wrong += [_unfollowed(part, reason, sources) for part, reason in lost]
    wrong += _recased(evolution, sources)
    wrong += _repartitioned(evolution, sources)
    wrong += _labels_not_followed(evolution, sources)
    wrong += types_in_use(evolution, sources)
    if wrong:
        raise SchemagenError(wrong, sources)
    return found


def _with_reader(loss: Loss, steps: Iterable[OwnStep]) -> Loss:
    """A loss with the step that reads what goes, before it goes."""
    kind, _, name = loss.allow.partition(":")
    texts = ((own.name, " ".join(own.up.postgres)) for own in steps if kind == "drop")
    reader = next((own for own, text in texts if mentions(text, [name.rpartition(".")[2]])), None)
    return replace(loss, hint=f"step `{reader}` reads it before") if reader else loss


def _lost_rules(evolution: Evolution, words: Iterable[str], left_out: Mapping[str, Sequence[str]]) -> Iterator[Loss]:
    """Rules of a table on SQLite that no spec knows: those that its import left out, and those that words let go."""
    for table in evolution.old.tables:
        word = f"{RULES}{table.name}"
        if word in words or table.name in left_out:
            gone = "; ".join(left_out.get(table.name, ()))
            reason = f"SQLite makes `{table.name}` anew, and what its import left out would go: {gone}"
            lost = f"rules of table {table.name} that no spec knows, where SQLite recreates it"
            yield Loss(word, reason, lost, table.origin)


def _refusal(loss: Loss, sources: Sources) -> Diagnostic:
    span = sources.span(loss.origin, key=True) if loss.origin else None
    hint = f"if that is meant, add --allow {quote(loss.allow)}"
    path = loss.origin.dotted() if loss.origin else ""
    return Diagnostic(REFUSED, loss.reason, span, path=path, hint=f"{loss.hint}; {hint}" if loss.hint else hint)


def _refused_swaps(evolution: Evolution) -> Iterator[c.AlterTable]:
    """What changes places; on PostgreSQL tables of different schemas may do so as well."""
    yield from evolution.refused_swaps
    known = {change.new.key for change in evolution.refused_swaps}
    yield from (change for change in on_postgres(evolution).refused_swaps if change.new.key not in known)


def _swapped(change: c.AlterTable, sources: Sources) -> Diagnostic:
    columns = in_cycles({new: old for new, old in change.columns if new != old})
    names = sorted(columns) if columns else sorted((change.old.name, change.new.name))
    what = f"columns of `{change.new.name}`" if columns else "tables"
    message = f"the {what} {', '.join(f'`{name}`' for name in names)} change places: a second run would undo it"
    hint = f"do it in two builds: first give `{names[0]}` a third name"
    origin = change.new.origin
    span = sources.span(origin, key=True) if origin else None
    return Diagnostic(SWAPPED, message, span, path=origin.dotted() if origin else "", hint=hint)


def _unfollowed(part: Table | Column, reason: str, sources: Sources) -> Diagnostic:
    origin = part.origin.child("renamed_from") if part.origin else None
    message = f"`{part.name}` can't be renamed from `{part.renamed_from}`: {reason}"
    path = origin.dotted() if origin else ""
    hint = "name what it was called in the last build, or take `renamed_from` away"
    return Diagnostic(UNFOLLOWED, message, sources.span(origin) if origin else None, path=path, hint=hint)


def _labels_not_followed(evolution: Evolution, sources: Sources) -> Iterator[Diagnostic]:
    """New labels that say what they were called, where no such label was there or the values become others as well."""
    before = {type_.name: type_ for type_ in evolution.old.types}
    for type_ in evolution.new.types:
        was, followed = before.get(type_.name), dict(evolution.renames.labels_of(type_.name))
        for label, old in type_.renamed:
            converted = _converted(type_.name, evolution)
            if was is None or label in was.labels or (label in followed and converted is None):
                continue
            gone = f"there was no value `{old}` that is gone now"
            reason = f"the backfill of `{converted}` makes other values of it" if label in followed else gone
            at = type_.origin.child("enum", type_.labels.index(label)) if type_.origin else None
            message = f"`{label}` can't be renamed from `{old}`: {reason}"
            hint = "name what it was called in the last build, or take `renamed_from` away"
            span, path = (sources.span(at), at.dotted()) if at else (None, "")
            yield Diagnostic(UNFOLLOWED, message, span, path=path, hint=hint)


def _converted(type_: str, evolution: Evolution) -> str | None:
    """A column of an enum type whose values a backfill makes others of."""
    columns = ((change.new.name, column) for change in evolution.altered for column in change.converted)
    named = (f"{table}.{one.name}" for table, one in columns if isinstance(one.type, Enum) and one.type.name == type_)
    return next(named, None)


def _recased(evolution: Evolution, sources: Sources) -> Iterator[Diagnostic]:
    gone = {table.name.lower(): table.name for table in evolution.dropped}
    for table in evolution.created:
        was = gone.get(table.name.lower())
        if was is not None:
            message = f"`{was}` would be dropped for `{table.name}`, which SQLite takes for the same name"
            hint = f"write `renamed_from: {was}`; if it is another table, drop the old one in a build of its own"
            span = sources.span(table.origin, key=True) if table.origin else None
            path = table.origin.dotted() if table.origin else ""
            yield Diagnostic(RECASED, message, span, path=path, hint=hint)


def _repartitioned(evolution: Evolution, sources: Sources) -> Iterator[Diagnostic]:
    """Tables that PostgreSQL would have to recreate, as it can't divide the rows of one otherwise ("ALTER TABLE")."""
    for change in evolution.altered:
        for part in change.parts:
            by = change.moved.partition
            match part:
                case c.ChangePartition(old, new) if old is None or new is None or old.way != new.way:
                    message, at = f"`{change.new.name}` can't be divided otherwise where it stands", change.new.origin
                case c.AlterColumn(old, new) if by and new.name in by.columns and old.type != new.type:
                    message = f"`{change.new.name}` is divided by `{new.name}`, whose type can't change then"
                    at = new.origin
                case _:
                    continue
            hint = "make another table, copy the rows in a step of your own, and drop this one afterwards"
            span, path = (sources.span(at, key=True), at.dotted()) if at else (None, "")
            yield Diagnostic(REPARTITIONED, message, span, path=path, hint=hint)


def _not_needed(word: str, needed: Iterable[str]) -> Diagnostic:
    near = nearest(word, needed)
    hint = f"did you mean `--allow {near}`?" if near else "leave it out"
    return Diagnostic(NOT_NEEDED, f"`--allow {word}` allows nothing that this build does", hint=hint)


def _losses(evolution: Evolution) -> Iterator[Loss]:
    gone = {table.name for table in evolution.dropped}
    for change in evolution.changes:
        match change:
            case c.DropTable(table):
                yield Loss(
                    f"drop:{table.key}",
                    f"table `{table.name}` would be dropped with every row",
                    f"every row of table {table.name}",
                    hint=_new_name(table, evolution.created),
                )
            case c.AlterTable():
                yield from _altered(change)
            case DropAttached(item) if is_sequence(item):
                lost = f"what sequence {item.name} has counted"
                yield Loss(f"drop:{item.name}", f"sequence `{item.name}` would be dropped with its count", lost)
            case DropAttached(item) | ChangeAttached(old=item) if is_partition(item) and not stays(change):
                if not tables_of([item], evolution.old).isdisjoint(gone):
                    continue
                reason = f"partition `{item.name}` would be dropped with every row"
                yield Loss(f"drop:{item.name}", reason, f"every row of partition {item.name}", item.origin)


def _new_name(table: Table, created: Sequence[Table]) -> str:
    names = set(table.by_name)
    for other in created:
        if len(names & set(other.by_name)) * 2 > len(names | set(other.by_name)):
            return f"if it is `{other.key}` now, write `renamed_from: {table.key}` there"
    return ""


def _altered(change: c.AlterTable) -> Iterator[Loss]:
    for part in change.parts:
        yield from losses_of_part(part, change)


def _unkept(name: str, change: c.AlterTable) -> Iterator[Loss]:
    """A key or unique rule that goes, unless another one implies it."""
    for rule in lost_rules(change):
        if rule.name == name:
            parts = ", ".join(rule.parts)
            where = f"{change.new.name} ({parts})"
            reason = f"`{name}` would go, and nothing else keeps two rows of {where} apart"
            lost = f"the rule that no two rows of {change.new.name} have the same {parts}"
            yield Loss(f"{UNIQUE}{change.new.key}.{name}", reason, lost, change.new.origin)


def losses_of_part(part: c.Part, change: c.AlterTable) -> Iterator[Loss]:
    """What has to be allowed for one part of an altered table."""
    match part:
        case c.ReplacePrimaryKey(old=PrimaryKey() as named) | c.DropConstraint(named) | c.DropIndex(named):
            yield from _unkept(named.name, change)
        case c.DropColumn(column) if column.generated is None:
            yield _dropped(column, change)
        case c.AddColumn(column):
            yield from _added(column, change)
        case c.AlterColumn(old, new):
            proved = change.proof_of_not_null(new.name) is not None
            yield from _changed(old, new, change, proved=proved)


def _dropped(column: Column, change: c.AlterTable) -> Loss:
    added = (part.column for part in change.parts if isinstance(part, c.AddColumn))
    like = next((each.key for each in added if each.type == column.type), None)
    hint = f"if it is `{like}` now, write `renamed_from: {column.key}` there" if like else ""
    where = f"{change.old.name}.{column.name}"
    reason = f"column `{where}` would be dropped with its values"
    return Loss(f"drop:{_said(change.old, column)}", reason, f"column {where} with its values", change.new.origin, hint)


def _said(table: Table, column: Column) -> str:
    """A column as words that allow something say it: by the keys of the specs."""
    return f"{table.key}.{column.key}"


def _added(column: Column, change: c.AlterTable) -> Iterator[Loss]:
    where, said = f"{change.new.name}.{column.name}", _said(change.new, column)
    fills = column.default or column.backfill or column.generated or column.identity
    if not column.nullable and not fills:
        reason = f"`{where}` can't be NULL, and nothing says what it holds in the rows that are there"
        stops = f"{change.new.name} has a row, as {where} can't be NULL"
        yield Loss(f"not_null:{said}", reason, "", column.origin, "give it a default or `backfill: {sql: …}`", stops)
    if (column.generated and not column.virtual) or column.identity:
        reason = f"PostgreSQL rewrites `{change.new.name}` to add `{where}`, and locks it meanwhile"
        yield Loss(f"rewrite:{said}", reason, "", column.origin)


def _changed(old: Column, new: Column, change: c.AlterTable, *, proved: bool) -> Iterator[Loss]:
    """``proved`` where no row can be NULL."""
    where, said = f"{change.new.name}.{new.name}", _said(change.new, new)
    how, conversion = type_change(old.type, new.type), conversion_of(old, new)
    if conversion and is_lossy(conversion, new.name):
        reason = f"the backfill of `{where}` does not read `{new.name}`, so every value would be replaced"
        yield Loss(f"lossy:{said}", reason, f"the values of {where}, which its backfill replaces", new.origin)
    if how.verdict and not conversion:
        reason = f"`{where}`: {old.type.described} → {new.type.described} {how.reason}"
        stops = f"a value of {where} does not fit {new.type.described}"
        hint = f"say what the values become with `backfill: {{sql: …}}`, in which `{new.name}` is the old one"
        yield Loss(f"{how.verdict}:{said}", reason, "", new.origin, hint, stops)
    computed = old.computation != new.computation and new.generated is not None
    if computed and old.generated is None:
        reason = f"the values of `{where}` would be replaced by those of its expression"
        yield Loss(f"lossy:{said}", reason, f"the values of {where}, which its expression replaces", new.origin)
    written = (computed and not new.virtual) or (old.virtual and new.generated is None)
    if ((how.rewrites or old.collation != new.collation) and not new.virtual) or conversion or written:
        reason = f"PostgreSQL rewrites the table or its indexes for `{where}`, and locks it meanwhile"
        yield Loss(f"rewrite:{said}", reason, "", new.origin)
    filled = proved or fill_of_nulls(old, new) or conversion or new.generated
    if old.nullable and not new.nullable and not filled:
        reason = f"`{where}` can't be NULL any more, and nothing says what it holds where it is"
        stops = f"{where} is NULL in a row"
        yield Loss(f"not_null:{said}", reason, "", new.origin, _OTHER_FILL if new.backfill else _FILL, stops)
