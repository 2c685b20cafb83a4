# The commands a person types; each is a script in scripts/, which says in its head what it does.

.DEFAULT_GOAL := help
# The scripts count their seconds from here.
export QUORUM_STARTED := $(shell date +%s)
.PHONY: help run build test setup clean

help: ## list the commands
	@sed -n 's/^\([a-z]*\):[^#]*## /  make \1 — /p' Makefile

run: build ## install what is missing, build the page and serve it (PORT=… chooses the port)
	@node scripts/serve.mjs

build: setup ## install what is missing and build the page into dist/
	@scripts/build

setup: ## install what building the page needs
	@scripts/setup

test: ## check, build and test everything
	@scripts/test

clean: ## remove what was built, but keep the tools in .tools/
	@rm -rf dist target
