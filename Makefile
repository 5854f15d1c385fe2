# make up      set everything up and run Studio: server and worker, on SQLite
# make test    all tests (make coverage: the same, with branch coverage)
# make check   style, types, import directions, sizes, messages, locks, generated files
# make bench   all benchmarks (BENCH="chain map" for some)
# make screenshots  pictures of the interface for the documentation
# make demo    kill an execution in the middle and watch it go on
# make format  bring the code into shape;  make locks  resolve the locks anew;  make generate  write generated files

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
TEST_ARGS ?=
BENCH ?=

.PHONY: screenshots help up run-environment dev-environment test coverage check bench demo format locks generate clean

help:
	@sed -n 's/^# //p' Makefile

run-environment:
	@$(PYTHON) tools/bootstrap.py run

dev-environment:
	@$(PYTHON) tools/bootstrap.py dev

up: run-environment
	@$(BIN)/python tools/interface.py build
	@$(BIN)/studio up

screenshots: dev-environment
	@$(BIN)/python tools/interface.py build
	@$(BIN)/python tools/screenshots.py

demo: run-environment
	@$(BIN)/python tools/demo.py

test: dev-environment
	@$(BIN)/python tools/services.py
	@$(BIN)/python tools/interface.py build
	@$(BIN)/python tools/interface.py test
	@$(BIN)/python -m pytest -n 2 --dist worksteal $(TEST_ARGS)

coverage: dev-environment
	@$(BIN)/python tools/services.py
	@$(BIN)/python -m pytest -n 2 --dist worksteal --cov=studio --cov-branch --cov-report=term:skip-covered $(TEST_ARGS)

check: dev-environment
	@$(BIN)/python tools/check.py

bench: dev-environment
	@$(BIN)/studio bench $(BENCH)

format: dev-environment
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

locks: dev-environment
	@$(BIN)/python tools/locks.py --write

generate: dev-environment
	@$(BIN)/python tools/node_lock.py --write
	@$(BIN)/python tools/workflow_schema.py --write
	@$(BIN)/python tools/cli_docs.py --write
	@$(BIN)/python tools/error_codes.py --write
	@$(BIN)/python tools/client.py --write
	@$(BIN)/python tools/interface.py install
	@$(BIN)/python tools/interface_client.py --write
	@$(BIN)/python tools/settings_docs.py --write

clean:
	@rm -rf .venv .pytest_cache .ruff_cache .hypothesis .coverage .coverage.*
