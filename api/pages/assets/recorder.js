// Recorder of the microphone: one recording at a time, in the browser's own format.

const LONGEST_MS = 60_000; // the service reads no longer recordings

/** Recorder. `changed(seconds)` is called twice a second while it records, and `ended(file)` with the recording. */
export class Recorder {
  #media = null;
  #began = 0;
  #timer = null;
  #changed;
  #ended;

  constructor({ changed, ended }) {
    this.#changed = changed;
    this.#ended = ended;
  }

  /** Browsers have a microphone over https and on localhost alone. */
  static get isPossible() {
    return Boolean(navigator.mediaDevices?.getUserMedia && window.MediaRecorder);
  }

  get isRecording() {
    return this.#media?.state === "recording";
  }

  /** Begin, once the user has allowed it. Throws an Error for people. */
  async start() {
    const wanted = { channelCount: 1, echoCancellation: false, noiseSuppression: false, autoGainControl: false };
    const stream = await navigator.mediaDevices.getUserMedia({ audio: wanted }).catch(({ name }) => {
      throw new Error(name === "NotFoundError" ? "There is no microphone." : "The browser does not allow the microphone.");
    });
    const pieces = [];
    this.#media = new MediaRecorder(stream);
    this.#media.addEventListener("dataavailable", ({ data }) => pieces.push(data));
    this.#media.addEventListener("stop", () => {
      clearInterval(this.#timer);
      for (const track of stream.getTracks()) track.stop();
      this.#ended(new File(pieces, "recording", { type: pieces[0]?.type }));
    });
    this.#began = performance.now();
    this.#media.start();
    this.#timer = setInterval(() => this.#tick(), 500);
    this.#changed(0);
  }

  stop() {
    if (this.isRecording) this.#media.stop();
  }

  #tick() {
    const ms = performance.now() - this.#began;
    this.#changed(ms / 1000);
    if (ms > LONGEST_MS - 500) this.stop();
  }
}
