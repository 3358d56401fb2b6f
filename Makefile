# `make run` and `make test` are all it takes; `make help` lists the rest.
PYTHON ?= python3
ARGS ?=
PORT ?=
VAR ?=
BIN := .venv/bin
BOOTSTRAP = @command -v $(PYTHON) >/dev/null || { echo "PostPeer Dash needs Python 3.11 or later, and there is no $(PYTHON) here." >&2; exit 1; }; $(PYTHON) tools/bootstrap.py
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help

# A value from the command line or the environment goes on to the settings; an empty one leaves .env its say.
ifneq ($(PORT),)
export PORT
else
unexport PORT
endif
ifneq ($(VAR),)
export VAR
else
unexport VAR
endif

.PHONY: help run test lint format types check measure bench prove prove-mutants screenshots icons pins clean docker packages tools-packages msgids

help: ## This list
	@echo "PostPeer Dash:"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1 | \2/p' $(firstword $(MAKEFILE_LIST)) | awk -F'|' '{ printf "%-20s%s\n", $$1, $$2 }'
	@echo "PORT=8123 and VAR=/some/folder choose where it runs and keeps its data; ARGS=… goes on to the tool."

run: ## Run the dashboard on this machine (the sandbox stands in for PostPeer without POSTPEER_API_KEY)
	$(BOOTSTRAP) runtime
	@exec $(BIN)/python manage.py up

# One file stays in one process, since its tests share an instance; more than four processes starve those in a browser.
test: ## Run every test; those in a browser where a Chromium is found
	$(BOOTSTRAP) tests
	@exec $(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder $(ARGS)

# ruff's S rules are bandit's own, and stand everywhere; bandit itself reads the package whole, and of the tools what is
# grave, since those run on a developer's machine alone.
lint: packages ## Look for mistakes and style: ruff, djlint, bandit
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/djlint --lint --quiet templates
	@$(BIN)/bandit --quiet --recursive --configfile pyproject.toml postpeer_dash
	@$(BIN)/bandit --quiet --recursive --severity-level high --configfile pyproject.toml tools

format: packages ## Format the Python code
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

types: packages ## Check the types: mypy --strict
	@$(BIN)/mypy

check: lint types ## Everything but the tests: linters, types, migrations, settings fit for production
	@sh tools/check_django.sh

bench: tools-packages ## Measure the pages beside a bare one, and write docs/performance.md
	@exec $(BIN)/python -m tools.bench $(ARGS)

prove: tools-packages ## Prove that nothing goes out twice and nothing is lost (ARGS=--full: and write docs/reliability.md)
	@if ls -d /usr/lib/postgresql/*/bin >/dev/null 2>&1; then $(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements/production.txt; fi
	@exec $(BIN)/python -m tools.prove $(ARGS)

prove-mutants: tools-packages ## Plant defects into running workers: the proof has to see each of them, under both engines
	@exec $(BIN)/python -m tools.prove.mutants $(ARGS)

screenshots: tools-packages ## Take the pictures in docs/pictures anew (ARGS=--all: every page, into test-results/)
	@exec $(BIN)/python -m tools.screenshots $(ARGS)

measure: packages ## Print how the code reads, in figures: tests to code, widths, comments, arrows
	@exec $(BIN)/python -m tools.measure

icons: packages ## Build static/icons.svg anew
	@exec $(BIN)/python tools/build_icons.py $(ARGS)

msgids: packages ## Renew the list of the translated texts; what is no longer said stays in it, retired
	@exec $(BIN)/python -m tools.msgids

pins: packages ## Resolve requirements/*.txt anew from pyproject.toml (ARGS=--upgrade for newer versions)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@UV=$(BIN)/uv sh tools/compile_pins.sh $(ARGS)

docker: ## Build the container image
	@docker build --tag postpeer-dash .

clean: ## Remove what can be made again; var/, your data, stays
	@rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis test-results
	@find . -name __pycache__ -type d -not -path './var/*' -prune -exec rm -rf {} +

packages:
	$(BOOTSTRAP) dev

tools-packages:
	$(BOOTSTRAP) tests
