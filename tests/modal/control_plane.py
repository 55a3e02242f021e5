"""Modal's control plane on loopback, as far as `modal deploy` and `modal run` use it, from the protobufs of the SDK.

Every request is recorded: together they are all that Modal receives of a deployment.
"""

import hashlib
from collections.abc import Callable
from typing import Any

import grpclib
from google.protobuf import empty_pb2
from modal_proto import api_grpc, api_pb2

from tests.modal.invocation import Invocation

BUILDER = "2025.06"
"""Version of the image builder, a setting of each workspace."""


def _servicer() -> type:
    """Return a class with all RPCs of Modal: each is recorded, and answered by `on_NAME` if there is one."""

    def handler(name: str) -> Callable[..., Any]:
        async def handle(self: Any, stream: Any) -> None:
            request = await stream.recv_message()
            self.calls.append((name, request))
            if not hasattr(self, f"on_{name}"):
                raise grpclib.GRPCError(grpclib.Status.UNIMPLEMENTED, f"{name} is not simulated")
            await stream.send_message(getattr(self, f"on_{name}")(request))

        return handle

    names = api_grpc.ModalClientBase.__abstractmethods__
    return type("Servicer", (api_grpc.ModalClientBase,), {name: handler(name) for name in names})


class Recorder(_servicer()):
    """Servicer that records every request."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, Any]] = []

    def requests(self, name: str) -> list[Any]:
        """Return the requests of one RPC, in order."""
        return [request for called, request in self.calls if called == name]

    def on_ClientHello(self, _request):
        return api_pb2.ClientHelloResponse()


class ControlPlane(Recorder):
    """Control plane of a workspace with these `secrets`, by name. `invoked` is called for every function call."""

    def __init__(self, secrets: dict[str, dict[str, str]], *, invoked: Callable[[Invocation], None]) -> None:
        super().__init__()
        self._existing, self._invoked = secrets, invoked
        self._invocations: dict[str, Invocation] = {}
        self.functions: dict[str, Any] = {}  # by name
        self.images: dict[str, Any] = {}  # these and the following by id
        self.volumes: dict[str, Any] = {}
        self.secrets: dict[str, Any] = {}
        self.mounts: dict[str, dict[str, str]] = {}  # path -> hash
        self.files: dict[str, bytes] = {}  # by hash
        self._ids = 0

    def _id(self, kind: str) -> str:
        self._ids += 1
        return f"{kind}-{self._ids:06d}"

    def on_EnvironmentGetOrCreate(self, request):
        settings = api_pb2.EnvironmentSettings(image_builder_version=BUILDER)
        metadata = api_pb2.EnvironmentMetadata(name=request.deployment_name or "main", settings=settings)
        return api_pb2.EnvironmentGetOrCreateResponse(environment_id="en-1", metadata=metadata)

    def on_AppGetByDeploymentName(self, _request):
        if not self.requests("AppPublish"):
            return api_pb2.AppGetByDeploymentNameResponse()
        deployed = api_pb2.AppLifecycle(app_state=api_pb2.APP_STATE_DEPLOYED)
        return api_pb2.AppGetByDeploymentNameResponse(app_id="ap-1", lifecycle=deployed)

    def on_TaskGetInfo(self, _request):
        return api_pb2.TaskGetInfoResponse(app_id="ap-1")

    def on_AppCreate(self, _request):
        return api_pb2.AppCreateResponse(
            app_id="ap-1", app_page_url="http://127.0.0.1/", app_logs_url="http://127.0.0.1/"
        )

    def on_AppHeartbeat(self, _request):
        return empty_pb2.Empty()

    on_AppClientDisconnect = on_AppHeartbeat

    def on_AppGetLogs(self, _request):
        return api_pb2.TaskLogsBatch(app_done=True)

    def on_AppPublish(self, _request):
        return api_pb2.AppPublishResponse(url="http://127.0.0.1/")

    def on_MountBatchedCheckExistence(self, request):
        missing = [file for file in request.sha256_hex_hashes if file not in self.files]
        return api_pb2.MountBatchedCheckExistenceResponse(missing_sha256_hex_hashes=missing)

    def on_MountPutFile(self, request):
        assert hashlib.sha256(request.data).hexdigest() == request.sha256_hex
        self.files[request.sha256_hex] = request.data
        return api_pb2.MountPutFileResponse(exists=True)

    def on_MountGetOrCreate(self, request):
        mount = self._id("mo")
        self.mounts[mount] = {file.filename: file.sha256_hex for file in request.files}
        metadata = api_pb2.MountHandleMetadata(content_checksum_sha256_hex="0" * 64)
        return api_pb2.MountGetOrCreateResponse(mount_id=mount, handle_metadata=metadata)

    def on_ImageGetOrCreate(self, request):
        """Report the image as built; nothing is built."""
        image = self._id("im")
        self.images[image] = request.image
        return api_pb2.ImageGetOrCreateResponse(
            image_id=image,
            result=api_pb2.GenericResult(status=api_pb2.GenericResult.GENERIC_STATUS_SUCCESS),
            metadata=api_pb2.ImageMetadata(image_builder_version=BUILDER),
        )

    def on_VolumeGetOrCreate(self, request):
        """Answer as for a volume of version 2, which all of this project's are."""
        volume = self._id("vo")
        self.volumes[volume] = request
        metadata = api_pb2.VolumeMetadata(version=2, name=request.deployment_name)
        return api_pb2.VolumeGetOrCreateResponse(volume_id=volume, version=2, metadata=metadata)

    def on_VolumePutFiles2(self, _request):
        """Report every block of the files as present."""
        return api_pb2.VolumePutFiles2Response()

    def on_FunctionGet(self, request):
        made = self.functions[request.object_tag.removesuffix(".*")]
        function, function_id = made.function, made.existing_function_id
        metadata = handle_metadata(
            function_id, function.function_name, function.function_type, function.method_definitions
        )
        return api_pb2.FunctionGetResponse(
            function_id=function_id, handle_metadata=metadata, function=function_data(made)
        )

    def on_FunctionUpdateSchedulingParams(self, request):
        return api_pb2.FunctionUpdateSchedulingParamsResponse(current_settings=request.settings)

    def on_SecretGetOrCreate(self, request):
        name = request.deployment_name
        if name and name not in self._existing:
            raise grpclib.GRPCError(grpclib.Status.NOT_FOUND, f"Secret '{name}' not found in environment 'main'")
        if missing := set(request.required_keys) - set(self._existing.get(name, ())):
            message = f"Secret is missing key(s): {', '.join(sorted(missing))}"
            raise grpclib.GRPCError(grpclib.Status.FAILED_PRECONDITION, message)
        secret = self._id("st")
        self.secrets[secret] = request
        return api_pb2.SecretGetOrCreateResponse(secret_id=secret)

    def environment(self, secret: str) -> dict[str, str]:
        """Return the variables that the secret with this id adds to a container's environment."""
        request = self.secrets[secret]
        return self._existing[request.deployment_name] if request.deployment_name else dict(request.env_dict)

    def on_FunctionPrecreate(self, request):
        function = self._id("fu")
        metadata = handle_metadata(function, request.function_name, request.function_type, request.method_definitions)
        return api_pb2.FunctionPrecreateResponse(function_id=function, handle_metadata=metadata)

    def on_FunctionCreate(self, request):
        function, function_id = request.function, request.existing_function_id
        name, methods = function.function_name, function.method_definitions
        self.functions[name.removesuffix(".*")] = request
        return api_pb2.FunctionCreateResponse(
            function_id=function_id,
            function=function,
            function_data=function_data(request),
            handle_metadata=handle_metadata(function_id, name, function.function_type, methods),
        )

    def on_ClassCreate(self, _request):
        return api_pb2.ClassCreateResponse(class_id="cs-1", handle_metadata=api_pb2.ClassHandleMetadata())

    def on_FunctionMap(self, request):
        invocation = Invocation(request)
        self._invocations[invocation.id] = invocation
        self._invoked(invocation)
        taken = api_pb2.FunctionPutInputsResponseItem(input_id=invocation.input_id)
        return api_pb2.FunctionMapResponse(function_call_id=invocation.id, pipelined_inputs=[taken])

    async def FunctionGetOutputs(self, stream: Any) -> None:
        invocation = self._invocations[(await stream.recv_message()).function_call_id]
        output = await invocation.output
        item = api_pb2.FunctionGetOutputsItem(
            input_id=invocation.input_id, result=output.result, data_format=output.data_format
        )
        await stream.send_message(api_pb2.FunctionGetOutputsResponse(outputs=[item]))


def function_data(made: Any) -> Any:
    """Return the data of a created function."""
    function = made.function
    data = api_pb2.FunctionData(
        function_name=function.function_name,
        method_definitions=function.method_definitions,
        is_class=function.is_class,
        is_server=function.is_server,
    )
    data.ranked_functions.add(rank=0, function=function)
    return data


def handle_metadata(function: str, name: str, kind: Any, methods: Any) -> Any:
    """Return the metadata of a function's handle."""
    metadata = api_pb2.FunctionHandleMetadata(function_name=name, function_type=kind, definition_id=f"de-{function}")
    for key, method in methods.items():
        handle = metadata.method_handle_metadata[key]
        handle.function_name, handle.function_type = method.function_name, method.function_type
        handle.is_method, handle.use_method_name = True, key
        handle.web_url = f"http://127.0.0.1/{method.webhook_config.requested_suffix}"
    return metadata
