/** Errors of the client, in the classes of the Python client. */

/** Base class. The message is one line for people. */
export class Veena3Error extends Error {
  constructor(message: string) {
    super(message);
    this.name = new.target.name;
  }
}

/** No answer, or one that broke off. `requestSent`: the server may have begun to work on the request. */
export class APIConnectionError extends Veena3Error {
  constructor(message: string, readonly requestSent = false) {
    super(message);
  }
}

/** No connection or no answer within the timeout. */
export class APITimeoutError extends APIConnectionError {}

/** An answer broke off: the audio that has arrived is incomplete. */
export class StreamInterruptedError extends APIConnectionError {
  constructor(message: string) {
    super(message, true);
  }
}

/** An answer that no Veena3 server gives. */
export class InvalidAnswerError extends Veena3Error {}

/** Facts of a refusal beside its message. `status` is undefined for an error that arrived as an event. */
export interface Refusal {
  code: string;
  status?: number | undefined;
  details?: Record<string, unknown> | undefined;
  requestId?: string | undefined;
  retryAfter?: number | undefined;
}

/** Refusal by the server: `code` for programs, `param` the field at fault, `retryAfter` in seconds. */
export class APIStatusError extends Veena3Error {
  readonly code: string;
  readonly status: number | undefined;
  readonly details: Record<string, unknown>;
  readonly requestId: string | undefined;
  readonly retryAfter: number | undefined;

  constructor(message: string, refusal: Refusal) {
    super(message);
    this.code = refusal.code;
    this.status = refusal.status;
    this.details = refusal.details ?? {};
    this.requestId = refusal.requestId;
    this.retryAfter = refusal.retryAfter;
  }

  get param(): string | undefined {
    const field = this.details["field"];
    return typeof field === "string" ? field : undefined;
  }
}

/** Request that must be corrected. */
export class BadRequestError extends APIStatusError {}
/** Missing, invalid or expired API key. */
export class AuthenticationError extends APIStatusError {}
/** Valid key without this permission. */
export class PermissionDeniedError extends APIStatusError {}
/** Balance below the cost of the request. */
export class InsufficientCreditsError extends PermissionDeniedError {}
/** Unknown voice, key or route. */
export class NotFoundError extends APIStatusError {}
/** Too many requests in a minute, or too many streams at once. */
export class RateLimitError extends APIStatusError {}
/** Failure of this request in the service. */
export class InternalServerError extends APIStatusError {}
/** The service is full, loads its model or stops: try again later. */
export class ServiceUnavailableError extends InternalServerError {}

type StatusErrorClass = new (message: string, refusal: Refusal) => APIStatusError;

const BY_STATUS: Record<number, StatusErrorClass> = {
  401: AuthenticationError,
  403: PermissionDeniedError,
  404: NotFoundError,
  429: RateLimitError,
  503: ServiceUnavailableError,
};

const BY_CODE: Record<string, StatusErrorClass> = {
  INVALID_API_KEY: AuthenticationError,
  EXPIRED_API_KEY: AuthenticationError,
  FORBIDDEN: PermissionDeniedError,
  VOICE_LIMIT_REACHED: PermissionDeniedError,
  INSUFFICIENT_CREDITS: InsufficientCreditsError,
  VOICE_NOT_FOUND: NotFoundError,
  MODEL_NOT_FOUND: NotFoundError,
  NOT_FOUND: NotFoundError,
  RATE_LIMIT_EXCEEDED: RateLimitError,
  CONCURRENCY_LIMIT_EXCEEDED: RateLimitError,
  TOO_MANY_JOBS: RateLimitError,
  SERVICE_UNAVAILABLE: ServiceUnavailableError,
  MODEL_NOT_LOADED: ServiceUnavailableError,
  GPU_FAULT: ServiceUnavailableError,
  GPU_OOM: ServiceUnavailableError,
  GENERATION_FAILED: InternalServerError,
  GENERATION_TIMEOUT: InternalServerError,
  STREAMING_ERROR: InternalServerError,
  INTERNAL_ERROR: InternalServerError,
};

/** Return the class of a refusal. The code decides; an unknown one leaves it to the status. */
export function classOf(code: string, status: number | undefined): StatusErrorClass {
  const fallback = (status ?? 400) < 500 ? BadRequestError : InternalServerError;
  return BY_CODE[code] ?? BY_STATUS[status ?? 400] ?? fallback;
}

/** Return the error that an answer or an event explains; undefined where it explains none. */
export function refusalOf(fields: unknown, status?: number, retryAfter?: number): APIStatusError | undefined {
  if (typeof fields !== "object" || fields === null) return undefined;
  const { error, request_id } = fields as { error?: unknown; request_id?: unknown };
  if (typeof error !== "object" || error === null) return undefined;
  const { code, message, details } = error as { code?: unknown; message?: unknown; details?: unknown };
  if (typeof code !== "string" || typeof message !== "string") return undefined;
  return new (classOf(code, status))(message, {
    code,
    status,
    details: typeof details === "object" && details !== null ? (details as Record<string, unknown>) : undefined,
    requestId: typeof request_id === "string" ? request_id : undefined,
    retryAfter,
  });
}
