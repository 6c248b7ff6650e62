# `make demo` builds output/ from specs/; `make test` runs every test. Both work from nothing but CPython 3.11+ and make.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: import-real bench bench-peers docs fuzz mutate prove setup demo test check clean

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
	$(BIN)/python -m pytest

# The laws of evolution for N random pairs of specs from SEED on, on both engines.
N ?= 100
SEED ?= 1
evolve: setup
	cd tests && ../$(BIN)/python evolve_laws.py $(N) $(SEED)

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/schemagen check

# The pages that are made from the program's own definitions.
docs: setup
	$(BIN)/schemagen guide > docs/agents.md
	$(BIN)/schemagen schema > docs/schema.json
	$(BIN)/schemagen schema --diagnostics > docs/diagnostics.schema.json
	$(BIN)/schemagen explain --markdown > docs/rules.md

# `make fuzz N=100000 SEED=1`: mutated specs must never give a traceback or hang.
N ?= 1000
SEED ?= 1
fuzz: setup
	$(BIN)/python tests/fuzz.py $(N) --seed $(SEED)

# Breaks generated output in some 290 ways; `schemagen verify` must notice each one.
mutate: setup
	$(BIN)/python tests/mutations.py --seed $(SEED)

# `make prove N=2000 SEED=1`: random schemas are built and everything that they claim is proved on both engines.
prove: setup
	$(BIN)/python tests/prove_laws.py --number $(N) --seed $(SEED)

# What a build costs, beside what it cannot avoid; `make bench-peers` runs Drizzle Kit beside it, where npm is.
SIZES ?= 10 100 1000 5000
bench: setup
	$(BIN)/python benchmarks/bench.py $(SIZES)

PEER_SIZE ?= 1000
bench-peers: setup
	$(BIN)/python benchmarks/peers.py $(PEER_SIZE)

clean:
	rm -rf .venv

# The databases of public packages, each in an environment of its own: some gigabytes and minutes.
import-real: setup
	$(BIN)/python tests/import_real.py
