# `make demo` builds output/ from specs/; `make test` runs every test. Both work from nothing but CPython 3.11+ and make.
PYTHON ?= python3
BIN := .venv/bin

# Of the random ones: how many, and from which seed.
N ?= 100
SEED ?= 1

.PHONY: setup demo test test-tools coverage lint check docs verify prove permute evolve agree load at-once mutate fuzz compare bench bench-peers bench-models bench-online import-real release clean

setup: .venv/.installed

.venv/.installed: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[postgres,models]" --group dev
	touch $@

demo: setup
	rm -rf output
	$(BIN)/schemagen build

test: setup
	$(BIN)/python -m pytest -n 2 --dist loadgroup

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/schemagen lint --strict
	$(BIN)/schemagen check --full

# The other tier: what needs node, a browser, other runners, a newer SQLite or Debian's PostgreSQL. What this machine lacks is named.
test-tools: setup .tools/.installed
	PATH="$(CURDIR)/.tools/node_modules/.bin:$$PATH" NODE_PATH="$(CURDIR)/.tools/node_modules" \
		$(BIN)/python -m pytest -m tools -rs

.tools/.installed: tests/tools/package.json
	mkdir -p .tools
	cp $< .tools/package.json
	npm install --prefix .tools --no-audit --no-fund --no-package-lock --loglevel error
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --group tools
	touch $@

# Which lines and branches no test takes; pyproject.toml has the floor, which only rises. It takes twice the time.
coverage: setup
	$(BIN)/python -m pytest -n 2 --dist loadgroup --cov --cov-report=term:skip-covered

# Everything that has to be clean before a commit.
check: lint test

# The pages that are made from the program's own definitions.
docs: setup
	$(BIN)/schemagen guide > docs/agents.md
	for topic in sql recipes verify drafts limits settings; do \
	  $(BIN)/schemagen guide $$topic > docs/guide/$$topic.md; done
	$(BIN)/schemagen schema > docs/schema.json
	$(BIN)/schemagen schema --diagnostics > docs/diagnostics.schema.json
	$(BIN)/schemagen explain --markdown > docs/rules.md

# Every claim of specs/ on real SQLite and real PostgreSQL.
verify: setup
	$(BIN)/schemagen verify

# Random schemas are built and everything that they claim is proved on both engines.
prove: setup
	PYTHONPATH=tests $(BIN)/python -m programs.prove_laws --number $(N) --seed $(SEED)

# Right specs in another order and with other example ids: the same verdict, and no failure; N permutations of each.
permute: N = 1
permute: setup
	PYTHONPATH=tests $(BIN)/python -m programs.permute $(N) --seed $(SEED)

# Random pairs of schemas with rows: migrated equals fresh, no row is lost, the rollback leads back.
evolve: setup
	PYTHONPATH=tests $(BIN)/python -m programs.evolve_laws $(N) $(SEED)

# The published list of operators and functions over generated values: the same rows on both engines.
agree: setup
	PYTHONPATH=tests $(BIN)/python -m programs.agree $(N) --seed $(SEED)

# Clients write while tables change: a migration may give way, a client may not, and what is online ends at once.
load: setup
	PYTHONPATH=tests $(BIN)/python -m programs.load $(N) --seed $(SEED)

# Two and three `schemagen apply` at once on both engines: each migration runs once.
at-once: N = 20
at-once: setup
	PYTHONPATH=tests $(BIN)/python -m programs.apply_at_once $(N)

# Breaks generated output in every way that it knows; `schemagen verify` must notice each one.
mutate: setup
	PYTHONPATH=tests $(BIN)/python -m programs.mutations --seed $(SEED)

# Mutated specs must never give a traceback or hang.
fuzz: setup
	PYTHONPATH=tests $(BIN)/python -m programs.fuzz $(N) --seed $(SEED)

# What this program and that of another revision build, byte by byte.
REVISION ?= main
compare: setup
	PYTHONPATH=tests $(BIN)/python -m programs.compare_builds $(REVISION)

# What a build costs, beside what it cannot avoid; `make bench-peers` runs Drizzle Kit beside it, where npm is.
SIZES ?= 10 100 1000 5000
bench: setup
	$(BIN)/python benchmarks/bench.py $(SIZES)
	$(BIN)/python benchmarks/importing.py

# What a start costs beside that of Python alone; BEFORE= names the package of another revision.
.PHONY: bench-start
bench-start: setup
	$(BIN)/python benchmarks/start.py $(if $(BEFORE),--before $(BEFORE))

# The models in an application beside what one writes by hand with SQLModel.
bench-models: setup
	$(BIN)/python benchmarks/models.py
	$(BIN)/python benchmarks/stories/compare.py

# The lines that a change of a spec adds to a pull request.
.PHONY: bench-size
bench-size: setup
	$(BIN)/python benchmarks/size.py

# What proofs cost; BEFORE= names the package of another revision, here and below.
.PHONY: bench-verify
bench-verify: setup
	$(BIN)/python benchmarks/proofs.py $(if $(BEFORE),--before $(BEFORE))

PEER_SIZE ?= 1000
bench-peers: setup
	$(BIN)/python benchmarks/peers.py $(PEER_SIZE)

# What generated tables cost in a database, beside the same tables without checks and triggers; sqlacodegen and psql.
.PHONY: bench-databases
bench-databases: setup
	$(BIN)/python benchmarks/databases.py $(if $(BEFORE),--before $(BEFORE))

# How long a write waits while a table of so many rows changes, by our migrations and by what Alembic would run.
ROWS ?= 1000000
bench-online: setup
	$(BIN)/python benchmarks/online.py $(ROWS)

# The databases of public packages, each in an environment of its own: some gigabytes and minutes.
import-real: setup
	PYTHONPATH=tests $(BIN)/python -m programs.import_real

# Wheel and sdist, each installed into an environment of its own where it builds a project; the upload is yours.
release: setup
	rm -rf dist
	$(BIN)/python -m build --outdir dist
	PYTHONPATH=tests $(BIN)/python -m programs.release dist

clean:
	rm -rf .venv .tools
