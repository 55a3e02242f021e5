// Ways to the loudspeaker: the audio thread, and the page's own thread where browsers do not give a page the other.

import { Playback } from "./playback.js";

const SCRIPT_SAMPLES = 4096; // of one block on the page's thread: 0.25 s at 16 kHz hide most of what the page does

/** Playback in the audio thread. `report` receives its progress. */
export class WorkletOutput {
  #node;

  static async open(context, options, report) {
    await context.audioWorklet.addModule(new URL("worklet.js", import.meta.url));
    return new WorkletOutput(context, options, report);
  }

  constructor(context, processorOptions, report) {
    const shape = { numberOfInputs: 0, outputChannelCount: [1], processorOptions };
    this.#node = new AudioWorkletNode(context, "playback", shape);
    this.#node.port.onmessage = ({ data }) => report(data);
    this.#node.connect(context.destination);
  }

  post(message) {
    this.#node.port.postMessage(message, message.samples ? [message.samples.buffer] : []);
  }

  close() {
    this.#node.disconnect();
  }
}

/** Playback on the page's thread, which may stutter while the page is busy. */
export class ScriptOutput {
  #node;
  #playback;

  constructor(context, options, report) {
    this.#playback = new Playback(options, report);
    this.#node = context.createScriptProcessor(SCRIPT_SAMPLES, 1, 1);
    this.#node.onaudioprocess = ({ outputBuffer }) => {
      const out = outputBuffer.getChannelData(0).fill(0);
      if (!this.#playback.process(out)) this.#node.onaudioprocess = null;
    };
    this.#node.connect(context.destination);
  }

  post(message) {
    this.#playback.receive(message);
  }

  close() {
    this.#node.disconnect();
  }
}

/** Return whether the browser gives this page the audio thread: over https and on localhost alone. */
export const hasAudioThread = () => window.isSecureContext && "AudioWorkletNode" in window;
