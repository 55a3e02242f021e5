"""Errors that this service raises. The class has the code and the HTTP status; only `api/errors.py` maps them.

* ServiceError
  x RequestError            the client can correct it                        4xx
    + ValidationFailed      a field out of bounds                            400
    + TextTooLong                                                            400
    + InvalidSpeaker                                                         400
    + InvalidFormat                                                          400
    + VoiceNotFound                                                          404
    + ConsentNotFound                                                        404
    + VoiceExists           the name of a voice is taken                     409
    + VoiceLimitReached     the key may make no more voices                  403
    + RecordingUnusable     no voice can be made of this recording           400
    + CloningUnsupported    the loaded checkpoint cannot make this voice     400
    + Unauthorized          no key, or an invalid one                        401
      - InvalidApiKey
      - ExpiredApiKey
    + Forbidden             the key is valid, but lacks this permission      403
    + ModelNotFound         on the OpenAI routes                             404
    + KeyNotFound                                                            404
    + DictionaryNotFound                                                     404
    + JobNotFound                                                            404
    + RangeNotSatisfiable   the part of a file that is asked for is not there 416
    + JobNotCompleted       its audio is not there yet, or never will be     409
    + InsufficientCredits   the balance is below the largest possible cost   403
    + PayloadTooLarge                                                        413
    + RequestTimeout        the body did not arrive in time                  408
    + RateLimited           too many requests or characters in a minute      429 + Retry-After
      - ConcurrencyLimited  too many concurrent streams
      - TooManyJobs         the key has as many open jobs as it may
  x Unavailable             try again later                                  503
    + Overloaded            all slots and all places in the queue are taken  503 + Retry-After
    + ModelNotLoaded        the model is still loading                       503
    + RuntimeDead           engine or GPU has failed; replace the process    503
    + GpuOutOfMemory        this window did not fit; others may              503
    + StoreUnavailable      the database does not answer                     503
    + ServiceStopping       the process stops; another one answers           503 + Retry-After
  x GenerationError         this request failed; others continue             500
    + TokenStreamInvalid    the model's tokens break the expected layout
    + EmptySpeech           the model generated no speech
    + SpeechTruncated       the token budget ended before the speech did
    + SpeechLooped          the model repeated itself, or was silent, without end
    + GenerationTimeout                                                      504
  x ClientStalled           the client reads nothing; its stream is ended
* CommandFailed             a command failed: one line, and the server's error code
* StartupError              the process cannot serve: one line with the file and the reason
  x CheckpointInvalid
"""

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:  # imports numpy, which a machine that only deploys does not have
    from shared.types import Allowance


class ServiceError(Exception):
    """Base class. Clients match on `code`. The message is for people, and contains no text, key or path."""

    code: ClassVar[str] = "INTERNAL_ERROR"
    status: ClassVar[int] = 500

    def __init__(self, message: str, *, details: dict[str, object] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.details = details


class RequestError(ServiceError):
    """Error that the client can correct."""

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


class ConsentNotFound(RequestError):
    code, status = "NOT_FOUND", 404


class VoiceExists(RequestError):
    code, status = "VOICE_EXISTS", 409


class VoiceLimitReached(RequestError):
    code, status = "VOICE_LIMIT_REACHED", 403


class RecordingUnusable(RequestError):
    """The message names the reason; `details` hold what was heard."""

    code = "RECORDING_UNUSABLE"


class CloningUnsupported(RequestError):
    """Neither another recording nor another text helps: the message names checkpoint or setting."""

    code = "CLONING_UNSUPPORTED"


class Unauthorized(RequestError):
    """Missing or invalid API key."""

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


class DictionaryNotFound(RequestError):
    code, status = "NOT_FOUND", 404


class JobNotFound(RequestError):
    code, status = "NOT_FOUND", 404


class JobNotCompleted(RequestError):
    code, status = "JOB_NOT_COMPLETED", 409


class RangeNotSatisfiable(RequestError):
    code, status = "RANGE_NOT_SATISFIABLE", 416


class InsufficientCredits(RequestError):
    code, status = "INSUFFICIENT_CREDITS", 403


class PayloadTooLarge(RequestError):
    code, status = "PAYLOAD_TOO_LARGE", 413


class RequestTimeout(RequestError):
    code, status = "REQUEST_TIMEOUT", 408


class RateLimited(RequestError):
    """Rate limit of a key. The same request succeeds after `retry_after_s`, unless others use the allowance first."""

    code, status = "RATE_LIMIT_EXCEEDED", 429

    def __init__(self, message: str, *, retry_after_s: int, allowance: "Allowance | None" = None) -> None:
        super().__init__(message)
        self.retry_after_s, self.allowance = retry_after_s, allowance


class ConcurrencyLimited(RateLimited):
    code = "CONCURRENCY_LIMIT_EXCEEDED"


class TooManyJobs(RateLimited):
    code = "TOO_MANY_JOBS"


class Unavailable(ServiceError):
    """Temporary error: retry later, or on another instance. `retry_after_s` is an estimate, or None."""

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


class ServiceStopping(Unavailable):
    """The process stops: it takes no new request, or had to break this one off.

    Another process answers at once, a restarted one in seconds.
    """

    def __init__(self, message: str) -> None:
        super().__init__(message, retry_after_s=5)


class GenerationError(ServiceError):
    """Failure of one request; others continue."""

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
    """The client has read nothing for too long, so the stream is ended without an answer."""

    code = "STREAMING_ERROR"


class CommandFailed(Exception):
    """Failure of a command. The message is one line; `code` is the server's, if a server refused."""

    def __init__(self, message: str, *, code: str = "NO_ANSWER") -> None:
        super().__init__(message)
        self.code = code


class StartupError(Exception):
    """The process cannot serve. The message names the fault and its place; white space is reduced to one line."""

    def __init__(self, message: str) -> None:
        super().__init__(" ".join(message.split()))


class CheckpointInvalid(StartupError):
    """Invalid checkpoint directory."""
