// Player of samples that arrive one block after the other. Formats and the network are left to other modules.

const LEAD_S = 0.1; // buffered before playback begins, and again after an underrun
const CAPACITY_S = 30; // of the ring buffer
const BLOCK_S = 1; // longest block that is written at once

/** Player of one utterance. It calls `progressed({played, underruns})`; `played` counts samples. */
export class Player {
  #context;
  #node;
  #progressed;
  #sent = 0;
  #played = 0;
  #stopped = false;
  #changed = () => {};

  /** Return a context at `rate`. Call it in the handler of a click or a key: browsers mute any other. */
  static context(rate) {
    if (!window.AudioWorkletNode) {
      throw new Error("This page plays audio in a current browser, over https or on localhost.");
    }
    const context = new AudioContext({ sampleRate: rate, latencyHint: "interactive" });
    context.resume();
    return context;
  }

  static async open(context, progressed) {
    await context.audioWorklet.addModule(new URL("worklet.js", import.meta.url));
    return new Player(context, progressed);
  }

  constructor(context, progressed) {
    this.#context = context;
    this.#progressed = progressed;
    const processorOptions = { capacity: CAPACITY_S * context.sampleRate, lead: LEAD_S * context.sampleRate };
    const shape = { numberOfInputs: 0, outputChannelCount: [1], processorOptions };
    this.#node = new AudioWorkletNode(context, "playback", shape);
    this.#node.port.onmessage = ({ data }) => {
      this.#played = data.played;
      this.#progressed(data);
      this.#changed();
    };
    this.#node.connect(context.destination);
  }

  /** Queue samples. Waits while the ring is full, so that the network is read no faster than audio is played. */
  async give(samples) {
    const { sampleRate } = this.#context;
    for (let at = 0; at < samples.length; at += BLOCK_S * sampleRate) {
      const block = samples.slice(at, at + BLOCK_S * sampleRate);
      await this.#until(() => this.#sent + block.length - this.#played <= CAPACITY_S * sampleRate);
      this.#sent += block.length;
      this.#node.port.postMessage({ samples: block }, [block.buffer]);
    }
  }

  /** End the utterance; resolves when all samples have been played. */
  async end() {
    this.#node.port.postMessage({ end: true });
    await this.#until(() => this.#played === this.#sent);
  }

  /** Stop at once, and resolve all waiting calls. */
  stop() {
    this.#stopped = true;
    this.#changed();
    this.#node.port.postMessage({ stop: true });
    this.#node.disconnect();
  }

  async #until(condition) {
    while (!this.#stopped && !condition()) await new Promise((resolve) => (this.#changed = resolve));
  }
}
