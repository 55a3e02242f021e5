// Plays samples as they come. Knows nothing of formats or of the network.

const LEAD_S = 0.1; // in the ring before the first sound, and again after an underrun
const CAPACITY_S = 30;
const BLOCK_S = 1; // the most that is written at once

/** One utterance's way to the loudspeaker. `heard({played, underruns})` is told how far it is. */
export class Player {
  #context;
  #node;
  #heard;
  #sent = 0;
  #played = 0;
  #stopped = false;
  #changed = () => {};

  /** A context that runs at `rate`; to be made where a click or a key is handled, or it stays silent. */
  static context(rate) {
    if (!window.AudioWorkletNode) {
      throw new Error("Sound can be played as it arrives only over https or on localhost, in a browser of our days.");
    }
    const context = new AudioContext({ sampleRate: rate, latencyHint: "interactive" });
    context.resume();
    return context;
  }

  static async open(context, heard) {
    await context.audioWorklet.addModule(new URL("worklet.js", import.meta.url));
    return new Player(context, heard);
  }

  constructor(context, heard) {
    this.#context = context;
    this.#heard = heard;
    const processorOptions = { capacity: CAPACITY_S * context.sampleRate, lead: LEAD_S * context.sampleRate };
    const shape = { numberOfInputs: 0, outputChannelCount: [1], processorOptions };
    this.#node = new AudioWorkletNode(context, "playback", shape);
    this.#node.port.onmessage = ({ data }) => {
      this.#played = data.played;
      this.#heard(data);
      this.#changed();
    };
    this.#node.connect(context.destination);
  }

  /** Hand over samples; waits while the ring is full, so that who reads a network reads no faster than it is heard. */
  async give(samples) {
    const { sampleRate } = this.#context;
    for (let at = 0; at < samples.length; at += BLOCK_S * sampleRate) {
      const block = samples.slice(at, at + BLOCK_S * sampleRate);
      await this.#until(() => this.#sent + block.length - this.#played <= CAPACITY_S * sampleRate);
      this.#sent += block.length;
      this.#node.port.postMessage({ samples: block }, [block.buffer]);
    }
  }

  /** Nothing more comes; resolves when all of it was played. */
  async end() {
    this.#node.port.postMessage({ end: true });
    await this.#until(() => this.#played === this.#sent);
  }

  /** Be silent at once; nobody waits any longer. */
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
