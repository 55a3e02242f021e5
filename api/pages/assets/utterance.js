// One utterance: its request, its events, its playback and its measurements.

import { decoderOf, fileOf, playsEarly } from "./decoders.js";
import { bytesOf, eventsOf } from "./events.js";
import { Player } from "./player.js";
import { speech } from "./service.js";

const MULAW_RATE = 8000;

/**
 * `view`: `waveform`, `captions`, `show(state)`, `measure(name, text)` for the page's numbers, `isMeasured(name)`, and
 * `offer(bytes, format, type)` for the file.
 */
export class Utterance {
  #abort = new AbortController();
  #began = performance.now();
  #body;
  #key;
  #view;
  #rate;
  #pieces = [];
  #samples = 0;
  #start = {};
  #player = null;
  #stopped = false;

  constructor(body, key, view) {
    this.#body = body;
    this.#key = key;
    this.#view = view;
    this.#rate = body.sample_rate ?? MULAW_RATE;
  }

  async speak() {
    const context = Player.context(this.#rate);
    try {
      this.#view.waveform.begin(this.#rate);
      this.#view.captions.begin(this.#body.text);
      const answering = speech(this.#body, { key: this.#key, signal: this.#abort.signal });
      const opening = Player.open(context, (progress) => this.#progressed(progress, context));
      const [answer, player] = await Promise.all([answering, opening]);
      this.#player = player;
      await this.#receive(eventsOf(answer), decoderOf(this.#body.format, context));
      this.#view.show("Speaking …");
      await player.end();
      if (this.#stopped) return;
      const resampled = this.#body.output && !this.#start.sr_applied;
      this.#view.show(resampled ? "Done. Resampled from 16 kHz: this service has no super-resolution." : "Done.");
    } catch (error) {
      if (!this.#stopped) throw error;
    } finally {
      this.#view.captions.end();
      await context.close();
    }
  }

  stop() {
    this.#stopped = true;
    this.#abort.abort();
    this.#player?.stop();
    this.#view.show("Stopped.");
  }

  async #receive(events, decoder) {
    const { format } = this.#body;
    for await (const event of events) {
      if (event.type === "start") this.#begin(event);
      if (event.type === "words") this.#view.captions.add(event.words);
      if (event.type !== "audio") continue;
      const bytes = bytesOf(event.audio);
      this.#pieces.push(bytes);
      await this.#play(decoder.feed(bytes));
    }
    const seconds = (performance.now() - this.#began) / 1000;
    this.#view.offer(fileOf(format, this.#pieces), format, this.#start.content_type);
    await this.#play(await decoder.finish());
    this.#view.measure("generation-speed", `${(this.#samples / this.#rate / seconds).toFixed(1)}×`);
  }

  #begin(start) {
    const { format } = this.#body;
    this.#start = start;
    this.#view.measure("server-time", `${Math.round(start.ts_ms)} ms`);
    this.#view.show(playsEarly(format) ? "Speaking …" : `Loading: ${format} plays once it is complete …`);
  }

  async #play(samples) {
    if (!samples.length) return;
    this.#samples += samples.length;
    this.#view.waveform.add(samples);
    this.#view.measure("received", `${(this.#samples / this.#rate).toFixed(2)} s`);
    await this.#player.give(samples);
  }

  #progressed({ played, underruns }, context) {
    const heard = played / this.#rate - (context.outputLatency || 0);
    if (!this.#view.isMeasured("time-to-first-audio")) {
      const ms = performance.now() - this.#began + 1000 * (context.outputLatency || 0);
      this.#view.measure("time-to-first-audio", `${Math.round(ms)} ms`);
    }
    this.#view.measure("underruns", underruns);
    this.#view.measure("played", `${(played / this.#rate).toFixed(2)} s`);
    this.#view.waveform.playedTo(played);
    this.#view.captions.playedTo(heard);
  }
}
