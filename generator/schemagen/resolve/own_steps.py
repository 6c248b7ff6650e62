"""The steps of the specs: their names, and their SQL as it is written. What it reads is known when a build plans."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from schemagen.base.diagnostics import Origin
from schemagen.schema.own_steps import Batch, OwnStep, WrittenSql
from schemagen.spec.step_definition import StepSqlByEngine

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from schemagen.schema.own_steps import Rows
    from schemagen.spec.language import ReadSpec
    from schemagen.spec.reporter import Reporter
    from schemagen.spec.step_definition import StepSpec

TWICE = "SG201"
BAD_STEP_NAME = "SG429"

NOT_TAKEN_BACK = "none"
_NAME = re.compile(r"[a-z][a-z0-9_]{0,47}(?<!_online)")


def own_steps(specs: Sequence[ReadSpec], reporter: Reporter) -> tuple[OwnStep, ...]:
    """Every step in the order in which they are numbered: by file, and by place."""
    found: dict[str, OwnStep] = {}
    for read in specs:
        for name, written in read.spec.steps.items():
            origin = Origin(read.file, ("steps", name))
            if name in found:
                first = found[name].origin or origin
                message = f"step `{name}` is described twice"
                reporter.error(TWICE, message, origin, key=True, related=[("the first one", first)])
            elif not _NAME.fullmatch(name):
                hint = "lower_snake_case of at most 48 characters that does not end with `_online`"
                reporter.error(BAD_STEP_NAME, f"`{name}` is no name for a step", origin, key=True, hint=hint)
            else:
                found[name] = _own_step(name, written, origin)
    return tuple(found.values())


def _own_step(name: str, written: StepSpec, origin: Origin) -> OwnStep:
    proof, batch = written.proof, written.batch
    return OwnStep(
        name=name,
        up=_sql(written.up),
        down=WrittenSql() if written.down == NOT_TAKEN_BACK else _sql(written.down),
        done=_sql(written.done) if written.done is not None else None,
        batch=Batch(batch.table, batch.alias or batch.table, batch.rows) if batch else None,
        given=_rows(proof.given) if proof else (),
        then=_rows(proof.then) if proof else (),
        description=written.description,
        origin=origin,
    )


def _sql(written: str | list[str] | StepSqlByEngine) -> WrittenSql:
    if isinstance(written, StepSqlByEngine):
        return WrittenSql(_texts(written.postgres), _texts(written.sqlite))
    return WrittenSql(_texts(written))


def _texts(written: str | list[str]) -> tuple[str, ...]:
    listed = [written] if isinstance(written, str) else written
    return tuple(text.strip().removesuffix(";").rstrip() for text in listed)


def _rows(written: Mapping[str, list[dict[str, Any]]]) -> Rows:
    return tuple((table, tuple(rows)) for table, rows in written.items())
