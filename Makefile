# Everything needs Python 3.11 or newer, git and make; Node comes with the development tools, from PyPI.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
# Hundreds of short processes would each compile all of scaffold again.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help install lint check test gates soak hosts drills trust names mutants attack agreement documents changes examples demo bench picture clean

help: ## this list
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

install: $(STAMP) ## .venv with scaffold and the tools to work on it

# Done again when a dependency changes, and not otherwise.
$(STAMP): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --disable-pip-version-check --progress-bar off -e '.[dev]'
	@touch $@

lint: $(STAMP)
	$(BIN)/ruff check
	$(BIN)/black --check --quiet . || { $(BIN)/black --check .; exit 1; }
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

# The quick part writes tens of thousands of small files; in memory, where there is room, they cost half.
MEMORY = $(shell df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 && $$4 > 4000000 {print "TMPDIR=/dev/shm"}')

# Every second one of those that write whole projects, the others tomorrow; all: pytest -n 2 -m 'not slow'.
check: lint ## the quick part of the tests: about a minute
	SCAFFOLD_TURNS=1 $(MEMORY) $(BIN)/pytest -q -n 2 -m 'not slow'

# Most of a slow test is one process that works while others wait, so there are two at a time: tests/support/shares.py.
# Some of it has one day in six: tests/support/days.py.
test: check ## the slow part, too, the generated service's own checks included: about a quarter of an hour
	SCAFFOLD_TURNS=1 $(BIN)/pytest -v -m slow -n 2 --dist loadfile --durations=40

# Any document has gates, too: make gates STYLE=../team/AGENTS.md SET='auth.provider=jwt stack.orm=prisma'
gates: $(STAMP) ## every check of one agent, and its row in docs/gates.md: make gates STYLE=clerk
	@test -n "$(STYLE)" || { echo "Say whose: make gates STYLE=clerk" >&2; exit 2; }
	SCAFFOLD_GATES='$(STYLE)' SCAFFOLD_SET='$(SET)' SCAFFOLD_WRITE_DOCS=1 $(BIN)/pytest -v -m slow tests/e2e/test_gates.py

# The page of gates is written anew: SCAFFOLD_WRITE_DOCS=1 make soak
soak: check ## everything of every day: all mixtures, all lengths of names, all pairs of conventions, 500 updates (an hour)
	SCAFFOLD_SOAK=1 SCAFFOLD_MIXTURES=all $(BIN)/pytest -v -m slow -n 2 --dist loadfile --durations=40

hosts: $(STAMP) ## small projects of other people's kinds, each through a life with scaffold: about an hour
	$(BIN)/python -m tests.hosts

# A part of it: make drills STYLE='supabase fastapi' ARGS='--jobs 200 --rounds 4'
drills: $(STAMP) ## a thousand jobs of each style, while what runs them is killed again and again: about half an hour
	$(BIN)/python -m tests.drills $(STYLE) $(ARGS)

names: $(STAMP) ## every reserved word as a resource and as a field, and nouns, tried in each style: an hour; NOUNS=99 has all nouns
	$(BIN)/python -m tests.names --nouns $(or $(NOUNS),2)

# A part of it, which the next one goes on from: make trust ARGS='--resume --minutes 5'
trust: $(STAMP) ## kills, full disks, read-only folders and 100,000 hostile inputs for the command line: about an hour
	$(BIN)/python -m tests.trust $(ARGS)

mutants: $(STAMP) ## plants known faults and runs the one test that must find each: some ten minutes
	$(BIN)/python -m tools.mutants

agreement: $(STAMP) ## the OpenAPI document of each style against its service, linters and clients: about half an hour
	$(BIN)/python -m tests.agreement --write

attack: $(STAMP) ## attacks a built service of each style, and plants faults that it has to find: half an hour, or STYLE=fastapi
	$(BIN)/python -m tests.attack --write $(STYLE)

documents: $(STAMP) ## what scaffold reads in a folder of agent documents, beside what people found: FOLDER=documents
	@test -n "$(FOLDER)" || { echo "Say where the documents are: make documents FOLDER=documents" >&2; exit 2; }
	$(BIN)/python -m tests.documents '$(FOLDER)'

changes: $(STAMP) ## tests/changes: files that follow from one value of an agent
	$(BIN)/python -m tests.changes

examples: $(STAMP) ## examples/: what each style emits for two resources
	$(BIN)/python -m tools.examples

demo: $(STAMP) ## an app of create-next-app, an endpoint in it, built, started and called
	$(BIN)/python -u scripts/demo.py

bench: $(STAMP) ## how fast the command line is, as ratios to an empty Python, to Copier and to git
	$(BIN)/python -m bench.bench
	$(BIN)/python -m bench.life
	$(BIN)/python -m bench.look
	$(BIN)/python -m bench.formats

picture: $(STAMP) ## the README's picture again, from a real run
	$(BIN)/python scripts/picture.py

clean: ## remove all that the other targets made
	rm -rf $(VENV) .node .trust.json demo build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
