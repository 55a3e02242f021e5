// Audio thread: plays samples from a ring buffer.

const REPORT_SAMPLES = 1024; // between two messages about progress

class Ring {
  constructor(capacity) {
    this.samples = new Float32Array(capacity);
    this.start = 0;
    this.level = 0;
  }

  write(block) {
    if (this.level + block.length > this.samples.length) throw new RangeError("the ring is full");
    const at = (this.start + this.level) % this.samples.length;
    const head = block.subarray(0, this.samples.length - at);
    this.samples.set(head, at);
    this.samples.set(block.subarray(head.length), 0);
    this.level += block.length;
  }

  /** Move samples into `out`; return their number. */
  read(out) {
    const count = Math.min(out.length, this.level);
    const head = this.samples.subarray(this.start, Math.min(this.start + count, this.samples.length));
    out.set(head);
    out.set(this.samples.subarray(0, count - head.length), head.length);
    this.start = (this.start + count) % this.samples.length;
    this.level -= count;
    return count;
  }
}

/**
 * Messages in: {samples}, {end: true} after the last samples, {stop: true} to stop at once.
 * Messages out: {played, underruns}; `played` counts samples. After an underrun, playback waits until the ring holds
 * `lead` samples again.
 */
class Playback extends AudioWorkletProcessor {
  constructor({ processorOptions: { capacity, lead } }) {
    super();
    this.ring = new Ring(capacity);
    this.lead = lead;
    this.running = this.ended = this.stopped = false;
    this.played = this.underruns = this.reported = 0;
    this.port.onmessage = ({ data }) => {
      if (data.samples) this.ring.write(data.samples);
      this.ended ||= Boolean(data.end);
      this.stopped ||= Boolean(data.stop);
    };
  }

  process(_inputs, [[out]]) {
    if (this.stopped) return false;
    if (!this.running && !this.ended && this.ring.level < this.lead) return true;
    const first = this.played === 0;
    if (!this.running && !first && this.ring.level > 0) this.underruns += 1;
    const count = this.ring.read(out);
    this.played += count;
    this.running = count === out.length;
    const done = this.ended && this.ring.level === 0;
    if (first || done || this.played - this.reported >= REPORT_SAMPLES) this.report();
    return !done;
  }

  report() {
    this.reported = this.played;
    this.port.postMessage({ played: this.played, underruns: this.underruns });
  }
}

registerProcessor("playback", Playback);
