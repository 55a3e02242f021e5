"""The service on Modal: `DEPLOY_REVISION=… modal deploy app.py`. Wiring only; reasons: `docs/decisions/0013-modal.md`.

`Speech` is the deployment: requests queue at Modal, one container takes `max_inputs` of them. `SpeechServer` serves the
same app on a port, without Modal's queue, if `DEPLOY_DIRECT` asks for it. All parameters come from
`shared/deployment.py`.
"""

import asyncio
import os
import signal
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Literal

import modal
import modal.experimental

from shared.access import HubAccess
from shared.config import SnapshotMode, read_settings
from shared.deployment import CACHE_PATH, MINUTES, MODELS_PATH, read_deployment

HERE = Path(__file__).parent
PACKAGES = ("api", "audio", "core", "processing", "services", "shared", "tools")
CLIENT = "clients/python/veena3_client"
MOST_MINUTES = 180
"""Longest training of an aligner. Chosen: its pairs end at 20 hours of speech, which a GPU generates in less."""

deployment = read_deployment()
snapshot = deployment.snapshot is not SnapshotMode.OFF

image = (
    modal.Image.from_registry("nvidia/cuda:13.0.1-devel-ubuntu24.04", add_python="3.11")
    .entrypoint([])
    .uv_pip_install(requirements=[str(HERE / "requirements.lock")], uv_version="0.13.8")
    .env(
        {
            "HF_HUB_OFFLINE": "1",
            "VLLM_CACHE_ROOT": f"{CACHE_PATH}/vllm",
            "TRITON_CACHE_DIR": f"{CACHE_PATH}/triton",
            "FLASHINFER_WORKSPACE_BASE": CACHE_PATH,  # attention on Blackwell
            "FLASHINFER_CUBIN_DIR": f"{CACHE_PATH}/flashinfer-cubins",
            "TORCHINDUCTOR_CACHE_DIR": f"{CACHE_PATH}/inductor",
            "TORCHINDUCTOR_COMPILE_THREADS": "1",  # a pool of compilers does not survive a snapshot
        }
    )
    .add_local_python_source(*PACKAGES, ignore=["**/__pycache__"])
    .add_local_dir(HERE / CLIENT, "/root/veena3_client", ignore=["**/__pycache__"])  # the probe speaks through it
)
models = modal.Volume.from_name(deployment.models_volume, create_if_missing=True, version=2)
cache = modal.Volume.from_name(deployment.cache_volume, create_if_missing=True, version=2)
secret = modal.Secret.from_name(deployment.secret, required_keys=list(deployment.secret_keys))

app = modal.App(deployment.app_name)
common: dict[str, Any] = {"image": image, "secrets": [secret], "env": deployment.environment()}
resources = common | {
    "gpu": deployment.gpu,
    "cpu": deployment.cpu,
    "memory": deployment.memory_mib,
    "volumes": {MODELS_PATH: models.with_mount_options(read_only=True), CACHE_PATH: cache},
    "scaledown_window": deployment.scaledown_window_s,
    "startup_timeout": deployment.startup_timeout_s,
    "routing_region": deployment.routing_region,
    "enable_memory_snapshot": snapshot,
    "experimental_options": {"enable_gpu_snapshot": True} if deployment.snapshot is SnapshotMode.GPU else {},
}


class _Lifecycle:
    """Start and end of a container, common to both classes; async, so that all of it runs on the serving loop."""

    @modal.enter(snap=snapshot)
    async def load(self) -> None:
        from api.container import ServiceContainer  # imports torch, which only the container has

        self.container = ServiceContainer.from_environment()
        await self.container.load()

    @modal.exit()
    async def close(self) -> None:
        await self.container.close()


@app.cls(
    min_containers=deployment.min_containers,
    max_containers=deployment.max_containers,
    buffer_containers=deployment.buffer_containers,
    timeout=deployment.timeout_s,
    region=deployment.region,
    **resources,
)
@modal.concurrent(max_inputs=deployment.most_inputs, target_inputs=deployment.comfortable_inputs)
class Speech(_Lifecycle):
    """Deployment with Modal's queue and web ingress."""

    @modal.enter()
    async def wake(self) -> None:
        await self.container.wake()

    @modal.asgi_app(
        label=deployment.app_name,
        custom_domains=deployment.custom_domains,
        requires_proxy_auth=deployment.proxy_auth,
    )
    def web(self) -> Any:
        return self.container.app(lost=modal.experimental.stop_fetching_inputs.aio)


# An address without a queue: a scanner that finds it starts containers. Hence only if it is asked for.
direct = app.server(
    port=deployment.direct_port,
    min_containers=deployment.direct_min_containers,
    max_containers=deployment.direct_max_containers,
    target_concurrency=deployment.comfortable_inputs,
    max_concurrency=deployment.most_inputs,
    exit_grace_period=deployment.drain_s,
    compute_region=deployment.region,
    unauthenticated=not deployment.proxy_auth,
    **resources,
)


@(direct if deployment.direct else lambda unregistered: unregistered)
class SpeechServer(_Lifecycle):
    """Deployment on a port, without Modal's queue."""

    @modal.enter()
    async def wake(self) -> None:
        await self.container.wake()
        await self.container.listen(port=deployment.direct_port, drain_s=20, lost=self.leave)

    async def leave(self) -> None:
        os.kill(os.getpid(), signal.SIGTERM)


@app.function(volumes={MODELS_PATH: models}, timeout=2 * 60 * MINUTES, **common)
def download(
    repo: str, revision: str, layout: Literal["spark-tts", "ap-bwe"] = "spark-tts", bfloat16: bool = True
) -> None:
    """Download weights: `modal run app.py::download --repo OWNER/NAME --revision COMMIT` fills the directory COMMIT.

    The language model is stored in bfloat16, in which a GPU computes; `--no-bfloat16` keeps it as it is published.
    """
    from services.hub import Hub
    from services.weights import LAYOUTS, download_pinned

    access = read_settings(HubAccess)
    hub = Hub(access.endpoint, access.token)
    report = partial(print, flush=True)
    download_pinned(repo, revision, Path(MODELS_PATH), LAYOUTS[layout], hub=hub, bfloat16=bfloat16, report=report)
    models.commit()


@app.function(
    gpu=deployment.gpu,
    cpu=deployment.cpu,
    memory=deployment.memory_mib,
    volumes={MODELS_PATH: models, CACHE_PATH: cache},
    timeout=(MOST_MINUTES + 60) * MINUTES,
    **common,
)
def train_aligner(minutes: float = 20.0, revision: str = deployment.revision, pairs: str = "", seed: int = 0) -> None:
    """Train the aligner of weights on the volume: `modal run app.py::train_aligner --minutes 20`.

    `revision`: directory of the weights. `pairs`: file in it with pairs of text and tokens, as `veena3 train-aligner`
    takes them. A run that was interrupted goes on where it was, because what it has done is kept on the volume.
    """
    from shared.process import prepare_process

    prepare_process()  # before anything imports torch or vllm
    from api.cli.train_aligner import train_aligner_command

    if not 0 < minutes <= MOST_MINUTES:
        raise ValueError(f"minutes: {minutes:g} is not above 0 and at most {MOST_MINUTES}")
    weights = Path(MODELS_PATH) / revision
    try:
        train_aligner_command(weights, minutes=minutes, pairs=weights / pairs if pairs else None, seed=seed)
    finally:
        models.commit()


# It wakes a container where none runs, and speaks: only if it is asked for.
scheduled: Callable[[Callable[[], None]], Any] = (
    app.function(
        schedule=modal.Period(minutes=deployment.probe_minutes), timeout=5 * MINUTES, max_containers=1, **common
    )
    if deployment.probe_url
    else lambda unregistered: unregistered
)


@scheduled
def probe() -> None:
    """Run the checks of `veena3 smoke` at `DEPLOY_PROBE_URL`, and push their results for the alerts."""
    from api.cli.smoke import probe_server

    if not probe_server(str(deployment.probe_url)):
        raise RuntimeError(f"the probe of {deployment.probe_url} failed")


@app.local_entrypoint()
def smoke(url: str, key: str = "") -> None:
    """Check a deployment: `modal run app.py::smoke --url https://…` runs the checks of `veena3 smoke`."""
    from api.cli.smoke import check_server, report

    if not report(asyncio.run(check_server(url, key=key or None))):
        raise SystemExit(1)
