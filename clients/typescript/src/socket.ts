/** WebSocket with contexts: text that arrives piece by piece is spoken as soon as a sentence is complete. */

import { APIConnectionError, APITimeoutError, StreamInterruptedError, Veena3Error, refusalOf } from "./errors.js";
import type { Config } from "./http.js";
import { objectOf } from "./stream.js";
import { type ContextOptions, type SpeechEvent, speechEvent } from "./types.js";

const LAST = ["end", "cancelled"];

/**
 * One stream of text on a socket, and its audio. Iteration yields events until `end` or `cancelled`; it may stop, for
 * example at `flushed`, and begin again. Events are kept until they are read.
 */
export class SpeechContext implements AsyncIterable<SpeechEvent> {
  readonly #unread: SpeechEvent[] = [];
  readonly #waiting: (() => void)[] = [];
  #options: object | undefined;
  #ended = false;
  #cancelling = false;
  #failure: Veena3Error | undefined;

  /** @internal */
  constructor(readonly id: string, private readonly tell: (message: object) => void, options: object) {
    this.#options = options;
  }

  /** Send the next piece of the text. Whole sentences are spoken as soon as they are complete. */
  send(text: string): void {
    this.#tell("text", { text, ...this.#firstOptions() });
  }

  /** Send the whole text at once. The context then takes no other text. */
  speak(text: string): void {
    this.#tell("speak", { text, ...this.#firstOptions() });
  }

  /** Have the text so far spoken, even if its last sentence is incomplete; the event `flushed` follows. */
  flush(): void {
    this.#tell("flush");
  }

  /** End the text. The event `end` follows its audio. */
  end(): void {
    this.#tell("end");
  }

  /**
   * Stop at once, and drop the audio that was not read. The engine is free when the promise is fulfilled.
   * With `timestamps`, the `cancelled` event has `spokenTo`. `playedS`: seconds of the context's audio that were played.
   */
  async cancel(playedS?: number): Promise<void> {
    if (this.#options || this.#ended || this.#failure) return;
    this.#cancelling = true;
    this.#unread.length = 0;
    this.#tell("cancel", playedS === undefined ? {} : { played_s: playedS });
    while (!this.#ended && !this.#failure) await this.#change();
  }

  /** Yield the audio alone. */
  async *audio(): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const event of this) if (event.audio.length) yield event.audio;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<SpeechEvent, void, undefined> {
    for (;;) {
      const event = this.#unread.shift();
      if (event) yield event;
      else if (this.#failure) throw this.#failure;
      else if (this.#ended) return;
      else await this.#change();
    }
  }

  /** @internal Keep an event until it is read. */
  take(event: SpeechEvent): void {
    const last = LAST.includes(event.type);
    this.#ended ||= last;
    if (!this.#cancelling || last) this.#unread.push(event);
    this.#wake();
  }

  /** @internal End the context with an error; events before it are still read. */
  fail(error: Veena3Error): void {
    if (!this.#ended) this.#failure ??= error;
    this.#wake();
  }

  #firstOptions(): object {
    const options = this.#options ?? {};
    this.#options = undefined;
    return options;
  }

  #tell(type: string, fields: object = {}): void {
    if (this.#options) throw new Veena3Error("the context has no text yet: send some first");
    this.tell({ type, context_id: this.id, ...fields });
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

/** Open WebSocket. Contexts on it speak at the same time. */
export class SpeechSocket {
  readonly #socket: WebSocket;
  readonly #contexts = new Map<string, SpeechContext>();
  #announced: string | undefined;
  #failure: Veena3Error | undefined;
  #made = 0;
  /** Whether the service stops: what was sent is spoken, and another context needs another socket. */
  stopping = false;

  /** @internal */
  constructor(socket: WebSocket, private readonly url: string) {
    this.#socket = socket;
    socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
      try {
        this.#receive(data);
      } catch (error) {
        this.#fail(error instanceof Veena3Error ? error : new StreamInterruptedError(String(error)));
        socket.close();
      }
    };
    socket.onclose = ({ code, reason }: CloseEvent) => {
      const why = code === 1000 ? "" : `: ${code} ${reason}`.trimEnd();
      this.#fail(new StreamInterruptedError(`${this.url} closed the connection early${why}`));
    };
  }

  /** Return a new context; the server opens it with its first text. */
  context({ context_id, ...options }: ContextOptions): SpeechContext {
    const id = context_id ?? `context-${this.#made++}`;
    const opening = { format: "pcm", ...options };
    const context = new SpeechContext(id, (message) => this.#send(message), opening);
    this.#contexts.set(id, context);
    return context;
  }

  /** End the text of all contexts. The server closes the connection when everything is sent. */
  end(): void {
    this.#send({ type: "end" });
  }

  /** Close the connection; what is still spoken stops. */
  close(): void {
    this.#socket.close();
  }

  #send(message: object): void {
    if (this.#failure) throw this.#failure;
    this.#socket.send(JSON.stringify(message));
  }

  #receive(data: string | ArrayBuffer): void {
    if (typeof data !== "string") {
      const fields = { type: "audio", context_id: this.#announced };
      this.#contexts.get(this.#announced ?? "")?.take(speechEvent("audio", fields, new Uint8Array(data)));
      return;
    }
    const fields = objectOf(data);
    const id = typeof fields["context_id"] === "string" ? fields["context_id"] : undefined;
    if (fields.type === "start" || fields.type === "progress") this.#announced = id;
    if (fields.type === "stopping") this.stopping = true;
    const context = id === undefined ? undefined : this.#contexts.get(id);
    if (fields.type === "error") {
      const error = refusalOf(fields) ?? new Veena3Error("the server sent an error that is none");
      if (context) context.fail(error);
      else if (id === undefined) this.#fail(error);
      return;
    }
    context?.take(speechEvent(fields.type, fields));
    if (context && LAST.includes(fields.type)) this.#contexts.delete(context.id);
  }

  #fail(error: Veena3Error): void {
    this.#failure ??= error;
    for (const context of this.#contexts.values()) context.fail(this.#failure);
  }
}

/** Open a WebSocket. The key goes with the first message, because browsers cannot set headers. Throws Veena3Error. */
export async function connect(config: Config): Promise<SpeechSocket> {
  const Socket = config.WebSocket;
  if (!Socket) throw new Veena3Error("this runtime has no WebSocket: give the client one as `WebSocket`");
  const socket = new Socket(`ws${config.baseUrl.slice("http".length)}/v1/tts/ws`);
  socket.binaryType = "arraybuffer";
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new APITimeoutError(`no server answers at ${config.baseUrl}`));
      socket.close();
    }, config.timeoutMs);
    socket.onopen = () => { clearTimeout(timer); resolve(); };
    socket.onerror = () => { clearTimeout(timer); reject(new APIConnectionError(`${config.baseUrl} opens no WebSocket`)); };
  });
  socket.onerror = null;
  if (config.apiKey) socket.send(JSON.stringify({ type: "auth", api_key: config.apiKey }));
  return new SpeechSocket(socket, config.baseUrl);
}
