# `make` alone explains the targets: the others build for minutes, and may install Debian packages.
.DEFAULT_GOAL := help

SWIFT_SOURCES := Package.swift Sources Tests $(wildcard Benchmarks)
# One executable that needs no Swift on the machine where it runs.
RELEASE_FLAGS := --configuration release --product uwsgi-max-fd --static-swift-stdlib

# The Debian packages that the targets need.
BUILD_NEEDS := swift libssl-dev libsimdjson-dev libyaml-dev pkg-config
TEST_NEEDS := $(BUILD_NEEDS) curl openssl python3
DEMO_NEEDS := $(BUILD_NEEDS) curl jq uwsgi-core uwsgi-plugin-python3
BENCH_NEEDS := $(BUILD_NEEDS) curl jq nginx-light openssl python3 wrk

.PHONY: help
help: ## Say what the targets do
	@echo 'The targets (those marked * install the Debian packages that they miss, or say which):'
	@sed -nE 's/^([a-z-]+):[^#]*## (.*)/\1\t\2/p' Makefile \
	    | while IFS="$$(printf '\t')" read -r target text; do printf '  make %-11s %s\n' "$$target" "$$text"; done

.PHONY: demo
demo: ## * Show the webhook at work, and its cure on real uWSGI, in about a minute after the build
	@.ci/require $(DEMO_NEEDS)
	@Tests/Demo/demo.sh

.PHONY: test
test: ## * Run every check: lint, unit and integration tests, the chart; totals last
	@.ci/require $(TEST_NEEDS)
	@.ci/test

.PHONY: bench
bench: ## * Measure the webhook beside nginx, in about five minutes after the build
	@.ci/require $(BENCH_NEEDS)
	@$(MAKE) --no-print-directory release
	@Benchmarks/run.sh

.PHONY: build
build: ## * Build everything, tests too, for debugging
	@.ci/require $(BUILD_NEEDS)
	swift build --build-tests

.PHONY: release
release: ## * Build the executable for use, and print where it is
	@.ci/require $(BUILD_NEEDS)
	swift build $(RELEASE_FLAGS)
	@echo .build/release/uwsgi-max-fd

.PHONY: format
format: ## Format the Swift sources in place
	swift format format --in-place --recursive --parallel $(SWIFT_SOURCES)

.PHONY: lint
lint: ## Check the Swift sources' format and style
	swift format lint --strict --recursive --parallel $(SWIFT_SOURCES)

.PHONY: clean
clean: ## Remove what was built
	rm -rf .build

# The parts of `make test`, by .ci/test. A part leaves its counts as .build/test-results/TARGET.xml (xUnit), if it has any.

.PHONY: test-swift
test-swift:
	@mkdir -p .build/test-results
	swift build --build-tests
	swift test --skip-build --disable-xctest --xunit-output .build/test-results/$@.xml

# Tests/Chart/run checks the Helm chart; it is given the name of the xUnit file to write.
.PHONY: test-chart
test-chart: $(wildcard Tests/Chart/run)
	@mkdir -p .build/test-results
	$(if $<,$< .build/test-results/$@.xml,@echo 'There are no chart tests here.')
