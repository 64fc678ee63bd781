.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help dev demo test crash bench check generate css lint fresh format vet build

# Tracked or new, and still there.
GO_FILES = $(wildcard $(shell git ls-files -co --exclude-standard -- '*.go'))
# What is generated and committed, so that a clone builds and serves with nothing but Go.
GENERATED = find . -path ./web/node_modules -prune -o -type f \( -name '*_templ.go' -o -path './web/static/*' \) -print | \
	LC_ALL=C sort | while read -r f; do echo "$$(git hash-object "$$f") $$f"; done

help: ## Show these verbs
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

dev: ## Serve the demo and /dev/faces, and rebuild when a file changes
	go tool templ generate --watch --proxy=http://127.0.0.1:8080 --cmd="env JOURNEYLOOP_DEV=true go run ./cmd/journeyloop demo"

demo: ## Serve a believable company on an embedded database
	go run ./cmd/journeyloop demo

test: ## Run all tests on both engines and in a browser; ARGS="-race ./internal/store" narrows them
	go run ./internal/testkit/runtests $(if $(ARGS),-- $(ARGS))

crash: ## Kill servers 50 times on each engine, in the fold and the intake; ROUNDS=5 for fewer
	JOURNEYLOOP_TEST_CRASHES=$(or $(ROUNDS),50) go run ./internal/testkit/runtests -v -timeout 1h -- -run KilledAtAnyMoment -count 1 ./cmd/journeyloop

bench: ## Run all benchmarks; ARGS as for test
	go run ./internal/testkit/runtests -v -timeout 1h -- -run '^$$' -bench . -benchmem $(or $(ARGS),./...)

check: fresh format vet build test ## Run everything that CI runs

generate: ## Turn templates/**/*.templ into Go
	@go tool templ generate -log-level warn

css: web/node_modules/.package-lock.json ## Build web/static; needs npm
	@cd web && npm run --silent build

lint: ## Read the code with golangci-lint; builds it on first use
	go run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0 run

# The lock pins the binaries of every platform by version; those that the registry at hand did not carry have no hash yet.
web/node_modules/.package-lock.json: web/package.json web/package-lock.json
	@command -v npm >/dev/null || { echo 'css: npm is missing (apt-get install npm)' >&2; exit 1; }
	cd web && npm ci --no-audit --no-fund --loglevel error
	@touch $@

# Generated files must be what their sources say. Compared with themselves, so that work in progress can be checked.
fresh:
	@before=$$(mktemp) && after=$$(mktemp) && trap 'rm -f "$$before" "$$after"' EXIT && \
	$(GENERATED) >"$$before" && $(MAKE) --no-print-directory generate && \
	if command -v npm >/dev/null; then $(MAKE) --no-print-directory css; \
	elif [ -n "$$CI" ]; then echo 'fresh: npm is missing, and CI must check web/static' >&2; exit 1; \
	else echo 'fresh: web/static NOT checked, because npm is missing (apt-get install npm)'; fi && \
	$(GENERATED) >"$$after" && if ! diff "$$before" "$$after" >&2; then \
	echo 'fresh: the files above were out of date and have just been made again; commit them' >&2; exit 1; fi

format:
	@out=$$(gofmt -l $(filter-out %_templ.go,$(GO_FILES))); if [ -n "$$out" ]; then echo "gofmt these: $$out" >&2; exit 1; fi

vet:
	go vet ./...

build:
	go build ./...
