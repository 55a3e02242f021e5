"""Container as Modal's worker runs it: the SDK's entrypoint in a process, and the RPCs that it makes.

Its file system has only the shipped files of this project; its environment comes from image and secrets. Paths into a
volume are replaced by local ones, in the environment and in the shipped files.
"""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import grpclib
from google.protobuf import empty_pb2
from modal_proto import api_pb2

from tests.modal.control_plane import ControlPlane, Recorder, handle_metadata
from tests.modal.ingress import Ingress

POLL_S = 1.0
"""Longest time that a fetch of inputs waits, in seconds."""
FAULTS = Path(__file__).parent / "faults"


class Worker(Recorder):
    """Worker of one container; it calls `replace` when the container asks to be stopped."""

    def __init__(
        self, plane: ControlPlane, ingress: Ingress, name: str, root: Path, *, replace: Callable[[], None]
    ) -> None:
        super().__init__()
        self._plane, self._ingress, self._request, self._root = plane, ingress, plane.functions[name], root
        self.task_id = f"ta-{root.name}"
        self.log = root / "log"
        self.cancelled: list[str] = []
        self.active: set[str] = set()
        self.most_active = 0
        self.results: list[Any] = []
        self.log_before_checkpoint = ""
        self._replace = replace
        self._stopping = False
        self.process: subprocess.Popen[bytes] | None = None

    # The process

    def start(self, url: str, *, mounts: dict[str, Path], snapshot: bool, environment: dict[str, str]) -> None:
        for mount in self._plane.mounts.values():
            for path, file in mount.items():
                place = self._root / path.lstrip("/")
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(_with_mounts(self._plane.files[file], mounts))
        arguments, self.restore = self._root / "arguments", self._root / "restore.json"
        arguments.write_bytes(self._arguments(snapshot).SerializeToString())
        home = self._root / "root"
        told = {name: _mounted(value, mounts) for name, value in (self._environment() | environment).items()}
        platform = {
            "MODAL_SERVER_URL": url,
            "MODAL_IS_REMOTE": "1",
            "MODAL_TASK_ID": self.task_id,
            "MODAL_CONTAINER_ARGUMENTS_PATH": str(arguments),
            "MODAL_HEARTBEAT_INTERVAL": "0.2",
            "PYTHONPATH": f"{home}:{FAULTS}",
        }
        if snapshot:
            platform |= {"MODAL_ENABLE_SNAP_RESTORE": "1", "MODAL_RESTORE_STATE_PATH": str(self.restore)}
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "modal._container_entrypoint"],
                env={"PATH": os.environ["PATH"], "HOME": str(home)} | told | platform,
                cwd=home,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _environment(self) -> dict[str, str]:
        commands = [command for image in self._plane.images.values() for command in image.dockerfile_commands]
        image = dict(command[4:].split("=", 1) for command in commands if command.startswith("ENV "))
        secrets = [self._plane.environment(secret) for secret in self._request.function.secret_ids]
        return image | {name: value for secret in secrets for name, value in secret.items()}

    def _arguments(self, snapshot: bool) -> Any:
        function, function_id = api_pb2.Function(), self._request.existing_function_id
        function.CopyFrom(self._request.function)
        function.is_checkpointing_function = snapshot
        for mount in function.volume_mounts:
            mount.allow_background_commits = False  # there is no volume, and the SDK would sync this machine's disks
        layout = api_pb2.AppLayout()
        layout.function_ids[function.function_name] = function_id
        layout.class_ids[function.function_name.removesuffix(".*")] = "cs-1"
        methods = function.method_definitions
        handle = handle_metadata(function_id, function.function_name, function.function_type, methods)
        layout.objects.add(object_id=function_id).function_handle_metadata.CopyFrom(handle)
        layout.objects.add(object_id="cs-1").class_handle_metadata.SetInParent()
        for dependency in function.object_dependencies:
            placed = layout.objects.add(object_id=dependency.object_id)
            if dependency.object_id in self._plane.volumes:
                placed.volume_metadata.SetInParent()
        return api_pb2.ContainerArguments(
            task_id=self.task_id,
            function_id=function_id,
            app_id="ap-1",
            function_def=function,
            app_layout=layout,
            checkpoint_id="ch-1" if snapshot else "",
            environment_name="main",
        )

    def kill(self) -> None:
        """Kill the process and its children: vLLM's processes survive their parent."""
        assert self.process is not None
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """Stop the container as `modal container stop --graceful` and `stop_fetching_inputs` do."""
        self._stopping = True
        self._ingress.changed.set()

    # RPCs of the container

    def on_ContainerHello(self, _request):
        return empty_pb2.Empty()

    on_ContainerServerLifecycleReady = on_ContainerHello

    def on_VolumeCommit(self, _request):
        return api_pb2.VolumeCommitResponse(skip_reload=True)

    def on_TaskResult(self, request):
        self.results.append(request.result)
        return empty_pb2.Empty()

    def on_FunctionGetDynamicConcurrency(self, request):
        return api_pb2.FunctionGetDynamicConcurrencyResponse(concurrency=request.max_concurrency)

    def on_ContainerCheckpoint(self, _request):
        """Report the snapshot as restored at once: the process cannot see the difference."""
        self.log_before_checkpoint = self.log.read_text()
        self.restore.write_text(json.dumps({"task_id": self.task_id}))
        return empty_pb2.Empty()

    def on_ContainerStop(self, request):
        assert request.graceful and request.task_id == self.task_id
        self.stop()
        self._replace()
        return api_pb2.ContainerStopResponse()

    def on_FunctionPutOutputs(self, request):
        for output in request.outputs:
            self.active.discard(output.input_id)
            self._ingress.calls[output.input_id].end(output)
        return empty_pb2.Empty()

    def on_FunctionCallPutDataOut(self, request):
        for chunk in request.data_chunks:
            self._ingress.calls[request.function_call_id].receive(chunk)
        return empty_pb2.Empty()

    async def ContainerHeartbeat(self, stream: Any) -> None:
        await stream.recv_message()
        cancelled, self.cancelled = self.cancelled, []
        event = api_pb2.CancelInputEvent(input_ids=cancelled) if cancelled else None
        await stream.send_message(api_pb2.ContainerHeartbeatResponse(cancel_input_event=event))

    async def FunctionGetInputs(self, stream: Any) -> None:
        await stream.recv_message()
        if not self._ingress.waiting and not self._stopping:
            self._ingress.changed.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(POLL_S):
                    await self._ingress.changed.wait()
        await stream.send_message(api_pb2.FunctionGetInputsResponse(inputs=self._next_inputs()))

    def _next_inputs(self) -> list[Any]:
        if self._stopping:
            return [api_pb2.FunctionGetInputsItem(kill_switch=True)]
        if not self._ingress.waiting:
            return []
        call = self._ingress.waiting.popleft()
        call.taken_by = self
        self.active.add(call.input_id)
        self.most_active = max(self.most_active, len(self.active))
        return [call.item("web")]

    async def FunctionCallGetDataIn(self, stream: Any) -> None:
        request = await stream.recv_message()
        call = self._ingress.calls.get(request.function_call_id)
        if call is None:
            raise grpclib.GRPCError(grpclib.Status.NOT_FOUND, "no such call")
        while (chunk := await call.to_app.get()) is not None:
            await stream.send_message(chunk)


def _with_mounts(source: bytes, mounts: dict[str, Path]) -> bytes:
    for point, path in mounts.items():
        source = source.replace(f'"{point}"'.encode(), f'"{path}"'.encode())
    return source


def _mounted(value: str, mounts: dict[str, Path]) -> str:
    for point, path in mounts.items():
        if value == point or value.startswith(f"{point}/"):
            return str(path) + value.removeprefix(point)
    return value
