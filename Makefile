# Every task of Proctor. `make help` lists them; each sets up what it needs, once.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

HOST ?= 127.0.0.1
PORT ?= 8080
DATA ?=
PYTHON ?= $(shell for name in python3.13 python3.12 python3.11 python3 python; do \
	"$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$name"; break; }; done)

VENV := .venv
BIN := $(VENV)/bin
RUNTIME := $(VENV)/.runtime-installed
DEVELOPMENT := $(VENV)/.development-installed
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

# What people without Chromium, PostgreSQL and half an hour can run; the rest is what only those can.
SLOW_TESTS := browser or postgresql or faults or slow

# One test a core at a time; each worker starts with imports of its own, so that many of them gain nothing.
WORKERS := --numprocesses=auto --maxprocesses=8

export HOST PORT
export MLFLOW_DISABLE_TELEMETRY := true

# Facts about Waitress's defaults behind these: docs/operating.md.
WAITRESS := --threads=4 --outbuf-high-watermark=268435456 --connection-limit=900 --asyncore-use-poll --backlog=1024 \
	--channel-timeout=20 --cleanup-interval=5 --max-request-body-size=20971520 --channel-request-lookahead=0 --ident=

.PHONY: help
help:  ## Show this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo "  Variables: HOST=$(HOST) PORT=$(PORT) DATA=<ARFF or CSV file> PYTHON=$(PYTHON)"

# ── set-up ───────────────────────────────────────────────────────────────────
.PHONY: setup
setup: $(RUNTIME)  ## Create .venv with what Proctor runs on

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Proctor needs Python 3.11 or later, and none was found; try make PYTHON=/path/to/python" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Proctor needs Python 3.11 or later, and PYTHON=$(PYTHON) is not that" >&2; exit 1; }
	@"$(PYTHON)" -m venv $(VENV) || \
		{ rm -rf $(VENV); echo "$(PYTHON) cannot make a virtual environment; on Debian: apt install python3-venv" >&2; exit 1; }

$(RUNTIME): requirements.txt | $(BIN)/python
	@echo "Installing what Proctor runs on; the first time takes some minutes."
	@$(PIP) install --require-hashes -r requirements.txt
	@touch $@

$(DEVELOPMENT): requirements-dev.txt $(RUNTIME)
	@echo "Installing what tests and checks need."
	@$(PIP) install --require-hashes -r requirements-dev.txt
	@touch $@

# ── run ──────────────────────────────────────────────────────────────────────
.PHONY: serve
serve: $(RUNTIME)  ## Start the dashboard and its worker (HOST=, PORT=, DATA=)
	@$(if $(DATA),PROCTOR_RAW_DATA="$(DATA)") exec $(BIN)/waitress-serve --host="$(HOST)" --port="$(PORT)" $(WAITRESS) wsgi:app

.PHONY: migrate
migrate: $(RUNTIME)  ## Bring the store's schema up to date
	@$(BIN)/alembic upgrade head

.PHONY: mlflow
mlflow: $(RUNTIME)  ## Open MLflow's own pages on the same store (PORT=)
	@exec $(BIN)/mlflow ui --host "$(HOST)" --port "$(PORT)" --backend-store-uri \
		"$$($(BIN)/python -c 'from ml.settings import read_settings; print(read_settings().database_url)')"

# ── look after the code ──────────────────────────────────────────────────────
.PHONY: test
test: $(DEVELOPMENT)  ## Run the tests that need no system package, and report coverage
	@$(BIN)/pytest $(WORKERS) --dist=worksteal --cov --cov-report=term:skip-covered $(ARGS)

.PHONY: test-slow
test-slow: $(DEVELOPMENT)  ## Run the browser, PostgreSQL, fault and slow layers only
	@$(BIN)/pytest $(WORKERS) --dist=loadscope -m "$(SLOW_TESTS)" $(ARGS)

.PHONY: test-all
test-all: test test-slow  ## Run every test (needs chromium, postgresql, redis-server)

.PHONY: check
check: $(DEVELOPMENT)  ## Check format, lint, types, import contracts, changing nothing
	@failed=""; \
	run() { echo "── $$*"; "$$@" || failed="$$failed $$1"; }; \
	export PATH="$$PWD/$(BIN):$$PATH"; \
	run ruff format --check --quiet .; \
	run ruff check .; \
	run mypy --num-workers=auto; \
	run lint-imports --no-cache; \
	test -z "$$failed" || { echo "make check: failed:$${failed}" >&2; exit 1; }

.PHONY: format
format: $(DEVELOPMENT)  ## Format the code and mend what ruff can mend
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

.PHONY: hooks
hooks: $(DEVELOPMENT)  ## Install the git hooks that run the fast checks before each commit
	@$(BIN)/pre-commit install

.PHONY: benchmarks
benchmarks: $(DEVELOPMENT)  ## Measure Proctor against its rivals (ten minutes and more; DATA=)
	@$(BIN)/python -m benchmarks.start_up
	@$(BIN)/python -m benchmarks.training $(if $(DATA),--raw "$(DATA)")
	@$(BIN)/python -m benchmarks.training $(if $(DATA),--raw "$(DATA)") --family random_forest
	@$(BIN)/python -m benchmarks.exploration $(if $(DATA),--raw "$(DATA)")
	@$(BIN)/python -m benchmarks.examination $(if $(DATA),--raw "$(DATA)")
	@$(BIN)/python -m benchmarks.false_alarms
	@$(BIN)/python -m benchmarks.families $(if $(DATA),--raw "$(DATA)")
	@$(BIN)/python -m benchmarks.serving $(if $(DATA),--raw "$(DATA)")

.PHONY: messages
messages: $(DEVELOPMENT)  ## Bring the Spanish catalogue up to date with the texts in code and templates
	@$(BIN)/pybabel --quiet extract --mapping babel.cfg --keywords lazy_gettext --no-location --sort-output \
		--omit-header --output $(VENV)/messages.pot webapp ml
	@$(BIN)/pybabel --quiet update --no-fuzzy-matching --ignore-obsolete --omit-header --width 120 --locale es \
		--input-file $(VENV)/messages.pot --output-dir webapp/translations

.PHONY: screenshots
screenshots: $(DEVELOPMENT)  ## Make README's pictures from a running Proctor (URL=)
	@$(BIN)/python docs/take_screenshots.py $(URL)

.PHONY: lock
# Extras stay in the lock: pip 23.2, which comes with Python 3.11, takes a newer release for `name[extra]` than for `name`.
lock: $(DEVELOPMENT)  ## Write requirements*.txt anew from requirements*.in, changing pins only where they must
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-strip-extras \
		--custom-compile-command "make lock" --output-file requirements.txt requirements.in
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-strip-extras \
		--custom-compile-command "make lock" --output-file requirements-dev.txt requirements-dev.in

.PHONY: clean
clean:  ## Remove caches; the environment, the store, data and models stay
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache htmlcov .coverage
	@find . -path ./$(VENV) -prune -o -name __pycache__ -type d -print0 | xargs -0 rm -rf
