# Two commands do everything on a fresh machine: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
# Tests at a time, on 2 cores: a test waits for half of its time.
JOBS ?= 3

.PHONY: demo slurm-demo test lint docs bench test-slurm-24 fuzz chaos wheel deb rpm wheelhouse clean

demo: $(VENV)/.demo
	$(BIN)/direct-access run --simulator --show -o results/%x examples/bell.yaml

# A private Slurm cluster, as root; nothing of it stays but Debian's packages of Slurm and a C compiler.
slurm-demo: $(VENV)/.demo tests/setup.sh
	sh tests/setup.sh slurm
	$(BIN)/python -m tests.slurm.demo

test: $(VENV)/.test lint
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal $(PYTEST_ARGS)

# tests/slurm and tests/plugin on Debian 13 with Slurm 24.11, as root; the first time makes that Debian.
test-slurm-24:
	sh tests/slurm24/run.sh -q -n $(JOBS) $(PYTEST_ARGS)

lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

docs: $(VENV)/.test
	$(BIN)/python docs/generate.py

bench: $(VENV)/.test
	$(BIN)/python -m bench

fuzz: $(VENV)/.test
	$(BIN)/python -m tests.plugin.fuzzing

# Kills, lost replies and errors: SEEDS=300 mixes of them, or SEED=17 again.
chaos: $(VENV)/.test
	DIRECT_ACCESS_TEST_SEEDS=$(SEEDS) DIRECT_ACCESS_TEST_SEED=$(SEED) \
	  $(BIN)/python -m pytest -n $(JOBS) $(if $(SEED),tests/chaos/test_random_mix.py,tests/chaos) $(PYTEST_ARGS)

# Packages, into dist/: see docs/packages.md.
wheel deb rpm wheelhouse: $(VENV)/.packages
	$(BIN)/python -m packages $@

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist *.egg-info

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.demo: $(BIN)/python setup.cfg pyproject.toml
	$(PIP) --editable '.[simulator]'
	touch $@

$(VENV)/.packages: $(BIN)/python setup.cfg packages/requirements.txt packages/pip.txt
	$(PIP) --editable '.[packages]'
	sh packages/fetch.sh $(BIN)/python .cache/wheels
	touch $@

$(VENV)/.test: $(VENV)/.demo $(VENV)/.packages tests/setup.sh
	$(PIP) --editable '.[simulator,test]'
	sh tests/setup.sh
	touch $@
