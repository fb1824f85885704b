# Hearth's commands. `test` and `check` share what `build` builds; `run` shows what the image holds, built apart from it.
CONFIGURATION ?= Release
ARGS ?=
# Options without a demo are those of `functions`, which takes a model of yours.
DEMO ?= $(if $(strip $(ARGS)),functions,functions training federated)
NAME ?=
JSON ?=

SHELL := /usr/bin/env bash
.DEFAULT_GOAL := help
export CONFIGURATION
export DOTNET_NOLOGO := 1
export DOTNET_CLI_TELEMETRY_OPTOUT := 1
export MSBUILDDISABLENODEREUSE := 1

.PHONY: help setup build test publish publish-gpu-check run bench bench-setup check fmt size clean

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-17s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Install what this machine lacks (ONNX Runtime's native library, an OpenCL driver)
	@build/setup.sh

build: setup ## Build everything; warnings are errors
	dotnet build Operator.sln --configuration $(CONFIGURATION) --nologo --verbosity quiet

test: build ## Run all tests; the last line is "N passed, N failed, N skipped"
	@build/test.sh

publish: setup ## Make artifacts/hearth/hearth, compiled ahead of time as in the image
	dotnet publish src/Cli --configuration $(CONFIGURATION) --use-current-runtime --self-contained false -p:PublishReadyToRun=true \
	  -p:RunAnalyzers=false -p:EnforceCodeStyleInBuild=false --artifacts-path artifacts/publish --output artifacts/hearth \
	  --nologo --verbosity quiet

publish-gpu-check: ## Make artifacts/gpu-check/gpu-check, which tests and measures a GPU on a machine without .NET
	@# One file, which brings the runtime; not trimmed, since tests are found by reflection.
	@rm -rf artifacts/gpu-check
	dotnet publish tests/GpuCheck --configuration $(CONFIGURATION) --runtime linux-x64 --self-contained -p:PublishSingleFile=true \
	  -p:EnableCompressionInSingleFile=true -p:DebugType=embedded -p:GenerateDocumentationFile=false \
	  -p:RunAnalyzers=false -p:EnforceCodeStyleInBuild=false \
	  --artifacts-path artifacts/publish --output artifacts/gpu-check --nologo --verbosity quiet

run: publish ## Show all demos; DEMO=training one of them, ARGS="..." its options
	@for demo in $(DEMO); do artifacts/hearth/hearth demo $$demo $(ARGS) || exit; done

bench: publish ## Measure what `publish` made; NAME=cold-start one row, JSON=1 ends each row with a line of JSON
	HEARTH=artifacts/hearth/hearth dotnet run --project tests/Benchmarks --configuration $(CONFIGURATION) -- $(NAME) $(if $(JSON),--json)

bench-setup: ## Install from Debian what benchmarks compare with (NumPy, OpenBLAS, nginx, Redis)
	apt-get install --yes --no-install-recommends python3-numpy libopenblas0-pthread nginx-light redis-server

check: size build ## Format, style, size budget and architecture; changes nothing
	dotnet format Operator.sln --verify-no-changes --no-restore --severity warn
	@build/test.sh Architecture

fmt: ## Format the code
	dotnet format Operator.sln --severity warn

size: ## Print the sizes of the source files and fail beyond the budget
	@build/size.sh

clean: ## Remove what was built, not what setup installed
	find src tests -type d \( -name bin -o -name obj \) -prune -exec rm -rf {} +
	rm -rf artifacts/test-results artifacts/publish artifacts/hearth
