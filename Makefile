# `make demo` builds output/ from specs/; `make test` runs every test. Both work from nothing but CPython 3.11+ and make.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: setup demo test check clean

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

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/schemagen check

clean:
	rm -rf .venv
