# `make` alone explains the targets: the others build for minutes, and may install Debian packages.
.DEFAULT_GOAL := help

SWIFT_SOURCES := Package.swift Sources Tests Benchmarks
SHELL_SCRIPTS := .ci/require .ci/run .ci/test .ci/version .ci/dist/build .ci/dist/krew .ci/dist/check charts/manifests $(wildcard Tests/*/*.sh) Tests/Fuzz/run docs/flags docs/screenshots \
    Benchmarks/run.sh Benchmarks/soak.sh Benchmarks/function-order.sh
# One executable that needs no Swift on the machine where it runs, and does not name the folder where it was built: the
# assertions of C dependencies hold their file's name. What reviews run through lies side by side
# (Benchmarks/function-order.txt), for which each function needs a section of its own. Exclusive access is checked by the
# compiler, and at run time in every build for debugging, tests and sanitizers among them.
RELEASE_FLAGS := --configuration release --static-swift-stdlib -Xswiftc -use-ld=lld -Xlinker --no-export-dynamic \
    -Xcc -ffile-prefix-map=$(CURDIR)=. \
    -Xswiftc -Xfrontend -Xswiftc -function-sections -Xcc -ffunction-sections -Xlinker --no-warn-symbol-ordering \
    -Xlinker --symbol-ordering-file=$(CURDIR)/Benchmarks/function-order.txt \
    -Xswiftc -enforce-exclusivity=unchecked

# The Debian packages that the targets need.
BUILD_NEEDS := swift libssl-dev libsimdjson-dev libyaml-dev zlib1g-dev libzstd-dev pkg-config
LINT_NEEDS := swift shellcheck python3
SOUNDNESS_NEEDS := $(BUILD_NEEDS) bash busybox dash
TEST_NEEDS := $(SOUNDNESS_NEEDS) $(LINT_NEEDS) curl openssl sslscan uwsgi-core libxml2-utils python3-jsonschema prometheus docker-registry skopeo umoci zstd
DIST_NEEDS := $(BUILD_NEEDS) binutils buildah curl jq openssl python3
DEMO_NEEDS := $(BUILD_NEEDS) curl jq uwsgi-core uwsgi-plugin-python3
BENCH_NEEDS := $(BUILD_NEEDS) curl jq nginx-light openssl python3 wrk
SOAK_NEEDS := $(BUILD_NEEDS) curl jq python3 wrk
ORDER_NEEDS := $(BUILD_NEEDS) binutils curl python3 valgrind

# How long `make fuzz` takes for each target, in seconds, and which targets: all when there is none.
FUZZ_SECONDS := 60
FUZZ_TARGETS :=
# Of each target, in `make test`: about five seconds.
FUZZ_INPUTS := 4000

.PHONY: help
help: ## Say what the targets do
	@echo 'The targets (those marked * install the Debian packages that they miss, or say which):'
	@sed -nE 's/^([a-z-]+):[^#]*## (.*)/\1\t\2/p' Makefile \
	    | while IFS="$$(printf '\t')" read -r target text; do printf '  make %-14s %s\n' "$$target" "$$text"; done

.PHONY: demo
demo: ## * Show the webhook at work, and its cure on real uWSGI, in about a minute after the build
	@.ci/require $(DEMO_NEEDS)
	@Tests/Demo/demo.sh

.PHONY: test
test: ## * Run every check: lint, unit and integration tests, the chart, sanitizers; totals last
	@.ci/require $(TEST_NEEDS)
	@.ci/test

.PHONY: bench
bench: ## * Measure the webhook beside nginx, in about five minutes after the build
	@.ci/require $(BENCH_NEEDS)
	@$(MAKE) --no-print-directory release
	swift build $(RELEASE_FLAGS) --product microbenchmarks
	@Benchmarks/run.sh

.PHONY: soak
soak: ## * See whether memory, descriptors and threads stay flat under load, in ten minutes after the build
	@.ci/require $(SOAK_NEEDS)
	@$(MAKE) --no-print-directory release
	@Benchmarks/soak.sh

.PHONY: function-order
function-order: ## * Write which functions reviews run through, for the linker to put them side by side
	@.ci/require $(ORDER_NEEDS)
	@$(MAKE) --no-print-directory release
	@Benchmarks/function-order.sh

.PHONY: fuzz
fuzz: ## * Fuzz each target for FUZZ_SECONDS, 60 unless told (Tests/Fuzz/README.md)
	@.ci/require $(BUILD_NEEDS)
	@Tests/Fuzz/run --seconds $(FUZZ_SECONDS) $(FUZZ_TARGETS)

# Random scripts in real shells: which ones, and how many. The same seed gives the same scripts.
SOUNDNESS_SEED := $(shell date +%Y%m%d)
SOUNDNESS_SCRIPTS := 50000

.PHONY: soundness
soundness: ## * Run random scripts in real shells, and hold detection against them (Tests/Soundness/README.md)
	@.ci/require $(SOUNDNESS_NEEDS)
	swift build --configuration release --product soundness
	.build/release/soundness search --seed $(SOUNDNESS_SEED) --scripts $(SOUNDNESS_SCRIPTS)

.PHONY: sanitize
sanitize: ## * Run the Swift tests under the address, undefined-behaviour and thread sanitizers
	@.ci/require $(TEST_NEEDS)
	@$(MAKE) --no-print-directory test-address
	@$(MAKE) --no-print-directory test-thread

.PHONY: build
build: ## * Build everything, tests too, for debugging
	@.ci/require $(BUILD_NEEDS)
	swift build --build-tests

.PHONY: release
release: ## * Build the executable for use, and print where it is
	@.ci/require $(BUILD_NEEDS)
	swift build $(RELEASE_FLAGS) --product uwsgi-max-fd
	@echo .build/release/uwsgi-max-fd

.PHONY: certs
certs: ## * Make a development CA and serving certificate in certs/, or renew the certificate
	@.ci/require $(BUILD_NEEDS)
	swift build --product uwsgi-max-fd
	.build/debug/uwsgi-max-fd certs --directory certs \
	    $(if $(wildcard certs/tls.crt),--renew,localhost 127.0.0.1 ::1 uwsgi-max-fd.uwsgi-max-fd.svc)

.PHONY: image
image: ## * Build the container image, and try it
	@Tests/Image/build.sh

.PHONY: dist
dist: ## * Make all that a release holds, in .build/dist: program, image, chart, manifests, SBOM
	@.ci/require $(DIST_NEEDS)
	@.ci/dist/build

.PHONY: test-dist
test-dist: ## * Use what `make dist` wrote on a Debian without Swift; needs root
	@.ci/dist/check

.PHONY: test-cluster
test-cluster: ## * Try chart and webhook with a real API server, from KUBEBUILDER_ASSETS or KUBECONFIG
	@mkdir -p .build/test-results
	@Tests/Cluster/run.sh --junitxml "$(CURDIR)/.build/test-results/$@.xml"

.PHONY: manifests
manifests: ## * Render the chart to plain manifests, for those without Helm
	@.ci/require python3
	@mkdir -p .build
	charts/manifests --output .build/manifests.yaml
	@echo .build/manifests.yaml

.PHONY: docs
docs: ## * Write the pages that the executable knows best: docs/reference/flags.md
	@.ci/require $(BUILD_NEEDS)
	swift build --product uwsgi-max-fd
	docs/flags .build/debug/uwsgi-max-fd > docs/reference/flags.md

.PHONY: format
format: ## Format the Swift sources in place
	swift format format --in-place --recursive --parallel $(SWIFT_SOURCES)

.PHONY: lint
lint: ## * Check the Swift sources' format, style and conventions, and the shell scripts
	@.ci/require $(LINT_NEEDS)
	.ci/conventions
	swift format lint --strict --recursive --parallel $(SWIFT_SOURCES)
	shellcheck --external-sources $(SHELL_SCRIPTS)

.PHONY: clean
clean: ## Remove what was built
	rm -rf .build .build-*

# The parts of `make test`, by .ci/test. A part leaves its counts as .build/test-results/TARGET.xml (xUnit), if it has any.

# Tests that hang end the run, rather than the patience of whoever waits for it.
TEST_SECONDS := 1200

# The server's tests measure time, and those of its faults memory too, so they do not run beside those that keep every
# core busy, nor beside each other; the rollouts, which do both, run beside nothing.
APART := 'WebhookServerTests|IntegrationTests\.FaultTests|RolloutTests'
.PHONY: test-swift test-server test-faults test-rollout
test-swift: SELECTION := --skip $(APART)
test-server: SELECTION := --filter WebhookServerTests
test-faults: SELECTION := --filter 'IntegrationTests\.FaultTests'
test-rollout: SELECTION := --filter RolloutTests
test-swift test-server test-faults test-rollout:
	@mkdir -p .build/test-results
	swift build --build-tests
	timeout --kill-after 10 $(TEST_SECONDS) swift test --skip-build --disable-xctest $(SELECTION) \
	    --xunit-output .build/test-results/$@.xml

# Tests under sanitizers, each with a build of its own that is kept for the next time: those of the targets that hold
# pointers or threads. The others are Swift without either, and under a sanitizer they take longer than all the rest. A
# finding ends the process that it is in. One test runs after the other, as they wait for no longer than without
# sanitizers. The undefined-behaviour sanitizer is for C and C++, as Swift checks itself: it is built in with the address
# sanitizer, whose runtime has it too, but for `vptr`, which wants a C++ runtime of its own.
SANITIZED := Tests/Sanitizers
.PHONY: test-address test-thread
test-address: SANITIZE := --sanitize address --scratch-path .build-asan -Xcc -fsanitize=undefined \
    -Xcc -fno-sanitize=vptr -Xcc -fno-sanitize-recover=undefined
test-thread: SANITIZE := --sanitize thread --scratch-path .build-tsan
# Tests that count the stack give it room for what sanitizers keep on it.
test-address test-thread: export UNDER_SANITIZER := 1
test-address test-thread: export ASAN_OPTIONS := detect_leaks=1:suppressions=$(CURDIR)/$(SANITIZED)/address.supp
test-address test-thread: export LSAN_OPTIONS := print_suppressions=0:suppressions=$(CURDIR)/$(SANITIZED)/leak.supp
test-address test-thread: export UBSAN_OPTIONS := halt_on_error=1:print_stacktrace=1
test-address test-thread: export TSAN_OPTIONS := halt_on_error=1:suppressions=$(CURDIR)/$(SANITIZED)/thread.supp
test-address test-thread:
	@mkdir -p .build/test-results
	swift build --build-tests $(SANITIZE)
	timeout --kill-after 10 $(TEST_SECONDS) swift test --skip-build --disable-xctest $(SANITIZE) \
	    --no-parallel --filter 'JSONTests|YAMLTests|OpenSSLTLSTests|WebhookServerTests' \
	    --xunit-output .build/test-results/$@.xml

# That the fuzzers build, and find nothing in a moment.
.PHONY: test-fuzz
test-fuzz:
	Tests/Fuzz/run --inputs $(FUZZ_INPUTS)

.PHONY: test-chart
test-chart:
	@mkdir -p .build/test-results
	Tests/Chart/run.sh --junitxml "$(CURDIR)/.build/test-results/$@.xml"
