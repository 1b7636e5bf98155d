# Every way into the project. Each command sets up what it needs first, and takes a moment when that is done.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

python := .venv/bin/python
as := 陈秀兰

.PHONY: help run chat telegram-demo test check evaluate train bench lock clean setup model world

help: ## list these commands
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 24

run: world ## serve: console, chat page and, with a token, Telegram; Ctrl-C stops it
	@exec $(python) -m bot serve

chat: world ## talk to the assistant in this terminal; as="a sample person's name" chooses who you are
	@exec $(python) -m bot chat --as "$(as)"

telegram-demo: world ## watch the Telegram side work against the emulator, without a token
	@exec $(python) -m tests.support.telegram.demo

pytest = $(python) -m pytest -n 2 --dist loadfile

# The chat page's browser has ended a process that other tests ran in; 5 is pytest's way to say that args chose no test.
test: model ## run every test; args="-k name" narrows it down
	@export TESTS_WITHOUT="$$(scripts/browser)"; \
	$(pytest) --ignore tests/chat_page $(args) || [ $$? = 5 ]; \
	$(pytest) tests/chat_page $(args) || [ $$? = 5 ]

check: setup ## style, types and the arrows between packages, in a minute
	@$(python) -m ruff check .
	@$(python) -m ruff format --check .
	@$(python) -m mypy
	@.venv/bin/lint-imports

evaluate: model ## how well the language model understands, intent by intent, and what more data would bring (minutes)
	@$(python) -m tests.nlu.evaluate --learning-curve $(args)

train: setup ## train the language model, needed or not
	@$(python) -m bot train

bench: model ## measure speed and memory
	@$(python) -m bench

lock: ## work out requirements.lock anew from pyproject.toml, keeping versions that still fit
	@scripts/uv pip compile pyproject.toml --extra dev --output-file requirements.lock --quiet \
	    --python-version 3.10 --python-platform linux --generate-hashes --no-header \
	    --no-emit-index-url --no-emit-find-links $(args)
	@! grep -n '://' requirements.lock

clean: ## remove caches and what was built; keeps .venv, .env and home/, where models and data are
	@rm -rf build models .rasa .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find . -path ./.venv -prune -o -path ./.uv -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +

setup:
	@scripts/setup

model: setup
	@$(python) -m bot train --if-needed

world: model
	@$(python) -m bot seed --if-fresh
