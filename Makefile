# Everything that is done with this repository.  Each target sets up what it needs.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
NOTES ?= examples/notes

.PHONY: run test pythons soak check bench bench-quick editors llama format clean

# Index a folder and answer a search: make run NOTES=~/notes QUERY="what did we decide about the roof"
run: $(VENV)/.run
	@$(BIN)/python scripts/run_example.py "$(NOTES)" $(if $(QUERY),"$(QUERY)")

# The tests wait more than they compute: more of them at once than there are cores. Real editors run one by one.
test: $(VENV)/.dev
	$(BIN)/python -m pytest -n 3 --ignore tests/editors
	$(BIN)/python -m pytest tests/editors

# Most of the same on Python 3.10 and 3.13, where they are installed.
pythons:
	bash scripts/test_pythons.sh

# Every fault at full count: a hundred kills, two hundred power cuts, 100,000 files, ten thousand damaged documents of
# each format.  Takes the better part of an hour.
soak: $(VENV)/.dev
	STARLIGHT_SOAK=1 nice $(BIN)/python -m pytest -n 2 --dist loadfile --timeout 1500 -rA --durations 0 tests/faults tests/readers

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Every figure of docs/benchmarks.md, recorded there: an hour or so.  BENCH="scale peer" measures only these.
bench: $(VENV)/.dev
	$(BIN)/python -m tests.bench $(BENCH) --record

# Every figure on small folders, beside the one recorded last: some minutes.
bench-quick: $(VENV)/.dev
	$(BIN)/python -m tests.bench $(BENCH) --quick

editors: $(VENV)/.dev
	bash scripts/install_vscode.sh
	bash scripts/install_neovim.sh
	bash scripts/build_vscode.sh
	STARLIGHT_REQUIRE=editors $(BIN)/python -m pytest tests/editors

# llama.cpp for the tests of chat models, which are skipped without it; compiled once, and kept.
llama: $(VENV)/.dev
	bash scripts/build_llama.sh $(BIN)/python

clean:
	rm -rf $(VENV) .venv-* build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(VENV)/.run: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.run pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --group test --group check
	@touch $@
