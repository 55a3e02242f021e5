// Audio thread: playback as an AudioWorkletProcessor.

import { Playback } from "./playback.js";

class PlaybackProcessor extends AudioWorkletProcessor {
  constructor({ processorOptions }) {
    super();
    this.playback = new Playback(processorOptions, (progress) => this.port.postMessage(progress));
    this.port.onmessage = ({ data }) => this.playback.receive(data);
  }

  process(_inputs, [[out]]) {
    return this.playback.process(out);
  }
}

registerProcessor("playback", PlaybackProcessor);
