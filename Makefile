# `make` alone lists what there is to do.

# Where the running service keeps its state and on which ports it answers. A second, independent
# one: make up STATE=.local/other PORT=8090 ENGINE_PORT=4577
STATE ?= .local
PORT ?= 8080
ENGINE_PORT ?= 4566
# How its HTTP API takes a path that ends in a slash: docs/decisions/0100.
READING ?= normalised

# What `make build`, `deploy`, `doctor` and `smoke` are about. STACK is another stack than the
# stage's. ARCH, arm64 or x86_64, is of build and deployment alike. PARAMETERS are further ones of
# the template, such as "LinkDays=14". CONFIRM=no deploys without asking. MAIL_TO gets the mails of
# `make smoke`. The credentials are those of the AWS command line.
STAGE ?= dev
ORDER = --stage '$(STAGE)' --region '$(REGION)' --stack '$(STACK)' --mail-from '$(MAIL_FROM)' \
    --mail-to '$(MAIL_TO)' --architecture '$(ARCH)' --parameters '$(PARAMETERS)' \
    --confirm '$(CONFIRM)'

DEV := .venv/bin
ENVIRONMENTS := .venv/installed .local/engine/installed .local/sam/installed .local/console/built
RIVALS := .local/bench/rivals/installed .local/bench/node/installed
LOCAL := $(DEV)/python -m local --state $(STATE) --port $(PORT) --engine-port $(ENGINE_PORT) \
    --reading $(READING)
CLOUD := PYTHONPATH=layers/core $(DEV)/python -m cloud
SAM := PATH="$(CURDIR)/.local/sam/bin:$$PATH" SAM_CLI_TELEMETRY=0 sam
COMPILE = .local/uv/bin/uv pip compile --quiet --generate-hashes --universal --python-version 3.13 \
    --no-header --no-emit-index-url $(UPGRADE)
CODE := layers/core/ferry functions local cloud admin openapi benchmarks cli/ferry_client cli/ferry_cli
# npm notes in a lock file where packages take money, and has no setting against it.
UNFUNDED = const fs = require("fs"), file = "package-lock.json", lock = JSON.parse(fs.readFileSync(file)); \
    for (const each of Object.values(lock.packages)) delete each.funding; \
    fs.writeFileSync(file, JSON.stringify(lock, null, 2) + "\n")
CHECKS := lint types template build audit
BENCH := .local/bench/ferry/bin/python -m benchmarks

# Each function of the local engine and each worker of the tests is a process of its own: without
# compiled modules every start would compile all that it imports, which takes longer than the tests.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help up down logs demo load sam-local admin test unit lint types openapi diagram template build audit \
    faults fuzz deploy doctor smoke e2e fmt lock install clean bench bench-growth bench-scale bench-docs bench-cold

help: ## list these
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

up: install ## start the whole service on this machine, or bring it up to date
	@$(LOCAL) up

down: .venv/installed ## stop it and clean up
	@$(LOCAL) down

logs: .venv/installed ## follow what its functions write; JOB=<id> shows a job's history, STACK= REGION= that of a stack's job
	@$(if $(JOB),PYTHONPATH=layers/core $(DEV)/python -m admin history $(JOB) --state $(STATE) \
	    $(if $(STACK),--stack $(STACK)) $(if $(REGION),--region $(REGION)),$(LOCAL) logs)

demo: up ## import and export sample data, step by step
	@$(LOCAL) demo

load: up ## send 200 requests at once, then 30 imports beside 5 configurations, and time the answers
	@$(LOCAL) load

sam-local: up ## write what sam local invoke and sam local start-api need, for those who have Docker
	@$(LOCAL) sam-local

admin: .venv/installed ## make apps, users and secrets, show jobs: make admin ARGS="list-apps"
	@PYTHONPATH=layers/core $(DEV)/python -m admin $(if $(ARGS),$(ARGS) --state $(STATE),--help)

# No path of the rule engine ends in a slash, so the configurations' cases have one reading; those of
# files and deliveries ask for the same paths as those of imports.
test: install ## everything CI checks
	@$(MAKE) --no-print-directory -j2 $(if $(filter output-sync,$(.FEATURES)),--output-sync=target) $(CHECKS)
	@local/find-browser >/dev/null || true
	$(DEV)/pytest -n auto --dist loadfile tests/unit tests/contract tests/template tests/integration \
	    tests/security tests/faults
	$(DEV)/pytest -n auto --dist loadfile tests/contract --ignore-glob '*/test_config_*' \
	    --ignore-glob '*/test_files.py' --ignore-glob '*/test_deliveries.py' --reading exact
	$(DEV)/pytest -n 2 --dist loadgroup tests/e2e

unit: .venv/installed ## the fast tests
	$(DEV)/pytest tests/unit tests/contract

faults: .venv/installed ## break workers, calls and data while jobs run, and count what breaks: SEED=1 RUNS=900
	$(DEV)/pytest -n 2 --dist load --tb=line -q tests/faults --seed $(or $(SEED),1) --runs $(or $(RUNS),900)

fuzz: .venv/installed ## look for inputs that a parser neither reads nor refuses, and requests that are a 5xx: TIME=60 seconds each
	$(DEV)/pytest -n 0 -q tests/security/test_fuzzing.py tests/security/test_described_requests.py \
		--fuzz-seconds $(or $(TIME),60)

lint: .venv/installed ## style, formatting, who imports whom
	$(DEV)/ruff check
	$(DEV)/ruff format --check
	PYTHONPATH=layers/core:. $(DEV)/lint-imports
	PYTHONPATH=cli:layers/core:. $(DEV)/lint-imports --config cli/pyproject.toml

types: .venv/installed ## strict types
	$(DEV)/mypy $(CODE)

openapi: .venv/installed ## write the OpenAPI document and the client anew from the template and openapi/
	PYTHONPATH=layers/core $(DEV)/python -m openapi

diagram: .venv/installed ## draw the layers of the package into docs/architecture.md
	$(DEV)/python -m local.diagram

template: .venv/installed .local/sam/installed ## check the CloudFormation template
	$(DEV)/cfn-lint template.yaml
	$(SAM) validate --lint

build: .venv/installed .local/sam/installed .local/console/built ## build for the cloud; ARCH=x86_64
	@$(CLOUD) build $(ORDER)

audit: ## known vulnerabilities of the layers' packages, and their list (CycloneDX); skips where PyPI is out of reach
	@local/audit

deploy: .venv/installed .local/sam/installed .local/console/built ## build and deploy: make deploy STAGE=dev REGION=eu-west-1 MAIL_FROM=you@example.com
	@$(CLOUD) deploy $(ORDER)

doctor: .venv/installed ## check the account before that: make doctor REGION=eu-west-1 MAIL_FROM=you@example.com
	@$(CLOUD) doctor $(ORDER)

smoke: .venv/installed ## try out what is deployed: make smoke STACK=ferry-dev REGION=eu-west-1; ROWS=1000 is quicker
	@$(CLOUD) smoke $(ORDER) $(if $(ROWS),--rows $(ROWS))

bench: .local/bench/ferry/installed $(if $(QUICK),,$(RIVALS)) ## what Ferry costs beside other ways; QUICK=1 takes two minutes
	@$(BENCH) compare $(if $(QUICK),--quick)

bench-growth: .local/bench/ferry/installed ## what it costs as tables grow, and with slow answers
	@$(BENCH) growth

bench-scale: .local/bench/ferry/installed ## what it costs with 1, 2, 4 and 8 workers at once; ROWS=10000 is quicker
	@$(BENCH) scale $(if $(ROWS),--rows $(ROWS))

bench-docs: .local/bench/ferry/installed .local/bench/rivals/installed ## put the figures of all into docs/
	@$(BENCH) document

e2e: install ## tests against the whole service, in an engine of their own
	$(DEV)/pytest -n 2 --dist loadgroup tests/e2e

fmt: .venv/installed ## format, and fix what can be fixed automatically
	$(DEV)/ruff check --fix-only
	$(DEV)/ruff format

bench-cold: .local/bench/ferry/installed ## how long each function takes to its first request; ROUNDS=3 is quicker
	.local/bench/ferry/bin/python benchmarks/cold_start.py --rounds $(or $(ROUNDS),9) --json .local/cold_start.json

lock: .local/uv/installed ## write the lock files anew; UPGRADE=--upgrade takes newer versions
	@$(COMPILE) layers/core/requirements.in -o layers/core/requirements.txt
	@$(COMPILE) layers/parquet/requirements.in -o layers/parquet/requirements.txt
	@$(COMPILE) requirements-dev.in -o requirements-dev.txt
	@for name in engine sam uv audit node; do \
	    $(COMPILE) local/requirements-$$name.in -o local/requirements-$$name.txt || exit 1; \
	done
	@$(COMPILE) benchmarks/requirements.in -o benchmarks/requirements.txt
	@cd benchmarks && npm $(if $(UPGRADE),update,install) --silent --package-lock-only
	@cd console && npm $(if $(UPGRADE),update,install) --silent --package-lock-only && node -e '$(UNFUNDED)'

install: ## make the environments; does nothing when they are up to date
	@$(MAKE) --silent -j3 $(ENVIRONMENTS)

.venv/installed: requirements-dev.txt local/install local/find-python local/command
	@local/install .venv requirements-dev.txt
	@local/command .venv

.local/bench/ferry/installed: layers/core/requirements.txt local/install local/find-python
	@mkdir -p .local/bench
	@local/install .local/bench/ferry $<

.local/bench/rivals/installed: benchmarks/requirements.txt local/install local/find-python
	@mkdir -p .local/bench
	@local/install .local/bench/rivals $<

# Without Node its variant is left out.
.local/bench/node/installed: benchmarks/package.json benchmarks/package-lock.json
	@mkdir -p .local/bench/node
	@cp benchmarks/package.json benchmarks/package-lock.json .local/bench/node
	@! command -v npm >/dev/null || \
	    npm ci --prefix .local/bench/node --silent --ignore-scripts --no-audit --no-fund
	@touch $@

# It looks for itself whether a source has changed.
.local/console/built: FORCE
	@local/build-console

FORCE:

.local/%/installed: local/requirements-%.txt local/install local/find-python
	@local/install .local/$* $<

clean: ## stop every local service and remove all that was made
	@for state in .local .local/*/; do \
	    if [ -e "$$state/engine.lock" ]; then $(DEV)/python -m local --state "$$state" down; fi; \
	done
	rm -rf functions/serve_console/site .local .venv .aws-sam .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
