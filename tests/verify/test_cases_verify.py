"""`verify` proves every case in full: catalogues, rows, cascades, plans and the use of every index, on both engines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.verify.runner import Scope, prove

if TYPE_CHECKING:
    from schemagen.databases.servers import Server
    from schemagen.verify.models.process import Models
    from support.built_cases import Case


def test_every_claim_of_a_case_is_proved(case: Case, postgres18: Server, models: Models) -> None:
    report = prove(case.schema, case.output, Scope(postgres18), models=models)
    assert [f"{one.engine}, {one.claim}: {one.subject}, {one.seen}" for one in report.failures] == []
    assert {row.engine for row in report.rows} >= {"SQLite", "PostgreSQL"}
