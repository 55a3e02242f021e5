"""Admission of uploads: the paths that take files have larger bodies, so that their callers are known before these."""

import re

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.types import Scope as ConnectionScope

from api.auth import secret_of
from services.accounts.caller import Scope
from services.speech import SpeechService

MIB = 1024 * 1024
FILE_BYTES, FORM_BYTES = 10 * MIB, 64 * 1024
"""Largest file, as in OpenAI's API, and what a form adds to it."""
INLINE_PATHS = re.compile(r"/v1/(tts/(generate|sse)|audio/speech)")
"""Paths whose requests may hold a file, in base64."""
PATHS = re.compile(r"/v1/voices(/add)?|/v1/audio/(voices|voice_consents)|/v1/provenance/detect")


class UploadGate:
    """Gate of the uploads of one process."""

    def __init__(self, service: SpeechService) -> None:
        self._service = service

    def limit_of(self, scope: ConnectionScope) -> int:
        """Return the largest body in bytes of a request that has files; 0 for other requests.

        A request that may hold a recording has one where its announced body is above the ordinary limit.
        """
        if scope["method"] != "POST":
            return 0
        path, ordinary = scope["path"].rstrip("/"), self._service.settings.max_body_bytes
        if PATHS.fullmatch(path):
            return FILE_BYTES + FORM_BYTES
        announced = Headers(scope=scope).get("content-length", "")
        loaded = self._service.loaded
        clones = loaded is not None and loaded.cloning.clones
        if clones and INLINE_PATHS.fullmatch(path) and announced.isdecimal() and int(announced) > ordinary:
            return FILE_BYTES * 4 // 3 + ordinary
        return 0

    async def check(self, scope: ConnectionScope) -> None:
        """Check the caller of an upload before it is received. Raises Unauthorized, Forbidden, StoreUnavailable."""
        if self.limit_of(scope):
            deadline = scope["state"]["arrival"].store_deadline
            caller = await self._service.accounts().caller(secret_of(HTTPConnection(scope)), deadline)
            caller.require(Scope.VOICES)
