// Bytes of a format -> samples, piece by piece where the format allows it. Knows nothing of playing.

const HEADER_MOST = 4096; // bytes within which a WAV's sound begins

/** 16-bit little-endian samples. */
function linear(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float32Array.from({ length: bytes.length / 2 }, (_, n) => view.getInt16(2 * n, true) / 32768);
}

/** G.711: sign, segment and step, all inverted. */
function mulaw(bytes) {
  return Float32Array.from(bytes, (byte) => {
    const code = ~byte & 0xff;
    const magnitude = ((((code & 0x0f) << 3) + 132) << ((code >> 4) & 7)) - 132;
    return (code & 0x80 ? -magnitude : magnitude) / 32768;
  });
}

/** Samples behind a header, or without one: heard as they come. */
class Plain {
  #header;
  #width;
  #convert;
  #held = new Uint8Array(0);

  constructor({ header, width, convert }) {
    this.#header = header;
    this.#width = width;
    this.#convert = convert;
  }

  feed(bytes) {
    let held = joined([this.#held, bytes]);
    if (this.#header) {
      const sound = soundOf(held);
      if (sound === null) {
        if (held.length > HEADER_MOST) throw new Error("This is no WAV file.");
        this.#held = held;
        return new Float32Array(0);
      }
      held = held.slice(sound);
      this.#header = false;
    }
    const whole = held.length - (held.length % this.#width);
    this.#held = held.slice(whole);
    return this.#convert(held.subarray(0, whole));
  }

  async finish() {
    return new Float32Array(0);
  }
}

/** What the browser itself decodes: a whole file at once. */
class Whole {
  #context;
  #pieces = [];

  constructor(context) {
    this.#context = context;
  }

  feed(bytes) {
    this.#pieces.push(bytes);
    return new Float32Array(0);
  }

  async finish() {
    const decoded = await this.#context.decodeAudioData(joined(this.#pieces).buffer);
    return decoded.getChannelData(0);
  }
}

const PLAIN = {
  wav: { header: true, width: 2, convert: linear },
  pcm: { header: false, width: 2, convert: linear },
  mulaw: { header: true, width: 1, convert: mulaw },
};

/** Whether a format can be heard before it is complete. */
export const isHeardEarly = (format) => format in PLAIN;

export const decoderOf = (format, context) => (isHeardEarly(format) ? new Plain(PLAIN[format]) : new Whole(context));

/** Where the sound of a WAV begins; null while its header is not there. */
function soundOf(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 12; at + 8 <= bytes.length; at += 8 + view.getUint32(at + 4, true)) {
    if (view.getUint32(at) === 0x64617461) return at + 8; // "data"
  }
  return null;
}

/** The file of a stream: a WAV whose length was not known when it began is told it. */
export function fileOf(format, pieces) {
  const bytes = joined(pieces);
  const sound = PLAIN[format]?.header ? soundOf(bytes) : null;
  if (sound === null) return bytes;
  const view = new DataView(bytes.buffer);
  view.setUint32(4, bytes.length - 8, true);
  view.setUint32(sound - 4, bytes.length - sound, true);
  if (format === "mulaw") view.setUint32(sound - 12, bytes.length - sound, true); // `fact` counts samples
  return bytes;
}

function joined(pieces) {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
