// Playback from a ring buffer, the same in the audio thread and, where a page may not have one, on the page's thread.

const REPORT_SAMPLES = 1024; // between two reports of progress

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
 * Reports: {played, underruns}; `played` counts samples. After an underrun, playback waits until the ring holds `lead`
 * samples again.
 */
export class Playback {
  constructor({ capacity, lead }, report) {
    this.ring = new Ring(capacity);
    this.lead = lead;
    this.sendReport = report;
    this.running = this.ended = this.stopped = false;
    this.played = this.underruns = this.reported = 0;
  }

  receive({ samples, end, stop }) {
    if (samples) this.ring.write(samples);
    this.ended ||= Boolean(end);
    this.stopped ||= Boolean(stop);
  }

  /** Fill the beginning of `out`, which holds silence; return whether more will follow. */
  process(out) {
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
    this.sendReport({ played: this.played, underruns: this.underruns });
  }
}
