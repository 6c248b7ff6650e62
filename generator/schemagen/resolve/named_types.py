"""The named types of all files: their labels, and what some of them were called before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.base.diagnostics import Origin
from schemagen.schema.enum_types import EnumType
from schemagen.schema.places import placed_name
from schemagen.schema.type_spellings import OTHER_TYPES, SERIALS, SPELLINGS
from schemagen.spec.named_types import LabelSpec

from .domains import report_keys, resolve_domain
from .places import claim_type, place

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from schemagen.spec.language import ReadSpec
    from schemagen.spec.named_types import TypeSpec

    from .context import Context

BAD_LABEL = "SG112"
RESERVED_TYPE = "SG214"

MAX_LABEL_BYTES = 63
"""PostgreSQL, "8.7.4. Implementation Details" of enumerated types."""


def resolve_types(specs: Sequence[ReadSpec], context: Context) -> Iterator[tuple[str, EnumType]]:
    """Every enum type by its name, in the order of the files; domains go to the context. What is wrong is reported."""
    for read in specs:
        for name, spec in read.spec.types.items():
            origin = Origin(read.file, ("types", name))
            if name.lower() in SPELLINGS or name.lower() in SERIALS or name.lower() in OTHER_TYPES:
                message = f"`{name}` is a type of PostgreSQL"
                context.reporter.error(RESERVED_TYPE, message, origin, key=True, hint="choose another name")
                continue
            context.relations.claim(name, origin, context.reporter)
            claim_type(name, spec, origin, context)
            if not report_keys(spec, origin, context):
                continue
            if spec.domain is not None:
                domain = resolve_domain(name, spec, read.name, origin, context)
                if domain:
                    context.domains[name] = domain
                continue
            labels = _labels(spec)
            _report_labels(labels, origin.child("enum"), context)
            renamed = tuple(
                (label.value, label.renamed_from)
                for label in spec.enum or ()
                if isinstance(label, LabelSpec) and label.renamed_from is not None
            )
            there = place(name, spec.postgres)
            called = placed_name(name, there)
            yield name, EnumType(called, labels, renamed, spec.description, read.name, origin, there)


def _labels(spec: TypeSpec) -> tuple[str, ...]:
    return tuple(label.value if isinstance(label, LabelSpec) else label for label in spec.enum or ())


def _report_labels(labels: Sequence[str], at: Origin, context: Context) -> None:
    for number, label in enumerate(labels):
        if label in labels[:number]:
            context.reporter.error(BAD_LABEL, f"{label!r} is in the enum twice", at.child(number))
        if "\0" in label:
            context.reporter.error(BAD_LABEL, "text can't contain NUL on PostgreSQL", at.child(number))
        if len(label.encode()) > MAX_LABEL_BYTES:
            message = f"{label[:20]!r} … is longer than {MAX_LABEL_BYTES} bytes, the most that a label may have"
            context.reporter.error(BAD_LABEL, message, at.child(number))
