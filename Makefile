# The map of this house. `make help` prints it; everything runs on a Python and make alone.

# The first that runs and is of 3.11 to 3.13; else any Python 3, which then fetches one of these.
ifndef PYTHON
PYTHON := $(shell for wanted in '(3, 11) <= v <= (3, 13)' '(3, 9) <= v'; do \
	for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c "import sys; v = sys.version_info[:2]; sys.exit(not $$wanted)" 2>/dev/null \
	&& command -v $$p && exit; done; done)
endif
# Where the environment lies. Another folder keeps a second one, for a second Python (.ci/pythons).
VENV_FOLDER ?= .venv
BASE ?= 8080
INSTANCES ?= 1
POSTS ?= 1
AGAINST ?= HEAD~1

VENV := $(VENV_FOLDER)/bin
LOCAL := $(VENV)/python -m kanvas_local
INSTALLED = $(VENV)/python -c "import kanvas_local" 2>/dev/null \
	|| { echo "Nothing runs here. Start it with: make run"; exit 0; };
PYTEST := $(VENV)/python -m pytest
# Tests without servers disturb nobody, so every core plays some; a file's fixtures are made once.
# Files come in their order: by default those with few tests are last, and one of them takes a minute.
SPREAD := -n auto --dist loadfile --no-loadscope-reorder
# protoc looks for its plug-ins on the PATH.
GENERATE := PATH="$(CURDIR)/$(VENV):$$PATH" $(VENV)/python libs/protos/generate.py
# What `make proto`, `make api`, `make observability` and `make k8s` write.
GENERATED := libs/protos/src docs/topics.md docs/api/openapi.json docs/metrics.md \
	deploy/observability/rules/slos.yaml deploy/observability/dashboards deploy/k8s/base/network/policies.yaml \
	deploy/k8s/components/kafka-one-broker/topics.yaml deploy/k8s/components/kafka-three-brokers/topics.yaml \
	services/gateway/web/src/api/schema.ts services/gateway/web/src/i18n/drawings.json
TRAINING := libs/painters/training
# Memory that is freed stays with the process: asking for it anew takes a quarter of the time.
TRAINED := MALLOC_MMAP_THRESHOLD_=4000000000 MALLOC_TRIM_THRESHOLD_=8000000000 \
	.local/training/venv/bin/python -m
SOURCES := libs/platform/src libs/paint-contract/src libs/painters/src \
	services/gateway/src services/timeline/src services/imagegen/src services/social-graph/src \
	deploy/local/src deploy/observability/src deploy/k8s/check/src tests

# Load generators in C, and where their sources lie.
BENCH_TOOLS := sockets send_loop
BENCH_SOURCES := deploy/local/src/kanvas_local/bench/native

# Names of files and folders may be of any script, whatever the locale.
export PYTHONUTF8 := 1
# Compiled code is kept, also where images for containers have that off: else every process compiles
# all that it imports, which takes longer than the rest of its start.
unexport PYTHONDONTWRITEBYTECODE
# What speaks over loopback asks no proxy, wherever downloads go.
comma := ,
export no_proxy := 127.0.0.1,localhost$(addprefix $(comma),$(or $(no_proxy),$(NO_PROXY)))
export NO_PROXY := $(no_proxy)

.DEFAULT_GOAL := help
.PHONY: help env run stop status logs clean distclean demo chaos bench bench-compare \
	test no-servers servers long unit contract integration e2e coverage mutants reader-score first-run wheels fetch system lint static drift breaking \
	fmt proto api observability lock k8s k8s-check \
	easel-env easel-train easel-eval easel-lock

help: ## This map
	@awk -F ':.*## ' '/^##@/ { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z0-9-]+:.*## / { printf "  %-13s %s\n", $$1, $$2 }' Makefile
	@echo

##@ Run it
run: env ## Start everything, wait until it is ready, print the address (BASE=8080 INSTANCES=2 ONLY=kafka,…)
	@$(LOCAL) run --base $(BASE) --instances $(INSTANCES) $(if $(ONLY),--only $(ONLY))

stop: ## Stop exactly what was started; the data stays
	@$(INSTALLED) $(LOCAL) stop

status: ## What runs: state, pid, memory, ports (S=timeline-1: how it is started)
	@$(INSTALLED) $(LOCAL) status $(S)

logs: ## Follow one log (S=timeline-1)
	@$(INSTALLED) $(LOCAL) logs $(S)

clean: ## Stop, and remove the data
	@$(INSTALLED) $(LOCAL) clean

distclean: clean ## Stop, and remove data, downloads and the environment
	@rm -rf .venv services/gateway/web/node_modules services/gateway/web/tools/node_modules services/gateway/web/dist deploy/k8s/check/kinds/node_modules
	@rm -rf "$${XDG_CACHE_HOME:-$$HOME/.cache}/kanvas"

demo: env ## Two people, a follow, a picture, and its arrival on an open socket (POSTS=200 for load)
	@$(VENV)/python -m kanvas_local.demo --base $(BASE) --posts $(POSTS)

chaos: env ## Mishaps while people post, and what was promised counted (T='kill-* full-disk-kafka', SLICE=3, SLOW=4 on a busy machine, LIST=1)
	@$(VENV)/python -m kanvas_local.chaos $(if $(LIST),--list) $(if $(SLICE),--slice $(SLICE)) $(if $(SLOW),--slow $(SLOW)) \
		$(foreach name,$(T),'$(name)')

bench: env $(BENCH_TOOLS:%=.local/bench-tools/%) ## Measure beside references of the same run: a row and a bar each (T=stream, QUICK=1)
	@$(VENV)/python -m kanvas_local.bench $(if $(QUICK),--quick) $(T)

bench-compare: env ## What changed between two runs, and what is noise (A=….json B=….json; else the last two)
	@$(VENV)/python -m kanvas_local.bench.compare $(foreach file,$(A),--before '$(file)') $(foreach file,$(B),--after '$(file)')

##@ Test it
test: fetch system ## All tests but the long ones, on real servers and a real browser
ifdef T
	@$(PYTEST) $(T)
else
	@$(MAKE) --no-print-directory no-servers
	@$(MAKE) --no-print-directory servers
endif

no-servers: env ## All tests that need no server, on every core
	@$(PYTEST) $(SPREAD) -m "not servers" tests

servers: fetch system ## All tests on real servers but the long ones
	@$(PYTEST) --durations 30 -m "servers and not long" tests

long: fetch system ## The tests that take long (SLICE=3 for two minutes of them, from where a number says)
	@$(PYTEST) -m long $(if $(SLICE),--slice $(SLICE)) $(or $(T),tests)

unit: env ## Tests without servers: seconds (T=tests/unit/timeline for a part)
	@$(PYTEST) $(if $(T),$(T),$(SPREAD) tests/unit)

contract: env ## One suite, the memory double and the real adapter
	@$(PYTEST) $(or $(T),tests/contract)

integration: fetch system ## Tests on real Kafka, Cassandra and Triton (KANVAS_TEST_KEEP=1 leaves them running)
	@$(PYTEST) $(or $(T),tests/integration)

e2e: fetch system ## The page in a browser
	@$(PYTEST) $(or $(T),tests/e2e)

coverage: env ## Branch coverage by room, without servers; a domain or kafka/ below 100 % fails (T=… for a part)
	@$(VENV)/coverage run -m pytest -q -m 'not servers' $(or $(T),tests/unit tests/contract tests/sim)
	@$(VENV)/python -m tests.covered

mutants: env ## One small bug at a time, and the test that notices it (T='writer-* ring-*', SLICE=<commit>, LIST=1)
	@$(VENV)/python -m tests.mutants $(if $(LIST),--list) $(if $(SLICE),--slice $(SLICE)) $(foreach name,$(T),'$(name)')

reader-score: env ## How well prompts are read: a row a feature, its bar (T=own for a part, SHOW=own, spare or drill for what was missed)
	@$(VENV)/python -m tests.reader_score $(if $(SHOW),--show $(SHOW)) $(T)

first-run: env ## A first run as an ordinary user, in a folder with a blank, downloads and all: minutes
	@$(PYTEST) -s tests/first_run.py

wheels: env ## Whether each locked package comes ready built: three Pythons, x86-64 and Arm
	@$(VENV)/python -m kanvas_local.wheels

##@ Change it
lint: env drift breaking static ## What CI holds against you first: style, types, walls, contracts

static: env ## What is read and not run: style, types, walls, contracts, the page
	@$(VENV)/ruff check
	@$(VENV)/ruff format --check
	@$(VENV)/mypy $(SOURCES)
	@$(VENV)/lint-imports
	@$(VENV)/buf lint proto
	@$(LOCAL) page lint
	@$(LOCAL) page check

drift: env ## Whether what is generated is what its sources say
	@old=$$(mktemp -d) && trap 'rm -rf "$$old"' EXIT && cp -r --parents $(GENERATED) "$$old" \
		&& { $(MAKE) proto api observability k8s > "$$old/said" 2>&1 || { cat "$$old/said"; exit 1; }; } \
		&& for each in $(GENERATED); do \
			diff -r -q -x __pycache__ "$$old/$$each" "$$each" \
				|| { echo "$$each was not what its sources say; it is now: commit it."; exit 1; }; \
		done

breaking: env ## Whether a contract changed incompatibly (AGAINST=HEAD~1, a commit or branch)
	@git rev-parse --verify --quiet $(AGAINST) > /dev/null || exit 0; \
		why=$$(git log --format='%(trailers:key=Breaks-contract,valueonly)' $(AGAINST)..HEAD | sort -u); \
		if test -n "$$why"; then echo "A contract is broken on purpose: $$why"; \
		else $(VENV)/buf breaking proto --against '.git#ref=$(AGAINST),subdir=proto'; fi

k8s-check: env ## Build every installation on Kubernetes and judge it (CRDS=folder with definitions of custom resources)
	@$(VENV)/python -m kanvas_k8s $(if $(CRDS),--crds $(CRDS))

fmt: env ## Format and fix what can be fixed
	@$(VENV)/ruff check --fix
	@$(VENV)/ruff format
	@$(LOCAL) page fix

proto: env ## Write what is generated from proto/: the code of the contracts, docs/topics.md
	@$(GENERATE)
	@$(VENV)/python -m kanvas_local.topics_page

api: env ## Write what is generated for clients: docs/api/openapi.json, the page's types and names of drawings
	@$(VENV)/python -m kanvas_gateway.describe_rest > docs/api/openapi.json
	@$(VENV)/python -m kanvas_painters.collage.indonesian > services/gateway/web/src/i18n/drawings.json
	@$(LOCAL) page generate

observability: env ## Write what is generated for operators: docs/metrics.md, rules of promises, dashboards
	@$(VENV)/python -m kanvas_observability

k8s: env ## Write what follows in deploy/k8s from other files: the topics, the network policies
	@$(VENV)/python -m kanvas_k8s.writing

lock: ## Choose dependencies and write constraints.txt (UPGRADE=1 for the newest allowed)
	@$(VENV)/uv lock --quiet $(if $(UPGRADE),--upgrade)
	@$(VENV)/uv export --quiet --all-packages --all-groups --no-emit-workspace --no-header -o .local/exported.txt
	@$(VENV)/python -m kanvas_local.locks .local/exported.txt

##@ Train easel and judge both painters (PyTorch: gigabytes; a project of its own)
easel-env: env ## The training environment in .local/training
	@test -d .local/training/venv || $(VENV)/uv venv --quiet .local/training/venv
	@$(VENV)/uv pip install --quiet --python .local/training/venv --require-hashes -r $(TRAINING)/constraints.txt
	@$(VENV)/uv pip install --quiet --python .local/training/venv --no-deps \
		-e libs/paint-contract -e libs/painters -e $(TRAINING)
	@cd $(TRAINING) && npm ci --silent

easel-train: easel-env ## Examples, painter, finisher, ONNX (MINUTES=60 EXAMPLES=20000 ARGS="--batch 256 --compile")
	@$(TRAINED) kanvas_training.composites --examples $(or $(EXAMPLES),20000)
	@$(TRAINED) kanvas_training.train --minutes $(or $(MINUTES),60) --examples $(or $(EXAMPLES),20000) $(ARGS)
	@$(TRAINED) kanvas_training.export painter --store bytes
	@$(TRAINED) kanvas_training.finisher
	@$(TRAINED) kanvas_training.export finisher

easel-eval: easel-env ## Judge both painters (some 20 minutes, and 12 to train the judges once; ARGS="--every 19 collage" is quick)
	@$(TRAINED) kanvas_training.evaluation $(ARGS)

easel-lock: env ## Choose what training needs and write its constraints.txt
	@sed -e '/^ *--hash/d' -e 's/ .$$//' constraints.txt > .local/training/kanvas.txt
	@$(VENV)/uv pip compile --quiet --no-header --generate-hashes --no-emit-index-url --python-version 3.11 \
		-c .local/training/kanvas.txt $(TRAINING)/pyproject.toml -o $(TRAINING)/constraints.txt

##@ Underneath
.local/bench-tools/%: $(BENCH_SOURCES)/%.c $(wildcard $(BENCH_SOURCES)/*.h) $(BENCH_SOURCES)/frames.c
	@mkdir -p $(@D)
	@command -v $(CC) > /dev/null || { echo "The load generators are in C, and there is no C compiler:" \
		"install one (on Debian and Ubuntu: apt-get install gcc libc6-dev)."; exit 1; }
	@$(CC) -O2 -std=gnu11 -Wall -Wextra -o $@ $< $(BENCH_SOURCES)/frames.c

env: ## The virtual environment, by the hashes in constraints.txt
	@test -n "$(PYTHON)" || { echo "Kanvas needs Python 3.11, 3.12 or 3.13, and no Python is on the PATH:" \
		"install one (on Debian and Ubuntu: apt-get install python3 python3-venv)."; exit 1; }
	@PYTHONPATH=deploy/local/src $(PYTHON) -m kanvas_local.environment $(VENV_FOLDER)

fetch: env ## Download what the stack runs, and build the page
	@$(LOCAL) fetch

system: ## Chromium, kcat, promtool and faketime, which tests drive; from Debian's packages where that is allowed
	@missing=""; for tool in chromium kcat promtool faketime; do command -v $$tool > /dev/null || missing=1; done; \
	test -z "$$missing" || { \
		packages="chromium kcat prometheus faketime"; \
		if [ "$$(id -u)" = 0 ] && command -v apt-get > /dev/null; then \
			echo "installing $$packages"; \
			apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
				apt-get install -y -qq --no-install-recommends $$packages > /dev/null; \
		else \
			echo "Tests need a browser and three tools. Type: sudo apt-get install $$packages"; exit 1; \
		fi; }
