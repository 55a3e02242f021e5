"""Admission of uploads: the paths that take files have larger bodies, so that their callers are known before these."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.requests import HTTPConnection
from starlette.types import Scope as ConnectionScope

from api.auth import secret_of
from services.accounts.caller import Scope
from services.speech import SpeechService
from shared.errors import Overloaded

MIB = 1024 * 1024
FILE_BYTES, FORM_BYTES = 10 * MIB, 64 * 1024
"""Largest file, as in OpenAI's API, and what a form adds to it."""
AT_ONCE = 4
"""Uploads that are received at once. Chosen: they take 40 MiB; each lasts at most as long as a body may."""
PATHS = re.compile(r"/v1/voices(/add)?|/v1/audio/(voices|voice_consents)|/v1/provenance/detect")


class UploadGate:
    """Gate of the uploads of one process."""

    def __init__(self, service: SpeechService) -> None:
        self._service, self._open = service, 0

    def limit_of(self, scope: ConnectionScope) -> int | None:
        """Return the largest body in bytes of a path that takes files; None for other paths."""
        is_upload = scope["method"] == "POST" and PATHS.fullmatch(scope["path"].rstrip("/"))
        return FILE_BYTES + FORM_BYTES if is_upload else None

    @asynccontextmanager
    async def place(self, scope: ConnectionScope) -> AsyncIterator[None]:
        """Hold a place while an upload is received; other requests need none.

        Raises Unauthorized, Forbidden, StoreUnavailable, and Overloaded where all places are taken.
        """
        if self.limit_of(scope) is None:
            yield
            return
        deadline = scope["state"]["arrival"].store_deadline
        caller = await self._service.accounts().caller(secret_of(HTTPConnection(scope)), deadline)
        caller.require(Scope.VOICES)
        if self._open >= AT_ONCE:
            raise Overloaded("too many files are being uploaded; try again later", retry_after_s=2)
        self._open += 1
        try:
            yield
        finally:
            self._open -= 1
