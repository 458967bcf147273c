# make run | test | lab | docs | notebooks | bench | constraints

PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && echo $$python && break; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

# Trainings of minutes to an hour, run by hand: each one's first lines say how.
TRAININGS := $(addprefix benchmarks/, detector.py generation.py pneumonia.py unet.py)

# What is checked: not the studies that somebody keeps beside it.
OURS := benchmarks docs notebooks tests workbench

.PHONY: run test lab docs notebooks bench constraints clean

run: .venv/installed ## execute every chapter headless, write the report
	$(BIN)/workbench run

test: .venv/installed-test ## lint, types, unit tests, doctests, notebooks
	$(BIN)/ruff check $(OURS)
	$(BIN)/ruff format --check $(OURS)
	$(BIN)/mypy
	$(BIN)/pytest --numprocesses logical --dist loadfile

lab: .venv/installed ## JupyterLab on the chapters
	$(BIN)/workbench lab

docs: .venv/installed-docs ## the documentation site, from the stored notebooks and the docstrings
	$(BIN)/python -m sphinx --quiet --fail-on-warning --jobs auto -c docs -d build/doctrees . build/site
	@echo build/site/index.html

notebooks: .venv/installed-test ## re-execute the stored chapters and clean them
	$(BIN)/workbench store
	$(BIN)/ruff check notebooks

bench: .venv/installed-bench ## every speed claim, beside its peers
	for benchmark in $(filter-out benchmarks/timing.py $(TRAININGS),$(wildcard benchmarks/*.py)); do $(BIN)/python $$benchmark || exit 1; done

constraints: .venv/installed-test ## choose new versions of all dependencies
	$(PIP) uv
	$(BIN)/uv pip compile --quiet --universal --upgrade --fork-strategy fewest --all-extras --no-emit-index-url --no-header \
		--no-annotate --python-version 3.11 --output-file constraints.txt pyproject.toml

clean: ## remove what make made
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 is needed; name one with make PYTHON=..."; exit 1; }
	$(PYTHON) -m venv .venv

.venv/installed: pyproject.toml constraints.txt | .venv/bin/python
	$(PIP) --editable .
	touch $@

.venv/installed-test: .venv/installed
	$(PIP) --editable '.[test]'
	touch $@

.venv/installed-docs: .venv/installed
	$(PIP) --editable '.[docs]'
	touch $@

.venv/installed-bench: .venv/installed benchmarks/requirements.txt
	$(PIP) --requirement benchmarks/requirements.txt
	touch $@
