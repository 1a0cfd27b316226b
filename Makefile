# The doors of the house. `make` alone lists them; the work is in scripts/ and deploy/dev/.
.DEFAULT_GOAL := help
.PHONY: help run demo test bench chaos fuzz check chart cluster-test images-test restore-test fmt build openapi dashboard docs images release reproduce services-up services-down clean

help: ## list what make can do
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## install what is missing, build, and run everything on this machine (Ctrl-C stops it)
	@exec scripts/run

demo: ## the same, filled with thirty days of a made-up company, to look around
	@exec scripts/demo

test: ## everything proven: checks, unit tests, the whole line on real parts, the browser
	@exec scripts/test

bench: ## measure the figures and print a table (ONLY=G5,G7 SHORT=1 EMBEDDED=1 ROUNDS=5 EVENTS=10000000 WRITE=1)
	@exec scripts/bench

check: ## format, lints, documentation, types: reads the code without running it
	@exec scripts/check

chaos: ## inject faults and check that nothing is lost or doubled (FAULTS=1000, SEED=1, ONLY=<kind>)
	@exec scripts/chaos

fuzz: ## fuzz what strangers send (TIME=600 seconds for each target, ONLY=body, SANITIZER=address)
	@exec scripts/fuzz

cluster-test: ## the Helm chart on a real API server of Kubernetes (10 min the first time, 1 min after that)
	@exec scripts/cluster-test

images-test: ## Compose's files read, the images built and run to their health checks, without an engine (as root, on Debian; 3 min)
	@exec scripts/images-test

restore-test: ## the restore drill: backups on disk and in a bucket of a real S3 server (3 min more the first time)
	@exec scripts/restore-test

chart: ## write what is derived in the Helm chart: golden files, names of settings
	@exec scripts/chart

fmt: ## format the Rust and the dashboard code
	cargo fmt --all
	npm --prefix dashboard run fmt

build: dashboard ## build all binaries for development
	cargo build --workspace --bins

openapi: dashboard ## write query-api/openapi.json from the code, and the dashboard's client from that
	cargo run --quiet -p bataudit-query-api -- openapi > query-api/openapi.json.new
	mv query-api/openapi.json.new query-api/openapi.json
	npm --prefix dashboard run api

dashboard: ## build the dashboard that query-api embeds, unless it is fresh
	@scripts/install dashboard

docs: ## make the pages of docs/ a static site in target/docs; broken links fail
	@scripts/docs

images: ## build the images of the services, with labels (REPOSITORY=ghcr.io/somebody/ TAG=0.1.0 PUSH=1)
	@scripts/images

release: ## build what is published: programs, SBOM, checksums, in target/release-artifacts
	@scripts/release

reproduce: ## build the release twice in two folders and compare it (BINS="bataudit-ingest": only these programs)
	@scripts/reproduce

services-up: ## start Kafka, ClickHouse and PostgreSQL for tests (ONLY=kafka,clickhouse, NODES=3)
	@deploy/dev/services-up

services-down: ## stop them and remove their data (KEEP=1 keeps it)
	@deploy/dev/services-down

clean: ## remove what was built here; the cache of downloads stays
	cargo clean
	rm -rf dashboard/dist dashboard/node_modules
