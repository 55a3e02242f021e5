/** Client of a Veena3 server, for browsers and Node. */

import { Veena3Error } from "./errors.js";
import { type Config, open } from "./http.js";
import { type SpeechSocket, connect } from "./socket.js";
import { Speech, SpeechStream, events, joined } from "./stream.js";
import type { CallOptions, ReferenceOptions, SpeechEvent, SpeechOptions } from "./types.js";
import { Voices, json } from "./voices.js";

/** Settings of a client. */
export interface ClientOptions {
  /** Address of the server; default: this machine's port 8000. */
  baseUrl?: string;
  apiKey?: string;
  /** Milliseconds allowed for each read of an answer; default: 120,000. */
  timeoutMs?: number;
  /** Attempts after the first, made only where no work was begun; default: 2. */
  maxRetries?: number;
  fetch?: typeof fetch;
  WebSocket?: typeof WebSocket;
}

/** Speech: whole, streamed, as events, or over a WebSocket. */
export class Tts {
  constructor(private readonly config: Config) {}

  /** Return the whole speech of a text. Throws Veena3Error. */
  async generate(text: string, options: SpeechOptions | ReferenceOptions, call: CallOptions = {}): Promise<Speech> {
    const answer = await open(this.config, "POST", "/v1/tts/generate", { text, ...options }, call);
    return new Speech(await joined(answer), answer.response.headers);
  }

  /** Return the speech of a text as it arrives, once its first audio exists. Throws Veena3Error. */
  async stream(text: string, options: SpeechOptions | ReferenceOptions, call: CallOptions = {}): Promise<SpeechStream> {
    const body = { text, ...options, stream: true };
    return new SpeechStream(await open(this.config, "POST", "/v1/tts/generate", body, call));
  }

  /** Yield the speech of a text as events: audio, and the position of each chunk. Throws Veena3Error. */
  events(text: string, options: SpeechOptions | ReferenceOptions, call: CallOptions = {}): AsyncGenerator<SpeechEvent, void, undefined> {
    return events(this.config, text, options, call);
  }

  /** Open a WebSocket for contexts. Throws Veena3Error. */
  websocket(): Promise<SpeechSocket> {
    return connect(this.config);
  }
}

/** Client of a Veena3 server. */
export class Veena3 {
  readonly tts: Tts;
  readonly voices: Voices;
  readonly #config: Config;

  constructor(options: ClientOptions = {}) {
    const baseUrl = (options.baseUrl ?? "http://127.0.0.1:8000").replace(/\/+$/, "");
    if (!/^https?:\/\//.test(baseUrl)) throw new Veena3Error("baseUrl: an address starts with http:// or https://");
    this.#config = {
      baseUrl,
      apiKey: options.apiKey,
      timeoutMs: options.timeoutMs ?? 120_000,
      maxRetries: options.maxRetries ?? 2,
      fetch: options.fetch ?? ((...request) => globalThis.fetch(...request)),
      WebSocket: options.WebSocket ?? globalThis.WebSocket,
    };
    this.tts = new Tts(this.#config);
    this.voices = new Voices(this.#config);
  }

  /** Return the server's health. Throws Veena3Error. */
  health(): Promise<Record<string, unknown>> {
    return json(this.#config, "GET", "/health");
  }
}
