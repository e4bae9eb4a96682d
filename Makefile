# `make demo` and `make test` each set up everything that they need: Python 3.11 or later and make are enough.

PYTHON ?= python3
WORKERS ?= auto
DEMO ?=
TESTS ?=
BENCH ?=
MODELS ?=
FUZZ ?=

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet --quiet
CATALOGUES := $(wildcard src/fastchannel/locale/*/LC_MESSAGES/*.po)
# The lock files name no package index, so the machine's own settings for uv must not add one.
LOCK := env -u UV_INDEX -u UV_DEFAULT_INDEX -u UV_EXTRA_INDEX_URL -u UV_INDEX_URL -u UV_FIND_LINKS \
	$(BIN)/uv --no-config pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-strip-extras --no-header --no-annotate --no-emit-index-url --no-emit-find-links $(UPGRADE) pyproject.toml --extra build

.DEFAULT_GOAL := help
.PHONY: help demo test check format docs screenshots bench conformance fuzz lock upgrade coverage clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(VENV)/.package ## set up and run two nodes with synthetic travellers, until stopped (options: DEMO="...")
	@exec $(BIN)/fastchannel demo $(DEMO)

test: $(VENV)/.package $(VENV)/.dev ## set up and run the tests (a part: TESTS="tests/decide -k window"; cores: WORKERS=4)
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup $(TESTS)

check: $(VENV)/.package $(VENV)/.dev ## lint, format, types, import contract, message catalogues
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/catalogues.py check

format: $(VENV)/.dev ## put the code into the house's format
	$(BIN)/ruff check --fix-only --quiet
	$(BIN)/ruff format

docs: $(VENV)/.package ## write the reference pages anew from the tables that they are made from
	$(BIN)/python tools/reference_agreement.py
	$(BIN)/python tools/reference_decide.py
	$(BIN)/python -m tools.reference_cases
	$(BIN)/python tools/reference_pathogens.py
	$(BIN)/python tools/reference_certificates.py
	$(BIN)/python -m fastchannel.casework.reference > docs/reference/permissions.md
	$(BIN)/fastchannel reference > docs/reference/commands.md

screenshots: $(VENV)/.package $(VENV)/.dev ## take the pictures of every screen anew, into docs/images (needs Chromium)
	$(BIN)/python tools/screenshots.py

bench: $(VENV)/.package $(VENV)/.bench ## run every benchmark (shorter: BENCH=--quick)
	@$(BIN)/python -m bench.decide $(BENCH)
	@$(BIN)/python -m bench.forecast $(BENCH)
	@$(BIN)/python -m bench.certificates $(BENCH)
	@$(BIN)/python -m bench.exchange $(BENCH)
	@$(BIN)/python -m bench.exchange_applied $(BENCH)
	@$(BIN)/python -m bench.watch $(BENCH)
	@$(BIN)/python -m bench.supply $(BENCH)
	@$(BIN)/python -m bench.supply_places $(BENCH)
	@$(BIN)/python -m bench.console $(BENCH)

conformance: $(VENV)/.package $(VENV)/.dev ## hold forecast and certificates against published models and test data (needs ../shared; a part: MODELS="wells certificates")
	@$(if $(filter-out certificates,$(or $(MODELS),forecast)),$(BIN)/python -m tools.conformance $(filter-out certificates,$(MODELS)))
	@$(if $(or $(filter certificates,$(MODELS)),$(if $(MODELS),,all)),$(BIN)/python -m tools.conformance_certificates)

fuzz: $(VENV)/.package $(VENV)/.dev ## throw bytes at what reads certificates (longer: FUZZ="--seconds 600"; needs the package atheris)
	@$(BIN)/python -m tools.fuzz $(FUZZ)

coverage: $(VENV)/.package $(VENV)/.dev ## run the tests and show which branches they miss
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup --cov --cov-report=term-missing $(TESTS)

lock: $(VENV)/.dev ## write the lock files anew after a change of pyproject.toml
	$(LOCK) --output-file requirements.lock
	$(LOCK) --extra dev --constraint requirements.lock --output-file requirements-dev.lock
	$(LOCK) --extra bench --constraint requirements.lock --output-file requirements-bench.lock

upgrade: ## write the lock files anew with the newest releases
	$(MAKE) lock UPGRADE=--upgrade

clean: ## remove what the other commands made, the demonstration's data excepted
	rm -rf $(VENV) build dist htmlcov .coverage .coverage.* .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find src tests tools -name __pycache__ -type d -prune -exec rm -rf {} +
	find src -name '*.mo' -delete

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Fast Channel needs Python 3.11 or later; '$(PYTHON)' is $$($(PYTHON) --version 2>&1)." >&2; \
		echo "Name another one: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@echo "Setting up $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.runtime: requirements.lock | $(VENV)/.made
	@echo "Installing what Fast Channel runs on ..."
	@$(PIP) install --require-hashes --requirement requirements.lock
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.runtime
	@echo "Installing what the tests and checks need ..."
	@$(PIP) install --require-hashes --requirement requirements-dev.lock
	@touch $@

# The peers that run beside the benchmarks. A benchmark that lacks one says so and goes on.
$(VENV)/.bench: requirements-bench.lock $(VENV)/.runtime
	@echo "Installing what the benchmarks compare with ..."
	@if $(PIP) install --require-hashes --requirement requirements-bench.lock; then touch $@; fi

# Installed in place; what builds it is in the lock, so nothing is fetched. It compiles the message catalogues too.
$(VENV)/.package: pyproject.toml hatch_build.py tools/catalogues.py tools/fonts.py $(CATALOGUES) $(VENV)/.runtime
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@
