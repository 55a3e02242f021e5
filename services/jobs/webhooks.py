"""Webhooks: tell a client's server that its job has ended, signed as Standard Webhooks defines."""

import asyncio
import base64
import hmac
import json
import time
from datetime import UTC, datetime
from hashlib import sha256

import httpcore

from services.jobs.job import Job
from services.jobs.store import JobStore
from services.jobs.webhook_guard import AddressRefused, Guard, GuardedNetwork
from shared.errors import StoreUnavailable, ValidationFailed
from shared.logging import get_logger
from shared.metrics import Metrics

PAUSES_S = (5.0, 60.0, 300.0, 1800.0, 7200.0, 18_000.0, 36_000.0)
"""Seconds before each further attempt: a day in all, as Standard Webhooks recommends."""
TIMEOUT_S = 15.0
"""Seconds of one attempt, the lower bound that Standard Webhooks recommends."""
POLL_S = 2.0

log = get_logger(__name__)


class Signer:
    """Secrets and signatures of webhooks. Each key has a secret of its own, made from the service's."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()

    def secret_of(self, key_id: str) -> str:
        """Return the secret with which the holder of a key verifies webhooks."""
        return "whsec_" + base64.b64encode(self._key(key_id)).decode()

    def headers(self, key_id: str, message_id: str, payload: bytes, *, at: int) -> dict[str, str]:
        """Return the headers that sign a message; `at` is in seconds since 1970."""
        signed = b".".join((message_id.encode(), str(at).encode(), payload))
        signature = base64.b64encode(hmac.digest(self._key(key_id), signed, "sha256")).decode()
        return {"webhook-id": message_id, "webhook-timestamp": str(at), "webhook-signature": f"v1,{signature}"}

    def _key(self, key_id: str) -> bytes:
        return hmac.digest(self._secret, f"webhook:{key_id}".encode(), sha256)


class WebhookSender:
    """Deliver the webhooks of ended jobs, with pauses between attempts that survive a restart."""

    def __init__(self, store: JobStore, signer: Signer | None, guard: Guard, metrics: Metrics) -> None:
        self._store, self._signer, self._guard, self._metrics = store, signer, guard, metrics

    async def run(self) -> None:
        """Send webhooks that are due until cancelled."""
        async with httpcore.AsyncConnectionPool(network_backend=GuardedNetwork(self._guard)) as pool:
            while True:
                try:
                    job = await self._store.due_webhook(lease_s=2 * TIMEOUT_S)
                    if job:
                        await self._send(pool, job)
                        continue
                except StoreUnavailable as fault:
                    log.warning("webhooks_postponed", reason=fault.message)
                await asyncio.sleep(POLL_S)

    async def _send(self, pool: httpcore.AsyncConnectionPool, job: Job) -> None:
        """Send one webhook; note the result."""
        assert job.webhook_url
        result = await self._post(pool, job) if self._signer else "no WEBHOOK_SECRET"
        self._metrics.webhooks.labels("delivered" if result is None else "failed").inc()
        if result is None:
            await self._store.webhook_sent(job.id, "delivered")
            return
        log.warning("webhook_failed", job=job.id, attempt=job.webhook_attempts, reason=result)
        if result == _GONE or job.webhook_attempts > len(PAUSES_S):
            await self._store.webhook_sent(job.id, "failed")
            return
        again_at = time.time() + PAUSES_S[job.webhook_attempts - 1]
        await self._store.webhook_sent(job.id, "pending", again_at=again_at)

    async def _post(self, pool: httpcore.AsyncConnectionPool, job: Job) -> str | None:
        """Post the event of a job; return the reason of a failure."""
        assert job.webhook_url and self._signer
        payload = event_of(job)
        signed = self._signer.headers(job.key_id, f"msg_{job.id}", payload, at=int(time.time()))
        headers = [*signed.items(), ("content-type", "application/json"), ("user-agent", "veena3-tts")]
        try:
            self._guard.check(job.webhook_url)
            async with (
                asyncio.timeout(TIMEOUT_S),
                pool.stream("POST", job.webhook_url, headers=headers, content=payload) as answer,
            ):
                status = answer.status
        except (ValidationFailed, AddressRefused):
            return "its address may not be reached"
        except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, TimeoutError) as error:
            return type(error).__name__
        return None if 200 <= status < 300 else f"status {status}"


_GONE = "status 410"
"""Answer of a server that wants no more."""


def event_of(job: Job) -> bytes:
    """Return the event of an ended job, without its text."""
    error = {"code": job.error_code, "message": job.error_message} if job.error_code else None
    at = datetime.fromtimestamp(job.ended_at or 0.0, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    data = {"id": job.id, "state": job.state, "audio_seconds": job.audio_ms / 1000, "size": job.size, "error": error}
    return json.dumps({"type": f"tts.job.{job.state}", "timestamp": at, "data": data}).encode()
