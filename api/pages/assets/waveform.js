// Waveform of the received audio, drawn as bars; the played part is coloured.

const MAX_PEAKS = 4096; // beyond that, neighbouring peaks are merged
const BAR = 3; // width of a bar and of the gap between bars, in CSS pixels

export class Waveform {
  #canvas;
  #peaks = [];
  #perPeak = 0;
  #filled = 0; // samples in the last peak
  #samples = 0;
  #played = 0;
  #scheduled = false;

  constructor(canvas) {
    this.#canvas = canvas;
    new ResizeObserver(() => this.#draw()).observe(canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#draw());
  }

  begin(rate) {
    this.#peaks = [];
    this.#perPeak = Math.round(rate / 100);
    this.#filled = this.#samples = this.#played = 0;
    this.#draw();
  }

  add(samples) {
    for (const sample of samples) {
      if (this.#filled === 0) this.#peaks.push(0);
      const last = this.#peaks.length - 1;
      this.#peaks[last] = Math.max(this.#peaks[last], Math.abs(sample));
      this.#filled = (this.#filled + 1) % this.#perPeak;
      if (this.#filled === 0 && this.#peaks.length === MAX_PEAKS) this.#halve();
    }
    this.#samples += samples.length;
    this.#draw();
  }

  playedTo(samples) {
    this.#played = samples;
    this.#draw();
  }

  #halve() {
    this.#peaks = Array.from({ length: MAX_PEAKS / 2 }, (_, n) => Math.max(this.#peaks[2 * n], this.#peaks[2 * n + 1]));
    this.#perPeak *= 2;
  }

  #draw() {
    if (this.#scheduled) return;
    this.#scheduled = true;
    requestAnimationFrame(() => {
      this.#scheduled = false;
      this.#paint();
    });
  }

  #paint() {
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    const scale = window.devicePixelRatio;
    this.#canvas.width = width * scale;
    this.#canvas.height = height * scale;
    const pen = this.#canvas.getContext("2d");
    pen.scale(scale, scale);
    const style = getComputedStyle(this.#canvas);
    const bars = Math.floor(width / (2 * BAR));
    const loudest = Math.max(0.1, ...this.#peaks);
    const playedBars = this.#samples ? (this.#played / this.#samples) * bars : 0;
    for (let bar = 0; bar < bars; bar++) {
      const tall = Math.max(BAR, (this.#peakOf(bar, bars) / loudest) * height);
      pen.fillStyle = style.getPropertyValue(bar < playedBars ? "--accent" : "--line");
      pen.beginPath();
      pen.roundRect(bar * 2 * BAR, (height - tall) / 2, BAR, tall, BAR / 2);
      pen.fill();
    }
  }

  #peakOf(bar, bars) {
    const from = Math.floor((bar * this.#peaks.length) / bars);
    const to = Math.max(from + 1, Math.floor(((bar + 1) * this.#peaks.length) / bars));
    return Math.max(0, ...this.#peaks.slice(from, to));
  }
}
