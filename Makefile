# `make` lists the targets. Every target sets the project up first; see scripts/setup.sh.
export PATH := $(CURDIR)/.tools/node_modules/.bin:$(PATH)
MAKEFLAGS += --no-print-directory

.PHONY: help setup services cluster cluster-down demo test test-slow check bench bench-feature-pipeline format clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-22s %s\n", $$1, $$2 }'

setup: ## fetch Node and pnpm where the machine's own are too old, install the locked dependencies
	@scripts/setup.sh

services: ## install the servers that some tests start (Debian packages, which need root; a Kafka broker, a MongoDB server and Spark into .tools/)
	@scripts/services.sh; status=$$?; scripts/kafka.sh && scripts/maven-jars.sh mongo && scripts/spark.sh && exit $$status

cluster: ## start a Spark standalone cluster on this machine (a master, two workers, Spark Connect) and print its address
	@scripts/cluster.sh up

cluster-down: ## stop it again
	@scripts/cluster.sh down

demo: setup ## make a sample trace, run export-wavespec on it, say what it found
	@scripts/demo.sh

check: setup ## types, style, layers, unused code
	pnpm typecheck
	pnpm lint
	pnpm layers
	pnpm unused

test: check ## every check and every test but the slow ones
	pnpm test

test-slow: setup ## the slow suites: crash, soak
	pnpm test:slow

bench: setup ## every benchmark, side by side with what it is compared to
	pnpm bench

bench-feature-pipeline: setup ## a plan on the engine against DuckDB alone, estimates, tuned policies
	node benchmarks/feature-pipeline/run.ts --tune-policy

format: setup ## rewrite the sources in the project's style
	pnpm format

clean: ## remove what the targets made, the tools too
	rm -rf out .tools node_modules packages/*/node_modules pipelines/*/node_modules benchmarks/node_modules experiments/node_modules tests/node_modules
