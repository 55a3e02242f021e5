// Player of samples that arrive one block after the other. Formats and the network are left to other modules.

import { ScriptOutput, WorkletOutput, hasAudioThread } from "./outputs.js";

const LEAD_S = 0.1; // buffered before playback begins, and again after an underrun
const SCRIPT_LEAD_S = 0.5; // the same on the page's thread, which takes blocks of 0.25 s
const CAPACITY_S = 30; // of the ring buffer
const BLOCK_S = 1; // longest block that is written at once

/** Player of one utterance. It calls `progressed({played, underruns})`; `played` counts samples. */
export class Player {
  #context;
  #output;
  #progressed;
  #sent = 0;
  #played = 0;
  #stopped = false;
  #changed = () => {};

  /** Return a context at `rate`. Call it in the handler of a click or a key: browsers mute any other. */
  static context(rate) {
    const context = new AudioContext({ sampleRate: rate, latencyHint: "interactive" });
    context.resume();
    return context;
  }

  static async open(context, progressed) {
    const player = new Player(context, progressed);
    const lead = (hasAudioThread() ? LEAD_S : SCRIPT_LEAD_S) * context.sampleRate;
    const options = { capacity: CAPACITY_S * context.sampleRate, lead };
    const report = (progress) => player.#report(progress);
    player.#output = hasAudioThread()
      ? await WorkletOutput.open(context, options, report)
      : new ScriptOutput(context, options, report);
    return player;
  }

  constructor(context, progressed) {
    this.#context = context;
    this.#progressed = progressed;
  }

  /** Queue samples. Waits while the ring is full, so that the network is read no faster than audio is played. */
  async give(samples) {
    const { sampleRate } = this.#context;
    for (let at = 0; at < samples.length; at += BLOCK_S * sampleRate) {
      const block = samples.slice(at, at + BLOCK_S * sampleRate);
      await this.#until(() => this.#sent + block.length - this.#played <= CAPACITY_S * sampleRate);
      this.#sent += block.length;
      this.#output.post({ samples: block });
    }
  }

  /** End the utterance; resolves when all samples have been played. */
  async end() {
    this.#output.post({ end: true });
    await this.#until(() => this.#played === this.#sent);
  }

  /** Stop at once, and resolve all waiting calls. */
  stop() {
    this.#stopped = true;
    this.#changed();
    this.#output.post({ stop: true });
    this.#output.close();
  }

  #report(progress) {
    this.#played = progress.played;
    this.#progressed(progress);
    this.#changed();
  }

  async #until(condition) {
    while (!this.#stopped && !condition()) await new Promise((resolve) => (this.#changed = resolve));
  }
}
