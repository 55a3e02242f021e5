# Image of the service, without root and without a need of the internet: `docker build --target cpu -t veena3 .`
# (or `--target cuda`). Settings are environment variables; state is in /var/lib/veena3. See docs/containers.md.
ARG PYTHON_IMAGE=docker.io/library/python:3.11-slim-bookworm

FROM ${PYTHON_IMAGE} AS builder
RUN python3 -m venv /opt/venv
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1

FROM builder AS cpu-packages
# A page of links to PyTorch's builds for CPUs. PyPI has builds for CUDA, ten times as large.
ARG TORCH_CPU=https://download.pytorch.org/whl/cpu/torch/
COPY requirements-cpu.lock /tmp/
RUN /opt/venv/bin/pip install --require-hashes --find-links "${TORCH_CPU}" --requirement /tmp/requirements-cpu.lock

FROM builder AS cuda-packages
COPY requirements.lock /tmp/
RUN /opt/venv/bin/pip install --require-hashes --requirement /tmp/requirements.lock

FROM ${PYTHON_IMAGE} AS service
RUN useradd --system --uid 10001 --user-group --home-dir /var/lib/veena3 --create-home --shell /usr/sbin/nologin veena3
COPY api /opt/veena3/api
COPY audio /opt/veena3/audio
COPY core /opt/veena3/core
COPY processing /opt/veena3/processing
COPY services /opt/veena3/services
COPY shared /opt/veena3/shared
COPY tools /opt/veena3/tools
COPY voices /opt/veena3/voices
COPY clients/python/veena3_client /opt/veena3/veena3_client
COPY deploy/image /usr/local/bin
RUN python3 -m compileall -q /opt/veena3
ENV PATH=/opt/venv/bin:$PATH PYTHONPATH=/opt/veena3 PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    VEENA3_HOME=/var/lib/veena3 HOST=0.0.0.0 PORT=8000 HF_HUB_OFFLINE=1
WORKDIR /var/lib/veena3
USER 10001:10001
VOLUME /var/lib/veena3
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=20m --retries=3 CMD ["veena3-ready"]
ENTRYPOINT ["veena3"]
CMD ["serve"]

FROM service AS cuda
USER root
# Triton compiles its launchers with a C compiler; CUDA's libraries come with the packages, the driver with the runtime.
RUN apt-get update && apt-get install --yes --no-install-recommends gcc libc6-dev && rm -rf /var/lib/apt/lists/*
USER 10001:10001
COPY --from=cuda-packages /opt/venv /opt/venv
ENV ENGINE=vllm DEVICE=cuda

FROM service AS cpu
COPY --from=cpu-packages /opt/venv /opt/venv
ENV DEVICE=cpu
