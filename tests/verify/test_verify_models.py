# ruff: noqa: E501  (an edit a line)
"""`verify` notices whatever is edited in models: defaults, rules of values, types that are read, relationships, names."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from schemagen.databases.scratch import SqliteEngine
from schemagen.datagen.test_rows import SampleRows
from schemagen.project.pipeline import Options, build, load
from schemagen.verify.context import ProofContext
from schemagen.verify.models.process import Models
from schemagen.verify.proofs.classes import prove_classes
from schemagen.verify.proofs.constraints import prove_constraints
from schemagen.verify.proofs.equivalence import migrate
from schemagen.verify.proofs.model_defaults import prove_defaults
from schemagen.verify.proofs.model_updates import prove_refreshed
from schemagen.verify.proofs.model_values import prove_refused_values
from schemagen.verify.proofs.relations import prove_relationships
from schemagen.verify.report import BOTH, Claim, Ledger, collected

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemagen.schema.model import Schema

CASE = Path(__file__).parents[1] / "cases/verify/models_of_every_type"

pytestmark = pytest.mark.xdist_group("verify_models")

TOLD = [
    (r'default="new"', 'default="old"', "accounts, state, default"),
    (r'default=Decimal\("0.00"\)', 'default=Decimal("7.00")', "accounts, balance, default"),
    (r"default_factory=uuid4", "default_factory=lambda: UUID(int=0)", "accounts, id, default, a new one each time"),
    (r"default_factory=list", 'default_factory=lambda: ["a"]', "accounts, tags, default"),
    (r'default_factory=lambda: \{"day": 5\}', "default_factory=dict", "accounts, limits, default"),
    (r",\s*onupdate=db.utc_now", "", "accounts, seen_at, is read again after an UPDATE"),
    (r"balance: Decimal", "balance: str", "accounts, balance, annotation"),
    (r"code: str \| None", "code: str", "accounts, code, annotation"),
    (r'Literal\["new", "old"\]', 'Literal["new"]', "accounts, state, annotation"),
    (r"max_length=80", "max_length=8", "accounts, name, limits"),
    (r"max_digits=12", "max_digits=11", "accounts, balance, limits"),
    (r"(?<=visits: int = Field\()\s*default=0,", "", "accounts, visits, must be given"),
    (r"(?s)visits: int(.*?)types\.Integer\(\)", r'value: int\1"visits", types.Integer()', "attributes of the model of accounts"),
    (r"\bPurchase\b", "Order", "classes of the models"),
    (r"\bProfile\b", "AccountProfile", "classes of the models"),
    (r'"Purchase",\s', "", "what the package of the models offers"),
    (r"\baccount_orders\b", "orders", "relationships of the model of accounts"),
    (r'\bprofile(?=: Optional|")', "page", "relationships of the model of accounts"),
    (r'"cascade": "all, delete-orphan"', '"cascade": "all"', "accounts, relationship profile, cascades in the session"),
    (r'("cascade": "all, delete-orphan")', r'\1, "lazy": "noload"', "accounts, relationship profile, reads"),
    (r'(?<=Purchase\.giver_id")', ', "viewonly": True', "orders, relationship giver, writes"),
    (r'(?<=Purchase\.giver_id")', ', "post_update": True', "orders, relationship giver, writes in two steps"),
    (r'(?<=Purchase\.account_id")', ', "uselist": False', "accounts, relationship account_orders, a list"),
    (r'passive_deletes="all"', "passive_deletes=True", "accounts, relationship gifts, leaves deletes to the database"),
]  # fmt: skip
"""What the models say of themselves: a pattern, what stands in its place, and the fact that then fails."""

DONE = [
    (r'default="none"', 'default="b c"', "accounts.code of a row of what must be given"),
    (r'event.listen\(model, "before_insert", _keep_null\)', "pass", "accounts.since of a row with NULL for its defaults"),
    (r",\s*onupdate=db.utc_now", "", "accounts.seen_at, read from the session after an UPDATE"),
    (r"if value.utcoffset\(\) is None:", "if False:", "accounts.seen_at, a timestamp without a time zone"),
    (r"if value.tzinfo is not None:", "if False:", "accounts.opened, a timestamp with a time zone"),
    (r"_expect\(value, dt.time\)", "pass", "accounts.wakes, text through the model"),
    (r"and number != self._scaled\(number\)", "and False", "accounts.balance, a digit too many"),
    (r"if not number.is_finite\(\):", "if False:", "accounts.ratio, NaN"),
    (r"if not math.isfinite\(number\):", "if False:", "accounts.score, NaN"),
    (r"isinstance\(value, str\) and", "False and", "notes.text, text with NUL"),
    (r"self.element.checked\(item\)", "item", "accounts.tags, a list with text with NUL"),
    (r"return UUID\(stored\)", "return stored", "accounts, the row read through the model"),
    (r"return self._scaled\(Decimal\(str\(stored\)\)\)", "return stored", "accounts, the row read through the model"),
    (r"return bool\(stored\)", "return stored", "accounts, the row read through the model"),
    (r"return dt.time.fromisoformat\(stored\)", "return stored", "accounts, the row read through the model"),
    (r"return dt.date.fromisoformat\(stored\)", "return dt.datetime.fromisoformat(stored)", "accounts, the row read through the model"),
    (r"return moment if moment.tzinfo is", "return moment.replace(tzinfo=None) if moment.tzinfo is", "accounts, the row read through the model"),
]  # fmt: skip
"""What the models do, in the same form."""


@dataclass(frozen=True)
class Built:
    """The case, built once, and what all proofs of it share."""

    schema: Schema
    output: Path
    models: Models
    sample_rows: SampleRows

    def failures(self, output: Path, *, acts: bool) -> list[str]:
        """What fails of the models in a folder: of what they say, or of what they do on SQLite."""
        ledger = Ledger(lambda _: None)
        reported = self.models.load(output, self.schema)
        if acts:
            engine = SqliteEngine(output)
            context = ProofContext(self.schema, output, engine, self.models, self.sample_rows, ledger)
            with engine.database() as database:
                migrate(database, output)
                for proof in (prove_constraints, prove_defaults, prove_refreshed, prove_refused_values):
                    proof(context, database)
        else:
            with ledger.section(Claim.MODELS, BOTH) as section:
                prove_classes(section, self.schema, reported, output)
                prove_relationships(section, self.schema, reported)
        return [failure.subject for failure in collected(ledger, (), 0).failures]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    options = Options(CASE, tmp_path_factory.mktemp("output"))
    build(options)
    schema = load(options).schema
    with Models() as models:
        yield Built(schema, options.output, models, SampleRows(schema))


def test_the_models_as_they_are_built_are_proved(built: Built) -> None:
    assert built.failures(built.output, acts=False) == []
    assert built.failures(built.output, acts=True) == []


@pytest.mark.parametrize(("pattern", "replacement", "fact"), TOLD, ids=[f"{n}" for n in range(len(TOLD))])
def test_an_edit_of_what_models_say_is_noticed(
    pattern: str, replacement: str, fact: str, built: Built, tmp_path: Path
) -> None:
    edited(built, tmp_path, pattern, replacement)
    found = built.failures(tmp_path, acts=False)
    assert any(fact in failure for failure in found), found


@pytest.mark.parametrize(("pattern", "replacement", "fact"), DONE, ids=[f"{n}" for n in range(len(DONE))])
def test_an_edit_of_what_models_do_is_noticed(
    pattern: str, replacement: str, fact: str, built: Built, tmp_path: Path
) -> None:
    edited(built, tmp_path, pattern, replacement)
    found = built.failures(tmp_path, acts=True)
    assert any(fact in failure for failure in found), found


def test_models_that_type_checkers_do_not_read_are_noticed(built: Built, tmp_path: Path) -> None:
    shutil.copytree(built.output, tmp_path, dirs_exist_ok=True)
    (tmp_path / "models/py.typed").unlink()
    assert built.failures(tmp_path, acts=False) == ["models/py.typed"]


def edited(built: Built, output: Path, pattern: str, replacement: str) -> None:
    """Copy the output and edit every place of its models where a pattern matches, at least one."""
    shutil.copytree(built.output, output, dirs_exist_ok=True)
    places = 0
    for file in (output / "models").glob("*.py"):
        text, count = re.subn(pattern, replacement, file.read_text())
        file.write_text(text)
        places += count
    assert places, f"{pattern} matches nothing"
