# `make help` lists what there is. Everything lands in .venv and frontend/node_modules; nothing else is needed on the
# machine than Python 3.11 or newer, git and make.

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
MAKEFLAGS += --no-print-directory

.DEFAULT_GOAL := help
.PHONY: help demo serve install test lint test-python test-browser test-frontend browser bench format lock pictures gallery simulate advisories clean frontend

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

demo: .venv/.package frontend ## Try Finora with a simulated Cursor team
	@$(BIN)/finora demo

serve: .venv/.package frontend ## Serve the real thing from ./data
	@$(BIN)/finora serve

install: .venv/.package .venv/.everything frontend ## Prepare .venv with everything, front end built

test: install lint test-frontend test-python test-browser ## Everything CI runs

lint: .venv/.everything .venv/.package ## Style, types and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test-python: .venv/.everything .venv/.package frontend ## Unit, contract and functional tests
	$(BIN)/pytest -n auto --dist worksteal -m "not browser"

test-browser: .venv/.everything .venv/.package frontend browser ## Journeys in a real Chromium
	$(BIN)/pytest -m browser tests/browser

test-frontend: .venv/.package ## Type check and tests of the TypeScript
	$(BIN)/python scripts/frontend.py --check

browser: .venv/.everything ## Find a Chromium, or install one
	@$(BIN)/python scripts/browser.py

bench: install .venv/.bench ## Measure speed and size, and print a table
	$(BIN)/python -m bench

pictures: install browser ## Take the pictures of the README and the docs
	$(BIN)/python scripts/pictures.py

gallery: .venv/.everything .venv/.package frontend ## Look at every component in every state (for developers)
	@PYTHONPATH=tests $(BIN)/python -m support.gallery

format: .venv/.everything ## Format the code
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

lock: .venv/.everything ## Pin the newest dependencies, with hashes and without addresses
	$(BIN)/uv pip compile pyproject.toml --group build --universal --python-version 3.11 --generate-hashes --upgrade -q -o requirements.lock
	$(BIN)/uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes --upgrade -q -o requirements-dev.lock
	$(BIN)/uv pip compile pyproject.toml --extra postgresql --extra clickhouse --group build --universal --python-version 3.11 --generate-hashes --upgrade -q -o requirements-servers.lock
	$(BIN)/uv pip compile --group node --universal --python-version 3.11 --generate-hashes --upgrade -q -o requirements-node.lock
	$(BIN)/uv pip compile --group bench -c requirements-dev.lock --universal --python-version 3.11 --generate-hashes --upgrade -q -o requirements-bench.lock

advisories: .venv/.everything ## Look the pins up in a copy of an advisory database: ADVISORIES=folder
	@$(BIN)/python scripts/advisories.py $(ADVISORIES)

simulate: .venv/.everything .venv/.package ## Tell thousands of seeds' stories of trouble; SEEDS=n (FROM=n, WORKERS=n), or SEED=n for one again
	@PYTHONPATH=tests $(BIN)/python -m support.chaos $(if $(SEED),--seed $(SEED),--first $(or $(FROM),0) --seeds $(or $(SEEDS),1000)) $(if $(WORKERS),--workers $(WORKERS))

clean: ## Remove what was built
	rm -rf .venv frontend/node_modules src/finora/web/static demo-data dist

frontend: .venv/.package
	@$(BIN)/python scripts/frontend.py

.venv/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Finora needs Python 3.11 or newer; $(PYTHON) is `$(PYTHON) --version`. Say which to use: make PYTHON=python3.12 …"; exit 1; }
	@$(PYTHON) -m venv .venv || { echo "Python's venv module is missing; on Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	@touch $@

.venv/.runtime: .venv/.python requirements.lock
	@echo "Installing what Finora is made of …"
	@$(PIP) install --require-hashes -r requirements.lock
	@touch $@

.venv/.node: .venv/.runtime requirements-node.lock
	@$(BIN)/python scripts/frontend.py --find-node || $(PIP) install --require-hashes -r requirements-node.lock
	@touch $@

.venv/.package: .venv/.node pyproject.toml hatch_build.py
	@echo "Building the front end and linking Finora …"
	@$(PIP) install --no-build-isolation --no-deps --editable .
	@$(BIN)/python -m compileall -q src
	@touch $@

.venv/.everything: .venv/.runtime requirements-dev.lock
	@echo "Installing what its tests and checks need …"
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@

.venv/.bench: .venv/.everything requirements-bench.lock
	@echo "Installing what Finora is measured against …"
	@$(PIP) install --require-hashes -r requirements-bench.lock
	@touch $@
