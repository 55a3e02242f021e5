/** Requests over HTTP, with errors, timeouts and retries. */

import {
  APIConnectionError, APIStatusError, APITimeoutError, StreamInterruptedError, Veena3Error, classOf, refusalOf,
} from "./errors.js";
import type { CallOptions } from "./types.js";

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;
/** Statuses with which the service refuses before any work was begun. */
const REFUSED_BEFORE_WORK = [429, 503];
const TEMPORARY = [429, 502, 503, 504];

export type Method = "GET" | "POST" | "PATCH" | "DELETE";

/** Settings that all requests of a client share. */
export interface Config {
  baseUrl: string;
  apiKey: string | undefined;
  timeoutMs: number;
  maxRetries: number;
  fetch: typeof fetch;
  WebSocket: typeof WebSocket | undefined;
}

/** Open answer. `pieces` yields its body; a read that takes longer than the timeout ends it. */
export interface Answer {
  response: Response;
  pieces(): AsyncGenerator<Uint8Array, void, undefined>;
  /** Close the connection; the engine is free at once. */
  cancel(): void;
}

/** Open an answer, after retries where they are safe. Throws Veena3Error. */
export async function open(
  config: Config, method: Method, path: string, body: unknown, call: CallOptions = {},
  headers: Record<string, string> = {},
): Promise<Answer> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await once(config, method, path, body, call, headers);
    } catch (error) {
      const waitMs = attempt < config.maxRetries ? retryAfterMs(error, attempt, method === "GET") : undefined;
      if (waitMs === undefined) throw error;
      await pause(waitMs, call.signal);
    }
  }
}

/** Return the milliseconds until the next attempt; undefined where it is not safe: work may have been begun. */
export function retryAfterMs(error: unknown, attempt: number, idempotent: boolean): number | undefined {
  if (error instanceof APIStatusError) {
    if (!(idempotent ? TEMPORARY : REFUSED_BEFORE_WORK).includes(error.status ?? 0)) return undefined;
    if (error.retryAfter !== undefined) {
      return error.retryAfter * 1000 <= LONGEST_WAIT_MS ? error.retryAfter * 1000 : undefined;
    }
  } else if (!(error instanceof APIConnectionError) || (error.requestSent && !idempotent)) {
    return undefined;
  }
  return Math.min(FIRST_WAIT_MS * 2 ** attempt, LONGEST_WAIT_MS) * (0.75 + Math.random() / 4);
}

/** Wait, until a signal aborts the call. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener("abort", () => { clearTimeout(timer); reject(signal.reason); }, { once: true });
  });
}

async function once(
  config: Config, method: string, path: string, body: unknown, call: CallOptions, headers: Record<string, string>,
): Promise<Answer> {
  const timeoutMs = call.timeoutMs ?? config.timeoutMs;
  const isForm = body instanceof FormData;
  const stop = new AbortController();
  call.signal?.throwIfAborted();
  call.signal?.addEventListener("abort", () => stop.abort(call.signal?.reason), { once: true });
  const within = deadline(stop, timeoutMs, config.baseUrl);
  const response = await within(config.fetch(`${config.baseUrl}${path}`, {
    method,
    headers: {
      ...headers,
      ...(config.apiKey ? { Authorization: `Bearer ${config.apiKey}` } : {}),
      ...(body === undefined || isForm ? {} : { "Content-Type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
    signal: stop.signal,
  })).catch((error: unknown) => {
    call.signal?.throwIfAborted();
    // A failed fetch does not tell whether the request arrived; browsers hide the reason.
    throw error instanceof Veena3Error ? error : new APIConnectionError(`no server answers at ${config.baseUrl}`, !isUnconnected(error));
  });
  if (!response.ok) throw await refused(response, config.baseUrl, within);

  async function* pieces(): AsyncGenerator<Uint8Array, void, undefined> {
    const reader = response.body?.getReader();
    let complete = false;
    try {
      for (;;) {
        const read = await within(reader!.read()).catch((error: unknown) => {
          call.signal?.throwIfAborted();
          throw error instanceof Veena3Error ? error : new StreamInterruptedError(`${config.baseUrl} closed the answer early`);
        });
        if (read.done) break;
        yield read.value;
      }
      complete = true;
    } finally {
      if (!complete) stop.abort();
    }
  }
  return { response, pieces, cancel: () => stop.abort() };
}

/** Return whether a failed fetch made no connection, which Node tells by its cause. */
function isUnconnected(error: unknown): boolean {
  const cause = (error as { cause?: { code?: unknown } } | null)?.cause;
  return ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "UND_ERR_CONNECT_TIMEOUT"].includes(String(cause?.code));
}

type Within = <T>(work: Promise<T>) => Promise<T>;

/** Return a function that awaits work for at most `timeoutMs`, and aborts the request afterwards. */
function deadline(stop: AbortController, timeoutMs: number, url: string): Within {
  return async <T>(work: Promise<T>) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(new APITimeoutError(`${url} sent nothing for ${timeoutMs / 1000} s`, true));
        stop.abort();
      }, timeoutMs);
    });
    try {
      return await Promise.race([work, late]);
    } finally {
      clearTimeout(timer);
    }
  };
}

async function refused(response: Response, url: string, within: Within): Promise<APIStatusError> {
  const given = response.headers.get("retry-after") ?? "";
  const retryAfter = /^\d+$/.test(given) ? Number(given) : undefined;
  const body: unknown = await within(response.json()).catch(() => undefined);
  const code = `HTTP_${response.status}`;
  return refusalOf(body, response.status, retryAfter) ?? new (classOf(code, response.status))(
    `${url} answers ${response.status} and is not a Veena3 server`, { code, status: response.status, retryAfter },
  );
}
