/** Voices of the server, and those that a key makes. */

import { InvalidAnswerError } from "./errors.js";
import { type Config, type Method, open } from "./http.js";
import { joined } from "./stream.js";
import type { Candidate, DesignOptions, Voice, VoiceOptions } from "./types.js";

/** Voices of the server. Those that a key makes need its scope `voices`. */
export class Voices {
  constructor(private readonly config: Config) {}

  /** Return all voices. Throws Veena3Error. */
  async list(): Promise<Voice[]> {
    const fields = await json(this.config, "GET", "/v1/voices");
    if (!Array.isArray(fields["voices"])) throw new InvalidAnswerError("the server lists no voices");
    return fields["voices"] as Voice[];
  }

  /** Return a voice by its id, an alias or its name. Throws NotFoundError. */
  async get(id: string): Promise<Voice> {
    return (await json(this.config, "GET", path(id))) as Voice;
  }

  /**
   * Make a voice of recordings. `consent`: true, your statement that the speaker consents, or the id of a consent
   * record. Throws Veena3Error.
   */
  async add(
    name: string, audio: Blob | Blob[], options: VoiceOptions & { consent: true | string; transcript?: string },
  ): Promise<Voice> {
    const form = new FormData();
    form.set("name", name);
    for (const [field, value] of Object.entries(options)) {
      if (value !== undefined) form.set(field, typeof value === "string" ? value : JSON.stringify(value));
    }
    for (const recording of [audio].flat()) form.append("audio", recording, "recording");
    return (await json(this.config, "POST", "/v1/voices", form)) as Voice;
  }

  /** Replace fields of a voice of this key. Throws Veena3Error. */
  async update(id: string, changes: VoiceOptions & { name?: string }): Promise<Voice> {
    return (await json(this.config, "PATCH", path(id), changes)) as Voice;
  }

  /** Delete a voice of this key. Throws NotFoundError. */
  async delete(id: string): Promise<void> {
    await json(this.config, "DELETE", path(id));
  }

  /** Return the consent record of a voice of this key: who stated it, when, hashes. Throws NotFoundError. */
  async consent(id: string): Promise<Record<string, unknown>> {
    return json(this.config, "GET", `${path(id)}/consent`);
  }

  /** Return a sentence in a voice, as a file. Throws Veena3Error. */
  async preview(id: string, format = "mp3"): Promise<Uint8Array> {
    return joined(await open(this.config, "GET", `${path(id)}/preview?format=${encodeURIComponent(format)}`, undefined));
  }

  /** Keep a mix of voices, such as `isha(2)+ravi`. Throws Veena3Error. */
  async mix(name: string, mix: string, options: VoiceOptions = {}): Promise<Voice> {
    return (await json(this.config, "POST", "/v1/voices/mix", { name, mix, ...options })) as Voice;
  }

  /** Return candidates of a designed voice, to hear. Throws Veena3Error. */
  async design(gender: "female" | "male", options: DesignOptions = {}): Promise<Candidate[]> {
    const fields = await json(this.config, "POST", "/v1/voices/design", { gender, ...options });
    if (!Array.isArray(fields["candidates"])) throw new InvalidAnswerError("the server designs no voices");
    return fields["candidates"] as Candidate[];
  }

  /** Keep a candidate of a design as a voice. Throws Veena3Error. */
  async keep(candidate: string, name: string, options: VoiceOptions = {}): Promise<Voice> {
    const kept = `/v1/voices/design/${encodeURIComponent(candidate)}`;
    return (await json(this.config, "POST", kept, { name, ...options })) as Voice;
  }
}

const path = (id: string) => `/v1/voices/${encodeURIComponent(id)}`;

/** Return the JSON object of an answer. Throws Veena3Error. */
export async function json(
  config: Config, method: Method, path: string, body?: unknown,
): Promise<Record<string, unknown>> {
  const answer = await open(config, method, path, body);
  const fields: unknown = await answer.response.json().catch(() => undefined);
  if (typeof fields !== "object" || fields === null) {
    throw new InvalidAnswerError(`${config.baseUrl} does not answer as a Veena3 server does`);
  }
  return fields as Record<string, unknown>;
}
