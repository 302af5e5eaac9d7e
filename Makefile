# Everything happens in .venv; it is made anew when the lock file changes.
PYTHON ?= python3
BIN := .venv/bin

.DEFAULT_GOAL := run
.PHONY: run test test-quick check format lock bench pictures tables clean

.venv/ready: requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	$(BIN)/python -m compileall -q k9lite  # a third of a second less at the first start
	touch $@

run: .venv/ready  ## the dashboard on the samples
	$(BIN)/k9lite sample_manifests

test: .venv/ready  ## all tests
	$(BIN)/pytest -n auto

test-quick: .venv/ready  ## the tests without processes, terminals and kubectl
	$(BIN)/pytest -n auto tests/aio tests/api tests/client tests/explain tests/manifests tests/tables tests/yaml_reader \
		tests/engine/apiserver tests/engine/controllers tests/engine/network tests/engine/scheduler tests/engine/store

check: .venv/ready  ## lint, types, architecture
	$(BIN)/ruff check k9lite tests
	$(BIN)/ruff format --check k9lite tests
	$(BIN)/mypy
	$(BIN)/lint-imports

format: .venv/ready
	$(BIN)/ruff format k9lite tests
	$(BIN)/ruff check --fix k9lite tests

pictures: .venv/ready  ## the pictures in docs/, made by the program itself
	$(BIN)/python docs/pictures.py

tables: .venv/ready  ## the tables of README that are made from code
	$(BIN)/python docs/tables.py

bench: .venv/ready  ## the table in README
	$(BIN)/k9lite bench

lock: ## pin what pyproject.toml asks for
	$(BIN)/pip-compile --quiet --extra dev --generate-hashes --allow-unsafe --no-emit-index-url \
		--no-emit-find-links --strip-extras --output-file requirements.lock pyproject.toml

clean:
	rm -rf .venv build dist *.egg-info
