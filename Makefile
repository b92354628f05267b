# Two commands: `make run` and `make test`. They need Python 3.11 or newer and make, and write only inside this folder.
# Only relative paths: the folder may have a space in its name.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help run test conformance crash bench lock clean

PORT ?= 8000
WORKERS ?= 2
PYTHON ?= python3
VENV := .venv/bin/python

# pip keeps what it fetched here, and says nothing of its own new releases.
export PIP_CACHE_DIR := $(CURDIR)/.cache/pip
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export UV_CACHE_DIR := $(CURDIR)/.cache/uv
export npm_config_cache := $(CURDIR)/.cache/npm
export npm_config_update_notifier := false

# uv where there is one, pip otherwise: the same locks, the same hashes.
install = if command -v uv >/dev/null; then uv pip install --quiet --python $(or $(2),$(VENV)) $(1); \
	else $(or $(2),$(VENV)) -m pip install --quiet $(1); fi

help: ## show this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile | expand -t 22

run: .venv/.run ## start Imbizo with its two demo cities (PORT=8000)
	@exec $(VENV) -m backend run --demo --demo-year --port "$(PORT)"

test: .venv/.dev ## lint, types, import contracts, every test, coverage (WORKERS=2)
	$(VENV) -m ruff check .
	$(VENV) -m ruff format --check .
	$(VENV) -m mypy
	.venv/bin/lint-imports --no-logo
	$(VENV) -m pytest -n $(WORKERS) --dist worksteal --cov --cov-report=
	@for package in backend bot channels dialogue; do \
		printf '%s\t' "$$package"; $(VENV) -m coverage report --include "$$package/*" --format=total; \
	done | sed 's/^/coverage with branches, %: /'
	@$(VENV) -m coverage report --include 'dialogue/*' --skip-covered --show-missing --fail-under 100

conformance: .venv/.dev .peers/.done ## tests against servers we did not write (needs Node)
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory .node/.done; \
	else echo 'conformance: no Node here, so the tests that need it are skipped'; fi
	@$(VENV) -m pytest -m conformance tests/conformance || test $$? -eq 5 # 5: no test collected
	@$(MAKE) --no-print-directory crash

crash: .venv/.dev ## 2,000 messages while programs are killed 50 times, on both databases
	@$(VENV) -m pytest -m crash -n 2 -rP tests/crash

bench: .venv/.dev ## the benchmarks
	@$(VENV) -m benchmarks

# The locks name no host and fit every platform; extras stay, or pip, finding a newer release, refuses the lock. UPGRADE=--upgrade takes the newest releases.
COMPILE = .cache/lock/bin/uv pip compile --quiet --universal --python-version 3.11 \
	--generate-hashes --no-header --no-annotate --no-strip-extras $(UPGRADE)
WITHOUT_FUNDING = fs = require("fs"); file = "package-lock.json"; \
	lock = JSON.parse(fs.readFileSync(file), (key, value) => key == "funding" ? undefined : value); \
	fs.writeFileSync(file, JSON.stringify(lock, null, 2) + "\n")
lock: .cache/lock/.done ## write the locks anew
	$(COMPILE) pyproject.toml --output-file requirements.lock
	$(COMPILE) pyproject.toml --group dev --extra s3 --extra statistics --extra charts --constraints requirements.lock \
		--output-file requirements-dev.lock
	printf 'setuptools\nwheel\n' | $(COMPILE) - --output-file requirements-build.lock
	$(COMPILE) tests/conformance/peers.in --output-file tests/conformance/peers.lock
	@if command -v npm >/dev/null; then cd tests/conformance && \
		npm install --package-lock-only --omit-lockfile-registry-resolved --no-audit --no-fund && \
		node -e '$(WITHOUT_FUNDING)'; fi

clean: ## remove the environment and every cache; data stays
	rm -rf .venv .node .peers .cache .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache \
		.coverage .coverage.* build dist *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/.made: requirements-build.lock
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Imbizo needs Python 3.11 or newer: make PYTHON=/path/to/python3"; exit 1; }
	@echo 'Making the environment in .venv'
	@"$(PYTHON)" -m venv .venv || \
		{ echo "Python could not make an environment; on Debian: apt-get install python3-venv"; exit 1; }
	@$(call install,--require-hashes -r requirements-build.lock)
	@touch $@

# Built with the pinned setuptools above (langdetect has no wheel), so nothing unpinned is fetched.
.venv/.run: .venv/.made requirements.lock pyproject.toml
	@echo 'Installing the dependencies'
	@$(call install,--no-build-isolation --require-hashes -r requirements.lock)
	@$(call install,--no-build-isolation --no-deps --editable .)
	@touch $@

.venv/.dev: .venv/.run requirements-dev.lock
	@echo 'Installing what the tests need'
	@$(call install,--no-build-isolation --require-hashes -r requirements-dev.lock)
	@touch $@

.node/.done: tests/conformance/package.json tests/conformance/package-lock.json
	@echo 'Installing the Node packages in .node'
	@mkdir -p .node && cp tests/conformance/package.json tests/conformance/package-lock.json .node/
	@npm ci --prefix .node --no-audit --no-fund --loglevel error
	@touch $@

.peers/.done: tests/conformance/peers.lock
	@echo 'Installing servers to test against in .peers'
	@"$(PYTHON)" -m venv .peers
	@$(call install,--require-hashes -r tests/conformance/peers.lock,.peers/bin/python)
	@touch $@

.cache/lock/.done:
	@"$(PYTHON)" -m venv .cache/lock && .cache/lock/bin/python -m pip install --quiet uv && touch $@
