/** Speech over HTTP: whole, as it arrives, and as Server-Sent Events. */

import { InvalidAnswerError, StreamInterruptedError, refusalOf } from "./errors.js";
import { type Answer, type Config, open } from "./http.js";
import { type CallOptions, type ReferenceOptions, type SpeechEvent, type SpeechOptions, speechEvent } from "./types.js";

/** Facts of an answer with audio, told by its headers. */
export class SpeechInfo {
  readonly format: string;
  readonly sampleRate: number;
  readonly contentType: string;
  readonly seed: number | undefined;
  readonly requestId: string | undefined;

  constructor(readonly headers: Headers) {
    this.format = headers.get("x-format") ?? "";
    this.sampleRate = Number(headers.get("x-sample-rate"));
    if (!this.format || !(this.sampleRate > 0)) throw new InvalidAnswerError("the answer has no format and no sample rate");
    this.contentType = headers.get("content-type") ?? "application/octet-stream";
    const seed = headers.get("x-seed");
    this.seed = seed === null ? undefined : Number(seed);
    this.requestId = headers.get("x-request-id") ?? undefined;
  }
}

/** A whole piece of speech. */
export class Speech extends SpeechInfo {
  readonly seconds: number | undefined;

  constructor(readonly audio: Uint8Array<ArrayBuffer>, headers: Headers) {
    super(headers);
    const seconds = headers.get("x-audio-seconds");
    this.seconds = seconds === null ? undefined : Number(seconds);
  }

  /** Return the audio for `URL.createObjectURL` and `<audio>`. */
  blob(): Blob {
    return new Blob([this.audio], { type: this.contentType });
  }
}

/** Speech as it arrives: an async iterable of bytes. Leaving the loop, or `cancel`, frees the engine. */
export class SpeechStream extends SpeechInfo implements AsyncIterable<Uint8Array> {
  readonly #pieces: AsyncGenerator<Uint8Array, void, undefined>;
  readonly #answer: Answer;

  constructor(answer: Answer) {
    super(answer.response.headers);
    this.#answer = answer;
    this.#pieces = answer.pieces();
  }

  [Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    return this.#pieces;
  }

  /** Return the audio as a stream of bytes, for a `Response`, a `MediaSource` or a file. */
  body(): ReadableStream<Uint8Array> {
    const pieces = this.#pieces, answer = this.#answer;
    return new ReadableStream({
      async pull(controller) {
        const { done, value } = await pieces.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel() {
        answer.cancel();
      },
    });
  }

  /** Stop the speech. */
  cancel(): void {
    this.#answer.cancel();
  }
}

/** Return the joined bytes of a body. */
export async function joined(answer: Answer): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of answer.pieces()) {
    pieces.push(piece);
    size += piece.length;
  }
  const all = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

/** Yield the Server-Sent Events of a text. Throws Veena3Error, also for an error that the server reports. */
export async function* events(
  config: Config, text: string, options: SpeechOptions | ReferenceOptions, call: CallOptions,
): AsyncGenerator<SpeechEvent, void, undefined> {
  const answer = await open(config, "POST", "/v1/tts/sse", { text, ...options }, call, { Accept: "text/event-stream" });
  let ended = false;
  for await (const data of lines(answer)) {
    if (!data.startsWith("data: ")) continue;
    const event = eventOf(data.slice("data: ".length));
    ended = event.type === "end";
    yield event;
  }
  if (!ended) throw new StreamInterruptedError("the server ended its events too early");
}

async function* lines(answer: Answer): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const piece of answer.pieces()) {
    const complete = (rest + decoder.decode(piece, { stream: true })).split("\n");
    rest = complete.pop() ?? "";
    yield* complete;
  }
}

/** Return the JSON object of a message, which has a type. Throws InvalidAnswerError. */
export function objectOf(data: string): Record<string, unknown> & { type: string } {
  let fields: unknown;
  try {
    fields = JSON.parse(data);
  } catch {
    fields = undefined;
  }
  if (typeof fields !== "object" || fields === null || typeof (fields as { type?: unknown }).type !== "string") {
    throw new InvalidAnswerError("the server sent an event that is none");
  }
  return fields as Record<string, unknown> & { type: string };
}

function eventOf(data: string): SpeechEvent {
  const { audio, ...fields } = objectOf(data);
  if (fields.type === "error") throw refusalOf(fields) ?? new InvalidAnswerError("the server sent an error that is none");
  if (fields.type !== "audio") return speechEvent(fields.type, fields);
  if (typeof audio !== "string") throw new InvalidAnswerError("the server sent audio that is none");
  const bytes = Uint8Array.from(atob(audio), (character) => character.charCodeAt(0));
  return speechEvent("audio", fields, bytes);
}
