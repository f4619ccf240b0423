# `make help` lists the targets. Everything is installed into .venv/, but for the Debian packages of `make browser`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
PINNED := --constraint constraints.txt
WORK ?= build/bench

.DEFAULT_GOAL := help
.PHONY: help run install test check browser evaluate results race bench kills clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: install ## Set everything up and open the chat on the pages in seeds/
	@$(BIN)/rag serve --open

install: $(VENV)/installed ## Create .venv/ and install Wenbao with its pinned dependencies

$(VENV)/installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Wenbao needs Python 3.11 or newer; name one with: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@echo "Installing into $(VENV)/ (a few minutes the first time) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) install --upgrade pip
	@$(PIP) install $(PINNED) --editable .
	@touch $@

$(VENV)/tested: $(VENV)/installed
	@echo "Installing what the tests need ..."
	@$(PIP) install $(PINNED) --editable '.[dev]'
	@if command -v npm > /dev/null; then npm install --prefix $(VENV) --no-audit --no-fund --silent @gradio/client@2.7.0; \
	  else echo "npm is not here: the test of the JavaScript client will be left out"; fi
	@touch $@

test: $(VENV)/tested browser check ## Set everything up and run all checks and tests
	@$(BIN)/python -m pytest

check: $(VENV)/tested ## Lint, formatting, types and layers
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache --show-timings > /dev/null || $(BIN)/lint-imports --no-cache

browser: ## Chromium and a Chinese font, for the browser tests (Debian packages)
	@command -v chromium > /dev/null && fc-list 2> /dev/null | grep -q -i cjk || $(MAKE) --no-print-directory debian

.PHONY: debian
debian:
	@echo "Installing the Debian packages chromium, fontconfig and fonts-noto-cjk ..."
	@SUDO=$$([ "$$(id -u)" = 0 ] || echo sudo); export DEBIAN_FRONTEND=noninteractive; \
	  $$SUDO apt-get update -qq && $$SUDO apt-get install -y -qq --no-install-recommends \
	  chromium fontconfig fonts-noto-cjk > /dev/null

evaluate: install ## Score the bot on the gold set; the report goes to build/
	@$(BIN)/rag index seeds
	@mkdir -p build
	@$(BIN)/rag evaluate tests/gold/questions.jsonl --json build/gold.json --html build/gold.html
	@echo "Every question: build/gold.html, for scripts build/gold.json"

results: data $(VENV)/tested ## Measure every set again (DATA=folder of the SQuAD files; ONLY=drcd that one; RESUME=1) and fill the tables
	@$(BIN)/python tests/benchmarks/results.py --data "$(DATA)" $(ONLY:%=--only %) $(if $(REPORTS),--reports "$(REPORTS)") $(if $(RESUME),--resume)

race: data $(VENV)/tested ## Run the race against other systems (DATA=folder of the SQuAD files; QUESTIONS=300 of each set)
	@$(BIN)/python tests/benchmarks/race.py --data "$(DATA)" $(QUESTIONS:%=--questions %)

bench: data $(VENV)/tested ## Measure the index by its size (DATA=folder of the SQuAD files; WORK=folder for indexes)
	@$(BIN)/python tests/benchmarks/index_scale.py --data "$(DATA)"/*.json --cache "$(WORK)/vectors" --work "$(WORK)"

kills: $(VENV)/tested ## End writing with kill -9 at random moments, and look at what opens afterwards
	@$(BIN)/python tests/benchmarks/index_kills.py --out docs/results/kills.json

.PHONY: data
data:
	@[ -d "$(DATA)" ] || \
	  { echo "DATA has to be the folder of the SQuAD files; name it with: make $(MAKECMDGOALS) DATA=FOLDER"; exit 1; }

clean: ## Remove the environment, caches and the built index
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist
	find index -mindepth 1 -not -name README.md -not -name .gitignore -delete
