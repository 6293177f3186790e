# What one does here, one word each. `make help` lists them; docs/develop.md
# explains them. The scripts do the work and can be run on their own.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules

# The program needs no C compiler; only the race detector does (scripts/test.sh).
export CGO_ENABLED ?= 0

NPM_STAMP := node_modules/.stamp
ASSETS := web/dist/manifest.json
ASSET_SOURCES := $(shell find web tools/assets internal -type f \
	\( -name '*.ts' -o -name '*.css' -o -name '*.svg' -o -name '*.woff2' -o -path 'tools/assets/*.go' \) \
	-not -path 'web/dist/*' -not -name '*.test.ts' 2>/dev/null)

.PHONY: help
help: ## list what can be done
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: build ## fetch, build and start Ruche with the demo on http://127.0.0.1:8080
	@exec bin/ruche serve --demo

.PHONY: build
build: $(ASSETS) ## make bin/ruche, whole: pages, scripts and styles embedded
	go build -trimpath -o bin/ruche ./cmd/ruche

.PHONY: dev
dev: $(ASSETS) ## start with the demo, and again at each change of a file
	@exec scripts/dev.sh

.PHONY: check
check: $(ASSETS) ## format, generated files fresh, lint, fast tests on SQLite
	@scripts/check.sh

.PHONY: test
test: ## everything that must pass, on both databases and in a browser
	@scripts/test.sh

.PHONY: e2e
e2e: build ## the journeys in a browser only (ARGS="--project=… -g …" chooses)
	@scripts/e2e.sh $(ARGS)

.PHONY: screens
screens: build ## a picture of every page, wide and narrow, light and dark, in e2e/results/screens
	@scripts/screens.sh

.PHONY: soak
soak: build ## long runs: kills, big uploads, full matrices (RUCHE_SOAK=10 for ten times longer)
	@scripts/soak.sh

.PHONY: freeze
freeze: ## keep a database of this program as NAME: its migrations are frozen, later ones are tried on it
	RUCHE_FREEZE=$${NAME:?say NAME=…} go test -count=1 -run '^TestWhatLandedUpgrades$$' ./internal/app

.PHONY: bench
bench: ## benchmarks (PKG=./internal/… and BENCH=regexp choose, COUNT=10 repeats)
	@scripts/bench.sh

.PHONY: release
release: $(ASSETS) ## archives for every system, their digests and what they are made of, in dist (VERSION=1.2.0)
	go run ./tools/release -version "$${VERSION:?say VERSION=1.2.0}" -out dist

.PHONY: generate
generate: ## write the generated files again: pages, docs/settings.md
	@scripts/generate.sh

.PHONY: fmt
fmt: $(NPM_STAMP) ## format Go, templ, TypeScript and CSS
	@scripts/format.sh

.PHONY: lint
lint: ## golangci-lint alone
	@scripts/lint.sh

.PHONY: vuln
vuln: ## known vulnerabilities in what we depend on, where the database can be had
	@scripts/vuln.sh

.PHONY: clean
clean: ## remove what was built (data/ is kept)
	rm -rf bin dist node_modules e2e/results
	find web/dist -mindepth 1 -not -name .keep -delete

$(NPM_STAMP): package.json package-lock.json
	npm ci --no-audit --no-fund
	@touch $@

$(ASSETS): $(NPM_STAMP) $(ASSET_SOURCES)
	go run ./tools/assets
	@touch $@
