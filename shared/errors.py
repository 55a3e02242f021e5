"""Every error this service raises on purpose. The class carries code and status; `api/errors.py` alone maps them.

* ServiceError
  x RequestError            the caller can fix it                            4xx
    + ValidationFailed      a field out of its bounds                        400
    + TextTooLong                                                            400
    + InvalidSpeaker                                                         400
    + InvalidFormat                                                          400
    + VoiceNotFound                                                          404
    + Unauthorized          no key, or not a good one                        401
      - InvalidApiKey
      - ExpiredApiKey
    + Forbidden             the key is good, and not for this                403
    + ModelNotFound         of the OpenAI routes                             404
    + KeyNotFound                                                            404
    + InsufficientCredits   the balance does not cover what it may cost      403
    + PayloadTooLarge                                                        413
    + RequestTimeout        the body did not arrive in time                  408
    + RateLimited           too much within a minute                         429 + Retry-After
      - ConcurrencyLimited  too many streams at once
  x Unavailable             try again later                                  503
    + Overloaded            every slot and queue place is taken              503 + Retry-After
    + ModelNotLoaded        before the model is ready                        503
    + RuntimeDead           engine or GPU is gone; replace this process      503
    + GpuOutOfMemory        this window did not fit; others may              503
    + StoreUnavailable      the database does not answer                     503
  x GenerationError         this request failed, others go on                500
    + TokenStreamInvalid    the model broke the token layout
    + EmptySpeech           the model said nothing
    + SpeechTruncated       the token budget ended before the text did
    + SpeechLooped          the model repeated itself, or fell silent, without end
    + GenerationTimeout                                                      504
  x ClientStalled           the listener takes nothing; its stream is broken off
* CommandFailed             a command cannot do what it was told: one line, and a server's code
* StartupError              the process cannot serve: one line, file and reason
  x CheckpointInvalid
"""

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:  # it brings numpy, which a machine that only deploys does not have
    from shared.types import Allowance


class ServiceError(Exception):
    """Base class. `code` is what clients match on; the message is for people and holds no text, key or path."""

    code: ClassVar[str] = "INTERNAL_ERROR"
    status: ClassVar[int] = 500

    def __init__(self, message: str, *, details: dict[str, object] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.details = details


class RequestError(ServiceError):
    """The caller can fix it."""

    code, status = "VALIDATION_ERROR", 400


class ValidationFailed(RequestError):
    pass


class TextTooLong(RequestError):
    code = "TEXT_TOO_LONG"


class InvalidSpeaker(RequestError):
    code = "INVALID_SPEAKER"


class InvalidFormat(RequestError):
    code = "INVALID_FORMAT"


class VoiceNotFound(RequestError):
    code, status = "VOICE_NOT_FOUND", 404


class Unauthorized(RequestError):
    """Not known who asks."""

    code, status = "INVALID_API_KEY", 401


class InvalidApiKey(Unauthorized):
    pass


class ExpiredApiKey(Unauthorized):
    code = "EXPIRED_API_KEY"


class Forbidden(RequestError):
    code, status = "FORBIDDEN", 403


class ModelNotFound(RequestError):
    code, status = "MODEL_NOT_FOUND", 404


class KeyNotFound(RequestError):
    code, status = "NOT_FOUND", 404


class InsufficientCredits(RequestError):
    code, status = "INSUFFICIENT_CREDITS", 403


class PayloadTooLarge(RequestError):
    code, status = "PAYLOAD_TOO_LARGE", 413


class RequestTimeout(RequestError):
    code, status = "REQUEST_TIMEOUT", 408


class RateLimited(RequestError):
    """The key has used up what it may use; `retry_after_s` later the same request is let in, if nothing else was."""

    code, status = "RATE_LIMIT_EXCEEDED", 429

    def __init__(self, message: str, *, retry_after_s: int, allowance: "Allowance | None" = None) -> None:
        super().__init__(message)
        self.retry_after_s, self.allowance = retry_after_s, allowance


class ConcurrencyLimited(RateLimited):
    code = "CONCURRENCY_LIMIT_EXCEEDED"


class Unavailable(ServiceError):
    """Not now; later, or elsewhere. `retry_after_s` is a true estimate where there is one."""

    code, status = "SERVICE_UNAVAILABLE", 503

    def __init__(self, message: str, *, retry_after_s: int | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class Overloaded(Unavailable):
    pass


class ModelNotLoaded(Unavailable):
    code = "MODEL_NOT_LOADED"


class RuntimeDead(Unavailable):
    code = "GPU_FAULT"


class GpuOutOfMemory(Unavailable):
    code = "GPU_OOM"


class StoreUnavailable(Unavailable):
    def __init__(self, message: str) -> None:
        super().__init__(message, retry_after_s=1)


class GenerationError(ServiceError):
    """This request failed; others go on."""

    code, status = "GENERATION_FAILED", 500


class TokenStreamInvalid(GenerationError):
    pass


class EmptySpeech(GenerationError):
    pass


class SpeechTruncated(GenerationError):
    pass


class SpeechLooped(GenerationError):
    pass


class GenerationTimeout(GenerationError):
    code, status = "GENERATION_TIMEOUT", 504


class ClientStalled(ServiceError):
    """The client has taken nothing for too long; nobody is left to answer."""

    code = "STREAMING_ERROR"


class CommandFailed(Exception):
    """A command cannot do what it was told. The message is one line; `code` is that of a server which refused."""

    def __init__(self, message: str, *, code: str = "NO_ANSWER") -> None:
        super().__init__(message)
        self.code = code


class StartupError(Exception):
    """The process cannot serve. The message names what is wrong and where; it is made one line."""

    def __init__(self, message: str) -> None:
        super().__init__(" ".join(message.split()))


class CheckpointInvalid(StartupError):
    """A checkpoint directory is not what it should be."""
