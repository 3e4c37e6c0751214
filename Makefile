# Every target is explained by `make help`.
SHELL := /bin/bash
.DEFAULT_GOAL := help

SWIFT ?= swift
# The demo's length; `make demo FOR=10s`.
FOR ?= 30s
# Decides faults and moments of `make crash-test`.
SEED ?= 1
# Scenarios of `make outage-test`; none are all.
OUTAGES ?=
# Ends tests that hang, and names them.
LIMITED := python3 Tests/Tools/limited.py
# So many test cases at a time: all at once make a small machine so slow that programs which tests start miss their times.
TOGETHER := --experimental-maximum-parallelization-width 8
# How long `make fuzz` looks, over all targets.
FUZZ_SECONDS ?= 60

BUILD_PACKAGES := libcurl4-openssl-dev libprotobuf-c-dev libdeflate-dev libsimdjson-dev libyaml-dev libsqlite3-dev \
	libmicrohttpd-dev libssl-dev pkg-config
TEST_PACKAGES := protobuf-c-compiler protobuf-compiler libprotobuf-dev openssl python3 python3-venv
# Without an engine: docker-compose reads compose files, debootstrap makes the image's file system.
CONTAINER_PACKAGES := docker-compose debootstrap iproute2 python3-yaml util-linux

.PHONY: help deps deps-test build release order demo test crash-test outage-test call-counts bench proto proto-check lint \
	format imports size asan tsan fuzz compose-check container-check clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-15s %s\n", $$1, $$2 }'

deps: ## install the Debian packages that the build needs (a quick no-op when nothing is missing)
	@Tests/Tools/install-packages.sh $(BUILD_PACKAGES)

deps-test: deps ## install what the tests need besides: packages, Python environment, test servers
	@Tests/Tools/install-packages.sh $(TEST_PACKAGES)
	@Tests/Tools/make-venv.sh
	@Tests/Tools/unpack-nginx.sh >/dev/null
	@Tests/Tools/unpack-victoria-metrics.sh >/dev/null

build: deps ## debug build
	$(SWIFT) build

release: deps ## release build, Swift runtime linked in, stripped: .build/release/azimuth
	$(SWIFT) build -c release --static-swift-stdlib --product azimuth -Xlinker -s

order: deps ## write Linking/order.txt anew: which functions a small agent calls, so that the linker puts them together
	@Tests/Tools/install-packages.sh valgrind
	$(SWIFT) build -c release --static-swift-stdlib --product azimuth -Xlinker -S
	python3 Linking/order.py .build/release/azimuth Linking/order.txt

demo: deps ## see it work: simulator, agent and receiver in one process, no files, no account
	$(SWIFT) build --product azimuth
	.build/debug/azimuth demo --for $(FOR)

test: deps-test ## all tests
	$(SWIFT) build --build-tests
	SWIFT_BACKTRACE=enable=no $(LIMITED) 15 $(SWIFT) test --skip-build $(TOGETHER)

crash-test: deps-test release ## kill the agent 200 times at random moments, twice, and compare with the truth: 25 minutes
	$(SWIFT) build -c release --product azimuth-crash-test
	.build/release/azimuth-crash-test --seed $(SEED)
	.build/release/azimuth-crash-test --seed $(SEED) --refusals

outage-test: deps ## hours without collector, Azure, agent or disk, on a clock that steps; OUTAGES=full-disk for one of them
	$(SWIFT) build -c release --product azimuth-outage-test
	.build/release/azimuth-outage-test $(OUTAGES)

call-counts: deps-test release ## what azimuth plan says against what the simulator counts, to 20,000 resources x 20 metrics
	$(SWIFT) build -c release --product azimuth-call-counts
	.build/release/azimuth-call-counts
	.build/release/azimuth-call-counts --strict small medium

bench: deps-test release ## size, start-up, memory and throughput
	@Tests/Tools/install-packages.sh zlib1g-dev
	$(SWIFT) build -c release --product azimuth-bench --static-swift-stdlib
	Benchmarks/run.sh

proto: ## write Sources/COTLP anew from Proto/
	Proto/generate.sh

proto-check: deps-test ## fail when Sources/COTLP is not what Proto/ says
	Proto/generate.sh
	git diff --exit-code -- Sources/COTLP

lint: imports ## formatting and forbidden imports
	$(SWIFT) format lint --strict -r Sources Tests Benchmarks Proof Fuzz Package.swift

imports: ## fail when Sources/ imports Foundation (44 MB of ICU in the binary)
	@! grep -rnE '^ *(@[a-zA-Z_]+ +)*((public|package|internal|private) +)?import +(struct |class |func |enum )?Foundation($$|\.| )' Sources \
		|| { echo 'Sources/ must not import Foundation'; exit 1; }

format: ## format the sources in place
	$(SWIFT) format -i -r Sources Tests Benchmarks Proof Fuzz Package.swift

size: release ## fail when the stripped release binary is above the budget of 20 MB
	@size=$$(stat -c %s .build/release/azimuth); echo "azimuth: $$size bytes, stripped"; \
		[ $$size -le 20000000 ] || { echo 'above the budget of 20,000,000 bytes'; exit 1; }

# The suites that only run the built program see nothing more under a sanitizer, and wait for it.
SANITIZED := --skip EndToEndTests --skip DeploymentTests

asan: deps-test ## the tests inside one process, under the address sanitizer
	$(SWIFT) build --build-tests --sanitize=address --scratch-path .build-asan
	SWIFT_BACKTRACE=enable=no ASAN_OPTIONS=detect_leaks=0 \
		$(LIMITED) 15 $(SWIFT) test --skip-build $(TOGETHER) --sanitize=address --scratch-path .build-asan $(SANITIZED)

# PoisonTests reckon in one task at a time: there is nothing to race, and it takes a minute more.
tsan: deps-test ## the same under the thread sanitizer
	$(SWIFT) build --build-tests --sanitize=thread --scratch-path .build-tsan
	SWIFT_BACKTRACE=enable=no TSAN_OPTIONS=exitcode=66 \
		$(LIMITED) 20 $(SWIFT) test --skip-build $(TOGETHER) --sanitize=thread --scratch-path .build-tsan $(SANITIZED) --skip PoisonTests

fuzz: deps ## libFuzzer on everything that reads foreign bytes, for a minute; FUZZ_SECONDS=600 for longer
	AZIMUTH_FUZZ=1 $(SWIFT) build -c release --product azimuth-fuzz --scratch-path .build-fuzz \
		--sanitize=address --sanitize=fuzzer -Xswiftc -enable-testing
	Fuzz/run.sh $(FUZZ_SECONDS)

compose-check: ## fail when docker-compose does not take the compose files (no engine needed)
	@Tests/Tools/install-packages.sh $(CONTAINER_PACKAGES)
	docker-compose -f compose/compose.yaml config -q
	docker-compose -f compose/compose.azure.yaml --env-file compose/.env.example config -q

container-check: deps-test compose-check release ## run the image's final stage, by chroot, with the compose file's commands (root)
	python3 compose/container_check.py .build/release/azimuth

clean: ## remove what was built
	rm -rf .build .build-asan .build-tsan .build-fuzz
