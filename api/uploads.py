"""Admission of uploads: the paths that take files have larger bodies, so that their callers are known before these."""

import re

from starlette.requests import HTTPConnection
from starlette.types import Scope as ConnectionScope

from api.auth import secret_of
from services.accounts.caller import Scope
from services.speech import SpeechService

MIB = 1024 * 1024
FILE_BYTES, FORM_BYTES = 10 * MIB, 64 * 1024
"""Largest file, as in OpenAI's API, and what a form adds to it."""
PATHS = re.compile(r"/v1/voices(/add)?|/v1/audio/(voices|voice_consents)|/v1/provenance/detect")


class UploadGate:
    """Gate of the uploads of one process."""

    def __init__(self, service: SpeechService) -> None:
        self._service = service

    def limit_of(self, scope: ConnectionScope) -> int:
        """Return the largest body in bytes of a path that takes files; 0 for other paths."""
        is_upload = scope["method"] == "POST" and PATHS.fullmatch(scope["path"].rstrip("/"))
        return FILE_BYTES + FORM_BYTES if is_upload else 0

    async def check(self, scope: ConnectionScope) -> None:
        """Check the caller of an upload before it is received. Raises Unauthorized, Forbidden, StoreUnavailable."""
        if self.limit_of(scope):
            deadline = scope["state"]["arrival"].store_deadline
            caller = await self._service.accounts().caller(secret_of(HTTPConnection(scope)), deadline)
            caller.require(Scope.VOICES)
